"""The push of changes that are taken back after a restore: what differs from any other push
(sync/README.md, A restored server).

    accepted before   keeps its old numbers and its `at`; neither its values nor what it wrote
    (old numbers)     over is judged again; its author may have held the chart then
    any               its author holds the chart, or lost it no more than 30 days ago; where only
                      a grant, a record or its creating change is wanting, it waits
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from server.epochs import Span
from server.granting import FOLLOWED
from server.restore.held_then import HeldThen
from server.restore.waiting import Wants, row_of
from server.sync.answered import Answered
from server.sync.offer import Author, Offer, Refusal
from server.sync.open_records import OpenRecord
from server.sync.push import Push, required_fields
from server.sync.refuse import WAITING, refusal_row
from server.sync.stored import Counter, change_row
from sync import Change


class TakingBack(Push):
    """One push of changes of one device, under the counter."""

    def __init__(
        self,
        connection: Connection,
        counter: Counter,
        author: Author,
        spans: Sequence[Span],
        now: int,
        skew: int,
        language: str,
        *,
        is_open: bool,
    ) -> None:
        """`is_open` says that the restore is not over, so that what is wanting may still come.

        The cursor that a phone had applied when it made the change is of a history that is gone: it
        counts as one from before any handover, as far as those 30 days go.
        """
        made = 0 if spans else None
        super().__init__(connection, counter, author, made, now, skew, language)
        self.is_open = is_open
        self.then = HeldThen(connection, author.organisation, author.member, now)
        self.waiting: list[Mapping[str, Any]] = []

    def refusal_of(self, offer: Offer) -> Refusal | None:
        record = self.records.get(offer.record)
        if record is not None and not offer.seqs:
            self.records.catch_up(record)
        return super().refusal_of(offer)

    def may_write(self, offer: Offer, patient: str) -> bool:
        if super().may_write(offer, patient):
            return True
        return bool(offer.seqs) and self.then.held(patient, offer.at)

    def refusal_of_creation(self, offer: Offer) -> Refusal | None:
        """Who had seen the record, or was accepted without all that begins one, did not create it.
        Were it taken for the creating change, the true one could set no identity any more."""
        assert offer.kind is not None
        required = required_fields(offer.kind.name)
        is_whole = all(name in offer.set or name in offer.add for name in required)
        if (offer.seqs and not is_whole) or (self.is_open and offer.seen > 0):
            return self.refuse("unknown_record", "unknown_record")
        return super().refusal_of_creation(offer)

    def turn_down(self, offer: Offer, refusal: Refusal, answered: Answered) -> None:
        wants = self.wants_of(offer, refusal)
        if wants is None:
            super().turn_down(offer, refusal, answered)
        elif self.is_open:
            change = self.change_of(offer, 0)
            self.waiting.append(row_of(self.author, offer, change, wants, self.now))
        else:
            answered.refused[offer.n] = refusal.to_wire()
            self.refusals.append(
                refusal_row(self.author, offer, refusal, self.now, self.skew, WAITING)
            )

    def wants_of(self, offer: Offer, refusal: Refusal) -> Wants | None:
        """What would have to come for the change to be taken; None where nothing would help."""
        if refusal.code == "unknown_record":
            return "record"
        if refusal.code != "not_yours" or offer.patient in self.rights.purged:
            return None
        if offer.refusal is not None:  # not for this role: which its author had when it was taken
            return "grant" if offer.seqs else None
        is_there = offer.patient is None or offer.patient in self.rights.charts
        return "grant" if is_there else "record"

    def store(self, record: OpenRecord, change: Change, sent_digest: str) -> Change:
        if not change.seqs or record.kind.name in FOLLOWED:
            return super().store(record, change, sent_digest)
        self.records.put_back(record, change)
        self.rows.append(change_row(self.author.organisation, record.id, change, sent_digest))
        return change
