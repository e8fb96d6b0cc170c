"""What the environment says about this installation. Read once, when the application is made."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

WEB = Path(__file__).parents[1] / "pwa" / "dist"
SERVER_KEY_BYTES = 32
MOST_PROXIES = 9
LEAST_TOKEN = 16


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
    trusted_proxies: int = 0
    """TRUSTED_PROXIES: how many proxies before us say who sent a request; no other is believed."""
    server_key: bytes | None = field(default=None, repr=False)
    """SERVER_KEY: the server's own secret; without it a file in `home`."""
    metrics_token: str | None = field(default=None, repr=False)
    """METRICS_TOKEN: the bearer token that /metrics asks for; without it there is no /metrics."""
    web: Path = WEB
    """The built phone app that is served beside the API."""

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def rp_id(self) -> str:
        """For whom passkeys are made, the relying party of WebAuthn: the host of the origin."""
        return urlsplit(self.origin).hostname or ""

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises ValueError, a sentence naming the variable, where one cannot be used."""
        home = Path(environment.get("DOORSTEP_HOME") or ".doorstep").absolute()
        port = port_of(environment.get("PORT") or "8000")
        server_key = environment.get("SERVER_KEY")
        return cls(
            home=home,
            database_url=with_driver(
                environment.get("DATABASE_URL") or f"sqlite:///{home / 'doorstep.sqlite3'}"
            ),
            port=port,
            origin=(environment.get("ORIGIN") or f"http://localhost:{port}").rstrip("/"),
            trusted_proxies=proxies_of(environment.get("TRUSTED_PROXIES") or "0"),
            server_key=server_key_of(server_key) if server_key else None,
            metrics_token=metrics_token_of(environment.get("METRICS_TOKEN") or ""),
        )


def port_of(written: str) -> int:
    if not (written.isascii() and written.isdigit() and 0 < int(written) < 65_536):
        raise ValueError(f"PORT is a number from 1 to 65535, not “{written}”")
    return int(written)


def proxies_of(written: str) -> int:
    if not (written.isascii() and written.isdigit() and int(written) <= MOST_PROXIES):
        raise ValueError(f"TRUSTED_PROXIES is a number from 0 to {MOST_PROXIES}, not “{written}”")
    return int(written)


def server_key_of(written: str) -> bytes:
    try:
        key = base64.b64decode(written, validate=True)
    except ValueError:
        key = b""
    if len(key) != SERVER_KEY_BYTES:
        raise ValueError("SERVER_KEY is 32 random bytes in base64, as `openssl rand -base64 32`")
    return key


def metrics_token_of(written: str) -> str | None:
    is_token = len(written) >= LEAST_TOKEN and written.isascii() and " " not in written
    if written and not (is_token and written.isprintable()):
        raise ValueError(f"METRICS_TOKEN is {LEAST_TOKEN} characters or more, without a space")
    return written or None


def with_driver(url: str) -> str:
    """Hosts hand out `postgres://` and `postgresql://`; the driver here is psycopg 3."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    if scheme not in ("postgresql+psycopg", "sqlite"):
        raise ValueError("DATABASE_URL is the address of a PostgreSQL or SQLite database")
    return scheme + separator + rest
