"""The covers and turns on call of an organisation as the table `stand_in` keeps them: which last at
a moment, and for whom. Called by server/granting.py, which makes grants of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, update

from server.claims import Claim, StandIn
from server.database import AnyRow
from server.tables import member, stand_in, team

DUE = and_(
    stand_in.c.organisation == bindparam("organisation"),
    stand_in.c.member == bindparam("holder"),
    (stand_in.c.is_given.is_(False) & (stand_in.c.starts_at <= bindparam("now")))
    | (stand_in.c.ends_at <= bindparam("now")),
)
"""Those in which a member is to stand in from now on, or has and is over."""


class StandIns:
    """Those of one organisation at one moment, within a transaction."""

    def __init__(self, connection: Connection, organisation: str, now: int) -> None:
        self._connection = connection
        self._organisation = organisation
        self._now = now
        self._lasting: Sequence[StandIn] | None = None
        self._teams: dict[str, str | None] = {}

    def put(self, stands: StandIn) -> None:
        """Write one down, or write it anew; its grants are still to be given."""
        self.remove(stand_in.c.record == stands.record)
        self._connection.execute(
            stand_in.insert(),
            {
                "organisation": self._organisation,
                "record": stands.record,
                "source": stands.source,
                "member": stands.member,
                "for_member": stands.for_member,
                "for_team": stands.for_team,
                "starts_at": stands.starts_at,
                "ends_at": stands.ends_at,
                "is_given": False,
            },
        )

    def remove(self, which: ColumnElement[bool]) -> None:
        self._lasting = None
        self._connection.execute(stand_in.delete().where(self._here(), which))

    def mark_given(self, record: str) -> None:
        """Its grants are there, and follow the assignments that it reaches."""
        self._lasting = None
        here = self._here() & (stand_in.c.record == record)
        self._connection.execute(update(stand_in).where(here).values(is_given=True))

    def due(self, holder: str) -> list[StandIn]:
        """What a member is to stand in for from now on. What is over is let go: its grants end with
        it or before it, by their own dates."""
        asked = {"organisation": self._organisation, "holder": holder, "now": self._now}
        rows = self._connection.execute(select(stand_in).where(DUE), asked).all()
        found = [_of_row(row) for row in rows]
        if over := [each.record for each in found if each.is_over(self._now)]:
            self.remove(stand_in.c.record.in_(over))
        return [each for each in found if not each.is_over(self._now)]

    def records(self) -> Collection[str]:
        """The covers and turns that are to come or last, by record."""
        return self._connection.scalars(select(stand_in.c.record).where(self._here())).all()

    def lasting(self) -> Sequence[StandIn]:
        """Those that last at this moment and have their grants."""
        if self._lasting is None:
            query = select(stand_in).where(
                self._here(),
                stand_in.c.is_given,
                stand_in.c.ends_at.is_(None) | (stand_in.c.ends_at > self._now),
            )
            self._lasting = [_of_row(row) for row in self._connection.execute(query)]
        return self._lasting

    def through(self, assigned: Claim) -> list[Claim]:
        """What those that last claim through an assignment."""
        claims = (
            stands.through(assigned)
            for stands in self.lasting()
            if self._is_for(stands, assigned.member)
        )
        return [claim for claim in claims if claim is not None]

    def behind(self, stands: StandIn) -> list[str]:
        """The members for whom it stands in."""
        if stands.for_member is not None:
            return [stands.for_member]
        named = stands.for_team or self._team_of(stands.member)
        query = select(member.c.id).select_from(_IN_TEAM).where(self._here_of_member())
        return list(self._connection.scalars(query.where(team.c.name == named)))

    def forget_team_of(self, id_: str) -> None:
        """After a member went to another team."""
        self._teams.pop(id_, None)

    def has_left(self, id_: str) -> bool:
        query = select(member.c.status).where(self._here_of_member(), member.c.id == id_)
        return self._connection.scalar(query) == "left"

    def _is_for(self, stands: StandIn, assigned: str) -> bool:
        if stands.for_member is not None:
            return stands.for_member == assigned
        of = self._team_of(assigned)
        return of is not None and of == (stands.for_team or self._team_of(stands.member))

    def _team_of(self, id_: str) -> str | None:
        """The name of a member's team."""
        if id_ not in self._teams:
            query = select(team.c.name).select_from(_IN_TEAM)
            self._teams[id_] = self._connection.scalar(
                query.where(self._here_of_member(), member.c.id == id_)
            )
        return self._teams[id_]

    def _here(self) -> ColumnElement[bool]:
        own: ColumnElement[bool] = stand_in.c.organisation == self._organisation
        return own

    def _here_of_member(self) -> ColumnElement[bool]:
        own: ColumnElement[bool] = member.c.organisation == self._organisation
        return own


_IN_TEAM = member.join(
    team, (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team)
)


def _of_row(row: AnyRow) -> StandIn:
    return StandIn(
        row.record,
        row.source,
        row.member,
        row.for_member,
        row.for_team,
        row.starts_at,
        row.ends_at,
    )
