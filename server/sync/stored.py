"""The SQL of a push: what it looks up under the counter and what it writes, a statement each
however many changes there are. Called by the push only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, bindparam, select, update

from server.database import AnyRow, look_up, store
from server.sync.indexed import COLUMNS
from server.tables import changes, notices, organisation, records, refusals
from sync import Change

_REFOLDED = ", ".join(
    f"{name} = excluded.{name}"
    for name in ("version", "position", "deleted", "body", "state", *COLUMNS)
)


@dataclass(frozen=True, slots=True)
class Counter:
    """The organisation's row: where the counter stands and which history it counts."""

    head: int
    epoch: str
    device: str
    is_restoring: bool


_COUNTER = select(
    organisation.c.head, organisation.c.epoch, organisation.c.device, organisation.c.is_restoring
).where(organisation.c.id == bindparam("organisation"))
_COUNTER_TAKEN = _COUNTER.with_for_update()  # SQLite knows no such thing, and leaves it out
_ADVANCED = (
    update(organisation)
    .where(organisation.c.id == bindparam("organisation"))
    .values(head=bindparam("last"))
)


def read_counter(connection: Connection, organisation_id: str) -> Counter:
    return Counter(*connection.execute(_COUNTER, {"organisation": organisation_id}).one())


def take_counter(connection: Connection, organisation_id: str) -> Counter:
    """Take the organisation's counter until the transaction ends: pushes pass here one at a time,
    and seqs commit in order. On SQLite the transaction itself is that lock."""
    return Counter(*connection.execute(_COUNTER_TAKEN, {"organisation": organisation_id}).one())


def advance_counter(connection: Connection, organisation_id: str, head: int) -> None:
    connection.execute(_ADVANCED, {"organisation": organisation_id, "last": head})


def known_dots(
    connection: Connection, organisation_id: str, device: str, first: int, last: int
) -> dict[int, tuple[str, int | None, int | None, str | None]]:
    """The dots of a device between two n: digest, and seq and `at` if accepted or the answer if
    refused."""
    asked = {"organisation": organisation_id, "device": device, "first": first, "last": last}
    dots: dict[int, tuple[str, int | None, int | None, str | None]] = {
        n: (digest, None, None, answer)
        for n, digest, answer in connection.execute(_REFUSED_DOTS, asked)
    }
    # One that was taken in upon review is both: it counts as accepted.
    dots.update(
        (n, (digest, seq, at, None))
        for n, digest, seq, at in connection.execute(_ACCEPTED_DOTS, asked)
    )
    return dots


def _of_dots(table: Table, *columns: str) -> Select[*tuple[Any, ...]]:
    return select(*(table.c[name] for name in columns)).where(
        table.c.organisation == bindparam("organisation"),
        table.c.device == bindparam("device"),
        table.c.n.between(bindparam("first"), bindparam("last")),
    )


_ACCEPTED_DOTS = _of_dots(changes, "n", "digest", "seq", "at")
_REFUSED_DOTS = _of_dots(refusals, "n", "digest", "answer")


def greatest_n(connection: Connection, organisation_id: str, device: str) -> int:
    """The greatest n that a device has used; 0 before its first."""
    found = 0
    for table in (changes, refusals):
        row = connection.execute(
            select(table.c.n)
            .where(table.c.organisation == organisation_id, table.c.device == device)
            .order_by(table.c.n.desc())
            .limit(1)
        ).first()
        found = max(found, row.n if row else 0)
    return found


def load_records(
    connection: Connection, organisation_id: str, ids: Collection[str]
) -> Sequence[AnyRow]:
    """The records of these ids."""
    return look_up(connection, records, "id", organisation_id, ids)


def load_states(
    connection: Connection, organisation_id: str, ids: Collection[str]
) -> Sequence[AnyRow]:
    """Of the records of these ids what a fold needs: id, kind, patient and state."""
    columns = ("id", "kind", "patient", "state")
    return look_up(connection, records, "id", organisation_id, ids, columns)


def load_logs(
    connection: Connection, organisation_id: str, ids: Collection[str]
) -> dict[str, list[Change]]:
    """The whole logs of these records, by id, each in order of seq."""
    logs: dict[str, list[Change]] = {id_: [] for id_ in ids}
    for row in look_up(connection, changes, "record", organisation_id, ids):
        logs[row.record].append(change_of(row))
    for log in logs.values():
        log.sort(key=lambda change: change.seq)
    return logs


def change_of(row: AnyRow) -> Change:
    """A stored change as the engine folds it."""
    body = orjson.loads(row.body)
    return Change(
        device=row.device,
        n=row.n,
        seq=row.seq,
        at=row.at,
        seen=row.seen,
        member=row.member,
        set=body.get("set", {}),
        add=body.get("add", {}),
        remove=body.get("remove", {}),
        delete=body.get("delete"),
        seqs=read_seqs(row.seqs) if row.seqs else (),
    )


def change_row(organisation: str, record: str, change: Change, sent_digest: str) -> dict[str, Any]:
    """A change that was folded into a record, as it is stored."""
    body: dict[str, Any] = {}
    if change.set:
        body["set"] = change.set
    if change.add:
        body["add"] = change.add
    if change.remove:
        body["remove"] = change.remove
    if change.delete is not None:
        body["delete"] = change.delete
    return {
        "organisation": organisation,
        "device": change.device,
        "n": change.n,
        "seq": change.seq,
        "record": record,
        "at": change.at,
        "seen": change.seen,
        "member": change.member,
        "body": orjson.dumps(body).decode(),
        "digest": sent_digest,
        "seqs": orjson.dumps(change.seqs).decode() if change.seqs else None,
    }


def read_seqs(stored: str) -> tuple[tuple[int, int], ...]:
    """The old numbers of a change that was taken back, each with where it was gone."""
    return tuple((had, gone) for had, gone in orjson.loads(stored))


def save_changes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    store(connection, changes, rows)


def save_records(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the records as they are folded, new and known alike."""
    store(connection, records, rows, f"ON CONFLICT (organisation, id) DO UPDATE SET {_REFOLDED}")


def save_refusals(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep refused changes; the first answer of a dot is final."""
    store(connection, refusals, rows, "ON CONFLICT DO NOTHING")


def save_notices(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what authors are to be told; a write told before is not told again."""
    store(connection, notices, rows, "ON CONFLICT DO NOTHING")
