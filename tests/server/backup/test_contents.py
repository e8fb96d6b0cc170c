"""What cannot be restored is said in a sentence, and changes nothing."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from server.database import begin
from tests.conftest import OWNER
from tests.server.office import Office, Phone
from tests.server.operator import BACKING_UP, Operator, everything, serving


@pytest.fixture
def backup(operator: Operator, phone: Phone, tmp_path: Path) -> Path:
    """Of an organisation with one chart."""
    patient = phone.new_patient()
    for number in range(40):
        phone.new("medication", patient, name=f"Aspirin {number}")
    phone.sync_all()
    path = tmp_path / "a.backup"
    operator.backup(path)
    return path


def requires(operator: Operator, office: Office, path: Path, said: str) -> None:
    before = everything(office.organisation)
    told = operator.fails("restore", path, "--yes")
    assert said in told
    assert told.count("\n") == 0
    assert everything(office.organisation) == before
    assert list(path.parent.glob("replaced*")) == []


def test_a_file_that_is_cut_off_or_torn_is_not_restored(
    operator: Operator, office: Office, backup: Path
) -> None:
    whole = backup.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    torn = whole[:middle] + b"\x5a" * 4096 + whole[middle + 4096 :]
    for broken in (*(whole[: int(len(whole) * kept)] for kept in (0.999, 0.6, 0.01)), torn):
        backup.write_bytes(broken)
        requires(operator, office, backup, f"{backup} is cut off or damaged")


def test_a_file_of_something_else_is_not_restored(
    operator: Operator, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    requires(operator, office, path, f"{path} cannot be read: no such file or directory.")
    for content in (b"", b"hello", b"\x1f\x8b\x08" + bytes(99)):
        path.write_bytes(content)
        requires(operator, office, path, f"{path} is no backup of Doorstep; unpack it first if")


def test_a_backup_of_the_other_database_is_not_restored(
    operator: Operator, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    if operator.url.startswith("sqlite"):
        path.write_bytes(b"PGDMP" + bytes(200))
        said = "is a backup of a PostgreSQL database, and this is a SQLite database."
    else:
        with closing(sqlite3.connect(path)) as made:
            made.execute("CREATE TABLE organisation (id)")
        said = "is a backup of a SQLite database, and this is a PostgreSQL database."
    requires(operator, office, path, f"{path} {said}")


def test_a_database_of_another_program_is_not_restored(
    operator: Operator, office: Office, tmp_path: Path, somewhere_new: Callable[[], Operator]
) -> None:
    path = tmp_path / "a.backup"
    if operator.url.startswith("sqlite"):
        with closing(sqlite3.connect(path)) as made:
            made.execute("CREATE TABLE song (title)")
    else:
        address = somewhere_new().as_role(OWNER).replace("+psycopg", "")
        subprocess.run(["pg_dump", "-Fc", f"--file={path}", address], check=True)
    sort = "SQLite" if operator.url.startswith("sqlite") else "PostgreSQL"
    requires(operator, office, path, f"{path} is a {sort} database, but no backup of Doorstep.")


def test_a_backup_of_a_newer_doorstep_is_not_restored(
    operator: Operator, office: Office, backup: Path
) -> None:
    stamp(operator, "9999")
    operator.backup(backup, "--force")
    stamp(operator, "0005")
    requires(operator, office, backup, f"{backup} was made by a newer Doorstep; restore it with")


def stamp(operator: Operator, revision: str) -> None:
    with serving(operator, OWNER), begin(None, write=True) as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))


def test_an_empty_database_is_not_backed_up(
    somewhere_new: Callable[[], Operator], tmp_path: Path
) -> None:
    said = somewhere_new().fails("backup", tmp_path / "a.backup", role=BACKING_UP)
    assert said == "The database is empty: there is nothing to back up."
    assert list(tmp_path.glob("a.backup*")) == []
