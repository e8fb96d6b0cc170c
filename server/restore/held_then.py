"""Who held a chart at a moment that a restore took, as far as records that are back say so. Their
grants were lost with that moment: a night on call that is over begins no grant any more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, select

from server.claims import ASSIGNMENT, STANDING_IN, Claim, StandIn, claim_of, stand_in_of
from server.database import AnyRow
from server.grants import KEPT_AFTER_LOSS_MS
from server.organisation_settings import settings_of
from server.standing_in import StandIns
from server.tables import records


class HeldThen:
    """What the records of one organisation say of one member, within a transaction."""

    def __init__(self, connection: Connection, organisation: str, member: str, now: int) -> None:
        self._connection = connection
        self._organisation = organisation
        self._member = member
        self._lost_since = now - KEPT_AFTER_LOSS_MS
        self._stand_ins = StandIns(connection, organisation, now)

    def held(self, patient: str, at: int) -> bool:
        """Whether an assignment of the chart, or what stood in for one, was theirs at that time and
        did not end longer ago than any grant counts: the time is the phone's word."""
        assigned = self._assigned(patient)
        claims = [claim for claim in assigned if claim.member == self._member]
        for stands in self._stood_in:
            behind = self._stand_ins.behind(stands)
            reached = (stands.through(claim) for claim in assigned if claim.member in behind)
            claims += [claim for claim in reached if claim is not None]
        return any(claim.holds_at(at) and not claim.is_over(self._lost_since) for claim in claims)

    def _assigned(self, patient: str) -> list[Claim]:
        rows = self._records((records.c.kind == ASSIGNMENT) & (records.c.patient == patient))
        claims = (
            claim_of(row.id, patient, orjson.loads(row.body)["fields"], row.deleted, self._zone)
            for row in rows
        )
        return [claim for claim in claims if claim is not None]

    @cached_property
    def _stood_in(self) -> list[StandIn]:
        """Their covers and turns on call, past ones too."""
        named = records.c.kind.in_(STANDING_IN) & records.c.body.contains(self._member)
        found = (
            stand_in_of(row.kind, row.id, orjson.loads(row.body)["fields"], row.deleted, self._zone)
            for row in self._records(named)
        )
        return [each for each in found if each is not None and each.member == self._member]

    @cached_property
    def _zone(self) -> ZoneInfo:
        return settings_of(self._connection, self._organisation).zone

    def _records(self, which: ColumnElement[bool]) -> Sequence[AnyRow]:
        query = select(records.c.id, records.c.kind, records.c.deleted, records.c.body)
        here = records.c.organisation == self._organisation
        return self._connection.execute(query.where(here, which)).all()
