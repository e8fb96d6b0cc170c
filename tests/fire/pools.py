"""What people type in these worlds: a few values of each field, so that equal ones, clashes and
ties are common. Every rule of the catalogue is among them, with prose, sets, logs, locks and
deletions."""

from __future__ import annotations

from typing import Any

Parts = dict[str, Any]

TEXTS = (
    "Sleeps well. Eats little. Walks.",
    "Sleeps badly. Eats little. Walks.",
    "Sleeps well. Eats well. Walks.",
    "Sleeps well. Walks.",
    "Sleeps well. Eats little. Walks. Asks for a ride.",
    "Has a cough. Sleeps well. Eats little. Walks.",
)
SIGNED = {
    "name": "Maria Rivera",
    "role": "patient",
    "at": "2026-03-02T10:52:00Z",
    "text": TEXTS[0],
    "hash": "0" * 64,
    "strokes": "M1 1L2 2",
}
PHONES = (
    {"system": "phone", "value": "555 0100", "use": "home"},
    {"system": "phone", "value": "555 0101", "use": "mobile"},
)


def _set(field: str, *values: Any) -> list[Parts]:
    return [{"set": {field: value}} for value in values]


def _elements(field: str, *values: Any) -> list[Parts]:
    return [{part: {field: [value]}} for value in values for part in ("add", "remove")]


DELETIONS: list[Parts] = [{"delete": True}, {"delete": True}, {"delete": False}]

EDITS: dict[str, list[Parts]] = {
    "patient": [
        *_set("gender", "female", "male", None),
        *_set("preferred_name", "Mari", "Maria"),
        *_set("interpreter_required", True, False),
        *_set("about", *TEXTS),
        *_elements("telecom", *PHONES),
    ],
    "medication": [
        *_set("dose", "5 mg", "10 mg", "20 mg", None),
        *_set("pharmacy", "Main Street", "Harbor"),
        {"set": {"dose": "5 mg", "timing": "noon"}, "add": {"side_effects": ["cough"]}},
        *_elements("side_effects", "dizziness", "nausea"),
        {"add": {"note": [{"text": "Took it late."}]}},
        *DELETIONS,
    ],
    "task": [
        *_set("status", "accepted", "in-progress", "completed", "cancelled"),
        *_set("priority", "routine", "urgent", "stat"),
        *_set("due", "2026-03-04", "2026-03-06"),
        *_set("description", *TEXTS),
        *DELETIONS,
    ],
    "visit": [
        *_set("note_how", *TEXTS),
        *_set("actual_start", "2026-03-02T10:05:00Z", "2026-03-02T09:55:00Z"),
        *_set("actual_end", "2026-03-02T10:52:00Z", "2026-03-02T10:40:00Z"),
        *_set("status", "in-progress", "finished", "cancelled"),
        {"add": {"signature": [SIGNED]}},
        {"add": {"addenda": [{"text": "The daughter called."}]}},
        *_elements("reason", "urgent", "routine"),
        {"set": {"member": "another"}},
    ],
}


def creation_of(kind: str, member: str) -> Parts:
    """What the first change of a record says."""
    fields: dict[str, Parts] = {
        "patient": {"name": {"family": "Rivera"}},
        "medication": {"name": "Lisinopril"},
        "task": {"description": TEXTS[0], "status": "requested"},
        "visit": {"member": member, "status": "planned", "note_how": TEXTS[0]},
    }
    return {"set": fields[kind]}
