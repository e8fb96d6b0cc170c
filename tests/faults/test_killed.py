"""kill -9 of the server at every statement of a push, before and after its COMMIT, while phones are
at work; and the whole server with it. How the blows are aimed is in striking.py; each test asserts
that they fell inside the transaction."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.e2e.deployment import Deployment
from tests.faults.shift import Shift, all_at_once, persist
from tests.phone.phone import Phone
from tests.phone.rounds import exchange
from tests.server.office import Office

STATEMENTS = 11
"""A push that writes one change has at least so many, on either database."""
POINTS = (*map(str, range(1, STATEMENTS + 1)), "commit", "committed")
MOST_WAVES = 20


class Strikes:
    """The blows that are still to fall, and those that fell."""

    def __init__(self, folder: Path) -> None:
        self.blows = folder / "blows"
        self.blows.mkdir()

    def aim(self, *blows: str) -> None:
        for blow in blows:
            (self.blows / blow).touch()

    def are_taken(self) -> bool:
        return not any(self.blows.iterdir())

    @property
    def fell(self) -> list[dict[str, Any]]:
        noted = self.blows.parent / "fell"
        if not noted.exists():
            return []
        return [json.loads(line) for line in noted.read_text().splitlines()]


@pytest.fixture
def strikes(tmp_path: Path) -> Strikes:
    return Strikes(tmp_path)


@pytest.fixture
def deployment(database: str, tmp_path: Path, strikes: Strikes) -> Iterator[Deployment]:
    made = Deployment(
        tmp_path,
        database,
        settings={"STRIKES": str(strikes.blows)},
        config="tests/faults/striking.py",
    )
    made.start()
    yield made
    made.kill()


@pytest.fixture
def shift(app: Flask, deployment: Deployment) -> Shift:
    return Shift.begin(Office.open(app, origin=deployment.origin), people=4)


def test_a_worker_killed_at_any_point_of_a_push_loses_nothing(
    shift: Shift, strikes: Strikes
) -> None:
    def work(number: int, phone: Phone) -> None:
        by = random.Random(number)
        while not strikes.are_taken():
            shift.edit(phone, by, edits=2)
            persist(phone)

    every = {f"worker-{point}" for point in POINTS}
    for _ in range(MOST_WAVES):  # a blow takes with it those that others in its process had taken
        strikes.aim(*every - {each["blow"] for each in strikes.fell})
        all_at_once(shift, work)
    shift.check()

    fell = {each["blow"]: each["after"] for each in strikes.fell}
    assert fell.keys() == every
    in_the_middle = [each for each in fell.values() if has_written(each) and "COMMIT" not in each]
    assert len(in_the_middle) >= 2, "blows between the first row that was written and COMMIT"


def has_written(statements: list[str]) -> bool:
    return any(each.startswith("INSERT INTO changes") for each in statements)


def test_a_server_killed_in_the_middle_of_a_push_goes_on_where_it_was(
    shift: Shift, strikes: Strikes, deployment: Deployment
) -> None:
    in_the_middle, at_its_end = "group-INSERT INTO records", "group-committed"
    for number, blow in enumerate((in_the_middle, at_its_end)):
        by = random.Random(number)
        strikes.aim(blow)
        for phone in shift.working:
            shift.edit(phone, by, edits=3)
        assert deployment.process is not None
        all_at_once(shift, lambda _, phone: exchange(phone))
        assert deployment.process.wait(60) < 0
        deployment.start()
        shift.check()
    assert [each["blow"] for each in strikes.fell] == [in_the_middle, at_its_end]
    assert has_written(strikes.fell[0]["after"])
    assert "COMMIT" not in strikes.fell[0]["after"]
