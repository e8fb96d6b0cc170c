"""A backup is of one moment, is whole, and is there or not."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select

from server.backup import last, programs
from server.database import begin
from server.refold import refold
from server.tables import changes, organisation, records
from tests.conftest import SERVING
from tests.phone.phone import Phone
from tests.server.office import Office
from tests.server.operator import BACKING_UP, Operator, serving

WRITERS = 3
BACKUPS = 3

New = Callable[[], Operator]


def head(organisation_id: str) -> int:
    with begin(organisation_id) as connection:
        found: int = connection.scalars(select(organisation.c.head)).one()
    return found


def test_a_backup_taken_while_writers_write_is_of_one_moment(
    app: Flask, office: Office, operator: Operator, somewhere_new: New, tmp_path: Path
) -> None:
    phones = [office.phone(office.add("coordinator", "North")) for _ in range(WRITERS)]
    stopped, begun = threading.Event(), threading.Barrier(WRITERS + 1)
    writers = [threading.Thread(target=write, args=(app, each, stopped, begun)) for each in phones]
    for writer in writers:
        writer.start()
    begun.wait()
    taken = []
    try:
        for number in range(BACKUPS):
            before = head(office.organisation)
            operator.backup(tmp_path / f"{number}.backup")
            taken.append((before, head(office.organisation)))
    finally:
        stopped.set()
        for writer in writers:
            writer.join()
    assert any(before < after for before, after in taken), "nobody wrote meanwhile"
    for number, (before, after) in enumerate(taken):
        new = somewhere_new()
        new.restore(tmp_path / f"{number}.backup")
        with serving(new):
            copied = require_one_moment(office.organisation)
        assert before <= copied <= after


def write(app: Flask, phone: Phone, stopped: threading.Event, begun: threading.Barrier) -> None:
    with app.app_context():
        patient = phone.new_patient()
        phone.sync_all()
        begun.wait()
        while not stopped.is_set():
            medication = phone.new("medication", patient, name="Aspirin")
            phone.change(medication, "medication", patient, set={"dose": "5 mg"})
            phone.change(patient, "patient", patient, set={"gender": "female"})
            phone.sync_all()


def require_one_moment(id_: str) -> int:
    """Counter, changes and records agree: every change is folded, and nothing else; the number up
    to which they go."""
    with begin(id_) as connection:
        newest = connection.scalars(select(func.max(changes.c.seq))).one()
        restored_at = connection.scalars(select(organisation.c.head)).one()
        logs = connection.execute(
            select(changes.c.record, func.max(changes.c.seq)).group_by(changes.c.record)
        )
        versions = connection.execute(select(records.c.id, records.c.version))
        assert dict(map(tuple, logs)) == dict(map(tuple, versions))
    looked = list(refold(id_, dry_run=True))
    assert sum(sum(each.seen.values()) for each in looked) > WRITERS
    assert not any(each.moved or each.renewed or each.told for each in looked)
    assert newest < restored_at
    return int(newest)


def test_every_organisation_is_in_it(
    app: Flask, operator: Operator, somewhere_new: New, tmp_path: Path
) -> None:
    for name in ("North Shore", "South Bank"):
        office = Office.open(app, name)
        phone = office.phone(office.add("coordinator", "North"))
        phone.new_patient()
        phone.sync_all()
    printed = operator.backup(tmp_path / "a.backup")
    assert [line.partition(":")[0] for line in printed.splitlines()[:2]] == [
        "North Shore",
        "South Bank",
    ]
    assert printed.splitlines()[-1].startswith(f"Wrote {tmp_path / 'a.backup'}: ")
    new = somewhere_new()
    new.restore(tmp_path / "a.backup")
    counted = '[{"email"'
    for name in ("North Shore", "South Bank"):
        listed = new.run("member", "list", "--json", "--organisation", name)
        assert listed.stdout.startswith(counted[:2]), listed.output


def test_what_is_there_stays_unless_it_is_to_be_replaced(
    operator: Operator, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    path.write_text("kept")
    assert operator.fails("backup", path, role=BACKING_UP) == (
        f"{path} is there already; --force replaces it."
    )
    assert path.read_text() == "kept"
    (tmp_path / "a.backup.part").write_text("left by one that was killed")
    operator.backup(path, "--force")
    assert path.read_bytes()[:5] in (b"SQLit", b"PGDMP")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("*.part*")) == []


def test_a_file_that_cannot_be_is_said_in_a_sentence(operator: Operator, tmp_path: Path) -> None:
    path = tmp_path / "not there" / "a.backup"
    assert operator.fails("backup", path, role=BACKING_UP) == (
        f"There is no folder {tmp_path / 'not there'}."
    )
    assert operator.fails("backup", tmp_path, role=BACKING_UP) == (
        f"{tmp_path} is a folder; name the file in it."
    )


def test_the_database_is_no_place_for_its_backup(operator: Operator, tmp_path: Path) -> None:
    if not operator.url.startswith("sqlite"):
        return
    path = tmp_path / "doorstep.sqlite3"
    for command in (("backup", path, "--force"), ("restore", path)):
        assert operator.fails(*command) == f"{path} is the database itself."


def test_two_backups_do_not_write_one_file(operator: Operator, tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    with open(tmp_path / "a.backup.part", "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        said = operator.fails("backup", path, role=BACKING_UP)
    assert said == f"{path}.part is being written by another."
    operator.backup(path)


def test_the_last_one_is_remembered(operator: Operator, tmp_path: Path) -> None:
    assert last.remembered(tmp_path) is None
    operator.backup(tmp_path / "a.backup")
    noted = last.remembered(tmp_path)
    assert noted is not None
    assert (noted.path, noted.bytes) == (
        str(tmp_path / "a.backup"),
        (tmp_path / "a.backup").stat().st_size,
    )
    (tmp_path / last.FILE).write_bytes(orjson.dumps({"at": 1}))
    with pytest.raises(ValueError, match="is not as it was written"):
        last.remembered(tmp_path)


def test_a_role_that_does_not_see_every_row_takes_no_backup(
    operator: Operator, tmp_path: Path
) -> None:
    if operator.url.startswith("sqlite"):
        return
    said = operator.fails("backup", tmp_path / "a.backup", role=SERVING)
    assert said.startswith(f"The role {SERVING} is bound by row-level security")
    assert list(tmp_path.glob("a.backup*")) == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'pg_dump (PostgreSQL) 9.6.24'", "pg_dump is of PostgreSQL 9 and the server of 15"),
        ("echo 'pg_dump (PostgreSQL) 14.1 (Debian 14.1-1)'", "pg_dump is of PostgreSQL 14 and"),
        (None, "pg_dump is not on the path; install postgresql-client-15."),
    ],
)
def test_a_pg_dump_older_than_the_server_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, said: str
) -> None:
    monkeypatch.setattr(programs, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    if script is not None:
        (tmp_path / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "pg_dump").chmod(0o755)
    with pytest.raises(programs.Failed) as failed:
        programs.find("pg_dump", 15)
    assert said in str(failed.value)
