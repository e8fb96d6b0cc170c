"""How often something may be tried, counted in the database, since several workers serve.

    limits.count("sign_in", address=request.remote_addr, account=member)

Windows are fixed: each begins at a multiple of its length. What is counted by (an address, an
account, an invitation) is stored as a keyed hash only.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy import Connection, delete

from server.database import begin, insert_into
from server.problems import Problem
from server.server_key import derive
from server.tables import attempt
from server.who import now_ms

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Limit:
    most: int
    window_ms: int


LIMITS: Mapping[str, Mapping[str, Limit]] = {
    # An office of a hundred behind one address signs in at eight in the morning.
    "sign_in": {"address": Limit(300, QUARTER_MS), "account": Limit(20, QUARTER_MS)},
    "invitation": {"address": Limit(300, QUARTER_MS), "invitation": Limit(20, QUARTER_MS)},
    "escrow": {"address": Limit(30, QUARTER_MS), "account": Limit(10, QUARTER_MS)},
    # What one person needs in a bad night; who goes through an organisation needs more.
    "search": {"account": Limit(60, QUARTER_MS)},
    "opening": {"account": Limit(20, QUARTER_MS)},
}
"""The most tries of a purpose by each of what it is counted by."""


def count(purpose: str, **by: str | None) -> None:
    """Count one try of `purpose` by each value given. Raises Problem 429, which says when to come
    back, once there were too many by one of them.

    Its transaction is its own, so that a refusal undoes no count: call it outside of any other.
    """
    now = now_ms()
    waits = [0]
    tries = sorted((_bucket(purpose, name, value), name) for name, value in by.items() if value)
    with begin(None, write=True) as connection:
        for bucket, name in tries:  # in one order everywhere: two requests never wait in a circle
            limit = LIMITS[purpose][name]
            began_at = now - now % limit.window_ms
            if _count(connection, bucket, began_at) > limit.most:
                waits.append(began_at + limit.window_ms - now)
        connection.execute(delete(attempt).where(attempt.c.began_at < now - longest_ms()))
    if max(waits):
        raise Problem(429, "too_often", retry_after=-(-max(waits) // 1000))


def longest_ms() -> int:
    """After which no count matters any more."""
    return max(limit.window_ms for limits in LIMITS.values() for limit in limits.values())


def address() -> str | None:
    """Where this request came from. A household or a phone commands a whole /64 of IPv6, which is
    one address here."""
    sent = request.remote_addr
    try:
        found = ipaddress.ip_address(sent or "")
    except ValueError:
        return sent
    if isinstance(found, ipaddress.IPv6Address):
        whole = ipaddress.ip_network((found, 64), strict=False)
        return str(found.ipv4_mapped or whole)
    return str(found)


def _count(connection: Connection, bucket: str, began_at: int) -> int:
    statement = insert_into(connection, attempt).values(bucket=bucket, began_at=began_at, count=1)
    tries: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["bucket", "began_at"], set_={"count": attempt.c.count + 1}
        ).returning(attempt.c.count)
    ).scalar_one()
    return tries


def _bucket(purpose: str, name: str, value: str) -> str:
    text = f"{purpose}\0{name}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.new(derive("attempt"), text, hashlib.sha256).hexdigest()
