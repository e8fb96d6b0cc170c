"""Coverage → coverage; and what an ExplanationOfBenefit or a Claim tells: the coverage contained
in it."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_codes, concept_text
from server.fhir.element import Element, PassedOver
from server.fhir.lines import (
    Line,
    code_in,
    concept_among,
    day,
    patient_of,
    read_lines,
    same,
    written,
)
from server.fhir.said import Said
from server.fhir.source import Key, Source

LINES = (
    Line("status", "status", code_in(same("active", "draft", "cancelled", "entered-in-error"))),
    Line("subscriber_id", "subscriberId", written),
    Line(
        "relationship",
        "relationship",
        concept_among(same("self", "spouse", "child") | {"common": "spouse"}, otherwise="other"),
    ),
)

TYPES = {
    "medicare advantage": "medicare-advantage",
    "medicare": "medicare",
    "medicaid": "medicaid",
    "dual": "dual",
    "veteran": "veterans",
    "uninsured": "uninsured",
    "no_insurance": "uninsured",
    "self-pay": "uninsured",
}
"""Words in the name of the type or the payor that tell our type, the first that is there."""

COMMERCIAL = {"PPO", "HMO", "POS", "EHCPOL", "HSAPOL", "PUBLICPOL", "commercial"}


def coverage(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    yield _coverage(resource, source.id_of(key), source)


def contained_coverage(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """A contained coverage has no identity of its own: it is the same one wherever the same
    patient has the same payor and type of insurance."""
    found = [each for each in resource.each("contained") if each.text("resourceType") == "Coverage"]
    if not found:
        raise PassedOver("holds no coverage, and bills are not kept")
    for each in found:
        patient = patient_of(each, "beneficiary", source)
        type_ = concept_text(each.child("type")) or ""
        record = source.id_of("Coverage", patient, _payor(each, source) or "", type_)
        yield _coverage(each, record, source)


def _coverage(resource: Element, record: str, source: Source) -> Said:
    patient = patient_of(resource, "beneficiary", source)
    payor = _payor(resource, source)
    if payor is None:
        raise PassedOver("does not say who pays")
    period = resource.child("period")
    plans = {
        code: each.text("name") or each.text("value")
        for each in resource.each("class")
        for code in concept_codes(each.child("type"))
    }
    fields = read_lines(LINES, resource) | {
        "payor": payor,
        "plan_name": plans.get("plan") or plans.get("group"),
        "type": _type(resource, payor),
        "starts": day(period, "start") if period else None,
        "ends": day(period, "end") if period else None,
        "order": resource.number("order"),
    }
    return Said(record, "coverage", patient, fields)


def _payor(resource: Element, source: Source) -> str | None:
    payors = [source.display(resource, each) for each in resource.each("payor")]
    return ", ".join(payor for payor in payors if payor) or None


def _type(resource: Element, payor: str) -> str:
    concept = resource.child("type")
    told = f"{concept_text(concept) or ''} {payor}".casefold()
    if found := next((type_ for word, type_ in TYPES.items() if word in told), None):
        return found
    return "commercial" if COMMERCIAL & set(concept_codes(concept)) else "other"
