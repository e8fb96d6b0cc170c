"""The records that one push touches, folded in memory and written once at its end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from server.catalogue import CATALOGUE, CatalogueKind
from server.sync.indexed import indexed_values
from server.sync.stored import load_logs, load_states
from server.who import now_ms
from sync import (
    Change,
    SetAside,
    Shown,
    State,
    canonical,
    corrected,
    corrected_by_log,
    fold,
    fold_in,
    needs_log,
    set_aside,
    show,
)


@dataclass(slots=True)
class OpenRecord:
    """A record between two folds. `state` is None until its creating change is folded."""

    id: str
    kind: CatalogueKind
    patient: str | None
    state: State | None = None
    is_touched: bool = False

    def show(self) -> Shown:
        assert self.state is not None
        return show(self.kind.engine, self.state)


class OpenRecords:
    """Loads records, and logs where a fold needs them, and folds the push's changes in."""

    def __init__(self, connection: Connection, organisation: str, ids: Collection[str]) -> None:
        self._connection = connection
        self._organisation = organisation
        self._open = {
            row.id: OpenRecord(
                row.id,
                CATALOGUE.kind_stored(row.kind, row.patient),
                row.patient,
                State.from_json(orjson.loads(row.state)),
            )
            for row in load_states(connection, organisation, ids)
        }
        self._logs: dict[str, list[Change]] = {}
        self._folded_here: dict[str, list[Change]] = {}
        self._behind: dict[str, OpenRecord] = {}
        self.contested: Counter[str] = Counter()
        """How many fields stand contested in the touched records, by kind, once they are rows."""

    def get(self, id_: str) -> OpenRecord | None:
        return self._open.get(id_)

    def create(self, id_: str, kind: CatalogueKind, patient: str | None) -> OpenRecord:
        self._open[id_] = OpenRecord(id_, kind, patient)
        return self._open[id_]

    def load_logs_for(self, changes: Iterable[tuple[str, Change]]) -> None:
        """Load in one go the logs that these changes of records need as those stand now."""
        needed = {
            id_
            for id_, change in changes
            if (record := self._open.get(id_))
            and needs_log(record.kind.engine, record.state, change)
        }
        self._logs |= self._load_logs(needed)

    def fold(self, record: OpenRecord, change: Change) -> Change:
        """Fold one change in, its `at` raised above all that it saw; the change as it is stored."""
        kind = record.kind.engine
        log = self._logs.get(record.id)
        if log is None and needs_log(kind, record.state, change):
            stored = self._load_logs([record.id])[record.id]
            log = self._logs[record.id] = stored + self._folded_here.get(record.id, [])
        if log is None:
            change = corrected(change, record.state)
            record.state = fold_in(kind, record.state, change)
            self._folded_here.setdefault(record.id, []).append(change)
        else:
            if not change.seqs:  # else it was corrected when it was first accepted
                change = corrected_by_log(change, log)
            log.append(change)
            record.state = fold(kind, log)
        record.is_touched = True
        return change

    def put_back(self, record: OpenRecord, change: Change) -> None:
        """Add a change with old numbers to its record, to be folded by `catch_up`: each needs the
        whole log, and a phone brings many of one record."""
        if record.id not in self._logs:
            stored = {} if record.state is None else self._load_logs([record.id])
            folded = self._folded_here.get(record.id, [])
            self._logs[record.id] = stored.get(record.id, []) + folded
        self._logs[record.id].append(change)
        self._behind[record.id] = record
        record.is_touched = True

    def catch_up(self, record: OpenRecord) -> None:
        """Fold what was put back into a record, before anybody looks at its state."""
        if self._behind.pop(record.id, None):
            record.state = fold(record.kind.engine, self._logs[record.id])

    def _load_logs(self, ids: Collection[str]) -> dict[str, list[Change]]:
        return load_logs(self._connection, self._organisation, ids)

    def touched(self) -> Iterator[OpenRecord]:
        return (record for record in self._open.values() if record.is_touched)

    def rows(self, organisation: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The touched records, and the notices of what is set aside in them, as rows of their
        tables. A record's new position is its version: the seq of a change, and so its alone."""
        records: list[dict[str, Any]] = []
        notices: list[dict[str, Any]] = []
        for record in [*self._behind.values()]:
            self.catch_up(record)
        for record in self.touched():
            state, shown = record.state, record.show()
            assert state is not None
            if shown.contested:
                self.contested[record.kind.name] += len(shown.contested)
            records.append(
                {
                    "organisation": organisation,
                    "id": record.id,
                    "kind": record.kind.name,
                    "patient": record.patient,
                    "version": state.version,
                    "position": state.version,
                    "deleted": shown.deleted,
                    "body": _json(body_of(record, shown)),
                    "state": _json(state.to_json()),
                    **indexed_values(record.kind.name, shown.fields),
                }
            )
            notices += (
                notice_row(organisation, record, state.version, each)
                for each in set_aside(record.kind.engine, state)
            )
        return records, notices


def body_of(record: OpenRecord, shown: Shown) -> dict[str, Any]:
    """A record as the wire carries it."""
    assert record.state is not None
    return {
        "id": record.id,
        "kind": record.kind.name,
        "patient": record.patient,
        "version": record.state.version,
        "deleted": shown.deleted,
        "fields": shown.fields,
        "contested": shown.contested,
        "overruled": shown.overruled,
    }


def notice_row(
    organisation: str, record: OpenRecord, position: int, write: SetAside
) -> dict[str, Any]:
    """What the author of a write that was set aside is to be told, once."""
    body = {
        "device": write.device,
        "n": write.n,
        "record": record.id,
        "field": write.field,
        "value": write.value,
    }
    return {
        "organisation": organisation,
        "device": write.device,
        "n": write.n,
        "write": hashlib.sha256(canonical([write.field, write.value])).hexdigest(),
        "member": write.member,
        "position": position,
        "body": _json(body),
        "told_at": now_ms(),
    }


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
