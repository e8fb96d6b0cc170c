"""What a patient lives with: conditions, allergies, medications and the readings of each visit."""

from __future__ import annotations

from typing import Any

from server.demo.chart import Chart
from server.demo.people import prescribers_of
from server.demo.story import PLACES, TIMINGS

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ALLERGIES = (
    ("Penicillin", "medication", "high", "Hives and swelling of the face", "severe"),
    ("Sulfa drugs", "medication", "high", "Rash", "moderate"),
    ("Codeine", "medication", "low", "Nausea", "moderate"),
    ("Shellfish", "food", "high", "Trouble breathing", "severe"),
    ("Latex", "environment", "low", "Itching where it touches", "mild"),
    ("Peanuts", "food", "high", "Hives", "moderate"),
)
UNITS = {
    "85354-9": "mm[Hg]",
    "8867-4": "/min",
    "9279-1": "/min",
    "8310-5": "Cel",
    "59408-5": "%",
    "29463-7": "kg",
    "2339-0": "mg/dL",
    "4548-4": "%",
    "72514-3": "{score}",
}
DECIMALS = {"8310-5": 1, "29463-7": 1, "4548-4": 1}
WOBBLE = {"85354-9": 5, "8867-4": 4, "2339-0": 12, "29463-7": 0.4, "8310-5": 0.1, "4548-4": 0.1}


def write_health(chart: Chart) -> None:
    conditions = _write_conditions(chart)
    _write_allergies(chart)
    _write_medications(chart, conditions)


def _write_conditions(chart: Chart) -> list[str]:
    at, written = chart.day.ms(-360 + chart.number, 9), []
    for number, condition in enumerate(chart.story.conditions):
        code = condition.get("code")
        years = min(chart.random.uniform(*condition["years"]), chart.person.age - 18)
        written.append(
            chart.write(
                "condition",
                at + number * 60_000,
                {
                    "name": condition["name"],
                    "plain_name": chart.said(condition["plain"]),
                    "code": {"system": SNOMED, "code": code} if code else None,
                    "clinical_status": "active",
                    "verification_status": "confirmed",
                    "category": "problem-list-item",
                    "onset": chart.day.year(years),
                },
            )
        )
    return written


def _write_allergies(chart: Chart) -> None:
    at = chart.day.ms(-359 + chart.number, 9)
    count = chart.random.choices((0, 1, 2), (35, 50, 15))[0]
    if not count:
        stated = {"no_known_allergies": "stated"}
        chart.edit("patient", chart.id, at, stated, turn=1)
    for allergy in chart.random.sample(ALLERGIES, count):
        substance, category, criticality, manifestation, severity = allergy
        chart.write(
            "allergy",
            at,
            {
                "substance": substance,
                "clinical_status": "active",
                "verification_status": "confirmed" if severity != "mild" else "unconfirmed",
                "type": "allergy",
                "category": category,
                "criticality": criticality,
                "reactions": [{"manifestation": manifestation, "severity": severity}],
            },
        )


def _write_medications(chart: Chart, conditions: list[str]) -> None:
    at, random = chart.day.ms(-358 + chart.number, 9), chart.random
    pharmacy = random.choice(PLACES["pharmacies"])
    prescribers = prescribers_of(chart)
    for number, medication in enumerate(chart.story.medications):
        timing = chart.said(TIMINGS[medication["timing"]])
        needed = medication.get("as_needed")
        code = medication.get("code")
        values: dict[str, Any] = {
            "name": medication["name"],
            "code": {"system": RXNORM, "code": code} if code else None,
            "status": "active",
            "dose": medication["dose"],
            "route": medication.get("route", "oral"),
            "timing": timing,
            "instructions": chart.said(told) if (told := medication.get("directions")) else None,
            "as_needed": True if needed else None,
            "as_needed_for": needed,
            "reasons": [conditions[medication["for"]]],
            "prescriber": prescribers[number % 2],
            "pharmacy": pharmacy,
            "source": random.choice(("bottle", "bottle", "pharmacy", "discharge-list")),
            "started": chart.day.year(random.uniform(0, 4)),
        }
        if number == 1 and chart.number % 7 == 3:
            values["side_effects"] = ["Dizzy in the morning"]
        chart.write("medication", at + number * 60_000, values)


def readings_at(chart: Chart, share: float) -> dict[str, dict[str, float]]:
    """What is measured at a visit, `share` of the way from the first to the latest reading."""
    readings: dict[str, dict[str, float]] = {}
    for code, spec in chart.story.vitals.items():
        wobble = WOBBLE.get(code, 1)
        half = len(spec) // 2
        # People of one story are of different builds.
        build = chart.build if code == "29463-7" else 1
        drawn = [
            round(
                build * (first + (last - first) * share) + chart.random.uniform(-wobble, wobble),
                DECIMALS.get(code),
            )
            for first, last in zip(spec[:half], spec[half:], strict=True)
        ]
        if code == "85354-9":
            readings[code] = {"systolic": drawn[0], "diastolic": drawn[1]}
        else:
            most = {"59408-5": 99, "72514-3": 10}.get(code, 1_000)
            readings[code] = {"value": max(0, min(drawn[0], most))}
    return readings


def write_readings(
    chart: Chart, readings: dict[str, dict[str, float]], days: int, visit: str | None, by: str
) -> None:
    for minute, (code, reading) in enumerate(readings.items()):
        is_lab = code == "4548-4"
        chart.write(
            "observation",
            chart.day.ms(days, 10, 20 + minute),
            {
                "code": code,
                "effective": chart.day.instant(days, 10, 20 + minute),
                **reading,
                "unit": UNITS[code],
                "category": "laboratory" if is_lab else "vital-signs",
                "method": "chart" if is_lab else "measured",
                "performer": None if is_lab else chart.members[by],
                "visit": None if is_lab else visit,
                "status": "final",
            },
            by=by,
        )


def words_of(readings: dict[str, dict[str, float]]) -> dict[str, str]:
    """How a note says the readings, in the units that people here use."""

    def value(code: str) -> float:
        return readings.get(code, {}).get("value", 0)

    pressure = readings.get("85354-9", {"systolic": 0, "diastolic": 0})
    return {
        "bp": f"{pressure['systolic']:.0f}/{pressure['diastolic']:.0f}",
        "weight": f"{value('29463-7') / 0.45359237:.0f} lb",
        "glucose": f"{value('2339-0'):.0f}",
        "oxygen": f"{value('59408-5'):.0f}%",
        "pain": f"{value('72514-3'):.0f}",
        "temperature": f"{value('8310-5') * 9 / 5 + 32:.1f} °F",
    }
