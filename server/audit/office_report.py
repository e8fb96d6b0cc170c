"""Who saw, opened and changed what, by person and by chart: for those who answer for it.

GET /api/office/access?member=ID&patient=ID&from=2026-05-01&to=2026-05-31&after= → {
    "entries": [{"id", "at", "member", "member_name", "patient", "patient_name", "subject",
        "subject_name", "what", "detail", "offline", "device_name"}],
    "next": what to ask `after` for more, or null}
GET /api/office/access.csv with the same questions → all of it as one table; 400 export_too_large

A supervisor is shown all that was done to charts of their teams, and all that was done by members
of their teams or about them; an administrator, all that was done by anybody. Whose chart it was,
and why, is shown only of charts that the asker supervises; so an administrator may not ask by
chart. A chart that was purged belongs to no team, and every supervisor is shown its entries.

A page may be short, or empty, and have a next: what it may not show was passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Connection, select

from server.access import caller, note_call
from server.audit.names import names_of, names_of_patients
from server.audit.pages import Place, asked_days, asked_id, asked_place, entries, page
from server.audit.sheet import moment, sheet
from server.database import AnyRow, begin
from server.grants import supervised
from server.organisation_settings import settings_of
from server.problems import Problem, asked_language
from server.reach import is_in_reach
from server.retention.purged import purged_among
from server.tables import access_log, member
from server.who import Caller
from server.words import called, say

PAGE = 100
LOOKED_AT_ONCE = 500
LOOKED_AT_MOST = 5_000
"""Entries looked at for one page: an answer is never long in coming."""
MOST_EXPORTED = 50_000
COLUMNS = ("at", "person", "what", "about", "patient", "detail", "phone", "offline")


def office_access() -> ResponseReturnValue:
    """What was done with charts and accounts, the newest first; the asking is noted."""
    asked = _asked()
    with begin(asked.asker.organisation) as connection:
        found, following = asked.look(connection, asked_place(), PAGE, LOOKED_AT_MOST)
    return {"entries": found, "next": str(following) if following else None}


def office_access_sheet() -> Response:
    """The same as CSV, whole; that it left is noted."""
    asked, language = _asked(), asked_language()
    with begin(asked.asker.organisation) as connection:
        zone = settings_of(connection, asked.asker.organisation).zone
        found, following = asked.look(connection, None, MOST_EXPORTED, None)
    if following is not None:
        raise Problem(400, "export_too_large", most=MOST_EXPORTED)
    yes = say(language, "sheet.yes")
    rows = [
        (
            moment(each["at"], zone),
            each["member_name"],
            called(language, "log", each["what"]),
            each["subject_name"],
            each["patient_name"] or each["patient"],
            each["detail"],
            each["device_name"],
            yes if each["offline"] else "",
        )
        for each in found
    ]
    head = [say(language, f"sheet.{name}", zone=str(zone)) for name in COLUMNS]
    return sheet("access-log", head, rows)


@dataclass
class _Asked:
    """What was asked for, and by whom."""

    asker: Caller
    conditions: Sequence[ColumnElement[bool]]
    team: Collection[str] = frozenset()
    """The members whom the asker looks after."""
    charts: dict[str, bool] = field(default_factory=dict)
    """Whether the asker may know of a chart, as far as it was looked up."""

    def look(
        self, connection: Connection, after: Place | None, most: int, looked_at_most: int | None
    ) -> tuple[list[dict[str, Any]], Place | None]:
        """Entries as the asker may see them, and the place to go on from, if there may be more."""
        query = entries(self.asker.organisation, *self.conditions)
        shown: list[dict[str, Any]] = []
        looked_at, is_last = 0, False
        while len(shown) < most and not is_last:
            if looked_at_most is not None and looked_at >= looked_at_most:
                break
            rows = page(connection, query, after, LOOKED_AT_ONCE)
            self.look_up_charts(connection, {row.patient for row in rows if row.patient})
            visible = [row for row in rows if self.may_see(row)]
            is_last = len(rows) < LOOKED_AT_ONCE and len(shown) + len(visible) <= most
            shown += self.to_wire(connection, visible)
            looked_at += len(rows)
            if rows:
                after = Place.of(rows[-1])
        if len(shown) > most:
            shown = shown[:most]
            after = Place(shown[-1]["at"], shown[-1]["id"])
        return shown, None if is_last else after

    def may_see(self, row: AnyRow) -> bool:
        is_by_own = row.member in self.team or row.subject in self.team
        return self.asker.role == "administrator" or is_by_own or self.may_know(row)

    def may_know(self, row: AnyRow) -> bool:
        """Whether the asker may know whose chart it was."""
        return row.patient is not None and self.charts.get(row.patient, False)

    def look_up_charts(self, connection: Connection, patients: Collection[str]) -> None:
        if self.asker.role == "administrator":
            return
        unknown = set(patients) - self.charts.keys()
        own = supervised(connection, self.asker.organisation, self.asker.member, unknown)
        own |= purged_among(connection, self.asker.organisation, unknown - own)
        self.charts |= {patient: patient in own for patient in unknown}

    def to_wire(self, connection: Connection, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
        known = {row.patient for row in rows if self.may_know(row)}
        names = names_of_patients(connection, self.asker.organisation, known)
        names |= names_of(
            connection, self.asker.organisation, {row.subject for row in rows if row.subject}
        )
        return [self.entry_to_wire(row, names) for row in rows]

    def entry_to_wire(self, row: AnyRow, names: dict[str, str]) -> dict[str, Any]:
        is_open = row.patient is None or self.may_know(row)
        return {
            "id": row.id,
            "at": row.at,
            "member": row.member,
            "member_name": row.member_name,
            "patient": row.patient if is_open else None,
            "patient_name": names.get(row.patient) if is_open else None,
            "subject": row.subject,
            "subject_name": names.get(row.subject),
            "what": row.what,
            "detail": row.detail if is_open else None,
            "offline": row.is_offline,
            "device_name": row.device_name,
        }


def _asked() -> _Asked:
    """The question of this request, which is noted. Raises Problem 400, 403 or 404."""
    asker, by, patient = caller(), asked_id("member"), asked_id("patient")
    if patient is not None and asker.role == "administrator":
        raise Problem(403, "forbidden")
    with begin(asker.organisation, write=True) as connection:
        conditions = asked_days(settings_of(connection, asker.organisation).zone)
        asked = _Asked(asker, conditions, _team(connection, asker))
        if by is not None:
            conditions.append(access_log.c.member == by)
        if patient is not None:
            asked.look_up_charts(connection, [patient])
            if not asked.charts[patient]:
                raise Problem(404, "not_found")
            conditions.append(access_log.c.patient == patient)
        note_call(connection, patient=patient, subject=by)
    return asked


def _team(connection: Connection, asker: Caller) -> set[str]:
    """Whom the asker looks after, and themselves."""
    own = (member.c.organisation == asker.organisation) & is_in_reach(asker)
    return {asker.member, *connection.scalars(select(member.c.id).where(own))}
