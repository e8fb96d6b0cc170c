"""From a one-time link to a session, and out again.

POST /api/invitations/accept {"token": "…"} → the session cookie and what /api/me says
POST /api/sign-out → 204
GET /api/me
"""

from __future__ import annotations

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, delete, or_, select, update

from server.access import caller
from server.body import read_json
from server.database import begin, enter
from server.problems import Problem
from server.settings import Settings
from server.tables import invitation, member, organisation, session
from server.who import COOKIE, Caller, caller_of_member, hash_of, new_secret, now_ms

SESSION_MS = 30 * 24 * 3600 * 1000
INVITATION_MS = 15 * 60 * 1000


def me() -> ResponseReturnValue:
    """Who the caller is."""
    return described(caller())


def described(of: Caller) -> dict[str, object]:
    return {
        "member": of.member,
        "name": of.name,
        "email": of.email,
        "role": of.role,
        "team": of.team,
        "team_name": of.team_name,
        "organisation": of.organisation,
        "organisation_name": of.organisation_name,
        "demo": of.is_demo,
    }


def accept() -> ResponseReturnValue:
    """Turns an invitation into a session. A link works once and for a quarter of an hour; only in a
    demo organisation may one be made that works many times."""
    token = read_json().get("token")
    if not isinstance(token, str):
        raise Problem(400, "malformed")
    with begin(None, write=True) as connection:
        found = _redeem(connection, hash_of(token))
        if found is None:
            raise Problem(403, "invitation_used")
        secret = new_secret()
        connection.execute(
            session.insert(),
            {
                "organisation": found.organisation,
                "token": hash_of(secret),
                "member": found.member,
                "is_recovery": False,
                "created_at": now_ms(),
                "expires_at": now_ms() + SESSION_MS,
            },
        )
    answer = jsonify(described(found))
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=SESSION_MS // 1000,
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _redeem(connection: Connection, hashed: str) -> Caller | None:
    """Use an invitation up; None when there is none such, or it was used, or its time is over."""
    now = now_ms()
    of = connection.scalar(select(invitation.c.organisation).where(invitation.c.token == hashed))
    if of is None:
        return None
    enter(connection, of)
    used = connection.execute(
        update(invitation)
        .where(
            invitation.c.token == hashed,
            invitation.c.expires_at > now,
            or_(invitation.c.many_use, invitation.c.used_at.is_(None)),
        )
        .values(used_at=now)
        .returning(invitation.c.organisation, invitation.c.member)
    ).first()
    return caller_of_member(connection, used.organisation, used.member) if used else None


def sign_out() -> ResponseReturnValue:
    """Ends the session; what the phone holds stays sealed on it."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        with begin(caller().organisation, write=True) as connection:
            connection.execute(delete(session).where(session.c.token == hash_of(cookie)))
    answer = Response(status=204)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
    return answer


def invite(
    connection: Connection, organisation_id: str, email: str, *, days_many_use: int = 0
) -> str:
    """A link that signs a member in, once and soon; in a demo organisation also many times for some
    days. Raises LookupError for one who is not an active member, PermissionError for many uses
    outside a demo."""
    row = connection.execute(
        select(member.c.id, organisation.c.is_demo)
        .join(organisation, organisation.c.id == member.c.organisation)
        .where(
            member.c.organisation == organisation_id,
            member.c.email == email.lower(),
            member.c.status == "active",
        )
    ).first()
    if row is None:
        raise LookupError(email)
    if days_many_use and not row.is_demo:
        raise PermissionError("Only a demo organisation has sign-in links that work many times.")
    token = new_secret()
    now = now_ms()
    connection.execute(
        invitation.insert(),
        {
            "organisation": organisation_id,
            "token": hash_of(token),
            "member": row.id,
            "many_use": days_many_use > 0,
            "created_at": now,
            "expires_at": now + (days_many_use * 24 * 3600 * 1000 or INVITATION_MS),
        },
    )
    settings: Settings = current_app.config["SETTINGS"]
    return f"{settings.origin}/#/join/{token}"
