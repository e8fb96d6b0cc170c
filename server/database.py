"""The one way to the database: `begin`. What differs between SQLite and PostgreSQL stands here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cache
from typing import Any, TypeAlias

import orjson
import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Row,
    Select,
    Table,
    bindparam,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from server.settings import Settings
from server.turns import Turns

THREADS = 8
"""Threads a worker process serves with, and so the connections that it may hold."""

MAPPED_BYTES = 2**30
"""How much of an embedded database is read as memory, without a copy to each connection."""

BUSY_SECONDS = 15.0
"""How long a writer waits for another to end before the request is answered 503."""

TURNS = "doorstep.turns"
"""Under which an application keeps whose turn it is to write."""

LAST = "doorstep.last"
"""Under which a connection keeps what its transaction does last."""

db = SQLAlchemy(
    metadata=MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
)


AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row whose columns its query names."""


def connect(app: Flask, settings: Settings) -> None:
    """Bind the application to the database of its settings; nothing is opened yet."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    if settings.database_url.startswith("sqlite"):
        settings.home.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    else:
        options = {"pool_pre_ping": True}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {
        "pool_size": THREADS,
        "max_overflow": THREADS,
    }
    db.init_app(app)
    with app.app_context():
        if is_sqlite(db.engine):
            app.extensions[TURNS] = Turns(settings.home)
            event.listen(db.engine, "connect", _open_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
        else:
            event.listen(db.engine, "connect", _open_postgresql)


@contextmanager
def begin(organisation: str | None, *, write: bool = False) -> Iterator[Connection]:
    """One transaction on one organisation's rows: all or nothing. None is for what comes before the
    organisation is known: whose session, token or invitation this is.

    Reading sees one snapshot throughout. Writing on SQLite waits for its turn, then takes the
    database's write lock at once, since a reader that turns writer would fail under another writer.

    On PostgreSQL rows of other organisations are not there: row-level security hides them by what
    the transaction says here (migration 0004), whatever a query forgets to ask.
    """
    options: dict[str, Any] = {"write": write}
    if not is_sqlite(db.engine) and not write:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        _turn(write),
        db.engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        connection.info[LAST] = {}
        if organisation is not None:
            enter(connection, organisation)
        yield connection
        end_deeds(connection)


def _turn(write: bool) -> AbstractContextManager[None]:
    if not write or not is_sqlite(db.engine):
        return nullcontext()
    turns: Turns = current_app.extensions[TURNS]
    return turns.turn(BUSY_SECONDS)


def do_last(
    connection: Connection, step: Callable[[Connection, list[Any]], None], items: Iterable[Any]
) -> None:
    """Let `step` take these items, with all others given to it, as the transaction's last deed.

    A lock taken there is the last of its transaction, so that no two transactions wait for each
    other because of it, and it is held for no longer than that step.
    """
    connection.info[LAST].setdefault(step, []).extend(items)


def end_deeds(connection: Connection) -> None:
    """Do what was left for last, before a transaction ends, or enters another organisation."""
    deeds, connection.info[LAST] = connection.info[LAST], {}
    for step, items in deeds.items():
        step(connection, items)


def enter(connection: Connection, organisation: str) -> None:
    """Go on within one organisation, in a transaction that began before it was known. Until it ends
    nobody else's rows are seen, those of `begin(None)` included."""
    _say(connection, "doorstep.organisation", organisation)


def see_organisations(connection: Connection) -> None:
    """Let this transaction see which organisations there are, and nothing of what they hold. It is
    for the command line, which asks which one it is about; no view calls it."""
    _say(connection, "doorstep.listing", "on")


def is_bound(connection: Connection) -> bool:
    """Whether row-level security holds for the role that serves: not for a superuser, nor for one
    that may bypass it."""
    if is_sqlite(connection):
        return True
    asked = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
    return bool(connection.scalars(text(asked)).one())


def _say(connection: Connection, setting: str, value: str) -> None:
    """Tell row-level security what holds until the transaction ends. SQLite has none."""
    if not is_sqlite(connection):
        connection.execute(select(func.set_config(setting, value, True)))


def is_sqlite(of: Engine | Connection) -> bool:
    return of.dialect.name == "sqlite"


def overwrite(connection: Connection) -> None:
    """Let what this transaction deletes be overwritten in an embedded database, and not only be
    free to be. PostgreSQL overwrites it in its own time, after its vacuum."""
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def settle() -> None:
    """Bring an embedded database's log into its file and empty it, as far as readers let it: what
    was overwritten stands there as it was. Outside any transaction."""
    if is_sqlite(db.engine):
        with closing(db.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that knows `on_conflict_do_…`, which both databases spell alike."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def store(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], on_conflict: str = ""
) -> None:
    """Insert rows that all name the same columns; `on_conflict` is SQL that both databases know.

    The hot path of a push. To PostgreSQL all rows travel as one JSON text, at a tenth of the
    driver's own cost for as many parameters; SQLite takes them from memory as they are.
    """
    if not rows:
        return
    columns = ", ".join(rows[0])
    if is_sqlite(connection):
        marks = ", ".join("?" * len(rows[0]))
        statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks}) {on_conflict}"
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows])
        return
    source = f"json_populate_recordset(NULL::{table.name}, %(rows)s)"
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {source} {on_conflict}",
        {"rows": orjson.dumps(rows).decode()},
    )


def look_up(
    connection: Connection,
    table: Table,
    column: str,
    organisation: str,
    ids: Collection[str],
    columns: tuple[str, ...] = (),
) -> Sequence[AnyRow]:
    """The rows of an organisation of which a column is one of these ids, each id looked up in the
    index that begins with both; of a row these columns, or all.

    A PostgreSQL that has not counted a young table yet would rather read the whole organisation for
    them; the OFFSET keeps it from turning the look-ups into a join of its own choice. The columns
    are named: a statement that it has prepared fails where its `*` comes to mean one more, and the
    next release may add one while this one serves.
    """
    if not ids:
        return ()
    columns = columns or tuple(table.c.keys())
    if is_sqlite(connection):
        asked = {"organisation": organisation, "ids": orjson.dumps(list(ids)).decode()}
        return connection.execute(_looked_up(table, column, columns), asked).all()
    return connection.exec_driver_sql(
        "SELECT found.* FROM unnest(%(ids)s::text[]) AS wanted (id) CROSS JOIN LATERAL ("
        f"SELECT {', '.join(columns)} FROM {table.name} WHERE organisation = %(organisation)s"
        f" AND {column} = wanted.id OFFSET 0) AS found",
        {"organisation": organisation, "ids": list(ids)},
    ).all()


@cache
def _looked_up(table: Table, column: str, columns: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    """The statement of `look_up` for SQLite, the same for any number of ids: with a parameter for
    each it would be compiled anew for every number of them."""
    ids = func.json_each(bindparam("ids")).table_valued("value")
    return select(*(table.c[name] for name in columns)).where(
        table.c.organisation == bindparam("organisation"),
        table.c[column].in_(select(ids.c.value)),
    )


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
    cursor.close()


def _open_postgresql(connection: psycopg.Connection[Any], _record: object) -> None:
    """A writer that hangs, its process stopped or its line cut, must not hold everybody else."""
    connection.execute(f"SET lock_timeout = {round(1000 * BUSY_SECONDS)}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
