"""RelatedPerson → related_person: family, friends and others around the patient."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_codes, concept_text, person_name, telecoms
from server.fhir.element import Element, PassedOver
from server.fhir.lines import Line, flag, patient_of, read_lines
from server.fhir.said import Said
from server.fhir.source import Key, Source

LINES = (Line("active", "active", flag),)

RELATIONSHIPS = {
    "SPS": "spouse", "HUSB": "spouse", "WIFE": "spouse", "DOMPART": "partner",
    "SIGOTHR": "partner", "CHILD": "child", "SON": "child", "DAU": "child", "DAUC": "child",
    "SONC": "child", "CHLDINLAW": "child", "PRN": "parent", "MTH": "parent", "FTH": "parent",
    "SIB": "sibling", "BRO": "sibling", "SIS": "sibling", "GRNDCHILD": "grandchild",
    "GRNDDAU": "grandchild", "GRNDSON": "grandchild", "FRND": "friend", "NBOR": "neighbor",
    "GUARD": "guardian", "GUADLTM": "guardian", "POWATT": "power-of-attorney",
    "HPOWATT": "power-of-attorney", "CGV": "caregiver", "CAREGIVER": "caregiver",
    "FAMMEMB": "other-family", "EXT": "other-family", "NIECE": "other-family",
    "NEPHEW": "other-family", "NIENEPH": "other-family", "AUNT": "other-family",
    "UNCLE": "other-family", "COUSN": "other-family", "GRPRN": "other-family",
    "GRMTH": "other-family", "GRFTH": "other-family", "INLAW": "other-family",
}  # fmt: skip
"""HL7 v3-RoleCode by our names; the source's own word is kept beside it."""

EMERGENCY = "C"
"""HL7 v2-0131: emergency contact."""


def related_person(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    name = person_name(resource)
    if name is None:
        raise PassedOver("has no name")
    relationships = resource.each("relationship")
    codes = [code for each in relationships for code in concept_codes(each)]
    fields = read_lines(LINES, resource) | {"name": name}
    if relationships:
        known = (RELATIONSHIPS[code] for code in codes if code in RELATIONSHIPS)
        fields["relationship"] = next(known, "other")
        told = [words for each in relationships if (words := concept_text(each))]
        fields["notes"] = f"Relationship: {', '.join(told)}." if told else None
    if EMERGENCY in codes:
        fields["is_emergency_contact"] = True
    patient = patient_of(resource, "patient", source)
    yield Said(
        source.id_of(key), "related_person", patient, fields, {"telecom": telecoms(resource)}
    )
