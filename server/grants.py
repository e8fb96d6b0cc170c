"""Who holds which chart, and since when: derived from folded assignments, never set by hand.

A grant holds from the seq at which it began until that at which it ended (sync/README.md, Access).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update
from uuid6 import uuid7

from server.database import look_up
from server.tables import grants, member, records, supervision

ASSIGNMENT = "assignment"
DAY_MS = 24 * 3600 * 1000
KEPT_AFTER_LOSS_MS = 30 * DAY_MS
"""How long after losing a chart a member's earlier work on it is still accepted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one assignment says: who shall hold the chart, and between which moments."""

    member: str
    patient: str
    starts_at: int | None = None
    ends_at: int | None = None

    def holds_at(self, now: int) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (
            self.ends_at is None or now < self.ends_at
        )


def claim_of(patient: str, fields: Mapping[str, Any], deleted: bool) -> Claim | None:
    """What a folded assignment grants; None once it is deleted, finished or cancelled."""
    holder = fields.get("member")
    if deleted or not holder or fields.get("status") in ENDED:
        return None
    return Claim(holder, patient, day_begins(fields.get("starts")), day_ends(fields.get("ends")))


ENDED = frozenset({"waitlist", "finished", "cancelled"})


def day_begins(day: str | None) -> int | None:
    """The first moment of a date, by UTC."""
    if not day:
        return None
    return (
        int(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp()) * 1000
    )


def day_ends(day: str | None) -> int | None:
    """The moment after a date, by UTC: an assignment holds on its last day too. The calendar's last
    day, which people give for *never*, has such a moment as well."""
    begins = day_begins(day)
    return None if begins is None else begins + DAY_MS


def holds(connection: Connection, organisation: str, holder: str, patient: str, now: int) -> bool:
    """Whether a member holds a chart at this moment."""
    query = select(grants.c.id).where(
        grants.c.organisation == organisation,
        grants.c.member == holder,
        grants.c.patient == patient,
        grants.c.began.is_not(None),
        grants.c.ended.is_(None),
        grants.c.ends_at.is_(None) | (grants.c.ends_at > now),
    )
    return connection.execute(query.limit(1)).first() is not None


def supervises(connection: Connection, organisation: str, supervisor: str, patient: str) -> bool:
    """Whether the chart is of a team of theirs, or stands on the waitlist."""
    return patient in supervised(connection, organisation, supervisor, [patient])


def supervised(
    connection: Connection, organisation: str, supervisor: str, patients: Collection[str]
) -> set[str]:
    """Which of these charts are of a team that this member supervises.

    A chart's teams are those of the members who hold it by assignment; with none, it stands on the
    waitlist of all supervisors.
    """
    theirs = set(
        connection.scalars(
            select(supervision.c.team).where(
                supervision.c.organisation == organisation, supervision.c.member == supervisor
            )
        )
    )
    rows = connection.execute(
        select(grants.c.patient, member.c.team)
        .join(
            member,
            (member.c.organisation == grants.c.organisation) & (member.c.id == grants.c.member),
        )
        .where(
            grants.c.organisation == organisation,
            grants.c.patient.in_(patients),
            grants.c.source == ASSIGNMENT,
            grants.c.began.is_not(None),
            grants.c.ended.is_(None),
        )
    )
    teams: dict[str, set[str | None]] = {}
    for patient, team in rows:
        teams.setdefault(patient, set()).add(team)
    waiting = existing_charts(connection, organisation, set(patients) - teams.keys())
    return {patient for patient, held in teams.items() if held & theirs} | waiting


def existing_charts(
    connection: Connection, organisation: str, patients: Collection[str]
) -> set[str]:
    """Those of the ids that are patients of this organisation."""
    rows = look_up(connection, records, "id", organisation, patients)
    return {row.id for row in rows if row.kind == "patient"}


def move(
    connection: Connection,
    organisation: str,
    record: str,
    claim: Claim | None,
    seq: int,
    now: int,
) -> None:
    """Bring the grants of one assignment to what it claims, beginning and ending them at `seq`."""
    rows = connection.execute(
        select(grants).where(
            grants.c.organisation == organisation,
            grants.c.record == record,
            grants.c.ended.is_(None),
        )
    ).all()
    is_kept = False
    for row in rows:
        same = claim is not None and (row.member, row.patient) == (claim.member, claim.patient)
        began = row.began is not None
        if same and claim is not None and began == claim.holds_at(now):
            _set(connection, organisation, row.id, starts_at=claim.starts_at, ends_at=claim.ends_at)
            is_kept = True
        elif began:
            _set(connection, organisation, row.id, ended=seq, ended_at=now)
        else:
            connection.execute(
                grants.delete().where(grants.c.organisation == organisation, grants.c.id == row.id)
            )
    if claim is None or is_kept or (claim.ends_at is not None and claim.ends_at <= now):
        return
    connection.execute(
        grants.insert(),
        {
            "organisation": organisation,
            "id": str(uuid7()),
            "member": claim.member,
            "patient": claim.patient,
            "source": ASSIGNMENT,
            "record": record,
            "starts_at": claim.starts_at,
            "ends_at": claim.ends_at,
            "began": seq if claim.holds_at(now) else None,
        },
    )


def _due(organisation: str, holder: str, now: int) -> ColumnElement[bool]:
    """The grants of a member whose day to begin or to end has come."""
    begins = grants.c.began.is_(None) & (grants.c.starts_at.is_(None) | (grants.c.starts_at <= now))
    return and_(
        grants.c.organisation == organisation,
        grants.c.member == holder,
        grants.c.ended.is_(None),
        begins | (grants.c.ends_at <= now),
    )


def are_due(connection: Connection, organisation: str, holder: str, now: int) -> bool:
    query = select(grants.c.id).where(_due(organisation, holder, now)).limit(1)
    return connection.execute(query).first() is not None


def move_due(connection: Connection, organisation: str, holder: str, head: int, now: int) -> int:
    """Begin and end the grants of a member whose day has come, each at a seq of its own after
    `head`; the last seq given. The caller holds the counter."""
    for row in connection.execute(select(grants).where(_due(organisation, holder, now))).all():
        head += 1
        if row.ends_at is not None and row.ends_at <= now:
            _set(connection, organisation, row.id, ended=head, ended_at=row.ends_at)
        else:
            _set(connection, organisation, row.id, began=head)
    return head


def _set(connection: Connection, organisation: str, grant: str, **values: int | None) -> None:
    connection.execute(
        update(grants)
        .where(grants.c.organisation == organisation, grants.c.id == grant)
        .values(**values)
    )
