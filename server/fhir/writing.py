"""The organisation's records as an import sees and writes them: the only file here that knows the
database. A source writes as a device of its own, so its changes have dots, a history and an author
like any other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from server.database import begin
from server.fhir.difference import Before
from server.fhir.handing_over import Standing
from server.fhir.source import Source
from server.sync.local import LocalDevice
from server.tables import changes, device, member, records

TOGETHER = 500
"""Ids in one statement; SQLite takes 32,766 parameters and PostgreSQL 65,535."""


class NobodyToWriteAs(RuntimeError):
    """There is no member in whose name an import could be written."""


@dataclass(frozen=True, slots=True)
class Records:
    """A Writer (importing.py) on the records of one organisation."""

    organisation: str
    device: LocalDevice

    @classmethod
    def of(cls, source: Source) -> "Records":
        """As the device of a source, enrolled at its first import: for the administrator who has
        been here longest, else for any member who has."""
        with begin(source.organisation) as connection:
            owner = connection.scalar(
                select(device.c.member).where(
                    device.c.organisation == source.organisation, device.c.id == source.device
                )
            )
            owner = owner or connection.scalar(
                select(member.c.id)
                .where(member.c.organisation == source.organisation, member.c.status == "active")
                .order_by(member.c.role != "administrator", member.c.created_at, member.c.id)
                .limit(1)
            )
        if owner is None:
            raise NobodyToWriteAs
        name = f"Import: {source.name}"
        return cls(
            source.organisation,
            LocalDevice.enrol(source.organisation, owner, name, source.device, trusted=True),
        )

    def known_patients(self) -> set[str]:
        with begin(self.organisation) as connection:
            found = connection.scalars(
                select(records.c.id).where(
                    records.c.organisation == self.organisation, records.c.kind == "patient"
                )
            )
            return set(found)

    def before(self, ids: Iterable[str]) -> Mapping[str, Before]:
        found: dict[str, Before] = {}
        wanted = sorted(set(ids))
        with begin(self.organisation) as connection:
            for start in range(0, len(wanted), TOGETHER):
                rows = connection.execute(
                    select(changes.c.record, changes.c.body)
                    .where(
                        changes.c.organisation == self.organisation,
                        changes.c.record.in_(wanted[start : start + TOGETHER]),
                        changes.c.device == self.device.id,
                    )
                    .order_by(changes.c.n)
                )
                for row in rows:
                    known = found.get(row.record, Before())
                    found[row.record] = known.then(orjson.loads(row.body))
        return found

    def standing(self, patients: Sequence[str]) -> Mapping[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        with begin(self.organisation) as connection:
            for start in range(0, len(patients), TOGETHER):
                rows = connection.execute(
                    select(records.c.patient, records.c.id, records.c.version, records.c.body)
                    .where(
                        records.c.organisation == self.organisation,
                        records.c.patient.in_(patients[start : start + TOGETHER]),
                        records.c.kind == "assignment",
                        records.c.deleted.is_(False),
                    )
                    .order_by(records.c.id)
                )
                for row in rows:
                    status = orjson.loads(row.body)["fields"].get("status")
                    held = Standing(row.id, row.version, status)
                    found.setdefault(row.patient, []).append(held)
        return found

    def push(self, changes: list[dict[str, Any]]) -> Mapping[int, str]:
        answer = self.device.push(changes)
        said = {each["n"]: each.get("message") for each in (*answer.accepted, *answer.refused)}
        # The changes were numbered in their order, so the answers in order of n are theirs.
        return {
            index: message
            for index, (_, message) in enumerate(sorted(said.items()))
            if message is not None
        }
