"""Two ways in: an invitation, once, by which a passkey is made, and from then on that passkey.

POST /api/invitations/open {"token"} → {"name", "organisation_name", "demo", "recovery", "options"}
POST /api/invitations/accept {"token", "credential", "name": "Pixel 8"}
    → the session cookie and what /api/me says
POST /api/sign-in/options {} → {"options"}
POST /api/sign-in {"credential"} → the session cookie and what /api/me says

`options` and `credential` are the JSON of WebAuthn level 3 (PublicKeyCredential.parse…FromJSON and
toJSON). A demo organisation may be joined without a credential. An invitation to somebody who has
passkeys is a recovery: a supervisor vouches that it is them, and for a quarter of an hour their
session may have a phone's key back (server/escrow.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, delete, or_, select, update

from server import challenges, limits, passkeys, sessions
from server.access_log import Entry, note
from server.body import name_in, read_json
from server.database import AnyRow, begin
from server.me import described
from server.passkeys import NewPasskey, NotVerified
from server.problems import Problem
from server.settings import Settings
from server.tables import invitation, member, organisation
from server.who import Caller, caller_of_member, hash_of, new_secret, now_ms

INVITATION_MS = 15 * 60 * 1000
UNNAMED = "Passkey"


def open_invitation() -> ResponseReturnValue:
    """Says whom an invitation is for, and what their browser needs to make a passkey.

    It is not used up. In a recovery no passkey is excluded: an authenticator that holds one of this
    member's replaces it, and nobody who was vouched for is turned away.
    """
    found = _find(read_json().get("token"))
    with begin(found.organisation) as connection:
        invited = _invited(connection, found)
        has_passkeys = bool(passkeys.of_member(connection, found.organisation, found.member))
    challenge = challenges.give("invitation", found.token)
    return {
        "name": invited.name,
        "organisation_name": invited.organisation_name,
        "demo": invited.is_demo,
        "recovery": has_passkeys and not found.many_use,
        "options": passkeys.creation_options(invited, challenge),
    }


def accept() -> ResponseReturnValue:
    """Uses an invitation up, keeps the passkey made by it and signs in."""
    body = read_json()
    found = _find(body.get("token"))
    name = name_in(body, UNNAMED)
    new = _verified(body.get("credential"), found.token)
    with begin(found.organisation, write=True) as connection:
        invited = _invited(connection, found, stays=True)
        if new is None and not invited.is_demo:
            raise Problem(403, "passkey_needed")
        if not _use_up(connection, found):
            raise Problem(403, "invitation_used")
        had = passkeys.of_member(connection, found.organisation, found.member)
        is_recovery = bool(had) and not found.many_use
        made = None
        if new is not None:
            made = passkeys.add(connection, found.organisation, found.member, new, name)
            if made is None:
                raise Problem(403, "passkey_refused")
        what = ["passkey_added"] if made else []
        what += ["recovered" if is_recovery else "sign_in"]
        _note(connection, invited, what, name if made else None)
        return _signed_in(connection, invited, made, is_recovery=is_recovery)


def sign_in_options() -> ResponseReturnValue:
    """What a browser needs to ask for a passkey, whoever's it may be."""
    limits.count("sign_in", address=limits.address())
    return {"options": passkeys.request_options(challenges.give("sign_in"))}


def sign_in() -> ResponseReturnValue:
    """Signs in with a passkey. Whatever does not hold is answered alike."""
    credential = read_json().get("credential")
    if not isinstance(credential, dict):
        raise Problem(400, "malformed")
    limits.count("sign_in", address=limits.address())
    try:
        read = passkeys.read_use(credential)
        with begin(None) as connection:
            known = passkeys.find(connection, read.raw_id)
        limits.count("sign_in", account=known.member if known else None)
        use = passkeys.verify_use(read, "sign_in", known)
    except NotVerified:
        raise Problem(403, "sign_in_failed") from None
    of = use.of
    with begin(of.organisation, write=True) as connection:
        signer = caller_of_member(connection, of.organisation, of.member, stays=True)
        is_cloned = not passkeys.count_use(connection, use)
        what = "passkey_cloned" if is_cloned else "sign_in"
        if signer is not None:
            _note(connection, signer, [what], of.name)
            if not is_cloned:
                return _signed_in(connection, signer, of.id)
    raise Problem(403, "sign_in_failed")


def invite(
    connection: Connection,
    organisation_id: str,
    email: str,
    *,
    days_many_use: int = 0,
    invited_by: str | None = None,
) -> str:
    """A link that signs a member in, once and soon; in a demo organisation also many times for some
    days. `invited_by` is the member who asked for it, None on the command line. Raises LookupError
    for one who is not an active member, PermissionError for many uses outside a demo."""
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
        delete(invitation).where(
            invitation.c.organisation == organisation_id, invitation.c.expires_at <= now
        )
    )
    connection.execute(
        invitation.insert(),
        {
            "organisation": organisation_id,
            "token": hash_of(token),
            "member": row.id,
            "many_use": days_many_use > 0,
            "invited_by": invited_by,
            "created_at": now,
            "expires_at": now + (days_many_use * 24 * 3600 * 1000 or INVITATION_MS),
        },
    )
    note(connection, organisation_id, [Entry(what="invited", member=invited_by, subject=row.id)])
    settings: Settings = current_app.config["SETTINGS"]
    return f"{settings.origin}/#/join/{token}"


def _find(token: object) -> AnyRow:
    """The invitation of that token, still to be used. Raises Problem 400, 403 or 429."""
    if not isinstance(token, str):
        raise Problem(400, "malformed")
    limits.count("invitation", address=limits.address())
    with begin(None) as connection:
        found = connection.execute(
            select(
                invitation.c.organisation,
                invitation.c.token,
                invitation.c.member,
                invitation.c.many_use,
            ).where(
                invitation.c.token == hash_of(token),
                invitation.c.expires_at > now_ms(),
                or_(invitation.c.many_use, invitation.c.used_at.is_(None)),
            )
        ).first()
    if found is None:
        raise Problem(403, "invitation_used")
    if not found.many_use:
        limits.count("invitation", invitation=found.token)
    return found


def _invited(connection: Connection, found: AnyRow, *, stays: bool = False) -> Caller:
    """Whom an invitation is for. Raises Problem 403 once they have left."""
    invited = caller_of_member(connection, found.organisation, found.member, stays=stays)
    if invited is None:
        raise Problem(403, "invitation_used")
    return invited


def _verified(credential: object, token: str) -> NewPasskey | None:
    """The passkey that was made for an invitation, if one was sent."""
    if credential is None:
        return None
    if not isinstance(credential, Mapping):
        raise Problem(400, "malformed")
    try:
        return passkeys.verify_new(credential, "invitation", token)
    except NotVerified:
        raise Problem(403, "passkey_refused") from None


def _use_up(connection: Connection, found: AnyRow) -> bool:
    """Use an invitation up, unless another request did so first."""
    used = connection.execute(
        update(invitation)
        .where(
            invitation.c.organisation == found.organisation,
            invitation.c.token == found.token,
            or_(invitation.c.many_use, invitation.c.used_at.is_(None)),
        )
        .values(used_at=now_ms())
    )
    return used.rowcount == 1


def _signed_in(
    connection: Connection, of: Caller, passkey: str | None, *, is_recovery: bool = False
) -> Response:
    """The answer that begins a member's session."""
    secret = sessions.start(
        connection, of.organisation, of.member, passkey=passkey, is_recovery=is_recovery
    )
    signed_in: dict[str, Any] = described(connection, replace(of, is_recovering=is_recovery))
    return sessions.with_cookie(jsonify(signed_in), secret)


def _note(connection: Connection, of: Caller, what: Sequence[str], passkey: str | None) -> None:
    """Note what a member did by the way in that they took."""
    entries = [
        Entry(what=each, member=of.member, subject=of.member, detail=passkey) for each in what
    ]
    note(connection, of.organisation, entries)
