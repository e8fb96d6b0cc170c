"""Brings what a source says into the form in which the catalogue keeps it, so that the same words
compare equal on the next import, and so that what no field can hold is named by its place before
anything is sent."""

from dataclasses import replace
from typing import Any

from server.catalogue import CATALOGUE
from server.catalogue.values import Invalid
from server.fhir.element import Broken, Fault
from server.fhir.said import Said

REMARK = 1_900
"""The most characters of an overlong text that one remark holds."""


def fit(said: Said, place: str) -> Said:
    """Every value as stored. A text longer than its field ends in “…” and stands whole in a
    remark, where the kind has remarks. Raises Broken with every value that does not fit."""
    kind = CATALOGUE.kinds[said.kind]
    remarks: list[dict[str, str]] = []
    faults: list[Fault] = []

    def kept(name: str, value: Any) -> Any:
        field = kind.fields[name]
        most = field.max_length if "note" in kind.fields else None
        if most and isinstance(value, str) and len(value) > most:
            remarks.extend(_whole(name, value))
            value = value[: most - 1] + "…"
        try:
            return field.marshmallow.deserialize(value)
        except Invalid as problem:
            faults.append(Fault(f"{place} ({said.kind}.{name})", _sentence(problem)))
            return None

    fields = {n: None if value is None else kept(n, value) for n, value in said.fields.items()}
    lists = {n: [kept(n, element) for element in said.lists[n]] for n in said.lists}
    if remarks:
        lists["note"] = [kept("note", remark) for remark in remarks] + lists.get("note", [])
    for name, field in kind.fields.items():
        if field.required and fields.get(name) is None and name in fields and not faults:
            faults.append(Fault(f"{place} ({said.kind}.{name})", "is missing"))
    if faults:
        raise Broken(faults)
    return replace(said, fields=fields, lists=lists)


def _whole(name: str, text: str) -> list[dict[str, str]]:
    label = name.replace("_", " ").capitalize()
    parts = [text[start : start + REMARK] for start in range(0, len(text), REMARK)]
    return [{"text": f"{label}, in full: {part}"} for part in parts]


def _sentence(problem: Invalid) -> str:
    told = ", ".join(f"{name} {value}" for name, value in problem.params.items())
    return problem.code.replace("_", " ") + (f" ({told})" if told else "")
