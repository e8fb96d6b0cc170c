"""The measurements at their smallest, so that they do not rot. No figure is judged here: each says
itself that it measured what it was to."""

from __future__ import annotations

import pytest

from tests.bench import load, server
from tests.bench.stage import staged

BY_DATABASE = pytest.mark.parametrize(
    "name",
    ["SQLite", pytest.param("PostgreSQL", marks=(pytest.mark.postgres, pytest.mark.slow))],
)


@BY_DATABASE
def test_the_measurements_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with staged(name) as stage:
        server.measure(
            stage,
            server.Scale(
                changes=20,
                batch=10,
                charts=2,
                pulls=1,
                delta=2,
                rounds=1,
                sizes=(100, 200),
                behind=(0, 10),
                first_sync=2,
                chart=2,
            ),
        )
        load.measure(
            stage,
            load.Scale(
                phones=3,
                own=2,
                shared=1,
                chart=2,
                quicker=1_000,
                day=0.5,
                minute=0.2,
                outage=5,
                at_once=2,
                asking=1,
                bursts=1,
            ),
        )
    printed = capsys.readouterr().out
    for scene in ("first morning", "a day", "eight o'clock", "after an outage", "fifty at once"):
        line = next(each for each in printed.splitlines() if scene in each)
        assert "0 errors" in line
    for figure in ("push of 20", "pull of", "200 records", "10 changes behind", "memory"):
        assert figure in printed
