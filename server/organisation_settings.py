"""How an organisation works: its one record of the kind organisation_settings, whose id is the
organisation's own, with what holds where it says nothing. Called wherever a rule depends on it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from server.tables import records

KIND = "organisation_settings"


@dataclass(frozen=True, slots=True)
class OrganisationSettings:
    """The settings, each with its default."""

    time_zone: str = "UTC"
    """Whose days assignments, cover, shifts and reports are reckoned by."""
    lease_days: int = 7
    lock_minutes: int = 5
    retention_years: int = 7
    """After the last work on a chart. HIPAA asks for six years of what documents its rules were
    kept (45 CFR 164.316(b)(2)); many states, for seven or more of the records themselves."""
    paper_size: str = "letter"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def settings_of(connection: Connection, organisation: str) -> OrganisationSettings:
    """What holds in an organisation."""
    body = connection.scalar(
        select(records.c.body).where(
            records.c.organisation == organisation,
            records.c.id == organisation,
            records.c.kind == KIND,
        )
    )
    said = orjson.loads(body)["fields"] if body else {}
    known = {
        each.name: said[each.name]
        for each in fields(OrganisationSettings)
        if said.get(each.name) is not None
    }
    return OrganisationSettings(**known)
