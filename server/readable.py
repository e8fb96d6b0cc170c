"""What a role may read of the records that it meets: kinds that go to no phone, and fields with
fewer readers than their kind. Called wherever a stored record or its history is answered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import orjson

from server.catalogue import CATALOGUE

BY_FIELD = ("fields", "contested", "overruled")
"""The parts of a record, as the wire carries it, that say something of a field."""


@cache
def kinds_never_pulled(role: str) -> tuple[str, ...]:
    """The kinds that reach no phone of this role: those it may not read, and the office's own."""
    return tuple(
        kind.name
        for kind in CATALOGUE.kinds.values()
        if role not in kind.read or kind.scope == "office"
    )


@cache
def library_kinds(role: str) -> tuple[str, ...]:
    """The kinds of the library that phones of this role carry. One that only another version
    declares is not among them: nobody here knows whether it may leave the office."""
    return tuple(
        kind.name
        for kind in CATALOGUE.kinds.values()
        if role in kind.read and kind.scope == "library"
    )


@cache
def withheld_fields(role: str) -> Mapping[str, frozenset[str]]:
    """The fields that this role may not read, by kind; kinds with none are not in it."""
    fields = {kind.name: kind.withheld_from(role) for kind in CATALOGUE.kinds.values()}
    return MappingProxyType({name: names for name, names in fields.items() if names})


def body_for(role: str, kind: str, body: str) -> str:
    """A stored record's body as this role may read it: nearly always the very text."""
    withheld = withheld_fields(role).get(kind)
    if withheld is None:
        return body
    record = orjson.loads(body)
    for part in BY_FIELD:
        record[part] = without(withheld, record[part])
    return orjson.dumps(record).decode()


def without(names: frozenset[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
