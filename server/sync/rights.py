"""Which charts the author of a push may write to (sync/README.md, Access)."""

from __future__ import annotations

from collections.abc import Collection, Set

from sqlalchemy import ColumnElement, Connection, or_, select

from server.grants import KEPT_AFTER_LOSS_MS, existing_charts, supervised
from server.retention.purged import purged_among
from server.sync.offer import Author
from server.tables import grants


class Rights:
    """The author's right to each chart of one push, looked up under the counter.

    A chart is theirs to write when they hold it, when they supervise its team, or when they held it
    after `made` (the seq that their phone had applied when it made the changes) and lost it no more
    than 30 days ago: then they worked without knowing of the handover.
    """

    def __init__(
        self,
        connection: Connection,
        author: Author,
        patients: Collection[str],
        made: int | None,
        now: int,
    ) -> None:
        self._connection = connection
        self._author = author
        self._made = made
        self._now = now
        self.charts = existing_charts(connection, author.organisation, patients)
        gone = set(patients) - self.charts
        self.purged = purged_among(connection, author.organisation, gone)
        self._patients = set(patients)
        self._writable = self._look_up(self._patients)

    def may_write(self, patient: str) -> bool:
        return patient in self._writable

    def look_again(self, patient: str | None) -> None:
        """After grants began or ended: of one chart, which may be new, or of any (None)."""
        if patient is None:
            self._writable = self._look_up(self._patients)
            return
        self.charts.add(patient)
        self._patients.add(patient)
        self._writable.discard(patient)
        self._writable |= self._look_up({patient})

    def _look_up(self, patients: Set[str]) -> set[str]:
        if self._author.is_trusted or not patients:
            return set(patients)
        author = self._author
        still: ColumnElement[bool] = grants.c.ended.is_(None)
        if self._made is not None:
            still = or_(
                still,
                (grants.c.ended > self._made)
                & (grants.c.ended_at >= self._now - KEPT_AFTER_LOSS_MS),
            )
        found = set(
            self._connection.scalars(
                select(grants.c.patient).where(
                    grants.c.organisation == author.organisation,
                    grants.c.member == author.member,
                    grants.c.patient.in_(patients),
                    grants.c.began.is_not(None),
                    still,
                )
            )
        )
        if author.role == "supervisor":
            others = patients - found
            found |= supervised(
                self._connection, author.organisation, author.member, others, self._now
            )
        return found
