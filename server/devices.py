"""A member's devices: enrolled once, known by their secret, revoked when lost.

POST /api/devices {"name": "Pixel 8"} → 201 {"device": id, "secret": "…"}
GET /api/devices → the caller's phones; GET /api/office/devices → those of whom they look after:
    {"devices": [{"id", "name", "member", "member_name", "team_name", "enrolled_at",
    "last_contact", "revoked_at", "erased_at", "lost_unsent", "status", "current"}]}
POST /api/devices/ID/revoke {} → 204: their own, or of somebody whom they look after
GET /api/devices/ID/state → {"revoked": false}
POST /api/devices/ID/erased {} → 204: said by a revoked phone that has erased itself
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Connection, select, update
from uuid6 import uuid7

from server.access import caller
from server.access_log import Entry, note
from server.body import name_in, read_json
from server.database import AnyRow, begin, enter, insert_into
from server.problems import Problem
from server.reach import is_in_reach
from server.sync.envelope import is_uuid
from server.tables import device, escrow, session, team
from server.tables import member as members
from server.who import COOKIE, Caller, hash_of, new_secret, now_ms


def enrol() -> ResponseReturnValue:
    """Enrols a device of the caller, on an unlocked phone of theirs or just after they signed in.

    An older session is no more than a cookie, which is not sealed: it shall not make a lost phone
    another one that opens charts. The secret is shown this once; a program's device has none. A
    `device` beside the name takes up again an id that the server does not know, as after a restore.
    """
    body = read_json()
    name = name_in(body)
    asked = body.get("device")
    if asked is not None and not is_uuid(asked):
        raise Problem(400, "malformed")
    member = caller()
    if not (member.is_program or member.is_fresh or member.device):
        raise Problem(401, "sign_in_again")
    secret = None if member.is_program else new_secret()
    if asked is not None:
        # Not even another organisation's, which are seen before one is named: `state` answers by
        # the id alone.
        with begin(None) as connection:
            if is_known(connection, asked):
                raise Problem(409, "device_id")
    with begin(member.organisation, write=True) as connection:
        require_membership(connection, member)
        id_ = add(connection, member.organisation, member.member, name, asked, secret)
        if id_ is None:  # taken up by another request at the same time
            raise Problem(409, "device_id")
        entry = Entry(
            what="device_enrolled", member=member.member, device=id_, subject=member.member
        )
        note(connection, member.organisation, [entry])
    return {"device": id_} | ({"secret": secret} if secret else {}), 201


def require_membership(connection: Connection, of: Caller) -> None:
    """Raise Problem 401 for a member who left since this request began. Who leaves waits for this
    transaction, and so finds the phone that it enrols."""
    active = select(members.c.id).where(
        members.c.organisation == of.organisation,
        members.c.id == of.member,
        members.c.status == "active",
    )
    if connection.execute(active.with_for_update(read=True)).first() is None:
        raise Problem(401, "signed_out")


def own() -> ResponseReturnValue:
    """The caller's phones, those in use first."""
    return _listed(members.c.id == caller().member)


def of_office() -> ResponseReturnValue:
    """The phones of all whom the caller looks after, those in use first."""
    return _listed(is_in_reach(caller()))


def _listed(whose: ColumnElement[bool]) -> ResponseReturnValue:
    asker = caller()
    query = (
        select(device, members.c.name.label("member_name"), team.c.name.label("team_name"))
        .join_from(
            device,
            members,
            (members.c.organisation == device.c.organisation) & (members.c.id == device.c.member),
        )
        .outerjoin(
            team,
            (team.c.organisation == members.c.organisation) & (team.c.id == members.c.team),
        )
        .where(device.c.organisation == asker.organisation, device.c.secret.is_not(None), whose)
        .order_by(device.c.revoked_at.is_not(None), members.c.name, device.c.enrolled_at)
    )
    with begin(asker.organisation) as connection:
        rows = connection.execute(query).all()
    return {"devices": [_described(row, asker) for row in rows]}


def _described(row: AnyRow, asker: Caller) -> dict[str, Any]:
    status = orjson.loads(row.status) if row.status else None
    return {
        "id": row.id,
        "name": row.name,
        "member": row.member,
        "member_name": row.member_name,
        "team_name": row.team_name,
        "enrolled_at": row.enrolled_at,
        "last_contact": row.last_contact,
        "revoked_at": row.revoked_at,
        "erased_at": row.erased_at,
        "lost_unsent": None if status is None else status.get("unsent"),
        "status": status,
        "current": row.id == asker.device,
    }


def revoke_one(device_id: str) -> ResponseReturnValue:
    """Revokes a phone: it erases itself at its next contact, its key's copy here is destroyed, and
    its member's sessions end, since one of them is in a stranger's hands. Revoked again, nothing
    changes."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        found = connection.execute(
            select(device.c.id)
            .join(
                members,
                (members.c.organisation == device.c.organisation)
                & (members.c.id == device.c.member),
            )
            .where(
                device.c.organisation == by.organisation,
                device.c.id == device_id,
                (members.c.id == by.member) | is_in_reach(by),
            )
        ).first()
        if found is None:
            raise Problem(404, "not_found")
        own_session = hash_of(request.cookies.get(COOKIE, ""))
        but = "" if device_id == by.device else own_session
        revoke(connection, by.organisation, id_=device_id, by=by, but=but)
    return "", 204


def erased(device_id: str) -> ResponseReturnValue:
    """Takes a revoked phone's word that it has erased itself. It is asked for nothing: its secret
    and its session went with what it held."""
    with begin(None, write=True) as connection:
        found = connection.execute(select(device).where(device.c.id == device_id)).first()
        if found is None:
            raise Problem(404, "unknown_device")
        if found.revoked_at is None:
            raise Problem(409, "device_in_use")
        enter(connection, found.organisation)
        said = connection.execute(
            update(device)
            .where(
                device.c.organisation == found.organisation,
                device.c.id == device_id,
                device.c.erased_at.is_(None),
            )
            .values(erased_at=now_ms())
        )
        if said.rowcount:
            entry = Entry(
                what="device_erased",
                member=found.member,
                device=device_id,
                subject=found.member,
                detail=found.name,
            )
            note(connection, found.organisation, [entry])
    return "", 204


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
            name=name,
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


def revoke(
    connection: Connection,
    organisation: str,
    *,
    id_: str = "",
    member: str = "",
    by: Caller | None = None,
    but: str = "",
) -> int:
    """Revoke a device, or all of a member's, with the copies of their keys and the sessions of
    their member, but the one of that hash; how many devices were. Each phone erases itself at its
    next contact."""
    revoked = connection.execute(
        update(device)
        .where(
            device.c.organisation == organisation,
            device.c.id == id_ if id_ else device.c.member == member,
            device.c.revoked_at.is_(None),
        )
        .values(revoked_at=now_ms())
        .returning(device.c.id, device.c.member, device.c.name)
    ).all()
    for each in revoked:
        of = {"organisation": organisation, "member": each.member}
        connection.execute(escrow.delete().filter_by(**of, device=each.id))
        connection.execute(session.delete().filter_by(**of).where(session.c.token != but))
    note(
        connection,
        organisation,
        [
            Entry(
                what="device_revoked",
                member=by.member if by else None,
                device=by.device if by else None,
                subject=each.member,
                detail=each.name,
            )
            for each in revoked
        ],
    )
    return len(revoked)
