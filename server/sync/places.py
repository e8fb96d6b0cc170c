"""Reads records in order of place: what moved since a cursor in the charts held, what is older than
its grant in those newly held, and the library. Called by pull.py only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, String, TextClause, bindparam, text

from server.database import is_sqlite
from server.readable import kinds_never_pulled, library_kinds
from server.sync.cursor import END, Cursor

FIRST_WINDOW = 4
WINDOW_GROWTH = 8
CHARTS_AT_ONCE = 32


class Placed(NamedTuple):
    place: int
    id: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose pull it is."""

    organisation: str
    member: str
    role: str


class Held(NamedTuple):
    """A chart and the seq since which it has been held without a break."""

    patient: str
    since: int


class Places:
    """Reads the records past a cursor in windows of positions, so that a page of a long pull costs
    no more than itself, and a short one a single look into each chart's index."""

    def __init__(
        self, connection: Connection, reader: Reader, start: Cursor, head: int, limit: int
    ) -> None:
        self.connection = connection
        self.start = start
        self.head = head
        self.limit = limit
        self.bound = {
            "organisation": reader.organisation,
            "most": limit + 1,
            "unreadable": kinds_never_pulled(reader.role),
        }
        self.library_kinds = library_kinds(reader.role)

    def records(self, held: Sequence[Held]) -> list[Placed]:
        """Records in order of place, at least one more than `limit` where there are so many."""
        found: list[Placed] = []
        low, width = self.start.position, self.limit * FIRST_WINDOW
        while True:
            high = min(self.head, low + width)
            found += sorted(
                [
                    *self._newly_held(held, low, high),
                    *self._moved(held, low, high),
                    *self._library(low, high),
                ]
            )
            if len(found) > self.limit or high == self.head:
                return found
            # Two pages' worth, going by what there was so far: where that was little, all the rest.
            expected = (high - self.start.position) * 2 * self.limit // (len(found) + 1)
            low, width = high, max(expected, width * WINDOW_GROWTH)

    def _newly_held(self, held: Sequence[Held], low: int, high: int) -> list[Placed]:
        """What is older than its grant, of the charts held since a seq in the window. The chart at
        which the last page was cut goes on after the id where it was; a pull that was complete was
        cut nowhere."""
        is_cut = low == self.start.position and self.start.id != END
        cut_at = self.start.position if is_cut else None
        charts = sorted(
            (chart.since, chart.patient)
            for chart in held
            if low < chart.since <= high or chart.since == cut_at
        )
        found: list[Placed] = []
        for first in range(0, len(charts), CHARTS_AT_ONCE):
            found += self._rows_of_charts(
                OLDER_THAN_ITS_GRANT,
                [
                    (patient, since, self.start.id if since == cut_at else "")
                    for since, patient in charts[first : first + CHARTS_AT_ONCE]
                ],
            )
            if len(found) > self.limit:
                break
        return found

    def _moved(self, held: Sequence[Held], low: int, high: int) -> list[Placed]:
        """What moved in the window since its chart is held."""
        charts = [(each.patient, max(each.since, low), "") for each in held if each.since < high]
        return self._rows_of_charts(MOVED, charts, high=high) if charts else []

    def _rows_of_charts(
        self, statements: ByDialect, charts: Sequence[tuple[str, int, str]], **parameters: object
    ) -> list[Placed]:
        if is_sqlite(self.connection):
            return self._rows(statements.sqlite, charts=orjson.dumps(charts).decode(), **parameters)
        patients, seqs, ids = (list(column) for column in zip(*charts, strict=True))
        return self._rows(
            statements.postgresql, patients=patients, seqs=seqs, ids=ids, **parameters
        )

    def _library(self, low: int, high: int) -> list[Placed]:
        return self._rows(LIBRARY, low=low, high=high, carried=self.library_kinds)

    def _rows(self, statement: TextClause, **parameters: object) -> list[Placed]:
        rows = self.connection.execute(statement, self.bound | parameters).all()
        return list(map(Placed._make, rows))


def _statement(sql: str, kinds: str = "unreadable") -> TextClause:
    return text(sql).bindparams(bindparam(kinds, expanding=True, type_=String))


READABLE = "AND r.kind NOT IN :unreadable"

LIBRARY = _statement(
    """
    SELECT r.position AS place, r.id, r.kind, r.body FROM records AS r
    WHERE r.organisation = :organisation AND r.patient IS NULL
      AND r.position > :low AND r.position <= :high AND r.kind IN :carried
    ORDER BY r.position LIMIT :most
""",
    "carried",
)

# CROSS JOIN and LATERAL fix the plan: the member's charts first, then each one's index. Left free,
# a planner reads the whole organisation in order of position on a first sync. Places are sorted
# without their bodies, which are looked up by where the row lies for those that are left; LIMIT 1
# keeps PostgreSQL from turning that look-up into a join of its own choice.
_SQLITE = f"""
    SELECT chosen.place, r.id, r.kind, r.body
    FROM (
        SELECT {{place}} AS place, r.rowid AS row
        FROM (
            SELECT json_extract(value, '$[0]') AS patient,
                   json_extract(value, '$[1]') AS seq,
                   json_extract(value, '$[2]') AS id
            FROM json_each(:charts)
        ) AS chart CROSS JOIN records AS r
        WHERE r.organisation = :organisation AND r.patient = chart.patient
          AND {{condition}} {READABLE}
        ORDER BY {{order}} LIMIT :most
    ) AS chosen CROSS JOIN records AS r ON r.rowid = chosen.row
"""
_POSTGRESQL = f"""
    SELECT chosen.place, body.id, body.kind, body.body
    FROM (
        SELECT of_chart.place, of_chart.row
        FROM unnest(CAST(:patients AS text[]), CAST(:seqs AS bigint[]), CAST(:ids AS text[]))
            AS chart (patient, seq, id)
        CROSS JOIN LATERAL (
            SELECT {{place}} AS place, r.id, r.ctid AS row FROM records AS r
            WHERE r.organisation = :organisation AND r.patient = chart.patient
              AND {{condition}} {READABLE}
            ORDER BY {{order}} LIMIT :most
        ) AS of_chart
        ORDER BY of_chart.place, of_chart.id LIMIT :most
    ) AS chosen
    CROSS JOIN LATERAL (
        SELECT r.id, r.kind, r.body FROM records AS r WHERE r.ctid = chosen.row LIMIT 1
    ) AS body
"""


class ByDialect(NamedTuple):
    """One statement, as each database likes it."""

    sqlite: TextClause
    postgresql: TextClause

    @classmethod
    def of(cls, place: str, condition: str, order: str) -> ByDialect:
        parts = {"place": place, "condition": condition, "order": order}
        return cls(_statement(_SQLITE.format_map(parts)), _statement(_POSTGRESQL.format_map(parts)))


MOVED = ByDialect.of("r.position", "r.position > chart.seq AND r.position <= :high", "r.position")
OLDER_THAN_ITS_GRANT = ByDialect.of(
    "chart.seq", "r.position <= chart.seq AND r.id > chart.id", "chart.seq, r.id"
)
