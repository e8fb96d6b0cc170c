"""The rules of fields that are set, a function a rule (README.md, "The rules").

Each is given the live writes in tie order, at least two, and says what stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .causality import Write
from .change import key
from .kinds import Field, Json
from .ordering import comparable, place


class Standing(NamedTuple):
    """The value that a field shows, and whether a person must settle it."""

    value: Json
    contested: bool


Decide = Callable[[Field, Sequence[Write]], Standing]


def last_writer(field: Field, live: Sequence[Write]) -> Standing:
    """The live write last in tie order."""
    return Standing(live[-1].value, False)


def multi_value(field: Field, live: Sequence[Write]) -> Standing:
    """The live write last in tie order; contested while they hold more than one distinct value."""
    return Standing(live[-1].value, len({key(write.value) for write in live}) > 1)


def furthest(field: Field, live: Sequence[Write]) -> Standing:
    """The live value furthest along the order; contested when two terminal values are live."""
    standing = _greatest(live, lambda value: place(field.order, value))
    terminal = {key(value) for value in field.terminal}
    ends = terminal.intersection(key(write.value) for write in live)
    return Standing(standing, len(ends) > 1)


def earliest(field: Field, live: Sequence[Write]) -> Standing:
    """The least live value."""
    return Standing(_extreme(field, live, least=True), False)


def latest(field: Field, live: Sequence[Write]) -> Standing:
    """The greatest live value."""
    return Standing(_extreme(field, live, least=False), False)


def _extreme(field: Field, live: Sequence[Write], least: bool) -> Json:
    """Null stands only where all are null; what cannot be compared only where nothing else can."""
    values = [write.value for write in live if write.value is not None]
    ordered = [
        (order, value)
        for value in values
        if (order := comparable(field.compare, value)) is not None
    ]
    if not ordered:
        return values[-1] if values else None
    choose = min if least else max
    wanted = choose(order for order, _ in ordered)
    # Equal in order is not equal in value ("2026" and "2026-01-01"): the last in tie order stands.
    return next(value for order, value in reversed(ordered) if order == wanted)


def _greatest(live: Sequence[Write], rank: Callable[[Json], int]) -> Json:
    best = max(rank(write.value) for write in live)
    return next(write.value for write in reversed(live) if rank(write.value) == best)


DECIDE: dict[str, Decide] = {
    "last_writer": last_writer,
    "multi_value": multi_value,
    "furthest": furthest,
    "earliest": earliest,
    "latest": latest,
}
