"""Fills an organisation by SQL, far quicker than phones could: members with their phones, charts
with records, and what is of no concern to a phone that is measured, but makes the tables large."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, text, update
from uuid6 import uuid7

from server.database import is_sqlite, store
from server.tables import device, grants, member, organisation, records, session
from server.who import hash_of, new_secret

AT_ONCE = 5_000
STRANGERS_CHARTS = 4_000
SHORT = '{"nobody": "whom this measurement is about may read it"}'
"""The body of a stranger's record: it is never sent."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A member at their phone: what it takes to speak as both."""

    organisation: str
    member: str
    session: str
    device: str
    secret: str


def enrol(connection: Connection) -> Enrolled:
    """A new coordinator, signed in, with a phone."""
    here = connection.scalars(select(organisation.c.id)).one()
    now = time.time_ns() // 1_000_000
    who = Enrolled(here, str(uuid7()), new_secret(), str(uuid7()), new_secret())
    connection.execute(
        insert(member),
        {
            "organisation": here,
            "id": who.member,
            "email": f"{who.member}@example.org",
            "name": "Cora Reyes",
            "role": "coordinator",
            "status": "active",
            "created_at": now,
        },
    )
    connection.execute(
        insert(session),
        {
            "organisation": here,
            "token": hash_of(who.session),
            "member": who.member,
            "is_recovery": False,
            "created_at": now,
            "expires_at": now + 24 * 3600 * 1000,
        },
    )
    connection.execute(
        insert(device),
        {
            "organisation": here,
            "id": who.device,
            "member": who.member,
            "name": "bench",
            "secret": hash_of(who.secret),
            "enrolled_at": now,
        },
    )
    return who


def copy_chart(
    connection: Connection, pattern: str, holders: Sequence[Enrolled], each: int
) -> list[list[str]]:
    """Give every holder `each` charts of their own, copies of the chart `pattern`; the charts of
    each holder."""
    rows = [
        dict(row._mapping)
        for row in connection.execute(
            select(records).where(records.c.patient == pattern).order_by(records.c.version)
        )
    ]
    head = head_of(connection)
    copies: list[Mapping[str, Any]] = []
    held: list[Mapping[str, Any]] = []
    charts: list[list[str]] = []
    for holder in holders:
        charts.append([str(uuid7()) for _ in range(each)])
        for patient in charts[-1]:
            for row in rows:
                head += 1
                copies.append(_copied(row, pattern, patient, head))
            held.append(_grant(holder, patient, head - len(rows) + 1))
    _store(connection, copies)
    store(connection, grants, held)
    _move_head(connection, head)
    return charts


def share(connection: Connection, holder: Enrolled, patients: Sequence[str]) -> None:
    """Let a member hold charts of a colleague's besides."""
    head = head_of(connection)
    store(
        connection,
        grants,
        [_grant(holder, patient, head + i) for i, patient in enumerate(patients, start=1)],
    )
    _move_head(connection, head + len(patients))


def _grant(holder: Enrolled, patient: str, began: int) -> dict[str, Any]:
    return {
        "organisation": holder.organisation,
        "id": str(uuid7()),
        "member": holder.member,
        "patient": patient,
        "source": "assignment",
        "began": began,
    }


def _copied(row: Mapping[str, Any], pattern: str, patient: str, head: int) -> dict[str, Any]:
    id_ = patient if row["id"] == pattern else str(uuid7())
    body = row["body"].replace(row["id"], id_).replace(pattern, patient)
    body = body.replace(f'"version":{row["version"]},', f'"version":{head},')
    known = {"id": id_, "patient": patient, "version": head, "position": head, "body": body}
    return {**row, **known}


def add_strangers(connection: Connection, until: int) -> None:
    """Bring the organisation to so many records, with other people's."""
    here = connection.scalars(select(organisation.c.id)).one()
    there_are = connection.scalar(text("SELECT count(*) FROM records")) or 0
    missing = max(0, until - there_are)
    head = head_of(connection)
    charts = [str(uuid7()) for _ in range(STRANGERS_CHARTS)]
    _store(connection, _strangers(here, charts, head, missing))
    _move_head(connection, head + missing)
    if not is_sqlite(connection):
        connection.execute(text("ANALYZE records"))


def _strangers(here: str, charts: Sequence[str], head: int, count: int) -> Iterator[Any]:
    for number in range(1, count + 1):
        yield {
            "organisation": here,
            "id": str(uuid7()),
            "kind": "medication",
            "patient": charts[number % len(charts)],
            "version": head + number,
            "position": head + number,
            "deleted": False,
            "body": SHORT,
            "state": "{}",
            "status": "active",
            "due": None,
            "owner": None,
            "date": None,
        }


def move_strangers(connection: Connection, count: int) -> None:
    """As after so many changes all over the organisation: strangers' records at new positions."""
    head = head_of(connection)
    connection.execute(
        text(
            "UPDATE records SET position = :head + moved.row FROM ("
            " SELECT id, row_number() OVER (ORDER BY position) AS row FROM ("
            "  SELECT id, position FROM records WHERE body = :short ORDER BY position LIMIT :count"
            ") AS oldest) AS moved WHERE records.id = moved.id"
        ),
        {"head": head, "short": SHORT, "count": count},
    )
    _move_head(connection, head + count)


def head_of(connection: Connection) -> int:
    return connection.scalars(select(organisation.c.head)).one()


def _move_head(connection: Connection, head: int) -> None:
    connection.execute(update(organisation).values(head=head))


def _store(connection: Connection, rows: Any) -> None:
    """Into `records`, as each database takes most at a time."""
    if is_sqlite(connection):
        chunk: list[Mapping[str, Any]] = []
        for row in rows:
            chunk.append(row)
            if len(chunk) == AT_ONCE:
                store(connection, records, chunk)
                chunk = []
        store(connection, records, chunk)
        return
    driver: Any = connection.connection.driver_connection
    names = list(records.c.keys())
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY records ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row[name] for name in names])
