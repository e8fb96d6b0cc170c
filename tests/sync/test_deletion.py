from __future__ import annotations

from sync import fold, fold_in, needs_log, set_aside, show

from .changes import change, toy, values

KIND = toy("last_writer")
MADE = change("a1", 1, set={"f": "x"})


def record(*log):
    return show(KIND, fold(KIND, [MADE, *log]))


def entries(shown):
    return values(shown.contested.get("deleted", []))


def edit(dot, seq, seen):
    return change(dot, seq, seen=seen, set={"f": dot})


def delete(dot, seq, seen):
    return change(dot, seq, seen=seen, delete=True)


def keep(dot, seq, seen):
    return change(dot, seq, seen=seen, delete=False)


def test_a_record_is_deleted_once_a_deletion_saw_every_edit():
    shown = record(delete("b1", 2, seen=1))
    assert shown.deleted
    assert entries(shown) == []
    assert shown.fields == {"f": "x"}


def test_an_edit_that_no_deletion_saw_keeps_it_alive_and_contests():
    for log in (
        [edit("b1", 2, seen=1), delete("c1", 3, seen=1)],
        [delete("c1", 2, seen=1), edit("b1", 3, seen=1)],
    ):
        shown = record(*log)
        assert not shown.deleted
        assert entries(shown) == [log[1].delete is True, log[0].delete is True]


def test_two_deletions_may_share_what_they_saw():
    """Each saw one of two edits: every edit was seen by a deletion, and no one contests."""
    first, second = edit("b1", 2, seen=1), edit("c1", 3, seen=1)
    shown = record(first, second, delete("b2", 4, seen=1), delete("c2", 5, seen=1))
    assert shown.deleted


def test_an_edit_made_knowing_of_the_deletion_restores_the_record():
    shown = record(delete("b1", 2, seen=1), edit("c1", 3, seen=2))
    assert not shown.deleted
    assert entries(shown) == []


def test_a_keep_made_knowing_of_the_deletion_restores_the_record():
    shown = record(delete("b1", 2, seen=1), keep("c1", 3, seen=2))
    assert not shown.deleted
    assert entries(shown) == []


def test_a_keep_settles_a_contest_and_a_deletion_settles_it_the_other_way():
    contest = [edit("b1", 2, seen=1), delete("c1", 3, seen=1)]
    kept = record(*contest, keep("d1", 4, seen=3))
    assert (kept.deleted, entries(kept)) == (False, [])
    gone = record(*contest, delete("d1", 4, seen=3))
    assert (gone.deleted, entries(gone)) == (True, [])


def test_a_knowing_edit_leaves_the_contest_of_others_open():
    """It restored the record, and the edit that knew of no deletion still waits for an answer."""
    shown = record(edit("b1", 2, seen=1), delete("c1", 3, seen=1), edit("d1", 4, seen=3))
    assert not shown.deleted
    assert entries(shown) == [True, False]


def test_a_keep_counts_as_an_unseen_edit_for_a_deletion_it_did_not_see():
    shown = record(delete("b1", 2, seen=1), delete("c1", 3, seen=1), keep("d1", 4, seen=2))
    assert not shown.deleted
    assert entries(shown) == [False, True]
    assert record(keep("d1", 2, seen=1), delete("b1", 3, seen=2)).deleted


def test_a_record_that_was_kept_can_be_deleted_again():
    log = [delete("b1", 2, seen=1), keep("c1", 3, seen=2), delete("b2", 4, seen=3)]
    assert record(*log).deleted


def test_the_author_of_an_outlived_deletion_is_told():
    state = fold(KIND, [MADE, edit("b1", 2, seen=1), delete("c1", 3, seen=1)])
    [told] = set_aside(KIND, state)
    assert (told.device, told.n, told.field, told.value, told.why) == (
        "c",
        1,
        "deleted",
        True,
        "outlived",
    )


def test_nobody_is_told_of_a_deletion_that_was_restored_knowingly():
    assert set_aside(KIND, fold(KIND, [MADE, delete("b1", 2, 1), edit("c1", 3, 2)])) == ()


def test_the_state_names_only_rivals_of_a_standing_deletion():
    state = fold(KIND, [MADE, *(edit("a1"[:1] + str(n), n, n - 1) for n in range(2, 60))])
    assert "deletion" not in state.to_json()


def test_a_deletion_that_did_not_see_every_edit_asks_for_the_log():
    state = fold(KIND, [MADE, edit("b1", 2, seen=1)])
    assert needs_log(KIND, state, delete("c1", 3, seen=1))
    assert not needs_log(KIND, state, delete("c1", 3, seen=2))
    assert not needs_log(KIND, state, delete("b2", 3, seen=1))


def test_an_edit_beside_a_standing_deletion_is_folded_into_the_state():
    log = [MADE, delete("b1", 2, seen=1), edit("c1", 3, seen=1), edit("d1", 4, seen=2)]
    state = fold(KIND, log[:2])
    for each in log[2:]:
        state = fold_in(KIND, state, each)
    assert state == fold(KIND, log)
