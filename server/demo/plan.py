"""What is to be reached and done: needs, goals and their progress, tasks, the care plan."""

from __future__ import annotations

from typing import Any

from server.demo.chart import Chart
from server.demo.edit import LATER
from server.demo.story import NEEDS

DUE = (-9, -3, -1, 0, 1, 2, 5, 9, 14), (3, 4, 5, 8, 14, 16, 18, 16, 16)
"""The days from today on which tasks are due, and how often in a hundred."""
REMARKS = {
    "better": ("Said so with a grin.", "Slow, but it is coming.", "Wrote it down every day."),
    "same": ("A hard week.", "Did not get to it much.", "No change, but not giving up."),
    "worse": ("Was ill in between.", "Asked to go slower."),
    "reached": ("Reached it. Wants to set the next one.",),
}


def write_plan(chart: Chart) -> None:
    needs = _write_needs(chart)
    goals = [_write_goal(chart, number) for number in range(len(chart.story.goals))]
    _write_tasks(chart, needs, goals)
    _write_care_plan(chart, goals, needs)


def _write_needs(chart: Chart) -> list[str]:
    random, story, written = chart.random, chart.story, []
    for domain in random.sample(story.needs, random.choice((1, 1, 2))):
        need = NEEDS[domain]
        wants_help = random.choices(("yes", "not-now", "no"), (80, 14, 6))[0]
        status = random.choice(("identified", "working", "referred", "met"))
        written.append(
            chart.write(
                "need",
                chart.day.ms(chart.before, 11),
                {
                    "domain": domain,
                    "description": chart.said(need["text"]),
                    "severity": random.choice(("mild", "moderate", "moderate", "severe")),
                    "patient_wants_help": wants_help,
                    "status": "declined" if wants_help == "no" else status,
                    "owner": chart.members[chart.by],
                    "source": random.choice(("conversation", "screening", "caregiver")),
                    "identified_on": chart.day.date(chart.before),
                    "confidential": need.get("confidential"),
                },
            )
        )
    return written


def _write_goal(chart: Chart, number: int) -> str:
    goal, random, day = chart.story.goals[number], chart.random, chart.day
    start = chart.before - chart.interval
    values, high, low = goal["values"], goal.get("high"), goal.get("low")
    written = chart.write(
        "goal",
        day.ms(start, 11),
        {
            "description": chart.said(goal["text"]),
            "lifecycle_status": "active",
            "achievement_status": "in-progress",
            "priority": "high" if number == 0 else "medium",
            "start_date": day.date(start),
            "target_measure": chart.said(goal["measure"]),
            "target_low": low,
            "target_high": high,
            "target_unit": chart.said(goal["unit"]),
            "target_date": day.date(random.choice((-4, 20, 45, 90))),
            "expressed_by": "caregiver" if chart.story.caregiver and number else "patient",
            "addresses": [chart.of("condition")[0]],
            "owner_role": "patient",
            "confidence": [{"score": random.randint(4, 9), "at": day.instant(start, 11)}],
        },
    )
    if number and random.random() < 0.7:
        return written
    for step, days in enumerate((start, chart.before, chart.last)):
        trend = "same" if step == 0 else random.choices(("better", "same", "worse"), (7, 2, 1))[0]
        value = values[step] if trend == "better" or step == 0 else values[step - 1]
        if (high is not None and value <= high) or (low is not None and value >= low):
            trend = "reached"
        progress: dict[str, Any] = {
            "goal": written,
            "effective": day.instant(days, 10, 45),
            "trend": trend,
            "value": value,
            "unit": chart.said(goal["unit"]),
            "source": random.choice(("patient-said", "patient-said", "measured")),
            "recorder": chart.members[chart.by],
            "status": "final",
        }
        if random.random() < 0.6:
            remark = {"text": random.choice(REMARKS[trend]), "by": chart.members[chart.by]}
            progress["comment"] = [remark | {"at": day.instant(days, 10, 45)}]
        chart.write("goal_progress", day.ms(days, 10, 45), progress)
    status = {"better": "improving", "same": "no-change", "worse": "worsening"}
    reached = {"achievement_status": status.get(trend, "achieved")}
    chart.edit("goal", written, day.ms(chart.last, 10, 46), reached, turn=LATER)
    return written


def _write_tasks(chart: Chart, needs: list[str], goals: list[str]) -> None:
    random, day = chart.random, chart.day
    wanted = [(task["text"], task["category"], goals[0]) for task in chart.story.tasks]
    for need in needs:
        domain = next(edit.set["domain"] for edit in chart.edits if edit.record == need)
        wanted.append((NEEDS[domain]["task"], "benefits", need))
    for text, category, because in random.sample(wanted, min(3, len(wanted))):
        due = random.choices(*DUE)[0]
        blocked = random.random() < 0.12
        task = chart.write(
            "task",
            day.ms(chart.last, 12),
            {
                "description": text,
                "category": category,
                "status": "on-hold" if blocked else random.choice(("requested", "accepted")),
                "owner": chart.members[chart.nurse or chart.by]
                if category == "medication"
                else chart.members[chart.by],
                "due": day.date(due),
                "priority": random.choices(("routine", "urgent", "asap"), (75, 20, 5))[0],
                "based_on": because,
                "blocked_by": needs[:1] if blocked else [],
            },
        )
        if random.random() < 0.3:
            done = {
                "status": "completed",
                "outcome": random.choice(("helped", "helped", "partly", "no-change")),
            }
            # On the first working hours since the visit that have passed by now.
            chart.edit("task", task, day.ms(min(-1, chart.last + 2), 15), done, turn=LATER)


def _write_care_plan(chart: Chart, goals: list[str], needs: list[str]) -> None:
    day, person = chart.day, chart.person
    start = chart.before - chart.interval
    names = ", ".join(condition["name"].lower() for condition in chart.story.conditions)
    aims = " and ".join(goal["measure"]["en"].lower() for goal in chart.story.goals)
    summary = (
        f"{person.age}-year-old with {names}. Visited every {chart.interval} days. "
        f"We look at {aims}."
    )
    agreed = {
        "name": f"{person.given} {person.family}",
        "role": "patient",
        "at": day.instant(start, 12),
    }
    plan = chart.write(
        "care_plan",
        day.ms(start, 12),
        {
            "title": chart.said({"en": "Care plan", "es": "Plan de cuidados"}),
            "status": "active",
            "category": ["rehabilitation" if person.age < 60 else "chronic-care"],
            "starts": day.date(start),
            "next_review": day.date(chart.random.choice((-6, 8, 30, 60))),
            "review_every_days": 90,
            "patient_priorities": " ".join(chart.said(goal["text"]) for goal in chart.story.goals),
            "summary": summary,
            "addresses": [*chart.of("condition"), *needs],
            "goals": goals,
        },
    )
    if chart.number % 3:
        chart.edit("care_plan", plan, day.ms(start, 12, 5), {"agreed_by": [agreed]}, turn=LATER)
