"""A backup of one organisation as tests take it, put back as `doorstep restore` does: in a new
epoch, with the restore open."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import delete, select, update
from uuid6 import uuid7

from server import epochs
from server.database import begin
from server.tables import METADATA, attempt, challenge, epoch, organisation, records
from server.who import now_ms
from tests.server.office import Office, Phone

TABLES = [table for table in METADATA.sorted_tables if table not in (attempt, challenge)]
GONE_WITH_IT = ("session", "invitation")
"""What tests keep all the same: signing in anew is not what they are about."""


class Backup:
    """Every row of an organisation as it was."""

    def __init__(self, office: Office) -> None:
        self.office = office
        with begin(office.organisation) as connection:
            self.rows = {
                table.name: [dict(row._mapping) for row in connection.execute(_own(table, office))]
                for table in TABLES
            }

    def restore(self) -> epochs.Span:
        """Put it back over what there is; what was lost."""
        id_, now = self.office.organisation, now_ms()
        with begin(id_, write=True) as connection:
            head = self.rows["organisation"][0]["head"]
            replaced = connection.scalars(
                select(organisation.c.head).where(organisation.c.id == id_)
            ).one()
            start = epochs.next_start([head, replaced], now)
            for table in TABLES:
                if table.name not in GONE_WITH_IT:
                    connection.execute(_all(table, self.office))
                    if rows := self.rows[table.name]:
                        connection.execute(table.insert(), rows)
            begun: dict[str, Any] = {"id": str(uuid7()), "start": start, "began_at": now}
            begun |= {"organisation": id_, "restored_head": head}
            connection.execute(epoch.insert(), begun)
            values = {"head": start, "epoch": begun["id"], "is_restoring": True}
            connection.execute(
                update(organisation).where(organisation.c.id == id_).values(**values)
            )
        return epochs.Span(head, start)


def _own(table: Any, office: Office) -> Any:
    column = table.c.id if table is organisation else table.c.organisation
    return select(table).where(column == office.organisation)


def _all(table: Any, office: Office) -> Any:
    column = table.c.id if table is organisation else table.c.organisation
    return delete(table).where(column == office.organisation)


def epoch_of(office: Office) -> str:
    with begin(office.organisation) as connection:
        found: str = connection.scalars(
            select(organisation.c.epoch).where(organisation.c.id == office.organisation)
        ).one()
    return found


class Journal:
    """What a phone keeps of its accepted changes, as it offers them again. Written apart from the
    model phone: here each request is one that a test looks at."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.changes: dict[int, dict[str, Any]] = {}

    def sync(self) -> dict[str, Any]:
        """One round trip; what was accepted is kept with its number."""
        sent = {change["n"]: change for change in self.phone.outbox}
        answer = self.phone.sync()
        self._keep(sent, answer)
        return answer

    def last(self, **parts: Any) -> dict[str, Any]:
        """The change that was made last, as it is offered again but for these parts."""
        change = max(self.changes.values(), key=lambda change: int(change["n"]))
        found: dict[str, Any] = change | parts
        return found

    def body(self, *numbers: int, **parts: Any) -> dict[str, Any]:
        """A request that takes back these changes; without any, all of them and the outbox."""
        changes = [self.changes[n] for n in numbers or sorted(self.changes)]
        if not numbers:
            changes += self.phone.outbox
        of = self.phone.device
        body = {"protocol": 1, "device": of, "of": of, "now": self.phone.now()}
        return body | {"epoch": "", "changes": changes} | parts

    def take_back(self, office: Office, *numbers: int, **parts: Any) -> dict[str, Any]:
        """That request, answered and kept."""
        body = self.body(*numbers, epoch=epoch_of(office)) | parts
        answer = self.phone.session.post("/api/take-back", body)
        assert answer.status_code == 200, answer.text
        self._keep({change["n"]: change for change in body["changes"]}, answer.json)
        gone = {each["n"] for each in (*answer.json["accepted"], *answer.json["refused"])}
        self.phone.outbox[:] = [each for each in self.phone.outbox if each["n"] not in gone]
        found: dict[str, Any] = answer.json
        return found

    def _keep(self, sent: dict[int, dict[str, Any]], answer: dict[str, Any]) -> None:
        for accepted in answer["accepted"]:
            kept = self.changes.setdefault(accepted["n"], dict(sent[accepted["n"]]))
            kept["seqs"] = list(dict.fromkeys([*kept.get("seqs", []), accepted["seq"]]))
            if "at" in accepted:
                kept["corrected"] = accepted["at"]


def shown(office: Office) -> dict[str, dict[str, Any]]:
    """What every record shows, by id, without its numbers."""
    with begin(office.organisation) as connection:
        bodies = connection.scalars(
            select(records.c.body).where(records.c.organisation == office.organisation)
        )
        found = [orjson.loads(body) for body in bodies]
    return {body["id"]: _without_numbers(body) for body in found}


def _without_numbers(body: dict[str, Any]) -> dict[str, Any]:
    listed = {
        part: {
            name: [{k: each[k] for k in ("value", "member", "at")} for each in entries]
            for name, entries in body[part].items()
        }
        for part in ("contested", "overruled")
    }
    return {k: body[k] for k in ("kind", "patient", "deleted", "fields")} | listed


def rows_of(office: Office, table: Any, *columns: str) -> list[Any]:
    """The rows of a table of an organisation: these columns of each."""
    wanted = [table.c[name] for name in columns]
    own = select(*wanted).where(table.c.organisation == office.organisation).order_by(*wanted)
    with begin(office.organisation) as connection:
        return [tuple(row) for row in connection.execute(own)]
