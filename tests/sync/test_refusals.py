from __future__ import annotations

from sync import Field, fold, locked_field, once_violation, set_aside

from .changes import change, kind_of, toy

ONCE = toy("once")
VISIT = kind_of(
    Field("note", "three_way"),
    Field("steps", "add_wins"),
    Field("reason", "last_writer"),
    Field("signature", "append", locks=("note", "steps")),
)
SIGNED = [
    change("a1", 1, set={"note": "Eats."}),
    change("a2", 2, seen=1, add={"signature": [{"text": "Eats.", "by": "a"}]}),
]


def test_another_identity_is_a_violation_and_the_same_one_is_none():
    state = fold(ONCE, [change("a1", 1, set={"f": {"x": 1}})])
    assert once_violation(ONCE, state, change("b1", 2, seen=1, set={"f": {"x": 2}})) == "f"
    assert once_violation(ONCE, state, change("b1", 2, seen=1, set={"f": {"x": 1.0}})) is None
    assert once_violation(ONCE, state, change("b1", 2, seen=1, set={"g": 1})) is None


def test_what_was_left_out_at_creation_stays_null():
    state = fold(ONCE, [change("a1", 1, set={"g": 1})])
    assert once_violation(ONCE, state, change("b1", 2, seen=1, set={"f": "x"})) == "f"
    assert once_violation(ONCE, state, change("b1", 2, seen=1, set={"f": None})) is None


def test_the_creating_change_sets_an_identity():
    assert once_violation(ONCE, None, change("a1", 1, set={"f": "x"})) is None


def test_a_change_that_saw_the_signature_may_not_write_what_it_locks():
    state = fold(VISIT, SIGNED)
    edits = [{"set": {"note": "x"}}, {"add": {"steps": ["x"]}}, {"remove": {"steps": ["x"]}}]
    for edit in edits:
        [[name]] = edit.values()
        assert locked_field(VISIT, state, change("b1", 3, seen=2, **edit)) == name
    assert locked_field(VISIT, state, change("a3", 3, seen=0, set={"note": "x"})) == "note"


def test_other_fields_and_further_signatures_are_not_locked():
    state = fold(VISIT, SIGNED)
    assert locked_field(VISIT, state, change("b1", 3, seen=2, set={"reason": "x"})) is None
    assert locked_field(VISIT, state, change("b1", 3, seen=2, add={"signature": ["b"]})) is None
    assert locked_field(VISIT, None, SIGNED[0]) is None


def test_what_was_seen_decides_and_never_the_order_of_arrival():
    state = fold(VISIT, SIGNED)
    assert locked_field(VISIT, state, change("b1", 3, seen=1, set={"note": "x"})) is None


def test_the_author_of_what_no_signature_covers_is_told_whichever_came_first():
    blind = {"set": {"note": "Eats well."}, "add": {"steps": ["ride"]}}
    after = [*SIGNED, change("b1", 3, seen=1, **blind)]
    before = [
        SIGNED[0],
        change("b1", 2, seen=1, **blind),
        change("a2", 3, seen=1, add={"signature": ["by a"]}),
    ]
    for log in (after, before):
        told = {
            (each.device, each.field, each.value, each.why)
            for each in set_aside(VISIT, fold(VISIT, log))
        }
        assert told == {
            ("b", "note", "Eats well.", "uncovered"),
            ("b", "steps", "ride", "uncovered"),
        }


def test_what_a_signature_saw_or_came_with_is_covered():
    assert set_aside(VISIT, fold(VISIT, SIGNED)) == ()
    together = change("a1", 1, set={"note": "Eats."}, add={"signature": ["by a"]})
    assert set_aside(VISIT, fold(VISIT, [together])) == ()


def test_a_second_signature_that_saw_it_covers_what_the_first_did_not():
    blind = change("b1", 3, seen=1, set={"note": "Eats well."})
    again = change("a3", 4, seen=3, add={"signature": ["again"]})
    assert set_aside(VISIT, fold(VISIT, [*SIGNED, blind, again])) == ()
