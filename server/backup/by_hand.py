"""What the replaced database knew of people, phones and charts and the backup does not: nobody's
phone brings it back, and some of it kept somebody out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from server import schema
from server.database import AnyRow, begin, enter, see_organisations
from server.retention.purged import purged_charts
from server.tables import (
    device,
    legal_hold,
    member,
    organisation,
    passkey,
    purge_approval,
    records,
    token,
)

ENDED = {
    "phone": "A phone had been revoked: doorstep device revoke {}",
    "member": "Somebody had left: doorstep member leave {}",
    "token": "A token had been ended: doorstep token revoke {}",
    "chart": "A chart had been purged, and is to be again: {}",
}
"""What the backup brings to life again, the most urgent first."""

MADE = {
    "hold": "A chart had been put on legal hold: doorstep retention hold {}",
    "member": "Somebody had joined: doorstep member add {}",
    "passkey": "A passkey had been added: doorstep invite {}",
    "token": "A token had been given: doorstep token create {}",
    "approval": "The removal of a chart had been approved: {}",
}
"""What the backup does not have."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How each thing is told of, by its sort and id."""

    there: Mapping[str, Mapping[str, str]]
    """In force."""
    ended: Mapping[str, Mapping[str, str]]


def read_standing() -> Standing | None:
    """How things stand in the database; None where it cannot be read."""
    try:
        schema.require_current()
        with begin(None) as connection:
            return _read(connection)
    except (schema.OldSchema, SQLAlchemyError):
        return None


def lost(before: Standing, after: Standing) -> list[str]:
    """What is to be done after a restore that replaced the one by the other, a sentence each."""
    revived = [
        said.format(shown)
        for sort, said in ENDED.items()
        for id_, shown in before.ended.get(sort, {}).items()
        if id_ in after.there.get(sort, {})
    ]
    known = {sort: {*after.there.get(sort, ()), *after.ended.get(sort, ())} for sort in after.there}
    gone = [
        said.format(shown)
        for sort, said in MADE.items()
        for id_, shown in before.there.get(sort, {}).items()
        if id_ not in known.get(sort, ())
    ]
    return revived + gone


def _read(connection: Connection) -> Standing:
    see_organisations(connection)
    rows = connection.execute(select(organisation.c.id, organisation.c.name)).all()
    there: dict[str, dict[str, str]] = defaultdict(dict)
    ended: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        enter(connection, row.id)
        of = f' --organisation "{row.name}"' if len(rows) > 1 else ""
        for sort, id_, shown, is_ended in _things(connection, row.id):
            (ended if is_ended else there)[sort][id_] = f"{shown}{of}"
    return Standing(there, ended)


def _things(connection: Connection, of: str) -> Iterator[tuple[str, str, str, bool]]:
    """Sort, id, how it is told of, whether it has ended."""

    def rows(table: Table) -> Sequence[AnyRow]:
        return connection.execute(select(table).where(table.c.organisation == of)).all()

    addresses = {row.id: row.email for row in rows(member) if row.status == "active"}
    for row in rows(member):
        yield "member", row.id, row.email, row.status != "active"
    for row in rows(device):  # what a member who left had, ends with them
        if row.member in addresses and row.secret is not None:
            yield "phone", row.id, row.id, row.revoked_at is not None
    for row in rows(token):
        if row.member in addresses:
            has_ended = row.revoked_at is not None
            yield "token", row.id, row.id if has_ended else addresses[row.member], has_ended
    for row in rows(passkey):
        if row.member in addresses:
            yield "passkey", row.id, addresses[row.member], False
    for row in rows(legal_hold):
        yield "hold", row.patient, row.patient, False
    for row in rows(purge_approval):
        yield "approval", f"{row.patient} {row.member}", row.patient, False
    for purged in connection.execute(purged_charts(of)):
        yield "chart", purged.patient, purged.patient, True
    is_patient = (records.c.organisation == of) & (records.c.kind == "patient")
    for patient in connection.execute(select(records.c.id).where(is_patient)):
        yield "chart", patient.id, patient.id, False
