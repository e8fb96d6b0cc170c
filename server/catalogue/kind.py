"""A kind of record and its fields as everything reads them, made from the declarations."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marshmallow import Schema

from server.catalogue.declare import CARE, Declaration, Elements, KindSchema, Spec
from server.catalogue.moments import Date, Instant
from server.catalogue.values import Boolean, Choice, Reference, Value
from sync.kinds import Field, Kind, Rule


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
    def read(self) -> tuple[str, ...] | None:
        """The roles that may read this field, where they are fewer than the kind's."""
        return self.spec.read

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
    is_single: bool
    """There is one such record an organisation; its id is the organisation's, and no other's is."""
    schema: Schema
    fields: Mapping[str, CatalogueField]
    engine: Kind

    def withheld_from(self, role: str) -> frozenset[str]:
        """The fields that a role may not read, though it reads the kind."""
        return frozenset(
            name
            for name, field in self.fields.items()
            if field.read is not None and role not in field.read
        )


def kind_of(declaration: Declaration) -> CatalogueKind:
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
        declaration.is_single,
        schema,
        MappingProxyType(fields),
        engine,
    )


def unknown_kind(name: str, *, of_chart: bool) -> CatalogueKind:
    """A kind that this version does not declare, as its stored records are treated: kept as they
    are, written by nobody, and read by whoever holds the chart. Of those without a chart nobody
    here knows whether they may leave the office: they do not."""
    scope, read = ("chart", CARE) if of_chart else ("office", ())
    engine = Kind(name, {}, deletable=False)
    return CatalogueKind(name, scope, read, (), False, False, KindSchema(), {}, engine)


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
