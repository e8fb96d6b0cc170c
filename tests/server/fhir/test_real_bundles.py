"""The 100 Synthea bundles and the US Core examples, counted against the files themselves by code
that shares nothing with the import. Skipped where the data is absent (DOORSTEP_TEST_DATA)."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server import create_app
from server.database import db
from server.organisations import NewMember, add_member, create_organisation
from server.settings import Settings
from tests.server.fhir.conftest import Organisation

DATA = Path(os.environ.get("DOORSTEP_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
SYNTHEA, US_CORE = DATA / "synthea", DATA / "us-core"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SYNTHEA.is_dir(), reason=f"real input is not at {DATA}; set DOORSTEP_TEST_DATA"
    ),
]

Resource = dict[str, Any]

ALIKE = {
    "Patient": "patient", "Condition": "condition", "AllergyIntolerance": "allergy",
    "MedicationRequest": "medication", "Goal": "goal", "CarePlan": "care_plan",
    "Observation": "observation", "Encounter": "appointment",
}  # fmt: skip
"""Resources of these bundles that each become one record of their kind."""


def resources(folder: Path) -> Iterator[Resource]:
    for path in sorted(folder.glob("*.json")):
        root = json.loads(path.read_text("utf-8"))
        if root["resourceType"] == "Bundle":
            yield from (entry["resource"] for entry in root["entry"])
        else:
            yield root


def expected_counts() -> Counter[str]:
    found: Counter[str] = Counter()
    coverages, team = set(), set()
    for resource in resources(SYNTHEA):
        type_ = resource["resourceType"]
        if type_ in ALIKE:
            found[ALIKE[type_]] += 1
        owner = (resource.get("subject") or resource.get("patient") or {}).get("reference")
        for contained in resource.get("contained", []):
            if contained["resourceType"] == "Coverage":
                payor = contained["payor"][0]["display"]
                coverages.add(
                    (contained["beneficiary"]["reference"], payor, contained["type"]["text"])
                )
        if type_ in ("Encounter", "MedicationRequest", "ExplanationOfBenefit"):
            named = [p["individual"] for p in resource.get("participant", []) if "individual" in p]
            named += [t["provider"] for t in resource.get("careTeam", [])]
            named += [resource["requester"]] if "requester" in resource else []
            team |= {(owner, each["reference"]) for each in named if "reference" in each}
    return found + Counter(
        coverage=len(coverages), care_team_member=len(team), assignment=found["patient"]
    )


@pytest.fixture(scope="module")
def imported(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Organisation]:
    """An organisation that has taken in all 100 bundles, on SQLite."""
    home = tmp_path_factory.mktemp("synthea")
    (home / "doorstep.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{home / 'doorstep.sqlite3'}"
    app: Flask = create_app(Settings(home=home, database_url=url))
    with app.app_context():
        id_ = create_organisation("Harbor Home Health")
        ada = add_member(id_, NewMember("ada@example.org", "Ada Admin", "administrator"))
        found = Organisation(id_, ada, ada)
        report = found.take(SYNTHEA)
        assert report.is_whole, "\n".join(report.lines())
        yield found
        db.engine.dispose()


def test_all_bundles_are_taken_with_the_counts_that_they_have(imported: Organisation) -> None:
    expected = expected_counts()
    assert expected["observation"] > 6_000
    assert imported.counts() == expected


def test_taking_them_again_changes_nothing_and_counts_what_is_passed_over(
    imported: Organisation,
) -> None:
    before = imported.head()
    report = imported.take(SYNTHEA)
    assert imported.head() == before
    assert not report.created
    assert not report.changed
    assert report.unchanged == expected_counts()
    passed_over: Counter[str] = Counter()
    for (type_, _), count in report.passed_over.items():
        passed_over[type_] += count
    types = Counter(resource["resourceType"] for resource in resources(SYNTHEA))
    taken = {*ALIKE, "ExplanationOfBenefit", "Practitioner", "Organization"}
    assert passed_over == Counter({t: n for t, n in types.items() if t not in taken})


def test_names_beyond_ascii_come_through_letter_by_letter(imported: Organisation) -> None:
    names = Counter(
        each["family"]
        for resource in resources(SYNTHEA)
        if resource["resourceType"] == "Patient"
        for each in resource["name"]
        if each["use"] == "official"
    )
    assert sum(not name.isascii() for name in names) > 5
    taken = Counter(each["fields"]["name"]["family"] for each in imported.records("patient"))
    assert taken == names


def test_those_who_have_died_are_dead_and_nobody_else(imported: Organisation) -> None:
    died = {
        resource["deceasedDateTime"][:10]
        for resource in resources(SYNTHEA)
        if "deceasedDateTime" in resource
    }
    shown = [each["fields"] for each in imported.records("patient")]
    dead = {each["deceased_date"] for each in shown if each.get("deceased") == "deceased"}
    assert dead == died
    assert sum(each.get("deceased") == "deceased" for each in shown) == 10


def test_half_of_the_prescriptions_have_no_dosage_and_none_is_made_up(
    imported: Organisation,
) -> None:
    without = sum(
        "dosageInstruction" not in resource
        for resource in resources(SYNTHEA)
        if resource["resourceType"] == "MedicationRequest"
    )
    told = ("dose", "timing", "instructions", "as_needed")
    shown = [each["fields"] for each in imported.records("medication")]
    assert sum(all(each.get(name) is None for name in told) for each in shown) == without
    assert all(each["code"]["system"].endswith("/rxnorm") for each in shown)


def test_past_encounters_are_kept_appointments_at_their_instant_and_never_visits(
    imported: Organisation,
) -> None:
    assert imported.counts()["visit"] == 0
    appointments = imported.records("appointment")
    assert {each["fields"]["status"] for each in appointments} == {"fulfilled"}
    assert {each["fields"]["start"]["zone"] for each in appointments} == {"America/New_York"}


def test_measurements_keep_every_digit(imported: Organisation) -> None:
    values = Counter(
        resource["valueQuantity"]["value"]
        for resource in resources(SYNTHEA)
        if "valueQuantity" in resource
    )
    shown = [each["fields"] for each in imported.records("observation")]
    assert Counter(each["value"] for each in shown if each.get("value") is not None) == values
    pressures = sum(
        any(c["code"]["coding"][0]["code"] == "8480-6" for c in resource.get("component", []))
        for resource in resources(SYNTHEA)
    )
    assert sum(each.get("systolic") is not None for each in shown) == pressures


def test_the_us_core_examples_are_taken(organisation: Organisation) -> None:
    report = organisation.take(US_CORE)
    assert report.is_whole, "\n".join(report.lines())
    named = {(resource["resourceType"], resource["id"]) for resource in resources(US_CORE)}
    types = Counter(type_ for type_, _ in named)  # two files hold one and the same allergy
    counts = organisation.counts()
    for type_, kind in ALIKE.items():
        passed_over = sum(n for (t, _), n in report.passed_over.items() if t == type_)
        assert counts[kind] == types[type_] - passed_over, kind
    assert counts["patient"] == 4
    axid = [each for each in organisation.records("medication") if "Axid" in each["fields"]["name"]]
    assert {each["fields"]["instructions"] for each in axid} == {"10 mL bid"}
    niece = organisation.one("related_person")["fields"]
    assert niece["name"] == {"family": "van Putten", "given": "Sarah"}
    baxter = next(
        each["fields"] for each in organisation.records("patient")
        if each["fields"]["name"]["family"] == "Baxter"
    )  # fmt: skip
    assert baxter["interpreter_required"] is True
    assert re.search("Former name: Amy V. Shaw", baxter["about"])
