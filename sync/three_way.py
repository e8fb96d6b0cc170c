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

from .causality import Write, saw, tie
from .kinds import Json
from .prose import merge
from .state import Prose

# Beyond so many live writes nothing is merged: the last in tie order stands and all are listed.
MOST_LIVE = 8
# The same beyond so much work: devices that never see all of each other's writes could make one
# push climb through a whole history. In characters: fifty merges of the longest texts allowed.
MOST_WORK = 1_000_000
_WORK_OF_A_MERGE = 2_000

Step = tuple[int, int]


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
        self.texts = [text_of(write.value) for write in self.writes]
        self.saw = _sights(self.writes)
        self.folded: dict[int, Prose] = {}

    def fold_all(self) -> Prose | None:
        """Folds the inner sets first, smallest first: a history can be deeper than the stack."""
        everything = (1 << len(self.writes)) - 1
        if len(self._live(everything)) > MOST_LIVE:
            return None
        steps_by_set = self._plan(everything)
        if steps_by_set is None:
            return None
        for chosen in sorted(steps_by_set, key=int.bit_count):
            self.folded[chosen] = self._fold(chosen, steps_by_set[chosen])
        return self.folded[everything]

    def _plan(self, everything: int) -> dict[int, list[Step]] | None:
        """The steps of this set and of every set whose fold it needs; None beyond MOST_WORK."""
        allowed = MOST_WORK // (_WORK_OF_A_MERGE + max(map(len, self.texts), default=0))
        plan: dict[int, list[Step]] = {}
        waiting = {everything}
        while waiting:
            chosen = waiting.pop()
            plan[chosen] = list(self._steps(chosen))
            waiting |= {base for _, base in plan[chosen] if base not in plan}
            allowed -= len(plan[chosen])
            if allowed < 0:
                return None
        return plan

    def _fold(self, chosen: int, steps: Sequence[Step]) -> Prose:
        live = self._live(chosen)
        if not live:
            return Prose("", False)
        if len(live) > MOST_LIVE:
            return Prose(self.texts[live[-1]], True)
        text, clash = self.texts[live[0]], False
        for place, base in steps:
            step = merge(self.folded[base].text, text, self.texts[place])
            text, clash = step.text, clash or step.clash
        return Prose(text, clash)

    def _steps(self, chosen: int) -> Iterator[Step]:
        """Each live write after the first, with K ∩ V: what the result so far and it both knew."""
        live = self._live(chosen)
        if not 1 < len(live) <= MOST_LIVE:
            return
        # What is live is in nobody's view: K meets V only in what its texts saw.
        known = self.saw[live[0]] & chosen
        for place in live[1:]:
            view = self.saw[place] & chosen
            yield place, known & view
            known |= view

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
    if any(write.seqs for write in writes):
        return [
            sum(1 << place for place, other in enumerate(writes) if saw(write, other))
            for write in writes
        ]
    by_seq = sorted(range(len(writes)), key=lambda place: writes[place].seq)
    numbers = [writes[place].seq for place in by_seq]
    up_to = [0]
    for place in by_seq:
        up_to.append(up_to[-1] | 1 << place)
    sights = [0] * len(writes)
    own: dict[str, int] = {}
    for place in sorted(range(len(writes)), key=lambda place: writes[place].n):
        write = writes[place]
        earlier = own.get(write.device, 0)
        sights[place] = up_to[bisect_right(numbers, write.seen)] | earlier
        own[write.device] = earlier | 1 << place
    return sights
