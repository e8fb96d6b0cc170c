"""What a phone keeps of its own edits once the server has answered them, and the rules for those
that wait to be sent (pwa/src/store/journal.ts, pwa/src/sync/outbox.ts).

    outbox ──accepted──> laid ──a copy with version ≥ seq arrived──> kept ──30 days──> gone
       └──taken back, and something is missing──> waiting ──> laid, or refused
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

MOST_CHANGES = 1_000
MOST_BYTES = 4_000_000
"""One request takes 5 MB unpacked; the envelope wants some room."""

KEPT_FOR_MS = 30 * 24 * 3600 * 1000

Change = dict[str, Any]
Dot = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of this phone that was answered; `change` is as it was sent."""

    device: str
    change: Change
    state: Literal["laid", "kept", "waiting"]
    answered: int
    seqs: tuple[int, ...] = ()
    """Every number that it ever had, the oldest first."""
    corrected: int | None = None
    """Its `at` as the server stored it, where it was moved."""
    unshown: bool = False

    @property
    def dot(self) -> Dot:
        return self.device, self.change["n"]

    @property
    def patient(self) -> str | None:
        return self.change.get("patient")

    def to_take_back(self) -> Change:
        """As a restored server is offered it."""
        offered = dict(self.change)
        if self.seqs:
            offered["seqs"] = list(self.seqs)
        if self.corrected is not None:
            offered["corrected"] = self.corrected
        return offered


def seen_of(version: int, record: str, unsettled: Iterable[Change]) -> int:
    """The `seen` of a new change: what stood on the screen, and never more than the `seen` of any
    change to the record that is still unanswered or laid over it."""
    return min([version, *(each["seen"] for each in unsettled if each.get("record") == record)])


def with_lowered_times(unsent: Sequence[Change]) -> list[Change]:
    """From the last backwards, each `at` lowered to the lesser of itself and that of the next n."""
    lowered: list[Change] = []
    for change in reversed(unsent):
        at, following = change.get("at"), lowered[-1].get("at") if lowered else None
        if isinstance(at, int) and isinstance(following, int) and at > following:
            change = change | {"at": following}
        lowered.append(change)
    return lowered[::-1]


def fitting(changes: Sequence[Change], most: int = MOST_CHANGES) -> list[Change]:
    """The first of them that go into one request; one that is too large by itself goes alone, for
    the server to say so."""
    weight = 0
    for count, change in enumerate(changes[:most]):
        weight += len(json.dumps(change, ensure_ascii=False)) + 1
        if weight > MOST_BYTES:
            return list(changes[: max(count, 1)])
    return list(changes[:most])
