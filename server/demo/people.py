"""The people of a chart: the patient with what one needs before knocking, those around them, who
holds the chart, and the care team."""

from __future__ import annotations

from typing import Any

from server.demo.chart import Chart
from server.demo.edit import FIRST
from server.demo.staff import BY_KEY, SUPERVISOR
from server.demo.story import NAMES, PLACES

KIN = (("child", "all"), ("spouse", "all"), ("sibling", "appointments"), ("neighbor", "none"))


def write_people(chart: Chart) -> None:
    _write_patient(chart)
    _write_assignments(chart)
    _write_kin(chart)
    _write_team(chart)


def _write_patient(chart: Chart) -> None:
    person, random, day = chart.person, chart.random, chart.day
    story = person.story
    city, zip_code = random.choice(PLACES["cities"])
    line = f"{random.randint(3, 480)} {random.choice(PLACES['streets'])}"
    if random.random() < 0.6:
        line += f", Apt {random.randint(1, 6)}{random.choice('ABCD')}"
    month = random.randint(1, 12)
    alerts = [story.alert] if story.alert else []
    access = random.choice(PLACES["access"])
    if "dog" in access or "cats" in access:
        alerts.append({"category": "pet", "severity": "low", "text": access.split(":")[0] + "."})
    values: dict[str, Any] = {
        "name": {"given": person.given, "family": person.family, "prefix": person.title},
        "preferred_name": person.given.split()[0] if chart.number % 3 == 0 else None,
        "birth_date": _birth_date(chart, month),
        "gender": person.gender,
        "identifier": [{"type": "medical-record", "value": f"FB-{204000 + chart.number * 37}"}],
        "telecom": _telephones(chart),
        "address": [
            {"line": line, "city": city, "state": "MA", "postal_code": zip_code, "use": "home"}
        ],
        "access_notes": access.format(code=random.randint(1000, 9999)),
        "alerts": alerts,
        "language": person.language,
        "interpreter_required": person.language not in ("en", "es") or None,
        "accessibility_needs": list(story.accessibility),
        "about": random.choice(PLACES["about"]),
        "code_status": "dnr" if person.age > 88 and chart.number % 3 == 0 else "full",
        "deceased": "alive",
    }
    chart.write("patient", day.ms(-400 + chart.number, 9), values, turn=FIRST)


def _birth_date(chart: Chart, month: int) -> str:
    """The day on which somebody of their age was born; of one or two only the year is known."""
    today, age = chart.day.today, chart.person.age
    if chart.number % 53 == 7:
        return str(today.year - age - 1)
    day = chart.random.randint(1, 28)
    is_to_come = (month, day) > (today.month, today.day)
    return f"{today.year - age - is_to_come}-{month:02}-{day:02}"


def _telephones(chart: Chart) -> list[dict[str, Any]]:
    numbers = [
        {
            "system": "phone",
            "value": f"413-555-{1100 + chart.number:04}",
            "use": "home",
        }
    ]
    if chart.person.age < 80:
        mobile = {"system": "sms", "value": f"413-555-{2100 + chart.number:04}", "use": "mobile"}
        numbers.append(mobile)
    return numbers


def _write_assignments(chart: Chart) -> None:
    day, at = chart.day, chart.day.ms(-399 + chart.number, 10)
    if chart.coordinator is None:
        values: dict[str, Any] = {"status": "waitlist", "start_reason": "new-referral"}
        chart.write("assignment", at, values, by=SUPERVISOR)
        return
    tiers = {14: "intensive", 21: "high", 30: "rising"}
    values = {
        "status": "active",
        "member": chart.members[chart.coordinator],
        "starts": day.date(-399 + chart.number),
        "start_reason": chart.random.choice(
            ("new-referral", "hospital-discharge", "self-referral", "handover")
        ),
        "priority_tier": tiers[chart.interval],
        "contact_every_days": chart.interval,
    }
    chart.write("assignment", at, values, by=SUPERVISOR)
    if chart.nurse:
        values = {
            "status": "active",
            "member": chart.members[chart.nurse],
            "starts": day.date(-300 + chart.number),
            "start_reason": "program",
        }
        chart.write("assignment", at + 60_000, values, by=SUPERVISOR)


def write_stand_in(chart: Chart) -> None:
    """The supervisor holds a chart for a while beside the coordinator."""
    told = "Stands in at the family's wish, until the plan is reviewed."
    values = {
        "status": "active",
        "member": chart.members[SUPERVISOR],
        "starts": chart.day.date(-20),
        "ends": chart.day.date(40),
        "start_reason": "handover",
        "note": [{"text": told, "at": chart.day.instant(-20, 9)}],
    }
    chart.write("assignment", chart.day.ms(-20, 9), values, by=SUPERVISOR)


def _write_kin(chart: Chart) -> None:
    random, person = chart.random, chart.person
    names = NAMES[person.language]
    count = 2 if person.story.caregiver else random.choice((1, 1, 1, 2))
    for number, (relationship, may_receive) in enumerate(random.sample(KIN, count)):
        gender = random.choice(("female", "male"))
        family = random.choice(names["family"]) if relationship == "neighbor" else person.family
        others = [given for given in names[gender] if given != person.given]
        chart.write(
            "related_person",
            chart.day.ms(-380 + chart.number, 11 + number),
            {
                "name": {"given": random.choice(others), "family": family},
                "relationship": relationship,
                "telecom": [
                    {
                        "system": "phone",
                        "value": f"413-555-{3100 + chart.number * 3 + number:04}",
                        "use": "mobile",
                    }
                ],
                "is_emergency_contact": number == 0,
                "may_receive_information": may_receive,
                "legal_authority": "healthcare-proxy" if relationship == "spouse" else None,
                "language": person.language,
                "lives_with_patient": relationship == "spouse",
                "active": True,
            },
        )


def caregiver_of(chart: Chart) -> str:
    """The first name of the person closest to the patient."""
    kin = chart.of("related_person")[0]
    edit = next(edit for edit in chart.edits if edit.record == kin)
    return str(edit.set["name"]["given"]).split()[0]


def prescribers_of(chart: Chart) -> tuple[str, str]:
    """The names of the specialist and of the doctor to ask first, who also prescribes what the
    patient of a therapist takes."""
    team = [edit.set for edit in chart.edits if edit.record in chart.of("care_team_member")[:2]]
    primary, other = team
    is_doctor = other["role"] == "specialist"
    return str((other if is_doctor else primary)["name"]), str(primary["name"])


def _write_team(chart: Chart) -> None:
    random, at = chart.random, chart.day.ms(-370 + chart.number, 14)
    doctor = random.choice(NAMES["clinicians"])
    fax = {"system": "fax", "value": f"413-555-{4100 + chart.number:04}", "use": "work"}
    phone = {"system": "phone", "value": f"413-555-{5100 + chart.number:04}", "use": "work"}
    primary = chart.write(
        "care_team_member",
        at,
        {
            "name": doctor,
            "role": "primary-care",
            "organization": random.choice(PLACES["practices"]),
            "what_they_do": chart.said(
                {
                    "en": "The doctor to ask first. Renews the medicines.",
                    "es": "El médico a quien preguntar primero. Renueva los medicamentos.",
                }
            ),
            "telecom": [phone, fax],
            "preferred_channel": random.choice(("phone", "fax", "portal")),
            "status": "active",
        },
    )
    specialist = chart.story.specialist
    chart.write(
        "care_team_member",
        at + 60_000,
        {
            "name": random.choice([name for name in NAMES["clinicians"] if name != doctor]),
            "role": "therapist" if "therapy" in specialist["specialty"] else "specialist",
            "specialty": specialist["specialty"],
            "organization": PLACES["hospital"],
            "what_they_do": chart.said(specialist["what"]),
            "telecom": [phone | {"value": f"413-555-{6100 + chart.number:04}"}],
            "availability": random.choice(("Mon to Thu, 8 to 4", "Afternoons only", "Mornings")),
            "status": "active",
        },
    )
    if chart.nurse:
        nurse = BY_KEY[chart.nurse]
        chart.write(
            "care_team_member",
            at + 120_000,
            {
                "name": nurse.name,
                "member": chart.members[nurse.key],
                "role": "nurse",
                "telecom": [{"system": "phone", "value": nurse.telephone, "use": "work"}],
                "status": "active",
            },
        )
    patient = {"general_practitioner": [primary]}
    chart.edit("patient", chart.id, at + 180_000, patient, turn=FIRST + 1)
