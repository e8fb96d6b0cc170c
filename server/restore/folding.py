"""Folds what waited, once what it waited for is back. Whatever accepts changes while a restore is
open calls `heal` after it, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, select

from server.body import parse
from server.database import AnyRow
from server.epochs import Span, lost_spans
from server.granting import FOLLOWED
from server.restore import waiting
from server.restore.believed import offer_of
from server.restore.offered import withdraw_covered
from server.restore.taking_back import TakingBack
from server.sync.answered import Answered
from server.sync.offer import Author, Offer, Refusal
from server.sync.refuse import refuse_all
from server.sync.stored import known_dots, read_seqs, take_counter
from server.tables import member
from server.words import DEFAULT, say

PATIENT = "patient"


def heal(connection: Connection, organisation: str, accepted: Sequence[Offer], now: int) -> None:
    """After changes were accepted: fold what waited for them, then what waited for that, until
    nothing moves; and withdraw the offers of salvage that all of these account for."""
    touched = {offer.record for offer in accepted}
    rows = _unblocked(connection, organisation, accepted)
    while rows:
        folded = fold(connection, organisation, rows, now, is_open=True)
        touched |= {offer.record for offer in folded}
        rows = _unblocked(connection, organisation, folded)
    withdraw_covered(connection, organisation, touched)


def fold(
    connection: Connection, organisation: str, rows: Sequence[AnyRow], now: int, *, is_open: bool
) -> list[Offer]:
    """Try changes that wait once more, in the order in which they were first accepted; those that
    were taken. Of whoever left meanwhile none is: a supervisor decides once the restore is over."""
    members = _members(connection, organisation, {row.member for row in rows})
    spans = lost_spans(connection, organisation)
    folded: list[Offer] = []
    by_device = sorted(rows, key=attrgetter("device", "n"))
    groups = [[*group] for _, group in groupby(by_device, attrgetter("device"))]
    for group in sorted(groups, key=lambda group: min(map(_first_number, group))):
        first, last = group[0], group[-1]
        known = known_dots(connection, organisation, first.device, first.n, last.n)
        waiting.drop(connection, organisation, first.device, known)
        role, has_left = members[first.member]
        author = Author(organisation, first.member, role, first.device)
        offers = [_offer(author, row, spans) for row in group if row.n not in known]
        if has_left:
            if not is_open:
                left = Refusal("device_revoked", say(DEFAULT, "refused.device_revoked"))
                refuse_all(connection, author, offers, left, now, 0)
                waiting.drop(connection, organisation, author.device, [o.n for o in offers])
            continue
        counter, answered = take_counter(connection, organisation), Answered()
        by = TakingBack(connection, counter, author, spans, now, 0, DEFAULT, is_open=is_open)
        by.take(offers, answered)
        waiting.keep(connection, by.waiting)
        done = answered.accepted.keys() | answered.refused.keys()
        waiting.drop(connection, organisation, author.device, done)
        folded += [offer for offer in offers if offer.n in answered.accepted]
    return folded


def _unblocked(
    connection: Connection, organisation: str, accepted: Iterable[Offer]
) -> Sequence[AnyRow]:
    records: set[str] = set()
    charts: set[str] = set()
    any_grant = False
    for offer in accepted:
        assert offer.kind is not None
        records.add(offer.record)
        if offer.kind.name == PATIENT or offer.kind.name in FOLLOWED:
            if offer.patient is None:
                any_grant = True
            else:
                charts.add(offer.patient)
    if not records:
        return ()
    return waiting.unblocked(connection, organisation, records, charts, any_grant=any_grant)


def _first_number(row: AnyRow) -> tuple[bool, int]:
    """Where a change stood when it was first accepted; those that never were come last."""
    return (False, read_seqs(row.seqs)[0][0]) if row.seqs else (True, row.at)


def _offer(author: Author, row: AnyRow, spans: Sequence[Span]) -> Offer:
    offer = offer_of(author, parse(row.body.encode()), DEFAULT, spans)
    offer.at = row.at
    return offer


def _members(
    connection: Connection, organisation: str, ids: Collection[str]
) -> dict[str, tuple[str, bool]]:
    """The role of each of them, and whether they have left."""
    rows = connection.execute(
        select(member.c.id, member.c.role, member.c.status).where(
            member.c.organisation == organisation, member.c.id.in_(ids)
        )
    )
    return {row.id: (row.role, row.status != "active") for row in rows}
