"""What reports look records up by: their status, when they are due, whose they are and when they
took place, beside the body in columns of its table (server/README.md, Decisions)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from server.catalogue import CATALOGUE

COLUMNS = ("status", "due", "owner", "date")
TIMES = ("due", "date")


def indexed_values(kind: str, fields: Mapping[str, Any]) -> dict[str, str | None]:
    """The columns of a record of that kind: what its fields show, null where it has none such.

    Moments are brought to UTC, to the minute, so that text compares as time does.
    """
    values: dict[str, str | None] = dict.fromkeys(COLUMNS)
    for column, name in _fields(kind).items():
        values[column] = _comparable(fields.get(name), is_time=column in TIMES)
    return values


@cache
def _fields(kind: str) -> dict[str, str]:
    """The kind's field of each column, where the catalogue marks one; the first where several."""
    found: dict[str, str] = {}
    for name, field in CATALOGUE.kinds[kind].fields.items():
        if field.indexed is not None:
            found.setdefault(field.indexed, name)
    return found


def _comparable(value: Any, *, is_time: bool) -> str | None:
    if isinstance(value, dict):  # wall time and zone
        moment = datetime.fromisoformat(value["local"]).replace(tzinfo=ZoneInfo(value["zone"]))
        return _minute(moment)
    if not isinstance(value, str):
        return None
    return _minute(datetime.fromisoformat(value)) if is_time and "T" in value else value


def _minute(moment: datetime) -> str:
    try:
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}Z"
    except OverflowError:  # the first and the last day of the calendar
        return f"{moment:%Y-%m-%dT%H:%M}Z"
