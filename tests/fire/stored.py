"""What the server holds of an organisation, read from its tables at one moment: what the invariants
compare with what phones hold and with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import select

from server.body import parse
from server.database import AnyRow, begin
from server.sync.stored import change_of
from server.tables import changes, notices, organisation, records, refusals, waiting_changes
from sync import Change

Dot = tuple[str, int]
PARTS = ("set", "add", "remove", "delete")


def parts_of(change: Mapping[str, Any]) -> bytes:
    """What a change says, in one form whoever tells it."""
    said = {name: change[name] for name in PARTS if change.get(name) not in (None, {})}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True)
class Stored:
    head: int
    epoch: str
    is_restoring: bool
    record_rows: Mapping[str, AnyRow]
    change_rows: Mapping[Dot, AnyRow]
    refusal_rows: Mapping[Dot, AnyRow]
    waiting_rows: Mapping[Dot, AnyRow]
    notice_rows: list[AnyRow]

    @classmethod
    def read(cls, organisation_id: str) -> Stored:
        with begin(organisation_id) as connection:

            def rows(table: Any) -> list[AnyRow]:
                query = select(table).where(table.c.organisation == organisation_id)
                return list(connection.execute(query))

            here = connection.execute(
                select(
                    organisation.c.head, organisation.c.epoch, organisation.c.is_restoring
                ).where(organisation.c.id == organisation_id)
            ).one()
            return cls(
                *here,
                {row.id: row for row in rows(records)},
                {(row.device, row.n): row for row in rows(changes)},
                {(row.device, row.n): row for row in rows(refusals)},
                {(row.device, row.n): row for row in rows(waiting_changes)},
                rows(notices),
            )

    @cached_property
    def bodies(self) -> dict[str, dict[str, Any]]:
        return {id_: orjson.loads(row.body) for id_, row in self.record_rows.items()}

    @cached_property
    def logs(self) -> dict[str, list[Change]]:
        """The log of each record, in order of seq."""
        logs: dict[str, list[Change]] = {}
        for row in sorted(self.change_rows.values(), key=lambda row: row.seq):
            logs.setdefault(row.record, []).append(change_of(row))
        return logs

    def stands_at(self, id_: str) -> tuple[str, int]:
        """A record's body and the newest change of its log."""
        return self.record_rows[id_].body, self.logs[id_][-1].seq

    def said(self, dot: Dot) -> list[tuple[str, bytes]]:
        """What the server holds under a dot, accepted, refused or waiting: record and parts."""
        found: list[tuple[str, bytes]] = []
        if row := self.change_rows.get(dot):
            found.append((row.record, parts_of(orjson.loads(row.body))))
        for row in (self.refusal_rows.get(dot), self.waiting_rows.get(dot)):
            if row is not None:
                found.append((row.record, parts_of(parse(row.body.encode()))))
        return found

    @cached_property
    def handed_in(self) -> set[tuple[int, str, bytes]]:
        """What revoked phones handed in, by n: a copy's is kept under another device."""
        sent = [parse(row.body.encode()) for row in self.refusal_rows.values()]
        return {(each["n"], each["record"], parts_of(each)) for each in sent}

    def told(self, member: str) -> set[bytes]:
        """Every notice that there is for a member."""
        return {
            notice_key(orjson.loads(row.body)) for row in self.notice_rows if row.member == member
        }


def notice_key(notice: Mapping[str, Any]) -> bytes:
    named = [notice["device"], notice["n"], notice["record"], notice["field"], notice["value"]]
    return orjson.dumps(named, option=orjson.OPT_SORT_KEYS)
