"""The catalogue: every kind of record with its fields, read from the declarations and never written
twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from server.catalogue import clinical, money, office, people, plan, staff, visits
from server.catalogue.declare import declared
from server.catalogue.describe import describe, export
from server.catalogue.kind import CatalogueKind, kind_of, unknown_kind

PROTOCOL = 1
AREAS = (people, clinical, plan, visits, money, staff, office)
"""The area files, in the order in which kinds are listed; importing them declares the kinds."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds. `version` changes whenever any of them, or any word, does."""

    kinds: Mapping[str, CatalogueKind]
    version: str
    protocol: int = PROTOCOL

    def kind_stored(self, name: str, patient: str | None) -> CatalogueKind:
        """The kind of a record that is stored: also of one that a newer version wrote, or whose
        kind was taken out (server/catalogue/kind.py, `unknown_kind`)."""
        return self.kinds.get(name) or unknown_kind(name, of_chart=patient is not None)

    def rules_hash(self) -> str:
        """Of all that decides what stored records show and are looked up by. Records that were
        folded under another stand as they should once `doorstep refold` has gone over them."""
        said = {kind.name: _rules_of(kind) for kind in self.kinds.values()}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def describe(self, language: str) -> dict[str, Any]:
        """The body of GET /api/catalogue."""
        kinds = describe(self.kinds.values(), language)
        return {"protocol": self.protocol, "version": self.version, "kinds": kinds}

    def export(self) -> dict[str, Any]:
        """What the phone is built with: the same, with the words of every language."""
        kinds = export(self.kinds.values())
        return {"protocol": self.protocol, "version": self.version, "kinds": kinds}


def _rules_of(kind: CatalogueKind) -> dict[str, Any]:
    return {
        name: asdict(kind.engine.fields[name]) | {"indexed": field.indexed}
        for name, field in kind.fields.items()
    }


def build() -> Catalogue:
    kinds = {
        declaration.name: kind_of(declaration)
        for area in AREAS
        for declaration in declared
        if declaration.schema.__module__ == area.__name__
    }
    said = json.dumps(export(kinds.values()), sort_keys=True)
    version = hashlib.sha256(said.encode()).hexdigest()[:16]
    return Catalogue(MappingProxyType(kinds), version)


CATALOGUE = build()
