"""What each resource of the small bundle becomes, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from server.fhir.element import Element
from server.fhir.fitting import fit
from server.fhir.mappings import MAPPINGS
from server.fhir.reading import Entry, read_file
from server.fhir.said import Said
from server.fhir.source import Source, key_of
from tests.server.fhir.conftest import SMALL

ENTRIES = read_file(SMALL)


@pytest.fixture(scope="module")
def source() -> Source:
    source = Source("organisation", "fhir", "America/New_York")
    source.learn(ENTRIES)
    return source


def said(source: Source, number: int, **changed: Any) -> list[Said]:
    """What the bundle's resource of that number says, with some of its elements changed."""
    found = next(e for e in ENTRIES if e.resource.members["id"].endswith(f"{number:012d}"))
    entry = Entry(Element(found.resource.members | changed), found.type, found.full_url)
    mapped = MAPPINGS[entry.type](entry.resource, key_of(entry), source)
    return [fit(each, "here") for each in mapped]


def one(source: Source, number: int, **changed: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    (only,) = said(source, number, **changed)
    fields = {name: value for name, value in only.fields.items() if value is not None}
    return fields, {name: values for name, values in only.lists.items() if values}


def test_a_patient_keeps_name_partial_birth_date_and_preferred_language(source: Source) -> None:
    fields, lists = one(source, 1)
    assert fields["name"] == {
        "given": "María José", "family": "Quispe de Ñáñez", "prefix": "Sra.",
    }  # fmt: skip
    assert fields["birth_date"] == "1948-03"
    assert fields["language"] == "es-PE"
    assert fields["deceased"] == "alive"
    assert fields["about"] == "Former name: Quispe."
    assert lists["telecom"] == [
        {"system": "phone", "value": "+1 555 0100", "use": "home"},
        {"system": "other", "value": "77"},
    ]
    assert lists["address"] == [{
        "line": "12 Example Court, Apt 4, USA", "city": "Springfield", "state": "MA",
        "postal_code": "01101", "use": "home",
    }]  # fmt: skip


def test_a_social_security_number_is_not_taken(source: Source) -> None:
    _, lists = one(source, 1)
    assert [each["value"] for each in lists["identifier"]] == ["D-0001"]


@pytest.mark.parametrize(
    ("told", "deceased", "day"),
    [
        ({"deceasedDateTime": "2022-07"}, "deceased", "2022-07"),
        ({"deceasedDateTime": "2022-07-22T23:50:00-05:00"}, "deceased", "2022-07-22"),
        ({"deceasedBoolean": True}, "deceased", None),
        ({"deceasedBoolean": None}, None, None),
    ],
)
def test_a_death_is_taken_as_exactly_as_it_is_told(
    source: Source, told: dict[str, Any], deceased: str | None, day: str | None
) -> None:
    fields, _ = one(source, 1, **({"deceasedBoolean": None} | told))
    assert (fields.get("deceased"), fields.get("deceased_date")) == (deceased, day)


def test_a_relative_of_one_name_and_an_emergency_contact(source: Source) -> None:
    fields, lists = one(source, 2)
    assert fields["name"] == {"family": "李小红"}
    assert fields["relationship"] == "child"
    assert fields["is_emergency_contact"] is True
    assert lists["telecom"][0]["use"] == "mobile"


def test_a_condition_keeps_its_code_and_a_year_of_onset(source: Source) -> None:
    fields, _ = one(source, 3)
    assert fields["code"]["code"] == "42343007"
    assert (fields["onset"], fields["severity"]) == ("2019", "moderate")


def test_an_onset_told_in_words_is_a_remark_and_no_date(source: Source) -> None:
    fields, lists = one(source, 4)
    assert "onset" not in fields
    assert fields["abatement"] == "2001-05"
    assert lists["note"] == [{"text": "Onset: since childhood."}]


def test_an_allergy_keeps_the_writers_own_day_and_every_reaction(source: Source) -> None:
    fields, lists = one(source, 5)
    assert fields["recorded_date"] == "2015-06-01"  # already the second, in UTC
    assert fields["criticality"] == "high"
    assert lists["reactions"] == [
        {"manifestation": "Swelling of the throat", "severity": "severe"},
        {"manifestation": "Hives", "severity": "severe"},
    ]


def test_no_known_allergy_is_said_of_the_patient(source: Source) -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}
    (only,) = said(source, 5, code=code)
    assert (only.kind, dict(only.fields)) == ("patient", {"no_known_allergies": "stated"})


def test_a_dosage_stands_word_for_word(source: Source) -> None:
    fields, lists = one(source, 6)
    assert fields["instructions"] == "Take 1 tablet by mouth EVERY MORNING, half if dizzy"
    assert (fields["dose"], fields["timing"], fields["route"]) == ("10 mg", "once a day", "oral")
    assert fields["code"] == {
        "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "314076",
        "display": "lisinopril 10 MG Oral Tablet",
    }  # fmt: skip
    assert (fields["as_needed"], fields["prescriber"]) == (False, "Dr. Chidi Obi")
    assert len(lists["reasons"]) == 1


def test_a_medication_without_a_dosage_has_none(source: Source) -> None:
    fields, _ = one(source, 7)
    assert fields["name"] == "furosemide 20 MG Oral Tablet"
    assert not {"dose", "timing", "instructions", "as_needed"} & fields.keys()


def test_what_a_relative_says_is_taken_is_told_as_theirs(source: Source) -> None:
    fields, _ = one(source, 8)
    assert (fields["status"], fields["source"]) == ("not-taken", "caregiver")
    assert (fields["started"], fields["ended"]) == ("2023", "2023-10")
    assert (fields["as_needed"], fields["as_needed_for"]) == (True, "dolor")


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        ({"frequency": 1, "period": 1, "periodUnit": "d"}, "once a day"),
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, "twice a day"),
        ({"frequency": 1, "period": 6, "periodUnit": "h"}, "every 6 hours"),
        ({"frequency": 3, "period": 2, "periodUnit": "wk"}, "3 times every 2 weeks"),
        ({"frequency": 1, "period": 1, "periodUnit": "h"}, "once an hour"),
    ],
)
def test_a_timing_is_told_in_words(source: Source, repeat: dict[str, Any], words: str) -> None:
    fields, _ = one(source, 6, dosageInstruction=[{"timing": {"repeat": repeat}}])
    assert fields["timing"] == words


def test_a_step_down_of_two_dosages_keeps_both_in_order(source: Source) -> None:
    fields, _ = one(source, 6, dosageInstruction=[{"text": "2 a day"}, {"text": "1 a day"}])
    assert fields["instructions"] == "2 a day; then 1 a day"


def test_a_goal_keeps_its_target_and_the_further_ones_as_remarks(source: Source) -> None:
    fields, lists = one(source, 9)
    assert fields["expressed_by"] == "patient"
    assert (fields["target_high"], fields["target_unit"]) == (70, "kg")
    assert fields["target_date"] == "2026-12-31"
    assert "start_date" not in fields  # a month is no day
    assert [each["text"] for each in lists["note"]] == [
        "Further target: no swelling.", "Started: 2026-01.",
    ]  # fmt: skip


def test_an_activity_with_a_day_becomes_a_task_and_advice_stays_in_the_plan(
    source: Source,
) -> None:
    plan, task = said(source, 10)
    assert plan.fields["summary"] == "Weigh every morning (in progress)\nFirst teaching (completed)"
    assert plan.lists["activities"] == [task.record]
    assert task.fields == {
        "description": "Order a scale", "status": "accepted", "due": "2026-12-01",
        "based_on": plan.record,
    }  # fmt: skip


def test_a_plan_told_in_its_narrative_alone_has_it_for_a_summary(source: Source) -> None:
    div = "<div><p>Rest &amp; fluids</p><ul><li>Call us</li></ul></div>"
    plan, *_ = said(source, 10, activity=[], text={"status": "additional", "div": div})
    assert plan.fields["summary"] == "Rest & fluids\nCall us"


def test_a_past_encounter_is_a_kept_appointment_on_the_wall_clock(source: Source) -> None:
    fields, _ = one(source, 11)
    assert (fields["status"], fields["type"]) == ("fulfilled", "primary-care")
    assert fields["start"] == {"local": "2026-02-03T20:30", "zone": "America/New_York"}
    assert fields["end"] == {"local": "2026-02-03T21:00", "zone": "America/New_York"}
    assert fields["provider"] == "Dr. Chidi Obi"
    assert fields["location"] == "Example Clinic"
    assert fields["reason"] == "Encounter for check up: Ankles swollen"


def test_a_planned_encounter_is_a_booked_appointment(source: Source) -> None:
    fields, _ = one(source, 12)
    assert (fields["status"], fields["type"]) == ("booked", "telehealth")


def test_a_blood_pressure_has_its_sides_and_says_what_is_missing(source: Source) -> None:
    fields, _ = one(source, 14)
    assert (fields["systolic"], fields["unit"]) == (142, "mm[Hg]")
    assert "diastolic" not in fields
    assert fields["value_text"] == "Diastolic: No value: cuff slipped\nCuff size: large"
    assert fields["effective"] == "2026-02-03T20:40:00-05:00"


def test_a_day_without_an_hour_says_so(source: Source) -> None:
    observation, _ = said(source, 15)
    assert observation.fields["effective"] == "2026-02-04T12:00:00Z"
    assert observation.lists["note"] == [
        {"text": "The source gives 2026-02-04 without a time of day."}
    ]


def test_an_observation_of_a_goal_tells_its_progress(source: Source) -> None:
    observation, progress = said(source, 15)
    assert progress.kind == "goal_progress"
    assert progress.fields["goal"] == said(source, 9)[0].record
    assert (progress.fields["value"], progress.fields["unit"]) == (71.4, "kg")
    assert progress.fields["effective"] == observation.fields["effective"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"valueQuantity": {"value": 5, "comparator": "<", "unit": "mg/L"}}, "< 5 mg/L"),
        ({"valueCodeableConcept": {"text": "Never smoker"}}, "Never smoker"),
        ({"valueBoolean": False}, "no"),
        ({"valueInteger": 0}, "0"),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 2.5}}}, "1 to 2.5"),
        ({"dataAbsentReason": {"text": "refused"}}, "No value: refused"),
    ],
)
def test_a_value_that_is_no_number_is_told_in_words(
    source: Source, value: dict[str, Any], text: str
) -> None:
    observation, *_ = said(source, 15, **({"valueQuantity": None} | value))
    assert observation.fields["value_text"] == text
    assert observation.fields["value"] is None


def test_a_coverage_keeps_plan_number_and_a_year(source: Source) -> None:
    fields, _ = one(source, 18)
    assert fields == {
        "status": "active", "subscriber_id": "EX-1", "payor": "Example Health",
        "plan_name": "Example Gold", "type": "medicare-advantage", "starts": "2025",
    }  # fmt: skip


def test_two_bills_tell_of_one_contained_coverage(source: Source) -> None:
    first, second = said(source, 19), said(source, 24)
    assert first == second
    assert first[0].fields["payor"] == "medicaid"


def test_a_text_too_long_for_its_field_is_whole_in_a_remark(source: Source) -> None:
    long = "Pain " * 100
    fields, lists = one(source, 4, code={"text": long})
    assert len(fields["name"]) == 300
    assert fields["name"].endswith("…")
    assert lists["note"][0]["text"] == f"Name, in full: {long}"
