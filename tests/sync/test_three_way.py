from __future__ import annotations

from time import process_time

from sync import fold, fold_in, needs_log, set_aside, show
from sync.three_way import MOST_LIVE
from tests.bench import engine as bench

from .changes import change, toy, values

KIND = toy("three_way")
BASE = "Eats. Sleeps. Walks."


def note(dot, seq, text, seen=0, at=None):
    return change(dot, seq, seen=seen, at=at, set={"f": text})


def record(*log):
    return show(KIND, fold(KIND, log))


def test_one_live_text_stands_as_it_was_written():
    assert record(note("a1", 1, " Odd\ttext ")).fields == {"f": " Odd\ttext "}


def test_two_texts_merge_over_what_both_saw():
    shown = record(
        note("a1", 1, BASE),
        note("b1", 2, "Eats well. Sleeps. Walks.", seen=1),
        note("c1", 3, "Eats. Sleeps. Walks far.", seen=1),
    )
    assert shown.fields == {"f": "Eats well. Sleeps. Walks far."}
    assert (shown.contested, shown.overruled) == ({}, {})


def test_a_clash_contests_the_field_and_lists_the_whole_texts():
    shown = record(
        note("a1", 1, BASE),
        note("b1", 2, "Eats well. Sleeps. Walks.", seen=1),
        note("c1", 3, "Eats little. Sleeps. Walks.", seen=1),
    )
    assert shown.fields == {"f": "Eats well.\nEats little.\nSleeps. Walks."}
    assert values(shown.contested["f"]) == [
        "Eats little. Sleeps. Walks.",
        "Eats well. Sleeps. Walks.",
    ]


def test_a_third_text_merges_over_what_it_and_the_others_knew():
    """c had seen b's edit and not a's second: its base is b's text, not the first."""
    shown = record(
        note("a1", 1, BASE),
        note("b1", 2, "Eats well. Sleeps. Walks.", seen=1),
        note("a2", 3, "Eats. Sleeps badly. Walks.", seen=1),
        note("c1", 4, "Eats well. Sleeps. Walks far.", seen=2),
    )
    assert shown.fields == {"f": "Eats well. Sleeps badly. Walks far."}
    assert shown.contested == {}


def test_an_inner_fold_of_concurrent_texts_is_a_base_too():
    """c and d each saw a's and b's concurrent edits, merged: only their own edits may clash."""
    shown = record(
        note("a1", 1, BASE),
        note("a2", 2, "Eats well. Sleeps. Walks.", seen=1),
        note("b1", 3, "Eats. Sleeps badly. Walks.", seen=1),
        note("c1", 4, "Eats well. Sleeps badly. Walks far.", seen=3),
        note("d1", 5, "Eats well. Sleeps badly. Walks. Sings.", seen=3),
    )
    assert shown.fields == {"f": "Eats well. Sleeps badly. Walks far. Sings."}
    assert shown.contested == {}


def test_texts_with_nothing_in_common_merge_over_nothing():
    shown = record(note("a1", 1, "One."), note("b1", 2, "Two."))
    assert shown.fields == {"f": "One. Two."}


def test_null_is_empty_text_and_stands_only_where_all_are_null():
    base = note("a1", 1, BASE)
    emptied = record(base, note("b1", 2, None, seen=1), note("c1", 3, BASE + " Sings.", seen=1))
    assert emptied.fields == {"f": "Sings."}
    assert record(base, note("b1", 2, None, 1), note("c1", 3, None, 1)).fields == {"f": None}
    assert record(base, note("b1", 2, None, 1), note("c1", 3, "", 1)).fields == {"f": ""}


def test_nobody_is_told_of_prose_up_to_eight_live_texts():
    log = [note("a1", 1, BASE)]
    log += [
        note(f"{device}1", 2 + n, f"{device}. Sleeps.", 1) for n, device in enumerate("bcdefghi")
    ]
    assert len(log) - 1 == MOST_LIVE
    assert set_aside(KIND, fold(KIND, log)) == ()


def test_beyond_eight_live_texts_the_last_stands_and_all_are_listed_and_told():
    devices = "bcdefghij"
    log = [note("a1", 1, BASE)]
    log += [note(f"{device}1", 2 + n, f"{device}.", 1) for n, device in enumerate(devices)]
    state = fold(KIND, log)
    shown = show(KIND, state)
    assert shown.fields == {"f": "j."}
    assert values(shown.contested["f"]) == [f"{device}." for device in reversed(devices)]
    assert [told.device for told in set_aside(KIND, state)] == list(devices[:-1])


def test_the_log_is_asked_for_two_to_eight_live_texts_and_for_no_others():
    log = [note("a1", 1, BASE)]
    state = fold(KIND, log)
    assert not needs_log(KIND, state, note("b1", 2, "x", seen=1))
    for n, device in enumerate("bcdefghij", start=2):
        each = note(f"{device}1", n, f"{device}.", seen=1)
        assert needs_log(KIND, state, each) == (1 < n - 1 <= MOST_LIVE)
        log.append(each)
        before, state = state, fold(KIND, log)
    assert fold_in(KIND, before, log[-1]) == state


def test_a_text_that_saw_them_all_needs_no_log_and_settles_them():
    log = [note("a1", 1, BASE), note("b1", 2, "B.", 1), note("c1", 3, "C.", 1)]
    settled = fold_in(KIND, fold(KIND, log), note("a2", 4, "Settled.", 3))
    assert show(KIND, settled).fields == {"f": "Settled."}
    assert settled == fold(KIND, [*log, note("a2", 4, "Settled.", 3)])


def test_a_change_of_another_field_keeps_the_merged_text():
    log = [note("a1", 1, BASE), note("b1", 2, BASE + " B.", 1), note("c1", 3, BASE + " C.", 1)]
    other = change("d1", 4, seen=3, set={"g": 1})
    state = fold(KIND, log)
    assert not needs_log(KIND, state, other)
    assert show(KIND, fold_in(KIND, state, other)).fields["f"] == BASE + " B. C."


def criss_cross(rounds):
    """Two devices, each always having seen all but the other's last text."""
    return [
        note(f"{'ab'[turn % 2]}{turn // 2 + 1}", turn + 1, f"Turn {turn}.", max(0, turn - 1))
        for turn in range(rounds)
    ]


def test_beyond_the_work_that_a_push_may_cost_nothing_is_merged():
    log = criss_cross(1800)
    shown = record(*log)
    assert shown.fields == {"f": "Turn 1799."}
    assert values(shown.contested["f"]) == ["Turn 1799.", "Turn 1798."]
    assert [told.value for told in set_aside(KIND, fold(KIND, log))] == ["Turn 1798."]


def test_the_cost_of_20000_characters_changed_by_eight_authors_is_bounded():
    """Under a second on a quiet machine (make bench); here: it is of no other order."""
    for name, log in bench.prose_logs().items():
        start = process_time()
        fold(bench.NOTE, log)
        assert process_time() - start < 4, name
