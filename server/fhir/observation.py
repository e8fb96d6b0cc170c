"""Observation → observation, and goal_progress where its focus is a goal."""

from collections.abc import Iterator
from typing import Any

from server.fhir.datatypes import (
    coding,
    concept_codes,
    concept_text,
    instant,
    notes,
    number_text,
    quantity_text,
)  # fmt: skip
from server.fhir.element import Element, PassedOver
from server.fhir.goal import goal_progress
from server.fhir.lines import code_in, patient_of, same
from server.fhir.said import Said
from server.fhir.source import Key, Source

LOINC = "http://loinc.org"
STATUS = code_in(same("final", "amended", "corrected", "entered-in-error"))
UNFINISHED = ("registered", "preliminary", "cancelled", "unknown")

BLOOD_PRESSURE = ("85354-9", "55284-4", "96607-7")
"""LOINC: a blood pressure as a panel, an older code for it, and an average of several."""
SYSTOLIC, DIASTOLIC = ("8480-6", "96608-5"), ("8462-4", "96609-3")

CATEGORIES = same("vital-signs", "laboratory", "survey", "social-history", "exam", "activity")


def observation(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """A number with its unit, an answer in words, or a blood pressure. Components that have no
    field of their own stand in words, one a line."""
    patient = patient_of(resource, "subject", source)
    if resource.text("status") in UNFINISHED:
        raise PassedOver(f"is {resource.text('status')}")
    taken = _taken_at(resource)
    concept = resource.child("code")
    name = concept_text(concept)
    if name is None:
        raise PassedOver("does not say what was observed")
    remarks = [{"text": remark} for remark in (taken[1], *_remarks(resource)) if remark]
    codes = [code for each in resource.each("category") for code in concept_codes(each)]
    fields: dict[str, Any] = {
        "code": _code(concept) or name[:100],
        "name": name,
        "effective": taken[0],
        "category": next((CATEGORIES.get(code, "other") for code in codes), None),
        "device": source.display(resource, resource.child("device")),
        "status": STATUS(resource, "status"),
    } | _value(resource)
    said = Said(
        source.id_of(key), "observation", patient, fields, {"note": remarks + notes(resource)}
    )
    yield said
    for focus in resource.each("focus"):
        if goal := source.record_at(focus, "Goal"):
            yield goal_progress(key, source, goal, said)


def _taken_at(resource: Element) -> tuple[str, str | None]:
    """When it was true of the patient: at a moment, from the start of a period, or when it was
    issued."""
    period = resource.child("effectivePeriod")
    found = (
        instant(resource, "effectiveDateTime")
        or instant(resource, "effectiveInstant")
        or (instant(period, "start") or instant(period, "end") if period else None)
    )
    if found:
        return found
    if issued := instant(resource, "issued"):
        return issued[0], "The source says when this was issued, not when it was observed."
    raise PassedOver("does not say when")


def _code(concept: Element | None) -> str | None:
    """The LOINC code where there is one, else any other."""
    codings = concept.each("coding") if concept else []
    loinc = (each.text("code") for each in codings if each.text("system") == LOINC)
    first = coding(concept)
    return next((code for code in loinc if code), None) or (first["code"] if first else None)


def _value(resource: Element) -> dict[str, Any]:
    value: dict[str, Any] = dict.fromkeys(("value", "unit", "value_text", "systolic", "diastolic"))
    quantity = resource.child("valueQuantity")
    if quantity and quantity.text("comparator") is None:
        value["value"] = quantity.number("value")
        value["unit"] = quantity.text("unit") or quantity.text("code")
    else:
        value["value_text"] = in_words(resource)
    rest = []
    is_pressure = bool(set(concept_codes(resource.child("code"))) & set(BLOOD_PRESSURE))
    for component in resource.each("component"):
        codes = concept_codes(component.child("code"))
        side = (
            "systolic"
            if set(codes) & set(SYSTOLIC)
            else "diastolic"
            if set(codes) & set(DIASTOLIC)
            else None
        )
        measured = component.child("valueQuantity")
        number = measured.number("value") if measured else None
        if is_pressure and side and number is not None:
            value[side] = number
            value["unit"] = value["unit"] or (
                measured and (measured.text("unit") or measured.text("code"))
            )
        elif text := in_words(component):
            rest.append(f"{concept_text(component.child('code')) or '?'}: {text}")
    lines = [value["value_text"], *rest] if value["value_text"] else rest
    value["value_text"] = "\n".join(lines) or None
    return value


def in_words(holder: Element) -> str | None:
    """The value[x] of an observation or component in words; with none, why there is none."""
    if text := quantity_text(holder.child("valueQuantity")):
        return text
    if text := concept_text(holder.child("valueCodeableConcept")):
        return text
    for name in ("valueString", "valueDateTime", "valueTime"):
        if text := holder.text(name):
            return text
    if (answer := holder.flag("valueBoolean")) is not None:
        return "yes" if answer else "no"
    if (number := holder.number("valueInteger")) is not None:
        return number_text(number)
    for name, joint in (("valueRange", " to "), ("valueRatio", " : ")):
        if pair := holder.child(name):
            ends = [pair.child(end) for end in ("low", "high", "numerator", "denominator")]
            return joint.join(text for end in ends if (text := quantity_text(end)))
    if period := holder.child("valuePeriod"):
        return " to ".join(text for end in ("start", "end") if (text := period.text(end)))
    if reason := concept_text(holder.child("dataAbsentReason")):
        return f"No value: {reason}"
    return None


def _remarks(resource: Element) -> Iterator[str]:
    for each in resource.each("interpretation"):
        if text := concept_text(each):
            yield f"Interpretation: {text}."
    if text := concept_text(resource.child("method")):
        yield f"Method: {text}."
    if text := concept_text(resource.child("bodySite")):
        yield f"Body site: {text}."
