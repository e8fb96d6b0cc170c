"""A world in which nothing is left to chance: the server's time stands until it is moved, and ids
come from a seed, so that a history played again is the same to the last byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MORNING_MS = 1_772_445_600_000
"""Monday, 2 March 2026, 10:00 UTC."""


@dataclass
class Clock:
    """The server's time; in place of the module `time` where that is asked for it."""

    now_ms: int = MORNING_MS

    def time_ns(self) -> int:
        return self.now_ms * 1_000_000

    def pass_(self, milliseconds: int) -> None:
        self.now_ms += milliseconds


class _Seeded:
    """In place of the module `secrets`, for ids alone."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def randbits(self, count: int) -> int:
        return self._source.getrandbits(count)


@contextmanager
def steady(seed: int = 0) -> Iterator[Clock]:
    """Everything inside happens by the clock that it is given. Sessions, secrets and the order of
    threads are as ever: no history depends on them."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.who.time", clock)
        patch.setattr("uuid6.time", clock)
        patch.setattr("uuid6.secrets", _Seeded(seed))
        patch.setattr("uuid6._last_v7_timestamp", None)
        yield clock
