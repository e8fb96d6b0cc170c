"""The people of an organisation, as those who look after them see and change them.

GET /api/office/members → {"members": [{"id", "name", "email", "role", "team", "team_name", "teams",
    "status", "phone", "passkeys": 2, "devices": 1, "last_contact"}]}; `teams` are the names of
    those that a supervisor supervises
POST /api/office/members {"email", "name", "role", "teams": ["North"], "phone"} → 201 {"id"}
POST /api/office/members/ID/invitation {} → {"link", "expires_at", "qr": "data:…", "recovery"}
POST /api/office/members/ID/leave {} → {"devices": how many phones are still to erase themselves}

server/reach.py says who looks after whom; anybody else is not found.
"""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, func, select

from server import qr
from server.access import ROLES, caller
from server.body import read_json
from server.database import AnyRow, begin
from server.organisations import NewMember, Unfit, add_in, leave_in
from server.problems import Problem
from server.reach import is_in_reach, is_managed
from server.signing_in import invite
from server.tables import device, invitation, member, passkey, supervision, team
from server.who import Caller, hash_of

MOST_TEAMS = 50
LONGEST_TEAM = 100


def of_office() -> ResponseReturnValue:
    """The members whom the caller looks after, those who left last."""
    asker = caller()
    own = (member.c.organisation == asker.organisation) & is_in_reach(asker)
    phones = (
        (device.c.organisation == member.c.organisation)
        & (device.c.member == member.c.id)
        & device.c.secret.is_not(None)
    )
    query = (
        select(
            *(member.c[name] for name in ("id", "name", "email", "role", "team")),
            team.c.name.label("team_name"),
            member.c.status,
            member.c.phone,
            _count(
                (passkey.c.organisation == member.c.organisation)
                & (passkey.c.member == member.c.id)
            ).label("passkeys"),
            _count(phones & device.c.revoked_at.is_(None)).label("devices"),
            select(func.max(device.c.last_contact))
            .where(phones)
            .scalar_subquery()
            .label("last_contact"),
        )
        .outerjoin_from(
            member,
            team,
            (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team),
        )
        .where(own)
        .order_by(member.c.status, member.c.name, member.c.email)
    )
    with begin(asker.organisation) as connection:
        rows = connection.execute(query).all()
        supervised = _supervised_teams(connection, asker.organisation)
    return {"members": [row._asdict() | {"teams": supervised.get(row.id, [])} for row in rows]}


def _count(condition: Any) -> Any:
    return select(func.count()).where(condition).scalar_subquery()


def _supervised_teams(connection: Connection, organisation: str) -> dict[str, list[str]]:
    """The names of the teams that each supervisor supervises."""
    rows = connection.execute(
        select(supervision.c.member, team.c.name)
        .join(
            team,
            (team.c.organisation == supervision.c.organisation) & (team.c.id == supervision.c.team),
        )
        .where(supervision.c.organisation == organisation)
        .order_by(team.c.name)
    )
    names: dict[str, list[str]] = {}
    for supervisor, name in rows:
        names.setdefault(supervisor, []).append(name)
    return names


def add() -> ResponseReturnValue:
    """Adds a member with their card. Somebody who left is taken back under the same address: they
    are who they were, without a chart, a passkey or a phone."""
    by, new = caller(), _read_new(read_json())
    try:
        with begin(by.organisation, write=True) as connection:
            id_ = add_in(connection, by.organisation, new, by=by)
    except Unfit as unfit:
        if unfit.is_taken:
            raise Problem(409, "member_exists") from None
        raise Problem(400, "member_unfit", field=unfit.field) from None
    return {"id": id_}, 201


def _read_new(body: dict[str, Any]) -> NewMember:
    """The new member of a request. Raises Problem 400 where a value is of the wrong type."""
    teams, phone = body.get("teams") or [], body.get("phone")
    if not isinstance(teams, list) or len(teams) > MOST_TEAMS:
        raise Problem(400, "member_unfit", field="teams")
    for name in ("email", "name", "role"):
        if not _is_text(body.get(name)):
            raise Problem(400, "member_unfit", field=name)
    if body["role"] not in ROLES:
        raise Problem(400, "member_unfit", field="role")
    if not all(_is_text(each) and len(each) <= LONGEST_TEAM for each in teams):
        raise Problem(400, "member_unfit", field="teams")
    if phone is not None and not _is_text(phone):
        raise Problem(400, "member_unfit", field="phone")
    return NewMember(
        body["email"], body["name"], body["role"], [each.strip() for each in teams], phone
    )


def _is_text(value: object) -> bool:
    """Whether a value is text that says something and that every database can keep."""
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        return False
    return value.encode("utf-8", "replace").decode() == value


def invitation_of(member_id: str) -> ResponseReturnValue:
    """Makes a link, and its picture, by which a member makes a passkey within a quarter of an hour.
    To one who has passkeys it is a recovery."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        whom = _managed(connection, by, member_id)
        if whom.status != "active":
            raise Problem(409, "member_left")
        link = invite(connection, by.organisation, whom.email, invited_by=by.member)
        token = hash_of(link.rpartition("/")[2])
        expires_at = connection.scalar(
            select(invitation.c.expires_at).where(
                invitation.c.organisation == by.organisation, invitation.c.token == token
            )
        )
        has_passkeys = connection.scalar(
            select(
                _count(
                    (passkey.c.organisation == by.organisation) & (passkey.c.member == member_id)
                )
            )
        )
    return {
        "link": link,
        "expires_at": expires_at,
        "qr": qr.as_svg(link),
        "recovery": bool(has_passkeys),
    }


def leave(member_id: str) -> ResponseReturnValue:
    """Ends a membership: everything opens to them no longer, at once, and their phones erase
    themselves at their next contact. Asked again, it is answered again."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        whom = _managed(connection, by, member_id)
        if whom.status == "active":
            leave_in(connection, by.organisation, member_id, by=by)
        to_erase = connection.scalar(
            select(
                _count(
                    (device.c.organisation == by.organisation)
                    & (device.c.member == member_id)
                    & device.c.secret.is_not(None)
                    & device.c.erased_at.is_(None)
                )
            )
        )
    return {"devices": to_erase}


def _managed(connection: Connection, by: Caller, member_id: str) -> AnyRow:
    """The row of a member whose membership is in the caller's hands. Raises Problem 404."""
    row = connection.execute(
        select(member.c.email, member.c.status).where(
            member.c.organisation == by.organisation, member.c.id == member_id, is_managed(by)
        )
    ).first()
    if row is None:
        raise Problem(404, "not_found")
    return row
