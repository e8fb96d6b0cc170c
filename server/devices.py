"""A member's devices: enrolled once, known by their secret, revoked when lost.

POST /api/devices {"name": "Pixel 8"} → 201 {"device": id, "secret": "…"}
GET /api/devices/ID/state → {"revoked": false}
"""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select, update
from uuid6 import uuid7

from server.access import caller
from server.body import read_json
from server.database import begin, insert_into
from server.problems import Problem
from server.sync.envelope import is_uuid
from server.tables import device
from server.who import hash_of, new_secret, now_ms

LONGEST_NAME = 100


def enrol() -> ResponseReturnValue:
    """Enrols a device of the caller.

    Its secret is shown this once; a program's device has none. A `device` beside the name takes up
    again an id that the server does not know, as after a restore.
    """
    body = read_json()
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME or "\0" in name:
        raise Problem(400, "name_missing")
    asked = body.get("device")
    if asked is not None and not is_uuid(asked):
        raise Problem(400, "malformed")
    member = caller()
    secret = None if member.is_program else new_secret()
    if asked is not None:
        # Not even another organisation's, which are seen before one is named: `state` answers by
        # the id alone.
        with begin(None) as connection:
            if is_known(connection, asked):
                raise Problem(409, "device_id")
    with begin(member.organisation, write=True) as connection:
        id_ = add(connection, member.organisation, member.member, name.strip(), asked, secret)
    if id_ is None:  # taken up by another request at the same time
        raise Problem(409, "device_id")
    return {"device": id_} | ({"secret": secret} if secret else {}), 201


def is_known(connection: Connection, id_: str) -> bool:
    """Whether a device of any organisation has that id."""
    return connection.execute(select(device.c.id).where(device.c.id == id_)).first() is not None


def add(
    connection: Connection,
    organisation: str,
    member: str | None,
    name: str,
    id_: str | None = None,
    secret: str | None = None,
) -> str | None:
    """Store a device and give its id; None where that id is already one."""
    id_ = id_ or str(uuid7())
    stored: str | None = connection.scalar(
        insert_into(connection, device)
        .values(
            organisation=organisation,
            id=id_,
            member=member,
            name=name.encode("utf-8", "replace").decode(),
            secret=hash_of(secret) if secret else None,
            enrolled_at=now_ms(),
        )
        .on_conflict_do_nothing()
        .returning(device.c.id)
    )
    return stored


def state(device_id: str) -> ResponseReturnValue:
    """Whether a device is revoked: asked by locked phones, which have no session to show."""
    with begin(None) as connection:
        rows = connection.execute(select(device.c.revoked_at).where(device.c.id == device_id)).all()
    if not rows:
        raise Problem(404, "unknown_device")
    return {"revoked": any(row.revoked_at is not None for row in rows)}


def revoke(connection: Connection, organisation: str, *, id_: str = "", member: str = "") -> int:
    """Revoke a device, or all of a member's; how many were. Each erases itself at next contact."""
    return connection.execute(
        update(device)
        .where(
            device.c.organisation == organisation,
            device.c.id == id_ if id_ else device.c.member == member,
            device.c.revoked_at.is_(None),
        )
        .values(revoked_at=now_ms())
    ).rowcount
