"""The log by person and by chart: a supervisor's own teams, an administrator without charts."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from server.access_log import Entry, note
from server.database import begin
from tests.server.audit.test_chart_report import table
from tests.server.office import Office, Phone, Session, new_id

DAY = 24 * 3_600_000


def address(path: str = "/api/office/access", **asked: str) -> str:
    return f"{path}?{urlencode(asked)}"


def log(session: Session, **asked: str) -> list[dict[str, object]]:
    """All pages."""
    found: list[dict[str, object]] = []
    after: str | None = None
    while True:
        query = asked | ({"after": after} if after else {})
        answer = session.get(address(**query))
        assert answer.status_code == 200, answer.text
        found += answer.json["entries"]
        after = answer.json["next"]
        if after is None:
            return found


def said(entries: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    """Of what was done with charts: who, what, whose chart."""
    return [
        (each["member"], each["what"], each["patient"])
        for each in entries
        if each["what"] in ("chart", "history", "opening")
    ]


@pytest.fixture
def south(office: Office) -> Phone:
    """A coordinator of another team."""
    return office.phone(office.add("coordinator", "South"))


@pytest.fixture
def read(phone: Phone, south: Phone, supervisor: Phone) -> tuple[str, str]:
    """Two charts, of team North and of team South, each read by its own coordinator."""
    charts = []
    for each, family in ((phone, "Rivera"), (south, "=Okafor")):
        charts.append(each.new_patient(family))
        each.sync()
        each.session.get(f"/api/records/{charts[-1]}/history")
    return charts[0], charts[1]


def test_a_supervisor_sees_what_was_done_in_their_teams(
    supervisor: Phone, phone: Phone, read: tuple[str, str]
) -> None:
    entries = log(supervisor.session)
    assert said(entries) == [(phone.member, "history", read[0])]
    (entry,) = (each for each in entries if each["what"] == "history")
    assert (entry["member_name"][:-1], entry["patient_name"]) == ("Coordinator ", "Rivera")
    assert (entry["device_name"], entry["offline"], entry["detail"]) == ("Pixel 8", False, None)


def test_of_another_team_s_chart_a_supervisor_sees_that_their_own_member_read_one(
    supervisor: Phone, phone: Phone, south: Phone, office: Office, read: tuple[str, str]
) -> None:
    """And of their own chart, who of another team read it."""
    with begin(office.organisation, write=True) as connection:
        entries = [
            Entry(what="opening", member=phone.member, patient=read[1], detail="She fell"),
            Entry(what="opening", member=south.member, patient=read[0], detail="He fell"),
        ]
        note(connection, office.organisation, entries)
    answer = supervisor.session.get("/api/office/access")
    assert read[1] not in answer.text
    assert "She fell" not in answer.text
    assert sorted(said(answer.json["entries"]), key=str) == sorted(
        [
            (phone.member, "opening", None),
            (south.member, "opening", read[0]),
            (phone.member, "history", read[0]),
        ],
        key=str,
    )
    assert "He fell" in answer.text


def test_by_chart_and_by_person(
    supervisor: Phone, phone: Phone, colleague: Phone, read: tuple[str, str]
) -> None:
    other = colleague.new_patient()
    colleague.sync()
    for patient in (other, other):
        colleague.session.get(f"/api/records/{patient}/history")
    of_colleague = [(colleague.member, "history", other)] * 2
    assert said(log(supervisor.session, patient=read[0])) == [(phone.member, "history", read[0])]
    assert said(log(supervisor.session, patient=other)) == of_colleague
    assert said(log(supervisor.session, member=colleague.member)) == of_colleague
    assert said(log(supervisor.session, member=phone.member, patient=other)) == []
    looked = [each for each in log(supervisor.session) if each["what"] == "office_access"]
    assert {(each["patient"], each["subject"]) for each in looked} >= {
        (read[0], None),
        (None, colleague.member),
        (other, phone.member),
    }
    assert all(bool(each["subject_name"]) is bool(each["subject"]) for each in looked)


def test_by_days_of_the_organisation(
    supervisor: Phone, phone: Phone, read: tuple[str, str]
) -> None:
    day = datetime(2026, 5, 3, tzinfo=UTC).timestamp() * 1000
    times = [int(day) + each for each in (-1, 0, DAY - 1, DAY)]
    phone.sync(
        reads=[{"id": new_id(), "patient": read[0], "at": at, "what": "chart"} for at in times]
    )
    for asked, expected in (
        ({"from": "2026-05-03", "to": "2026-05-03"}, times[1:3]),
        ({"to": "2026-05-03"}, times[:3]),
        ({"from": "2026-05-03", "to": "2026-05-04"}, times[1:]),
        ({"from": "2026-05-04", "to": "2026-05-03"}, []),
    ):
        found = [each["at"] for each in log(supervisor.session, **asked)]
        assert found == sorted(expected, reverse=True), asked


@pytest.mark.parametrize(
    "asked",
    [
        {"member": "x"},
        {"patient": "%00"},
        {"from": "May"},
        {"to": "9999-12-31"},
        {"to": "0001-01-01x"},
        {"after": "x"},
        {"member": ""},
    ],
)
def test_a_question_that_is_none_is_malformed(supervisor: Phone, asked: dict[str, str]) -> None:
    answer = supervisor.session.get(address("/api/office/access", **asked))
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_a_chart_of_another_team_may_not_be_asked_about(
    supervisor: Phone, read: tuple[str, str]
) -> None:
    for patient in (read[1], new_id()):
        for path in ("/api/office/access", "/api/office/access.csv"):
            assert supervisor.session.get(address(path, patient=patient)).status_code == 404


def test_an_administrator_sees_who_did_what_and_of_no_chart_whose(
    office: Office, phone: Phone, south: Phone, read: tuple[str, str]
) -> None:
    administrator = office.phone(office.add("administrator")).session
    answer = administrator.get("/api/office/access")
    assert {(phone.member, "history", None), (south.member, "history", None)} <= set(
        said(answer.json["entries"])
    )
    whole = answer.text + administrator.get("/api/office/access.csv").text
    assert "Coordinator" in whole
    for secret in (*read, "Rivera", "Okafor"):
        assert secret not in whole
    refused = administrator.get(address("/api/office/access", **{"patient": read[0]}))
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


def test_others_see_none_of_it(phone: Phone, office: Office, app: object) -> None:
    clinician = office.phone(office.add("clinician", "North"))
    program = office.program(office.add("supervisor", "North"))
    for each in (phone.session, clinician.session, program):
        for path in ("/api/office/access", "/api/office/access.csv"):
            assert each.get(path).status_code == 403


def test_another_organisation_is_not_there(office: Office, read: tuple[str, str]) -> None:
    other = Office.open(office.app, "Elsewhere")
    boss = other.phone(other.add("supervisor", "North"))
    assert said(log(boss.session)) == []
    assert (
        boss.session.get(address("/api/office/access", **{"patient": read[0]})).status_code == 404
    )


def test_short_pages_lead_to_the_end(
    supervisor: Phone, phone: Phone, south: Phone, read: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Though most of what is looked at may not be shown."""
    reads = [
        {"id": new_id(), "patient": read[each % 8 == 0], "at": phone.now() - each, "what": "chart"}
        for each in range(60)
    ]
    south.sync(reads=reads)
    expected = said(log(supervisor.session, **{"from": "2020-01-01"}))
    assert len([each for each in expected if each[1] == "chart"]) == 52
    for name, value in (("PAGE", 7), ("LOOKED_AT_ONCE", 5), ("LOOKED_AT_MOST", 10)):
        monkeypatch.setattr(f"server.audit.office_report.{name}", value)
    assert said(log(supervisor.session, **{"from": "2020-01-01"})) == expected


def test_the_file_is_whole_and_says_nothing_that_a_spreadsheet_runs(
    supervisor: Phone, office: Office, read: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = office.phone(office.add("supervisor", "South")).session
    rows = table(chief.get(address("/api/office/access.csv", **{"member": new_id()})))
    assert rows == []
    (row,) = [
        each
        for each in table(chief.get("/api/office/access.csv"))
        if each["What"] == "Looked at the history of a record"
    ]
    assert (row["Patient"], row["Person"][:12], row["Phone"]) == (
        "'=Okafor",
        "Coordinator ",
        "Pixel 8",
    )
    (left, *_) = (each for each in log(chief) if each["what"] == "export")
    assert left["member"] is not None
    monkeypatch.setattr("server.audit.office_report.MOST_EXPORTED", 1)
    answer = chief.get("/api/office/access.csv")
    assert (answer.status_code, answer.json["code"]) == (400, "export_too_large")
