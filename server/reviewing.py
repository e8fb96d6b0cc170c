"""A supervisor takes in, or leaves out, what a phone still brought after it was revoked or its
member had left (sync/README.md, Review). server/waiting.py lists it.

POST /api/office/refusals/DEVICE/N/accept {} → {"accepted": true, "with": [N, …]}, or {"accepted":
    false, "code", "field", "params", "message"} where it is refused for its own sake, and waits on
POST /api/office/refusals/DEVICE/N/dismiss {} → 204

What a colleague did first stands: the same again is answered the same, the contrary 409 `reviewed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, update

from server.access import caller
from server.access_log import Entry, note
from server.database import AnyRow, begin
from server.epochs import Span, lost_spans
from server.problems import Problem, asked_language
from server.restore.believed import offer_of
from server.restore.folding import heal
from server.sync.envelope import LARGEST
from server.sync.offer import Author, Offer
from server.sync.push import take_in
from server.sync.refuse import ACCEPTED, DISMISSED, WAITING
from server.sync.stored import Counter, load_records, take_counter
from server.tables import refusals
from server.waiting import kept_changes, reviewed_by, sent_in
from server.who import Caller, now_ms


def accept(device_id: str, n: int) -> ResponseReturnValue:
    """Takes a change in, with the one that creates its record and the one that creates its chart
    where these wait too. All of them are, or none is."""
    by, language = caller(), asked_language()
    try:
        with begin(by.organisation, write=True) as connection:
            counter = take_counter(connection, by.organisation)
            row = _to_review(connection, by, device_id, n)
            if row.outcome == DISMISSED:
                raise Problem(409, "reviewed")
            if row.outcome == ACCEPTED:
                return {"accepted": True, "with": []}
            rows = [*_needed(connection, by.organisation, row), row]
            _take_in(connection, counter, by, rows, language)
            for each in rows:
                _settle(connection, by, each, ACCEPTED)
    except _StillRefused as still:
        return {"accepted": False} | still.refusal
    return {"accepted": True, "with": [each.n for each in rows[:-1]]}


def dismiss(device_id: str, n: int) -> ResponseReturnValue:
    """Leaves a change out. It stays in the history of its record as refused."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        take_counter(connection, by.organisation)
        row = _to_review(connection, by, device_id, n)
        if row.outcome == ACCEPTED:
            raise Problem(409, "reviewed")
        if row.outcome == WAITING:
            _settle(connection, by, row, DISMISSED)
    return "", 204


class _StillRefused(Exception):
    def __init__(self, refusal: dict[str, Any]) -> None:
        super().__init__(refusal["code"])
        self.refusal = refusal


def _to_review(connection: Connection, by: Caller, device_id: str, n: int) -> AnyRow:
    """A change that is or was the caller's to review. Raises Problem 404."""
    query = kept_changes(by.organisation).where(
        refusals.c.device == device_id,
        refusals.c.n == min(n, LARGEST),
        refusals.c.outcome.is_not(None),
    )
    rows = reviewed_by(connection, by, connection.execute(query).all())
    if not rows:
        raise Problem(404, "not_found")
    return rows[0]


def _needed(connection: Connection, organisation: str, row: AnyRow) -> list[AnyRow]:
    """The waiting changes of the same phone without which this one cannot stand: the first of its
    chart's patient and the first of its record, where the server has not these."""
    wanted = {each for each in (row.patient, row.record) if each}
    wanted -= {known.id for known in load_records(connection, organisation, wanted)}
    query = (
        kept_changes(organisation)
        .where(
            refusals.c.device == row.device,
            refusals.c.n < row.n,
            refusals.c.record.in_(wanted),
            refusals.c.outcome == WAITING,
        )
        .order_by(refusals.c.n)
    )
    first: dict[str, AnyRow] = {}
    for each in connection.execute(query):
        first.setdefault(each.record, each)
    return list(first.values())


def _take_in(
    connection: Connection, counter: Counter, by: Caller, rows: Sequence[AnyRow], language: str
) -> None:
    """Push the changes under their own dots. Raises _StillRefused where the last is refused."""
    last = rows[-1]
    author = Author(by.organisation, last.member, last.role, last.device)
    reviewer = Author(by.organisation, by.member, by.role, last.device)
    spans = lost_spans(connection, by.organisation)
    offers = [_offer(row, author, reviewer, language, spans) for row in rows]
    answered = take_in(
        connection, counter, author, reviewer, offers, now=now_ms(), language=language
    )
    for row in reversed(rows):
        if row.n in answered.refused:
            raise _StillRefused(answered.refused[row.n])
    if counter.is_restoring:
        heal(connection, by.organisation, offers, now_ms())


def _offer(
    row: AnyRow, author: Author, reviewer: Author, language: str, spans: Sequence[Span]
) -> Offer:
    """A stored change as an offer. Whoever typed it might write this kind, or the reviewer may: who
    came back in another role shall not make it nobody's."""
    offer = offer_of(author, sent_in(row), language, spans)
    if offer.refusal is not None and offer.refusal.code == "not_yours":
        offer = offer_of(reviewer, sent_in(row), language, spans)
    if row.at is not None:
        offer.at = row.at
    return offer


def _settle(connection: Connection, by: Caller, row: AnyRow, outcome: str) -> None:
    connection.execute(
        update(refusals)
        .where(
            refusals.c.organisation == by.organisation,
            refusals.c.device == row.device,
            refusals.c.n == row.n,
        )
        .values(outcome=outcome, reviewed_at=now_ms(), reviewed_by=by.member)
    )
    entry = Entry(
        what=f"refusal_{outcome}",
        member=by.member,
        device=by.device,
        patient=row.patient,
        record=row.record,
        subject=row.member,
    )
    note(connection, by.organisation, [entry])
