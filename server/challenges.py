"""What a passkey must sign next: random, for one purpose, for five minutes and for one use.

A challenge is stored as its hash, and taking it deletes it, before anything else is looked at: what
was signed wrongly cannot be offered a second time.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Literal

from sqlalchemy import delete

from server.database import begin
from server.tables import challenge
from server.who import now_ms

LIFETIME_MS = 5 * 60 * 1000

Purpose = Literal["sign_in", "invitation", "passkey", "proof"]


def give(purpose: Purpose, subject: str | None = None) -> bytes:
    """A new challenge; `subject` is the invitation or the member that it is given for."""
    random = secrets.token_bytes(32)
    now = now_ms()
    with begin(None, write=True) as connection:
        connection.execute(delete(challenge).where(challenge.c.expires_at <= now))
        connection.execute(
            challenge.insert(),
            {
                "hash": _hash(random),
                "purpose": purpose,
                "subject": subject,
                "expires_at": now + LIFETIME_MS,
            },
        )
    return random


def take(signed: bytes, purpose: Purpose, subject: str | None = None) -> bool:
    """Use a challenge up: whether we gave it for this, lately, and nobody used it before.

    Its transaction is its own, so that a refusal does not give it back: call it outside of any
    other.
    """
    with begin(None, write=True) as connection:
        taken = connection.execute(
            delete(challenge)
            .where(challenge.c.hash == _hash(signed))
            .returning(challenge.c.purpose, challenge.c.subject, challenge.c.expires_at)
        ).first()
    return (
        taken is not None
        and (taken.purpose, taken.subject) == (purpose, subject)
        and taken.expires_at > now_ms()
    )


def _hash(random: bytes) -> str:
    return hashlib.sha256(random).hexdigest()
