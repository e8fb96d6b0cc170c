"""Each rule among concurrent writes: b and c edited what a created, neither seeing the other."""

from __future__ import annotations

import pytest

from sync import fold, show

from .changes import change, toy, values


def shown(kind, first, *concurrent):
    """The record after `first` and concurrent writes of `f`, each later than the one before."""
    log = [change("a1", 1, set={"f": first})]
    log += [
        change(f"{device}1", seq, seen=1, set={"f": value})
        for seq, (device, value) in enumerate(zip("bcdefghij", concurrent, strict=False), start=2)
    ]
    return show(kind, fold(kind, log))


def test_last_writer_shows_the_last_in_tie_order_and_lists_the_others_as_overruled():
    record = shown(toy("last_writer"), "x", "y", "z")
    assert record.fields == {"f": "z"}
    assert values(record.overruled["f"]) == ["y"]
    assert record.contested == {}


def test_last_writer_is_by_time_and_not_by_arrival():
    kind = toy("last_writer")
    log = [
        change("a1", 1, set={"f": "x"}),
        change("b1", 2, seen=1, at=2000, set={"f": "late"}),
        change("c1", 3, seen=1, at=1500, set={"f": "early"}),
    ]
    assert show(kind, fold(kind, log)).fields == {"f": "late"}


def test_a_later_write_that_saw_them_empties_contested_and_overruled():
    for rule in ("last_writer", "multi_value"):
        kind = toy(rule)
        log = [
            change("a1", 1, set={"f": "x"}),
            change("b1", 2, seen=1, set={"f": "y"}),
            change("c1", 3, seen=1, set={"f": "z"}),
            change("a2", 4, seen=3, set={"f": "z"}),
        ]
        record = show(kind, fold(kind, log))
        assert (record.fields, record.contested, record.overruled) == ({"f": "z"}, {}, {})


def test_overruled_leaves_out_the_standing_value():
    record = shown(toy("last_writer"), "x", "y", "z", "y")
    assert values(record.overruled["f"]) == ["z"]


def test_multi_value_is_contested_by_two_distinct_values_and_lists_all_newest_first():
    record = shown(toy("multi_value"), "5 mg", "10 mg", "5 mg", "15 mg")
    assert record.fields == {"f": "15 mg"}
    assert values(record.contested["f"]) == ["15 mg", "5 mg", "10 mg"]
    assert record.overruled == {}


def test_multi_value_is_not_contested_by_the_same_value_twice():
    record = shown(toy("multi_value"), "x", {"n": 1, "u": "mg"}, {"u": "mg", "n": 1.0})
    assert record.contested == {}


def test_null_competes_in_last_writer_and_multi_value():
    assert shown(toy("last_writer"), "x", "y", None).fields == {"f": None}
    assert values(shown(toy("multi_value"), "x", "y", None).contested["f"]) == [None, "y"]


FURTHEST = {"order": ("open", "held", "done", "dropped"), "terminal": ("done", "dropped")}


def test_furthest_shows_the_value_furthest_along_however_early():
    record = shown(toy("furthest", **FURTHEST), "open", "held", "open")
    assert record.fields == {"f": "held"}
    assert values(record.overruled["f"]) == ["open"]


def test_furthest_may_be_moved_back_by_one_who_saw_the_standing_value():
    kind = toy("furthest", **FURTHEST)
    log = [change("a1", 1, set={"f": "done"}), change("b1", 2, seen=1, set={"f": "open"})]
    assert show(kind, fold(kind, log)).fields == {"f": "open"}


def test_furthest_is_contested_by_two_different_terminal_values_and_then_lists_all():
    record = shown(toy("furthest", **FURTHEST), "open", "dropped", "held", "done")
    assert record.fields == {"f": "dropped"}
    assert values(record.contested["f"]) == ["done", "held", "dropped"]
    assert record.overruled == {}


def test_furthest_is_not_contested_by_one_terminal_value_twice():
    record = shown(toy("furthest", **FURTHEST), "open", "done", "done", "held")
    assert record.contested == {}
    assert values(record.overruled["f"]) == ["held"]


def test_a_value_no_longer_among_the_choices_ranks_lowest():
    assert shown(toy("furthest", **FURTHEST), "held", "gone", "open").fields == {"f": "open"}
    assert shown(toy("furthest", **FURTHEST), "held", "open", "gone").fields == {"f": "open"}


def test_a_safeguard_orders_false_before_true_and_takes_neither_for_a_number():
    kind = toy("furthest", order=(False, True))
    assert shown(kind, False, True, False).fields == {"f": True}
    assert shown(kind, False, False, 1).fields == {"f": False}


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("furthest", FURTHEST),
        ("earliest", {"compare": "date"}),
        ("latest", {"compare": "date"}),
    ],
)
def test_null_stands_only_where_all_live_values_are_null(rule, more):
    kind = toy(rule, **more)
    for value in ("open", "2026-05"):
        assert shown(kind, value, value, None).fields == {"f": value}
        assert shown(kind, value, None, value).fields == {"f": value}
    assert shown(kind, "open", None, None).fields == {"f": None}


def test_earliest_shows_the_least_and_latest_the_greatest():
    assert shown(toy("earliest"), 9, 2, 3, 1.5, 4).fields == {"f": 1.5}
    assert shown(toy("latest"), 0, 2, 3, 1.5).fields == {"f": 3}
    assert values(shown(toy("earliest"), 9, 2, 3).overruled["f"]) == [3]


def test_earliest_compares_partial_dates_by_their_first_day():
    kind = toy("earliest", compare="date")
    assert shown(kind, None, "2026-05-02", "2026-05").fields == {"f": "2026-05"}
    assert shown(kind, None, "2026-05", "2026").fields == {"f": "2026"}


def test_values_equal_in_order_leave_the_last_in_tie_order():
    kind = toy("earliest", compare="date")
    assert shown(kind, None, "2026", "2026-01-01").fields == {"f": "2026-01-01"}
    assert shown(kind, None, "2026-01-01", "2026").fields == {"f": "2026"}


def test_latest_compares_datetimes_as_instants():
    kind = toy("latest", compare="datetime")
    noon_utc, earlier_in_new_york = "2026-11-21T12:00:00Z", "2026-11-21T06:59:00-05:00"
    assert shown(kind, None, noon_utc, earlier_in_new_york).fields == {"f": noon_utc}


def test_what_cannot_be_compared_stands_only_where_nothing_else_can():
    kind = toy("earliest", compare="date")
    assert shown(kind, None, "2026-05-02", "soon").fields == {"f": "2026-05-02"}
    assert shown(kind, None, None, "soon", None).fields == {"f": "soon"}


def test_once_is_what_the_creating_change_set():
    kind = toy("once")
    log = [change("a1", 1, set={"f": "x"}), change("b1", 2, seen=1, set={"f": "x"})]
    record = show(kind, fold(kind, log))
    assert (record.fields, record.overruled) == ({"f": "x"}, {})


def test_a_once_field_left_out_at_creation_is_never_set():
    kind = toy("once")
    log = [change("a1", 1, set={"g": 1}), change("b1", 2, seen=1, set={"f": None})]
    assert show(kind, fold(kind, log)).fields == {"g": 1}


def test_a_field_that_only_a_newer_version_knows_is_kept_and_shown():
    kind = toy("last_writer")
    log = [
        change("a1", 1, set={"new": "x"}, add={"list": ["p"]}),
        change("b1", 2, seen=1, set={"new": "y"}, add={"list": ["q"]}),
        change("c1", 3, seen=1, set={"new": "z"}, remove={"list": ["p"]}),
    ]
    record = show(kind, fold(kind, log))
    assert record.fields == {"new": "z", "list": ["q"]}
    assert values(record.overruled["new"]) == ["y"]
