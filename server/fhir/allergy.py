"""AllergyIntolerance → allergy."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_text, notes, written_date
from server.fhir.element import Element, PassedOver
from server.fhir.lines import (
    Line,
    code_in,
    coded,
    concept_in,
    day,
    patient_of,
    read_lines,
    same,
    words,
)
from server.fhir.said import Said
from server.fhir.source import Key, Source

LINES = (
    Line("substance", "code", words),
    Line("code", "code", coded),
    Line("clinical_status", "clinicalStatus", concept_in(same("active", "inactive", "resolved"))),
    Line("verification_status", "verificationStatus",
         concept_in(same("unconfirmed", "confirmed", "refuted", "entered-in-error"))),
    Line("type", "type", code_in(same("allergy", "intolerance"))),
    Line("criticality", "criticality", code_in(same("low", "high", "unable-to-assess"))),
    Line("recorded_date", "recordedDate", day),
)  # fmt: skip

CATEGORIES = ("food", "medication", "environment", "biologic")
SEVERITIES = ("mild", "moderate", "severe")

NO_KNOWN_ALLERGY = {"716186003", "409137002", "428607008", "429625007", "1003774007"}
"""SNOMED CT: no known allergy, in general and of drugs, of the environment, of food, of latex."""


def allergy(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """“No known allergy” in general is a statement about the patient, not an allergy."""
    patient = patient_of(resource, "patient", source)
    fields = read_lines(LINES, resource)
    code = fields["code"]["code"] if fields["code"] else None
    if code == "716186003":
        yield Said(patient, "patient", patient, {"no_known_allergies": "stated"})
        return
    if code in NO_KNOWN_ALLERGY:
        raise PassedOver("says that there is none of one sort, which is no allergy")
    reactions = list(_reactions(resource))
    if fields["substance"] is None:
        named = (concept_text(each.child("substance")) for each in resource.each("reaction"))
        fields["substance"] = next((name for name in named if name), None)
    if fields["substance"] is None:
        raise PassedOver("does not say to what")
    categories = [each for each in resource.texts("category") if each in CATEGORIES]
    fields["category"] = categories[0] if categories else None
    yield Said(
        source.id_of(key),
        "allergy",
        patient,
        fields,
        {"reactions": reactions, "note": notes(resource)},
    )


def _reactions(resource: Element) -> Iterator[dict[str, str]]:
    for reaction in resource.each("reaction"):
        parts = {
            "severity": reaction.code("severity", SEVERITIES),
            "onset": written_date(reaction, "onset"),
        }
        for manifestation in reaction.each("manifestation"):
            if text := concept_text(manifestation):
                yield {"manifestation": text} | {name: each for name, each in parts.items() if each}
