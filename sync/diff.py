"""A longest common subsequence in bounded time, whatever the texts.

Bit-parallel (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004): a row of the table is
one integer, so that 7,000 sentences against 7,000 cost some 20 ms. difflib takes 7 s
for them where sentences repeat.
"""

from __future__ import annotations

from collections.abc import Sequence


def matches(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places (in `one`, in `other`) of a longest common subsequence, ascending. Deterministic."""
    start = 0
    limit = min(len(one), len(other))
    while start < limit and one[start] == other[start]:
        start += 1
    end = 0
    while end < limit - start and one[-1 - end] == other[-1 - end]:
        end += 1
    middle = _longest(one[start : len(one) - end], other[start : len(other) - end])
    return [
        *((place, place) for place in range(start)),
        *((start + left, start + right) for left, right in middle),
        *((len(one) - back, len(other) - back) for back in range(end, 0, -1)),
    ]


def _longest(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    # What stands on one side only cannot match: leaving it out keeps the rows short.
    shared = set(one) & set(other)
    rows_at = [place for place, item in enumerate(one) if item in shared]
    columns_at = [place for place, item in enumerate(other) if item in shared]
    where: dict[str, int] = {}
    for column, place in enumerate(columns_at):
        where[other[place]] = where.get(other[place], 0) | 1 << column

    # A zero bit: the common subsequence grows by one in this column. What the sum carries beyond
    # the last column is never looked at.
    row = (1 << len(columns_at)) - 1
    rows = []
    for place in rows_at:
        hit = row & where[one[place]]
        row = row + hit | row ^ hit
        rows.append(row)

    found = []
    at, column = len(rows), len(columns_at)
    while at and column:
        bit = 1 << column - 1
        if rows[at - 1] & bit:
            column -= 1
            continue
        at -= 1
        if at and not rows[at - 1] & bit:
            continue
        column -= 1
        found.append((rows_at[at], columns_at[column]))
    return found[::-1]
