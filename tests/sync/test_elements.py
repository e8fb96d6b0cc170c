from __future__ import annotations

from sync import fold, fold_in, set_aside, show
from sync.elements import once_each

from .changes import change, toy

SET, LOG = toy("add_wins"), toy("append")


def elements(kind, *log):
    return show(kind, fold(kind, [change("a1", 1, set={"made": True}), *log])).fields["f"]


def test_an_element_is_in_once_added_and_out_once_removed_knowingly():
    add = change("a2", 2, seen=1, add={"f": ["en"]})
    assert elements(SET, add) == ["en"]
    assert elements(SET, add, change("b1", 3, seen=2, remove={"f": ["en"]})) == []


def test_an_add_outlives_a_remove_that_had_not_seen_it():
    log = [
        change("a2", 2, seen=1, add={"f": ["en"]}),
        change("b1", 3, seen=2, remove={"f": ["en"]}),
        change("c1", 4, seen=2, add={"f": ["en"]}),
    ]
    assert elements(SET, *log) == ["en"]


def test_the_author_of_the_outlived_remove_is_told_whichever_came_first():
    made, base = change("a1", 1, set={"m": 1}), change("a2", 2, seen=1, add={"f": ["en"]})
    for remove_seq, add_seq in ((3, 4), (4, 3)):
        log = [
            made,
            base,
            change("b1", remove_seq, seen=2, remove={"f": ["en"]}),
            change("c1", add_seq, seen=2, add={"f": ["en"]}),
        ]
        state = None
        for each in sorted(log, key=lambda each: each.seq):
            state = fold_in(SET, state, each)
        [told] = set_aside(SET, state)
        assert (told.device, told.field, told.value, told.why) == ("b", "f", "en", "outlived")


def test_an_add_that_saw_the_remove_has_replaced_it_and_nobody_is_told():
    log = [
        change("a1", 1, add={"f": ["en"]}),
        change("b1", 2, seen=1, remove={"f": ["en"]}),
        change("c1", 3, seen=2, add={"f": ["en"]}),
    ]
    state = fold(SET, log)
    assert show(SET, state).fields["f"] == ["en"]
    assert set_aside(SET, state) == ()


def test_elements_stand_in_order_of_their_earliest_surviving_add():
    log = [
        change("a2", 2, seen=1, at=500, add={"f": ["late"]}),
        change("b1", 3, seen=1, at=300, add={"f": ["early"]}),
        change("c1", 4, seen=1, at=200, add={"f": ["late"]}),
    ]
    assert elements(SET, *log) == ["late", "early"]


def test_a_remove_takes_away_only_the_adds_it_saw_and_with_them_their_place():
    log = [
        change("a2", 2, seen=1, at=100, add={"f": ["x"]}),
        change("b1", 3, seen=1, at=200, add={"f": ["y"]}),
        change("c1", 4, seen=1, at=300, add={"f": ["x"]}),
        change("d1", 5, seen=3, at=400, remove={"f": ["x"]}),
    ]
    assert elements(SET, *log) == ["y", "x"]


def test_elements_are_the_same_when_their_canonical_json_is():
    log = [
        change("a2", 2, seen=1, add={"f": [{"use": "home", "value": "1"}, 1]}),
        change("b1", 3, seen=1, add={"f": [{"value": "1", "use": "home"}, 1.0, "1"]}),
    ]
    assert elements(SET, *log) == [{"use": "home", "value": "1"}, 1, "1"]


def test_removing_an_absent_element_is_accepted_and_kills_no_later_add():
    remove = change("b1", 2, seen=1, remove={"f": ["en"]})
    assert elements(SET, remove) == []
    assert elements(SET, remove, change("c1", 3, seen=1, add={"f": ["en"]})) == ["en"]


def test_append_keeps_every_element_in_tie_order_equal_ones_too():
    log = [
        change("a2", 2, seen=1, at=500, add={"f": ["called", "no answer"]}),
        change("b1", 3, seen=1, at=300, add={"f": ["called"]}),
    ]
    assert elements(LOG, *log) == ["called", "called", "no answer"]


def test_nothing_is_ever_removed_from_append():
    log = [
        change("a2", 2, seen=1, add={"f": ["called"]}),
        change("b1", 3, seen=2, remove={"f": ["called"]}),
    ]
    assert elements(LOG, *log) == ["called"]


def test_once_each_keeps_the_first_of_equal_elements():
    assert once_each([1, 1.0, "1", True, None, 1]) == [1, "1", True, None]
