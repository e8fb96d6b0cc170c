"""The whole import on a small bundle of our own, on both databases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.sync.local import LocalDevice
from tests.server.fhir.conftest import SMALL, Organisation, resource_of

Edited = Callable[[Callable[[dict[str, Any]], None]], Path]

SMALL_COUNTS = Counter(
    patient=1, related_person=1, assignment=1, care_team_member=3, condition=2, allergy=1,
    medication=3, goal=1, goal_progress=1, care_plan=1, task=1, appointment=2, observation=2,
    coverage=2,
)  # fmt: skip


def test_every_resource_becomes_its_record(organisation: Organisation) -> None:
    report = organisation.take(SMALL)
    assert organisation.counts() == SMALL_COUNTS
    assert report.created == SMALL_COUNTS
    assert report.is_whole
    assert report.passed_over == Counter({
        ("Immunization", "has no kind of record here"): 1,
        ("Encounter", "does not say when"): 1,
        ("Observation", "is preliminary"): 1,
        ("Condition", "is about a patient who is neither in these files nor here already"): 1,
    })  # fmt: skip


def test_a_second_import_writes_nothing(organisation: Organisation) -> None:
    organisation.take(SMALL)
    before = organisation.head()
    report = organisation.take(SMALL)
    assert organisation.head() == before
    assert report.unchanged == SMALL_COUNTS
    assert not report.created
    assert not report.changed


def test_the_same_resource_under_another_source_is_another_record(
    organisation: Organisation,
) -> None:
    organisation.take(SMALL)
    organisation.take(SMALL, source="hospital")
    assert organisation.counts() == SMALL_COUNTS + SMALL_COUNTS


def test_a_newer_bundle_changes_only_what_differs(
    organisation: Organisation, edited: Edited
) -> None:
    organisation.take(SMALL)
    before = organisation.head()

    def stopped(bundle: dict[str, Any]) -> None:
        resource_of(bundle, 6)["status"] = "stopped"
        resource_of(bundle, 1)["telecom"] = [{"system": "phone", "value": "+1 555 0199"}]

    report = organisation.take(edited(stopped))
    assert report.changed == Counter(medication=1, patient=1)
    assert organisation.head() == before + 2
    lisinopril = organisation.one("medication", dose="10 mg")
    assert lisinopril["fields"]["status"] == "stopped"
    assert [t["value"] for t in organisation.one("patient")["fields"]["telecom"]] == ["+1 555 0199"]


def test_what_the_source_no_longer_says_is_emptied(
    organisation: Organisation, edited: Edited
) -> None:
    organisation.take(SMALL)
    organisation.take(edited(lambda b: resource_of(b, 6).pop("dosageInstruction")))
    shown = organisation.one("medication", name="lisinopril 10 MG Oral Tablet")["fields"]
    assert shown.get("dose") is None
    assert shown.get("instructions") is None


def test_an_edit_made_here_outlives_the_same_file_imported_again(
    organisation: Organisation,
) -> None:
    organisation.take(SMALL)
    medication = organisation.one("medication", dose="10 mg")
    edit(organisation, medication, {"dose": "5 mg"})
    organisation.take(SMALL)
    shown = organisation.one("medication", name=medication["fields"]["name"])
    assert shown["fields"]["dose"] == "5 mg"
    assert shown["contested"] == {}


def test_a_dose_that_the_source_changes_after_an_edit_here_is_contested(
    organisation: Organisation, edited: Edited
) -> None:
    organisation.take(SMALL)
    medication = organisation.one("medication", dose="10 mg")
    edit(organisation, medication, {"dose": "5 mg"})

    def doubled(bundle: dict[str, Any]) -> None:
        dosage = resource_of(bundle, 6)["dosageInstruction"][0]
        dosage["doseAndRate"][0]["doseQuantity"]["value"] = 20

    organisation.take(edited(doubled))
    contested = organisation.one("medication", name=medication["fields"]["name"])["contested"]
    assert {each["value"] for each in contested["dose"]} == {"5 mg", "20 mg"}


def test_without_a_coordinator_the_chart_waits_for_a_supervisor(
    organisation: Organisation,
) -> None:
    organisation.take(SMALL)
    fields = organisation.one("assignment")["fields"]
    assert fields["status"] == "waitlist"
    assert fields.get("member") is None


def test_with_a_coordinator_the_chart_is_theirs(organisation: Organisation) -> None:
    organisation.take(SMALL, member=organisation.coordinator)
    fields = organisation.one("assignment")["fields"]
    assert (fields["status"], fields["member"]) == ("active", organisation.coordinator)


def test_a_waiting_chart_is_assigned_by_a_later_import(organisation: Organisation) -> None:
    organisation.take(SMALL)
    report = organisation.take(SMALL, member=organisation.coordinator)
    fields = organisation.one("assignment")["fields"]
    assert (fields["status"], fields["member"]) == ("active", organisation.coordinator)
    assert report.changed == Counter(assignment=1)


@pytest.mark.parametrize("with_coordinator", [False, True])
def test_an_import_takes_no_chart_out_of_anybodys_hands(
    organisation: Organisation, with_coordinator: bool
) -> None:
    organisation.take(SMALL)
    assignment = organisation.one("assignment")
    holder = {"status": "active", "member": organisation.administrator}
    edit(organisation, assignment, holder)
    organisation.take(SMALL, member=organisation.coordinator if with_coordinator else None)
    fields = organisation.one("assignment")["fields"]
    assert fields["member"] == organisation.administrator


def test_resources_in_files_of_their_own_find_each_other(
    organisation: Organisation, tmp_path: Path, edited: Edited
) -> None:
    parts: list[dict[str, Any]] = []
    edited(lambda bundle: parts.extend(bundle["entry"]))
    for index, entry in enumerate(reversed(parts)):
        text = json.dumps(entry["resource"]).replace("urn:uuid:", "X/")
        for other in parts:
            type_, id_ = other["resource"]["resourceType"], other["resource"]["id"]
            text = text.replace(f"X/{id_}", f"{type_}/{id_}")
        (tmp_path / f"{index:02}.json").write_text(text)
    (tmp_path / "edited.json").unlink()
    report = organisation.take(tmp_path)
    assert report.created == SMALL_COUNTS


def edit(organisation: Organisation, record: dict[str, Any], set_: dict[str, Any]) -> None:
    """An edit by the coordinator of what they see."""
    phone = LocalDevice.enrol(organisation.id, organisation.coordinator, "Phone")
    answer = phone.push([{
        "record": record["id"], "kind": record["kind"], "patient": record["patient"],
        "seen": record["version"], "set": set_,
    }])  # fmt: skip
    assert not answer.refused
