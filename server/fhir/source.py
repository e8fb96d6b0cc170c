"""The source of an import: what its resources are called, which record each becomes, and what
stands beside it. Ids are derived (UUIDv5) from the source's name and the resource's own identity,
so that the same resource, read again from whatever file, is the same record."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from server.fhir.datatypes import concept_text, full_name, person_name
from server.fhir.element import Element, fault
from server.fhir.reading import Entry

NAMESPACE = UUID("6f9b1d0e-4a53-5c0b-9f6e-0d5f5b8c7a21")
"""Under which every id of an import is derived. Never changes: ids would."""

REFERENCE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")


@dataclass(frozen=True, slots=True)
class Key:
    """What a resource is called within its source, in any file."""

    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.type}/{self.name}"


@dataclass(slots=True)
class Source:
    """One named source in one organisation. `zone` is where wall times of appointments are told."""

    organisation: str
    name: str
    zone: str
    bystanders: dict[Key, Element] = field(default_factory=dict)
    patients: set[str] = field(default_factory=set)
    _urls: dict[str, Key] = field(default_factory=dict)

    @property
    def device(self) -> str:
        """The id of the device as which this source writes."""
        return self._id("device")

    def id_of(self, *parts: object) -> str:
        """The record's id for what these parts name within the source."""
        return self._id("record", *map(str, parts))

    def _id(self, *parts: str) -> str:
        return str(uuid5(NAMESPACE, "\n".join((self.organisation, self.name, *parts))))

    def learn(self, entries: Iterable[Entry]) -> None:
        """Notes who and what a file holds, so that any file may refer to it."""
        for entry in entries:
            key = key_of(entry)
            if entry.full_url:
                self._urls[entry.full_url] = key
            if entry.type == "Patient":
                self.patients.add(self.id_of(key))
            elif entry.type in NAMED:
                self.bystanders[key] = entry.resource

    def key_at(self, reference: Element) -> Key | None:
        """Which resource a Reference names: by fullUrl, by type and id, or contained (`#id`, which
        gives None: contained resources have no identity). None where it names none by address."""
        address = reference.text("reference")
        if address is None or address.startswith("#"):
            return None
        if key := self._urls.get(address):
            return key
        found = REFERENCE.fullmatch(address)
        return Key(found[1], found[2]) if found else None

    def reference(self, resource: Element, name: str) -> Key | None:
        reference = resource.child(name)
        return None if reference is None else self.key_at(reference)

    def record_at(self, reference: Element, *types: str) -> str | None:
        """The record that a Reference names, if it names a resource of one of these types."""
        key = self.key_at(reference)
        return self.id_of(key) if key and key.type in types else None

    def bystander(self, holder: Element, reference: Element | None) -> Element | None:
        """The practitioner, organisation, place or medication that a Reference names, contained or
        not."""
        if reference is None:
            return None
        address = reference.text("reference") or ""
        if address.startswith("#"):
            return next((c for c in holder.each("contained") if c.text("id") == address[1:]), None)
        key = self.key_at(reference)
        return self.bystanders.get(key) if key else None

    def display(self, holder: Element, reference: Element | None) -> str | None:
        """What to call whom a Reference names: the display written there, else the name of the
        resource."""
        if reference is None:
            return None
        if shown := reference.text("display"):
            return shown
        found = self.bystander(holder, reference)
        return None if found is None else name_of(found)


BYSTANDERS = ("Practitioner", "PractitionerRole", "Organization", "Location", "Medication")
"""What others refer to, and what becomes no record by itself."""

NAMED = (*BYSTANDERS, "RelatedPerson")
PEOPLE = ("Practitioner", "RelatedPerson")


def name_of(bystander: Element) -> str | None:
    if bystander.text("resourceType") in PEOPLE:
        name = person_name(bystander)
        return full_name(name) if name else None
    if bystander.text("resourceType") == "Medication":
        return concept_text(bystander.child("code"))
    return bystander.text("name")


def key_of(entry: Entry) -> Key:
    """A resource's identity: its id, else the address of its entry, else its first identifier."""
    resource = entry.resource
    if name := resource.text("id") or entry.full_url:
        return Key(entry.type, name)
    for identifier in resource.each("identifier"):
        if value := identifier.text("value"):
            return Key(entry.type, f"{identifier.text('system') or ''}|{value}")
    raise fault(
        resource.at("id"), "is missing, and there is neither a fullUrl nor an identifier instead"
    )
