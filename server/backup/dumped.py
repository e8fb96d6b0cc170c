"""Backups of a PostgreSQL database: what `pg_dump --format=custom` writes, read by pg_restore.

Its structure is for people who read it with PostgreSQL's own tools. A restore takes the rows alone,
into tables that our migrations make: nothing in a file says what is run.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from psycopg import Connection as Driver
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, text

from server.backup import programs
from server.backup.failed import Failed
from server.database import is_bound

MAGIC = b"PGDMP"
END_OF_ROWS = b"\\.\n"

_copy = re.compile(rb"COPY (\S+) \((.+)\) FROM stdin;\n").fullmatch
_created = re.compile(r"Archive created at (\S+ \S+)").search
_escaped = re.compile(r"\\(.)")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Rows(NamedTuple):
    """The rows of one table, as COPY writes them; read before the next table is asked for."""

    table: str
    columns: Sequence[str]
    lines: Iterator[bytes]


def dump(connection: Connection, file: IO[bytes]) -> None:
    """Write what the transaction sees, which must be one of begin(None), into a file. Raises Failed
    for a role from which row-level security hides rows."""
    driver = driver_of(connection)
    if is_bound(connection):
        raise Failed(
            f"The role {driver.info.user} is bound by row-level security and does not see every"
            " row; take backups as one that may bypass it (server/README.md, Backup and restore)."
        )
    program = programs.find("pg_dump", driver.info.server_version // 10_000)
    schema = connection.scalars(text("SELECT current_schema()")).one()
    snapshot = connection.scalars(text("SELECT pg_export_snapshot()")).one()
    command = [program, "--format=custom", "--encoding=UTF8", "--no-password"]
    address, secret = _address(connection)
    command += [f"--schema={schema}", f"--snapshot={snapshot}", f"--dbname={address}"]
    with programs.running(command, file, secret):
        pass


def _address(connection: Connection) -> tuple[str, Mapping[str, str]]:
    """How PostgreSQL's programs reach the database. The password goes by the environment: who else
    is on this host reads every command line."""
    _, said = connection.dialect.create_connect_args(connection.engine.url)
    known = {name: value for name, value in said.items() if isinstance(value, str | int)}
    password = known.pop("password", None)
    return make_conninfo("", **known), {} if password is None else {"PGPASSWORD": str(password)}


def driver_of(connection: Connection) -> Driver:
    found = connection.connection.driver_connection
    assert isinstance(found, Driver)
    return found


def require_whole(path: Path) -> None:
    """Raise Failed for a file that is cut off or damaged: every row is unpacked."""
    command = [programs.find("pg_restore"), "--file=/dev/null", str(path)]
    try:
        with programs.running(command, subprocess.DEVNULL):
            pass
    except Failed as error:
        raise Failed(f"{path} is cut off or damaged: {error}") from error


def made_at(path: Path) -> int | None:
    """When it was taken, in milliseconds."""
    found = _created(_run("--list", str(path)))
    if found is None:
        return None
    made = datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return int(made.timestamp() * 1000)


def revision(path: Path) -> str | None:
    found = _values(path, "alembic_version")
    return found[0]["version_num"] if found else None


def heads(path: Path) -> list[tuple[str, str, int]]:
    """Id, name and counter of each organisation."""
    rows = _values(path, "organisation")
    return sorted(
        ((row["id"], row["name"], int(row["head"])) for row in rows), key=lambda row: row[1]
    )


def read_rows(path: Path) -> Iterator[Rows]:
    """The rows of every table of a backup."""
    return _tables(path)


def _values(path: Path, table: str) -> list[dict[str, str]]:
    """The rows of a small table, with each value as text."""
    found = []
    for rows in _tables(path, f"--table={table}"):
        for line in rows.lines:
            values = [_unescaped(value) for value in line.decode()[:-1].split("\t")]
            found.append(dict(zip(rows.columns, values, strict=True)))
    return found


def _unescaped(value: str) -> str:
    return _escaped.sub(lambda match: _ESCAPES.get(match[1], match[1]), value)


def _tables(path: Path, *arguments: str) -> Iterator[Rows]:
    command = [programs.find("pg_restore"), "--file=-", "--data-only", *arguments, str(path)]
    with programs.running(command) as process:
        script = process.stdout
        assert script is not None
        for line in script:
            if found := _copy(line):
                table = _name(found[1].decode().rpartition(".")[2])
                columns = [_name(column) for column in found[2].decode().split(", ")]
                yield Rows(table, columns, _lines(script, path))


def _lines(script: IO[bytes], path: Path) -> Iterator[bytes]:
    for line in iter(script.readline, END_OF_ROWS):
        if not line:
            raise Failed(f"{path} is cut off or damaged.")
        yield line


def _name(written: str) -> str:
    return written.strip('"')


def _run(*arguments: str) -> str:
    command = [programs.find("pg_restore"), *arguments]
    with programs.running(command) as process:
        assert process.stdout is not None
        return process.stdout.read().decode("utf-8", "replace")
