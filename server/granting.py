"""Brings the grants to what folded records claim, each beginning and end at a seq. The push calls
`follow` as it folds, and a member's own sync `move_due`; nothing else begins or ends what is
derived. The caller holds the organisation's counter (sync/README.md, Access).

    assignment changes ─┐
    cover, on_call ─────┼─► what is claimed ─► compared with the grants that have not ended
    card, time zone ────┤                       kept · begun · left to wait for their day · ended
    a day has come ─────┘

A cover or turn on call stands in the table `stand_in` and gives grants only while it lasts, so that
a roster made for months costs its own rows and no more. While it lasts it follows each assignment
that it reaches, whenever that is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, update
from uuid6 import uuid7

from server.claims import ASSIGNMENT, STANDING_IN, Claim, StandIn, claim_of, stand_in_of
from server.database import AnyRow, look_up
from server.organisation_settings import KIND as SETTINGS
from server.organisation_settings import settings_of
from server.standing_in import DUE, StandIns
from server.tables import grants, records, stand_in

CARD = "member"
FOLLOWED = frozenset({ASSIGNMENT, *STANDING_IN, CARD, SETTINGS})
"""The kinds of which a fold may move grants."""


def are_due(connection: Connection, organisation: str, holder: str, now: int) -> bool:
    """Whether a day has come for a member, so that `move_due` has work."""
    asked = {"organisation": organisation, "holder": holder, "now": now}
    return bool(connection.scalar(_ARE_DUE, asked))


def move_due(connection: Connection, organisation: str, holder: str, head: int, now: int) -> int:
    """Begin and end the grants of a member whose day has come; the last seq given after `head`."""
    if not are_due(connection, organisation, holder, now):
        return head
    return Granting(connection, organisation, now).move_due(holder, head)


class Granting:
    """The grants of one organisation at one moment, within a transaction.

    A grant that an assignment's change begins takes that change's seq; every other beginning takes
    one of its own, since a pull sends charts in that order and reads each once. Ends come last and
    share a seq, so that a chart that passes from one grant to another is held without a break.
    """

    def __init__(self, connection: Connection, organisation: str, now: int) -> None:
        self._connection = connection
        self._organisation = organisation
        self._now = now
        self._seq = 0
        self._of_change: int | None = None
        self._zone: ZoneInfo | None = None
        self._is_rezoned = False
        self._stand_ins = StandIns(connection, organisation, now)

    def follow(
        self,
        kind: str,
        record: str,
        patient: str | None,
        fields: Mapping[str, Any],
        deleted: bool,
        seq: int,
    ) -> int:
        """Follow a record of a kind in FOLLOWED, as a change of that seq left it; the last seq
        given."""
        self._seq = self._of_change = seq
        if patient is not None:
            self._follow_assignment(record, patient, fields, deleted)
        elif kind in STANDING_IN:
            self._follow_stand_in(kind, record, fields, deleted)
        elif kind == CARD:
            self._follow_card(record, fields)
        else:
            before, self._zone = self._time_zone(), ZoneInfo(fields["time_zone"])
            self._is_rezoned |= before.key != self._zone.key
        return self._seq

    def settle(self, seq: int) -> int:
        """After a push has stored its records: where it moved the organisation to another time
        zone, days begin and end at other moments. The last seq given."""
        if not self._is_rezoned:
            return seq
        self._seq, self._of_change = seq, None
        dated = select(grants.c.record).where(
            self._open(grants.c.source == ASSIGNMENT),
            grants.c.starts_at.is_not(None) | grants.c.ends_at.is_not(None),
        )
        ids = {*self._connection.scalars(dated), *self._stand_ins.records()}
        for row in look_up(self._connection, records, "id", self._organisation, ids):
            fields = orjson.loads(row.body)["fields"]
            if row.patient is not None:
                self._follow_assignment(row.id, row.patient, fields, row.deleted)
            else:
                self._follow_stand_in(row.kind, row.id, fields, row.deleted)
        return self._seq

    def move_due(self, holder: str, head: int) -> int:
        self._seq, self._of_change = head, None
        for stands in self._stand_ins.due(holder):
            self._give(stands)
        over = []
        asked = {"organisation": self._organisation, "holder": holder, "now": self._now}
        for row in self._grants(_DUE, asked):
            if row.ends_at is None or row.ends_at > self._now:
                self._set([row.id], began=self._next())
            else:
                over.append(row)
        self._drop([row.id for row in over if row.began is None])
        if ending := [row.id for row in over if row.began is not None]:
            self._set(ending, ended=self._next(), ended_at=grants.c.ends_at)
        return self._seq

    def _follow_assignment(
        self, record: str, patient: str, fields: Mapping[str, Any], deleted: bool
    ) -> None:
        rows = self._grants(self._open(grants.c.patient == patient))
        claim = claim_of(record, patient, fields, deleted, self._time_zone())
        self._bring(
            [row for row in rows if record in (row.record, row.basis)],
            [claim, *self._stand_ins.through(claim)] if claim else [],
        )

    def _follow_stand_in(
        self, kind: str, record: str, fields: Mapping[str, Any], deleted: bool
    ) -> None:
        stands = stand_in_of(kind, record, fields, deleted, self._time_zone())
        is_to_come = (
            stands is not None
            and not stands.is_over(self._now)
            and not self._stand_ins.has_left(stands.member)
        )
        if stands is None or not is_to_come:
            self._stand_ins.remove(stand_in.c.record == record)
        else:
            self._stand_ins.put(stands)
            if stands.starts_at <= self._now:
                self._give(stands)
                return
        self._bring(self._grants(self._open(grants.c.record == record)), [])

    def _follow_card(self, id_: str, fields: Mapping[str, Any]) -> None:
        """A member who left stands in for nobody and has opened nothing; one who changed teams
        takes their charts from one on-call colleague to another. What a member who left held by
        assignment stays under their name until their team hands it over: it opens nothing to
        somebody who is no member, and with no holder it would be every team's."""
        self._stand_ins.forget_team_of(id_)
        if fields.get("status") == "left":
            self._stand_ins.remove(stand_in.c.member == id_)
            is_theirs = (grants.c.member == id_) & (grants.c.source != ASSIGNMENT)
            self._bring(self._grants(self._open(is_theirs)), [])
            return
        assigned = (grants.c.member == id_) & (grants.c.source == ASSIGNMENT)
        for row in self._grants(self._open(assigned)):
            of_chart = self._grants(self._open(grants.c.patient == row.patient))
            self._bring(
                [each for each in of_chart if each.basis == row.record],
                self._stand_ins.through(_claim_of_row(row)),
            )
        for stands in self._stand_ins.lasting():
            if stands.member == id_ and stands.for_team is None:
                self._give(stands)

    def _give(self, stands: StandIn) -> None:
        """Bring the grants of one that has begun to what it reaches."""
        self._stand_ins.mark_given(stands.record)
        behind = grants.c.member.in_(self._stand_ins.behind(stands))
        reached = self._grants(self._open((grants.c.source == ASSIGNMENT) & behind))
        claims = (stands.through(_claim_of_row(row)) for row in reached)
        self._bring(
            self._grants(self._open(grants.c.record == stands.record)),
            [claim for claim in claims if claim is not None],
        )

    def _bring(self, rows: Iterable[AnyRow], claims: Iterable[Claim]) -> None:
        """Keep, begin and end these grants, of which none has ended, so that they are the claims.
        One that begins anew after it waited is another grant: a report reads when from its id."""
        wanted = {claim.key: claim for claim in claims if not claim.is_over(self._now)}
        ending, dropped = [], []
        for row in rows:
            claim = wanted.get((row.member, row.patient, row.record, row.basis))
            has_begun = row.began is not None
            if claim is not None and has_begun == claim.holds_at(self._now):
                del wanted[claim.key]
                # Once it has begun, its first day is history, whatever it is said to be later.
                starts_at = row.starts_at if has_begun else claim.starts_at
                if (row.starts_at, row.ends_at) != (starts_at, claim.ends_at):
                    self._set([row.id], starts_at=starts_at, ends_at=claim.ends_at)
            elif has_begun:
                ending.append(row.id)
            else:
                dropped.append(row.id)
        self._add(wanted.values())
        self._drop(dropped)
        if ending:
            if self._of_change is None:
                self._next()
            self._set(ending, ended=self._seq, ended_at=self._now)

    def _add(self, claims: Iterable[Claim]) -> None:
        rows = [
            {
                "organisation": self._organisation,
                "id": str(uuid7()),
                "member": claim.member,
                "patient": claim.patient,
                "source": claim.source,
                "record": claim.record,
                "basis": claim.basis,
                "starts_at": claim.starts_at,
                "ends_at": claim.ends_at,
                "began": self._seq_of(claim) if claim.holds_at(self._now) else None,
            }
            for claim in claims
        ]
        if rows:
            self._connection.execute(grants.insert(), rows)

    def _seq_of(self, claim: Claim) -> int:
        if claim.source == ASSIGNMENT and self._of_change is not None:
            return self._of_change
        return self._next()

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _time_zone(self) -> ZoneInfo:
        if self._zone is None:
            self._zone = settings_of(self._connection, self._organisation).zone
        return self._zone

    def _here(self) -> ColumnElement[bool]:
        own: ColumnElement[bool] = grants.c.organisation == self._organisation
        return own

    def _open(self, which: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(self._here(), which, grants.c.ended.is_(None))

    def _grants(
        self, which: ColumnElement[bool], asked: Mapping[str, object] | None = None
    ) -> Sequence[AnyRow]:
        return self._connection.execute(select(grants).where(which), asked).all()

    def _set(self, ids: Sequence[str], **values: Any) -> None:
        self._connection.execute(
            update(grants).where(self._here(), grants.c.id.in_(ids)).values(**values)
        )

    def _drop(self, ids: Sequence[str]) -> None:
        """Take away grants that never began."""
        if ids:
            self._connection.execute(grants.delete().where(self._here(), grants.c.id.in_(ids)))


# The grants of a member whose day to begin or to end has come.
_DUE = and_(
    grants.c.organisation == bindparam("organisation"),
    grants.c.member == bindparam("holder"),
    grants.c.ended.is_(None),
    or_(
        grants.c.began.is_(None)
        & (grants.c.starts_at.is_(None) | (grants.c.starts_at <= bindparam("now"))),
        grants.c.ends_at <= bindparam("now"),
    ),
)
_ARE_DUE = select(exists().where(_DUE) | exists().where(DUE))


def _claim_of_row(row: AnyRow) -> Claim:
    """The claim that a grant of an assignment came from."""
    return Claim(
        row.member, row.patient, row.source, row.record, row.basis, row.starts_at, row.ends_at
    )
