"""Encounter and Appointment → appointment. What happened elsewhere is a kept appointment, never a
visit of ours: nobody here was at that door."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_codes, concept_text, instant, wall_time
from server.fhir.element import Element, PassedOver
from server.fhir.lines import patient_of
from server.fhir.said import Said, distinct
from server.fhir.source import Key, Source

ENCOUNTER_STATUS = {
    "planned": "booked", "arrived": "arrived", "triaged": "checked-in", "in-progress": "checked-in",
    "onleave": "checked-in", "finished": "fulfilled", "cancelled": "cancelled",
}  # fmt: skip

APPOINTMENT_STATUS = (
    "proposed", "pending", "booked", "arrived", "checked-in", "fulfilled", "cancelled", "noshow",
    "waitlist",
)  # fmt: skip

CLASSES = {
    "EMER": "emergency", "IMP": "hospital", "ACUTE": "hospital", "NONAC": "hospital",
    "OBSENC": "hospital", "SS": "hospital", "VR": "telehealth",
}  # fmt: skip
"""HL7 v3-ActCode classes of encounter by our types; the other classes (ambulatory, home, field) do
not tell."""

TYPES = {
    "185349003": "primary-care", "162673000": "primary-care", "410620009": "primary-care",
    "50849002": "emergency", "185347001": "primary-care", "185345009": "primary-care",
    "308335008": "other", "265737000": "dialysis", "390906007": "primary-care",
    "424441002": "specialist", "424619006": "specialist", "394701000": "specialist",
    "410410006": "other", "310061009": "other", "183495009": "other", "371883000": "surgery",
    "183460006": "other", "185389009": "primary-care", "439740005": "other",
    "270427003": "primary-care",
}  # fmt: skip
"""SNOMED CT types of encounter, those that tell which of our types they are; any other is
“other”."""


def encounter(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    patient = patient_of(resource, "subject", source)
    status = (
        resource.code("status", (*ENCOUNTER_STATUS, "entered-in-error", "unknown")) or "unknown"
    )
    if status not in ENCOUNTER_STATUS:
        raise PassedOver(f"is {status}")
    period = resource.child("period")
    start = instant(period, "start") if period else None
    if start is None:
        raise PassedOver("does not say when")
    end = instant(period, "end") if period else None
    kind = resource.child("class")
    types = resource.each("type")
    codes = [code for each in types for code in concept_codes(each)]
    named = next((text for each in types if (text := concept_text(each))), None)
    reasons = [text for each in resource.each("reasonCode") if (text := concept_text(each))]
    participants = resource.each("participant")
    people = [source.display(resource, each.child("individual")) for each in participants]
    organisation = source.display(resource, resource.child("serviceProvider"))
    fields = {
        "type": _type(kind.text("code") if kind else None, codes),
        "start": wall_time(start[0], source.zone),
        "end": wall_time(end[0], source.zone) if end else None,
        "status": ENCOUNTER_STATUS[status],
        "provider": ", ".join(distinct([each for each in people if each])) or organisation,
        "reason": ": ".join(distinct([each for each in (named, ", ".join(reasons)) if each]))
        or None,
        "location": _place(resource, source) or organisation,
        "prep": start[1],
        "source": "import",
    }
    yield Said(source.id_of(key), "appointment", patient, fields)


def appointment(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    status = resource.code("status", (*APPOINTMENT_STATUS, "entered-in-error")) or "booked"
    if status not in APPOINTMENT_STATUS:
        raise PassedOver(f"is {status}")
    actors = [actor for each in resource.each("participant") if (actor := each.child("actor"))]
    about = next((actor for actor in actors if _is_patient(actor, source)), None)
    if about is None:
        raise PassedOver("names no patient")
    patient = patient_of(Element({"actor": about.members}, about.path), "actor", source)
    start, end = instant(resource, "start"), instant(resource, "end")
    others = [source.display(resource, actor) for actor in actors if actor is not about]
    service = [
        concept_text(each) for each in resource.each("serviceType") + resource.each("reasonCode")
    ]
    told = [
        text for text in (*service, resource.text("description"), resource.text("comment")) if text
    ]
    codes = [code for each in resource.each("serviceType") for code in concept_codes(each)]
    fields = {
        "type": _type(None, codes),
        "start": wall_time(start[0], source.zone) if start else None,
        "end": wall_time(end[0], source.zone) if end else None,
        "status": status,
        "provider": ", ".join(distinct([each for each in others if each])) or None,
        "reason": "; ".join(distinct(told)) or None,
        "prep": resource.text("patientInstruction"),
        "source": "import",
    }
    yield Said(source.id_of(key), "appointment", patient, fields)


def _is_patient(actor: Element, source: Source) -> bool:
    key = source.key_at(actor)
    return key is not None and key.type == "Patient"


def _type(class_: str | None, codes: list[str]) -> str:
    by_class = CLASSES.get(class_ or "")
    return by_class or next((TYPES[code] for code in codes if code in TYPES), "other")


def _place(resource: Element, source: Source) -> str | None:
    places = [
        source.display(resource, each.child("location")) for each in resource.each("location")
    ]
    return ", ".join(distinct([place for place in places if place])) or None
