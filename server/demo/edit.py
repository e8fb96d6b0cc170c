"""One edit of the demo's past: what somebody on staff changed, when, and what they had seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIRST, FILLED, LATER, AT_ONCE = range(4)
"""The turns: the patient's record, the rest of the chart, what became of it, and edits made by
several people at once. An edit has seen every turn before its own and nobody else's edits of its
own turn."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`by` names one of the staff, `at` is in milliseconds since 1970; a record of the library has
    no patient."""

    by: str
    at: int
    record: str
    kind: str
    patient: str | None
    turn: int
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    delete: bool | None = None

    def to_wire(self, n: int, seen: int) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "n": n,
            "at": self.at,
            "seen": seen,
            "record": self.record,
            "kind": self.kind,
            "patient": self.patient,
        }
        for name in ("set", "add", "remove"):
            if members := getattr(self, name):
                wire[name] = members
        if self.delete is not None:
            wire["delete"] = self.delete
        return wire
