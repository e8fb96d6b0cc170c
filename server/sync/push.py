"""Takes changes into the records: every push, over HTTP and in process, passes here.

The changes are validated before (validate.py); here the organisation's counter row is taken, dots,
records and grants are looked up under it, and each change is refused or folded, in order of n
(sync/README.md, One round trip; Access; Creation and locks; Time).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection
from uuid6 import uuid7

from server.catalogue import CATALOGUE
from server.claims import ASSIGNMENT, STANDING_IN
from server.granting import FOLLOWED, Granting
from server.sync.answered import Answered, answer_known
from server.sync.offer import Author, Offer, Refusal
from server.sync.open_records import OpenRecord, OpenRecords
from server.sync.refuse import refusal_row
from server.sync.rights import Rights
from server.sync.roster import may_let_stand_in
from server.sync.stored import (
    Counter,
    advance_counter,
    change_row,
    save_changes,
    save_notices,
    save_records,
    save_refusals,
)
from server.sync.validate import refuse_missing, refuse_once, refuse_seen
from server.words import say
from sync import Change, digest, locked_field, once_violation

SKEW_TOLERATED_MS = 60_000


def push(
    connection: Connection,
    counter: Counter,
    author: Author,
    offers: Sequence[Offer],
    *,
    made: int | None,
    now: int,
    skew: int,
    language: str,
) -> Answered:
    """Accept or refuse each offer, all in the caller's transaction, which holds the counter.

    Raises Problem 409 `device_copied` when the device's dots stand for other changes here: then
    nothing is stored.
    """
    if not offers:
        return Answered()
    answered = answer_known(connection, author, offers)
    fresh = [o for o in offers if o.n not in answered.accepted and o.n not in answered.refused]
    if fresh:
        Push(connection, counter, author, made, now, skew, language).take(fresh, answered)
    return answered


def take_in(
    connection: Connection,
    counter: Counter,
    author: Author,
    reviewer: Author,
    offers: Sequence[Offer],
    *,
    now: int,
    language: str,
) -> Answered:
    """Accept or refuse anew what was refused for its phone's sake (sync/README.md, Review): under
    their own dots, in the name of who typed them, by the reviewer's right to the chart. Their `at`
    was freed of skew when they came."""
    answered = Answered()
    by = Push(connection, counter, author, None, now, 0, language, reviewer)
    by.take(offers, answered)
    return answered


@cache
def required_fields(kind: str) -> tuple[str, ...]:
    """What a creating change sets, in the order in which the catalogue declares it."""
    return tuple(name for name, each in CATALOGUE.kinds[kind].fields.items() if each.required)


class Push:
    """One push under the counter. What is taken back after a restore passes one of its own kind
    (server/restore/taking_back.py)."""

    def __init__(
        self,
        connection: Connection,
        counter: Counter,
        author: Author,
        made: int | None,
        now: int,
        skew: int,
        language: str,
        reviewer: Author | None = None,
    ) -> None:
        self.connection = connection
        self.counter = counter
        self.author = author
        self.by_whose_right = reviewer or author
        self.made = made
        self.now = now
        self.skew = skew if abs(skew) > SKEW_TOLERATED_MS else 0
        self.language = language
        self.seq = counter.head
        self.rows: list[dict[str, Any]] = []
        self.refusals: list[Mapping[str, Any]] = []

    def take(self, offers: Sequence[Offer], answered: Answered) -> None:
        readable = [offer for offer in offers if offer.refusal is None]
        organisation = self.author.organisation
        ids = {offer.record for offer in readable}
        ids |= {first_assignment(o.record) for o in readable if o.record == o.patient}
        self.records = OpenRecords(self.connection, organisation, ids)
        self.records.load_logs_for(
            (offer.record, self.change_of(offer, self.seq + 1))
            for offer in readable
            if self.records.get(offer.record)
        )
        patients = {offer.patient for offer in readable if offer.patient is not None}
        self.rights = Rights(self.connection, self.by_whose_right, patients, self.made, self.now)
        self.granting = Granting(self.connection, organisation, self.now)

        answered.fresh.update(offer.n for offer in offers)
        for offer in offers:
            refusal = self.refusal_of(offer)
            if refusal is None:
                change = self.accept(offer)
                answered.accepted[offer.n] = change.seq
                if change.at != offer.sent["at"]:
                    answered.moved[offer.n] = change.at
            else:
                self.turn_down(offer, refusal, answered)

        records, notices = self.records.rows(organisation)
        answered.contested = self.records.contested
        save_changes(self.connection, self.rows)
        save_records(self.connection, records)
        save_refusals(self.connection, self.refusals)
        save_notices(self.connection, notices)
        self.seq = self.granting.settle(self.seq)
        if self.seq != self.counter.head:
            advance_counter(self.connection, organisation, self.seq)

    def turn_down(self, offer: Offer, refusal: Refusal, answered: Answered) -> None:
        """Keep a change that is not taken, with its answer."""
        answered.refused[offer.n] = refusal.to_wire()
        self.refusals.append(refusal_row(self.author, offer, refusal, self.now, self.skew))

    def refusal_of(self, offer: Offer) -> Refusal | None:
        """Why the change is not taken: the first reason that applies, in the protocol's order."""
        if offer.refusal is not None:
            return offer.refusal
        if offer.seen > self.counter.head and not self.author.is_trusted:
            return refuse_seen(self.language)
        kind, record = offer.kind, self.records.get(offer.record)
        assert kind is not None
        if offer.patient in self.rights.purged:
            return self.refuse("not_yours", "purged")
        is_new_chart = kind.name == "patient" and offer.record not in self.rights.charts
        if offer.patient is not None and not is_new_chart:
            if offer.patient not in self.rights.charts:
                return self.refuse("not_yours", "unknown_record")
            if not self.may_write(offer, offer.patient):
                return self.refuse("not_yours", "not_yours")
        if record is None:
            return self.refusal_of_creation(offer)
        if record.kind is not kind or record.patient != offer.patient:
            return self.refuse("record_mismatch", "record_mismatch")
        if offer.seqs:  # against its record it was judged when it was first accepted
            return offer.value_refusal or self.refusal_of_standing_in(offer, record)
        change = self.change_of(offer, self.seq + 1)
        if (locked := locked_field(kind.engine, record.state, change)) is not None:
            return self.refuse("locked", "locked", locked)
        if offer.value_refusal is not None:
            return offer.value_refusal
        if (once := once_violation(kind.engine, record.state, change)) is not None:
            return refuse_once(once, self.language)
        return self.refusal_of_standing_in(offer, record)

    def may_write(self, offer: Offer, patient: str) -> bool:
        """Whether the chart is theirs to write this change to."""
        return self.rights.may_write(patient)

    def refusal_of_creation(self, offer: Offer) -> Refusal | None:
        assert offer.kind is not None
        required = required_fields(offer.kind.name)
        missing = [name for name in required if name not in offer.set and name not in offer.add]
        if len(missing) == len(required):
            return self.refuse("unknown_record", "unknown_record")
        if offer.value_refusal is not None:
            return offer.value_refusal
        if missing:
            return refuse_missing(missing[0], self.language)
        return self.refusal_of_standing_in(offer, None)

    def refusal_of_standing_in(self, offer: Offer, record: OpenRecord | None) -> Refusal | None:
        assert offer.kind is not None
        if offer.kind.name not in STANDING_IN:
            return None
        before = record.show().fields if record else {}
        if may_let_stand_in(self.connection, self.by_whose_right, offer, before):
            return None
        return self.refuse("not_yours", "not_yours_team")

    def refuse(self, code: str, key: str, field: str | None = None) -> Refusal:
        return Refusal(code, say(self.language, f"refused.{key}"), field)

    def accept(self, offer: Offer) -> Change:
        """Fold an offer into its record; the change as it is stored."""
        assert offer.kind is not None
        record = self.records.get(offer.record)
        is_new = record is None
        if record is None:
            record = self.records.create(offer.record, offer.kind, offer.patient)
        self.seq += 1
        change = self.store(record, self.change_of(offer, self.seq), offer.digest)
        if offer.kind.name == "patient" and is_new:
            self.rights.charts.add(offer.record)
            if self.author.is_trusted:
                self.rights.look_again(offer.record)
            else:
                self.assign_author(offer.record, change)
        return change

    def change_of(self, offer: Offer, seq: int) -> Change:
        """The offer as a change of that seq, its `at` freed of skew and never ahead of us."""
        skew = 0 if offer.seqs else self.skew
        return Change(
            device=self.author.device,
            n=offer.n,
            seq=seq,
            at=max(0, min(offer.at - skew, self.now)),
            seen=offer.seen,
            member=self.author.member,
            set=offer.set,
            add=offer.add,
            remove=offer.remove,
            delete=offer.delete,
            seqs=offer.seqs,
        )

    def assign_author(self, patient: str, creating: Change) -> None:
        """Give a new patient to whoever created them, by an assignment that supervisors may end.

        Its number comes after the patient's, whenever that is or was: what was made of it before a
        restore finds it again, under the same id.
        """
        self.seq += 1
        sent: dict[str, Any] = {"set": {"status": "active", "member": self.author.member}}
        change = Change(
            device=self.counter.device,
            n=self.seq,  # greater than any n that this device of the server has used
            seq=self.seq,
            at=creating.at if creating.seqs else self.now,
            seen=0,
            member=self.author.member,
            set=sent["set"],
            seqs=tuple((had + 1, gone) for had, gone in creating.seqs),
        )
        id_ = first_assignment(patient)
        if self.records.get(id_) is not None:  # a device made up an id that is this one
            id_ = str(uuid7())
        record = self.records.create(id_, CATALOGUE.kinds[ASSIGNMENT], patient)
        self.store(record, change, digest(sent))

    def store(self, record: OpenRecord, change: Change, sent_digest: str) -> Change:
        """Fold a change into its record and let grants follow; the change as it is stored."""
        change = self.records.fold(record, change)
        self.rows.append(change_row(self.author.organisation, record.id, change, sent_digest))
        if record.kind.name in FOLLOWED:
            shown = record.show()
            self.seq = self.granting.follow(
                record.kind.name, record.id, record.patient, shown.fields, shown.deleted, change.seq
            )
            self.rights.look_again(record.patient)
        return change


def first_assignment(patient: str) -> str:
    """The id of the assignment that a patient's creation makes: the same whenever it is made."""
    return str(uuid5(UUID(patient), ASSIGNMENT))
