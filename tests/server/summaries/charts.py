"""A visit to Rosa Delgado, as records on the wire: the chart that the papers' tests start from.
Each test changes what it is about. The people are made up."""

from __future__ import annotations

from typing import Any

PATIENT, VISIT, COORDINATOR, APPOINTMENT = (
    f"00000000-0000-7000-8000-{number:012d}" for number in (1, 2, 3, 4)
)
Body = dict[str, Any]


def record(number: int, kind: str, patient: str | None = PATIENT, **fields: Any) -> Body:
    """A record with nothing contested."""
    return {
        "id": f"00000000-0000-7000-8000-{number:012d}",
        "kind": kind,
        "patient": patient,
        "version": number,
        "deleted": False,
        "fields": fields,
        "contested": {},
        "overruled": {},
    }


def contest(body: Body, field: str, *values: Any) -> Body:
    """The same record with a field contested, its first value standing."""
    body["fields"][field] = values[0]
    body["contested"][field] = [
        {"value": value, "member": COORDINATOR, "at": 1, "seq": 9, "seen": 5} for value in values
    ]
    return body


def chart() -> dict[str, Body]:
    """The usual visit: it fills one page. By a name for each record."""
    new_york = "America/New_York"
    return {
        "patient": record(
            1, "patient", name={"given": "Rosa María", "family": "Delgado Fuentes"}, language="en"
        ),
        "visit": record(
            2,
            "visit",
            appointment=APPOINTMENT,
            member=COORDINATOR,
            status="finished",
            actual_start="2026-11-21T10:05:00-05:00",
            actual_end="2026-11-21T15:52:00Z",
            others_present="daughter Lucía",
            reason=["routine"],
            plain_summary=(
                "Your blood pressure is better than last month. The swelling in your ankles has "
                "gone down. You told us the stairs are hard, and that you missed dialysis once "
                "because there was no ride.\n"
                "We looked at all your medicine bottles together."
            ),
            next_steps=[
                {"step": "Take the water pill in the morning, with breakfast", "who": "You"},
                {
                    "step": "Book the ride to dialysis for December",
                    "who": "Ana Ruiz",
                    "when": "2026-11-24",
                },
                {
                    "step": "Ask Dr. Okafor which dose of lisinopril is right",
                    "who": "Ana Ruiz",
                    "when": "2026-11-23",
                },
            ],
            medications_seen=[
                {
                    "medication": record(10, "")["id"],
                    "seen": "different",
                    "note": "The bottle says 5 mg",
                },
                {"medication": record(11, "")["id"], "seen": "as_listed"},
                {"medication": record(12, "")["id"], "seen": "as_listed"},
            ],
            tasks_done=[record(31, "")["id"]],
        ),
        "coordinator": record(
            3, "member", None, name="Ana Ruiz", role="coordinator", telephone="(617) 555-0142"
        ),
        "appointment": record(
            4,
            "appointment",
            type="home-visit",
            status="fulfilled",
            start={"local": "2026-11-21T10:00", "zone": new_york},
        ),
        "assignment": record(5, "assignment", status="active", member=COORDINATOR),
        "lisinopril": record(
            10,
            "medication",
            name="Lisinopril 10 MG Oral Tablet",
            dose="10 mg",
            timing="once a day",
            status="active",
        ),
        "furosemide": record(
            11,
            "medication",
            name="Furosemide 40 MG",
            dose="40 mg",
            timing="each morning",
            status="active",
        ),
        "metformin": record(
            12,
            "medication",
            name="Metformin 500 MG",
            dose="500 mg",
            instructions="Twice a day with food",
            status="active",
        ),
        "paracetamol": record(13, "medication", name="Acetaminophen 325 MG", status="active"),
        "stopped": record(
            14, "medication", name="Naproxen 220 MG", dose="220 mg", status="stopped"
        ),
        "penicillin": record(
            20,
            "allergy",
            substance="Penicillin",
            criticality="high",
            clinical_status="active",
            reactions=[{"manifestation": "swelling of the throat"}],
        ),
        "latex": record(21, "allergy", substance="Latex", clinical_status="active"),
        "pressure": record(
            22,
            "observation",
            code="85354-9",
            systolic=128,
            diastolic=82,
            unit="mm[Hg]",
            visit=VISIT,
            effective="2026-11-21T10:15:00-05:00",
        ),
        "weight": record(
            23,
            "observation",
            code="29463-7",
            value=71.2,
            unit="kg",
            visit=VISIT,
            effective="2026-11-21T10:20:00-05:00",
        ),
        "earlier": record(
            24,
            "observation",
            code="8867-4",
            value=91,
            unit="/min",
            effective="2026-10-01T10:20:00-04:00",
        ),
        "walking": record(
            25,
            "goal",
            description="Walk to the corner shop and back without stopping",
            lifecycle_status="active",
            achievement_status="improving",
            priority="high",
        ),
        "walked": record(
            26,
            "goal_progress",
            goal=record(25, "")["id"],
            visit=VISIT,
            effective="2026-11-21T10:30:00-05:00",
            trend="better",
            comment=[{"text": "Reached the second bench, three times this week"}],
        ),
        "lower": record(
            27, "goal", description="Keep blood pressure under 140/90", lifecycle_status="accepted"
        ),
        "chair": record(
            30,
            "task",
            description="Order a shower chair",
            status="requested",
            owner=COORDINATOR,
            due="2026-12-01",
        ),
        "pill_box": record(31, "task", description="Refill the pill box", status="completed"),
        "next": record(
            40,
            "appointment",
            type="home-visit",
            status="booked",
            member=COORDINATOR,
            start={"local": "2026-11-27T09:30", "zone": new_york},
            end={"local": "2026-11-27T10:15", "zone": new_york},
            prep="Please have your medicine bottles on the table.",
        ),
        "later": record(
            41,
            "appointment",
            type="dialysis",
            status="booked",
            start={"local": "2026-12-04T08:00", "zone": new_york},
        ),
    }
