"""CarePlan → care_plan; an activity that somebody is still to do by a day → task."""

from collections.abc import Iterator

from server.fhir.datatypes import concept_codes, concept_text, narrative, notes, written_date
from server.fhir.element import Element, PassedOver
from server.fhir.lines import code_in, patient_of, same, whole_day
from server.fhir.said import Said, distinct
from server.fhir.source import Key, Source

STATUS = code_in(same("draft", "active", "on-hold", "revoked", "completed"))
UNTAKEN = ("entered-in-error", "unknown")

CATEGORIES = {
    "736055001": "rehabilitation", "229065009": "rehabilitation", "53950000": "rehabilitation",
    "736366004": "social", "736372004": "transition", "736254002": "palliative",
    "698360004": "chronic-care", "443402002": "chronic-care", "412776001": "chronic-care",
    "415300000": "chronic-care", "735985000": "chronic-care",
}  # fmt: skip
"""SNOMED CT kinds of plan by our names; any other is “other”, and its own words are the title."""

TASK_STATUS = {
    "not-started": "requested", "scheduled": "accepted", "in-progress": "in-progress",
    "on-hold": "on-hold",
}  # fmt: skip


def care_plan(resource: Element, key: Key, source: Source) -> Iterator[Said]:
    """Activities that are advice, or are over, stand in the plan's summary in their own words,
    each on a line; those still open with a day of their own become tasks that the plan refers
    to."""
    patient = patient_of(resource, "subject", source)
    if resource.text("status") in UNTAKEN:
        raise PassedOver(f"is {resource.text('status')}")
    record = source.id_of(key)
    categories = resource.each("category")
    named = [text for each in categories if (text := concept_text(each))]
    codes = [code for each in categories for code in concept_codes(each)]
    period = resource.child("period")
    tasks: list[Said] = []
    lines = [text] if (text := resource.text("description")) else []
    for index, activity in enumerate(resource.each("activity")):
        task = _task(activity, source.id_of("task", key, index), patient, record)
        if task:
            tasks.append(task)
        elif line := _line(activity, source):
            lines.append(line)
    lines += [each["text"] for each in notes(resource)]
    lines = lines or narrative(resource)
    fields = {
        "title": resource.text("title") or " · ".join(named) or "Care plan",
        "status": STATUS(resource, "status"),
        "starts": whole_day(period, "start") if period else None,
        "ends": whole_day(period, "end") if period else None,
        "summary": "\n".join(lines) or None,
    }
    lists = {
        "category": distinct([CATEGORIES.get(code, "other") for code in codes]),
        "addresses": _records(resource, "addresses", "Condition", source),
        "goals": _records(resource, "goal", "Goal", source),
        "activities": [task.record for task in tasks],
    }
    yield Said(record, "care_plan", patient, fields, lists)
    yield from tasks


def _records(resource: Element, name: str, type_: str, source: Source) -> list[str]:
    found = (source.record_at(each, type_) for each in resource.each(name))
    return distinct([record for record in found if record])


def _task(activity: Element, record: str, patient: str, plan: str) -> Said | None:
    """The task that an activity is, if it is one: open, described, and with the day it is due."""
    detail = activity.child("detail")
    if detail is None:
        return None
    what, period = _what(detail), detail.child("scheduledPeriod")
    due = (whole_day(period, "end") or whole_day(period, "start")) if period else None
    status = TASK_STATUS.get(detail.text("status") or "")
    if not (what and due and status):
        return None
    fields = {"description": what, "status": status, "due": due, "based_on": plan}
    return Said(record, "task", patient, fields)


def _what(detail: Element) -> str | None:
    parts = distinct([concept_text(detail.child("code")), detail.text("description")])
    return ". ".join(part for part in parts if part) or None


def _line(activity: Element, source: Source) -> str | None:
    detail = activity.child("detail")
    if detail is None:
        return source.display(activity, activity.child("reference"))
    what = _what(detail)
    if what is None:
        return None
    period = detail.child("scheduledPeriod")
    when = detail.text("scheduledString")
    if period:
        ends = (written_date(period, "start"), written_date(period, "end"))
        when = " to ".join(end for end in ends if end)
    told = [part for part in (when, _STATUS_WORDS.get(detail.text("status") or "")) if part]
    return f"{what} ({', '.join(told)})" if told else what


_STATUS_WORDS = {
    "not-started": "not started", "scheduled": "scheduled", "in-progress": "in progress",
    "on-hold": "on hold", "completed": "completed", "cancelled": "cancelled", "stopped": "stopped",
}  # fmt: skip
