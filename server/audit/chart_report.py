"""Who has seen and changed a chart, and which phones held it.

GET /api/charts/ID/access?after= → {
    "seen": [{"at", "member", "member_name", "what", "offline", "device_name"}],
    "next": what to ask `after` for more that was seen, or null,
    "changed": [{"at", "member", "member_name", "kind", "changes": 3}], by member, day and kind,
    "held": [{"member", "member_name", "device", "device_name", "from", "to", "gone"}],
    "openings": [{"at", "until", "member", "member_name", "reason"}]}
GET /api/charts/ID/access.csv → the same as one table, whole

A phone with `to` null holds the chart; one that is not `gone` after it may hold it still, since it
was not in touch. `what` is a name of server/access_log.py, and no device is a program's request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Select, select

from server.access import caller, read_chart
from server.access_log import READS
from server.audit.held import Held, phones_that_held, span_of
from server.audit.names import names_of
from server.audit.pages import Place, asked_place, entries, page
from server.audit.sheet import Cell, moment, sheet
from server.catalogue.words import WORDS
from server.database import AnyRow, begin
from server.organisation_settings import settings_of
from server.problems import asked_language
from server.tables import access_log, changes, grants, records
from server.who import now_ms
from server.words import called, say

PAGE = 500
OPENING = "opening"
COLUMNS = ("list", "from", "to", "person", "phone", "what", "number")


def chart_access(patient_id: str) -> ResponseReturnValue:
    """Who has seen and changed a chart, and which phones held it; the asking is noted."""
    organisation, after = caller().organisation, asked_place()
    with begin(organisation, write=True) as connection:
        read_chart(connection, patient_id)
    with begin(organisation) as connection:
        seen = page(connection, _seen(organisation, patient_id), after, PAGE + 1)
        following = str(Place.of(seen[PAGE - 1])) if len(seen) > PAGE else None
        report = _Report(connection, organisation, patient_id)
        return {
            "seen": [_seen_to_wire(row) for row in seen[:PAGE]],
            "next": following,
            "changed": report.changed() if after is None else [],
            "held": report.held() if after is None else [],
            "openings": report.openings() if after is None else [],
        }


def chart_access_sheet(patient_id: str) -> Response:
    """The report on a chart as CSV; that it left is noted."""
    organisation, language = caller().organisation, asked_language()
    with begin(organisation, write=True) as connection:
        read_chart(connection, patient_id)
    with begin(organisation) as connection:
        report = _Report(connection, organisation, patient_id)
        seen = connection.execute(_seen(organisation, patient_id)).all()
        rows = [
            *_rows("seen", map(_seen_to_wire, seen), language, report.zone),
            *_rows("changed", report.changed(), language, report.zone),
            *_rows("held", report.held(), language, report.zone),
            *_rows("opened", report.openings(), language, report.zone),
        ]
    head = [say(language, f"sheet.{name}", zone=str(report.zone)) for name in COLUMNS]
    return sheet("chart-access", head, rows)


class _Report:
    """What is known of one chart, in one snapshot."""

    def __init__(self, connection: Connection, organisation: str, patient: str) -> None:
        self.connection = connection
        self.organisation = organisation
        self.patient = patient
        self.now = now_ms()
        self.zone = settings_of(connection, organisation).zone

    def changed(self) -> list[dict[str, Any]]:
        """How many changes a member made to records of a kind in a day; the latest first."""
        rows = self.connection.execute(
            select(changes.c.member, changes.c.at, records.c.kind)
            .join_from(
                records,
                changes,
                (changes.c.organisation == records.c.organisation)
                & (changes.c.record == records.c.id),
            )
            .where(records.c.organisation == self.organisation, records.c.patient == self.patient)
        )
        counted: dict[tuple[str, date, str], list[int]] = {}
        for row in rows:
            key = (row.member, _day(row.at, self.zone), row.kind)
            counted.setdefault(key, []).append(row.at)
        found: list[dict[str, Any]] = [
            {"at": max(at), "member": who, "kind": kind, "changes": len(at)}
            for (who, _, kind), at in counted.items()
        ]
        found.sort(key=lambda each: (-each["at"], each["member"], each["kind"]))
        return self._named(found)

    def held(self) -> list[dict[str, Any]]:
        held = phones_that_held(self.connection, self.organisation, self.patient, self.now)
        return self._named([_held_to_wire(each) for each in held])

    def openings(self) -> list[dict[str, Any]]:
        """When the chart was opened by somebody to whom it was not assigned; the latest first."""
        rows = self.connection.execute(
            select(grants).where(
                grants.c.organisation == self.organisation,
                grants.c.patient == self.patient,
                grants.c.source == OPENING,
                grants.c.began.is_not(None),
            )
        ).all()
        found = [
            {
                "at": span_of(row, self.now).begins,
                "until": row.ended_at or row.ends_at,
                "member": row.member,
                "reason": row.reason,
            }
            for row in rows
        ]
        return self._named(sorted(found, key=lambda each: -each["at"]))

    def _named(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = names_of(self.connection, self.organisation, {row["member"] for row in rows})
        return [row | {"member_name": names.get(row["member"])} for row in rows]


def _seen(organisation: str, patient: str) -> Select[*tuple[Any, ...]]:
    return entries(organisation, access_log.c.patient == patient, access_log.c.what.in_(READS))


def _seen_to_wire(row: AnyRow) -> dict[str, Any]:
    return {
        "at": row.at,
        "member": row.member,
        "member_name": row.member_name,
        "what": row.what,
        "offline": row.is_offline,
        "device_name": row.device_name,
    }


def _held_to_wire(held: Held) -> dict[str, Any]:
    return {
        "member": held.member,
        "device": held.device,
        "device_name": held.device_name,
        "from": held.span.begins,
        "to": held.span.ends,
        "gone": held.is_gone,
    }


def _day(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).date()


def _rows(
    name: str, listed: Iterable[Mapping[str, Any]], language: str, zone: tzinfo
) -> Iterator[Sequence[Cell]]:
    """One list of the report as rows of the table, each under the columns that it has."""
    for each in listed:
        yield (
            say(language, f"sheet.{name}"),
            moment(each.get("at", each.get("from")), zone),
            moment(each.get("until", each.get("to")), zone),
            each["member_name"],
            each.get("device_name"),
            _what(each, language),
            each.get("changes"),
        )


def _what(each: Mapping[str, Any], language: str) -> str:
    if "what" in each:
        return called(language, "log", each["what"])
    if "kind" in each:
        return WORDS[language].kind_stored(each["kind"])
    if "gone" in each:
        state = "holds" if each["to"] is None else "gone" if each["gone"] else "may_hold"
        return say(language, f"sheet.{state}")
    return each["reason"] or ""
