"""Patient → patient."""

from collections.abc import Iterator

from server.fhir.datatypes import (
    addresses,
    concept_codes,
    concept_text,
    full_name,
    notes,
    person_name,
    telecoms,
    written_date,
)  # fmt: skip
from server.fhir.element import Element, fault
from server.fhir.lines import Line, code_in, day, read_lines, same
from server.fhir.said import Said
from server.fhir.source import Key, Source

LINES = (
    Line("birth_date", "birthDate", day),
    Line("gender", "gender", code_in(same("female", "male", "other", "unknown"))),
)

IDENTIFIERS = {
    "MR": "medical-record", "DL": "drivers-license", "PPN": "passport", "MC": "medicare",
    "MA": "medicaid", "MB": "payer", "SN": "payer",
}  # fmt: skip
"""HL7 v2-0203 types of identifiers by our names; a social security number is not taken."""

YES = {"373066001", "Y"}
INTERPRETER = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed"


def patient(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """The person. A death without a date is a death; a former name stays readable under “about”."""
    name = person_name(resource)
    if name is None:
        raise fault(resource.at("name"), "is missing")
    fields = read_lines(LINES, resource) | {"name": name, "language": _language(resource)}
    if _needs_interpreter(resource):
        fields["interpreter_required"] = True
    if "deceasedDateTime" in resource or resource.flag("deceasedBoolean"):
        fields |= {
            "deceased": "deceased",
            "deceased_date": written_date(resource, "deceasedDateTime"),
        }
    elif resource.flag("deceasedBoolean") is False:
        fields["deceased"] = "alive"
    fields["about"] = "\n".join(_about(resource)) or None
    lists = {
        "identifier": list(_identifiers(resource)),
        "telecom": telecoms(resource),
        "address": addresses(resource),
    }
    yield Said(source.id_of(key), "patient", source.id_of(key), fields, lists)


def _language(resource: Element) -> str | None:
    """The preferred language, else the first that is told."""
    spoken = resource.each("communication")
    spoken.sort(key=lambda each: not each.flag("preferred"))
    for each in spoken:
        for code in concept_codes(each.child("language")):
            return code
    return None


def _needs_interpreter(resource: Element) -> bool:
    for extension in resource.each("extension"):
        if extension.text("url") == INTERPRETER:
            answer = extension.child("valueCoding")
            return answer is not None and answer.text("code") in YES
    return False


def _identifiers(resource: Element) -> Iterator[dict[str, str]]:
    for identifier in resource.each("identifier"):
        codes = concept_codes(identifier.child("type"))
        value = identifier.text("value")
        if value and "SS" not in codes:
            kind = next((IDENTIFIERS[code] for code in codes if code in IDENTIFIERS), "other")
            system = identifier.text("system")
            yield {"type": kind, "value": value} | ({"system": system} if system else {})


def _about(resource: Element) -> Iterator[str]:
    """What has no field of its own and yet helps to know the person."""
    taken = person_name(resource)
    for name in resource.each("name"):
        use = name.text("use")
        if use in ("maiden", "old", "nickname"):
            only = Element({"name": [name.members]}, resource.path)
            other = person_name(only)
            if other and other != taken:
                yield f"{'Nickname' if use == 'nickname' else 'Former name'}: {full_name(other)}."
    if married := concept_text(resource.child("maritalStatus")):
        yield f"Marital status: {_MARITAL.get(married, married)}."
    for each in notes(resource):
        yield each["text"]


_MARITAL = {"M": "Married", "S": "Never married", "D": "Divorced", "W": "Widowed", "L": "Separated"}
