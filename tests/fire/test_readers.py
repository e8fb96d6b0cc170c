"""A reader misses nothing (property 8): eight writers at once and a cursor reader every 2 ms, in
one process and against gunicorn's several; and the same over a plain sequence, which does miss."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, case, text, update

from server.sync import endpoint, push, stored
from server.sync.stored import Counter
from server.tables import organisation
from tests.e2e.deployment import Deployment
from tests.fire.overlapping import Overlap, Read, Write, overlap
from tests.phone.phone import Phone
from tests.server.office import Office

WRITERS = 8
PUSHES = 3
READS = 30
RECORDS = 2


@pytest.fixture
def deployment(database: str, tmp_path: Path) -> Iterator[Deployment]:
    """Gunicorn as it is deployed, with several workers."""
    made = Deployment(tmp_path, database, settings={"WEB_CONCURRENCY": "3"})
    made.start()
    yield made
    made.kill()


def test_no_row_is_skipped_by_a_cursor_and_none_comes_twice(app: Flask) -> None:
    found = watch(Office.open(app))
    found.check()
    assert found.reads >= READS


def test_nor_where_several_processes_write(app: Flask, deployment: Deployment) -> None:
    found = watch(Office.open(app, origin=deployment.origin))
    found.check()
    assert found.reads >= READS


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_over_a_plain_sequence_rows_are_skipped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Positions from a sequence are given before they commit, in another order than they commit.
    (SQLite lets one writer in at a time, which makes any numbers come in order.)"""
    office = Office.open(app)
    number_by_sequence(monkeypatch)
    found = watch(office)
    assert found.reads >= READS
    with pytest.raises(AssertionError, match="rows were skipped"):
        found.check()


def watch(office: Office) -> Overlap:
    """Eight phones of one member write into one chart, and a ninth follows."""
    who = office.add("coordinator", "North")
    reader, *phones = (office.phone(who) for _ in range(WRITERS + 1))
    patient = reader.new_patient()
    reader.sync_all()
    with_context = office.app.app_context
    writers: list[Write] = [_writer(phone, patient, with_context) for phone in phones]
    return overlap(writers, _reader(reader, with_context), pushes=PUSHES, reads=READS)


def _writer(phone: Phone, patient: str, context: Any) -> Write:
    def write() -> Sequence[str]:
        ids = [phone.new("medication", patient, name=f"No. {i}") for i in range(RECORDS)]
        with context():
            answer = phone.send(phone.request(limit=1))
        assert answer.status_code == 200, answer.text
        assert len(answer.json["accepted"]) == RECORDS
        phone.settle(answer.json)
        return ids

    return write


def _reader(phone: Phone, context: Any) -> Read:
    def read() -> Sequence[str]:
        """All there is, so that the cursor always stands at the head, where writers are."""
        with context():
            answer = phone.sync()
        return [record["id"] for record in answer["records"] if record["kind"] == "medication"]

    return read


def number_by_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand positions out at insert by a sequence, in place of the counter's row: each push has the
    next hundred, whoever else is under way, and the head is the greatest that has committed."""
    sequence, lock = itertools.count(1_000, 100), threading.Lock()
    read = stored.read_counter

    def take(connection: Connection, organisation_id: str) -> Counter:
        here = read(connection, organisation_id)
        with lock:
            head = next(sequence)
        return Counter(head, here.epoch, here.device, here.is_restoring)

    def advance(connection: Connection, organisation_id: str, head: int) -> None:
        connection.execute(text("SELECT pg_sleep(random() / 100)"))  # a disk has its moods
        greatest = case((organisation.c.head < head, head), else_=organisation.c.head)
        own = organisation.c.id == organisation_id
        connection.execute(update(organisation).where(own).values(head=greatest))

    monkeypatch.setattr(endpoint, "take_counter", take)
    for module in (endpoint, push):
        monkeypatch.setattr(module, "advance_counter", advance)
