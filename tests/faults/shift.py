"""A shift: people at work on the same charts, each on a phone of their own that speaks to a real
server, and what must hold when it is over (tests/fire/invariants.py)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from server.who import now_ms
from tests.faults.watching import PATIENCE_S
from tests.fire import invariants
from tests.fire.pools import EDITS, creation_of
from tests.fire.stored import Stored
from tests.fire.typed import Typed
from tests.phone.phone import Phone, new_id
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

KINDS = ("medication", "task", "visit")


@dataclass
class Shift:
    office: Office
    phones: list[Phone]
    """The first is their supervisor's; the charts are held by all others."""
    records: list[tuple[str, str, str]]
    """What they work on: record, kind, patient."""
    typed: list[Typed] = field(default_factory=list)

    @classmethod
    def begin(cls, office: Office, people: int = 3, charts: int = 2) -> Shift:
        """Everybody holds every chart, and has heard so."""
        supervisor = office.phone(office.add("supervisor", "North"))
        phones = [office.phone(office.add("coordinator", "North")) for _ in range(people)]
        shift = cls(office, [supervisor, *phones], [])
        first = phones[0]
        for _ in range(charts):
            patient = new_id()
            shift.create(first, "patient", patient, patient)
            for kind in KINDS:
                shift.create(first, kind, new_id(), patient)
        assert exchange(first) is Outcome.DONE
        for patient in sorted(first.charts()):
            for phone in phones[1:]:
                fields = {"status": "active", "member": phone.member}
                shift.type(supervisor, new_id(), "assignment", patient, set=fields)
        for phone in (supervisor, *phones):
            assert exchange(phone) is Outcome.DONE
        return shift

    @property
    def working(self) -> list[Phone]:
        return self.phones[1:]

    def create(self, phone: Phone, kind: str, record: str, patient: str) -> None:
        self.type(phone, record, kind, patient, **creation_of(kind, phone.member))
        self.records.append((record, kind, patient))

    def type(self, phone: Phone, record: str, kind: str, patient: str, **parts: Any) -> None:
        self.typed.append(Typed.on(phone, phone.change(record, kind, patient, **parts)))

    def edit(self, phone: Phone, by: random.Random, edits: int = 1) -> None:
        """Edits as they come: of any record, of any field, contests and deletions among them."""
        for _ in range(edits):
            record, kind, patient = by.choice(self.records)
            parts = dict(by.choice(EDITS[kind]))
            if parts.get("set") == {"member": "another"}:
                parts = {"set": {"member": by.choice(self.working).member}}
            self.type(phone, record, kind, patient, **parts)

    def check(self) -> Stored:
        """Everybody syncs until there is nothing more; then properties 1 to 8 hold."""
        for _ in range(2):
            for phone in self.phones:
                assert persist(phone) is Outcome.DONE
        stored = Stored.read(self.office.organisation)
        everything = stored.record_rows
        charts = {patient for _, _, patient in self.records if patient in everything}
        invariants.every_record_is_the_fold_of_its_log(stored, everything)
        invariants.numbers_are_given_once(stored)
        invariants.a_wrong_clock_wins_nothing(stored, everything, now_ms())
        invariants.nothing_typed_is_lost(stored, self.typed, self.phones)
        aside = {
            key: author
            for id_ in everything
            for key, author in invariants.set_aside_in(stored, id_).items()
        }
        invariants.every_write_set_aside_has_its_notice(stored, aside)
        for phone in self.phones:
            assert phone.outbox == []
            invariants.a_phone_was_told(phone, aside)
            is_office = phone is self.phones[0]
            role, held = ("supervisor", set()) if is_office else ("coordinator", charts)
            invariants.a_phone_holds_what_it_may(phone, role, stored, held)
        return stored


def persist(phone: Phone) -> Outcome:
    """Sync, and again where the line or the server fails, as a phone does all day."""
    deadline, pause = time.monotonic() + PATIENCE_S, Event()
    while (outcome := exchange(phone)) is Outcome.OFFLINE:
        assert time.monotonic() < deadline, "the server does not come back"
        pause.wait(0.02)
    return outcome


def all_at_once(shift: Shift, work: Callable[[int, Phone], object]) -> None:
    """Everybody's work, each in a thread of their own; what went wrong with one is raised."""
    with ThreadPoolExecutor(len(shift.working)) as threads:
        at_work = [threads.submit(work, *each) for each in enumerate(shift.working)]
    for each in at_work:
        each.result()
