"""The language in which kinds are declared: one line a field, saying its type, its merge rule, the
reason for a rule that protects, and rights where they are narrower than the kind's.

    @kind("goal")
    class Goal(Schema):
        description = text("three_way", required=True)
        status = choice("active completed cancelled", "furthest",
                        terminal=("completed", "cancelled"),
                        because="completed and cancelled by two people is a question")

For `furthest` the choices run from least protective to most. `add_wins` and `append` make a list,
and the type declared is that of one element. Only the area files beside this one call it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, fields

from server.catalogue.moments import Date, Instant, Zone, Zoned
from server.catalogue.parts import File, Flat
from server.catalogue.values import (
    Boolean,
    Choice,
    Language,
    Number,
    Pattern,
    Reference,
    Text,
    Value,
)
from sync.kinds import Rule

COORDINATOR, CLINICIAN = "coordinator", "clinician"
SUPERVISOR, ADMINISTRATOR = "supervisor", "administrator"
CARE = (COORDINATOR, CLINICIAN, SUPERVISOR)
"""Those who care for patients. An administrator has no chart by office."""
EVERYONE = (*CARE, ADMINISTRATOR)
SERVER: tuple[str, ...] = ()
"""Nobody by way of sync: the server itself writes it."""

Scope = Literal["chart", "library", "office"]
"""chart: of one patient. library: of nobody, on every phone whose role reads it. office: of nobody
and on no phone; those whose role reads it ask the server."""

Index = Literal["status", "due", "owner", "date"]
PROSE = 20_000
"""The most characters of a three_way field: its merge costs the square of its sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a field's line says beside its type."""

    rule: Rule
    because: str = ""
    terminal: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    read: tuple[str, ...] | None = None
    write: tuple[str, ...] | None = None
    indexed: Index | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A kind as declared: its schema class and what holds for the record as a whole."""

    name: str
    schema: type[Schema]
    scope: Scope
    read: tuple[str, ...]
    write: tuple[str, ...]
    deletable: bool
    is_single: bool


declared: list[Declaration] = []


def kind(
    name: str,
    *,
    scope: Scope = "chart",
    read: tuple[str, ...] = CARE,
    write: tuple[str, ...] = CARE,
    deletable: bool = True,
    single: bool = False,
) -> Callable[[type[Schema]], type[Schema]]:
    """Declares the schema class below it as a kind of record. A single one has one record an
    organisation, whose id is the organisation's."""

    def declare(schema: type[Schema]) -> type[Schema]:
        declared.append(Declaration(name, schema, scope, read, write, deletable, single))
        return schema

    return declare


class Elements(fields.List[Any]):
    """A list field of a schema; `inner` validates one element."""


def _field(
    type_: Callable[..., Value], rule: Rule, required: bool, spec: dict[str, Any], **options: Any
) -> fields.Field[Any]:
    metadata = {"spec": Spec(rule=rule, **spec)}
    if rule in ("add_wins", "append"):
        element = type_(required=True, allow_none=False, **options)
        return Elements(element, required=required, metadata=metadata)
    return type_(required=required, allow_none=not required, metadata=metadata, **options)


def string(rule: Rule, *, required: bool = False, max: int = 200, **spec: Any) -> fields.Field[Any]:
    """One line of text. `known` lists codes that have labels, without closing the field to
    others."""
    return _field(Text, rule, required, spec, max_length=max)


def text(rule: Rule, *, required: bool = False, max: int = PROSE, **spec: Any) -> fields.Field[Any]:
    """Prose of several sentences."""
    return _field(Text, rule, required, spec, max_length=max, prose=True)


def language(rule: Rule, **spec: Any) -> fields.Field[Any]:
    return _field(Language, rule, False, spec)


def number(
    rule: Rule, *, least: float | None = None, most: float | None = None, **spec: Any
) -> fields.Field[Any]:
    return _field(Number, rule, False, spec, **_bounds(least, most))


def integer(
    rule: Rule, *, least: int | None = None, most: int | None = None, **spec: Any
) -> fields.Field[Any]:
    return _field(Number, rule, False, spec, whole=True, **_bounds(least, most))


def _bounds(least: float | None, most: float | None) -> dict[str, float]:
    bounds = {"least": least, "most": most}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def boolean(rule: Rule, **spec: Any) -> fields.Field[Any]:
    return _field(Boolean, rule, False, spec)


def choice(choices: str, rule: Rule, *, required: bool = False, **spec: Any) -> fields.Field[Any]:
    """One of the codes named in `choices`, between spaces."""
    return _field(Choice, rule, required, spec, choices=choices)


def date(
    rule: Rule, *, partial: bool = False, required: bool = False, **spec: Any
) -> fields.Field[Any]:
    return _field(Date, rule, required, spec, partial=partial)


def datetime(rule: Rule, *, required: bool = False, **spec: Any) -> fields.Field[Any]:
    return _field(Instant, rule, required, spec)


def zoned(rule: Rule, *, required: bool = False, **spec: Any) -> fields.Field[Any]:
    return _field(Zoned, rule, required, spec)


def zone(rule: Rule, *, required: bool = False, **spec: Any) -> fields.Field[Any]:
    return _field(Zone, rule, required, spec)


def reference(
    kinds: str | tuple[str, ...], rule: Rule, *, required: bool = False, **spec: Any
) -> fields.Field[Any]:
    targets = (kinds,) if isinstance(kinds, str) else kinds
    return _field(Reference, rule, required, spec, kinds=targets)


def object_(
    parts: dict[str, Value], rule: Rule, *, required: bool = False, **spec: Any
) -> fields.Field[Any]:
    """A flat object of the given parts."""
    return _field(Flat, rule, required, spec, parts=parts)


def file(rule: Rule, **spec: Any) -> fields.Field[Any]:
    return _field(File, rule, False, spec)


def note() -> fields.Field[Any]:
    """Short remarks that are only ever added to: who said what, and when."""
    parts: dict[str, Value] = {
        "text": Text(2_000, prose=True, required=True),
        "at": Instant(),
        "by": Reference(("member",)),
    }
    return object_(parts, "append", because="a remark is part of the record from when it is made")


def strokes() -> Value:
    """A signature drawn on the glass: an SVG path, small enough to travel inside the record."""
    return Pattern("strokes", r"[MLQCZ0-9 .,\-]*", 40_000)


class KindSchema(Schema):
    """The base of every kind's schema: what this version does not know is left to the envelope's
    check."""

    class Meta:
        unknown = EXCLUDE
