"""The state machine on both databases, with a budget; `make soak` runs it for as long as asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fire.backups import Backups
from tests.fire.machine import Machine
from tests.fire.steady import Clock
from tests.fire.world import World

BUDGET = settings(
    max_examples=20,
    stateful_step_count=50,
    phases=[Phase.generate],  # a failure is printed as it was drawn; `make soak` shrinks
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def furnisher(app: Flask, clock: Clock, backups: Backups) -> Callable[[], World]:
    """Makes the same world again and again, each time at a quarter of the cost."""
    first = World.open(app, clock, backups)
    then, copy = clock.now_ms, backups.take()

    def furnish() -> World:
        clock.now_ms = then
        backups.put_back(copy)
        return first.copied()

    return furnish


def machine_on(app: Flask, clock: Clock, backups: Backups) -> type[Machine]:
    made = furnisher(app, clock, backups)
    return type("Machine", (Machine,), {"furnish": staticmethod(made), "happened": Counter()})


REACHED = (
    *("edited", "sync done", "contested", "overruled", "set aside", "told", "deletion contested"),
    *("refused not_yours", "refused device_revoked", "page interrupted", "answer lost", "doubled"),
    *("split", "power cut", "handed over", "assignment ended", "opened", "revoked", "reviewed"),
    *("left", "sync wiped", "restored", "lost by a restore", "restore ended"),
)
"""What must have come about for the machine to have tried anything."""


def test_whatever_happens_nothing_is_lost_and_all_agree(
    app: Flask, clock: Clock, backups: Backups
) -> None:
    machine = machine_on(app, clock, backups)
    is_quick = backups.is_sqlite
    budget = BUDGET if is_quick else settings(BUDGET, max_examples=8)
    run_state_machine_as_test(machine, settings=budget)
    missed = [what for what in REACHED if is_quick and not machine.happened[what]]
    assert not missed, machine.happened
