"""Takes a chart away: its records with their history, what was refused of them, notices, files and
papers. A line in the access log stays, and the grants that ended, without the reasons given: from
them a phone that was away since learns to forget the chart.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, delete, exists, select, update

from server.access_log import Entry, note
from server.database import begin, overwrite, settle
from server.grants import KEPT_AFTER_LOSS_MS
from server.retention.due import batches
from server.retention.purged import PURGED, purged_among, purged_charts
from server.retention.standing import Kept, standing
from server.summaries.kept import Kept as Papers
from server.sync.stored import take_counter
from server.tables import (
    changes,
    files,
    grants,
    notices,
    purge_approval,
    records,
    refusals,
    salvage,
    waiting_changes,
)


def purge(organisation: str, patient: str, home: Path, now: int) -> None:
    """Take one chart away for good, in a transaction of its own. Raises retention's Kept, with the
    reason, unless it is past its period, approved by two people and held by no law."""
    with begin(organisation, write=True) as connection:
        take_counter(connection, organisation)  # no push meanwhile makes it worked on again
        found = standing(connection, organisation, patient, now)
        why = found.why_kept(now)
        if why is not None:
            raise Kept(why)
        overwrite(connection)
        # Before the rows: a paper is derived, and may go in vain.
        Papers(home).forget(patient)
        counted = _take_away(connection, organisation, patient)
        approvers = " and ".join(approval.member for approval in found.approvals)
        note(
            connection,
            organisation,
            [Entry(what=PURGED, patient=patient, detail=f"{counted}; approved by {approvers}")],
        )
    settle()


def sweep(organisation: str, home: Path, now: int) -> int:
    """Take away what phones sent late of charts that were purged, and was kept as refused for as
    long as somebody may still look at it; how many changes that were. Papers of these charts go
    too: one was being set as its chart went, or lies in the home of another host."""
    papers = Papers(home)
    with begin(organisation) as connection:
        for some in batches(papers.charts()):
            for patient in purged_among(connection, organisation, some):
                papers.forget(patient)
    with begin(organisation, write=True) as connection:
        overwrite(connection)
        late = delete(refusals).where(
            refusals.c.organisation == organisation,
            refusals.c.patient.in_(purged_charts(organisation)),
            refusals.c.refused_at < now - KEPT_AFTER_LOSS_MS,
        )
        swept = connection.execute(late).rowcount
    settle()
    return swept


def _take_away(connection: Connection, organisation: str, patient: str) -> str:
    """Delete the rows; how many there were, in words."""
    own = select(records.c.id).where(
        records.c.organisation == organisation, records.c.patient == patient
    )
    of_chart = (changes.c.organisation == organisation) & changes.c.record.in_(own)
    told = exists().where(
        of_chart, changes.c.device == notices.c.device, changes.c.n == notices.c.n
    )
    connection.execute(delete(notices).where(notices.c.organisation == organisation, told))
    connection.execute(
        delete(refusals).where(
            refusals.c.organisation == organisation,
            (refusals.c.patient == patient) | refusals.c.record.in_(own),
        )
    )
    history = connection.execute(delete(changes).where(of_chart)).rowcount
    for table in (files, purge_approval, waiting_changes, salvage):
        connection.execute(
            delete(table).where(table.c.organisation == organisation, table.c.patient == patient)
        )
    connection.execute(
        update(grants)
        .where(grants.c.organisation == organisation, grants.c.patient == patient)
        .values(reason=None)
    )
    chart = connection.execute(
        delete(records).where(records.c.organisation == organisation, records.c.patient == patient)
    ).rowcount
    return f"{chart} records, {history} changes"
