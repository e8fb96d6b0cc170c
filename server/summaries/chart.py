"""A chart as a summary reads it: the records' bodies, each field with what stands and what is
contested."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from server.tables import records


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the wire carries it."""

    id: str
    kind: str
    fields: Mapping[str, Any]
    contested: Mapping[str, list[Mapping[str, Any]]]

    def get(self, name: str) -> Any:
        return self.fields.get(name)

    def list(self, name: str) -> list[Any]:
        return self.fields.get(name) or []

    def values(self, name: str) -> tuple[Any, ...]:
        """What stands in the field, first, and every other value that a person has yet to settle it
        against; nothing where it is empty and uncontested."""
        standing = self.fields.get(name)
        found = [] if standing is None else [standing]
        for write in self.contested.get(name, ()):
            if write["value"] is not None and write["value"] not in found:
                found.append(write["value"])
        return tuple(found)

    def is_contested(self, *names: str) -> bool:
        return any(self.contested.get(name) for name in names)


def full_name(name: Mapping[str, str]) -> str:
    """A person's name on one line, without titles."""
    parts = (name.get(part) for part in ("given", "family", "suffix"))
    return " ".join(part for part in parts if part)


def name_of(record: Record | None) -> str:
    """What to call the person that a record is about."""
    name = record.get("name") if record else None
    return full_name(name) if isinstance(name, dict) else name or ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The records of one patient and the cards of those on staff, deleted ones left out."""

    records: Mapping[str, Record] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Record]:
        """The records of a kind, in order of id: the same chart always reads alike."""
        return (record for record in self.records.values() if record.kind == kind)

    def get(self, id_: str | None) -> Record | None:
        return self.records.get(id_) if id_ else None


def load_visit(connection: Connection, organisation: str, visit: str) -> str | None:
    """The patient of a visit; None where there is no such visit."""
    found = connection.execute(
        select(records.c.patient).where(
            records.c.organisation == organisation,
            records.c.id == visit,
            records.c.kind == "visit",
        )
    ).first()
    return found.patient if found else None


def load_chart(connection: Connection, organisation: str, patient: str) -> Chart:
    """All that a summary may draw on."""
    rows = connection.execute(
        select(records.c.body)
        .where(
            records.c.organisation == organisation,
            records.c.deleted.is_(False),
            or_(
                records.c.patient == patient,
                records.c.patient.is_(None) & (records.c.kind == "member"),
            ),
        )
        .order_by(records.c.id)
    )
    return read_chart_from(orjson.loads(row.body) for row in rows)


def read_chart_from(bodies: Iterable[Mapping[str, Any]]) -> Chart:
    """A chart from records as the wire carries them."""
    found = (
        Record(body["id"], body["kind"], body["fields"], body.get("contested") or {})
        for body in bodies
    )
    return Chart({record.id: record for record in found})
