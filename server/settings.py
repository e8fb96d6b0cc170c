"""What the environment says about this installation. Read once, when the application is made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).parents[1] / "pwa" / "dist"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, its variable and its default stand in one table in server/README.md."""

    home: Path
    """DOORSTEP_HOME: where the embedded database and files live."""
    database_url: str
    """DATABASE_URL: any form of a PostgreSQL or SQLite address; SQLite in `home` by default."""
    port: int = 8000
    """PORT that gunicorn listens on."""
    origin: str = "http://localhost:8000"
    """ORIGIN under which phones reach us: scheme, host, port. Writes from elsewhere are refused."""
    web: Path = WEB
    """The built phone app that is served beside the API."""

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises ValueError, a sentence naming the variable, where one cannot be used."""
        home = Path(environment.get("DOORSTEP_HOME") or ".doorstep").absolute()
        port = port_of(environment.get("PORT") or "8000")
        return cls(
            home=home,
            database_url=with_driver(
                environment.get("DATABASE_URL") or f"sqlite:///{home / 'doorstep.sqlite3'}"
            ),
            port=port,
            origin=(environment.get("ORIGIN") or f"http://localhost:{port}").rstrip("/"),
        )


def port_of(written: str) -> int:
    if not (written.isascii() and written.isdigit() and 0 < int(written) < 65_536):
        raise ValueError(f"PORT is a number from 1 to 65535, not “{written}”")
    return int(written)


def with_driver(url: str) -> str:
    """Hosts hand out `postgres://` and `postgresql://`; the driver here is psycopg 3."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    if scheme not in ("postgresql+psycopg", "sqlite"):
        raise ValueError("DATABASE_URL is the address of a PostgreSQL or SQLite database")
    return scheme + separator + rest
