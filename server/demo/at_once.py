"""What two people did to the same record before either had seen the other: the coordinator at the
door and the nurse at the clinic, yesterday around noon. Review has its entries from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.demo.chart import Chart
from server.demo.edit import AT_ONCE


def write_at_once(chart: Chart, which: int) -> None:
    """One disagreement of the list below, by its number."""
    DISAGREEMENTS[which % len(DISAGREEMENTS)](chart)


def _both(
    chart: Chart, kind: str, record: str, coordinator: dict[str, Any], nurse: dict[str, Any]
) -> None:
    by = chart.nurse
    chart.edit(kind, record, chart.day.ms(-1, 12, 5), coordinator, turn=AT_ONCE)
    chart.edit(kind, record, chart.day.ms(-1, 12, 25), nurse, by=by, turn=AT_ONCE)


def _said(chart: Chart, record: str, field: str) -> Any:
    """What a record's first edit said of a field."""
    return next(edit.set[field] for edit in chart.edits if edit.record == record)


def _dose(chart: Chart) -> None:
    """The discharge list against the bottle: never one of them silently."""
    medication = chart.of("medication")[0]
    told = chart.story.medications[0]
    _both(chart, "medication", medication, {"dose": told["other_dose"]}, {"dose": told["dose"]})


def _time(chart: Chart) -> None:
    appointment = chart.of("appointment")[2]
    days = 2
    _both(
        chart,
        "appointment",
        appointment,
        {"start": chart.day.wall(days, 9, 30), "end": chart.day.wall(days, 10, 20)},
        {"start": chart.day.wall(days + 1, 15), "end": chart.day.wall(days + 1, 15, 50)},
    )


def _same_sentence(chart: Chart) -> None:
    """Different sentences of one section both stand; the same sentence of another is a question."""
    visit = chart.of("visit")[1]
    note = _said(chart, visit, "note_concerns")
    _both(
        chart,
        "visit",
        visit,
        {"note_concerns": note + " Told primary care by phone. They will call back today."},
        {"note_concerns": f"{note} Told primary care by portal message."},
    )
    # The last sentence of it was the house; each puts something else in its place.
    how = _said(chart, visit, "note_how").removesuffix(chart.detail)
    she = chart.person.words()["They"]
    _both(
        chart,
        "visit",
        visit,
        {"note_how": f"{how}{she} told me at the door that the night had been bad."},
        {"note_how": f"{how}On the phone later {she.lower()} said the night had been fine."},
    )


def _closed_and_cancelled(chart: Chart) -> None:
    task = chart.of("task")[0]
    _both(chart, "task", task, {"status": "completed"}, {"status": "cancelled"})


def _deleted_and_edited(chart: Chart) -> None:
    task = chart.of("task")[1]
    at, by = chart.day.ms(-1, 12, 40), chart.nurse
    chart.edit("task", task, at, {}, turn=AT_ONCE, delete=True)
    chart.edit("task", task, at + 60_000, {"due": chart.day.date(4)}, by=by, turn=AT_ONCE)


def _owner_and_urgency(chart: Chart) -> None:
    """The later owner and the greater urgency stand; the others are overruled."""
    task = chart.of("task")[1]
    owner = {"owner": chart.members[chart.by], "priority": "stat"}
    _both(chart, "task", task, owner, {"owner": chart.members["helen"], "priority": "urgent"})


def _consent(chart: Chart) -> None:
    sharing = chart.of("consent")[1]
    _both(chart, "consent", sharing, {"status": "active"}, {"status": "rejected"})


def _target(chart: Chart) -> None:
    goal, told = chart.of("goal")[0], chart.story.goals[0]
    field = "target_high" if "high" in told else "target_low"
    _both(chart, "goal", goal, {field: told[field[7:]] + 1}, {field: told[field[7:]] + 2})


def _reached_or_not(chart: Chart) -> None:
    goal = chart.of("goal")[0]
    reached, not_reached = {"achievement_status": "achieved"}, {"achievement_status": "worsening"}
    _both(chart, "goal", goal, reached, not_reached)


def _what_to_call_them(chart: Chart) -> None:
    given = chart.person.given.split()[0]
    called = {"preferred_name": f"{given[:4]}."}, {"preferred_name": given}
    _both(chart, "patient", chart.id, *called)


DISAGREEMENTS: tuple[Callable[[Chart], None], ...] = (
    _dose,
    _same_sentence,
    _time,
    _closed_and_cancelled,
    _owner_and_urgency,
    _consent,
    _deleted_and_edited,
    _target,
    _reached_or_not,
    _what_to_call_them,
)
