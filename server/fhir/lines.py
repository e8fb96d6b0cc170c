"""The correspondence of our fields and FHIR's elements, a line each: what an import reads, and
what an export can write. The mappings beside it declare their lines with it.

    LINES = (
        Line("name", "code", words),
        Line("clinical_status", "clinicalStatus", concept_in(same("active", "resolved"))),
    )
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.fhir.datatypes import coding, concept_codes, concept_text, whole_date, written_date
from server.fhir.element import Element, PassedOver, fault
from server.fhir.source import Source

Read = Callable[[Element, str], Any]


@dataclass(frozen=True, slots=True)
class Line:
    """Our field, the element that it stands for, and how that element's value is read."""

    field: str
    element: str
    read: Read


def read_lines(lines: Iterable[Line], resource: Element) -> dict[str, Any]:
    return {line.field: line.read(resource, line.element) for line in lines}


def same(*codes: str) -> dict[str, str]:
    """Codes that are called alike on both sides."""
    return {code: code for code in codes}


def written(resource: Element, name: str) -> str | None:
    """Text as it stands."""
    return resource.text(name)


def flag(resource: Element, name: str) -> bool | None:
    return resource.flag(name)


def number(resource: Element, name: str) -> int | float | None:
    return resource.number(name)


def words(resource: Element, name: str) -> str | None:
    """A CodeableConcept in words."""
    return concept_text(resource.child(name))


def coded(resource: Element, name: str) -> dict[str, str] | None:
    """A CodeableConcept's first coding."""
    return coding(resource.child(name))


def day(resource: Element, name: str) -> str | None:
    """A date or dateTime as the day, month or year written."""
    return written_date(resource, name)


def whole_day(resource: Element, name: str) -> str | None:
    return whole_date(resource, name)


def code_in(choices: Mapping[str, str]) -> Read:
    """A code of a closed set, by our name for it."""

    def read(resource: Element, name: str) -> str | None:
        code = resource.code(name, choices)
        return None if code is None else choices[code]

    return read


def concept_in(choices: Mapping[str, str]) -> Read:
    """A CodeableConcept of a closed set, by our name for it."""

    def read(resource: Element, name: str) -> str | None:
        concept = resource.child(name)
        codes = concept_codes(concept)
        found = next((choices[code] for code in codes if code in choices), None)
        if codes and not found:
            raise fault(resource.at(name), f"“{codes[0]}” is none of {', '.join(choices)}")
        return found

    return read


def concept_among(choices: Mapping[str, str], otherwise: str | None = None) -> Read:
    """A CodeableConcept of an open set: our name for the first code that we know, else
    `otherwise`."""

    def read(resource: Element, name: str) -> str | None:
        codes = concept_codes(resource.child(name))
        return next(
            (choices[code] for code in codes if code in choices), otherwise if codes else None
        )

    return read


def patient_of(resource: Element, name: str, source: Source) -> str:
    """The patient whose chart a resource belongs to. Raises PassedOver for a resource about nobody
    we know."""
    key = source.reference(resource, name)
    if key is None:
        raise PassedOver("names no patient")
    if key.type not in ("Patient", "urn"):
        raise PassedOver(f"is about a {key.type}, not a patient")
    patient = source.id_of(key)
    if patient not in source.patients:
        raise PassedOver("is about a patient who is neither in these files nor here already")
    return patient
