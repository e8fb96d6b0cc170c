"""The laws over toy kinds that cover all rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sync

from . import laws
from .histories import POOLS, START, TOY, and_since, play, restored, steps

LISTS = ("list_of_a_newer_version",)


@pytest.mark.parametrize("law", laws.ALL, ids=lambda law: law.__name__)
def test_law_over_all_rules(law):
    @settings(max_examples=40)
    @given(steps())
    def holds(script):
        law(sync, TOY, play(TOY, POOLS, script, LISTS))

    holds()


@pytest.mark.parametrize("name", sorted(POOLS))
def test_laws_over_one_field(name):
    pools = {name: POOLS[name], "owner": POOLS["owner"]}

    @settings(max_examples=16)
    @given(steps(pools=pools, devices=3, most=16))
    def hold(script):
        log = play(TOY, pools, script, LISTS)
        for law in laws.ALL:
            law(sync, TOY, log)

    hold()


ORDERS = st.lists(st.integers(0, 3), max_size=12)
MADE_SINCE = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(0, 40)))


@settings(max_examples=120)
@given(steps(), st.integers(1, 30), ORDERS, st.integers(1, 30), ORDERS)
def test_what_all_phones_bring_back_after_restores_is_what_was(script, kept, order, again, anew):
    log = play(TOY, POOLS, script, LISTS)
    once = restored(log, kept, order)
    twice = restored(once, again, anew, start=2 * START)
    laws.a_restore_changes_nothing(sync, TOY, log, once)
    laws.a_restore_changes_nothing(sync, TOY, log, twice)


@pytest.mark.parametrize("law", laws.ALL, ids=lambda law: law.__name__)
def test_law_after_a_restore(law):
    @settings(max_examples=25)
    @given(steps(), st.integers(1, 30), ORDERS, MADE_SINCE)
    def holds(script, kept, order, since):
        log = play(TOY, POOLS, script, LISTS)
        law(sync, TOY, and_since(restored(log, kept, order), log, since))

    holds()
