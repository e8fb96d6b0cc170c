"""Whether a chart may go: its period, a hold, and who approved. Whoever calls a function that
writes notes it in the access log, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select

from server.access import OFFICE
from server.database import AnyRow, insert_into
from server.retention.due import Period, batches, charts_past_their_period, periods_of
from server.tables import legal_hold, member, purge_approval

APPROVERS_NEEDED = 2


class Kept(Exception):
    """The chart stays: the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """not_found, not_due, on_hold, already_held, not_approved"""


@dataclass(frozen=True, slots=True)
class Approval:
    member: str
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One chart's."""

    period: Period
    hold: AnyRow | None
    approvals: Sequence[Approval]
    """Of people who may approve today, given since the last work on the chart."""

    def why_kept(self, now: int) -> str | None:
        """The code of the reason for which the chart stays; None where it may go."""
        if self.hold is not None:
            return "on_hold"
        if not self.period.is_over(now):
            return "not_due"
        return "not_approved" if len(self.approvals) < APPROVERS_NEEDED else None


def standings(connection: Connection, organisation: str, now: int) -> list[Standing]:
    """Of every chart that is past its period or on hold, the longest due first."""
    due = charts_past_their_period(connection, organisation, now)
    holds = connection.scalars(
        select(legal_hold.c.patient).where(legal_hold.c.organisation == organisation)
    )
    others = set(holds) - {period.patient for period in due}
    held = periods_of(connection, organisation, others, now)
    found = [
        each
        for some in batches([*due, *held.values()])
        for each in _of(connection, organisation, some)
    ]
    return sorted(found, key=lambda each: (each.period.due_since, each.period.patient))


def standing(connection: Connection, organisation: str, patient: str, now: int) -> Standing:
    """Of one chart. Raises Kept `not_found`."""
    found = periods_of(connection, organisation, [patient], now)
    if patient not in found:
        raise Kept("not_found")
    return _of(connection, organisation, [found[patient]])[0]


def approve(connection: Connection, organisation: str, patient: str, by: str, now: int) -> None:
    """Approve, or approve anew, that a chart is purged. Raises Kept."""
    why = standing(connection, organisation, patient, now).why_kept(now)
    if why not in (None, "not_approved"):
        raise Kept(why)
    connection.execute(
        insert_into(connection, purge_approval)
        .values(organisation=organisation, patient=patient, member=by, at=now)
        .on_conflict_do_update(
            index_elements=["organisation", "patient", "member"], set_={"at": now}
        )
    )


def withdraw(connection: Connection, organisation: str, patient: str, by: str) -> None:
    """Take back one's own approval. Raises Kept `not_found` where there is none."""
    own = _approvals(organisation, [patient]) & (purge_approval.c.member == by)
    if not connection.execute(delete(purge_approval).where(own)).rowcount:
        raise Kept("not_found")


def hold(
    connection: Connection,
    organisation: str,
    patient: str,
    reason: str,
    by: str | None,
    now: int,
) -> None:
    """Put a chart on legal hold, past its period or not; what was approved is approved no longer.
    Raises Kept `not_found` or `already_held`."""
    if standing(connection, organisation, patient, now).hold is not None:
        raise Kept("already_held")
    connection.execute(
        legal_hold.insert().values(
            organisation=organisation, patient=patient, reason=reason, member=by, at=now
        )
    )
    connection.execute(delete(purge_approval).where(_approvals(organisation, [patient])))


def release(connection: Connection, organisation: str, patient: str) -> None:
    """End a legal hold. Raises Kept `not_found` where there is none."""
    held = (legal_hold.c.organisation == organisation) & (legal_hold.c.patient == patient)
    if not connection.execute(delete(legal_hold).where(held)).rowcount:
        raise Kept("not_found")


def _of(connection: Connection, organisation: str, periods: Sequence[Period]) -> list[Standing]:
    patients = [period.patient for period in periods]
    holds = connection.execute(
        select(legal_hold).where(
            legal_hold.c.organisation == organisation, legal_hold.c.patient.in_(patients)
        )
    ).all()
    by_patient = {row.patient: row for row in holds}
    approvals = connection.execute(
        select(
            purge_approval.c.patient,
            purge_approval.c.member,
            purge_approval.c.at,
            member.c.name,
        )
        .join(
            member,
            (member.c.organisation == purge_approval.c.organisation)
            & (member.c.id == purge_approval.c.member),
        )
        .where(
            _approvals(organisation, patients),
            member.c.status == "active",
            member.c.role.in_(OFFICE),
        )
        .order_by(purge_approval.c.at, purge_approval.c.member)
    ).all()
    return [
        Standing(
            period,
            by_patient.get(period.patient),
            [
                Approval(row.member, row.name, row.at)
                for row in approvals
                if row.patient == period.patient and row.at >= period.last_activity
            ],
        )
        for period in periods
    ]


def _approvals(organisation: str, patients: Collection[str]) -> ColumnElement[bool]:
    return (purge_approval.c.organisation == organisation) & purge_approval.c.patient.in_(patients)
