"""The whole caseload: 120 charts among four coordinators, with what every screen wants to show, and
the roster beside them."""

from __future__ import annotations

from random import Random
from uuid import UUID

from server.demo.at_once import write_at_once
from server.demo.calls import write_coming, write_past_visits, write_visit_today
from server.demo.chart import Chart
from server.demo.day import Day
from server.demo.edit import LATER, Edit
from server.demo.health import write_health
from server.demo.papers import write_papers
from server.demo.people import write_people, write_stand_in
from server.demo.person import draw_person
from server.demo.plan import write_plan
from server.demo.roster import write_roster
from server.demo.staff import COORDINATORS, NURSE_OF, SUPERVISOR

SEED = 20
PATIENTS = 120
WAITING = 4
"""Patients on the waitlist, who have no coordinator yet."""
VISITS_A_DAY = 6
NURSE_VISITS_A_DAY = 3
DIED = 24
"""The patient who has died: one of Rosa's, whose phone the demo's first link opens."""
DISAGREEMENTS = 7
"""How many charts of each coordinator hold something that two people did at once."""


def build(
    day: Day, space: UUID, members: dict[str, str], patients: int = PATIENTS, seed: int = SEED
) -> list[Edit]:
    """Every edit of the caseload, in the order of turns and of time. The same arguments give the
    same edits; ids are derived from `space`, and `members` gives the id of each of the staff."""
    edits = write_roster(day, space, members)
    for number in range(patients):
        edits += _chart(number, day, space, members, patients, seed).edits
    return sorted(edits, key=lambda edit: (edit.turn, edit.at))


def _chart(
    number: int, day: Day, space: UUID, members: dict[str, str], patients: int, seed: int
) -> Chart:
    random = Random(f"{seed}/{number}")
    waits = number >= patients - WAITING
    # `place` counts the charts of one coordinator: each caseload has its share of everything.
    place, whose = divmod(number, len(COORDINATORS))
    coordinator = None if waits else COORDINATORS[whose]
    has_nurse = coordinator is not None and place % 5 in (0, 2)
    nurse = NURSE_OF[coordinator] if coordinator and has_nurse else None
    person = draw_person(random, number)
    chart = Chart(number, day, random, person, space, members, coordinator, nurse)
    chart.deceased = number == DIED
    chart.build = random.uniform(0.78, 1.3)
    chart.interval = random.choices((14, 21, 30), (30, 40, 30))[0]
    # One in four is overdue: the last visit lies further back than the interval.
    overdue = random.random() < 0.25
    bounds = (2, 16) if overdue else (2 - chart.interval, -2)
    chart.last = -chart.interval - random.randint(*bounds)
    if _disagreement(chart, place, whose) is not None:
        chart.last = -2  # what two people did yesterday is about a visit of the day before
    chart.before = chart.last - chart.interval
    _fill(chart, place, whose)
    return chart


def _fill(chart: Chart, place: int, whose: int) -> None:
    write_people(chart)
    write_papers(chart)
    write_health(chart)
    if chart.coordinator is None:
        return
    if place % 10 == 3 and whose == 3:
        write_stand_in(chart)
    write_plan(chart)
    write_past_visits(chart)
    if chart.deceased:
        _write_death(chart)
        return
    write_coming(chart)
    # Every fourth chart of a caseload, spread over its length, has a visit today.
    if place % 4 == 1 and place // 4 < VISITS_A_DAY:
        write_visit_today(chart, place // 4, chart.by)
    if chart.nurse and place % 10 == 0 and whose < 2 and place // 10 < NURSE_VISITS_A_DAY:
        write_visit_today(chart, place // 10 * 2, chart.nurse)
    if (which := _disagreement(chart, place, whose)) is not None:
        write_at_once(chart, which)


def _disagreement(chart: Chart, place: int, whose: int) -> int | None:
    """Which disagreement the chart holds. The first three are in every caseload; then each
    coordinator has others."""
    nth = place // 5 * 2 + (place % 5 == 2)
    if not chart.nurse or chart.deceased or nth >= DISAGREEMENTS:
        return None
    return nth if nth < 3 else nth + whose * 2


def _write_death(chart: Chart) -> None:
    day = chart.day
    values = {"deceased": "deceased", "deceased_date": day.date(-6)}
    chart.edit("patient", chart.id, day.ms(-6, 18), values, by=chart.by, turn=LATER)
    for task in chart.of("task"):
        over = {"status": "cancelled"}
        chart.edit("task", task, day.ms(-6, 18, 5), over, turn=LATER)
    assignment = chart.of("assignment")[0]
    held = {"status": "onhold"}
    chart.edit("assignment", assignment, day.ms(-5, 9), held, by=SUPERVISOR, turn=LATER)
