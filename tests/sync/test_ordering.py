from __future__ import annotations

import pytest

from sync.ordering import comparable, place


def test_a_choice_is_at_its_place_and_others_before_all():
    order = ("open", "held", "done")
    assert [place(order, value) for value in ("open", "done", "gone", None)] == [0, 2, -1, -2]


def test_a_boolean_is_not_a_number():
    assert place((False, True), 1) == -1
    assert place((0, 1), True) == -1


def test_instants_are_compared_whatever_their_offset_and_fraction():
    same = ["2026-11-21T10:00:00Z", "2026-11-21T05:00:00-05:00", "2026-11-21t10:00:00.000z"]
    assert len({comparable("datetime", value) for value in same}) == 1
    later = comparable("datetime", "2026-11-21T10:00:00.000000001Z")
    assert later > comparable("datetime", same[0])


@pytest.mark.parametrize(
    ("compare", "value"),
    [
        ("date", "soon"),
        ("date", "2026-5"),
        ("date", 2026),
        ("date", "2026-05-02T10:00:00Z"),
        ("datetime", "2026-11-21"),
        ("datetime", "2026-11-21T10:00:00"),
        ("datetime", "2026-13-41T10:00:00Z"),
        ("datetime", 7),
        ("", None),
        ("", {"a": 1}),
    ],
)
def test_what_cannot_be_read_has_no_order(compare, value):
    assert comparable(compare, value) is None


def test_numbers_come_before_text_where_both_are_live():
    assert comparable("", 99) < comparable("", "a")
