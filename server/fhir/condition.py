"""Condition → condition: the problem list."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_codes, concept_text, notes, quantity_text
from server.fhir.element import Element, PassedOver
from server.fhir.lines import (
    Line,
    coded,
    concept_among,
    concept_in,
    day,
    patient_of,
    read_lines,
    same,
    words,
)  # fmt: skip
from server.fhir.said import Said
from server.fhir.source import Key, Source

LINES = (
    Line("name", "code", words),
    Line("code", "code", coded),
    Line(
        "clinical_status",
        "clinicalStatus",
        concept_in(same("active", "recurrence", "relapse", "inactive", "remission", "resolved")),
    ),
    Line(
        "verification_status",
        "verificationStatus",
        concept_in(
            same(
                "unconfirmed",
                "provisional",
                "differential",
                "confirmed",
                "refuted",
                "entered-in-error",
            )
        ),
    ),
    Line(
        "severity",
        "severity",
        concept_among({"255604002": "mild", "6736007": "moderate", "24484000": "severe"}),
    ),
    Line("onset", "onsetDateTime", day),
    Line("abatement", "abatementDateTime", day),
)

CATEGORIES = ("sdoh", "health-concern", "problem-list-item", "encounter-diagnosis")
"""Of several categories the first of these tells most."""


def condition(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """An onset or end told by age, period or words has no date and is kept as a remark."""
    fields = read_lines(LINES, resource)
    if fields["name"] is None:
        raise PassedOver("does not say which condition")
    codes = [code for each in resource.each("category") for code in concept_codes(each)]
    fields["category"] = next((each for each in CATEGORIES if each in codes), None)
    for field, element in (("onset", "onsetPeriod"), ("abatement", "abatementPeriod")):
        if period := resource.child(element):
            fields[field] = fields[field] or day(period, "start")
    told = [{"text": text} for text in _told(resource)]
    yield Said(
        source.id_of(key), "condition", patient_of(resource, "subject", source), fields,
        {"note": told + notes(resource)},
    )  # fmt: skip


def _told(resource: Element) -> Iterator[str]:
    for word, element in (("Onset", "onset"), ("End", "abatement")):
        if text := resource.text(f"{element}String"):
            yield f"{word}: {text}."
        if age := quantity_text(resource.child(f"{element}Age")):
            yield f"{word} at age {age}."
    for site in resource.each("bodySite"):
        if text := concept_text(site):
            yield f"Body site: {text}."
