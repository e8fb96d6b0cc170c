"""The catalogue: each kind of record declared once, as marshmallow schemas by area. README.md says
how."""

from server.catalogue.catalogue import CATALOGUE, Catalogue
from server.catalogue.kind import CatalogueField, CatalogueKind
from server.catalogue.values import Invalid

__all__ = ["CATALOGUE", "Catalogue", "CatalogueField", "CatalogueKind", "Invalid"]
