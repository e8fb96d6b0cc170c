"""Writes what an offer of salvage shows and nothing here accounts for, as a supervisor's own
changes, through the push. Called by server/restore/offers.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from server.catalogue import CATALOGUE, CatalogueKind
from server.epochs import lost_spans
from server.restore.covered import LISTS, Missing
from server.restore.folding import heal
from server.restore.offered import Row, uncovered
from server.sync.offer import Author
from server.sync.push import push
from server.sync.stored import Counter, greatest_n, load_records
from server.sync.validate import validate
from server.who import Caller, now_ms


class Refused(Exception):
    """A change is refused for its own sake: nothing is written."""

    def __init__(self, refusal: dict[str, Any]) -> None:
        super().__init__(refusal["code"])
        self.refusal = refusal


def write_missing(
    connection: Connection, counter: Counter, by: Caller, rows: Sequence[Row], language: str
) -> None:
    """Write it of these offers, in their order, with the server's own device in the caller's name:
    they have seen what stands. Raises Refused, which undoes the transaction."""
    author = Author(by.organisation, by.member, by.role, counter.device)
    spans, now = lost_spans(connection, by.organisation), now_ms()
    lacking = uncovered(connection, by.organisation, rows, spans)
    known = {
        each.id: each.version
        for each in load_records(connection, by.organisation, {row["record"] for row in rows})
    }
    n = greatest_n(connection, by.organisation, counter.device)
    offers = []
    for row, missing in lacking:
        kind = CATALOGUE.kind_stored(row["kind"], row["patient"])
        for parts in _changes(kind, row, missing, is_there=row["record"] in known):
            n += 1
            change = {"n": n, "at": now, "seen": known.get(row["record"], 0), **parts}
            change |= {name: row[name] for name in ("record", "kind", "patient")}
            offers.append(validate(author, change, language))
    answered = push(
        *(connection, counter, author, offers), made=None, now=now, skew=0, language=language
    )
    for refusal in answered.refused.values():
        raise Refused(refusal)
    heal(connection, by.organisation, offers, now)


def _changes(
    kind: CatalogueKind, row: Row, missing: Missing, *, is_there: bool
) -> list[Mapping[str, Any]]:
    """The parts of the changes that write it: a record that is gone is created whole."""
    writes: dict[str, Any] = {"set": missing.set, "add": missing.add, "remove": missing.remove}
    if not is_there:
        writes = _creation(kind, orjson.loads(row["body"])["fields"])
    changes: list[Mapping[str, Any]] = [writes] if any(writes.values()) else []
    return changes if missing.delete is None else [*changes, {"delete": missing.delete}]


def _creation(kind: CatalogueKind, fields: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name for name, each in kind.fields.items() if each.rule in LISTS}
    said = {name: value for name, value in fields.items() if value not in (None, [])}
    return {
        "set": {name: value for name, value in said.items() if name not in lists},
        "add": {name: value for name, value in said.items() if name in lists},
    }
