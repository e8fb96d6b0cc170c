"""The access log: who read, opened, changed rights or took part in what, append-only and chained.

Any transaction that writes calls `note`; nothing else writes here. Each transaction that notes
something adds one link to its organisation's chain: a keyed hash over the link before and over
every column of the rows that it wrote. Whoever can write to the database and has not the server's
key can change no row, take none away and move none unnoticed (server/audit/verify.py looks).

    link 0 ◄── hash ── link 1 ◄── hash ── link 2        link 0 holds what was noted before there
      │                  │                  │           was a chain: most often nothing
     rows               row              row row
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, select
from uuid6 import uuid7

from server.database import do_last, is_sqlite, look_up, store
from server.server_key import derive
from server.tables import access_link, access_log
from server.who import now_ms

READS: dict[str, str] = {
    "chart": "a chart was opened on a phone, told with a later sync",
    "history": "the history of a record",
    "summary": "the paper of a visit",
    "access_report": "who has seen, changed and held a chart",
    "program": "a program with a token was sent records of a chart",
    "search": "patients were looked for by name",
    "office_access": "the access log was looked at; of one chart or colleague where it says so",
    "office_refusals": "what phones could not bring in was looked at",
    "office_openings": "the list of charts opened was looked at",
    "office_records": "records of employment were looked at; the detail is their kind",
    "office_retention": "the list of charts past their period was looked at",
    "office_salvage": "what only phones still hold after a restore was looked at",
    "export": "a report left as a file",
}
"""What may be read of patients, a chart of its own where the row has a patient."""

ACTS: dict[str, str] = {
    "opening": "a chart was opened without being assigned; the detail is the reason given",
    "refusal_accepted": "what a phone could not bring in was accepted by a supervisor",
    "refusal_dismissed": "it was looked at and left out",
    "salvage_taken_in": "a record that only a phone still held was taken in",
    "salvage_dismissed": "it was looked at and left out",
    "restore_ended": "what was not back after a restore is not waited for any more",
    "invited": "somebody was given a sign-in link",
    "recovered": "somebody with passkeys signed in by a new link",
    "sign_in": "somebody signed in",
    "passkey_added": "a passkey was added",
    "passkey_removed": "a passkey was removed",
    "passkey_cloned": "a passkey was refused, since another like it had been used meanwhile",
    "escrow_release": "the copy of a phone's key was given back to its member",
    "device_enrolled": "a phone or a program began to sync",
    "device_revoked": "a phone was revoked",
    "device_erased": "a revoked phone said that it has erased itself",
    "member_added": "somebody came to work here, or came back",
    "member_left": "somebody left",
    "token_created": "a program was given a token in somebody's name",
    "token_revoked": "a program's token was ended",
    "purge_approved": "the removal of a chart past its period was approved",
    "purge_withdrawn": "such an approval was taken back",
    "legal_hold": "a chart may not be removed; the detail is the reason given",
    "legal_hold_released": "that hold was ended",
    "purged": "a chart was removed after its period, with history and files",
    "restored": "the database was replaced by a backup; the detail says which",
}
"""What may be done. A row about a colleague has them as its subject."""

HEADS_LOGGED_EVERY = 100
"""Every so many links the server's own log says the head: logs are kept elsewhere, and so prove
that the chain was not cut off behind it."""

FIRST_LINK = 0
NOTHING_BEFORE = ""

log = logging.getLogger("doorstep.access_log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row to be. `detail` never names a patient, and says nothing clinical of our own."""

    what: str
    """A name in READS or ACTS."""
    member: str | None = None
    """Who did it; None for the command line."""
    device: str | None = None
    """With which phone; None for a program's request other than a sync."""
    patient: str | None = None
    record: str | None = None
    subject: str | None = None
    """The member to whom it was done."""
    detail: str | None = None
    at: int | None = None
    """When; the moment of noting, unless a phone tells of it afterwards."""
    id: str | None = None
    """Given where the teller may tell twice: the second time is not noted."""
    is_offline: bool = False


def note(connection: Connection, organisation: str, entries: Iterable[Entry]) -> None:
    """Append entries to the log with the transaction, which must be a writing one.

    They are written, and chained, as its last deed: what a transaction reads of the log does not
    hold them, and no two transactions wait for each other across the chain. Raises ValueError for
    a `what` that is not listed here.
    """
    do_last(connection, _append, [_row(organisation, entry) for entry in entries])


def hash_of_link(
    key: bytes, organisation: str, number: int, before: str, rows: Sequence[Mapping[str, Any]]
) -> str:
    """The hash of a link: HMAC-SHA256 over its place, the hash before it and its rows by id.

    A column that is null is left out, so that one added later changes no hash.
    """
    said = [
        {str(name): value for name, value in row.items() if value is not None}
        for row in sorted(rows, key=itemgetter("id"))
    ]
    text = orjson.dumps([organisation, number, before, said], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, text, "sha256").hex()


def chain_key() -> bytes:
    return derive("access log")


def _row(organisation: str, entry: Entry) -> dict[str, Any]:
    if entry.what not in READS and entry.what not in ACTS:
        raise ValueError(f"{entry.what} is no entry of the access log.")
    now = now_ms()
    detail = entry.detail
    if detail is not None:  # as a person typed it, and as every database can keep it
        detail = detail.encode("utf-8", "replace").decode().replace("\0", "?")
    return {
        "organisation": organisation,
        "id": entry.id or str(uuid7()),
        "at": now if entry.at is None else entry.at,
        "member": entry.member,
        "device": entry.device,
        "patient": entry.patient,
        "record": entry.record,
        "subject": entry.subject,
        "what": entry.what,
        "detail": detail,
        "is_offline": entry.is_offline,
        "logged_at": now,
    }


def _append(connection: Connection, noted: Sequence[dict[str, Any]]) -> None:
    for organisation, rows in groupby(noted, itemgetter("organisation")):
        _take_chain(connection, organisation)
        fresh = _without_known(connection, organisation, list(rows))
        if fresh:
            _link(connection, organisation, fresh)


def _take_chain(connection: Connection, organisation: str) -> None:
    """Take the organisation's chain until the transaction ends, which follows at once. On SQLite
    the transaction itself is that lock."""
    if not is_sqlite(connection):
        name = f"access log {organisation}"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _without_known(
    connection: Connection, organisation: str, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows that are not there yet. Only a phone's may be: it tells again when in doubt."""
    told = [row["id"] for row in rows if row["is_offline"]]
    known = {row.id for row in look_up(connection, access_log, "id", organisation, told)}
    return list({row["id"]: row for row in rows if row["id"] not in known}.values())


def _link(connection: Connection, organisation: str, rows: list[dict[str, Any]]) -> None:
    key = chain_key()
    number, before = _last_link(connection, organisation) or _begin(connection, organisation, key)
    number += 1
    for row in rows:
        row["link"] = number
    store(connection, access_log, rows)
    hashed = hash_of_link(key, organisation, number, before, rows)
    _add_link(connection, organisation, number, len(rows), hashed)
    if number % HEADS_LOGGED_EVERY == 0:
        log.info("access log of %s: head %d:%s", organisation, number, hashed)


LAST_LINK = (
    select(access_link.c.number, access_link.c.hash)
    .where(access_link.c.organisation == bindparam("organisation"))
    .order_by(access_link.c.number.desc())
    .limit(1)
)


def _last_link(connection: Connection, organisation: str) -> tuple[int, str] | None:
    row = connection.execute(LAST_LINK, {"organisation": organisation}).first()
    return (row.number, row.hash) if row else None


def _begin(connection: Connection, organisation: str, key: bytes) -> tuple[int, str]:
    """Begin the chain with what was noted before there was one."""
    rows = connection.execute(
        select(access_log).where(
            access_log.c.organisation == organisation, access_log.c.link == FIRST_LINK
        )
    ).all()
    earlier = [dict(row._mapping) for row in rows]
    hashed = hash_of_link(key, organisation, FIRST_LINK, NOTHING_BEFORE, earlier)
    _add_link(connection, organisation, FIRST_LINK, len(earlier), hashed)
    return FIRST_LINK, hashed


def _add_link(
    connection: Connection, organisation: str, number: int, entries: int, hashed: str
) -> None:
    row = {"organisation": organisation, "number": number, "entries": entries, "hash": hashed}
    store(connection, access_link, [row])
