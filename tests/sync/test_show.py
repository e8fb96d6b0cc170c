from __future__ import annotations

from sync import Field, fold, show

from .changes import change, kind_of, toy


def test_a_field_that_nobody_wrote_is_left_out_and_one_set_to_null_is_null():
    kind = kind_of(Field("f", "last_writer"), Field("g", "last_writer"), Field("h", "add_wins"))
    log = [change("a1", 1, set={"f": None})]
    assert show(kind, fold(kind, log)).fields == {"f": None}


def test_a_set_that_was_emptied_is_shown_empty():
    kind = toy("add_wins")
    log = [change("a1", 1, add={"f": ["x"]}), change("a2", 2, seen=1, remove={"f": ["x"]})]
    assert show(kind, fold(kind, log)).fields == {"f": []}


def test_contested_and_overruled_entries_say_who_when_and_what_they_had_seen():
    log = [
        change("a1", 1, set={"f": "x"}),
        change("b1", 2, seen=1, at=5000, set={"f": "y"}),
        change("c1", 3, seen=1, at=6000, set={"f": "z"}),
    ]
    contested = show(toy("multi_value"), fold(toy("multi_value"), log)).contested
    assert contested == {
        "f": [
            {"value": "z", "member": "C", "at": 6000, "seq": 3, "seen": 1},
            {"value": "y", "member": "B", "at": 5000, "seq": 2, "seen": 1},
        ]
    }
    overruled = show(toy("last_writer"), fold(toy("last_writer"), log)).overruled
    assert overruled == {"f": contested["f"][1:]}


def test_fields_stand_in_the_order_in_which_they_were_first_written():
    """So that a refold of an unchanged record gives the same bytes."""
    kind = toy("last_writer")
    log = [
        change("a1", 1, set={"f": 1, "b": 1}),
        change("b1", 2, seen=1, add={"list": [1]}),
        change("c1", 3, seen=2, set={"a": 1, "f": 2}),
        change("d1", 4, seen=3, remove={"list": [1]}),
    ]
    assert list(show(kind, fold(kind, log)).fields) == ["f", "b", "a", "list"]
