"""From nothing and from every earlier revision to the one that this code needs, and back.

`revisions/` holds the rows that earlier releases left on SQLite, one organisation's days and a
neighbour's beginning: two phones that disagreed about a dose, a priority, a goal and a deletion, a
handover, an assignment whose day has not come, a lost phone, and on the phones what they had not
sent. Those of 0003 are of 0004 too, which moves no row. Times are of February 2026.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, MetaData, inspect, select, text

from server import build_app, create_app, epochs, schema
from server.audit.verify import verify
from server.catalogue import CATALOGUE
from server.database import begin, db, is_sqlite
from server.refold import Looked, folded_otherwise, refold
from server.settings import Settings
from server.sync.open_records import OpenRecord, body_of
from server.sync.stored import load_logs
from server.tables import METADATA, grants, records
from sync import fold
from tests.conftest import OWNER, Cluster
from tests.server.office import Office, Phone

REVISIONS = ("0001", "0002", "0003", "0004")
HEAD = "0005"
LEFT_AT = {"0004": "0003"}
"""Under which name the rows of a revision lie, where it is not its own."""
KEY = b"\7" * 32
"""The server key with which the access logs of these rows were chained."""

NOT_TOLD_BEFORE = {
    ("organisation", "is_restoring"): False,
    ("session", "is_recovery"): False,
    ("access_log", "link"): 0,
}
"""What a column has where the earlier revision had none, or null. It is null in all others."""

Rows = Mapping[str, list[dict[str, Any]]]


@cache
def left_at(revision: str) -> dict[str, Any]:
    path = Path(__file__).parent / "revisions" / f"{LEFT_AT.get(revision, revision)}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@dataclass
class Empty:
    """A database without a table: its address for the owner and for the role that serves."""

    home: Path
    owner: str
    serving: str

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """One transaction of the owner, whom no organisation's fence binds meanwhile."""
        with self.at_hand(), begin(None, write=True) as connection, schema.unfenced(connection):
            yield connection

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """The owner's way to it, without a transaction."""
        with build_app(Settings(home=self.home, database_url=self.owner)).app_context():
            try:
                yield
            finally:
                db.engine.dispose()

    def upgrade(self, revision: str) -> None:
        with self.open() as connection:
            schema.upgrade(connection, revision)

    def downgrade(self, revision: str) -> None:
        with self.open() as connection:
            command.downgrade(schema.alembic_on(connection), revision)

    def migrate(self) -> str | None:
        """As `doorstep migrate` does."""
        with self.at_hand():
            return schema.migrate()

    def fill(self, revision: str) -> dict[str, Any]:
        """Bring an empty database to a revision and put in what its release left."""
        self.upgrade(revision)
        left = left_at(revision)
        with self.open() as connection:
            tables = MetaData()
            tables.reflect(connection)
            for name, rows in left["rows"].items():
                if rows:
                    connection.execute(tables.tables[name].insert(), rows)
        return left

    def rows(self) -> Rows:
        with self.open() as connection:
            tables = MetaData()
            tables.reflect(connection)
            return {
                name: [dict(row._mapping) for row in connection.execute(select(table))]
                for name, table in tables.tables.items()
                if name != "alembic_version"
            }

    @contextmanager
    def serve(self) -> Iterator[Flask]:
        app = create_app(
            Settings(
                home=self.home,
                database_url=self.serving,
                web=self.home / "web",
                server_key=KEY,
            )
        )
        with app.app_context():
            try:
                yield app
            finally:
                db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'doorstep.sqlite3'}"
        yield Empty(tmp_path, url, url)
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh() as name:
        yield Empty(tmp_path, cluster.url(name, OWNER), cluster.url(name))


def shape(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys, indexes, and who may see which rows."""
    looked = inspect(connection)
    found: dict[str, Any] = {}
    for name in sorted(looked.get_table_names()):
        columns = {
            each["name"]: (str(each["type"]), each["nullable"], each["default"])
            for each in looked.get_columns(name)
        }
        indexes = {
            each["name"]: (each["column_names"], bool(each["unique"]))
            for each in looked.get_indexes(name)
        }
        key = looked.get_pk_constraint(name)["constrained_columns"]
        found[name] = (columns, key, indexes)
    if not is_sqlite(connection):
        asked = "SELECT tablename, policyname, cmd, qual FROM pg_policies ORDER BY 1, 2"
        found["policies"] = [tuple(row) for row in connection.execute(text(asked))]
        found["fenced"] = sorted(schema._fenced_tables(connection))
    return found


def is_forced(connection: Connection) -> dict[str, bool]:
    asked = "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity"
    return {row.relname: row.relforcerowsecurity for row in connection.execute(text(asked))}


def assert_forced(empty: Empty) -> None:
    """Every table of an organisation's rows is fenced, for its owner as well."""
    with empty.at_hand(), begin(None) as connection:
        if not is_sqlite(connection):
            of_organisations = {
                name
                for name, table in METADATA.tables.items()
                if "organisation" in table.c or name == "organisation"
            }
            assert is_forced(connection) == dict.fromkeys(of_organisations, True)


def test_an_empty_database_is_brought_to_the_tables_that_are_declared(empty: Empty) -> None:
    assert empty.migrate() is None
    with empty.open() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert_forced(empty)
    assert empty.migrate() == HEAD


def test_every_step_may_be_taken_back_and_again(empty: Empty) -> None:
    shapes = []
    for revision in (*REVISIONS, HEAD):
        empty.upgrade(revision)
        with empty.open() as connection:
            shapes.append(shape(connection))
    assert schema.needed_revision() == HEAD
    for revision, wanted in zip(reversed(REVISIONS), reversed(shapes[:-1]), strict=True):
        empty.downgrade(revision)
        with empty.open() as connection:
            assert shape(connection) == wanted, revision
    empty.downgrade("base")
    with empty.open() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    empty.upgrade("head")
    with empty.open() as connection:
        assert shape(connection) == shapes[-1]


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_release_left_is_kept_value_for_value(empty: Empty, revision: str) -> None:
    empty.fill(revision)
    before = empty.rows()
    assert empty.migrate() == revision
    assert_forced(empty)
    after = empty.rows()
    for name, rows in before.items():
        keys = [column.name for column in METADATA.tables[name].primary_key]
        found = {tuple(row[key] for key in keys): row for row in after[name]}
        assert len(found) == len(rows), name
        for row in rows:
            now = found[tuple(row[key] for key in keys)]
            assert {each: now[each] for each in row.keys() & now.keys()} == {
                each: NOT_TOLD_BEFORE.get((name, each)) if row[each] is None else row[each]
                for each in row.keys() & now.keys()
            }
            assert row.keys() - now.keys() <= {"epoch_start", "restored_head"}
            for each in now.keys() - row.keys() - {"outcome"}:
                assert now[each] == NOT_TOLD_BEFORE.get((name, each)), (name, each)
    for row in after["refusals"]:
        was_revoked = json.loads(row["answer"])["code"] == "device_revoked"
        assert row["outcome"] == ("waiting" if was_revoked else None)
    assert {
        (row["organisation"], row["start"], row["id"], row["restored_head"])
        for row in after["epoch"]
    } == {
        (row["id"], row["epoch_start"], row["epoch"], row["restored_head"])
        for row in before["organisation"]
    }
    assert all(row["ended_at"] == row["began_at"] for row in after["epoch"])


@pytest.mark.parametrize("revision", REVISIONS)
def test_phones_go_on_after_it(empty: Empty, revision: str) -> None:
    """With what they had not sent, from the cursor that they had."""
    left = empty.fill(revision)
    empty.migrate()
    here, there = left["organisations"]
    with empty.serve() as app:
        office, neighbour = Office(app, here["organisation"]), Office(app, there["organisation"])
        if revision >= "0003":
            assert verified(office)
        ada, second, ben = (
            resumed(office, here["phones"][name]) for name in ("ada", "second", "ben")
        )
        noor = resumed(neighbour, there["phones"]["noor"])
        dose, task = here["records"]["dose"], here["records"]["task"]
        unsent = len(ada.outbox)
        answer = ada.sync()
        assert (len(answer["accepted"]), answer["refused"]) == (unsent, [])
        brought = {each["id"]: each["kind"] for each in answer["records"]}
        assert brought.keys() > {dose, task}  # and the assignment that it had not heard of
        assert set(brought.values()) == {"medication", "task", "assignment"}
        assert {each["id"] for each in second.sync()["records"]} >= {dose, task}
        assert ben.sync()["refused"] == []
        assert ada.sync()["records"] == []
        assert noor.sync()["refused"] == []
        # What was contested is so still, and is settled as ever.
        assert set(ada.held[dose]["contested"]) == {"dose"}
        ada.change(dose, "medication", ada.held[dose]["patient"], set={"dose": "5 mg"})
        ada.sync()
        assert ada.held[dose]["contested"] == {}
        # The handover stands, and the assignment waits for its day.
        assert here["patients"]["omar"] in from_nothing(office, ben).charts()
        with begin(office.organisation) as connection:
            waiting = connection.execute(select(grants).where(grants.c.began.is_(None))).all()
            assert [row.patient for row in waiting] == [here["patients"]["rosa"]]
            assert epochs.lost_spans(connection, office.organisation) == []
        assert set(from_nothing(neighbour, noor).charts()) == {there["patients"]["will"]}


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_refold_after_it_brings_every_record_to_what_its_changes_say(
    empty: Empty, revision: str
) -> None:
    """And fills the columns that reports look records up by, which no migration can."""
    left = empty.fill(revision)
    empty.migrate()
    here, _ = left["organisations"]
    with empty.serve() as app:
        office = Office(app, here["organisation"])
        ada = from_nothing(office, resumed(office, here["phones"]["ada"]))
        assert len(folded_otherwise()) == 2
        looked = {id_: sum(refold(id_), start=Looked.nothing()) for id_ in folded_otherwise()}
        assert folded_otherwise() == {}
        of_here = looked[office.organisation]
        assert (of_here.renewed.total() > 0) == (revision == "0001")
        assert of_here.kept == {}
        moved = {each["id"] for each in ada.sync()["records"]}
        assert len(moved) <= of_here.moved.total()
        with begin(office.organisation) as connection:
            rows = connection.execute(
                select(records).where(records.c.organisation == office.organisation)
            ).all()
            logs = load_logs(connection, office.organisation, [row.id for row in rows])
        for row in rows:
            assert json.loads(row.body) == said(row, logs[row.id])
        by_id = {row.id: row for row in rows}
        task = by_id[here["records"]["task"]]
        assert (task.status, task.due, task.owner) == ("requested", "2026-02-10", ada.member)
        assert by_id[here["records"]["visit"]].date == "2026-02-03T15:05Z"


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_step_back_and_again_keeps_what_the_earlier_one_can_hold(
    empty: Empty, revision: str
) -> None:
    empty.fill(revision)
    before = empty.rows()
    empty.upgrade("head")
    empty.downgrade(revision)
    assert sorted_rows(empty.rows()) == sorted_rows(filled(before))
    empty.upgrade("head")
    with empty.serve() as app, begin(None):
        assert app.config["SETTINGS"].home == empty.home
    after = empty.rows()
    assert {row["id"] for row in after["organisation"]} == {
        row["organisation"] for row in after["epoch"]
    }


def filled(rows: Rows) -> Rows:
    """The rows with null where an upgrade has put what it means."""
    return {
        name: [
            {
                each: NOT_TOLD_BEFORE.get((name, each)) if value is None else value
                for each, value in row.items()
            }
            for row in rows[name]
        ]
        for name in rows
    }


def sorted_rows(rows: Rows) -> dict[str, list[str]]:
    return {name: sorted(json.dumps(row, sort_keys=True) for row in rows[name]) for name in rows}


def said(row: Any, log: Any) -> dict[str, Any]:
    """The record as its changes say it."""
    kind = CATALOGUE.kinds[row.kind]
    record = OpenRecord(row.id, kind, row.patient, fold(kind.engine, log))
    return body_of(record, record.show())


def resumed(office: Office, left: Mapping[str, Any]) -> Phone:
    """A phone as it was, after its member has signed in anew."""
    session = office.session(left["member"])
    session.headers["Doorstep-Device"] = left["secret"]
    phone = Phone(session, left["device"], n=left["n"], epoch=left["epoch"])
    phone.cursor, phone.outbox = left["cursor"], [dict(each) for each in left["outbox"]]
    phone.made = {int(n): cursor for n, cursor in left["made"].items()}
    return phone


def from_nothing(office: Office, phone: Phone) -> Phone:
    """Another phone of the same member, with all that they hold."""
    new = office.phone(phone.member)
    new.sync_all()
    return new


def verified(office: Office) -> bool:
    with begin(office.organisation) as connection:
        verdict = verify(connection, office.organisation)
    return verdict.links > 0 and not verdict.faults
