"""Visits and appointments: those that took place with their notes, and those that are to come."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any

from server.demo.chart import Chart
from server.demo.edit import LATER
from server.demo.health import readings_at, words_of, write_readings
from server.demo.people import caregiver_of
from server.demo.story import NAMES, PLACES

HOURS = ((9, 0), (10, 15), (11, 30), (13, 15), (14, 30), (16, 0))
"""When the six visits of a day begin."""
DONE_BY = {"patient": {"en": "You", "es": "Usted"}}


def write_past_visits(chart: Chart) -> None:
    """The last two visits, the newer one first among the story's."""
    start = chart.before - chart.interval
    write_readings(chart, _few(readings_at(chart, 0)), start, None, chart.by)
    for package, days, share in ((1, chart.before, 0.6), (0, chart.last, 1.0)):
        _write_visit(chart, chart.story.visits[package], days, share)


def _write_visit(chart: Chart, told: dict[str, Any], days: int, share: float) -> None:
    day, random = chart.day, chart.random
    by = chart.by
    readings = readings_at(chart, share)
    appointment = chart.write(
        "appointment",
        day.ms(days - 7, 16),
        {
            "type": "home-visit",
            "start": day.wall(days, 10),
            "end": day.wall(days, 11),
            "status": "booked",
            "member": chart.members[by],
            "source": "phone",
        },
        by=by,
    )
    took_place = {"status": "fulfilled"}
    chart.edit("appointment", appointment, day.ms(days, 11, 2), took_place, by=by, turn=LATER)
    words = chart.person.words() | words_of(readings)
    words["Caregiver"] = words["caregiver"] = caregiver_of(chart)
    plain = chart.said(told["plain"]).format_map(words)
    chart.detail = random.choice(NAMES["details"])
    notes = {
        "note_how": f"{told['how'].format_map(words)} {chart.detail}",
        "note_done": told["done"].format_map(words),
        "note_concerns": told["concerns"].format_map(words),
        "plain_summary": plain,
    }
    present = [chart.id, *(chart.of("related_person")[:1] if chart.story.caregiver else [])]
    visit = chart.write(
        "visit",
        day.ms(days, 11),
        {
            "appointment": appointment,
            "member": chart.members[by],
            "status": "finished",
            "actual_start": day.instant(days, 10, random.randint(0, 9)),
            "actual_end": day.instant(days, 10, random.randint(48, 59)),
            "present": present,
            "reason": ["medication-review" if share == 1 else "routine"],
            **notes,
            "next_steps": [_step(chart, step, days) for step in told["steps"]],
            "medications_seen": _seen(chart),
            "problems_discussed": chart.of("condition")[:1] + chart.of("goal")[:1],
            "education": [{"topic": told["education"], "teach_back": "well", "format": "spoken"}],
            "safety_check": _safety(chart),
        },
        by=by,
    )
    write_readings(chart, readings if share == 1 else _few(readings), days, visit, by)
    # What a nurse may still add to is left unsigned.
    if chart.number % 3 if days == chart.before else not chart.nurse:
        _sign(chart, visit, days, by, notes)


def _few(readings: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The two readings that the story turns on: those have a trend."""
    return dict(list(readings.items())[:2])


def _step(chart: Chart, step: dict[str, Any], days: int) -> dict[str, str]:
    team = {"en": "Your care team", "es": "Su equipo de cuidados"}
    who = {
        "patient": chart.said(DONE_BY["patient"]),
        "caregiver": caregiver_of(chart),
        "coordinator": chart.said(team),
    }[step["who"]]
    when = chart.day.date(days + step["days"])
    return {"step": chart.said({"en": step["en"], "es": step["es"]}), "who": who, "when": when}


def _seen(chart: Chart) -> list[dict[str, str]]:
    found = []
    for medication in chart.of("medication"):
        seen = chart.random.choices(
            ("as_listed", "different", "not_taking", "not_found"), (84, 7, 5, 4)
        )[0]
        entry = {"medication": medication, "seen": seen}
        if seen == "different":
            entry["note"] = "The label is from the last refill; the directions differ."
        found.append(entry)
    return found


def _safety(chart: Chart) -> list[dict[str, str]]:
    items = chart.random.sample(
        ("smoke-alarm", "fall-hazards", "heat-and-cold", "food-in-house"), 2
    )
    return [
        {"item": item, "answer": chart.random.choices(("fine", "concern"), (80, 20))[0]}
        for item in items
    ]


def _sign(chart: Chart, visit: str, days: int, by: str, notes: dict[str, str]) -> None:
    text = "\n\n".join(notes.values())
    signature = {
        "name": f"{chart.person.given} {chart.person.family}",
        "role": "patient",
        "at": chart.day.instant(days, 10, 59),
        "text": text,
        "hash": hashlib.sha256(text.encode()).hexdigest(),
        "strokes": _strokes(chart.random),
        "member": chart.members[by],
    }
    chart.edit("visit", visit, chart.day.ms(days, 11, 1), {"signature": [signature]}, turn=LATER)


def _strokes(random: Random) -> str:
    """A name written in one go, in the box of 600 by 200 that the app draws in."""
    x, path = 60, f"M60 {random.randint(90, 140)}"
    for loop in range(random.randint(6, 9)):
        low, high = random.randint(110, 160), random.randint(30, 90)
        bend, end = (high, low) if loop % 2 else (low, high)
        path += f"Q{x + random.randint(15, 35)} {bend} {x + 50} {end}"
        x += 50
    return path


def write_visit_today(chart: Chart, slot: int, by: str) -> None:
    hour, minute = HOURS[slot]
    _write_coming(chart, by, 0, hour, minute)


def write_coming(chart: Chart) -> None:
    """What is booked in the days to come, and for some a visit that should have been."""
    random = chart.random
    if chart.last < -chart.interval and chart.number % 3:
        _write_coming(chart, chart.by, -random.randint(2, 5), 10, 0)
    else:
        hour, minute = random.choice(HOURS)
        _write_coming(chart, chart.by, random.randint(1, 14), hour, minute)
    if chart.number % 3 == 0 or chart.story.dialysis:
        _write_elsewhere(chart)


def _write_coming(chart: Chart, by: str, days: int, hour: int, minute: int) -> None:
    day, person = chart.day, chart.person
    end = (hour * 60 + minute + 50) // 60, (minute + 50) % 60
    speaks = person.language in ("en", "es")
    chart.write(
        "appointment",
        day.ms(min(-1, days - 7), 16, 10),
        {
            "type": "home-visit",
            "start": day.wall(days, hour, minute),
            "end": day.wall(days, *end),
            "status": "booked",
            "member": chart.members[by],
            "reason": chart.said({"en": "Regular visit", "es": "Visita de seguimiento"}),
            "prep": chart.said(chart.random.choice(PLACES["prep"])),
            "interpreter": "not-needed" if speaks else chart.random.choice(("needed", "confirmed")),
            "participants": chart.of("related_person")[:1] if chart.story.caregiver else [],
            "source": "phone",
        },
        by=by,
    )


def _write_elsewhere(chart: Chart) -> None:
    day, random = chart.day, chart.random
    days = random.randint(1, 20)
    kind = "dialysis" if chart.story.dialysis else random.choice(("specialist", "lab", "eye"))
    specialist = chart.story.specialist
    bring = PLACES["bring_fasting" if kind == "lab" else "bring"]
    chart.write(
        "appointment",
        day.ms(-6, 15),
        {
            "type": kind,
            "start": day.wall(days, 8, 30),
            "end": day.wall(days, 9, 30),
            "status": random.choice(("booked", "booked", "pending")),
            "provider": specialist["specialty"] if kind == "specialist" else None,
            "location": PLACES["hospital"],
            "prep": chart.said(bring),
            "ride": random.choice(("needed", "requested", "confirmed", "not-needed")),
            "source": "phone",
        },
    )
