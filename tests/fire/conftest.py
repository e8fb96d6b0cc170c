"""What a world stands on: a database, its copies, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.fire.backups import Backups
from tests.fire.steady import Clock, steady
from tests.fire.world import World


@pytest.fixture
def backups(database: str, tmp_path: Path) -> Backups:
    return Backups(database, tmp_path)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with steady() as clock:
        yield clock


@pytest.fixture
def world(app: Flask, clock: Clock, backups: Backups) -> World:
    return World.open(app, clock, backups)
