"""Who holds which chart, whose team it is of, and who may therefore read it: what grants answer.
Only server/granting.py and server/openings.py write them.

A grant holds from the seq at which it began until that at which it ended (sync/README.md, Access).
Its dates say when it shall; the seq comes with its member's next sync, and whoever asks before that
goes by the dates.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, select

from server.claims import ASSIGNMENT
from server.database import look_up
from server.tables import grants, member, records, supervision
from server.who import now_ms

DAY_MS = 24 * 3600 * 1000
KEPT_AFTER_LOSS_MS = 30 * DAY_MS
"""How long after losing a chart a member's earlier work on it is still accepted."""


def in_force(now: int) -> ColumnElement[bool]:
    """The grants that hold at a moment by their dates, begun or due to begin."""
    return and_(
        grants.c.ended.is_(None),
        grants.c.starts_at.is_(None) | (grants.c.starts_at <= now),
        grants.c.ends_at.is_(None) | (grants.c.ends_at > now),
    )


def holds(connection: Connection, organisation: str, holder: str, patient: str, now: int) -> bool:
    """Whether a member holds a chart at this moment."""
    query = select(grants.c.id).where(
        grants.c.organisation == organisation,
        grants.c.member == holder,
        grants.c.patient == patient,
        in_force(now),
    )
    return connection.execute(query.limit(1)).first() is not None


def supervises(connection: Connection, organisation: str, supervisor: str, patient: str) -> bool:
    """Whether the chart is of a team of theirs, or stands on the waitlist."""
    return patient in supervised(connection, organisation, supervisor, [patient])


def supervised(
    connection: Connection,
    organisation: str,
    supervisor: str,
    patients: Collection[str],
    now: int | None = None,
) -> set[str]:
    """Which of these charts are, at this moment, of a team that this member supervises.

    A chart's teams are those of the members who hold it by assignment; with none, as where its only
    holder is in no team, it stands on the waitlist of all supervisors.
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
            member.c.team.is_not(None),
            in_force(now_ms() if now is None else now),
        )
    )
    teams: dict[str, set[str]] = {}
    for patient, team in rows:
        teams.setdefault(patient, set()).add(team)
    waiting = existing_charts(connection, organisation, set(patients) - teams.keys())
    return {patient for patient, held in teams.items() if held & theirs} | waiting


def existing_charts(
    connection: Connection, organisation: str, patients: Collection[str]
) -> set[str]:
    """Those of the ids that are patients of this organisation."""
    rows = look_up(connection, records, "id", organisation, patients, ("id", "kind"))
    return {row.id for row in rows if row.kind == "patient"}
