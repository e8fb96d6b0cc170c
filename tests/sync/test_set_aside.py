"""Elements, deletions, prose and signatures: see test_elements, test_deletion, test_three_way and
test_refusals."""

from __future__ import annotations

import pytest

from sync import Field, SetAside, fold, set_aside

from .changes import change, kind_of, toy


def told(kind, *values, seen=1):
    log = [change("a1", 1, set={"f": values[0]})]
    log += [
        change(f"{device}1", seq, seen=seen, set={"f": value})
        for seq, (device, value) in enumerate(zip("bcd", values[1:], strict=False), start=2)
    ]
    return set_aside(kind, fold(kind, log))


def test_an_overruled_write_is_set_aside():
    [one] = told(toy("last_writer"), "x", "y", "z")
    assert one == SetAside("b", 1, "B", "f", "y", "overruled")


def test_a_contested_write_that_does_not_stand_is_set_aside():
    [one] = told(toy("multi_value"), "x", "y", "z")
    assert (one.device, one.why) == ("b", "contested")


@pytest.mark.parametrize("rule", ["last_writer", "multi_value", "latest"])
def test_a_write_of_the_standing_value_is_not(rule):
    assert told(toy(rule), 1, 5, 5.0) == ()


def test_what_someone_replaced_who_saw_it_is_not():
    assert told(toy("last_writer"), "x", "y") == ()


def test_one_write_is_told_once_though_two_clauses_hold():
    kind = kind_of(Field("f", "last_writer"), Field("signed", "append", locks=("f",)))
    log = [
        change("a1", 1, set={"f": "x"}),
        change("b1", 2, seen=1, set={"f": "y"}),
        change("c1", 3, seen=1, set={"f": "z"}),
        change("a2", 4, seen=1, add={"signed": ["s"]}),
    ]
    found = {(each.device, each.why) for each in set_aside(kind, fold(kind, log))}
    assert found == {("b", "overruled"), ("c", "uncovered")}
