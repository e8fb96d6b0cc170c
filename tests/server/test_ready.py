"""A server says whether it lives, and whether it should be sent work. That a real one says so while
it ends is in tests/faults/test_ending.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from server import build_app, ready
from server.database import begin, db
from server.settings import Settings


def reason(app: Flask) -> str:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")
    assert int(answer.headers["Retry-After"]) > 0
    found: str = answer.json["reason"]
    return found


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[Flask]:
    """A server whose database has gone away."""
    address = f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"
    made = build_app(Settings(home=tmp_path, database_url=address))
    yield made
    with made.app_context():
        db.engine.dispose()


def test_a_server_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_server_without_its_database_lives_and_is_not_ready(without_database: Flask) -> None:
    assert without_database.test_client().get("/healthz").json == {"status": "ok"}
    assert reason(without_database) == "database"


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM alembic_version", "UPDATE alembic_version SET version_num = '0001'"],
)
def test_an_older_schema_is_not_worked_on(app: Flask, statement: str) -> None:
    with begin(None, write=True) as connection:
        connection.execute(text(statement))
    assert reason(app) == "schema"


def test_a_server_goes_on_while_the_next_release_has_brought_the_schema_further(app: Flask) -> None:
    with begin(None, write=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert app.test_client().get("/readyz").status_code == 200


def test_a_folder_that_takes_no_file_is_no_place_to_work(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    settings = Settings(home=tmp_path / "a file", database_url="")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    assert reason(app) == "disk"


def test_a_server_that_ends_says_so_and_lives_until_it_has(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "_draining", type(ready._draining)())
    ready.drain()
    assert reason(app) == "draining"
    assert app.test_client().get("/healthz").status_code == 200
