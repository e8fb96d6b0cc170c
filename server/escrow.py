"""Escrow: a copy of a phone's store key that its member gets back once, after a recovery.

POST /api/devices/ID/escrow {"sealed": "…"} → 204
POST /api/devices/ID/escrow/release {} → {"key": "…"}: the 32 bytes of the key, base64url

The phone seals the copy for the public key that /api/me names (ECIES). Its private half is derived
from the server's key and so lies in no database:

    sealed = ephemeral public key, P-256 uncompressed (65 bytes) ‖ nonce (12) ‖ AES-256-GCM(key)
    AES key = HKDF-SHA256(ECDH, salt = 32 zero bytes, info = "doorstep escrow v1")
    associated data = the device's id
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from server import limits
from server.access import caller
from server.access_log import Entry, note
from server.body import read_json
from server.database import AnyRow, begin, insert_into
from server.logs import get_logger
from server.problems import Problem
from server.server_key import derive
from server.tables import device, escrow
from server.who import Caller, now_ms

log = get_logger("escrow")

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256: https://www.secg.org/sec2-v2.pdf, 2.4.2"""
POINT_BYTES = 65
NONCE_BYTES = 12
KEY_BYTES = 32
TAG_BYTES = 16
SEALED_BYTES = POINT_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES
INFO = b"doorstep escrow v1"


class NotOpened(ValueError):
    """A copy that our key does not open."""


def public_key() -> str:
    """What phones seal their key's copy for: a point of P-256, uncompressed, base64url."""
    point = _private_key().public_key()
    return bytes_to_base64url(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def keep_copy(device_id: str) -> ResponseReturnValue:
    """Keeps the copy of the calling phone's key, in the place of an earlier one."""
    sealed = _read_sealed(read_json().get("sealed"))
    mine = caller()
    if device_id != mine.device:
        raise Problem(404, "not_found")
    with begin(mine.organisation, write=True) as connection:
        _require_in_use(connection, mine.organisation, device_id)
        values = {
            "member": mine.member,
            "sealed": bytes_to_base64url(sealed),
            "created_at": now_ms(),
            "released_at": None,
            "released_to": None,
        }
        connection.execute(
            insert_into(connection, escrow)
            .values(organisation=mine.organisation, device=device_id, **values)
            .on_conflict_do_update(index_elements=["organisation", "device"], set_=values)
        )
    return Response(status=204)


def release_copy(device_id: str) -> ResponseReturnValue:
    """Gives a phone's key back to its member, to the one session begun with a recovery.

    An answer may be lost: the same session may ask again while its quarter of an hour lasts. To any
    other the copy is gone, until the phone makes a new one.
    """
    mine = caller()
    limits.count("escrow", address=limits.address(), account=mine.member)
    if not mine.is_recovering or mine.session is None:
        raise Problem(403, "recovery_needed")
    with begin(mine.organisation, write=True) as connection:
        kept = _kept(connection, mine, device_id)
        if kept is None or not _is_free_for(mine.session, kept.released_to):
            raise Problem(404, "no_escrow")
        try:
            key = opened(kept.sealed, device_id)
        except NotOpened:
            log.error("a copy was sealed for another server key")
            raise Problem(404, "no_escrow") from None
        connection.execute(
            update(escrow)
            .where(escrow.c.organisation == mine.organisation, escrow.c.device == device_id)
            .values(released_at=now_ms(), released_to=mine.session)
        )
        entry = Entry(
            what="escrow_release", member=mine.member, device=device_id, subject=mine.member
        )
        note(connection, mine.organisation, [entry])
    return {"key": bytes_to_base64url(key)}


def opened(sealed: str, device_id: str) -> bytes:
    """The store key in a copy. Raises NotOpened for what was not sealed for us and this device."""
    raw = base64url_to_bytes(sealed)
    point, nonce, box = raw[:POINT_BYTES], raw[POINT_BYTES:][:NONCE_BYTES], raw[-48:]
    ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    shared = _private_key().exchange(ec.ECDH(), ephemeral)
    key = HKDF(SHA256(), KEY_BYTES, salt=bytes(32), info=INFO).derive(shared)
    try:
        return AESGCM(key).decrypt(nonce, box, device_id.encode())
    except InvalidTag:
        raise NotOpened from None


def _require_in_use(connection: Connection, organisation: str, device_id: str) -> None:
    """Raise Problem 403 for a phone that was revoked since this request began. Whoever revokes it
    waits for this transaction, and so finds the copy that it keeps."""
    in_use = select(device.c.id).where(
        device.c.organisation == organisation,
        device.c.id == device_id,
        device.c.revoked_at.is_(None),
    )
    if connection.execute(in_use.with_for_update(read=True)).first() is None:
        raise Problem(403, "device_revoked", wipe=True)


def _kept(connection: Connection, mine: Caller, device_id: str) -> AnyRow | None:
    """The copy of a phone of the caller that is not revoked, until the transaction ends theirs."""
    return connection.execute(
        select(escrow.c.sealed, escrow.c.released_to)
        .join(
            device,
            (device.c.organisation == escrow.c.organisation) & (device.c.id == escrow.c.device),
        )
        .where(
            escrow.c.organisation == mine.organisation,
            escrow.c.device == device_id,
            escrow.c.member == mine.member,
            device.c.member == mine.member,
            device.c.revoked_at.is_(None),
        )
        .with_for_update(of=escrow)
    ).first()


def _is_free_for(session: str, released_to: str | None) -> bool:
    return released_to is None or hmac.compare_digest(released_to, session)


def _read_sealed(sent: object) -> bytes:
    """Raises Problem 400 for what can be no copy."""
    try:
        if not isinstance(sent, str):
            raise ValueError
        raw = base64url_to_bytes(sent)
        if len(raw) != SEALED_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw[:POINT_BYTES])
    except ValueError:
        raise Problem(400, "malformed") from None
    return raw


def _private_key() -> ec.EllipticCurvePrivateKey:
    """16 bytes more than the order has make its remainder even (FIPS 186-5, A.2.1)."""
    seed = int.from_bytes(derive("escrow", KEY_BYTES + 16), "big")
    return ec.derive_private_key(seed % (ORDER - 1) + 1, CURVE)
