"""For whom a supervisor may let somebody stand in. A cover or a turn on call opens charts: theirs
to write are those that open charts of teams that they supervise (sync/README.md, Access)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from server.catalogue import CatalogueKind
from server.claims import COVER
from server.sync.offer import Author, Offer
from server.tables import member, supervision, team


def may_let_stand_in(
    connection: Connection, author: Author, offer: Offer, before: Mapping[str, Any]
) -> bool:
    """Whether the author supervises every team whose charts the change opens, moves or ends. The
    offer is of a kind in STANDING_IN, and its values were found valid; `before` is what its record
    shows, empty for a new one.

    Of two writes at once either may stand, so that what was said before and what is said now count
    in any combination. Who is in no team is anybody's to cover: no supervisor has a nearer claim.
    """
    kind = offer.kind
    assert kind is not None
    if author.is_trusted or not _decides(kind, offer):
        return True
    after = {**before, **offer.set}
    shown = [each for each in (before, after) if each]
    if kind.name == COVER:
        teams = _teams_of(connection, author.organisation, _said("for_member", shown))
    else:
        teams = _said("team", shown)
        if not all(each.get("team") for each in shown):  # the team of whoever is on call
            teams |= _teams_of(connection, author.organisation, _said("member", shown))
    return teams <= _supervised_by(connection, author)


def _said(name: str, shown: Iterable[Mapping[str, Any]]) -> set[str]:
    """What a field says in each of these, where it says something."""
    return {each[name] for each in shown if each.get(name)}


def _decides(kind: CatalogueKind, offer: Offer) -> bool:
    """Whether the change says more than those on call write themselves, as a note for the next."""
    if offer.delete is not None:
        return True
    fields = (kind.fields[name] for name in (*offer.set, *offer.add, *offer.remove))
    return any(set(each.write or kind.write) == {"supervisor"} for each in fields)


def _teams_of(connection: Connection, organisation: str, members: Collection[str]) -> set[str]:
    """The names of the teams that these members are in."""
    query = select(team.c.name).join(
        member, (member.c.organisation == team.c.organisation) & (member.c.team == team.c.id)
    )
    here = query.where(team.c.organisation == organisation, member.c.id.in_(members))
    return set(connection.scalars(here))


def _supervised_by(connection: Connection, author: Author) -> set[str]:
    query = select(team.c.name).join(
        supervision,
        (supervision.c.organisation == team.c.organisation) & (supervision.c.team == team.c.id),
    )
    return set(
        connection.scalars(
            query.where(
                team.c.organisation == author.organisation,
                supervision.c.member == author.member,
            )
        )
    )
