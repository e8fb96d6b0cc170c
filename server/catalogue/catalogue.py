"""The catalogue: every kind of record with its fields, read from the declarations and never
written twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marshmallow import Schema

from server.catalogue import clinical, money, people, plan, staff, visits
from server.catalogue.declare import Declaration, Elements, Spec, declared
from server.catalogue.moments import Date, Instant
from server.catalogue.values import Anything, Boolean, Choice, Reference, Value
from sync.kinds import Field, Kind, Rule

PROTOCOL = 1
AREAS = (people, clinical, plan, visits, money, staff)
"""The area files, in the order in which kinds are listed; importing them declares the kinds."""


@dataclass(frozen=True, slots=True)
class CatalogueField:
    """One field. `marshmallow` validates one value, or one element where `list` is true."""

    name: str
    spec: Spec
    required: bool
    list: bool
    marshmallow: Value

    @property
    def type(self) -> str:
        return self.marshmallow.type

    @property
    def rule(self) -> Rule:
        return self.spec.rule

    @property
    def choices(self) -> tuple[str, ...]:
        return self.marshmallow.choices if isinstance(self.marshmallow, Choice) else ()

    @property
    def terminal(self) -> tuple[str, ...]:
        return self.spec.terminal

    @property
    def locks(self) -> tuple[str, ...]:
        return self.spec.locks

    @property
    def max_length(self) -> int | None:
        return getattr(self.marshmallow, "max_length", None)

    @property
    def write(self) -> tuple[str, ...] | None:
        """The roles that may write this field, where they are fewer than the kind's."""
        return self.spec.write

    @property
    def indexed(self) -> str | None:
        return self.spec.indexed

    @property
    def kinds(self) -> tuple[str, ...]:
        return self.marshmallow.kinds if isinstance(self.marshmallow, Reference) else ()

    @property
    def reason(self) -> str:
        return self.spec.because


@dataclass(frozen=True, slots=True)
class CatalogueKind:
    """One kind of record. `engine` is what the merge needs to know of it."""

    name: str
    scope: str
    read: tuple[str, ...]
    write: tuple[str, ...]
    deletable: bool
    schema: Schema
    fields: Mapping[str, CatalogueField]
    engine: Kind


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds. `version` changes whenever any of them does; `unknown` validates the value of a
    field that this version does not know."""

    kinds: Mapping[str, CatalogueKind]
    version: str
    unknown: Value
    protocol: int = PROTOCOL


def build() -> Catalogue:
    kinds = {
        declaration.name: _kind(declaration)
        for area in AREAS
        for declaration in declared
        if declaration.schema.__module__ == area.__name__
    }
    outline = json.dumps([outline_of(kind) for kind in kinds.values()], sort_keys=True)
    version = hashlib.sha256(outline.encode()).hexdigest()[:16]
    return Catalogue(MappingProxyType(kinds), version, Anything(allow_none=True))


def _kind(declaration: Declaration) -> CatalogueKind:
    schema = declaration.schema()
    fields = {name: _field(name, field) for name, field in schema.fields.items()}
    engine = Kind(
        declaration.name,
        {name: _engine_field(field) for name, field in fields.items()},
        declaration.deletable,
    )
    return CatalogueKind(
        declaration.name,
        declaration.scope,
        declaration.read,
        declaration.write,
        declaration.deletable,
        schema,
        MappingProxyType(fields),
        engine,
    )


def _field(name: str, field: Any) -> CatalogueField:
    is_list = isinstance(field, Elements)
    return CatalogueField(
        name, field.metadata["spec"], field.required, is_list, field.inner if is_list else field
    )


def _engine_field(field: CatalogueField) -> Field:
    order: tuple[Any, ...] = ()
    if field.rule == "furthest":
        order = (False, True) if isinstance(field.marshmallow, Boolean) else field.choices
    compare: Any = ""
    if field.rule in ("earliest", "latest"):
        compare = {Date: "date", Instant: "datetime"}[type(field.marshmallow)]
    return Field(
        field.name, field.rule, field.required, order, field.terminal, compare, field.locks
    )


def outline_of(kind: CatalogueKind) -> dict[str, Any]:
    """A kind as GET /api/catalogue says it, without its words."""
    return {
        "kind": kind.name,
        "scope": kind.scope,
        "read": list(kind.read),
        "write": list(kind.write),
        "deletable": kind.deletable,
        "fields": [_field_outline(kind, field) for field in kind.fields.values()],
    }


def _field_outline(kind: CatalogueKind, field: CatalogueField) -> dict[str, Any]:
    outline: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "list": field.list,
        "rule": field.rule,
        "required": field.required,
        "write": list(kind.write if field.write is None else field.write),
        **field.marshmallow.describe(),
    }
    for name in ("choices", "terminal", "locks"):
        if members := getattr(field, name):
            outline[name] = list(members)
    if field.spec.known:
        outline["known"] = list(field.spec.known)
    return outline


CATALOGUE = build()
