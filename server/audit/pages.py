"""Pages of the access log, the newest entry first. Called by the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Connection, Select, select, tuple_

from server.database import AnyRow
from server.problems import Problem
from server.sync.envelope import is_uuid
from server.tables import access_log, device, member


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: a moment and the id of an entry of that moment."""

    at: int
    id: str

    def __str__(self) -> str:
        return f"{self.at}.{self.id}"

    @classmethod
    def of(cls, row: AnyRow) -> Place:
        return cls(row.at, row.id)


def asked_place() -> Place | None:
    """`after` of the address. Raises Problem 400."""
    written = request.args.get("after")
    if written is None:
        return None
    at, _, id_ = written.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 16 and is_uuid(id_)):
        raise Problem(400, "malformed")
    return Place(int(at), id_)


def asked_id(name: str) -> str | None:
    """An id in the address's query. Raises Problem 400."""
    written = request.args.get(name)
    if written is not None and not is_uuid(written):
        raise Problem(400, "malformed")
    return written


def asked_days(zone: tzinfo) -> list[ColumnElement[bool]]:
    """`from` and `to` of the address, days of the organisation's zone, both included. Raises
    Problem 400."""
    first, last = _asked_day("from", zone, 0), _asked_day("to", zone, 1)
    conditions: list[ColumnElement[bool]] = []
    if first is not None:
        conditions.append(access_log.c.at >= first)
    if last is not None:
        conditions.append(access_log.c.at < last)
    return conditions


def _asked_day(name: str, zone: tzinfo, days_after: int) -> int | None:
    written = request.args.get(name)
    if written is None:
        return None
    try:
        day = datetime.strptime(written, "%Y-%m-%d").date() + timedelta(days=days_after)
        return int(datetime.combine(day, time(), zone).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Problem(400, "malformed") from None


def entries(organisation: str, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The log with the names of who and which phone, the newest first."""
    return (
        select(
            *(
                access_log.c[name]
                for name in ("id", "at", "member", "device", "patient", "record", "subject")
            ),
            *(access_log.c[name] for name in ("what", "detail", "is_offline")),
            member.c.name.label("member_name"),
            device.c.name.label("device_name"),
        )
        .select_from(access_log)
        .outerjoin(
            member,
            (member.c.organisation == access_log.c.organisation)
            & (member.c.id == access_log.c.member),
        )
        .outerjoin(
            device,
            (device.c.organisation == access_log.c.organisation)
            & (device.c.id == access_log.c.device),
        )
        .where(access_log.c.organisation == organisation, *conditions)
        .order_by(access_log.c.at.desc(), access_log.c.id.desc())
    )


def page(
    connection: Connection,
    query: Select[*tuple[Any, ...]],
    after: Place | None,
    limit: int,
) -> Sequence[AnyRow]:
    """The next `limit` entries after a place."""
    if after is not None:
        query = query.where(tuple_(access_log.c.at, access_log.c.id) < (after.at, after.id))
    return connection.execute(query.limit(limit)).all()
