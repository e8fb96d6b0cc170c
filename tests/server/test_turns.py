"""Turns to write, below the database: in order, between processes, and no longer waited for than
somebody has patience."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from server import create_app
from server.database import begin, db
from server.settings import Settings
from server.sync.stored import take_counter
from server.turns import IN_A_ROW, Turns
from tests.server.office import Office

HOLD = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
LONG = 60.0


@contextmanager
def another_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """One that holds the turn until its input ends, or it is killed."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def wait_until_waiting(turns: Turns, count: int) -> None:
    while turns.waiting < count:
        threading.Event().wait(0.001)


def test_writers_have_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    written: list[int] = []
    count = 2 * IN_A_ROW + 1

    def write(number: int) -> None:
        with turns.turn(LONG):
            written.append(number)

    with ThreadPoolExecutor(count) as pool:
        with turns.turn(LONG):
            writing = []
            for number in range(count):
                writing.append(pool.submit(write, number))
                wait_until_waiting(turns, number + 1)
        for each in writing:
            each.result()
    assert written == [*range(count)]


def test_a_turn_ends_with_what_failed_in_it(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    with pytest.raises(ZeroDivisionError), turns.turn(0):
        raise ZeroDivisionError
    with turns.turn(0), pytest.raises(OperationalError), turns.turn(0):
        pass
    with turns.turn(0):
        pass


def test_whoever_waited_in_vain_is_passed_over(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    had_it = threading.Event()

    def write() -> None:
        with turns.turn(LONG):
            had_it.set()

    with ThreadPoolExecutor(1) as pool:
        with turns.turn(LONG):
            with pytest.raises(OperationalError), turns.turn(0.01):
                pass
            writing = pool.submit(write)
            wait_until_waiting(turns, 1)
        writing.result()
    assert had_it.is_set()
    assert turns.waiting == 0


def test_processes_take_turns(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    with another_process(tmp_path) as other:
        with pytest.raises(OperationalError), turns.turn(0.01):
            pass
        other.communicate()
        with turns.turn(0):
            pass


def test_a_process_that_is_killed_lets_go_of_its_turn(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    with another_process(tmp_path) as other, ThreadPoolExecutor(1) as pool:

        def write() -> None:
            with turns.turn(LONG):
                pass

        writing = pool.submit(write)
        assert not writing.done()
        other.kill()
        writing.result()


def test_after_so_many_turns_in_a_row_another_process_has_its_chance(tmp_path: Path) -> None:
    """Writers who queue without end keep nobody else waiting: two processes, as two objects."""
    ours, theirs = Turns(tmp_path), Turns(tmp_path)
    are_done = threading.Event()

    def write() -> None:
        while not are_done.is_set():
            with ours.turn(LONG):
                if not are_done.is_set():
                    wait_until_waiting(ours, 1)

    with ThreadPoolExecutor(3) as pool:
        writing = [pool.submit(write) for _ in range(3)]
        with theirs.turn(LONG):
            are_done.set()
        for each in writing:
            each.result()


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A server of little patience, on SQLite."""
    monkeypatch.setattr("server.database.BUSY_SECONDS", 0.1)
    file = tmp_path / "doorstep.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    made = create_app(Settings(home=tmp_path, database_url=f"sqlite:///{file}"))
    with made.app_context():
        yield made
        db.engine.dispose()


def test_who_only_asks_is_answered_while_another_writes(office: Office) -> None:
    phone = office.phone(office.add("coordinator", "North"))
    patient = phone.new_patient()
    phone.sync_all()
    with begin(office.organisation, write=True) as connection:
        take_counter(connection, office.organisation)
        phone.cursor = None
        phone.sync_all()
        phone.new("medication", patient, name="Aspirin")
        busy = phone.send(phone.request())
    assert patient in phone.held
    assert (busy.status_code, busy.json["code"]) == (503, "busy")
    assert int(busy.headers["Retry-After"]) > 0
    phone.sync()


def test_another_process_that_holds_the_turn_is_answered_for_with_503(
    office: Office, tmp_path: Path
) -> None:
    phone = office.phone(office.add("coordinator", "North"))
    patient = phone.new_patient()
    body = phone.request()
    with another_process(tmp_path):
        busy = phone.send(body)
    assert (busy.status_code, busy.json["code"]) == (503, "busy")
    phone.sync()
    assert patient in phone.held
