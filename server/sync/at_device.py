"""Whether a request is of our history and comes from its member's own device, in use. The epoch is
compared first, so that it cannot be left to the guard (server/access.py)."""

from __future__ import annotations

from flask import request
from sqlalchemy import Connection

from server.database import AnyRow
from server.problems import Problem
from server.sync import contact
from server.sync.stored import Counter
from server.who import Caller


class Revoked(Exception):
    """The device was revoked: it is told to erase itself. Where it `is_theirs`, what it brought is
    kept for a supervisor first."""

    def __init__(self, *, is_theirs: bool) -> None:
        super().__init__("device_revoked")
        self.is_theirs = is_theirs


def require_device(connection: Connection, asker: Caller, device: str) -> AnyRow:
    """The device's row. Raises Problem unless the caller is at their own device, and Revoked.

    Only a revoked phone's own secret has it erase itself: after a restore a phone may find its id
    kept as one out of use, since a copy of it came back first, and hold what nobody else does.
    """
    if not asker.is_program and asker.device is None and not request.headers.get("Doorstep-Device"):
        raise Problem(401, "device_secret")
    known = contact.find_device(
        connection, asker.organisation, asker.member, device, is_program=asker.is_program
    )
    is_theirs = asker.is_program or asker.device == device
    if asker.is_revoked or (is_theirs and known is not None and known.revoked_at is not None):
        raise Revoked(is_theirs=is_theirs)
    if known is None or not is_theirs:
        raise Problem(404, "unknown_device")
    return known


def require_epoch(counter: Counter, epoch: str) -> None:
    """Raise Problem 409 where the server's history is another: restored once more, perhaps."""
    if counter.epoch != epoch:
        raise Problem(409, "another_epoch", epoch=counter.epoch)
