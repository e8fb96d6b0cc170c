"""The catalogue: every kind of record with its fields, read from the declarations and never written
twice."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from server.catalogue import clinical, money, office, people, plan, staff, visits
from server.catalogue.declare import declared
from server.catalogue.describe import describe, export
from server.catalogue.kind import CatalogueKind, kind_of

PROTOCOL = 1
AREAS = (people, clinical, plan, visits, money, staff, office)
"""The area files, in the order in which kinds are listed; importing them declares the kinds."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds. `version` changes whenever any of them, or any word, does."""

    kinds: Mapping[str, CatalogueKind]
    version: str
    protocol: int = PROTOCOL

    def describe(self, language: str) -> dict[str, Any]:
        """The body of GET /api/catalogue."""
        kinds = describe(self.kinds.values(), language)
        return {"protocol": self.protocol, "version": self.version, "kinds": kinds}

    def export(self) -> dict[str, Any]:
        """What the phone is built with: the same, with the words of every language."""
        kinds = export(self.kinds.values())
        return {"protocol": self.protocol, "version": self.version, "kinds": kinds}


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
