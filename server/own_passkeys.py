"""A member's own passkeys, on their unlocked phone.

GET /api/passkeys → {"passkeys": [{"id", "name", "created_at", "last_used_at", "backed_up",
    "current", "credential"}]}; current: this session was begun with it; credential: as the
    authenticator calls it, by which a phone knows which of them opens its store
POST /api/passkeys/options {} → {"options", "proof"}; proof: what one of the passkeys they have must
    sign besides, or null where they signed in just now
POST /api/passkeys {"credential", "name": "Pixel 8", "proof"?} → 201 {"id"}
POST /api/passkeys/ID/name {"name"} → 204
POST /api/passkeys/ID/remove {} → 204
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select, update

from server import challenges, passkeys
from server.access import caller
from server.access_log import Entry, note
from server.body import name_in, read_json
from server.database import begin
from server.devices import require_membership
from server.passkeys import NotVerified, Use
from server.problems import Problem
from server.tables import passkey, session


def list_passkeys() -> ResponseReturnValue:
    """The caller's passkeys, the oldest first."""
    mine = caller()
    with begin(mine.organisation) as connection:
        rows = passkeys.of_member(connection, mine.organisation, mine.member)
    return {
        "passkeys": [
            {
                "id": row.id,
                "name": row.name,
                "created_at": row.created_at,
                "last_used_at": row.last_used_at,
                "backed_up": row.is_backed_up,
                "current": row.id == mine.passkey,
                "credential": row.credential,
            }
            for row in rows
        ]
    }


def passkey_options() -> ResponseReturnValue:
    """What a browser needs to make a further passkey, on an authenticator that holds none yet."""
    mine = caller()
    with begin(mine.organisation) as connection:
        held = passkeys.of_member(connection, mine.organisation, mine.member)
    challenge = challenges.give("passkey", mine.member)
    proof = None
    if held and not mine.is_fresh:
        proof = passkeys.request_options(challenges.give("proof", mine.member), held)
    return {"options": passkeys.creation_options(mine, challenge, held), "proof": proof}


def add_passkey() -> ResponseReturnValue:
    """Keeps a further passkey of the caller, by the hand of one they have.

    A phone that is open in a stranger's hand shall not let them make a key of their own, which
    would outlast the phone's revocation: whoever did not sign in just now signs with a passkey
    that they have. In a demo, who has none yet adds their first.
    """
    body = read_json()
    name = name_in(body)
    credential, proof = body.get("credential"), body.get("proof")
    if not isinstance(credential, Mapping) or not isinstance(proof, Mapping | None):
        raise Problem(400, "malformed")
    mine = caller()
    try:
        use = None if proof is None else _verified(proof)
        new = passkeys.verify_new(credential, "passkey", mine.member)
    except NotVerified:
        raise Problem(403, "passkey_refused") from None
    with begin(mine.organisation, write=True) as connection:
        require_membership(connection, mine)
        if not mine.is_fresh and passkeys.of_member(connection, mine.organisation, mine.member):
            if use is None:
                raise Problem(401, "sign_in_again")
            if not passkeys.count_use(connection, use):
                raise Problem(403, "passkey_refused")
        id_ = passkeys.add(connection, mine.organisation, mine.member, new, name)
        if id_ is None:
            raise Problem(403, "passkey_refused")
        note(connection, mine.organisation, [_entry("passkey_added", name)])
    return {"id": id_}, 201


def _verified(proof: Mapping[str, object]) -> Use:
    """The use of a passkey of the caller. Raises NotVerified."""
    mine = caller()
    read = passkeys.read_use(proof)
    with begin(mine.organisation) as connection:
        known = passkeys.find(connection, read.raw_id)
    theirs = known if known is not None and known.member == mine.member else None
    return passkeys.verify_use(read, "proof", theirs, mine.member)


def rename_passkey(passkey_id: str) -> ResponseReturnValue:
    """Calls a passkey of the caller otherwise."""
    name = name_in(read_json())
    mine = caller()
    with begin(mine.organisation, write=True) as connection:
        named = connection.execute(
            update(passkey)
            .where(
                passkey.c.organisation == mine.organisation,
                passkey.c.member == mine.member,
                passkey.c.id == passkey_id,
            )
            .values(name=name)
        )
    if named.rowcount == 0:
        raise Problem(404, "not_found")
    return Response(status=204)


def remove_passkey(passkey_id: str) -> ResponseReturnValue:
    """Removes a passkey of the caller, never the last, and ends the sessions begun with it.

    The session that asks goes on: whoever removes a lost key from a phone that it once opened is
    not to be locked out of the rest of the tidying.
    """
    mine = caller()
    with begin(mine.organisation, write=True) as connection:
        rows = connection.execute(
            select(passkey.c.id, passkey.c.name)
            .where(passkey.c.organisation == mine.organisation, passkey.c.member == mine.member)
            .order_by(passkey.c.id)
            .with_for_update()  # of two removals at once the second sees what the first left
        )
        names = {row.id: row.name for row in rows}
        if passkey_id not in names:
            raise Problem(404, "not_found")
        if len(names) == 1:
            raise Problem(409, "last_passkey")
        connection.execute(
            delete(passkey).where(
                passkey.c.organisation == mine.organisation, passkey.c.id == passkey_id
            )
        )
        connection.execute(
            delete(session).where(
                session.c.organisation == mine.organisation,
                session.c.passkey == passkey_id,
                session.c.token != mine.session,
            )
        )
        note(connection, mine.organisation, [_entry("passkey_removed", names[passkey_id])])
    return Response(status=204)


def _entry(what: str, name: str) -> Entry:
    mine = caller()
    return Entry(
        what=what, member=mine.member, device=mine.device, subject=mine.member, detail=name
    )
