"""The laws over toy kinds that cover all rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import sync

from . import laws
from .histories import POOLS, TOY, play, steps

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
