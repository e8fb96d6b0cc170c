"""Organisations, their teams and their members. Called by the commands, the demo and the import.

Every member has a card in the library, so that phones have names and telephone numbers offline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from uuid6 import uuid7

from server import epochs
from server.access import ROLES
from server.access_log import Entry, note
from server.catalogue import CATALOGUE
from server.database import begin, insert_into
from server.devices import add as add_device
from server.devices import revoke
from server.sync.local import NotTaken, write_as_server
from server.sync.stored import take_counter
from server.tables import (
    invitation,
    member,
    organisation,
    passkey,
    records,
    session,
    supervision,
    team,
    token,
)
from server.who import Caller, now_ms

HANDED_IN = {"assignment": "finished", "cover": "cancelled", "on_call": "cancelled"}
"""The kinds through which a member holds charts, and how each ends."""


class Unfit(ValueError):
    """What was asked cannot be; the text says why in one sentence, and `field` names the value that
    it is about."""

    def __init__(self, text: str, field: str, *, is_taken: bool = False) -> None:
        super().__init__(text)
        self.field = field
        self.is_taken = is_taken


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
    id_, device, epoch = (str(uuid7()) for _ in range(3))
    now = now_ms()
    with begin(id_, write=True) as connection:
        connection.execute(
            organisation.insert(),
            {
                "id": id_,
                "name": name,
                "head": 0,
                "epoch": epoch,
                "is_restoring": False,
                "device": device,
                "folded_with": CATALOGUE.rules_hash(),
                "is_demo": is_demo,
                "created_at": now,
            },
        )
        epochs.add_first(connection, id_, epoch, now)
        add_device(connection, id_, None, "server", device)
        if administrator is not None:
            add_in(connection, id_, administrator)
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
    """Add a member with their card, or take back one who left; their id. Raises Unfit for a role or
    an address that cannot be, or is taken, and for what the card cannot hold."""
    with begin(organisation_id, write=True) as connection:
        return add_in(connection, organisation_id, new, id_)


def add_in(
    connection: Connection,
    organisation_id: str,
    new: NewMember,
    id_: str | None = None,
    *,
    by: Caller | None = None,
) -> str:
    """`add_member` inside the caller's transaction, which is to be undone where it raises. `by` is
    who asked for it; None on the command line."""
    email = new.email.strip().lower()
    _require_fit(new, email)
    counter = take_counter(connection, organisation_id)
    teams = [ensure_team(connection, organisation_id, name) for name in new.teams]
    values = {
        "name": new.name.strip(),
        "role": new.role,
        "team": teams[0] if teams else None,
        "status": "active",
        "phone": new.phone,
    }
    known = connection.execute(
        select(member.c.id, member.c.status).where(
            member.c.organisation == organisation_id, member.c.email == email
        )
    ).first()
    if known is not None and known.status == "active":
        raise Unfit(f"{email} is already a member.", "email", is_taken=True)
    if known is None:
        id_ = id_ or str(uuid7())
        connection.execute(
            member.insert(),
            {
                "organisation": organisation_id,
                "id": id_,
                "email": email,
                "created_at": now_ms(),
                **values,
            },
        )
    else:
        id_ = str(known.id)
        hand_in(connection, organisation_id, id_)
        connection.execute(
            update(member)
            .where(member.c.organisation == organisation_id, member.c.id == id_)
            .values(**values)
        )
    if new.role == "supervisor" and teams:
        connection.execute(
            supervision.insert(),
            [
                {"organisation": organisation_id, "member": id_, "team": each}
                for each in dict.fromkeys(teams)
            ],
        )
    _write_card(connection, organisation_id, id_, new, seen=counter.head)
    _note(connection, organisation_id, "member_added", id_, by)
    return id_


def _require_fit(new: NewMember, email: str) -> None:
    if new.role not in ROLES:
        raise Unfit(
            f"There is no role {new.role}; the roles are {', '.join(sorted(ROLES))}.", "role"
        )
    if email.count("@") != 1 or email.startswith("@") or email.endswith("@") or " " in email:
        raise Unfit(f"{new.email} is not an email address.", "email")
    if not new.name.strip():
        raise Unfit("A member needs a name.", "name")


def _write_card(
    connection: Connection, organisation_id: str, id_: str, new: NewMember, seen: int
) -> None:
    card: dict[str, object] = {"name": new.name.strip(), "role": new.role, "status": "active"}
    card["team"] = new.teams[0] if new.teams else None
    if new.phone:
        card["telephone"] = new.phone
    change: dict[str, object] = {"record": id_, "kind": "member", "seen": seen, "set": card}
    if new.languages:
        change["add"] = {"languages": list(new.languages)}
    try:
        write_as_server(connection, organisation_id, id_, [change])
    except NotTaken as error:
        field = {"telephone": "phone", "team": "teams"}.get(error.field or "", "name")
        raise Unfit(f"The member's card cannot be: {error}", field) from error


def leave(organisation_id: str, email: str) -> int:
    """`leave_in` for an active member's address; how many phones are to erase themselves. Raises
    Unfit where there is no such member."""
    with begin(organisation_id, write=True) as connection:
        id_ = connection.scalar(
            select(member.c.id).where(
                member.c.organisation == organisation_id,
                member.c.email == email.lower(),
                member.c.status == "active",
            )
        )
        if id_ is None:
            raise Unfit(f"{email} is not an active member.", "email")
        return leave_in(connection, organisation_id, id_)


def leave_in(
    connection: Connection, organisation_id: str, id_: str, *, by: Caller | None = None
) -> int:
    """End a membership, inside the caller's transaction: passkeys, sessions, tokens and invitations
    end, those that they made for others too, and phones erase themselves at their next contact; how
    many phones that concerns, none for one who had left.

    What they held stays under their name, for their team to hand over: with no holder it would
    stand on the waitlist, open to every supervisor of the organisation.

    The counter is taken first, as a push does: one that took its phone's row and then the counter
    would wait for a push of that phone, and the push for it.
    """
    take_counter(connection, organisation_id)
    at = {"organisation": organisation_id, "member": id_}
    left = connection.execute(
        update(member)
        .where(
            member.c.organisation == organisation_id,
            member.c.id == id_,
            member.c.status == "active",
        )
        .values(status="left")
    )
    if not left.rowcount:
        return 0
    for table in (session, passkey, invitation, supervision):
        connection.execute(table.delete().filter_by(**at))
    connection.execute(invitation.delete().filter_by(organisation=organisation_id, invited_by=id_))
    connection.execute(update(token).filter_by(**at, revoked_at=None).values(revoked_at=now_ms()))
    phones = revoke(connection, organisation_id, member=id_, by=by)
    write_as_server(
        connection,
        organisation_id,
        id_,
        [{"record": id_, "kind": "member", "set": {"status": "left"}}],
    )
    _note(connection, organisation_id, "member_left", id_, by)
    return phones


def hand_in(connection: Connection, organisation_id: str, id_: str) -> None:
    """End every assignment, cover and shift that still names a member: one who is taken back begins
    with no chart. The caller holds the counter."""
    rows = connection.execute(
        select(records.c.id, records.c.kind, records.c.patient, records.c.version).where(
            records.c.organisation == organisation_id,
            records.c.kind.in_(HANDED_IN),
            records.c.owner == id_,
            records.c.deleted.is_(False),
            records.c.status.is_(None) | records.c.status.not_in(HANDED_IN.values()),
        )
    )
    ended = [
        {
            "record": row.id,
            "kind": row.kind,
            "patient": row.patient,
            "seen": row.version,
            "set": {"status": HANDED_IN[row.kind]},
        }
        for row in rows
    ]
    write_as_server(connection, organisation_id, id_, ended)


def _note(
    connection: Connection, organisation_id: str, what: str, subject: str, by: Caller | None
) -> None:
    entry = Entry(
        what=what,
        member=by.member if by else None,
        device=by.device if by else None,
        subject=subject,
    )
    note(connection, organisation_id, [entry])
