"""A record of each kind, made from its declaration: what is required, and little besides."""

from __future__ import annotations

from typing import Any

from server.catalogue import CATALOGUE, CatalogueField
from server.catalogue.moments import Zone
from server.catalogue.parts import Flat
from server.catalogue.values import Language, Pattern, Value
from tests.server.office import new_id

LONG_AGO = "2020-05-01"
BESIDES: dict[str, dict[str, Any]] = {
    "cover": {"reason": "sick", "ends": LONG_AGO},  # gives no chart any more
}
"""What a test looks at besides."""


EVERY_WRITERS: dict[tuple[str, str], Any] = {
    ("on_call", "team"): None,  # a team's name is for its own supervisors: see test_granting.py
}
"""A value that everybody may write who may write the field at all, where not any is."""


def sample(kind: str) -> dict[str, dict[str, Any]]:
    """The parts `set` and `add` of a change that creates a record of that kind."""
    required = {
        field.name: value_for(field)
        for field in CATALOGUE.kinds[kind].fields.values()
        if field.required
    }
    return _parts(kind, required | BESIDES.get(kind, {}))


def edit(kind: str) -> dict[str, dict[str, Any]]:
    """The parts of a change of one field that every writer of that kind may write."""
    fields = CATALOGUE.kinds[kind].fields.values()
    free = [
        each for each in fields if each.write is None and each.rule != "once" and not each.locks
    ]
    one = min(free, key=lambda each: each.required)  # the first that is not
    return _parts(kind, {one.name: value_for(one)})


def write_of(kind: str, field: str) -> dict[str, dict[str, Any]]:
    """The parts of a change of that field."""
    if (kind, field) in EVERY_WRITERS:
        return _parts(kind, {field: EVERY_WRITERS[kind, field]})
    return _parts(kind, {field: value_for(CATALOGUE.kinds[kind].fields[field])})


def _parts(kind: str, values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lists = {name for name in values if CATALOGUE.kinds[kind].fields[name].list}
    return {
        "set": {name: value for name, value in values.items() if name not in lists},
        "add": {name: [value] for name, value in values.items() if name in lists},
    }


def value_for(field: CatalogueField) -> Any:
    return _value(field.marshmallow)


def _value(of: Value) -> Any:
    if isinstance(of, Flat):
        parts = {name: _value(of.parts[name]) for name in of.required_parts}
        return parts or dict([next((name, _value(part)) for name, part in of.parts.items())])
    if isinstance(of, Language):
        return "es"
    if isinstance(of, Zone):
        return "Europe/Madrid"
    if isinstance(of, Pattern):
        return {"strokes": "M0 0"}.get(of.form, "a" * 64)
    choices = getattr(of, "choices", None)
    if choices:
        return choices[0]
    return {
        "reference": new_id(),
        "date": LONG_AGO,
        "datetime": f"{LONG_AGO}T10:00:00Z",
        "zoned": {"local": f"{LONG_AGO}T10:00", "zone": "Europe/Madrid"},
        "boolean": True,
        "integer": 1,
        "number": 1,
    }.get(of.type, "words")
