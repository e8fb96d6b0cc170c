"""Whose changes are accepted: of charts held, supervised, or handed over without their knowing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from server.database import begin
from server.sync import endpoint
from server.tables import grants
from tests.phone import phone as phones
from tests.server.office import Office, Phone, new_id
from tests.server.sync.test_pull import end, give, own_assignment

DAY_MS = 24 * 3600 * 1000


def codes(answer: dict[str, object]) -> list[str]:
    return [each["code"] for each in answer["refused"]]  # type: ignore[attr-defined]


def test_a_stranger_writes_to_no_chart(phone: Phone, colleague: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    colleague.new("medication", patient, name="Aspirin")
    colleague.change(patient, "patient", patient, set={"pronouns": "she"})
    answer = colleague.sync()
    assert codes(answer) == ["not_yours", "not_yours"]
    assert colleague.charts() == set()


def test_an_edit_made_before_the_phone_could_know_of_a_handover_is_accepted(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    first = phone.new("medication", patient, name="Aspirin")
    second = phone.new("medication", patient, name="Metformin")
    outbox = list(phone.outbox)
    give(supervisor, patient, colleague.member)
    end(supervisor, own_assignment(phone, patient), patient)
    answer = phone.sync(changes=outbox[:1])
    assert not answer["refused"]
    assert phone.charts() == set()
    answer = phone.sync()  # the rest, split off: it was made at the same cursor
    assert not answer["refused"]
    colleague.sync()
    assert {first, second} < colleague.held.keys()


def test_an_edit_made_after_the_phone_knew_of_the_handover_is_refused(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    end(supervisor, own_assignment(phone, patient), patient)
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    assert codes(phone.sync()) == ["not_yours"]


def test_without_made_only_charts_held_now_are_written_to(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    end(supervisor, own_assignment(phone, patient), patient)
    assert codes(phone.sync(made=None)) == ["not_yours"]


def test_a_chart_lost_more_than_thirty_days_ago_is_written_to_no_more(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    end(supervisor, own_assignment(phone, patient), patient)
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            update(grants)
            .values(ended_at=grants.c.ended_at - 31 * DAY_MS)
            .where(grants.c.ended.is_not(None))
        )
    assert codes(phone.sync()) == ["not_yours"]


def test_a_supervisor_writes_to_the_charts_of_the_team_and_of_the_waitlist_alone(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    supervisor.new("task", patient, description="Call the daughter")
    assert not supervisor.sync()["refused"]
    of_south = office.phone(office.add("supervisor", "South"))
    of_south.new("task", patient, description="Call the daughter")
    assert codes(of_south.sync()) == ["not_yours"]
    end(supervisor, own_assignment(phone, patient), patient)
    of_south.new("task", patient, description="Take them on")
    assert not of_south.sync()["refused"]


def test_a_supervisor_hands_a_chart_over_and_only_supervisors_do(
    phone: Phone, colleague: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.change(
        new_id(), "assignment", patient, set={"status": "active", "member": colleague.member}
    )
    assert codes(phone.sync()) == ["not_yours"]
    assert colleague.sync()["records"]
    assert colleague.charts() == set()


def test_a_field_of_the_server_is_nobodys(office: Office) -> None:
    administrator = office.phone(office.add("administrator"))
    administrator.sync()
    card = administrator.member
    administrator.change(card, "member", None, set={"telephone": "555-0100"})
    administrator.change(card, "member", None, set={"role": "supervisor"})
    answer = administrator.sync()
    assert [(each["code"], each["field"]) for each in answer["refused"]] == [("not_yours", "role")]
    assert administrator.fields(card)["telephone"] == "555-0100"


@pytest.mark.parametrize(
    ("days", "is_held"),
    [((None, None), True), ((-1, None), True), ((1, None), False), ((-9, -2), False)],
)
def test_an_assignment_with_dates_holds_between_them(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    days: tuple[int | None, int | None],
    is_held: bool,
) -> None:
    patient = phone.new_patient()
    phone.sync()
    starts, ends = (day and day_from_today(day) for day in days)
    dates = {"starts": starts, "ends": ends}
    given = {name: value for name, value in dates.items() if value}
    give(supervisor, patient, colleague.member, **given)
    colleague.sync()
    assert (colleague.charts() == {patient}) is is_held


@pytest.mark.parametrize(
    ("starts", "ends", "is_held"),
    [("0001-01-01", "9999-12-31", True), ("9999-12-31", None, False), (None, "0001-01-01", False)],
)
def test_an_assignment_may_have_the_first_and_the_last_day_of_the_calendar(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    starts: str | None,
    ends: str | None,
    is_held: bool,
) -> None:
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member, starts=starts, ends=ends)
    colleague.sync()
    assert (colleague.charts() == {patient}) is is_held


def test_a_grant_begins_and_ends_by_itself_when_its_day_comes(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    dates = {"starts": day_from_today(2), "ends": day_from_today(4)}
    give(supervisor, patient, colleague.member, **dates)
    colleague.sync()
    assert colleague.charts() == set()
    travel(monkeypatch, days=3)
    colleague.sync()
    assert record in colleague.held
    colleague.change(record, "medication", patient, set={"dose": "5 mg"})
    unsent = list(colleague.outbox)
    travel(monkeypatch, days=6)
    answer = colleague.sync()
    assert [each["n"] for each in answer["accepted"]] == [unsent[0]["n"]]
    assert answer["forget"] == [patient]
    assert colleague.charts() == set()


def day_from_today(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def travel(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let the server's clock, and the phones', stand some days from today."""

    def later() -> int:
        return time.time_ns() // 1_000_000 + days * DAY_MS

    monkeypatch.setattr(endpoint, "now_ms", later)
    monkeypatch.setattr(phones, "now_ms", later)
