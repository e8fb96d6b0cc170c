"""MedicationRequest and MedicationStatement → medication, with the dosage as written."""

from collections.abc import Iterator

from server.fhir.datatypes import (
    coding,
    concept_codes,
    concept_text,
    notes,
    number_text,
    quantity_text,
    written_date,
)  # fmt: skip
from server.fhir.element import Element, PassedOver
from server.fhir.lines import code_in, patient_of, same
from server.fhir.said import Said, distinct
from server.fhir.source import Key, Source

REQUEST_STATUS = code_in(
    same("active", "on-hold", "completed", "stopped", "unknown", "entered-in-error")
    | {"cancelled": "stopped", "draft": "intended"}
)
STATEMENT_STATUS = code_in(
    same(
        "active",
        "intended",
        "on-hold",
        "completed",
        "stopped",
        "not-taken",
        "unknown",
        "entered-in-error",
    )
)

ROUTES = {
    "26643006": "oral", "37839007": "sublingual", "447694001": "inhaled",
    "18679011000001101": "inhaled", "46713006": "nasal", "54485002": "eye", "10547007": "ear",
    "6064005": "skin", "45890007": "patch", "78421000": "injection", "34206005": "injection",
    "47625008": "injection", "37161004": "rectal", "16857009": "vaginal",
    "127492001": "feeding-tube",
}  # fmt: skip
"""SNOMED CT routes by our names."""

SOURCES = {"Patient": "patient", "RelatedPerson": "caregiver", "Practitioner": "prescriber"}

UNITS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}


def medication_request(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """What was prescribed. A request that the patient makes of themself has no prescriber."""
    requester = resource.child("requester")
    by_patient = requester is not None and (source.key_at(requester) or key).type == "Patient"
    reported = resource.flag("reportedBoolean") or "reportedReference" in resource
    fields = {
        "status": REQUEST_STATUS(resource, "status"),
        "started": written_date(resource, "authoredOn"),
        "prescriber": None if by_patient else source.display(resource, requester),
        "source": "patient" if by_patient else "record" if reported else "prescriber",
    }
    yield _medication(resource, key, source, fields, resource.each("dosageInstruction"))


def medication_statement(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """What somebody says is taken."""
    period = resource.child("effectivePeriod")
    told_by = source.reference(resource, "informationSource")
    fields = {
        "status": STATEMENT_STATUS(resource, "status"),
        "started": written_date(period, "start")
        if period
        else written_date(resource, "effectiveDateTime"),
        "ended": written_date(period, "end") if period else None,
        "source": SOURCES.get(told_by.type, "record") if told_by else "record",
    }
    yield _medication(resource, key, source, fields, resource.each("dosage"))


def _medication(
    resource: Element,
    key: Key,
    source: Source,
    fields: dict[str, str | None],
    dosages: list[Element],
) -> Said:
    reference = resource.child("medicationReference")
    bystander = source.bystander(resource, reference)
    concept = resource.child("medicationCodeableConcept")
    if concept is None and bystander is not None:
        concept = bystander.child("code")
    name = concept_text(concept) or source.display(resource, reference)
    if name is None:
        raise PassedOver("does not say which medication")
    reasons = [
        record
        for each in resource.each("reasonReference")
        if (record := source.record_at(each, "Condition"))
    ]
    told = [
        {"text": f"For: {text}."}
        for each in resource.each("reasonCode")
        if (text := concept_text(each))
    ]
    return Said(
        source.id_of(key), "medication", patient_of(resource, "subject", source),
        {"name": name, "code": coding(concept), **fields, **_dosage(dosages)},
        {"reasons": distinct(reasons), "note": told + notes(resource)},
    )  # fmt: skip


def _dosage(dosages: list[Element]) -> dict[str, str | bool | None]:
    """Several dosages stand one after another, each in its own words."""
    needed = [each.flag("asNeededBoolean") for each in dosages]
    needed_for = [concept_text(each.child("asNeededCodeableConcept")) for each in dosages]
    routes = [code for each in dosages for code in concept_codes(each.child("route"))]
    return {
        "dose": _joined(_dose(each) for each in dosages),
        "timing": _joined(_timing(each) for each in dosages),
        "instructions": _joined(_instructions(each) for each in dosages),
        "route": next((ROUTES.get(code, "other") for code in routes), None),
        "as_needed": True if any(needed) or any(needed_for) else False if False in needed else None,
        "as_needed_for": _joined(iter(needed_for)),
    }


def _joined(parts: Iterator[str | None]) -> str | None:
    return "; then ".join(distinct([part for part in parts if part])) or None


def _dose(dosage: Element) -> str | None:
    for each in dosage.each("doseAndRate"):
        if text := quantity_text(each.child("doseQuantity")):
            return text
        if span := each.child("doseRange"):
            ends = (quantity_text(span.child("low")), quantity_text(span.child("high")))
            return " to ".join(end for end in ends if end) or None
    return None


def _instructions(dosage: Element) -> str | None:
    """The text as written, with what it adds for the patient."""
    extra = [concept_text(each) for each in dosage.each("additionalInstruction")]
    parts = [dosage.text("text"), dosage.text("patientInstruction"), *extra]
    return "\n".join(distinct([part for part in parts if part])) or None


def _timing(dosage: Element) -> str | None:
    """How often: “every 6 hours”, “2 times a day”, or the source's own words for it."""
    timing = dosage.child("timing")
    if timing is None:
        return None
    repeat = timing.child("repeat")
    unit = UNITS.get(repeat.text("periodUnit") or "") if repeat else None
    if repeat is None or unit is None:
        return concept_text(timing.child("code"))
    frequency, period = repeat.number("frequency") or 1, repeat.number("period") or 1
    times = {1: "once", 2: "twice"}.get(int(frequency), f"{number_text(frequency)} times")
    if period == 1:
        return f"{times} {'an' if unit == 'hour' else 'a'} {unit}"
    every = f"every {number_text(period)} {unit}s"
    return every if frequency == 1 else f"{times} {every}"
