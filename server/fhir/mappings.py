"""Which FHIR resource becomes which of our records: one function each, resource → what the source
says."""

from collections.abc import Callable, Iterator, Mapping

from server.fhir.allergy import allergy
from server.fhir.appointment import appointment, encounter
from server.fhir.care_plan import care_plan
from server.fhir.condition import condition
from server.fhir.coverage import contained_coverage, coverage
from server.fhir.element import Element
from server.fhir.goal import goal
from server.fhir.medication import medication_request, medication_statement
from server.fhir.observation import observation
from server.fhir.patient import patient
from server.fhir.related_person import related_person
from server.fhir.said import Said
from server.fhir.source import BYSTANDERS, Key, Source

Mapping_ = Callable[[Element, Key, Source], Iterator[Said]]

MAPPINGS: Mapping[str, Mapping_] = {
    "Patient": patient,
    "RelatedPerson": related_person,
    "Condition": condition,
    "AllergyIntolerance": allergy,
    "MedicationRequest": medication_request,
    "MedicationStatement": medication_statement,
    "Goal": goal,
    "CarePlan": care_plan,
    "Encounter": encounter,
    "Appointment": appointment,
    "Observation": observation,
    "Coverage": coverage,
    "ExplanationOfBenefit": contained_coverage,
    "Claim": contained_coverage,
}

READ_WITH_OTHERS = (*BYSTANDERS, "CareTeam")
"""Taken through the records that refer to them, or through the care team."""
