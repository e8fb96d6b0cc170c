"""FHIR's datatypes as the values of our fields. What FHIR says more finely than a field can hold
is kept in words; nothing is made up. Called by the mappings beside it."""

import re
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

from server.fhir.element import Element, fault

DATE_TIME = re.compile(
    r"(\d{4}(-\d\d(-\d\d)?)?)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)


def concept_text(concept: Element | None) -> str | None:
    """The words of a CodeableConcept: its text, else the first display, else the first code."""
    if concept is None:
        return None
    codings = concept.each("coding")
    return (
        concept.text("text")
        or next((c.text("display") for c in codings if "display" in c), None)
        or next((c.text("code") for c in codings if "code" in c), None)
    )


def concept_codes(concept: Element | None) -> list[str]:
    """Every code of a CodeableConcept, whatever its system."""
    if concept is None:
        return []
    return [code for coding in concept.each("coding") if (code := coding.text("code"))]


def coding(concept: Element | None) -> dict[str, str] | None:
    """The first Coding of a CodeableConcept that has a code, as an object {system, code,
    display}."""
    if concept is None:
        return None
    for each in concept.each("coding"):
        if "code" in each:
            parts = {name: each.text(name) for name in ("system", "code", "display")}
            return {name: part for name, part in parts.items() if part}
    return None


def written_date(resource: Element, name: str) -> str | None:
    """A date or dateTime as the day, month or year that was written: the writer's own calendar day,
    whatever the offset from UTC."""
    value = resource.text(name)
    return None if value is None else _match(value, resource.at(name))[1]


def whole_date(resource: Element, name: str) -> str | None:
    """Like written_date, for fields that hold whole days only; a month or a year gives None."""
    value = written_date(resource, name)
    return value if value and len(value) == 10 else None


def instant(resource: Element, name: str) -> tuple[str, str | None] | None:
    """A dateTime as a moment with its offset, and a remark where the source is less exact: noon
    UTC of a day is that day nearly everywhere, and the remark says that no time was given."""
    value = resource.text(name)
    if value is None:
        return None
    found = _match(value, resource.at(name))
    if found[4] is None:
        first_day = (value + "-01-01")[:10]
        return f"{first_day}T12:00:00Z", f"The source gives {value} without a time of day."
    if found[7] is None:
        raise fault(resource.at(name), f"“{value}” has a time without its offset from UTC")
    return (value if found[5] else value[:16] + ":00" + value[16:]), None


def wall_time(moment: str, zone: str) -> dict[str, str]:
    """A moment as the clock on the wall of a zone shows it."""
    at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", moment))
    local = at.astimezone(ZoneInfo(zone))
    return {"local": local.strftime("%Y-%m-%dT%H:%M").rjust(16, "0"), "zone": zone}


def _match(value: str, place: str) -> re.Match[str]:
    found = DATE_TIME.fullmatch(value)
    if not found:
        raise fault(place, f"“{value}” is no date or time of FHIR's")
    try:
        date.fromisoformat((found[1] + "-01-01")[:10])
        if found[7]:
            datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
    except ValueError:
        raise fault(place, f"“{value}” is not in the calendar or on the clock") from None
    return found


def person_name(person: Element) -> dict[str, str] | None:
    """The name in use (usual, then official, then one without a use, then any but an old or maiden
    one) as {given, family, prefix}. A person of one name has it as the family name."""
    names = [
        name for name in person.each("name") if {"family", "given", "text"} & name.members.keys()
    ]
    if not names:
        return None
    name = min(names, key=lambda each: _NAME_ORDER.get(each.text("use") or "", 3))
    family, given = name.text("family"), " ".join(name.texts("given"))
    if not family:
        family, given = name.text("text") or given, ""
    parts = {"given": given, "family": family, "prefix": " ".join(name.texts("prefix"))}
    if suffix := " ".join(name.texts("suffix")):
        parts["suffix"] = suffix
    return {part: text for part, text in parts.items() if text}


_NAME_ORDER = {
    "usual": 0,
    "official": 1,
    "": 2,
    "nickname": 4,
    "anonymous": 5,
    "maiden": 6,
    "old": 7,
}


def full_name(name: dict[str, str]) -> str:
    """A name as one line: prefix, given, family."""
    parts = (name.get(part) for part in ("prefix", "given", "family", "suffix"))
    return " ".join(part for part in parts if part)


def telecoms(person: Element) -> list[dict[str, str]]:
    """Every ContactPoint that has a value, as {system, value, use}."""
    found = []
    for contact in person.each("telecom"):
        if value := contact.text("value"):
            system = contact.text("system")
            use = contact.text("use")
            point = {"system": system if system in _SYSTEMS else "other", "value": value}
            found.append(point | {"use": use} if use else point)
    return found


_SYSTEMS = ("phone", "sms", "email", "fax")


def addresses(person: Element) -> list[dict[str, str]]:
    """Every Address as {line, city, state, postal_code, country, use}, its lines joined by
    commas."""
    found = []
    for each in person.each("address"):
        parts = {
            "line": ", ".join(each.texts("line")) or each.text("text"),
            "city": each.text("city"),
            "state": each.text("state"),
            "postal_code": each.text("postalCode"),
            "use": _ADDRESS_USE.get(each.text("use") or ""),
        }
        country = each.text("country")
        if country and len(country) == 2:
            parts["country"] = country
        elif country:
            parts["line"] = ", ".join(part for part in (parts["line"], country) if part)
        if address := {name: part for name, part in parts.items() if part}:
            found.append(address)
    return found


_ADDRESS_USE = {use: use for use in ("home", "temp", "old", "billing")}


def quantity_text(quantity: Element | None) -> str | None:
    """A Quantity in words: comparator, value, unit, as written."""
    if quantity is None:
        return None
    value = quantity.number("value")
    if value is None:
        return None
    unit = quantity.text("unit") or quantity.text("code")
    return " ".join(
        part for part in (quantity.text("comparator"), number_text(value), unit) if part
    )


def number_text(value: int | float) -> str:
    """A number as a person writes it: 5, not 5.0."""
    return str(int(value) if value == int(value) else value)


def notes(resource: Element) -> list[dict[str, str]]:
    """Every Annotation as a remark {text, at}."""
    found = []
    for annotation in resource.each("note"):
        if text := annotation.text("text"):
            at = instant(annotation, "time")
            found.append({"text": text} | ({"at": at[0]} if at else {}))
    return found


def narrative(resource: Element) -> list[str]:
    """The resource's own account of itself (XHTML) as lines of text."""
    text = resource.child("text")
    div = text.text("div") if text else None
    broken = re.sub(r"(?i)</(p|div|li|tr|h\d)>|<br\s*/?>", "\n", div or "")
    lines = unescape(re.sub(r"<[^>]*>", " ", broken)).splitlines()
    return [line for each in lines if (line := " ".join(each.split()))]
