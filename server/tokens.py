"""Access for programs: a token in a member's name, shown once, stored hashed, for some days."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update
from uuid6 import uuid7

from server.access_log import Entry, note
from server.database import AnyRow
from server.tables import member, token
from server.who import hash_of, new_secret, now_ms

DAY_MS = 24 * 3600 * 1000


def create(
    connection: Connection, organisation_id: str, email: str, read_only: bool, days: int
) -> str:
    """A new token of an active member. Raises LookupError where there is none."""
    owner = connection.scalar(
        select(member.c.id).where(
            member.c.organisation == organisation_id,
            member.c.email == email.lower(),
            member.c.status == "active",
        )
    )
    if owner is None:
        raise LookupError(email)
    secret = new_secret()
    now = now_ms()
    connection.execute(
        token.insert(),
        {
            "organisation": organisation_id,
            "id": str(uuid7()),
            "member": owner,
            "token": hash_of(secret),
            "read_only": read_only,
            "created_at": now,
            "expires_at": now + days * DAY_MS,
        },
    )
    scope = "read-only" if read_only else "read-write"
    entry = Entry(what="token_created", subject=owner, detail=f"{scope}, {days} days")
    note(connection, organisation_id, [entry])
    return secret


def in_use(connection: Connection, organisation_id: str) -> Sequence[AnyRow]:
    """The tokens that still open something, with their members' addresses."""
    return connection.execute(
        select(token.c.id, member.c.email, token.c.read_only, token.c.expires_at)
        .join(
            member,
            (member.c.organisation == token.c.organisation) & (member.c.id == token.c.member),
        )
        .where(
            token.c.organisation == organisation_id,
            token.c.revoked_at.is_(None),
            token.c.expires_at > now_ms(),
        )
        .order_by(member.c.email, token.c.created_at)
    ).all()


def revoke(connection: Connection, organisation_id: str, id_: str) -> bool:
    """End a token; False where none of that id is in use."""
    owner = connection.scalar(
        update(token)
        .where(
            token.c.organisation == organisation_id,
            token.c.id == id_,
            token.c.revoked_at.is_(None),
        )
        .values(revoked_at=now_ms())
        .returning(token.c.member)
    )
    if owner is None:
        return False
    note(connection, organisation_id, [Entry(what="token_revoked", subject=owner)])
    return True
