"""The server's own secret: 32 random bytes that no database and no backup of one holds.

It comes from SERVER_KEY, or lies in `server.key` in DOORSTEP_HOME, made at the first start. Whoever
has the database alone can open no escrow and forge no access log. Every use has a key of its own.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import select

from server.database import begin, see_organisations
from server.logs import get_logger
from server.settings import SERVER_KEY_BYTES, Settings, server_key_of
from server.tables import access_link, organisation

log = get_logger("server_key")

FILE = "server.key"
EXTENSION = "doorstep.server_key"


class NoServerKey(RuntimeError):
    """There is no key to be had; the text says why in one sentence."""


def derive(purpose: str, length: int = 32) -> bytes:
    """The key for one purpose: the same in every process, and of no help for another purpose."""
    info = f"doorstep {purpose}".encode()
    return HKDF(SHA256(), length, salt=None, info=info).derive(_secret())


def require() -> None:
    """Raise NoServerKey where none can be read or made, so that nothing is served without."""
    _secret()


def is_here() -> bool:
    """Whether there is one already: `require` would make the first."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.server_key is not None or (settings.home / FILE).exists()


def _secret() -> bytes:
    if EXTENSION not in current_app.extensions:
        settings: Settings = current_app.config["SETTINGS"]
        current_app.extensions[EXTENSION] = settings.server_key or _from_file(settings.home / FILE)
    found: bytes = current_app.extensions[EXTENSION]
    return found


def _from_file(path: Path) -> bytes:
    """A file that holds no key is left alone: another key in its place would open nothing that was
    sealed for the first."""
    try:
        if not path.exists():
            _require_unused()
            _make(path)
            log.warning("a new server key was made: keep it apart from the database, and safe")
        return server_key_of(path.read_text("ascii").strip())
    except OSError as error:
        raise NoServerKey(
            f"{path} cannot be read or written ({error.strerror}). Set SERVER_KEY instead."
        ) from error
    except ValueError:
        raise NoServerKey(f"{path} holds no server key. Put back the one that was there.") from None


def _require_unused() -> None:
    """A database that was used with a key is used with no new one: that would open no escrow of
    before, and break the chain of the access log. Commands run elsewhere than the server come here.
    """
    with begin(None) as connection:
        see_organisations(connection)
        ids = connection.scalars(select(organisation.c.id)).all()
    for id_ in ids:
        with begin(id_) as connection:
            links = select(access_link.c.number).where(access_link.c.organisation == id_).limit(1)
            if connection.execute(links).first() is not None:
                raise NoServerKey(
                    "The database was used with a server key that is not here. Set SERVER_KEY, or"
                    " DOORSTEP_HOME to the folder in which server.key lies."
                )


def _make(path: Path) -> None:
    """A new key, whole or not at all: of several processes the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    written = base64.b64encode(secrets.token_bytes(SERVER_KEY_BYTES)) + b"\n"
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink(missing_ok=True)
