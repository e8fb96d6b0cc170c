"""Cover, the on-call roster and dates: who comes to hold which chart, and when it leaves again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from server import access
from server import grants as asked
from server.database import begin
from server.organisations import leave
from server.sync.local import write_as_server
from server.tables import grants, member, stand_in, team
from tests.server.office import Office, Phone
from tests.server.sync.test_access import codes, day_from_today, travel
from tests.server.sync.test_pull import end, give, own_assignment

AHEAD, BEHIND = "Pacific/Kiritimati", "Pacific/Niue"
"""Two zones 25 hours apart: what is today in one is never today in the other."""


@pytest.fixture
def of_south(office: Office) -> Phone:
    return office.phone(office.add("coordinator", "South"))


def chart(phone: Phone) -> str:
    """A new chart of theirs, with a medication in it."""
    patient = phone.new_patient()
    phone.new("medication", patient, name="Aspirin")
    phone.sync()
    return patient


def cover(supervisor: Phone, stands_in: Phone, absent: Phone, **fields: Any) -> str:
    """Let a colleague stand in for another, from yesterday to tomorrow unless it is said."""
    dates = {"starts": day_from_today(-1), "ends": day_from_today(1)} | fields
    id_ = supervisor.new("cover", None, member=stands_in.member, for_member=absent.member, **dates)
    answer = supervisor.sync()
    assert not answer["refused"], answer["refused"]
    return id_


def shift(supervisor: Phone, on_call: Phone, start: float, end: float, **fields: Any) -> str:
    """Put a colleague on call from so many hours from now until so many."""
    id_ = supervisor.new(
        "on_call",
        None,
        member=on_call.member,
        tier="first",
        start=in_hours(start),
        end=in_hours(end),
        **fields,
    )
    answer = supervisor.sync()
    assert not answer["refused"], answer["refused"]
    return id_


def in_hours(hours: float) -> dict[str, str]:
    wall = datetime.now(ZoneInfo("America/New_York")) + timedelta(hours=hours)
    return {"local": f"{wall:%Y-%m-%dT%H:%M}", "zone": "America/New_York"}


def test_whoever_stands_in_holds_what_the_other_holds_by_assignment_also_what_comes_later(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    before = chart(phone)
    cover(supervisor, colleague, phone)
    colleague.sync()
    assert colleague.charts() == {before}
    during = chart(phone)
    colleague.sync()
    assert colleague.charts() == {before, during}
    colleague.change(during, "patient", during, set={"pronouns": "she"})
    assert not colleague.sync()["refused"]


def test_a_cover_ends_after_its_last_day_and_work_done_before_that_is_kept(
    phone: Phone, colleague: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = chart(phone)
    cover(supervisor, colleague, phone)
    colleague.sync()
    colleague.change(patient, "patient", patient, set={"pronouns": "she"})
    travel(monkeypatch, days=3)
    answer = colleague.sync()
    assert (codes(answer), answer["forget"]) == ([], [patient])
    colleague.change(patient, "patient", patient, set={"pronouns": "he"})
    assert codes(colleague.sync()) == ["not_yours"]
    phone.sync()
    assert phone.fields(patient)["pronouns"] == "she"


@pytest.mark.parametrize(
    "change",
    [
        {"set": {"status": "cancelled"}},
        {"delete": True},
        {"set": {"ends": "2020-01-01"}},
        {"set": {"starts": "9999-12-30", "ends": "9999-12-31"}},
    ],
    ids=["called off", "deleted", "shortened", "put off"],
)
def test_a_cover_is_called_off(
    phone: Phone, colleague: Phone, supervisor: Phone, change: dict[str, Any]
) -> None:
    patient = chart(phone)
    id_ = cover(supervisor, colleague, phone)
    colleague.sync()
    supervisor.change(id_, "cover", None, **change)
    assert not supervisor.sync()["refused"]
    assert colleague.sync()["forget"] == [patient]
    assert phone.sync()["forget"] == []


def test_another_stands_in_instead(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone
) -> None:
    patient = chart(phone)
    id_ = cover(supervisor, colleague, phone)
    colleague.sync()
    supervisor.change(id_, "cover", None, set={"member": of_south.member})
    supervisor.sync()
    assert colleague.sync()["forget"] == [patient]
    of_south.sync()
    assert of_south.charts() == {patient}


def test_a_cover_gives_nothing_before_its_first_day(
    phone: Phone, colleague: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = chart(phone)
    cover(supervisor, colleague, phone, starts=day_from_today(2), ends=day_from_today(4))
    colleague.sync()
    assert colleague.charts() == set()
    travel(monkeypatch, days=3)
    colleague.sync()
    assert colleague.charts() == {patient}


def test_only_supervisors_let_somebody_stand_in(phone: Phone, colleague: Phone) -> None:
    fields = {"member": phone.member, "for_member": colleague.member, "starts": "2026-01-01"}
    phone.new("cover", None, **fields)
    phone.new(
        "on_call", None, member=phone.member, tier="first", start=in_hours(0), end=in_hours(1)
    )
    assert codes(phone.sync()) == ["not_yours", "not_yours"]


def test_it_reaches_no_further_than_assignments(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone
) -> None:
    """Whoever covers for somebody who covers for a third has nothing of the third's."""
    chart(phone)
    cover(supervisor, colleague, phone)
    cover(supervisor, of_south, colleague)
    of_south.sync()
    assert of_south.charts() == set()


def test_a_chart_handed_to_whoever_stands_in_is_held_without_a_break(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = chart(phone)
    cover(supervisor, colleague, phone)
    colleague.sync()
    assignment = own_assignment(phone, patient)
    seen = phone.held[assignment]["version"]
    handed = {"member": colleague.member}
    supervisor.change(assignment, "assignment", patient, set=handed, seen=seen)
    assert not supervisor.sync()["refused"]
    answer = colleague.sync()
    assert [each["id"] for each in answer["records"] if each["patient"]] == [assignment]
    assert answer["forget"] == []
    assert phone.sync()["forget"] == [patient]


def test_a_chart_handed_to_somebody_else_leaves_whoever_stood_in(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone
) -> None:
    patient = chart(phone)
    cover(supervisor, colleague, phone)
    colleague.sync()
    give(supervisor, patient, of_south.member)
    end(supervisor, own_assignment(phone, patient), patient)
    assert colleague.sync()["forget"] == [patient]
    of_south.sync()
    assert of_south.charts() == {patient}


def test_a_chart_held_twice_stays_when_one_of_the_two_ends(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = chart(phone)
    given = give(supervisor, patient, colleague.member)
    id_ = cover(supervisor, colleague, phone)
    colleague.sync()
    end(supervisor, given, patient)
    assert colleague.sync()["forget"] == []
    supervisor.change(id_, "cover", None, delete=True)
    supervisor.sync()
    assert colleague.sync()["forget"] == [patient]


def test_whoever_is_on_call_holds_the_charts_of_their_team_for_the_shift(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    clinician = office.phone(office.add("clinician", "North"))
    before, elsewhere = chart(phone), chart(of_south)
    waiting = give(supervisor, before, colleague.member, starts=day_from_today(9))
    shift(supervisor, clinician, -1, 1)
    clinician.sync()
    assert clinician.charts() == {before}
    during = chart(colleague)
    clinician.sync()
    assert clinician.charts() == {before, during}
    assert elsewhere not in clinician.charts()
    assert waiting in clinician.held  # a record of the chart; it claims nothing before its day


def test_somebody_of_another_team_is_on_call_for_a_team_that_is_named(
    phone: Phone, of_south: Phone, office: Office
) -> None:
    patient = chart(phone)
    supervisor = office.phone(office.add("supervisor", "North", "West"))
    id_ = shift(supervisor, of_south, -1, 1, team="North")
    of_south.sync()
    assert of_south.charts() == {patient}
    supervisor.change(id_, "on_call", None, set={"team": "West"})
    supervisor.sync()
    assert of_south.sync()["forget"] == [patient]


def test_two_turns_in_a_row_are_one_time_of_holding(
    phone: Phone, colleague: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = chart(phone)
    shift(supervisor, colleague, -1, 20)
    shift(supervisor, colleague, 20, 30)
    colleague.sync()
    assert colleague.charts() == {patient}
    travel(monkeypatch, days=1)
    answer = colleague.sync()
    assert (answer["records"], answer["forget"]) == ([], [])
    travel(monkeypatch, days=2)
    assert colleague.sync()["forget"] == [patient]


def test_a_turn_that_ends_before_it_starts_gives_nothing(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    chart(phone)
    shift(supervisor, colleague, 1, -1)
    colleague.sync()
    assert colleague.charts() == set()


def test_a_turn_whose_phone_was_silent_throughout_gives_nothing(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chart(phone)
    shift(supervisor, colleague, 1, 2)
    travel(monkeypatch, days=1)
    colleague.sync()
    assert colleague.charts() == set()
    assert rows(office, stand_in) == 0


def test_a_roster_of_months_costs_its_own_rows_alone(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    for _ in range(3):
        chart(phone)
    before = rows(office, grants)
    for day in range(1, 30):
        shift(supervisor, colleague, 24 * day, 24 * day + 12)
    chart(phone)
    assert (rows(office, grants), rows(office, stand_in)) == (before + 1, 29)


def test_many_charts_come_whole_however_small_the_pages(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patients = [phone.new_patient() for _ in range(40)]
    medications = {phone.new("medication", each, name="Aspirin") for each in patients}
    phone.sync_all()
    cover(supervisor, colleague, phone)
    colleague.sync_all(limit=7)
    assert colleague.charts() == set(patients)
    assert medications < colleague.held.keys()


def test_whoever_is_on_call_writes_their_part_of_the_turn_and_no_more(
    colleague: Phone, supervisor: Phone
) -> None:
    id_ = shift(supervisor, colleague, -1, 1)
    colleague.sync()
    taken = {"by": colleague.member, "at": "2026-11-21T18:00:00-05:00"}
    colleague.change(id_, "on_call", None, add={"acknowledged": [taken]})
    colleague.change(id_, "on_call", None, set={"handover_note": "All quiet.", "phone": "555-0100"})
    colleague.change(id_, "on_call", None, set={"end": in_hours(48)})
    colleague.change(id_, "on_call", None, delete=True)
    assert codes(colleague.sync()) == ["not_yours", "invalid"]
    assert colleague.fields(id_)["acknowledged"] == [taken]


@pytest.mark.parametrize("kind", ["assignment", "cover"])
def test_days_are_those_of_the_organisation_and_move_with_its_time_zone(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, kind: str
) -> None:
    patient = chart(phone)
    today = datetime.now(ZoneInfo(AHEAD)).date().isoformat()
    settle(supervisor, office, BEHIND)
    if kind == "cover":
        cover(supervisor, colleague, phone, starts=today, ends=today)
    else:
        give(supervisor, patient, colleague.member, starts=today, ends=today)
    colleague.sync()
    assert colleague.charts() == set()
    settle(supervisor, office, AHEAD)
    colleague.sync()
    assert colleague.charts() == {patient}
    settle(supervisor, office, BEHIND)
    colleague.sync()
    assert colleague.charts() == set()


def settle(supervisor: Phone, office: Office, zone: str) -> None:
    supervisor.sync()
    settings = {"time_zone": zone}
    supervisor.change(office.organisation, "organisation_settings", None, set=settings)
    assert not supervisor.sync()["refused"]


def test_a_charts_team_follows_a_date_before_its_member_syncs(
    phone: Phone,
    of_south: Phone,
    supervisor: Phone,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient = chart(phone)
    south = office.phone(office.add("supervisor", "South"))
    own = own_assignment(phone, patient)
    seen = phone.held[own]["version"]
    supervisor.change(own, "assignment", patient, set={"ends": day_from_today(1)}, seen=seen)
    give(supervisor, patient, of_south.member, starts=day_from_today(2))
    south.new("task", patient, description="Call the daughter")
    assert codes(south.sync()) == ["not_yours"]
    travel(monkeypatch, days=3)
    for module in (asked, access):
        monkeypatch.setattr(module, "now_ms", lambda: in_days(3))
    south.new("task", patient, description="Call the daughter")
    assert codes(south.sync()) == []
    assert south.session.get(f"/api/records/{patient}/history").status_code == 200
    supervisor.new("task", patient, description="Call the son")
    assert codes(supervisor.sync()) == ["not_yours"]
    assert supervisor.session.get(f"/api/records/{patient}/history").status_code == 404


def in_days(days: int) -> int:
    return int((datetime.now(UTC) + timedelta(days=days)).timestamp() * 1000)


def test_somebody_who_left_stands_in_no_more_and_their_own_charts_stay_with_their_team(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    patient = chart(phone)
    cover(supervisor, colleague, phone)
    cover(supervisor, of_south, colleague)
    of_theirs = chart(colleague)
    shift(supervisor, colleague, 24, 25)
    colleague.sync()
    assert colleague.charts() == {patient, of_theirs}
    leave(office.organisation, office.email(colleague.member))
    with begin(office.organisation) as connection:
        theirs = connection.execute(select(grants).where(grants.c.member == colleague.member)).all()
        waiting = connection.scalars(
            select(stand_in.c.member).where(stand_in.c.member == colleague.member)
        ).all()
    assert {(row.source, row.ended is None) for row in theirs} == {
        ("cover", False),
        ("assignment", True),
    }
    assert waiting == []
    of_south.sync()
    assert of_south.charts() == {of_theirs}
    supervisor.new("task", of_theirs, description="Hand over")
    assert codes(supervisor.sync()) == []


def test_nobody_who_left_is_put_on_call(
    colleague: Phone, supervisor: Phone, phone: Phone, office: Office
) -> None:
    chart(phone)
    leave(office.organisation, office.email(colleague.member))
    shift(supervisor, colleague, -1, 1)
    assert rows(office, stand_in) == 0


def test_a_member_who_changes_teams_takes_their_charts_to_the_other_teams_on_call(
    phone: Phone, colleague: Phone, of_south: Phone, office: Office
) -> None:
    supervisor = office.phone(office.add("supervisor", "North", "South"))
    patient, of_colleague = chart(phone), chart(colleague)
    shift(supervisor, colleague, -1, 1)
    shift(supervisor, of_south, -1, 1)
    colleague.sync()
    of_south.sync()
    assert (colleague.charts(), of_south.charts()) == ({patient, of_colleague}, set())
    move(office, phone.member, "South")
    assert colleague.sync()["forget"] == [patient]
    of_south.sync()
    assert of_south.charts() == {patient}
    move(office, of_south.member, "North")
    of_south.sync()
    assert of_south.charts() == {of_colleague}


def move(office: Office, id_: str, name: str) -> None:
    """Let somebody work in another team."""
    here = office.organisation
    with begin(here, write=True) as connection:
        new = connection.scalar(select(team.c.id).where(team.c.name == name))
        connection.execute(update(member).where(member.c.id == id_).values(team=new))
        card = {"record": id_, "kind": "member", "seen": 10_000, "set": {"team": name}}
        write_as_server(connection, here, id_, [card])


def rows(office: Office, table: Any) -> int:
    with begin(office.organisation) as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def test_a_supervisor_opens_nothing_of_teams_that_they_do_not_supervise(
    of_south: Phone, supervisor: Phone
) -> None:
    chart(of_south)
    mine, stranger = supervisor.member, of_south.member
    dates = {"starts": day_from_today(-1), "ends": day_from_today(1)}
    supervisor.new("cover", None, member=mine, for_member=stranger, **dates)
    turn = {"tier": "first", "start": in_hours(-1), "end": in_hours(1)}
    supervisor.new("on_call", None, member=mine, team="South", **turn)
    supervisor.new("on_call", None, member=stranger, **turn)  # their own team's: South
    supervisor.new("on_call", None, member=mine, team="Nowhere yet", **turn)
    assert codes(supervisor.sync()) == ["not_yours"] * 4
    supervisor.sync()
    assert supervisor.charts() == set()


def test_what_another_teams_supervisor_said_of_the_roster_is_theirs_to_change(
    phone: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    chart(of_south)
    souths = office.phone(office.add("supervisor", "South"))
    covered = cover(souths, phone, of_south)
    turned = shift(souths, phone, -1, 1, team="South")
    supervisor.sync()
    for id_, kind in ((covered, "cover"), (turned, "on_call")):
        supervisor.change(id_, kind, None, set={"member": supervisor.member})
        supervisor.change(id_, kind, None, set={"status": "cancelled"})
    supervisor.change(covered, "cover", None, delete=True)
    supervisor.change(turned, "on_call", None, set={"team": "North"})
    assert codes(supervisor.sync()) == ["not_yours"] * 6
    supervisor.change(turned, "on_call", None, set={"handover_note": "The Riveras phoned."})
    assert not supervisor.sync()["refused"]


def test_a_turn_is_not_moved_onto_a_team_by_way_of_who_is_on_call(
    phone: Phone, colleague: Phone, of_south: Phone, supervisor: Phone
) -> None:
    own = shift(supervisor, colleague, -1, 1)  # of their own team
    named = shift(supervisor, of_south, -1, 1, team="North")
    supervisor.change(own, "on_call", None, set={"member": of_south.member})
    supervisor.change(named, "on_call", None, set={"team": None})
    assert codes(supervisor.sync()) == ["not_yours"] * 2


def test_whoever_is_in_no_team_is_any_supervisors_to_cover(
    colleague: Phone, supervisor: Phone, office: Office
) -> None:
    floating = office.phone(office.add("clinician"))
    patient = chart(floating)
    cover(supervisor, colleague, floating)
    colleague.sync()
    assert colleague.charts() == {patient}
