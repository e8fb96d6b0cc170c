"""CareTeam, and every practitioner that a chart's resources name → care_team_member of that
chart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from server.fhir.datatypes import concept_codes, concept_text, telecoms, written_date
from server.fhir.element import Element
from server.fhir.lines import same
from server.fhir.said import Said, distinct
from server.fhir.source import Key, Source

ROLES = {
    "453231000124104": "primary-care", "446050000": "primary-care", "primary": "primary-care",
    "17561000": "specialist", "69280009": "specialist", "309343006": "specialist",
    "405277009": "specialist", "224535009": "nurse", "106292003": "nurse",
    "46255001": "pharmacist", "pharmacist": "pharmacist", "106328005": "social-worker",
    "158950000": "social-worker", "36682004": "therapist", "80546007": "therapist",
    "106289002": "dentist", "768820003": "coordinator", "445313000": "home-health-aide",
    "133932002": "family", "40127002": "other", "310512001": "other", "nurse": "nurse",
    "doctor": "other",
}  # fmt: skip
"""SNOMED CT, HL7 claimcareteamrole and practitioner-role by our names."""

TEAM_STATUS = same("proposed", "active", "suspended", "inactive")

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

NAMED_IN = {
    "Encounter": ("participant.individual",),
    "MedicationRequest": ("requester",),
    "MedicationStatement": ("informationSource",),
    "CarePlan": ("author", "contributor"),
    "Patient": ("generalPractitioner",),
    "Condition": ("recorder", "asserter"),
    "AllergyIntolerance": ("recorder", "asserter"),
    "Goal": ("expressedBy",),
    "Observation": ("performer",),
    "ExplanationOfBenefit": ("careTeam.provider",),
}
"""Where the resources that are taken name a practitioner."""


@dataclass(slots=True)
class Seat:
    """One practitioner or relative on the team of one chart, as all resources together tell it."""

    member: Key
    name: str | None = None
    roles: list[str] = field(default_factory=list)
    specialties: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    status: str | None = None
    starts: str | None = None
    ends: str | None = None


@dataclass(slots=True)
class Team:
    """The teams of all charts, gathered while the files are read, since several of them tell of
    one seat."""

    source: Source
    seats: dict[tuple[str, Key], Seat] = field(default_factory=dict)

    def seat(self, patient: str, reference: Element, holder: Element) -> Seat | None:
        key = self.source.key_at(reference)
        if key is None or key.type not in (
            "Practitioner",
            "PractitionerRole",
            "RelatedPerson",
            "Organization",
        ):
            return None
        seat = self.seats.setdefault((patient, key), Seat(key))
        seat.name = seat.name or self.source.display(holder, reference)
        return seat

    def notice(self, resource: Element, type_: str, patient: str) -> None:
        """Seats every practitioner whom a resource of the chart names."""
        for path in NAMED_IN.get(type_, ()):
            first, _, last = path.partition(".")
            for holder in _each(resource, first):
                reference = holder.child(last) if last else holder
                key = self.source.key_at(reference) if reference else None
                if reference is None or key is None or not key.type.startswith("Practitioner"):
                    continue
                seat = self.seat(patient, reference, resource)
                if seat is None:
                    continue
                if path == "generalPractitioner":
                    seat.roles.append("primary-care")
                _add_roles(seat, [holder.child("role")] if path == "careTeam.provider" else [])
                if place := self.source.display(resource, resource.child("serviceProvider")):
                    seat.organizations.append(place)

    def join(self, care_team: Element, patient: str) -> None:
        """Seats the participants of a CareTeam; the patient is no member of their own team here."""
        period = care_team.child("period")
        for participant in care_team.each("participant"):
            reference = participant.child("member")
            seat = self.seat(patient, reference, care_team) if reference else None
            if seat is None:
                continue
            _add_roles(seat, participant.each("role"))
            if organisation := self.source.display(care_team, participant.child("onBehalfOf")):
                seat.organizations.append(organisation)
            own = participant.child("period") or period
            if own:
                seat.starts = seat.starts or written_date(own, "start")
                seat.ends = seat.ends or written_date(own, "end")
            seat.status = seat.status or care_team.code(
                "status", (*TEAM_STATUS, "entered-in-error")
            )

    def said(self) -> Iterator[Said]:
        """One care_team_member a seat whose name is known."""
        for (patient, key), seat in self.seats.items():
            person = self.source.bystanders.get(key)
            contacts = telecoms(person) if person else []
            if key.type == "PractitionerRole" and person:
                _add_roles(seat, person.each("code"))
                seat.specialties += [t for s in person.each("specialty") if (t := concept_text(s))]
                seat.name = self.source.display(person, person.child("practitioner")) or seat.name
                if place := self.source.display(person, person.child("organization")):
                    seat.organizations.append(place)
            if seat.name is None:
                continue
            relative = key.type == "RelatedPerson"
            fields = {
                "name": seat.name,
                "related_person": self.source.id_of(key) if relative else None,
                "role": "family"
                if relative
                else next((r for r in seat.roles if r != "other"), None)
                or next(iter(seat.roles), None),
                "specialty": ", ".join(distinct(seat.specialties)) or None,
                "organization": ", ".join(distinct(seat.organizations)[:3]) or None,
                "starts": seat.starts,
                "ends": seat.ends,
                "status": TEAM_STATUS.get(seat.status or ""),
            }
            record = self.source.id_of("care_team_member", patient, key)
            yield Said(record, "care_team_member", patient, fields, {"telecom": contacts})


def _each(resource: Element, name: str) -> list[Element]:
    """The elements of that name, whether FHIR has it once or many times."""
    if isinstance(resource.members.get(name), list):
        return resource.each(name)
    only = resource.child(name)
    return [only] if only else []


def _add_roles(seat: Seat, concepts: Sequence[Element | None]) -> None:
    """A role that we have no name for is told in its own words as a specialty."""
    for concept in concepts:
        codes = concept_codes(concept)
        known = [ROLES[code] for code in codes if code in ROLES]
        if known:
            seat.roles.append(known[0])
        systems = {each.text("system") for each in concept.each("coding")} if concept else set()
        text = concept_text(concept)
        if text and ABSENT not in systems and known[:1] not in (["primary-care"], ["family"]):
            seat.specialties.append(text)
