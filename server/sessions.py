"""Sessions: what a browser is signed in by. One begins with a passkey or an invitation, and ends
after 30 days, by signing out, or with the membership.

POST /api/sign-out → 204
"""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, delete

from server.access import caller
from server.database import begin
from server.tables import session
from server.who import COOKIE, hash_of, new_secret, now_ms

LIFETIME_MS = 30 * 24 * 3600 * 1000


def start(
    connection: Connection,
    organisation: str,
    member: str,
    *,
    passkey: str | None = None,
    is_recovery: bool = False,
) -> str:
    """Begin a member's session; its secret, for their cookie."""
    secret = new_secret()
    now = now_ms()
    connection.execute(
        delete(session).where(
            session.c.organisation == organisation,
            session.c.member == member,
            session.c.expires_at <= now,
        )
    )
    connection.execute(
        session.insert(),
        {
            "organisation": organisation,
            "token": hash_of(secret),
            "member": member,
            "passkey": passkey,
            "is_recovery": is_recovery,
            "created_at": now,
            "expires_at": now + LIFETIME_MS,
        },
    )
    return secret


def with_cookie(answer: Response, secret: str) -> Response:
    """The answer that signs a browser in."""
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=LIFETIME_MS // 1000,
        secure=True,
        httponly=True,
        samesite="Strict",
    )
    return answer


def sign_out() -> ResponseReturnValue:
    """Ends the session; what the phone holds stays sealed on it."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        with begin(caller().organisation, write=True) as connection:
            connection.execute(
                delete(session).where(
                    session.c.organisation == caller().organisation,
                    session.c.token == hash_of(cookie),
                )
            )
    answer = Response(status=204)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
    return answer
