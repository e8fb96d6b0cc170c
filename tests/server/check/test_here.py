"""What a host lacks is found."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from flask import Flask

from server import server_key
from server.backup import last
from server.check import here
from server.check.finding import Finding
from server.settings import Settings
from server.summaries.typeset import LibrariesMissing

NOW = 1_800_000_000_000
HOUR_MS = 3_600_000
Usage = namedtuple("Usage", "total used free")


def settings(home: Path, **more: object) -> Settings:
    return Settings(home=home, database_url=f"sqlite:///{home}/doorstep.sqlite3", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origin", "proxies", "level"),
    [
        ("https://care.example.org", 1, "ok"),
        ("https://care.example.org", 0, "warn"),
        ("http://localhost:8000", 0, "warn"),
        ("http://care.example.org", 1, "FAIL"),
    ],
)
def test_phones_need_https(tmp_path: Path, origin: str, proxies: int, level: str) -> None:
    found = here.check_settings(settings(tmp_path, origin=origin, trusted_proxies=proxies))
    assert found.level == level
    assert origin in found.says


def test_a_server_key_is_there_whole_and_for_its_owner_alone(app: Flask, tmp_path: Path) -> None:
    mine: Settings = app.config["SETTINGS"]
    path = tmp_path / server_key.FILE
    path.unlink(missing_ok=True)
    app.extensions.pop(server_key.EXTENSION, None)
    found = here.check_server_key(mine)
    assert found.level == "warn"
    assert "a database that never had one" in found.says
    assert not path.exists(), "a check makes none"
    server_key.require()
    assert here.check_server_key(mine).level == "ok"
    path.chmod(0o644)
    assert here.check_server_key(mine) == Finding(
        "server key", "FAIL", f"{path} can be read by others; chmod 600 it."
    )
    path.write_text("damaged")
    app.extensions.pop(server_key.EXTENSION)
    assert "holds no server key" in here.check_server_key(mine).says
    assert here.check_server_key(settings(tmp_path, server_key=bytes(32))).level == "ok"


def test_a_disk_that_runs_full_is_told_before_it_is(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine: Settings = app.config["SETTINGS"]
    levels = {}
    for free in (10**12, here.LEAST_FREE + 1, here.LEAST_FREE - 1):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, free=free: Usage(0, 0, free))
        (found,) = here.check_disk(mine)
        levels[free] = found.level
    is_embedded = mine.database_url.startswith("sqlite")
    assert list(levels.values()) == ["ok", "warn" if is_embedded else "ok", "FAIL"]
    (tmp_path / "replaced-20261122t010203z.sqlite3").write_bytes(bytes(1500))
    _, kept = here.check_disk(mine)
    assert kept.level == "warn"
    assert "(1.5 kB) was replaced by a restore" in kept.says


def test_a_folder_that_cannot_be_written_is_told(app: Flask, tmp_path: Path) -> None:
    missing = settings(tmp_path / "gone")
    found = next(iter(here.check_disk(missing)))
    assert (found.level, found.says) == (
        "FAIL",
        f"{tmp_path / 'gone'} cannot be written ({os.strerror(2)}).",
    )


def test_fonts_are_looked_for_in_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    found = here.check_fonts()
    assert found.level == "ok", found.says
    monkeypatch.setattr(here, "FAMILIES", {"Noto-Sans": "A", "Comic-Sans": "B"})
    lacking = here.check_fonts()
    assert (lacking.level, lacking.says.partition(" is missing")[0]) == ("warn", "Comic-Sans")

    def load() -> None:
        raise LibrariesMissing("libpango-1.0-0")

    monkeypatch.setattr(here, "libraries", load)
    assert here.check_fonts().says.startswith("No paper can be made: install libpango")


@pytest.mark.parametrize(
    ("hours", "level"), [(1, "ok"), (25, "ok"), (27, "warn"), (6 * 24, "warn"), (8 * 24, "FAIL")]
)
def test_a_backup_grows_old(tmp_path: Path, hours: int, level: str) -> None:
    mine = settings(tmp_path)
    assert here.check_backups(mine, NOW).level == "warn"
    last.remember(tmp_path, last.Last(NOW - hours * HOUR_MS, "/backups/a", 15_300_000))
    found = here.check_backups(mine, NOW)
    assert (found.level, found.says.endswith(": /backups/a, 15.3 MB.")) == (level, True)
    (tmp_path / last.FILE).write_text("nonsense")
    assert here.check_backups(mine, NOW).level == "FAIL"
