"""What to call the members and patients of a report."""

from __future__ import annotations

from collections.abc import Collection

import orjson
from sqlalchemy import Connection

from server.database import look_up
from server.summaries.chart import full_name
from server.tables import member, records


def names_of(connection: Connection, organisation: str, members: Collection[str]) -> dict[str, str]:
    """The names of members, those who left included."""
    rows = look_up(connection, member, "id", organisation, sorted(members))
    return {row.id: row.name for row in rows}


def names_of_patients(
    connection: Connection, organisation: str, patients: Collection[str]
) -> dict[str, str]:
    """The names of those who are patients here: whoever asks must have a right to each."""
    rows = look_up(connection, records, "id", organisation, sorted(patients))
    fields = {row.id: orjson.loads(row.body)["fields"] for row in rows if row.kind == "patient"}
    return {id_: full_name(each.get("name") or {}) for id_, each in fields.items()}
