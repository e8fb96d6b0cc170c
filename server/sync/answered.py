"""What became of the changes of a push, and of those that the server had before: a dot's answer is
final (sync/README.md, One round trip)."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection

from server.problems import Problem
from server.sync.offer import Author, Offer
from server.sync.stored import known_dots


@dataclass(slots=True)
class Answered:
    """What became of the changes: seq by n, and refusals as the wire carries them by n."""

    accepted: dict[int, int] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    """The `at` that is stored, by n, where it is another than was sent."""
    refused: dict[int, dict[str, Any]] = field(default_factory=dict)
    fresh: set[int] = field(default_factory=set)
    """Those that were answered for the first time."""
    contested: Counts[str] = field(default_factory=Counts)
    """How many fields stand contested in the records that were written, by kind."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "accepted": [self._accepted(n) for n in sorted(self.accepted)],
            "refused": [{"n": n} | self.refused[n] for n in sorted(self.refused)],
        }

    def _accepted(self, n: int) -> dict[str, int]:
        told = {"n": n, "seq": self.accepted[n]}
        return told | {"at": self.moved[n]} if n in self.moved else told


def answer_known(connection: Connection, author: Author, offers: Sequence[Offer]) -> Answered:
    """Answer the dots that are stored as they were answered the first time."""
    answered = Answered()
    is_copied = False
    stored = known_dots(
        connection,
        author.organisation,
        author.device,
        min(offer.n for offer in offers),
        max(offer.n for offer in offers),
    )
    for offer in offers if stored else ():
        known, seq, at, answer = stored.get(offer.n, (None, None, None, None))
        if known is not None and known != offer.digest:
            is_copied = True
        elif seq is not None:
            answered.accepted[offer.n] = seq
            if at is not None and at != offer.sent["at"]:
                answered.moved[offer.n] = at
        elif answer is not None:
            answered.refused[offer.n] = orjson.loads(answer)
    if is_copied:
        raise Problem(409, "device_copied", **answered.to_wire())
    return answered
