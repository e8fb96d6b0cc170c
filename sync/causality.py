"""What saw what, and what is live (README.md, "What saw what"). Every rule stands on this.

Nothing here assumes that *saw* is transitive: it is not, since `seen` may lag behind what the
author's own device had sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from .change import Change
from .kinds import Json


class Dated(Protocol):
    """What causality asks of a change, or of a write kept from one."""

    @property
    def seq(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def n(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def seen(self) -> int: ...
    @property
    def seqs(self) -> tuple[tuple[int, int], ...]: ...


class Write(NamedTuple):
    """One value from one change: what a field gets, an element added or removed, a deletion (True),
    an edit or a keep beside one (False)."""

    seq: int
    device: str
    n: int
    at: int
    seen: int
    member: str
    value: Json
    seqs: tuple[tuple[int, int], ...] = ()


D = TypeVar("D", bound=Dated)


def write_of(change: Change, value: Json) -> Write:
    """This value as this change wrote it."""
    return Write(
        change.seq,
        change.device,
        change.n,
        change.at,
        change.seen,
        change.member,
        value,
        change.seqs,
    )


def saw(one: Dated, other: Dated) -> bool:
    """Whether `one` was made knowing of `other`, a change of the same record."""
    return number(other, one.seen) <= one.seen or (other.device == one.device and other.n < one.n)


def number(of: Dated, seen: int) -> int:
    """The number that a change had when `seen` was the version on a screen.

    Numbers of a later epoch are greater than all before; one that a restore took away means nothing
    to what was seen since.
    """
    for had, gone in of.seqs:
        if seen < gone:
            return had
    return of.seq


def tie(write: Dated) -> tuple[int, str, int]:
    """The order of concurrent changes: total, since a dot is never used twice."""
    return (write.at, write.device, write.n)


def unseen(writes: Iterable[D], by: Sequence[Dated]) -> list[D]:
    """Those of `writes` that none of `by` saw. Nothing may have seen itself (see `possible`)."""
    writes = list(writes)
    if not by:
        return writes
    if any(write.seqs for write in writes):
        return [write for write in writes if not any(saw(each, write) for each in by)]
    top = max(each.seen for each in by)
    newest: dict[str, int] = {}
    for each in by:
        if each.n > newest.get(each.device, -1):
            newest[each.device] = each.n
    return [
        write for write in writes if write.seq > top and write.n >= newest.get(write.device, -1)
    ]


def live(writes: Sequence[D]) -> tuple[D, ...]:
    """The live ones among the writes of one field, in tie order."""
    return tuple(sorted(unseen(writes, writes), key=tie))


def possible(changes: Iterable[Change]) -> list[Change]:
    """The changes in order of seq, a dot once, none having seen what it cannot have seen.

    A change cannot have seen itself, nor what its own device did after it. A device that says
    otherwise would let two changes each outlive the other; with every `seen` held below those
    numbers *saw* has no circles, and a written field always has a live write.
    """
    by_dot = {(change.device, change.n): change for change in changes}
    if any(change.seqs for change in by_dot.values()):
        return _possible_after_restore(by_dot.values())
    below: dict[str, int] = {}
    result = []
    for change in sorted(by_dot.values(), key=lambda change: (change.device, -change.n)):
        limit = min(below.get(change.device, change.seq), change.seq)
        below[change.device] = limit
        result.append(change if change.seen < limit else replace(change, seen=limit - 1))
    return sorted(result, key=lambda change: change.seq)


def _possible_after_restore(changes: Collection[Change]) -> list[Change]:
    """The same where some have several numbers, each to be compared in its own time."""
    result = []
    for change in changes:
        later = [each for each in changes if each.device == change.device and each.n >= change.n]
        seen = change.seen
        while (limit := min(number(each, seen) for each in later)) <= seen:
            seen = limit - 1
        result.append(change if seen == change.seen else replace(change, seen=seen))
    return sorted(result, key=lambda change: change.seq)
