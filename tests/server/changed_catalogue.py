"""The catalogue as another version of the server has it: kinds and fields gone, added or under
another rule, for as long as a test is within `catalogue_with`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import _lru_cache_wrapper
from types import MappingProxyType

from server.catalogue import CATALOGUE, CatalogueField, CatalogueKind
from server.catalogue.declare import Spec
from server.catalogue.values import Text
from sync import Field, Kind, Rule


@contextmanager
def catalogue_with(changed: Mapping[str, CatalogueKind | None]) -> Iterator[None]:
    """These kinds instead of those of their names; None for one that is not declared."""
    declared = CATALOGUE.kinds
    kinds = {name: kind for name, kind in (declared | dict(changed)).items() if kind is not None}
    _replace(MappingProxyType(kinds))
    try:
        yield
    finally:
        _replace(declared)


def under(kind: str, **rules: Rule) -> dict[str, CatalogueKind | None]:
    """A kind with fields under other rules than they have."""
    known = CATALOGUE.kinds[kind]
    fields = dict(known.fields)
    engine = dict(known.engine.fields)
    for name, rule in rules.items():
        fields[name] = replace(fields[name], spec=replace(fields[name].spec, rule=rule))
        order = fields[name].choices if rule == "furthest" else ()
        engine[name] = replace(engine[name], rule=rule, order=order)
    return {kind: _with(known, fields, engine)}


def without_field(kind: str, name: str) -> dict[str, CatalogueKind | None]:
    """A kind of before that field, or after it."""
    known = CATALOGUE.kinds[kind]
    fields = {each: field for each, field in known.fields.items() if each != name}
    engine = {each: field for each, field in known.engine.fields.items() if each != name}
    return {kind: _with(known, fields, engine)}


def with_field(
    kind: str, name: str, rule: Rule = "last_writer", *, required: bool = False
) -> dict[str, CatalogueKind | None]:
    """A kind that has gained a line of text."""
    known = CATALOGUE.kinds[kind]
    line = CatalogueField(name, Spec(rule=rule), required, False, Text(200, allow_none=True))
    return {
        kind: _with(
            known, {**known.fields, name: line}, {**known.engine.fields, name: Field(name, rule)}
        )
    }


def another_kind(name: str, like: str) -> dict[str, CatalogueKind | None]:
    """A kind that only a newer version has, with the fields and rights of one that is here."""
    known = CATALOGUE.kinds[like]
    return {name: replace(known, name=name, engine=replace(known.engine, name=name))}


def _with(
    kind: CatalogueKind, fields: Mapping[str, CatalogueField], engine: Mapping[str, Field]
) -> CatalogueKind:
    return replace(
        kind,
        fields=MappingProxyType(dict(fields)),
        engine=Kind(kind.name, dict(engine), kind.deletable),
    )


def _replace(kinds: Mapping[str, CatalogueKind]) -> None:
    object.__setattr__(CATALOGUE, "kinds", kinds)  # frozen, and read under its name everywhere
    for name, module in list(sys.modules.items()):
        if name.startswith("server."):
            for made in vars(module).values():
                if isinstance(made, _lru_cache_wrapper):
                    made.cache_clear()
