"""Work of a night on call, of a cover or of days that were over when it was lost comes back by what
the records say of that time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.database import begin
from server.restore.held_then import HeldThen
from server.tables import grants, waiting_changes
from server.who import now_ms
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, rows_of, shown

DAY = 24 * 3_600_000


def wall(days: float) -> dict[str, str]:
    """So many days from this moment, as a clock in UTC shows it."""
    moment = datetime.now(UTC) + timedelta(days=days)
    return {"local": f"{moment:%Y-%m-%dT%H:%M}", "zone": "UTC"}


def day(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


@pytest.fixture
def chart(phone: Phone) -> str:
    patient = phone.new_patient()
    phone.sync()
    return patient


def standing_in(phone: Phone, colleague: Phone, what: str, first: float, last: float) -> Any:
    """Kind and fields of what opens the phone's charts to a colleague between two days."""
    if what == "on_call":
        fields = {"team": "North", "tier": "first", "start": wall(first), "end": wall(last)}
        return "on_call", fields | {"member": colleague.member}
    fields = {"member": colleague.member, "starts": day(int(first)), "ends": day(int(last))}
    if what == "cover":
        return "cover", fields | {"for_member": phone.member}
    return "assignment", fields | {"status": "active"}


@pytest.mark.parametrize("what", ["on_call", "cover", "assignment"])
def test_the_work_of_a_time_that_is_over_is_taken_back(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str, what: str
) -> None:
    """Lost two days ago, with what gave the chart for three: it is a day over at the return."""
    backup, kept, other = Backup(office), Journal(colleague), Journal(supervisor)
    kind, fields = standing_in(phone, colleague, what, -1, 1)
    record = supervisor.new(kind, chart if kind == "assignment" else None, **fields)
    other.sync()
    colleague.sync_all()
    task = colleague.new("task", chart, description="Call")
    kept.sync()
    before = shown(office)
    backup.restore()
    ends = {"end": wall(-0.5)} if kind == "on_call" else {"ends": day(-1)}
    ((n, given),) = other.changes.items()
    at = now_ms() - DAY - 1
    given |= {"set": given["set"] | ends, "corrected": at}
    kept.changes[1]["corrected"] = at
    assert kept.take_back(office)["waiting"] == [1]
    assert other.take_back(office, n)["accepted"]
    assert rows_of(office, waiting_changes, "n") == []
    assert shown(office)[task]["fields"] == before[task]["fields"]
    assert colleague.member not in {m for (m,) in rows_of(office, grants, "member")}
    assert record in shown(office)


def test_what_was_done_at_another_time_is_not(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    kind, fields = standing_in(phone, colleague, "on_call", -2, -1)
    supervisor.new(kind, None, **fields)
    supervisor.sync()
    with begin(office.organisation) as connection:
        then = HeldThen(connection, office.organisation, colleague.member, now_ms())
        others = HeldThen(connection, office.organisation, supervisor.member, now_ms())
        moments = [now_ms() - int(days * DAY) for days in (3, 1.5, 0.5)]
        assert [then.held(chart, at) for at in moments] == [False, True, False]
        assert [others.held(chart, at) for at in moments] == [False, False, False]


@pytest.mark.parametrize(
    ("first", "last", "becomes"), [(-40, -31, "waiting"), (-40, -29, "accepted")]
)
def test_who_held_the_chart_long_ago_does_not_come_by_it_with_a_time_of_then(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    office: Office,
    chart: str,
    first: int,
    last: int,
    becomes: str,
) -> None:
    """Its number and its time are what a phone says: it comes in for as long as after any grant,
    and then a supervisor looks at it."""
    kind, fields = standing_in(phone, colleague, "on_call", first, last)
    supervisor.new(kind, None, **fields)
    supervisor.sync()
    span = Backup(office).restore()
    then = now_ms() - 35 * DAY
    colleague.change(new_id(), "task", chart, set={"description": "Call"}, at=then)
    made_up = colleague.outbox[0] | {"seqs": [span.head + 1]}
    answer = Journal(colleague).take_back(office, changes=[made_up])
    assert [name for name in answer if answer[name]] == [becomes]


def test_what_was_never_accepted_needs_a_grant_of_today(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    kind, fields = standing_in(phone, colleague, "on_call", -2, -1)
    supervisor.new(kind, None, **fields)
    supervisor.sync()
    Backup(office).restore()
    then = now_ms() - int(1.5 * DAY)
    colleague.change(new_id(), "task", chart, set={"description": "Call"}, at=then)
    assert Journal(colleague).take_back(office)["waiting"] == [1]
