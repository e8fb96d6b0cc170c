"""Passkeys: how one is made and checked, and where a member's are kept.

    options → the authenticator, on the phone → what it answers → read → challenge taken → verified

Everything cryptographic is py_webauthn's. It knows no extensions: what a phone asks of its
authenticator besides (PRF) is added there and stays there.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import current_app
from sqlalchemy import Connection, or_, select, update
from uuid6 import uuid7
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server import challenges
from server.challenges import LIFETIME_MS, Purpose
from server.database import AnyRow, insert_into
from server.settings import Settings
from server.tables import passkey
from server.who import Caller, now_ms

RP_NAME = "Doorstep"
LONGEST_ID = 1023
"""Bytes of an authenticator's id of a passkey: https://www.w3.org/TR/webauthn-3/#credential-id"""
LONGEST_KEY = 2048
"""Bytes of a public key: an RSA key of 8,192 bits takes half."""
USER_VERIFIED = UserVerificationRequirement.REQUIRED

Read = TypeVar("Read")


class NotVerified(Exception):
    """What an authenticator is said to have answered does not hold."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as its authenticator made it."""

    credential: str
    public_key: str
    sign_count: int
    transports: Sequence[str]
    is_backed_up: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One verified use of a known passkey."""

    of: AnyRow
    sign_count: int
    is_backed_up: bool


def creation_options(
    of: Caller, challenge: bytes, excluded: Sequence[AnyRow] = ()
) -> dict[str, Any]:
    """What a browser needs to make a passkey of a member. An authenticator that holds one of the
    `excluded` passkeys makes no second."""
    return options_to_json_dict(
        generate_registration_options(
            rp_id=_settings().rp_id,
            rp_name=RP_NAME,
            user_id=user_handle(of.member),
            user_name=of.email,
            user_display_name=of.name,
            challenge=challenge,
            timeout=LIFETIME_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=USER_VERIFIED
            ),
            exclude_credentials=_described(excluded),
        )
    )


def request_options(challenge: bytes, allowed: Sequence[AnyRow] = ()) -> dict[str, Any]:
    """What a browser needs to ask for any passkey of ours, without a user name, or for one of
    these."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=_settings().rp_id,
            challenge=challenge,
            timeout=LIFETIME_MS,
            user_verification=USER_VERIFIED,
            allow_credentials=_described(allowed),
        )
    )


def user_handle(member: str) -> bytes:
    """What an authenticator keeps beside a passkey to say whose it is."""
    return UUID(member).bytes


def verify_new(sent: Mapping[str, Any], purpose: Purpose, subject: str) -> NewPasskey:
    """The passkey in the answer to `creation_options`. Uses its challenge up; raises NotVerified.
    Call it outside of any transaction."""
    read: RegistrationCredential = _attempt(lambda: parse_registration_credential_json(dict(sent)))
    challenge = _take(read.response.client_data_json, purpose, subject)
    settings = _settings()
    found = _attempt(
        lambda: verify_registration_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=settings.rp_id,
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    )
    if len(found.credential_id) > LONGEST_ID or len(found.credential_public_key) > LONGEST_KEY:
        raise NotVerified
    return NewPasskey(
        credential=bytes_to_base64url(found.credential_id),
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        transports=list(dict.fromkeys(each.value for each in read.response.transports or ())),
        is_backed_up=found.credential_backed_up,
    )


def read_use(sent: Mapping[str, Any]) -> AuthenticationCredential:
    """The answer to `request_options`, not verified yet. Raises NotVerified."""
    return _attempt(lambda: parse_authentication_credential_json(dict(sent)))


def verify_use(
    read: AuthenticationCredential,
    purpose: Purpose,
    known: AnyRow | None,
    subject: str | None = None,
) -> Use:
    """Check that a known passkey signed our challenge just now, by the hand of the member whose it
    is. Uses the challenge up in any case; raises NotVerified. Call it outside of any transaction.

    The sign count is left to `count_use`, which compares and stores it in one statement: here
    another request could come between, and what nobody signed could pass for a clone.
    """
    challenge = _take(read.response.client_data_json, purpose, subject)
    handle = read.response.user_handle
    if handle is None and subject is not None:  # asked for by its name, it need not say whose it is
        handle = user_handle(subject)
    if known is None or handle is None:
        raise NotVerified
    if not hmac.compare_digest(handle, user_handle(known.member)):
        raise NotVerified
    settings = _settings()
    found = _attempt(
        lambda: verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=settings.rp_id,
            expected_origin=settings.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    )
    return Use(known, found.new_sign_count, found.credential_backed_up)


def find(connection: Connection, id_: bytes) -> AnyRow | None:
    """The passkey that its authenticator calls so, whoever's it is."""
    return connection.execute(
        select(
            passkey.c.organisation,
            passkey.c.member,
            passkey.c.id,
            passkey.c.name,
            passkey.c.public_key,
        ).where(passkey.c.credential == bytes_to_base64url(id_))
    ).first()


def of_member(connection: Connection, organisation: str, member: str) -> Sequence[AnyRow]:
    """A member's passkeys, the oldest first."""
    return connection.execute(
        select(passkey)
        .where(passkey.c.organisation == organisation, passkey.c.member == member)
        .order_by(passkey.c.created_at, passkey.c.id)
    ).all()


def add(
    connection: Connection, organisation: str, member: str, new: NewPasskey, name: str
) -> str | None:
    """Keep a passkey; its id, or None where it is kept already."""
    stored: str | None = connection.scalar(
        insert_into(connection, passkey)
        .values(
            organisation=organisation,
            id=str(uuid7()),
            member=member,
            credential=new.credential,
            public_key=new.public_key,
            sign_count=new.sign_count,
            name=name,
            transports=orjson.dumps(new.transports).decode(),
            is_backed_up=new.is_backed_up,
            created_at=now_ms(),
        )
        .on_conflict_do_nothing()
        .returning(passkey.c.id)
    )
    return stored


def count_use(connection: Connection, use: Use) -> bool:
    """Write down a verified use. False for a cloned authenticator: its count did not grow.

    One that keeps no count says 0 each time (https://www.w3.org/TR/webauthn-3/#sctn-sign-counter).
    """
    counted = connection.execute(
        update(passkey)
        .where(
            passkey.c.organisation == use.of.organisation,
            passkey.c.id == use.of.id,
            or_(
                passkey.c.sign_count < use.sign_count,
                (passkey.c.sign_count == 0) & (use.sign_count == 0),
            ),
        )
        .values(sign_count=use.sign_count, is_backed_up=use.is_backed_up, last_used_at=now_ms())
    )
    return counted.rowcount == 1


def _described(rows: Sequence[AnyRow]) -> list[PublicKeyCredentialDescriptor]:
    """Kept passkeys as a browser is told of them."""
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential),
            transports=[AuthenticatorTransport(each) for each in orjson.loads(row.transports)],
        )
        for row in rows
    ]


def _take(client_data: bytes, purpose: Purpose, subject: str | None = None) -> bytes:
    """The challenge that was signed. Raises NotVerified unless it was ours to be signed, and for
    what was signed inside a page of another site."""
    read = _attempt(lambda: parse_client_data_json(client_data))
    if not challenges.take(read.challenge, purpose, subject) or read.cross_origin:
        raise NotVerified
    return read.challenge


def _attempt(step: Callable[[], Read]) -> Read:
    try:
        return step()
    except Exception as error:  # of any class: the library meets what was sent without a schema
        raise NotVerified from error


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
