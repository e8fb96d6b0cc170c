"""An organisation to import into, and ways to import and to look at what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select

from server.database import begin
from server.fhir.importing import Import
from server.fhir.reading import find_files
from server.fhir.reporting import Report
from server.fhir.source import Source
from server.fhir.writing import Records
from server.organisations import NewMember, add_member, create_organisation
from server.tables import changes, records

SMALL = Path(__file__).parent / "small.json"


@dataclass
class Organisation:
    """Harbor Home Health with an administrator and a coordinator, as an import finds it."""

    id: str
    administrator: str
    coordinator: str

    def take(self, *paths: Path, member: str | None = None, source: str = "fhir") -> Report:
        named = Source(self.id, source, "America/New_York")
        return Import(named, Records.of(named), member).run(find_files(paths))

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind as the wire carries them."""
        with begin(self.id) as connection:
            rows = connection.scalars(
                select(records.c.body)
                .where(records.c.organisation == self.id, records.c.kind == kind)
                .order_by(records.c.id)
            )
            return [orjson.loads(row) for row in rows]

    def one(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The one record of a kind that has these fields."""
        found = [
            each
            for each in self.records(kind)
            if all(each["fields"].get(name) == value for name, value in fields.items())
        ]
        assert len(found) == 1, found
        return found[0]

    def counts(self) -> Counter[str]:
        with begin(self.id) as connection:
            rows = connection.execute(
                select(records.c.kind, func.count())
                .where(records.c.organisation == self.id, records.c.kind != "member")
                .group_by(records.c.kind)
            )
            return Counter({row[0]: row[1] for row in rows})

    def head(self) -> int:
        """How many changes there are: what a second import must not raise."""
        with begin(self.id) as connection:
            return int(connection.scalar(select(func.count()).select_from(changes)) or 0)


@pytest.fixture
def organisation(app: Flask) -> Organisation:
    id_ = create_organisation("Harbor Home Health")
    return Organisation(
        id_,
        add_member(id_, NewMember("ada@example.org", "Ada Admin", "administrator")),
        add_member(
            id_, NewMember("cleo@example.org", "Cleo Coordinator", "coordinator", ["North"])
        ),
    )


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Path]:
    """A copy of the small bundle with something changed in it."""

    def edit(change: Callable[[dict[str, Any]], None]) -> Path:
        bundle = json.loads(SMALL.read_text())
        change(bundle)
        path = tmp_path / "edited.json"
        path.write_text(json.dumps(bundle, ensure_ascii=False))
        return path

    return edit


def resource_of(bundle: dict[str, Any], number: int) -> dict[str, Any]:
    """The small bundle's resource of that number."""
    id_ = f"00000000-0000-4000-8000-{number:012d}"
    found: dict[str, Any] = next(
        entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"] == id_
    )
    return found
