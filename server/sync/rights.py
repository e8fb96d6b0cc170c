"""Which charts the author of a push may write to (sync/README.md, Access)."""

from __future__ import annotations

from collections.abc import Collection, Set

from sqlalchemy import Connection, bindparam, select

from server.grants import KEPT_AFTER_LOSS_MS, existing_charts, supervised
from server.retention.purged import purged_among
from server.sync.envelope import LARGEST
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
        asked = {
            "organisation": author.organisation,
            "member": author.member,
            "patients": list(patients),
            "made": LARGEST if self._made is None else self._made,
            "lost_since": self._now - KEPT_AFTER_LOSS_MS,
        }
        found = set(self._connection.scalars(_WRITABLE, asked))
        if author.role == "supervisor":
            others = patients - found
            found |= supervised(
                self._connection, author.organisation, author.member, others, self._now
            )
        return found


# Where `made` is LARGEST, which no seq is beyond, only what is held.
_WRITABLE = select(grants.c.patient).where(
    grants.c.organisation == bindparam("organisation"),
    grants.c.member == bindparam("member"),
    grants.c.patient.in_(bindparam("patients", expanding=True)),
    grants.c.began.is_not(None),
    grants.c.ended.is_(None)
    | (grants.c.ended > bindparam("made")) & (grants.c.ended_at >= bindparam("lost_since")),
)
