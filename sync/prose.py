"""Prose: texts merged by the sentence over a common base (README.md, "Prose").

    base      A. B. C. D.
    earlier   A. b. C. D.        merge →  A. b. C.
    later     A. B. C.                    (each edit stands; D was removed)

Invariant: no sentence of a merged text differs, but for the white space around it, from every
sentence of base, earlier and later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .diff import matches
from .state import Prose

# A stop ends a sentence before white space or the end; one of those that are written without a
# space after them ends it anywhere, with the brackets and quotes that close it; a newline always.
# White space belongs to the sentence before it, at the beginning of the text to the first. A run of
# stops is tried from its first only: from each it would cost the square of the run.
_STOPS = ".!?…؟।"
_FULL_STOPS = "。！？"  # noqa: RUF001
_CLOSING = "」』”’）)"  # noqa: RUF001
_SENTENCE = re.compile(
    rf"""\s* [^\n]*?
    (?: (?<![{_STOPS}]) [{_STOPS}]++ (?=\s|\Z)
      | [{_FULL_STOPS}]++ [{_CLOSING}]*+
      | (?=\n) | \Z )
    \s*""",
    re.VERBOSE,
)


class Edit(NamedTuple):
    """Sentences `start` to `end` of the base replaced by `pieces`: an insertion where they are the
    same place, a removal where `pieces` is empty."""

    start: int
    end: int
    pieces: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """The sentences of a text with the white space that follows each; joined, they are the text."""
    return [piece for piece in _SENTENCE.findall(text) if piece]


def merge(base: str, earlier: str, later: str) -> Prose:
    """Both authors' edits of the base; a clash where both replaced or removed the same sentence."""
    if earlier == later or later == base:
        return Prose(earlier, False)
    if earlier == base:
        return Prose(later, False)
    common = _units(base)
    return _Merge(common, _Side(common, earlier), _Side(common, later)).run()


class _Side:
    """One author's text as edits of the base."""

    def __init__(self, base: Sequence[str], text: str) -> None:
        after = _units(text)
        self.kept: dict[int, str] = {}
        self.edits: dict[int, Edit] = {}
        self.insertions: dict[int, tuple[str, ...]] = {}
        pairs = matches(_bare(base), _bare(after))
        start = left = 0
        for end, right in [*pairs, (len(base), len(after))]:
            self._add(start, end, tuple(after[left:right]))
            if end < len(base):
                self.kept[end] = after[right]
            start, left = end + 1, right + 1

    def _add(self, start: int, end: int, pieces: tuple[str, ...]) -> None:
        """The edits of one stretch between two kept sentences.

        A removal is one edit a sentence, and so is a stretch with as many sentences after as
        before: what one author did to one sentence must not clash with what another did to the
        next. Otherwise nobody can tell which sentence became which: the stretch is one edit.
        """
        if start == end:
            if pieces:
                self.insertions[start] = pieces
        elif not pieces or len(pieces) == end - start:
            for place in range(start, end):
                piece = pieces[place - start : place - start + 1]
                self.edits[place] = Edit(place, place + 1, piece)
        else:
            self.edits[start] = Edit(start, end, pieces)

    def end_at(self, place: int) -> int:
        """Where the edit that begins here ends; here, if none does."""
        edit = self.edits.get(place)
        return edit.end if edit else place

    def text_of(self, start: int, end: int) -> list[str]:
        """This author's sentences for that range of the base, with what they inserted inside it."""
        pieces: list[str] = []
        place = start
        while place < end:
            if place > start:
                pieces += self.insertions.get(place, ())
            if edit := self.edits.get(place):
                pieces += edit.pieces
                place = edit.end
            else:
                pieces.append(self.kept[place])
                place += 1
        return pieces


class _Merge:
    """Walks the base once and writes what both sides make of it."""

    def __init__(self, base: Sequence[str], earlier: _Side, later: _Side) -> None:
        self.base = base
        self.earlier = earlier
        self.later = later
        self.written: list[str] = []
        self.clash = False
        self.line_ended = True

    def run(self) -> Prose:
        place = 0
        while place < len(self.base):
            self._insert(place)
            end = self._touched_until(place)
            if end == place:
                self._keep(place)
                end = place + 1
            else:
                self._edit(place, end)
            place = end
        self._insert(place)
        return Prose("".join(self.written), self.clash)

    def _insert(self, place: int) -> None:
        first = self.earlier.insertions.get(place, ())
        second = self.later.insertions.get(place, ())
        self._write(first)
        if second and _bare(first) != _bare(second):
            self._write(second)

    def _keep(self, place: int) -> None:
        """A sentence both kept; white space that one of them changed is as that one left it."""
        first, second = self.earlier.kept[place], self.later.kept[place]
        self._write((second if first == self.base[place] else first,))

    def _touched_until(self, start: int) -> int:
        """The end of the range that edits overlapping each other cover from here."""
        end = max(self.earlier.end_at(start), self.later.end_at(start))
        place = start + 1
        while place < end:
            end = max(end, self.earlier.end_at(place), self.later.end_at(place))
            place += 1
        return end

    def _edit(self, start: int, end: int) -> None:
        """A range that one side edits stands as that side has it, with what the other put inside;
        one that both edit is a clash, unless they made the same of it."""
        if self.earlier.edits.keys().isdisjoint(range(start, end)):
            self._one(self.later, self.earlier, start, end)
        elif self.later.edits.keys().isdisjoint(range(start, end)):
            self._one(self.earlier, self.later, start, end)
        else:
            self._both(self.earlier.text_of(start, end), self.later.text_of(start, end))

    def _one(self, editor: _Side, other: _Side, start: int, end: int) -> None:
        self._write(editor.text_of(start, end))
        for place in range(start + 1, end):
            self._write(other.insertions.get(place, ()))

    def _both(self, first: list[str], second: list[str]) -> None:
        if _bare(first) == _bare(second):
            self._write(first)
            return
        self.clash = True
        for text in (first, second):
            self._end_line()
            self._write(text)
        self._end_line()

    def _end_line(self) -> None:
        """What is written next begins a line of its own."""
        self.line_ended = False

    def _write(self, pieces: Iterable[str]) -> None:
        for piece in pieces:
            if self.written:
                self.written[-1] = _parted(self.written[-1], piece, self.line_ended)
            self.line_ended = True
            self.written.append(piece)


def _parted(last: str, piece: str, line_ended: bool) -> str:
    """`last`, with what must follow it for the two to remain the sentences they are."""
    bare = last.rstrip()
    if "\n" in last[len(bare) :]:
        return last
    if line_ended:
        if last != bare and bare and bare[-1] in _STOPS:
            return last
        for parted in (last, last + " "):
            if sentences(parted + piece)[0] == parted:
                return parted
    return bare + "\n"


def _units(text: str) -> list[str]:
    """The sentences that are compared: white space alone is none."""
    return sentences(text) if text.strip() else []


def _bare(pieces: Sequence[str]) -> list[str]:
    return [piece.strip() for piece in pieces]
