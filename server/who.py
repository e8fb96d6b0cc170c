"""Who is asking: one answer for every way of signing in. The guard in server/access.py calls it.

    Authorization: Bearer TOKEN        a program
    Cookie: doorstep_session=…         a person
    Doorstep-Device: SECRET            the phone in their hand, unlocked; revoked, it names its
                                       author by itself, so that what it had not sent is kept

A further way, such as a passkey, ends in a session and needs nothing here.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, replace

from flask import request
from sqlalchemy import Connection, bindparam, select

from server.database import AnyRow, begin, enter
from server.tables import device, member, session, team, token
from server.tables import organisation as organisations

COOKIE = "doorstep_session"
FRESH_MS = 15 * 60 * 1000
"""How long a session is fresh: it may enrol a phone, and after a recovery have a key back from
escrow."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A member as this request shows them."""

    organisation: str
    organisation_name: str
    is_demo: bool
    member: str
    name: str
    email: str
    role: str
    team: str | None
    team_name: str | None
    device: str | None = None
    """The phone whose secret came with the request; only ever one of this member."""
    is_program: bool = False
    is_read_only: bool = False
    is_revoked: bool = False
    """The phone was revoked: it is told to erase itself, and nothing else."""
    session: str | None = None
    """The hash under which the session of this request is stored; a program has none."""
    passkey: str | None = None
    """With which the session was begun."""
    is_fresh: bool = False
    """The session was begun just now, by a passkey or an invitation."""
    is_recovering: bool = False
    """The session was begun just now by a new invitation to one who had passkeys."""


def who() -> Caller | None:
    """The member who sent this request, or None. A left member and an ended session or token are
    nobody.

    In two steps of one transaction: what was sent tells whose it is and in which organisation; then
    the transaction enters that organisation, and reads the member there.
    """
    with begin(None) as connection:
        if (secret := bearer()) is not None:
            return _by_token(connection, hash_of(secret))
        phone = _phone(connection)
        if phone is not None and phone.revoked_at is not None:
            return _by_revoked(connection, phone)
        cookie = request.cookies.get(COOKIE)
        return _by_session(connection, hash_of(cookie), phone) if cookie else None


def bearer() -> str | None:
    """The token that a program sent with this request."""
    sent = request.authorization
    return sent.token if sent is not None and sent.type == "bearer" else None


def caller_of_member(
    connection: Connection, organisation: str, id_: str, *, stays: bool = False
) -> Caller | None:
    """An active member as a caller, by their id. Where they are to stay so, whoever ends their
    membership waits for this transaction, and finds the session that it begins."""
    query = _ACTIVE.with_for_update(read=True, of=member) if stays else _ACTIVE
    row = connection.execute(query, {"organisation": organisation, "member": id_}).first()
    return Caller(*row) if row else None


def hash_of(secret: str) -> str:
    """Under which a secret is stored. Ours are 32 random bytes, which need no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def now_ms() -> int:
    """The server's own time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


# Asked with every request: a statement that stands ready costs a fifth of one that is put together.
_ANYBODY = (
    select(
        member.c.organisation,
        organisations.c.name.label("organisation_name"),
        organisations.c.is_demo,
        member.c.id.label("member"),
        member.c.name,
        member.c.email,
        member.c.role,
        member.c.team,
        team.c.name.label("team_name"),
    )
    .select_from(member)
    .join(organisations, organisations.c.id == member.c.organisation)
    .outerjoin(team, (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team))
    .where(member.c.organisation == bindparam("organisation"), member.c.id == bindparam("member"))
)
_ACTIVE = _ANYBODY.where(member.c.status == "active")
_SESSION = select(
    session.c.organisation,
    session.c.member,
    session.c.passkey,
    session.c.is_recovery,
    session.c.created_at,
).where(session.c.token == bindparam("token"), session.c.expires_at > bindparam("now"))
_PHONE = select(device.c.organisation, device.c.member, device.c.id, device.c.revoked_at).where(
    device.c.secret == bindparam("secret")
)


def _by_token(connection: Connection, hashed: str) -> Caller | None:
    row = connection.execute(
        select(token.c.organisation, token.c.member, token.c.read_only).where(
            token.c.token == hashed, token.c.revoked_at.is_(None), token.c.expires_at > now_ms()
        )
    ).first()
    found = _entered(connection, row) if row else None
    return replace(found, is_program=True, is_read_only=row.read_only) if row and found else None


def _by_session(connection: Connection, hashed: str, phone: AnyRow | None) -> Caller | None:
    now = now_ms()
    row = connection.execute(_SESSION, {"token": hashed, "now": now}).first()
    found = _entered(connection, row) if row else None
    if row is None or found is None:
        return None
    is_fresh = row.created_at > now - FRESH_MS
    found = replace(
        found,
        session=hashed,
        passkey=row.passkey,
        is_fresh=is_fresh,
        is_recovering=row.is_recovery and is_fresh,
    )
    if phone is None:
        return found
    if (phone.organisation, phone.member) != (found.organisation, found.member):
        return found
    return replace(found, device=phone.id)


def _by_revoked(connection: Connection, phone: AnyRow) -> Caller | None:
    """Whoever's phone it was, a member who left included, whatever session came with it: several
    people may use one phone, and the store that this secret opened is not the session's."""
    enter(connection, phone.organisation)
    whose = {"organisation": phone.organisation, "member": phone.member}
    row = connection.execute(_ANYBODY, whose).first()
    return replace(Caller(*row), device=phone.id, is_revoked=True) if row else None


def _entered(connection: Connection, named: AnyRow) -> Caller | None:
    """The active member whom a row of session or token names, in their organisation."""
    enter(connection, named.organisation)
    return caller_of_member(connection, named.organisation, named.member)


def _phone(connection: Connection) -> AnyRow | None:
    secret = request.headers.get("Doorstep-Device")
    if not secret:
        return None
    return connection.execute(_PHONE, {"secret": hash_of(secret)}).first()
