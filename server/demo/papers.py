"""Who pays, and what the patient allowed or refused."""

from __future__ import annotations

from server.demo.chart import Chart
from server.demo.edit import LATER
from server.demo.people import caregiver_of
from server.demo.story import PLACES

PLANS = {
    "medicare": ("Medicare", "Part A and B"),
    "medicare-advantage": ("Bay Harbor Health Plan", "Senior Choice HMO"),
    "medicaid": ("MassHealth", "Standard"),
    "dual": ("Commonwealth Bridge Care", "One Care"),
    "commercial": ("Northfield Mutual", "Silver PPO"),
}


def write_papers(chart: Chart) -> None:
    _write_coverage(chart)
    _write_consents(chart)


def _write_coverage(chart: Chart) -> None:
    random, day = chart.random, chart.day
    old = ("medicare", "medicare-advantage", "dual")
    kinds = [random.choice(old if chart.person.age >= 65 else ("medicaid", "dual", "commercial"))]
    if kinds[0] == "medicare" and random.random() < 0.5:
        kinds.append("medicaid")
    for order, kind in enumerate(kinds, start=1):
        payor, plan = PLANS[kind]
        checked = {"at": day.instant(-30, 9), "result": "eligible"}
        chart.write(
            "coverage",
            day.ms(-350 + chart.number, 9 + order),
            {
                "payor": payor,
                "plan_name": plan,
                "type": kind,
                "subscriber_id": f"{kind[:2].upper()}{chart.number:03}-{random.randrange(9999):04}",
                "relationship": "self",
                "starts": day.year(random.randint(1, 6)),
                "order": order,
                "status": "active",
                "phone": "800-555-0199",
                # Some are due within days, one or two have passed.
                "renewal_due": day.date(random.choice((-5, 6, 12, 25, 80, 140, 260))),
                "eligibility_checks": [checked] if chart.number % 3 else [],
            },
        )


def _write_consents(chart: Chart) -> None:
    random, day = chart.random, chart.day
    at, given = day.ms(-355 + chart.number, 10), day.date(-355 + chart.number)
    name = f"{chart.person.given} {chart.person.family}"
    signed = {"name": name, "at": day.instant(-355 + chart.number, 10), "method": "paper"}
    chart.write(
        "consent",
        at,
        {
            "scope": "treatment",
            "status": "active",
            "given_by": "patient",
            "given_on": given,
            "expires": day.date(random.choice((9, 40, 120, 200))),
            "signed": [signed],
        },
    )
    answer = "rejected" if chart.number % 9 == 4 else "active"
    sharing = chart.write(
        "consent",
        at + 60_000,
        {
            "scope": "sharing",
            "recipient": caregiver_of(chart) if chart.number % 5 else PLACES["hospital"],
            "purpose": chart.said({"en": "Planning care together", "es": "Planear los cuidados"}),
            "status": answer,
            "given_by": "patient",
            "given_on": given,
            "not_shared": ["mental-health"] if chart.story.name == "mind" else [],
            "signed": [signed] if answer == "active" else [],
        },
    )
    if chart.number % 29 == 11 and answer == "active":
        withdrawn = {"at": day.instant(-12, 16), "by": name, "how": "phone"}
        values = {"status": "inactive", "withdrawn": [withdrawn]}
        chart.edit("consent", sharing, day.ms(-12, 16), values, turn=LATER)
