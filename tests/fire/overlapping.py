"""Writers at once, and a reader that follows them by its cursor: what property 8 is tried with. The
reader asks only while a write is under way, so each of its reads overlaps one."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

EVERY_S = 0.002
Write = Callable[[], Sequence[str]]
"""Writes some new records; their ids."""
Read = Callable[[], Sequence[str]]
"""The next page past the reader's cursor; the ids of its records."""


@dataclass
class Overlap:
    """What was written and what was read."""

    written: set[str] = field(default_factory=set)
    read: Counter[str] = field(default_factory=Counter)
    reads: int = 0

    def check(self) -> None:
        """Property 8: no row is lost to the cursor, and none comes twice."""
        lost = self.written - self.read.keys()
        assert not lost, f"{len(lost)} of {len(self.written)} rows were skipped"
        twice = [id_ for id_, times in self.read.items() if times > 1]
        assert not twice, f"{len(twice)} rows came twice"


def overlap(writers: Sequence[Write], read: Read, *, pushes: int, reads: int) -> Overlap:
    """Let all write at once, each at least so often, until the reader has read so often meanwhile;
    then let it read to the end."""
    found = Overlap()
    under_way = _UnderWay()
    has_read = threading.Event()

    def write(one: Write) -> None:
        done = 0
        while done < pushes or not has_read.is_set():
            with under_way.one():
                ids = one()
            under_way.written(found, ids)
            done += 1

    def follow() -> None:
        try:
            while found.reads < reads and under_way.wait():
                found.read.update(read())
                found.reads += 1
                has_read.wait(EVERY_S)
        finally:
            has_read.set()

    with ThreadPoolExecutor(len(writers) + 1) as pool:
        reading = pool.submit(follow)
        writing = [pool.submit(write, one) for one in writers]
        for each in (*writing, reading):
            each.result()
    while ids := read():
        found.read.update(ids)
    return found


class _UnderWay:
    """How many writes are, at this moment."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Any:
        with self._changed:
            self._count += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1

    def written(self, found: Overlap, ids: Sequence[str]) -> None:
        with self._changed:
            found.written.update(ids)

    def wait(self) -> bool:
        """Until a write is under way."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count > 0, timeout=60)
