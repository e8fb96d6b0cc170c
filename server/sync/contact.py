"""What a request leaves behind besides its changes: that the phone was in touch and how it is, and
which charts were opened offline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import Connection, select, update

from server.access import note_reads
from server.database import AnyRow
from server.sync.envelope import Envelope
from server.tables import device

CONTACT_EVERY_MS = 60_000
"""How often a contact that brings nothing is written down."""


def find_device(connection: Connection, organisation: str, member: str, id_: str) -> AnyRow | None:
    """A member's device; None where it is not theirs."""
    return connection.execute(
        select(
            device.c.enrolled_at, device.c.revoked_at, device.c.last_contact, device.c.status
        ).where(
            device.c.organisation == organisation,
            device.c.id == id_,
            device.c.member == member,
        )
    ).first()


def is_news(known: AnyRow, envelope: Envelope, now: int) -> bool:
    """Whether this contact is worth a write of its own."""
    is_old = known.last_contact is None or now - known.last_contact >= CONTACT_EVERY_MS
    return is_old or (envelope.status is not None and _text(envelope.status) != known.status)


def note_contact(connection: Connection, organisation: str, envelope: Envelope, now: int) -> None:
    values: dict[str, Any] = {"last_contact": now}
    if envelope.status is not None:
        values["status"] = _text(envelope.status)
    connection.execute(
        update(device)
        .where(device.c.organisation == organisation, device.c.id == envelope.device)
        .values(**values)
    )


def note_offline_reads(
    connection: Connection, organisation: str, member: str, envelope: Envelope, skew: int, now: int
) -> None:
    """Append the phone's reads to the access log; sent again, they are there once."""
    rows: list[Mapping[str, object]] = [
        {
            "organisation": organisation,
            "id": str(uuid5(UUID(envelope.device), read.id)),
            "at": max(0, min(read.at - skew, now)),
            "member": member,
            "device": envelope.device,
            "patient": read.patient,
            "record": None,
            "what": read.what,
            "is_offline": True,
            "logged_at": now,
        }
        for read in envelope.reads
    ]
    note_reads(connection, rows)


def _text(status: Mapping[str, Any]) -> str:
    return orjson.dumps(status, option=orjson.OPT_SORT_KEYS).decode()
