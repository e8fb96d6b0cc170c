"""Organisations, their teams and their members. Called by the commands, the demo and the import.

Every member has a card in the library, so that phones have names and telephone numbers offline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from uuid6 import uuid7

from server.access import ROLES
from server.database import begin, insert_into
from server.devices import add as add_device
from server.devices import revoke
from server.sync.local import NotTaken, write_as_server
from server.sync.stored import take_counter
from server.tables import member, organisation, session, supervision, team, token
from server.who import now_ms


class Unfit(ValueError):
    """What was asked cannot be; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody on staff. A supervisor supervises the teams given; others work in the first."""

    email: str
    name: str
    role: str
    teams: Sequence[str] = ()
    phone: str | None = None
    languages: Sequence[str] = ()


def create_organisation(
    name: str, *, is_demo: bool = False, administrator: NewMember | None = None
) -> str:
    """Make an organisation, without members or with its first administrator; its id. Raises Unfit
    as `add_member` does, and then there is no organisation."""
    id_ = str(uuid7())
    device = str(uuid7())
    with begin(id_, write=True) as connection:
        connection.execute(
            organisation.insert(),
            {
                "id": id_,
                "name": name,
                "head": 0,
                "epoch": str(uuid7()),
                "epoch_start": 0,
                "restored_head": 0,
                "device": device,
                "is_demo": is_demo,
                "created_at": now_ms(),
            },
        )
        add_device(connection, id_, None, "server", device)
        if administrator is not None:
            _add(connection, id_, administrator, str(uuid7()))
    return id_


def ensure_team(connection: Connection, organisation_id: str, name: str) -> str:
    """The id of the team of that name, made if there is none."""
    connection.execute(
        insert_into(connection, team)
        .values(organisation=organisation_id, id=str(uuid7()), name=name)
        .on_conflict_do_nothing()
    )
    found: str = connection.scalars(
        select(team.c.id).where(team.c.organisation == organisation_id, team.c.name == name)
    ).one()
    return found


def add_member(organisation_id: str, new: NewMember, id_: str | None = None) -> str:
    """Add a member with their card; their id. Raises Unfit for a role or an address that cannot be,
    or is taken, and for what the card cannot hold."""
    id_ = id_ or str(uuid7())
    with begin(organisation_id, write=True) as connection:
        _add(connection, organisation_id, new, id_)
    return id_


def _add(connection: Connection, organisation_id: str, new: NewMember, id_: str) -> None:
    email = new.email.strip().lower()
    if new.role not in ROLES:
        raise Unfit(f"There is no role {new.role}; the roles are {', '.join(sorted(ROLES))}.")
    if email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email:
        raise Unfit(f"{new.email} is not an email address.")
    if not new.name.strip():
        raise Unfit("A member needs a name.")
    teams = [ensure_team(connection, organisation_id, name) for name in new.teams]
    stored = connection.scalar(
        insert_into(connection, member)
        .values(
            organisation=organisation_id,
            id=id_,
            email=email,
            name=new.name.strip(),
            role=new.role,
            team=teams[0] if teams else None,
            status="active",
            phone=new.phone,
            created_at=now_ms(),
        )
        .on_conflict_do_nothing()
        .returning(member.c.id)
    )
    if stored is None:
        raise Unfit(f"{email} is already a member.")
    if new.role == "supervisor" and teams:
        connection.execute(
            supervision.insert(),
            [
                {"organisation": organisation_id, "member": id_, "team": each}
                for each in dict.fromkeys(teams)
            ],
        )
    card: dict[str, object] = {"name": new.name.strip(), "role": new.role, "status": "active"}
    if new.teams:
        card["team"] = new.teams[0]
    if new.phone:
        card["telephone"] = new.phone
    change: dict[str, object] = {"record": id_, "kind": "member", "set": card}
    if new.languages:
        change["add"] = {"languages": list(new.languages)}
    try:
        write_as_server(connection, organisation_id, id_, [change])
    except NotTaken as error:
        raise Unfit(f"The member's card cannot be: {error}") from error


def leave(organisation_id: str, email: str) -> int:
    """End a membership: sessions and tokens end, and phones erase themselves at their next contact;
    how many phones that concerns. Raises Unfit where there is no such member.

    The counter is taken first, as a push does: one that took its phone's row and then the counter
    would wait for a push of that phone, and the push for it.
    """
    with begin(organisation_id, write=True) as connection:
        take_counter(connection, organisation_id)
        id_ = connection.scalar(
            select(member.c.id).where(
                member.c.organisation == organisation_id,
                member.c.email == email.lower(),
                member.c.status == "active",
            )
        )
        if id_ is None:
            raise Unfit(f"{email} is not an active member.")
        at = {"organisation": organisation_id, "member": id_}
        connection.execute(
            update(member)
            .where(member.c.organisation == organisation_id, member.c.id == id_)
            .values(status="left")
        )
        connection.execute(session.delete().filter_by(**at))
        connection.execute(
            update(token).filter_by(**at, revoked_at=None).values(revoked_at=now_ms())
        )
        phones = revoke(connection, organisation_id, member=id_)
        write_as_server(
            connection,
            organisation_id,
            id_,
            [{"record": id_, "kind": "member", "set": {"status": "left"}}],
        )
    return phones
