"""Since when a chart is past its period: so many years after the last work on it, the end of the
last grant and, for a child, the day of coming of age, whichever was last. A chart that somebody
holds is never past it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, case, func, select

from server.database import look_up
from server.organisation_settings import settings_of
from server.tables import changes, grants, records

OF_AGE_YEARS = 18
"""Records of a child are kept until so old at least, and then for the period: the statutes of
limitation on which medical records laws rest stand still until majority."""


AT_ONCE = 1_000
AnyChart = TypeVar("AnyChart")

_HELD = 2**62
"""Stands for the end of a grant that has none yet."""


@dataclass(frozen=True, slots=True)
class Period:
    """One chart's. Moments are milliseconds since 1970."""

    patient: str
    last_activity: int
    """When the last change was made to any of its records."""
    ended: int | None
    """When the last grant ended; None where somebody holds it, or nobody ever did."""
    is_held: bool
    """Whether somebody holds it, or will on a day that is set."""
    due_since: int
    """When the period is over, as things stand."""

    def is_over(self, now: int) -> bool:
        return not self.is_held and self.due_since <= now


def charts_past_their_period(connection: Connection, organisation: str, now: int) -> list[Period]:
    """All of them, the longest past it first."""
    years = settings_of(connection, organisation).retention_years
    # Cheap, and never too narrow: who lost their last holder later cannot be past it.
    since = years_after(now, -years)
    let_go = (
        select(grants.c.patient)
        .where(grants.c.organisation == organisation)
        .group_by(grants.c.patient)
        .having(func.max(_end(now)) <= since)
    )
    held_once = select(grants.c.patient).where(grants.c.organisation == organisation)
    never_held = (
        select(records.c.patient)
        .distinct()
        .where(
            records.c.organisation == organisation,
            records.c.patient.is_not(None),
            records.c.patient.not_in(held_once),
        )
    )
    candidates = sorted({*connection.scalars(let_go), *connection.scalars(never_held)})
    found = [
        period
        for some in batches(candidates)
        for period in periods_of(connection, organisation, some, now).values()
        if period.is_over(now)
    ]
    return sorted(found, key=lambda period: (period.due_since, period.patient))


def batches(charts: Sequence[AnyChart]) -> Iterator[Sequence[AnyChart]]:
    """As many at a time as a statement may name, and more than an office has at once."""
    return (charts[first : first + AT_ONCE] for first in range(0, len(charts), AT_ONCE))


def periods_of(
    connection: Connection, organisation: str, patients: Collection[str], now: int
) -> dict[str, Period]:
    """The periods of those of the ids that are patients here."""
    settings = settings_of(connection, organisation)
    rows = look_up(connection, records, "id", organisation, sorted(patients))
    born = {
        row.id: orjson.loads(row.body)["fields"].get("birth_date")
        for row in rows
        if row.kind == "patient"
    }
    ends = _ends(connection, organisation, born.keys(), now)
    worked_on = _last_changes(connection, organisation, born.keys())
    found = {}
    for patient, birth_date in born.items():
        end = ends.get(patient, 0)
        latest = max(worked_on[patient], end if end < _HELD else 0, of_age_at(birth_date))
        found[patient] = Period(
            patient,
            worked_on[patient],
            end if 0 < end < _HELD else None,
            end == _HELD,
            years_after(latest, settings.retention_years),
        )
    return found


def years_after(moment: int, years: int) -> int:
    """The moment so many calendar years later; a leap day's is the first of March."""
    at = datetime.fromtimestamp(moment / 1000, UTC)
    try:
        later = at.replace(year=at.year + years)
    except ValueError:
        later = at.replace(year=at.year + years, month=3, day=1)
    return int(later.timestamp() * 1000)


def of_age_at(birth_date: str | None) -> int:
    """When somebody is of age at the latest, as far as their date of birth is known; 0 where it is
    not."""
    if not birth_date:
        return 0
    year, *rest = map(int, birth_date.split("-"))
    month = rest[0] if rest else 12
    born = date(year, month, rest[1] if len(rest) > 1 else monthrange(year, month)[1])
    begins = int(datetime.combine(born, time(), UTC).timestamp() * 1000)
    return max(0, years_after(begins, OF_AGE_YEARS))


def _end(now: int) -> ColumnElement[int]:
    """When a grant ended; _HELD for one that holds or is to."""
    has_passed = grants.c.began.is_not(None) & (grants.c.ends_at <= now)
    return case(
        (grants.c.ended.is_not(None), grants.c.ended_at),
        (has_passed, grants.c.ends_at),
        else_=_HELD,
    )


def _ends(
    connection: Connection, organisation: str, patients: Collection[str], now: int
) -> dict[str, int]:
    """When the last grant of each chart ended, of those that have any."""
    rows = connection.execute(
        select(grants.c.patient, func.max(_end(now)))
        .where(grants.c.organisation == organisation, grants.c.patient.in_(patients))
        .group_by(grants.c.patient)
    )
    return {row[0]: row[1] for row in rows}


def _last_changes(
    connection: Connection, organisation: str, patients: Collection[str]
) -> dict[str, int]:
    rows = connection.execute(
        select(records.c.patient, func.max(changes.c.at))
        .join_from(
            records,
            changes,
            (changes.c.organisation == records.c.organisation) & (changes.c.record == records.c.id),
        )
        .where(records.c.organisation == organisation, records.c.patient.in_(patients))
        .group_by(records.c.patient)
    )
    return {row[0]: row[1] for row in rows}
