"""Whose turn it is to write to the embedded database, which lets one write at a time and has no
queue for those who wait. Called by database.py only.

    writers of this process    first come, first served: each hands on to the next
    processes of this machine  a lock on the folder, which the kernel lets go of with its process;
                               after IN_A_ROW turns of one process another has its chance

Turns are for order alone: the database's own lock holds whoever asks for none.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

IN_A_ROW = 8
LOOK_SECONDS = 0.001
"""How often the one who is next in a process looks whether another process has ended."""


class Turns:
    """The turns of one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False
        self._held: int | None = None
        """The folder, opened and locked, while the turn is with this process."""
        self._in_a_row = 0

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Wait for so many seconds, and then have the turn. Raises OperationalError, as
        where the database's own lock is not to be had."""
        gives_up_at = time.monotonic() + patience
        self._await_own(gives_up_at)
        try:
            if self._held is None:
                self._await_others(gives_up_at)
            yield
        finally:
            self._hand_on()

    @property
    def waiting(self) -> int:
        """How many wait for another of this process."""
        return len(self._waiting)

    def _await_own(self, gives_up_at: float) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            come = threading.Lock()
            come.acquire()
            self._waiting.append(come)
        if come.acquire(timeout=max(0.0, gives_up_at - time.monotonic())):
            return
        with self._mutex:
            if come in self._waiting:  # else it came at the last moment
                self._waiting.remove(come)
                raise _late()

    def _await_others(self, gives_up_at: float) -> None:
        if self._in_a_row >= IN_A_ROW:
            time.sleep(2 * LOOK_SECONDS)  # whoever looks meanwhile finds it free
        self._in_a_row = 0
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            while not _is_locked(folder):
                if time.monotonic() > gives_up_at:
                    raise _late()
                time.sleep(LOOK_SECONDS)
        except BaseException:
            os.close(folder)
            raise
        self._held = folder

    def _hand_on(self) -> None:
        with self._mutex:
            self._in_a_row += 1
            if self._held is not None and (self._in_a_row >= IN_A_ROW or not self._waiting):
                os.close(self._held)
                self._held = None
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


def _late() -> OperationalError:
    return OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("no turn"))


def _is_locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
