"""Settings are the environment's; what cannot be used is refused by name, in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings


def test_without_any_variable_everything_lies_in_the_current_folder() -> None:
    settings = Settings.read({})
    assert settings.home == Path.cwd() / ".doorstep"
    assert settings.database_url == f"sqlite:///{settings.home / 'doorstep.sqlite3'}"
    assert (settings.port, settings.origin) == (8000, "http://localhost:8000")


def test_no_proxy_is_believed_unless_it_is_said_how_many() -> None:
    assert Settings.read({}).trusted_proxies == 0
    assert Settings.read({"TRUSTED_PROXIES": "2"}).trusted_proxies == 2


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_of_postgresql_is_brought_to_its_driver(scheme: str) -> None:
    settings = Settings.read({"DATABASE_URL": f"{scheme}://care@db/doorstep"})
    assert settings.database_url == "postgresql+psycopg://care@db/doorstep"


def test_the_origin_follows_the_port_and_loses_its_slash() -> None:
    assert Settings.read({"PORT": "8123"}).origin == "http://localhost:8123"
    assert Settings.read({"ORIGIN": "https://care.example/"}).origin == "https://care.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("TRUSTED_PROXIES", "yes"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "10"),
        ("DATABASE_URL", "mysql://db/doorstep"),
        ("DATABASE_URL", "doorstep.sqlite3"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ValueError, match=variable):
        Settings.read({variable: value})
