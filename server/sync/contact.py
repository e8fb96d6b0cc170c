"""What a request leaves behind besides its changes: that the phone was in touch and how it is, and
which charts were opened offline, or sent to a program."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid5

import orjson
from sqlalchemy import Connection, Text, bindparam, func, select, update

from server.access_log import READS, Entry, note
from server.database import AnyRow
from server.sync.envelope import Envelope
from server.sync.offer import Author
from server.tables import device

CONTACT_EVERY_MS = 60_000
"""How often a contact that brings nothing is written down."""


def find_device(
    connection: Connection, organisation: str, member: str, id_: str, *, is_program: bool
) -> AnyRow | None:
    """A member's device; None where it is not theirs. A program has devices of its own, which have
    no secret: its token does not make it one of its member's phones."""
    query = _OF_A_PROGRAM if is_program else _OF_A_PERSON
    asked = {"organisation": organisation, "id": id_, "member": member}
    return connection.execute(query, asked).first()


_OF_ANYBODY = select(
    device.c.enrolled_at, device.c.revoked_at, device.c.last_contact, device.c.status
).where(
    device.c.organisation == bindparam("organisation"),
    device.c.id == bindparam("id"),
    device.c.member == bindparam("member"),
)
_OF_A_PERSON = _OF_ANYBODY.where(device.c.secret.is_not(None))
_OF_A_PROGRAM = _OF_ANYBODY.where(device.c.secret.is_(None))


def is_news(known: AnyRow, envelope: Envelope, now: int) -> bool:
    """Whether this contact is worth a write of its own."""
    is_old = known.last_contact is None or now - known.last_contact >= CONTACT_EVERY_MS
    return is_old or (envelope.status is not None and _left(envelope) != known.status)


def note_contact(
    connection: Connection,
    organisation: str,
    envelope: Envelope,
    now: int,
    *,
    is_last: bool = False,
) -> bool:
    """Write the contact down, in the transaction that stores what came with it. False where the
    phone is not in use, revoked perhaps since the request began; `is_last` is for such a phone."""
    told = None if envelope.status is None else _left(envelope)
    contact = {"of": organisation, "named": envelope.device, "now": now, "told": told}
    noted = connection.execute(_LAST_CONTACT if is_last else _CONTACT, contact)
    return noted.rowcount == 1


_NOTED = (
    update(device)
    .where(device.c.organisation == bindparam("of"), device.c.id == bindparam("named"))
    .values(
        last_contact=bindparam("now"),
        status=func.coalesce(bindparam("told", type_=Text), device.c.status),
    )
)
_CONTACT = _NOTED.where(device.c.revoked_at.is_(None))
_LAST_CONTACT = _NOTED.where(device.c.revoked_at.is_not(None))


def note_offline_reads(
    connection: Connection, organisation: str, member: str, envelope: Envelope, skew: int, now: int
) -> None:
    """Append the phone's reads to the access log; sent again, they are there once. A read of a sort
    that only a newer version knows is one of the chart."""
    note(
        connection,
        organisation,
        [
            Entry(
                id=str(uuid5(UUID(envelope.device), read.id)),
                at=max(0, min(read.at - skew, now)),
                member=member,
                device=envelope.device,
                patient=read.patient,
                what=read.what if read.what in READS else "chart",
                is_offline=True,
            )
            for read in envelope.reads
        ],
    )


def note_sent(connection: Connection, author: Author, patients: Collection[str]) -> None:
    """Append to the access log of which charts a program was sent records."""
    entries = [
        Entry(what="program", member=author.member, device=author.device, patient=patient)
        for patient in sorted(patients)
    ]
    note(connection, author.organisation, entries)


def _left(envelope: Envelope) -> str:
    """How the phone is once it is answered: what it brought is no longer unsent."""
    status = dict(envelope.status or {})
    if "unsent" in status:
        status["unsent"] = max(0, status["unsent"] - len(envelope.changes))
    return orjson.dumps(status, option=orjson.OPT_SORT_KEYS).decode()
