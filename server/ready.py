"""GET /healthz and GET /readyz: whether this process lives, and whether it should be sent work.

Who restarts processes asks the first, which asks nobody: a server whose database is away is of no
more use restarted. Who spreads requests over servers asks the second.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Collection
from functools import cache

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from server import schema
from server.database import begin
from server.problems import Problem
from server.settings import Settings

NO_STORE = {"Cache-Control": "no-store"}

_draining = threading.Event()


def drain() -> None:
    """This process ends soon: it finishes what it has, and is to be sent nothing new."""
    _draining.set()


def healthz() -> ResponseReturnValue:
    """Answers while this process does."""
    return {"status": "ok"}, 200, NO_STORE


def readyz() -> ResponseReturnValue:
    """Whether this server takes work: 503 `not_ready` with the first `reason` why not, which is
    draining, database, schema or disk."""
    if (reason := reason_against()) is not None:
        raise Problem(503, "not_ready", reason=reason)
    return {"status": "ready"}, 200, NO_STORE


def reason_against() -> str | None:
    if _draining.is_set():
        return "draining"
    try:
        with begin(None) as connection:
            stored = schema.stored_revision(connection)
    except DBAPIError:
        return "database"
    if not _bears(stored):
        return "schema"
    return None if _can_write() else "disk"


def _bears(stored: str | None) -> bool:
    """A schema that this release does not know is a newer one, to which the next release has
    brought the database while this one still serves (server/README.md, Upgrading)."""
    return stored is not None and (stored == schema.needed_revision() or stored not in _past())


@cache
def _past() -> Collection[str]:
    return schema.known_revisions()


def _can_write() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home, buffering=0) as probe:
            probe.write(b"\0")
    except OSError:
        return False
    return True
