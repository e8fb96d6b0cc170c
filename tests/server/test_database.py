"""Organisations apart: what one transaction sees and writes of another organisation's rows, by the
database's own rule. SQLite has no such rule; there the queries alone keep them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import BigInteger, Boolean, Connection, Integer, Table, event, func, select, text
from sqlalchemy.exc import ProgrammingError

from server import build_app, schema
from server.database import begin, db, enter, is_bound, see_organisations
from server.settings import Settings
from server.sync.places import Reader
from server.sync.pull import pull
from server.tables import METADATA, organisation, records
from tests.conftest import OWNER, Cluster
from tests.server.office import Office, new_id

pytestmark = pytest.mark.postgres

OF_NOBODY = {"challenge", "attempt"}
SAY_WHO_IS_ASKING = {"device", "passkey", "session", "token", "invitation"}
FENCED = [table for table in METADATA.sorted_tables if table.name not in OF_NOBODY]
HELD = [table for table in FENCED if table.name not in SAY_WHO_IS_ASKING]

fenced = pytest.mark.parametrize("table", FENCED, ids=lambda table: str(table.name))


@pytest.fixture
def database(postgres_cluster: Cluster) -> str:
    """PostgreSQL, as the role that serves."""
    postgres_cluster.empty("doorstep")
    return postgres_cluster.url("doorstep")


@pytest.fixture
def ours(app: Flask) -> str:
    return fill(new_id())


@pytest.fixture
def theirs(app: Flask) -> str:
    return fill(new_id())


def fill(of: str) -> str:
    """An organisation with one row in every table; its id."""
    with begin(of, write=True) as connection:
        for table in FENCED:
            connection.execute(table.insert(), row_of(table, of))
    return of


def row_of(table: Table, of: str) -> dict[str, Any]:
    def value(column: Any) -> object:
        if column.name == "organisation" or (table is organisation and column.name == "id"):
            return of
        if isinstance(column.type, Boolean):
            return False
        return 1 if isinstance(column.type, BigInteger | Integer) else of[: column.type.length]

    return {column.name: value(column) for column in table.columns}


def count(connection: Connection, table: Table) -> int:
    return connection.scalars(select(func.count()).select_from(table)).one()


def test_who_serves_owns_nothing_and_passes_no_fence(app: Flask) -> None:
    with begin(None) as connection:
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = connection.scalars(
            text("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        ).one()
        assert is_bound(connection)
    assert (role.rolsuper, role.rolbypassrls, owned) == (False, False, 0)


@fenced
def test_every_table_of_an_organisation_is_fenced_its_owner_included(
    app: Flask, table: Table
) -> None:
    with begin(None) as connection:
        found = connection.execute(
            text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = :name"),
            {"name": table.name},
        ).one()
    assert tuple(found) == (True, True)


@fenced
def test_without_an_organisation_only_who_is_asking_can_be_read(
    ours: str, theirs: str, table: Table
) -> None:
    with begin(None) as connection:
        seen = count(connection, table)
    assert seen == (2 if table.name in SAY_WHO_IS_ASKING else 0)


@fenced
def test_within_an_organisation_nobody_elses_row_is_there(
    ours: str, theirs: str, table: Table
) -> None:
    of = table.c.id if table is organisation else table.c.organisation
    with begin(ours) as connection:
        assert connection.scalars(select(of)).all() == [ours]
    with begin(None) as connection:
        enter(connection, theirs)
        assert connection.scalars(select(of)).all() == [theirs]


@fenced
def test_nothing_is_written_to_another_organisation(ours: str, table: Table) -> None:
    """Nor to any before one is named, who is asking included."""
    for within in (ours, None):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            begin(within, write=True) as connection,
        ):
            connection.execute(table.insert(), row_of(table, new_id()))


@fenced
def test_another_organisations_rows_cannot_be_changed_or_deleted(
    ours: str, theirs: str, table: Table
) -> None:
    for within in (ours, None):
        with begin(within, write=True) as connection:
            of = table.c.id if table is organisation else table.c.organisation
            changed = connection.execute(
                table.update().where(of == theirs).values(row_of(table, theirs))
            )
            deleted = connection.execute(table.delete().where(of == theirs))
            assert (changed.rowcount, deleted.rowcount) == (0, 0)
    with begin(theirs) as connection:
        assert count(connection, table) == 1


def test_no_row_is_handed_over_to_another_organisation(ours: str, theirs: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        begin(ours, write=True) as connection,
    ):
        connection.execute(records.update().values(organisation=theirs))


def test_the_organisations_are_listed_only_on_asking_and_nothing_of_theirs(
    ours: str, theirs: str
) -> None:
    with begin(None) as connection:
        see_organisations(connection)
        assert set(connection.scalars(select(organisation.c.id))) == {ours, theirs}
        assert [table.name for table in HELD if count(connection, table)] == ["organisation"]
    with begin(None) as connection:
        assert count(connection, organisation) == 0


def test_what_a_transaction_said_ends_with_it(ours: str) -> None:
    with begin(ours) as connection:
        first = connection.scalars(text("SELECT pg_backend_pid()")).one()
        assert count(connection, records) == 1
    with begin(None) as connection:
        assert connection.scalars(text("SELECT pg_backend_pid()")).one() == first
        assert count(connection, records) == 0


@pytest.fixture
def as_owner(app: Flask, postgres_cluster: Cluster) -> Iterator[None]:
    """The application as who owns the tables."""
    settings: Settings = app.config["SETTINGS"]
    url = postgres_cluster.url("doorstep", OWNER)
    with build_app(Settings(home=settings.home, database_url=url)).app_context():
        yield
        db.engine.dispose()


def test_a_migration_moves_every_organisations_rows_and_leaves_the_fence_standing(
    ours: str, theirs: str, as_owner: None
) -> None:
    with begin(None, write=True) as connection:
        assert count(connection, records) == 0
        with schema.unfenced(connection):
            assert count(connection, records) == 2
        assert count(connection, records) == 0


def test_a_role_that_passes_the_fence_is_told_from_one_that_does_not(
    app: Flask, as_owner: None, postgres_cluster: Cluster, tmp_path: Any
) -> None:
    with begin(None) as connection:
        assert is_bound(connection)
    url = postgres_cluster.url("doorstep", postgres_cluster.user)
    with build_app(Settings(home=tmp_path, database_url=url)).app_context():
        with begin(None) as connection:
            assert not is_bound(connection)
        db.engine.dispose()


@pytest.fixture
def plans(app: Flask) -> Iterator[list[str]]:
    """How PostgreSQL finds the records of each query, gathered as they run."""
    gathered: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM records" in statement and not statement.startswith("EXPLAIN"):
            lines = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars()
            gathered.append("\n".join(lines))

    event.listen(db.engine, "before_cursor_execute", explain)
    yield gathered
    event.remove(db.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("is_counted", [False, True], ids=["young table", "counted table"])
def test_the_rule_is_asked_once_a_query_and_leaves_its_plan_as_it_was(
    office: Office, postgres_cluster: Cluster, plans: list[str], is_counted: bool
) -> None:
    phone = office.phone(office.add("coordinator", "North"))
    for _ in range(3):
        phone.new("medication", phone.new_patient(), name="Aspirin")
    phone.sync_all()
    strangers = """
        INSERT INTO records SELECT organisation, gen_random_uuid(), kind, gen_random_uuid(),
            number + 1000, number + 1000, deleted, body, state
        FROM (SELECT * FROM records WHERE kind = 'medication' LIMIT 1) AS one,
            generate_series(1, 20000) AS number;
        UPDATE organisation SET head = 30000
    """
    postgres_cluster.sql(strangers, "doorstep")
    if is_counted:
        postgres_cluster.sql("ANALYZE", "doorstep")
    plans.clear()
    phone.change(
        next(iter(phone.charts())), "patient", next(iter(phone.charts())), set={"city": "X"}
    )
    phone.sync()
    reader = Reader(office.organisation, phone.member, "coordinator")
    with begin(office.organisation) as connection:
        assert len(pull(connection, reader, None, 500).bodies) >= 9
    by_id = [plan for plan in plans if "wanted" in plan]
    by_chart = [plan for plan in plans if "wanted" not in plan]
    assert by_id
    assert len(by_chart) >= 4
    for plan in plans:
        assert re.search(r"InitPlan \d+ \(returns \$\d+\)", plan)
        assert re.search(rf"One-Time Filter: \(\$\d+ = '{office.organisation}'::text\)", plan)
        assert "Seq Scan" not in plan
    assert all("pk_records" in plan for plan in by_id)
    assert all("ix_records_organisation_patient_position" in plan for plan in by_chart)
