"""How a log and a state become a state; what the record then shows is tested rule by rule."""

from __future__ import annotations

import pytest

from sync import Field, fold, fold_in, needs_log, show

from .changes import change, kind_of, toy

KIND = kind_of(Field("f", "last_writer"), Field("who", "once"), Field("note", "three_way"))
MADE = change("a1", 1, set={"f": 1, "who": "p"})


def test_folding_in_gives_the_fold():
    log = [MADE, change("b1", 2, seen=1, set={"f": 2}), change("c1", 3, seen=1, set={"f": 3})]
    state = None
    for each in log:
        assert not needs_log(KIND, state, each)
        state = fold_in(KIND, state, each)
    assert state == fold(KIND, log)
    assert state.version == 3


def test_the_order_in_which_the_log_is_given_does_not_matter():
    log = [MADE, change("b1", 2, seen=1, set={"f": 2}), change("c1", 3, seen=1, set={"f": 3})]
    assert fold(KIND, log[::-1]) == fold(KIND, log)


def test_the_creating_change_is_the_one_with_the_least_number():
    other = change("b1", 2, set={"who": "q"})
    assert show(KIND, fold(KIND, [other, MADE])).fields["who"] == "p"


@pytest.mark.parametrize(
    "late",
    [
        change("b1", 3, seen=1, set={"f": 9}),
        change("b2", 3, seen=1, set={"f": 9}),
        change("c1", 2, seen=1, set={"f": 9}),
    ],
    ids=["a lower n", "a dot it has", "a number it has passed"],
)
def test_what_comes_out_of_order_asks_for_the_log(late):
    state = fold(KIND, [MADE, change("b2", 2, seen=1, set={"f": 2})])
    assert needs_log(KIND, state, late)
    with pytest.raises(ValueError, match="log"):
        fold_in(KIND, state, late)


def test_a_lower_n_that_comes_late_is_folded_under_the_higher():
    log = [MADE, change("b2", 2, seen=1, set={"f": "second"})]
    late = change("b1", 3, seen=1, at=9999, set={"f": "first"})
    assert show(KIND, fold(KIND, [*log, late])).fields["f"] == "second"


def test_a_change_that_says_it_saw_itself_is_folded_as_one_that_did_not():
    liar = change("b1", 2, seen=9, set={"f": 2})
    state = fold_in(KIND, fold(KIND, [MADE]), liar)
    assert state == fold(KIND, [MADE, liar])
    blind = change("c1", 3, seen=1, set={"f": 3})
    assert show(KIND, fold_in(KIND, state, blind)).fields == {"f": 3, "who": "p"}


def test_the_old_state_is_left_as_it_was():
    state = fold(KIND, [MADE])
    before = state.to_json()
    fold_in(KIND, state, change("b1", 2, seen=1, set={"f": 2, "new": 1}, add={"list": [1]}))
    assert state.to_json() == before


def test_a_new_record_needs_no_log():
    assert not needs_log(KIND, None, MADE)


def test_a_record_without_prose_needs_the_log_for_no_set_whatever_was_seen():
    state = fold(toy("last_writer"), [MADE])
    assert not needs_log(toy("last_writer"), state, change("b1", 2, seen=0, set={"f": 2}))
