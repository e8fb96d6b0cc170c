"""How the phones of all organisations are, in numbers: for whoever runs the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, func, select

from server.database import begin, see_organisations
from server.sync.refuse import WAITING
from server.tables import device, organisation, refusals, salvage, waiting_changes

HOUR_MS = 3_600_000
SINCE = {"hour": HOUR_MS, "day": 24 * HOUR_MS, "week": 7 * 24 * HOUR_MS}
LONGER, NEVER = "longer", "never"
REVIEWS, TAKING_BACK, SALVAGE = "review", "taking_back", "salvage"


@dataclass(slots=True)
class Standing:
    """Sums over all organisations: whose they are, a number does not say."""

    phones: Counter[str] = field(
        default_factory=lambda: Counter(dict.fromkeys((*SINCE, LONGER, NEVER), 0))
    )
    """Phones in use by their last contact: within the hour, else the day, else the week, …"""
    unsent: int = 0
    """Changes that they said they had not sent yet."""
    waiting: Counter[str] = field(
        default_factory=lambda: Counter(dict.fromkeys((REVIEWS, TAKING_BACK, SALVAGE), 0))
    )
    restoring: int = 0


def standing(now: int) -> Standing:
    """Read it, one organisation after the other."""
    found = Standing()
    with begin(None) as connection:
        see_organisations(connection)
        rows = connection.execute(select(organisation.c.id, organisation.c.is_restoring)).all()
    for id_, is_restoring in rows:
        found.restoring += is_restoring
        with begin(id_) as connection:
            _add_phones(connection, id_, now, found)
            found.waiting.update(_waiting(connection, id_))
    return found


def _add_phones(connection: Connection, organisation_id: str, now: int, found: Standing) -> None:
    phones = connection.execute(
        select(device.c.last_contact, device.c.status).where(
            device.c.organisation == organisation_id,
            device.c.secret.is_not(None),
            device.c.revoked_at.is_(None),
        )
    )
    for last_contact, status in phones:
        found.phones[_since(last_contact, now)] += 1
        if status is not None:
            found.unsent += orjson.loads(status).get("unsent", 0)


def _since(last_contact: int | None, now: int) -> str:
    if last_contact is None:
        return NEVER
    return next((name for name, ms in SINCE.items() if now - last_contact < ms), LONGER)


def _waiting(connection: Connection, organisation_id: str) -> Mapping[str, int]:
    tables = {
        REVIEWS: (refusals, refusals.c.outcome == WAITING),
        TAKING_BACK: (waiting_changes, None),
        SALVAGE: (salvage, salvage.c.outcome.is_(None)),
    }
    counted = {}
    for name, (table, only) in tables.items():
        query = select(func.count()).where(table.c.organisation == organisation_id)
        query = query if only is None else query.where(only)
        counted[name] = connection.scalars(query).one()
    return counted
