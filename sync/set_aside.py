"""Which writes a record shows its fields without, so that their authors can be told.

A state answers for itself alone; that each is told once is the caller's, by the key
(device, n, record, field, value).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from .causality import Write, saw
from .change import key
from .deletion import outlived as outlived_deletions
from .elements import outlived
from .kinds import Json, Kind
from .show import beside, stand
from .state import State

Why = Literal["overruled", "contested", "outlived", "uncovered"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A write that the record shows its field without, though nobody who saw it replaced it.

    `field` is "deleted" for a deletion that an edit outlived (value True). `why` says which clause:
    overruled; contested, but not standing; outlived, a remove or a deletion; uncovered, written to
    a locked field without knowing of the signature, and not covered by it.
    """

    device: str
    n: int
    member: str
    field: str
    value: Json
    why: Why


def set_aside(kind: Kind, state: State) -> tuple[SetAside, ...]:
    """Every write that is set aside in this state."""
    found: dict[tuple[str, int, str, str | bytes], SetAside] = {}
    for each in _all(kind, state):
        found.setdefault((each.device, each.n, each.field, key(each.value)), each)
    return tuple(found.values())


def _all(kind: Kind, state: State) -> Iterator[SetAside]:
    for name, live in state.writes.items():
        if len(live) > 1 and name not in state.prose:
            standing = stand(kind, state, name)
            why: Why = "contested" if standing.contested else "overruled"
            yield from _each(name, beside(standing.value, live), why)
    for name, removes in state.removes.items():
        yield from _each(name, outlived(state.adds.get(name, ()), removes), "outlived")
    yield from _each("deleted", outlived_deletions(state.deletion), "outlived")
    yield from _uncovered(kind, state)


def _uncovered(kind: Kind, state: State) -> Iterator[SetAside]:
    """What stands in locked fields and no signature covers.

    Only a write that had not seen a signature can be there (see refusals.py): it and the signature
    are concurrent, and neither order of arrival changes that.
    """
    if not state.adds:
        return
    for field in kind.fields.values():
        signatures = state.adds.get(field.name) if field.locks else None
        for name in field.locks if signatures else ():
            for write in (*state.writes.get(name, ()), *state.adds.get(name, ())):
                if not any(saw(each, write) or each.seq == write.seq for each in signatures or ()):
                    yield SetAside(
                        write.device, write.n, write.member, name, write.value, "uncovered"
                    )


def _each(name: str, writes: Iterable[Write], why: Why) -> Iterator[SetAside]:
    for write in writes:
        yield SetAside(write.device, write.n, write.member, name, write.value, why)
