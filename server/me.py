"""Who the caller is, and what was done to their account.

GET /api/me → {"member", "name", "email", "role", "team", "team_name", "organisation",
    "organisation_name", "demo", "passkeys": 2, "recovery": false, "escrow_key": "…"}
GET /api/me/activity → {"activity": [{"at", "what", "by", "by_name", "device_name", "detail"}]}

`recovery`: this session may have the phone's key back from escrow (server/escrow.py), and
`escrow_key` is what a phone seals it for.
"""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, func, select

from server.access import caller
from server.audit.pages import entries
from server.database import begin
from server.escrow import public_key
from server.tables import access_log, passkey
from server.who import Caller

MOST_ACTIVITY = 100
SECURITY_EVENTS = (
    *("invited", "recovered", "sign_in", "passkey_added", "passkey_removed", "passkey_cloned"),
    *("escrow_release", "device_enrolled", "device_revoked", "token_created", "token_revoked"),
)


def me() -> ResponseReturnValue:
    """Who the caller is."""
    with begin(caller().organisation) as connection:
        return described(connection, caller())


def described(connection: Connection, of: Caller) -> dict[str, object]:
    passkeys = connection.scalar(
        select(func.count())
        .select_from(passkey)
        .where(passkey.c.organisation == of.organisation, passkey.c.member == of.member)
    )
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
        "passkeys": passkeys,
        "recovery": of.is_recovering,
        "escrow_key": public_key(),
    }


def activity() -> ResponseReturnValue:
    """What was done to the caller's account: sign-ins, passkeys, phones. The newest first."""
    mine = caller()
    with begin(mine.organisation) as connection:
        query = entries(
            mine.organisation,
            access_log.c.subject == mine.member,
            access_log.c.what.in_(SECURITY_EVENTS),
        )
        rows = connection.execute(query.limit(MOST_ACTIVITY)).all()
    return {
        "activity": [
            {
                "at": row.at,
                "what": row.what,
                "by": row.member,
                "by_name": row.member_name,
                "device_name": row.device_name,
                "detail": row.detail,
            }
            for row in rows
        ]
    }
