"""The medicines on a patient's paper: what they take as far as anybody knows, and what was seen of
it."""

from collections.abc import Iterator
from typing import Any

from server.summaries.chart import Chart, Record
from server.summaries.paper import Medication
from server.summaries.words import Words

NOT_TAKEN = ("completed", "stopped", "not-taken", "entered-in-error")
TO_SETTLE = (
    "name",
    "status",
    "dose",
    "route",
    "timing",
    "instructions",
    "as_needed",
    "as_needed_for",
    "deleted",
)


def medications(chart: Chart, visit: Record, words: Words) -> Iterator[Medication]:
    """What is taken and what was looked at, contested lines first. Where two people wrote two
    doses both are given: choosing one silently could hurt."""
    seen: dict[str, dict[str, Any]] = {}
    for each in visit.list("medications_seen"):
        seen[each["medication"]] = each  # the later look stands
    found = []
    for record in chart.of("medication"):
        statuses = record.values("status")
        if record.id not in seen and statuses and set(statuses) <= set(NOT_TAKEN):
            continue
        contested = record.is_contested(*TO_SETTLE)
        line = _line(record, seen.get(record.id), contested, words)
        found.append(((not contested, record.id not in seen, line.names), line))
    yield from (line for _, line in sorted(found, key=lambda each: each[0]))


def _line(record: Record, seen: dict[str, Any] | None, contested: bool, words: Words) -> Medication:
    statuses = record.values("status")
    shown = statuses if len(statuses) > 1 or set(statuses) & set(NOT_TAKEN) else ()
    return Medication(
        names=record.values("name"),
        doses=record.values("dose"),
        directions=tuple(_directions(record, words)),
        statuses=tuple(words.choice("medication", "status", each) for each in shown),
        seen=_seen(seen, words),
        note=(seen or {}).get("note") or "",
        contested=contested,
    )


def _directions(record: Record, words: Words) -> Iterator[tuple[str, ...]]:
    """How to take it, all that is written of it: said twice is safer than left out."""
    told = (
        _route(record, words),
        record.values("timing"),
        _as_needed(record, words),
        record.values("instructions"),
    )
    yield from filter(None, told)


def _route(record: Record, words: Words) -> tuple[str, ...]:
    return tuple(
        words.choice("medication", "route", each)
        for each in record.values("route")
        if each != "other"
    )


def _as_needed(record: Record, words: Words) -> tuple[str, ...]:
    if not any(record.values("as_needed")):
        return ()
    needed_for = record.values("as_needed_for")
    if len(record.values("as_needed")) > 1:
        return (words.say("as_needed"), words.say("always"))
    if needed_for:
        return tuple(words.say("as_needed_for", what=each) for each in needed_for)
    return (words.say("as_needed"),)


def _seen(seen: dict[str, Any] | None, words: Words) -> str:
    if seen is None:
        return ""
    return words.part_choice("visit", "medications_seen", "seen", seen["seen"])
