"""POST /api/sync: one round trip, which pushes and pulls at once (sync/README.md).

epoch → device → validation → push, under the counter → pull, from one snapshot → answer
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response, g
from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from server import granting
from server.access import caller
from server.body import read_json
from server.counts import note_push
from server.database import begin
from server.epochs import lost_to
from server.problems import Problem
from server.restore.folding import heal
from server.sync import contact
from server.sync.answered import Answered
from server.sync.at_device import Revoked, require_device
from server.sync.cursor import Cursor, read_cursor
from server.sync.envelope import Envelope, read_envelope
from server.sync.notices import notices_between
from server.sync.offer import Author, Offer, Refusal
from server.sync.places import Reader
from server.sync.pull import pull
from server.sync.push import SKEW_TOLERATED_MS, push
from server.sync.refuse import refuse_all
from server.sync.stored import Counter, advance_counter, read_counter, take_counter
from server.sync.validate import validate
from server.who import Caller, now_ms
from server.words import say

log = logging.getLogger("doorstep.sync")


def sync() -> Response:
    """Takes changes, answers each, and brings what the device has not seen."""
    asker = caller()
    envelope = read_envelope(read_json())
    g.language = envelope.language
    now = now_ms()
    if asker.is_read_only and envelope.changes:
        raise Problem(403, "read_only")
    round_trip = _Sync(asker, envelope, now)
    try:
        try:
            return round_trip.answer()
        except (_Replaced, NoResultFound):
            return round_trip.answer()  # which begins with the epoch
    except Revoked as revoked:
        if revoked.is_theirs:
            round_trip.keep_refused()
        raise Problem(403, "device_revoked", wipe=True) from None


class _Replaced(Exception):
    """A backup took the database's place since the request began: what was looked up is of another
    history. A phone that the backup does not know is not one that was revoked.

    On PostgreSQL a snapshot from before finds nothing, not even the organisation, in tables that
    came after it.
    """


class _Sync:
    """One request: each step is a method, in the order of the protocol."""

    def __init__(self, asker: Caller, envelope: Envelope, now: int) -> None:
        self.asker = asker
        self.organisation = asker.organisation
        self.envelope = envelope
        self.now = now
        self.skew = envelope.now - now
        self.correction = self.skew if abs(self.skew) > SKEW_TOLERATED_MS else 0
        self.author = Author(self.organisation, asker.member, asker.role, envelope.device)

    def answer(self) -> Response:
        with begin(self.organisation) as connection:
            counter = read_counter(connection, self.organisation)
            if self.envelope.epoch not in (None, counter.epoch):
                g.outcome = "restored"
                return _json(self.of_another_epoch(connection, counter))
            known = require_device(connection, self.asker, self.envelope.device)
            cursor, made = self.read_cursors(counter)
            has_news = (
                counter.is_restoring  # the office sees who is back
                or bool(self.envelope.changes or self.envelope.reads)
                or contact.is_news(known, self.envelope, self.now)
                or granting.are_due(connection, self.organisation, self.asker.member, self.now)
            )
        answered = self.write(counter.epoch, made) if has_news else Answered()
        since = self.now if cursor is None else known.enrolled_at
        g.outcome = "ok"
        return _json(self.read(counter.epoch, cursor, since) | answered.to_wire())

    def of_another_epoch(self, connection: Connection, counter: Counter) -> dict[str, Any]:
        """The device knows a history that a restore has cut: nothing is taken or refused."""
        lost = lost_to(connection, self.organisation, self.envelope.epoch or "")
        return {
            "epoch": counter.epoch,
            "restored": {"head": lost.head, "start": lost.start},
            "cursor": None,
            "more": False,
            "skew": self.skew,
            "accepted": [],
            "refused": [],
            "records": [],
            "set_aside": [],
            "forget": [],
        }

    def keep_refused(self) -> None:
        """Keep what a revoked phone had not sent, for a supervisor to review, and what it read."""
        language = self.envelope.language
        refusal = Refusal("device_revoked", say(language, "refused.device_revoked"))
        with begin(self.organisation, write=True) as connection:
            take_counter(connection, self.organisation)
            refuse_all(connection, self.author, self.offers(), refusal, self.now, self.correction)
            self.note_offline_reads(connection)
            contact.note_contact(
                connection, self.organisation, self.envelope, self.now, is_last=True
            )

    def note_offline_reads(self, connection: Connection) -> None:
        member, envelope = self.asker.member, self.envelope
        contact.note_offline_reads(
            connection, self.organisation, member, envelope, self.correction, self.now
        )

    def read_cursors(self, counter: Counter) -> tuple[Cursor | None, int | None]:
        sent = (self.envelope.cursor, self.envelope.made)
        cursor, made = (None if text is None else read_cursor(text, counter.epoch) for text in sent)
        for each in (cursor, made):
            if each is not None and each.position > counter.head:
                log.critical("a cursor lies beyond the counter: history of this database was lost")
                raise Problem(503, "lost_history")
        return cursor, None if made is None else made.position

    def offers(self) -> list[Offer]:
        language = self.envelope.language
        return [validate(self.author, sent, language) for sent in self.envelope.changes]

    def write(self, epoch: str, made: int | None) -> Answered:
        """One transaction: grants whose day has come, the push, the reads and the contact."""
        offers = self.offers()
        member, envelope = self.asker.member, self.envelope
        with begin(self.organisation, write=True) as connection:
            counter = take_counter(connection, self.organisation)
            if counter.epoch != epoch:
                raise _Replaced
            head = granting.move_due(connection, self.organisation, member, counter.head, self.now)
            if head != counter.head:
                advance_counter(connection, self.organisation, head)
                counter = take_counter(connection, self.organisation)
            answered = push(
                connection,
                counter,
                self.author,
                offers,
                made=made,
                now=self.now,
                skew=self.skew,
                language=envelope.language,
            )
            self.note_offline_reads(connection)
            if not contact.note_contact(connection, self.organisation, envelope, self.now):
                raise Revoked(is_theirs=True)  # while this request waited for the counter
            if counter.is_restoring:
                taken = answered.accepted.keys() & answered.fresh
                accepted = [offer for offer in offers if offer.n in taken]
                heal(connection, self.organisation, accepted, self.now)
        note_push(offers, answered)
        return answered

    def read(self, epoch: str, cursor: Cursor | None, since: int) -> dict[str, Any]:
        """The pull, from one snapshot, with notices `since` (see server/sync/notices.py)."""
        asker = self.asker
        with begin(self.organisation) as connection:
            reader = Reader(self.organisation, asker.member, asker.role)
            page = pull(connection, reader, cursor, self.envelope.limit)
            if page.epoch != epoch:
                raise _Replaced
            told = notices_between(
                connection, self.organisation, asker.member, cursor, page.cursor, since
            )
        if asker.is_program:
            self.note_sent(page.bodies)
        return {
            "epoch": epoch,
            "cursor": page.cursor.to_text(epoch),
            "more": page.more,
            "skew": self.skew,
            "records": [orjson.Fragment(body) for body in page.bodies],
            "set_aside": [orjson.Fragment(body) for body in told],
            "forget": page.forget,
        }

    def note_sent(self, bodies: Sequence[str]) -> None:
        """Note the charts of which a program is about to be sent records. A phone tells itself what
        was opened on it; of a program, nobody would know."""
        patients = {orjson.loads(body)["patient"] for body in bodies} - {None}
        if patients:
            with begin(self.organisation, write=True) as connection:
                contact.note_sent(connection, self.author, patients)


def _json(wire: dict[str, Any]) -> Response:
    return Response(orjson.dumps(wire), mimetype="application/json")
