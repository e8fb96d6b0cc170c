from __future__ import annotations

from sync.causality import live, possible, saw, tie, unseen

from .changes import change


def test_a_change_saw_what_has_a_number_up_to_its_seen():
    assert saw(change("a1", 5, seen=3), change("b1", 3))
    assert not saw(change("a1", 5, seen=3), change("b1", 4))


def test_a_change_saw_the_earlier_ones_of_its_own_device_whatever_its_seen():
    assert saw(change("a2", 5, seen=0), change("a1", 4))
    assert not saw(change("a1", 5, seen=0), change("a2", 4))


def test_concurrent_changes_saw_neither_the_other():
    one, other = change("a1", 2, seen=1), change("b1", 3, seen=1)
    assert not saw(one, other)
    assert not saw(other, one)


def test_the_tie_order_is_time_then_device_then_n():
    late, b, a2, a1 = (
        change("a1", 1, at=9),
        change("b1", 2, at=5),
        change("a2", 3, at=5),
        change("a1", 4, at=5),
    )
    assert sorted([late, b, a2, a1], key=tie) == [a1, a2, b, late]


def test_live_are_those_that_no_other_saw_in_tie_order():
    first = change("a1", 1, at=50)
    one, other = change("a2", 2, seen=1, at=80), change("b1", 3, seen=1, at=70)
    assert live([first, one, other]) == (other, one)


def test_a_dead_write_still_hides_what_it_saw():
    """Saw is not transitive: a's second change had not seen b's, though b's had seen c's."""
    c, b = change("c1", 1), change("b1", 2, seen=1)
    blind = change("b2", 3, seen=0)
    assert live([c, b, blind]) == (blind,)


def test_a_lower_n_that_arrives_late_is_hidden_by_the_higher():
    assert live([change("a2", 1), change("a1", 2)]) == (change("a2", 1),)


def test_unseen_by_nobody_is_everything():
    one = change("a1", 1)
    assert unseen([one], []) == [one]


def test_a_change_cannot_have_seen_itself():
    [held] = possible([change("a1", 4, seen=9)])
    assert held.seen == 3


def test_a_change_cannot_have_seen_what_its_device_did_later():
    """Else each of two writes could outlive the other, and a field would be left without any."""
    later, earlier = change("a2", 2, seen=1), change("a1", 5, seen=4)
    first, second = possible([earlier, later])
    assert (first, second.seen) == (later, 1)
    assert live([first, second]) == (later,)


def test_circles_through_another_device_are_broken_too():
    circle = [change("a2", 1), change("b1", 2, seen=1), change("a1", 3, seen=2)]
    assert live(possible(circle)) == (change("b1", 2, seen=1),)


def test_a_dot_counts_once():
    assert possible([change("a1", 1), change("a1", 1)]) == [change("a1", 1)]
