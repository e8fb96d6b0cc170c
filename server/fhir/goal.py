"""Goal → goal; and an observation that measures a goal → goal_progress."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_text, notes, quantity_text, written_date
from server.fhir.element import Element, PassedOver
from server.fhir.lines import (
    Line,
    code_in,
    concept_among,
    patient_of,
    read_lines,
    same,
    whole_day,
    words,
)  # fmt: skip
from server.fhir.said import Said, distinct
from server.fhir.source import Key, Source

LINES = (
    Line("description", "description", words),
    Line(
        "lifecycle_status",
        "lifecycleStatus",
        code_in(
            same(
                "proposed",
                "planned",
                "accepted",
                "active",
                "on-hold",
                "completed",
                "cancelled",
                "rejected",
            )
        ),
    ),
    Line(
        "achievement_status",
        "achievementStatus",
        concept_among(
            same("in-progress", "improving", "worsening", "no-change", "achieved", "not-achieved")
            | {
                "sustaining": "achieved",
                "no-progress": "no-change",
                "not-attainable": "not-achieved",
            }
        ),
    ),
    Line(
        "priority",
        "priority",
        concept_among(
            {"high-priority": "high", "medium-priority": "medium", "low-priority": "low"}
        ),
    ),
    Line("start_date", "startDate", whole_day),
)

EXPRESSED_BY = {"Patient": "patient", "RelatedPerson": "caregiver", "Practitioner": "care-team",
                "PractitionerRole": "care-team"}  # fmt: skip


def goal(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """The first target has the fields; any further ones are kept as remarks."""
    if resource.text("lifecycleStatus") == "entered-in-error":
        raise PassedOver("was entered in error")
    fields = read_lines(LINES, resource)
    if fields["description"] is None:
        raise PassedOver("does not say what is aimed at")
    by = source.reference(resource, "expressedBy")
    fields["expressed_by"] = EXPRESSED_BY.get(by.type) if by else None
    targets = resource.each("target")
    fields |= _target(targets[0]) if targets else _NO_TARGET
    told = [
        {"text": f"Further target: {text}."} for each in targets[1:] if (text := _in_words(each))
    ]
    if (started := written_date(resource, "startDate")) and not fields["start_date"]:
        told.append({"text": f"Started: {started}."})
    addresses = [
        record
        for each in resource.each("addresses")
        if (record := source.record_at(each, "Condition"))
    ]
    yield Said(
        source.id_of(key), "goal", patient_of(resource, "subject", source), fields,
        {"addresses": distinct(addresses), "note": told + notes(resource)},
    )  # fmt: skip


_NO_TARGET = dict.fromkeys(
    ("target_measure", "target_low", "target_high", "target_unit", "target_date")
)


def _target(target: Element) -> dict[str, str | int | float | None]:
    found: dict[str, str | int | float | None] = dict(_NO_TARGET)
    found["target_measure"] = concept_text(target.child("measure"))
    found["target_date"] = whole_day(target, "dueDate")
    if quantity := target.child("detailQuantity"):
        end = "target_low" if (quantity.text("comparator") or "").startswith(">") else "target_high"
        found[end] = quantity.number("value")
        found["target_unit"] = quantity.text("unit") or quantity.text("code")
    if span := target.child("detailRange"):
        for name, end in (("target_low", "low"), ("target_high", "high")):
            if quantity := span.child(end):
                found[name] = quantity.number("value")
                found["target_unit"] = quantity.text("unit") or quantity.text("code")
    return found


def _in_words(target: Element) -> str:
    span = target.child("detailRange")
    parts = (
        concept_text(target.child("measure")),
        quantity_text(target.child("detailQuantity")),
        quantity_text(span.child("low")) if span else None,
        quantity_text(span.child("high")) if span else None,
        target.text("detailString"),
        target.text("dueDate"),
    )
    return ", ".join(part for part in parts if part)


GOAL_STATUS = {"final": "final", "amended": "amended", "corrected": "amended",
               "entered-in-error": "entered-in-error"}  # fmt: skip


def goal_progress(key: Key, source: Source, goal: str, observation: Said) -> Said:
    """An observation whose focus is a goal tells how that goal is going."""
    words = observation.fields["value_text"]
    comment = ([{"text": words}] if words else []) + observation.lists["note"]
    fields = {
        "goal": goal,
        "effective": observation.fields["effective"],
        "value": observation.fields["value"],
        "unit": observation.fields["unit"],
        "source": "chart",
        "status": GOAL_STATUS.get(observation.fields["status"]),
    }
    return Said(
        source.id_of("goal_progress", key, goal), "goal_progress", observation.patient, fields,
        {"comment": comment},
    )  # fmt: skip
