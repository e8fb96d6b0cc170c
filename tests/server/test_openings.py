"""Charts opened with a reason, or by their supervisor, for a day."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from server import limits, openings
from server.database import begin
from server.tables import access_log
from tests.server.office import Office, Phone, new_id
from tests.server.sync.test_access import codes, travel
from tests.server.sync.test_pull import end, give, own_assignment

WHY = "On call; the daughter phoned"


@pytest.fixture
def chart(phone: Phone) -> str:
    patient = phone.new_patient()
    phone.sync()
    return patient


@pytest.fixture
def of_south(office: Office) -> Phone:
    """The phone of a clinician of another team."""
    return office.phone(office.add("clinician", "South"))


def open_it(phone: Phone, patient: str, reason: str | None = WHY) -> TestResponse:
    return phone.session.post(f"/api/charts/{patient}/open", {"reason": reason})


def listed(phone: Phone, after: str = "") -> list[dict[str, object]]:
    found: list[dict[str, object]] = phone.session.get(f"/api/office/openings{after}").json[
        "openings"
    ]
    return found


@pytest.mark.parametrize("role", ["coordinator", "clinician"])
def test_a_chart_is_opened_with_a_reason_for_a_day(
    chart: str, office: Office, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = office.phone(office.add(role, "South"))
    answer = open_it(stranger, chart)
    assert answer.status_code == 201
    assert answer.json["until"] == pytest.approx(stranger.now() + 24 * 3_600_000, abs=60_000)
    stranger.sync()
    assert stranger.charts() == {chart}
    stranger.change(chart, "patient", chart, set={"pronouns": "she"})
    assert codes(stranger.sync()) == []
    travel(monkeypatch, days=2)
    assert stranger.sync()["forget"] == [chart]


def test_it_is_in_the_access_log_and_its_supervisors_see_it_with_the_reason(
    chart: str, phone: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    until = open_it(of_south, chart, f"  {WHY} ").json["until"]
    with begin(office.organisation) as connection:
        noted = connection.execute(access_log.select().where(access_log.c.what == "opening")).one()
    assert (noted.member, noted.patient, noted.detail) == (of_south.member, chart, WHY)
    [seen] = listed(supervisor)
    assert seen == {
        "id": seen["id"],
        "at": until - 24 * 3_600_000,
        "until": until,
        "member": of_south.member,
        "member_name": "Clinician 2",
        "patient": chart,
        "patient_name": "Rivera",
        "reason": WHY,
    }
    assert listed(office.phone(office.add("supervisor", "South"))) == []
    assert phone.session.get("/api/office/openings").json["code"] == "forbidden"


def test_a_chart_whose_holder_is_in_no_team_is_looked_after_by_every_supervisor(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    floating = office.phone(office.add("clinician"))
    patient = floating.new_patient()
    floating.sync()
    souths = office.phone(office.add("supervisor", "South"))
    assert open_it(phone, patient).status_code == 201
    assert [each["patient"] for each in listed(supervisor)] == [patient]
    give(supervisor, patient, phone.member)  # from then on it is a chart of team North
    assert [each["patient"] for each in listed(supervisor)] == [patient]
    assert listed(souths) == []


@pytest.mark.parametrize("reason", [None, "", "   ", 7, "x" * 501, "a\0b"])
def test_without_a_reason_nobody_opens_a_chart_of_others(
    chart: str, of_south: Phone, reason: str | None
) -> None:
    answer = open_it(of_south, chart, reason)
    assert (answer.status_code, answer.json["code"]) == (400, "reason_missing")
    of_south.sync()
    assert of_south.charts() == set()


def test_a_reason_that_cannot_be_kept_as_typed_is_kept_as_it_can(
    chart: str, of_south: Phone, supervisor: Phone
) -> None:
    assert open_it(of_south, chart, "half \ud83d of it").status_code == 201
    assert listed(supervisor)[0]["reason"] == "half ? of it"


def test_a_supervisor_opens_the_charts_of_their_teams_without_one(
    chart: str, supervisor: Phone, office: Office
) -> None:
    of_others = office.phone(office.add("supervisor", "South"))
    assert open_it(of_others, chart).status_code == 404
    assert open_it(supervisor, chart, None).status_code == 201
    supervisor.sync()
    assert supervisor.charts() == {chart}
    assert listed(supervisor)[0]["reason"] is None


def test_an_administrator_and_a_program_open_none(
    chart: str, of_south: Phone, office: Office
) -> None:
    administrator = office.phone(office.add("administrator"))
    assert open_it(administrator, chart).json["code"] == "forbidden"
    program = office.program(of_south.member)
    answer = program.post(f"/api/charts/{chart}/open", {"reason": WHY})
    assert answer.json["code"] == "forbidden"


def test_what_is_no_chart_here_is_not_opened(phone: Phone, of_south: Phone, office: Office) -> None:
    elsewhere = Office.open(office.app, "Elsewhere")
    of_others = elsewhere.phone(elsewhere.add("coordinator"))
    patient = of_others.new_patient()
    of_others.sync()
    phone.sync()
    for id_ in (patient, new_id(), phone.member):
        assert open_it(of_south, id_).status_code == 404


def test_a_chart_that_is_theirs_is_not_opened_but_an_opened_one_again(
    chart: str, phone: Phone, of_south: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = open_it(phone, chart)
    assert (answer.status_code, answer.json["code"]) == (409, "already_yours")
    first = open_it(of_south, chart).json["until"]
    of_south.sync()
    assert open_it(of_south, chart).json["until"] >= first
    assert of_south.sync()["records"] == []  # held without a break


def test_an_opening_leaves_the_charts_team_as_it_is(
    chart: str, phone: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    open_it(of_south, chart)
    south = office.phone(office.add("supervisor", "South"))
    assert open_it(south, chart).status_code == 404
    end(supervisor, own_assignment(phone, chart), chart)
    assert open_it(south, chart).status_code == 201  # on the waitlist of all


def test_a_chart_that_becomes_theirs_stays_when_the_opening_ends(
    chart: str, of_south: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_it(of_south, chart)
    give(supervisor, chart, of_south.member)
    of_south.sync()
    travel(monkeypatch, days=2)
    answer = of_south.sync()
    assert (answer["forget"], answer["records"]) == ([], [])


def test_who_goes_through_the_charts_is_stopped(
    chart: str, of_south: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"opening": {"account": limits.Limit(2, limits.QUARTER_MS)}}
    monkeypatch.setattr(limits, "LIMITS", few)
    assert [open_it(of_south, chart).status_code for _ in range(3)] == [201, 201, 429]


def test_the_list_comes_in_pages_the_newest_first(
    phone: Phone, of_south: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "PAGE", 2)
    monkeypatch.setattr(openings, "LOOKED_AT_ONCE", 2)
    charts = [phone.new_patient(str(i)) for i in range(5)]
    phone.sync()
    for patient in charts:
        open_it(of_south, patient)
    seen, after = [], ""
    while True:
        page = supervisor.session.get(f"/api/office/openings{after}").json
        seen.append([each["patient"] for each in page["openings"]])
        if page["next"] is None:
            break
        after = f"?after={page['next']}"
    newest = charts[::-1]
    assert seen == [newest[:2], newest[2:4], newest[4:]]
    assert supervisor.session.get("/api/office/openings?after=x").status_code == 400
