from __future__ import annotations

from sync import corrected, corrected_at, corrected_by_log, fold, needs_log

from .changes import change, toy

KIND = toy("last_writer")
FIRST = change("a1", 1, at=500, set={"f": 1})
STATE = fold(KIND, [FIRST])


def test_at_is_raised_to_one_more_than_the_greatest_seen():
    assert corrected_at(10, seen_max_at=500) == 501
    assert corrected_at(501, seen_max_at=500) == 501


def test_a_slow_clock_does_not_put_a_change_before_what_it_saw():
    slow = change("b1", 2, seen=1, at=10, set={"f": 2})
    assert corrected(slow, STATE).at == 501
    assert corrected_by_log(slow, [FIRST]).at == 501


def test_what_a_change_had_not_seen_does_not_move_it():
    blind = change("b1", 2, seen=0, at=10, set={"f": 2})
    assert corrected_by_log(blind, [FIRST]).at == 10


def test_a_device_has_seen_its_own_changes_whatever_it_says():
    own = change("a2", 2, seen=0, at=10, set={"f": 2})
    assert corrected(own, STATE).at == 501


def test_a_creating_change_keeps_its_time():
    assert corrected(FIRST, None) is FIRST


def test_the_log_is_asked_only_where_an_unknown_part_of_a_device_could_matter():
    log = [FIRST, change("a2", 2, seen=1, at=700, set={"f": 2})]
    state = fold(KIND, log)
    between = change("b1", 3, seen=1, at=600, set={"f": 3})
    after = change("b1", 3, seen=1, at=900, set={"f": 3})
    assert needs_log(KIND, state, between)
    assert corrected_by_log(between, log).at == 600
    assert not needs_log(KIND, state, after)
    assert corrected(after, state) is after
