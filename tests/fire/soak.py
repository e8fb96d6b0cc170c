"""The state machine for as long as asked: ``make soak SOAK=minutes``. Each round has a seed of its
own, which is printed; what fails is printed as the shortest program that fails."""

from __future__ import annotations

import os
import random
import time

from flask import Flask
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fire.backups import Backups
from tests.fire.steady import Clock
from tests.fire.test_machine import BUDGET, machine_on

ROUND = settings(
    BUDGET,
    max_examples=40,
    stateful_step_count=80,
    derandomize=False,
    phases=[Phase.generate, Phase.shrink],
)


def test_soak(app: Flask, clock: Clock, backups: Backups) -> None:
    """Half of the time on each database, or all of it where pytest is given one."""
    minutes = float(os.environ.get("SOAK", "10"))
    seeds = [int(os.environ["SEED"])] if "SEED" in os.environ else []
    machine = machine_on(app, clock, backups)
    until = time.monotonic() + minutes * 60 / 2
    while not machine.happened or time.monotonic() < until:
        number = seeds.pop() if seeds else random.randrange(2**32)
        print(f"SEED={number}", flush=True)
        seed(number)(machine)
        run_state_machine_as_test(machine, settings=ROUND)
    print(machine.happened.most_common())
