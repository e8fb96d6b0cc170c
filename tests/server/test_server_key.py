"""The secret outside the database."""

from __future__ import annotations

import base64
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from server import build_app, create_app
from server.database import db
from server.server_key import FILE, NoServerKey, derive
from server.settings import Settings, server_key_of
from tests.server.office import Office

WRITTEN = base64.b64encode(bytes(range(32))).decode()
Server = Callable[..., Flask]


@pytest.fixture
def server(
    sqlite_template: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    database = tmp_path_factory.mktemp("database") / "doorstep.sqlite3"
    shutil.copyfile(sqlite_template, database)

    def make(**environment: str) -> Flask:
        known = {"DOORSTEP_HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{database}"}
        return build_app(known | environment)

    return make


def derived(app: Flask, purpose: str = "escrow") -> bytes:
    with app.app_context():
        try:
            return derive(purpose)
        finally:
            db.engine.dispose()


def test_the_key_is_made_once_for_its_owner_alone(server: Server, tmp_path: Path) -> None:
    assert not (tmp_path / FILE).exists()
    first = derived(server())
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert derived(server()) == first
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_processes_that_start_at_once_share_one_key(server: Server) -> None:
    apps = [server() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(derived, apps))) == 1


def test_each_purpose_has_a_key_of_its_own(server: Server) -> None:
    app = server()
    assert derived(app, "escrow") != derived(app, "access log")


def test_the_environment_comes_first_and_leaves_no_file(server: Server, tmp_path: Path) -> None:
    one = derived(server(SERVER_KEY=WRITTEN))
    assert one == derived(server(SERVER_KEY=WRITTEN))
    assert not (tmp_path / FILE).exists()
    assert derived(server()) != one


@pytest.mark.parametrize("found", ["", "cut sho", base64.b64encode(b"x" * 31).decode()])
def test_a_damaged_file_is_never_replaced(server: Server, tmp_path: Path, found: str) -> None:
    (tmp_path / FILE).write_text(found)
    with pytest.raises(NoServerKey, match="Put back the one that was there"):
        derived(server())
    assert (tmp_path / FILE).read_text() == found


def test_a_database_that_was_used_with_a_key_is_used_with_no_new_one(
    app: Flask, office: Office, database: str, tmp_path: Path
) -> None:
    office.invite(office.add("coordinator"))
    elsewhere = tmp_path / "elsewhere"
    environment = {"DOORSTEP_HOME": str(elsewhere), "DATABASE_URL": database}
    with pytest.raises(NoServerKey, match="Set SERVER_KEY, or DOORSTEP_HOME"):
        derived(build_app(environment))
    assert not (elsewhere / FILE).exists()
    key = {"SERVER_KEY": (tmp_path / FILE).read_text().strip()}
    assert derived(build_app(environment | key)) == derived(app)


def test_nothing_is_served_without_a_key(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(NoServerKey, match="Set SERVER_KEY instead"):
        create_app(Settings(home=tmp_path, database_url=f"sqlite:///{sqlite_template}"))


@pytest.mark.parametrize("written", ["short", "ä", WRITTEN[:-4], f"{WRITTEN}AAAA"])
def test_a_key_of_another_length_is_said_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="SERVER_KEY is 32 random bytes"):
        server_key_of(written)


def test_the_key_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    settings = Settings.read({"DOORSTEP_HOME": str(tmp_path), "SERVER_KEY": WRITTEN})
    assert settings.server_key == bytes(range(32))
    assert "server_key" not in repr(settings)
