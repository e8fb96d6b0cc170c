from __future__ import annotations

from functools import cache
from itertools import pairwise
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from sync.diff import matches

ITEMS = st.lists(st.sampled_from("abcd"), max_size=14)


@cache
def longest(one, other):
    """How long a common subsequence can be, by trying."""

    @cache
    def length(i, j):
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1))

    return length(0, 0)


@given(ITEMS, ITEMS)
def test_it_finds_a_common_subsequence_and_none_is_longer(one, other):
    found = matches(one, other)
    assert all(one[i] == other[j] for i, j in found)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(found))
    assert len(found) == longest(tuple(one), tuple(other))


def test_equal_lists_match_throughout():
    assert matches("abab", "abab") == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_the_time_is_bounded_where_sentences_repeat():
    """difflib takes seconds here. Time of this process alone: other work must not fail it."""
    one, other = ["a", "b", "c", "a"] * 1700, ["a", "a", "c", "b", "x"] * 1400
    start = process_time()
    matches(one, other)
    assert process_time() - start < 2
