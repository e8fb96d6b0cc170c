"""Folds stored records anew from their changes, where the catalogue merges or looks them up
otherwise than when they were folded (sync/README.md, "When a rule changes"). `doorstep refold`
calls it while the server runs, and may stop it at any line: it is begun again from the start.

    a batch in order of id ── read, in a snapshot ──> those that would stand otherwise
                                                            │
    written, under the counter, from their changes as these are by then
"""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from server.catalogue import CATALOGUE
from server.database import AnyRow, begin, look_up, see_organisations
from server.granting import FOLLOWED, Granting
from server.sync.indexed import COLUMNS, indexed_values
from server.sync.open_records import OpenRecord, body_of, notice_row
from server.sync.stored import (
    advance_counter,
    load_logs,
    save_notices,
    save_records,
    take_counter,
)
from server.tables import notices, organisation, records
from server.who import now_ms
from sync import Shown, State, fold, set_aside

BATCH = 500
"""Records that are looked at, and written, together: as long as one push of a phone may take."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of one batch: how many records of each kind.

    - `seen`: looked at;
    - `kept`: left as they stand, since their kind is not declared here and nobody knows its rules;
    - `moved`: shown otherwise, and so at a new position, where every cursor finds them;
    - `renewed`: shown as before; only what is kept beside the body differed;
    - `told`: writes set aside of which the author is told.
    """

    seen: Counts[str]
    kept: Counts[str]
    moved: Counts[str]
    renewed: Counts[str]
    told: Counts[str]

    @classmethod
    def nothing(cls) -> Looked:
        return cls(Counts(), Counts(), Counts(), Counts(), Counts())

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            self.seen + other.seen,
            self.kept + other.kept,
            self.moved + other.moved,
            self.renewed + other.renewed,
            self.told + other.told,
        )


@dataclass(slots=True)
class _Refolded:
    """A stored record that its changes say otherwise, as they say it."""

    record: OpenRecord
    state: State
    shown: Shown
    position: int
    moves: bool
    untold: list[dict[str, Any]]


def refold(
    organisation_id: str,
    *,
    kind: str | None = None,
    batch: int = BATCH,
    dry_run: bool = False,
    send_again: bool = False,
) -> Iterator[Looked]:
    """Go over an organisation's records, or those of one kind, a batch at a time; what became of
    each batch. Each is a transaction of its own, and a batch in which nothing differs takes no
    lock. With `send_again` every record gets a new position: for a kind that more people may read.

    Once all are gone over, the organisation stands by this catalogue's rules, and remembers it.
    """
    after = ""
    while True:
        with begin(organisation_id) as connection:
            rows = _next_rows(connection, organisation_id, kind, after, batch)
            looked, differing = _look(connection, organisation_id, rows, send_again)
        if differing and not dry_run:
            ids = [each.record.id for each in differing]
            with begin(organisation_id, write=True) as connection:
                written = _write(connection, organisation_id, ids, send_again)
            looked = Looked(looked.seen, looked.kept, written.moved, written.renewed, written.told)
        if not rows:
            break
        after = rows[-1].id
        yield looked
    if kind is None and not dry_run:
        with begin(organisation_id, write=True) as connection:
            connection.execute(
                update(organisation)
                .where(organisation.c.id == organisation_id)
                .values(folded_with=CATALOGUE.rules_hash())
            )


def folded_otherwise() -> dict[str, str]:
    """The names, by id, of the organisations whose records were last gone over by other rules."""
    with begin(None) as connection:
        see_organisations(connection)
        rows = connection.execute(
            select(organisation.c.id, organisation.c.name)
            .where(organisation.c.folded_with.is_distinct_from(CATALOGUE.rules_hash()))
            .order_by(organisation.c.name)
        )
        return {row.id: row.name for row in rows}


def _next_rows(
    connection: Connection, organisation_id: str, kind: str | None, after: str, batch: int
) -> Sequence[AnyRow]:
    query = select(records).where(records.c.organisation == organisation_id, records.c.id > after)
    if kind is not None:
        query = query.where(records.c.kind == kind)
    return connection.execute(query.order_by(records.c.id).limit(batch)).all()


def _look(
    connection: Connection, organisation_id: str, rows: Sequence[AnyRow], send_again: bool
) -> tuple[Looked, list[_Refolded]]:
    """Fold the records of these rows anew; those that stand otherwise."""
    logs = load_logs(
        connection, organisation_id, [row.id for row in rows if row.kind in CATALOGUE.kinds]
    )
    known = [row for row in rows if logs.get(row.id)]
    folded: list[_Refolded] = []
    for row in known:
        kind = CATALOGUE.kinds[row.kind]
        state = fold(kind.engine, logs[row.id])
        record = OpenRecord(row.id, kind, row.patient, state)
        folded.append(_Refolded(record, state, record.show(), row.position, send_again, []))
    _find_untold(connection, organisation_id, folded)
    differing = []
    for row, each in zip(known, folded, strict=True):
        body = body_of(each.record, each.shown)
        each.moves |= bool(each.untold) or not _is_same(row.body, body)
        if each.moves or _is_kept_otherwise(row, each):
            differing.append(each)
    return (
        Looked(
            seen=Counts(row.kind for row in rows),
            kept=Counts(row.kind for row in rows) - Counts(row.kind for row in known),
            moved=Counts(each.record.kind.name for each in differing if each.moves),
            renewed=Counts(each.record.kind.name for each in differing if not each.moves),
            told=Counts(each.record.kind.name for each in differing for _ in each.untold),
        ),
        differing,
    )


def _write(
    connection: Connection, organisation_id: str, ids: Sequence[str], send_again: bool
) -> Looked:
    """Write the records as their changes say under the counter: pushes may have come in between."""
    counter = take_counter(connection, organisation_id)
    rows = look_up(connection, records, "id", organisation_id, ids)
    looked, differing = _look(connection, organisation_id, rows, send_again)
    granting = Granting(connection, organisation_id, now_ms())
    seq = counter.head
    told: list[dict[str, Any]] = []
    for each in differing:
        record = each.record
        if not each.moves:
            continue
        seq = each.position = seq + 1
        told += [notice | {"position": each.position} for notice in each.untold]
        if record.kind.name in FOLLOWED:
            shown = each.shown
            seq = granting.follow(
                record.kind.name, record.id, record.patient, shown.fields, shown.deleted, seq
            )
    save_records(connection, [_row(organisation_id, each) for each in differing])
    save_notices(connection, told)
    seq = granting.settle(seq)
    if seq != counter.head:
        advance_counter(connection, organisation_id, seq)
    return looked


def _row(organisation_id: str, each: _Refolded) -> dict[str, Any]:
    record = each.record
    return {
        "organisation": organisation_id,
        "id": record.id,
        "kind": record.kind.name,
        "patient": record.patient,
        "version": each.state.version,
        "position": each.position,
        "deleted": each.shown.deleted,
        "body": orjson.dumps(body_of(record, each.shown)).decode(),
        "state": orjson.dumps(each.state.to_json()).decode(),
        **indexed_values(record.kind.name, each.shown.fields),
    }


def _find_untold(connection: Connection, organisation_id: str, folded: Iterable[_Refolded]) -> None:
    """Find the writes that are set aside and whose authors have not been told so."""
    found = [
        (each, notice_row(organisation_id, each.record, each.position, write))
        for each in folded
        for write in set_aside(each.record.kind.engine, each.state)
    ]
    rows = connection.execute(
        select(notices.c.device, notices.c.n, notices.c.write).where(
            notices.c.organisation == organisation_id,
            notices.c.device.in_({notice["device"] for _, notice in found}),
            notices.c.n.in_({notice["n"] for _, notice in found}),
        )
    )
    told = {tuple(row) for row in rows}
    for each, notice in found:
        if (notice["device"], notice["n"], notice["write"]) not in told:
            each.untold.append(notice)


def _is_same(text: str, value: object) -> bool:
    """Whether a stored JSON text says this: in whatever order of names."""
    return _sorted(orjson.loads(text)) == _sorted(value)


def _sorted(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _is_kept_otherwise(row: AnyRow, each: _Refolded) -> bool:
    """Whether what stands beside the body, for later folds and for reports, differs."""
    wanted = indexed_values(row.kind, each.shown.fields)
    if any(getattr(row, name) != wanted[name] for name in COLUMNS):
        return True
    try:
        return State.from_json(orjson.loads(row.state)) != each.state
    except (ValueError, KeyError, TypeError, IndexError):  # as another version kept it
        return True
