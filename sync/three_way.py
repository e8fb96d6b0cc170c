"""The rule `three_way`: the live texts of a prose field folded into one (README.md, "Prose").

    first in tie order = the result so far; K = it and all it saw
    each next live write c, V = all that c saw:
        result := merge(base = fold over K ∩ V, result, c's text);  K := K + V + {c}

The fold over K ∩ V is the same rule over a smaller set of the field's writes. Sets are integers,
a bit a write, and each is folded once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from .causality import Write, tie
from .kinds import Json
from .prose import merge
from .state import Prose

# Beyond so many live writes nothing is merged: the last in tie order stands and all are listed.
MOST_LIVE = 8
# The same beyond so many inner sets: devices that never see all of each other's writes could make
# one push climb through a whole history.
MOST_SETS = 200


def text_of(value: Json) -> str:
    """The text of a prose value: null is empty."""
    return "" if value is None else str(value)


def three_way(writes: Sequence[Write]) -> Prose | None:
    """The text of a prose field from all its writes, and whether two live ones clash.

    None where too much is live: then the live write last in tie order stands and all are listed.
    """
    return _Texts(writes).fold_all()


class _Texts:
    """The writes of one field in tie order, and the folds of sets of them."""

    def __init__(self, writes: Sequence[Write]) -> None:
        self.writes = sorted(writes, key=tie)
        self.saw = _sights(self.writes)
        self.folded: dict[int, Prose] = {}

    def fold_all(self) -> Prose | None:
        """Folds the inner sets first, smallest first: a history can be deeper than the stack."""
        everything = (1 << len(self.writes)) - 1
        sets = self._inner_sets(everything)
        if sets is None or len(self._live(everything)) > MOST_LIVE:
            return None
        for chosen in sorted(sets, key=int.bit_count):
            self.folded[chosen] = self._fold(chosen)
        return self.folded[everything]

    def _inner_sets(self, everything: int) -> set[int] | None:
        """Every set whose fold this one needs, itself among them; None beyond MOST_SETS."""
        found = {everything}
        waiting = [everything]
        while waiting:
            inner = {base for _, base in self._steps(waiting.pop())} - found
            found |= inner
            waiting += inner
            if len(found) > MOST_SETS:
                return None
        return found

    def _fold(self, chosen: int) -> Prose:
        live = self._live(chosen)
        if not live:
            return Prose("", False)
        if len(live) > MOST_LIVE:
            return Prose(text_of(self.writes[live[-1]].value), True)
        text, clash = text_of(self.writes[live[0]].value), False
        for place, base in self._steps(chosen):
            step = merge(self.folded[base].text, text, text_of(self.writes[place].value))
            text, clash = step.text, clash or step.clash
        return Prose(text, clash)

    def _steps(self, chosen: int) -> Iterator[tuple[int, int]]:
        """Each live write after the first, with K ∩ V: what the result so far and it both knew."""
        live = self._live(chosen)
        if not 1 < len(live) <= MOST_LIVE:
            return
        first, *others = live
        known = (self.saw[first] | 1 << first) & chosen
        for place in others:
            view = self.saw[place] & chosen
            yield place, known & view
            known |= view | 1 << place

    def _live(self, chosen: int) -> list[int]:
        """The places, in tie order, of those in the set that no other in the set saw."""
        seen = 0
        for place in _places(chosen):
            seen |= self.saw[place]
        return list(_places(chosen & ~seen))


def _places(chosen: int) -> Iterator[int]:
    while chosen:
        lowest = chosen & -chosen
        yield lowest.bit_length() - 1
        chosen ^= lowest


def _sights(writes: Sequence[Write]) -> list[int]:
    """For each write, the set of those that it saw."""
    by_seq = sorted(range(len(writes)), key=lambda place: writes[place].seq)
    numbers = [writes[place].seq for place in by_seq]
    up_to = [0]
    for place in by_seq:
        up_to.append(up_to[-1] | 1 << place)
    by_n = sorted(range(len(writes)), key=lambda place: writes[place].n)
    own: dict[str, int] = {}
    sights = [0] * len(writes)
    for place in by_n:
        write = writes[place]
        earlier = own.get(write.device, 0)
        sights[place] = up_to[bisect_right(numbers, write.seen)] | earlier
        own[write.device] = earlier | 1 << place
    return sights
