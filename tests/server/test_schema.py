"""The schema and its migrations."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from server import create_app, schema
from server.database import begin
from server.settings import Settings
from server.tables import METADATA


def test_the_migrations_make_the_tables_that_are_declared(app: Flask) -> None:
    with begin(None) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_migrating_again_changes_nothing(app: Flask) -> None:
    assert schema.migrate() == schema.needed_revision()
    schema.require_current()


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ("DELETE FROM alembic_version", "The database is empty"),
        ("UPDATE alembic_version SET version_num = 'ffff'", "made by a newer Doorstep"),
    ],
)
def test_the_server_refuses_to_start_on_another_schema(
    app: Flask, database: str, tmp_path: Path, revision: str, sentence: str
) -> None:
    with begin(None, write=True) as connection:
        connection.execute(text(revision))
    with pytest.raises(schema.OldSchema, match=sentence):
        create_app(Settings(home=tmp_path, database_url=database))


def test_the_server_says_how_to_bring_an_older_schema_up_to_date(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "needed_revision", lambda: "a later one")
    with pytest.raises(schema.OldSchema, match="doorstep migrate"):
        schema.require_current()
