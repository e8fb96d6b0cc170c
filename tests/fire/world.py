"""An organisation at work: people, their phones, and what each may do in it. The state machine
(machine.py) draws what happens; tests of one thing say it themselves.

    North   Anna, with two phones    Ben       ┐ supervised by Sue, whose colleague Tom
    South   Cleo                               ┘ may review as well
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from flask import Flask

from server.database import begin
from server.organisations import leave_in
from tests.fire import invariants
from tests.fire.backups import Backups
from tests.fire.desk import Desk
from tests.fire.holding import Opening, charts_held
from tests.fire.pools import EDITS, creation_of
from tests.fire.steady import Clock
from tests.fire.stored import Stored
from tests.fire.typed import Typed, unanswered
from tests.phone.journal import Change
from tests.phone.phone import Phone, PowerCut, new_id
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

KINDS = ("medication", "task", "visit")
MOST_PHONES = 8


@dataclass(frozen=True)
class Backup:
    """A copy of the database, and what was true then."""

    copy: Any
    stored: Stored
    openings: list[Opening]
    left: set[str]


@dataclass
class World:
    office: Office
    clock: Clock
    backups: Backups
    supervisor: Phone
    phones: list[Phone]
    people: list[str]
    """Those who may hold charts."""
    roles: dict[str, str]
    openings: list[Opening] = field(default_factory=list)
    left: set[str] = field(default_factory=set)
    typed: list[Typed] = field(default_factory=list)
    seen: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    """The versions of a record that have stood on a phone's screen."""
    held_once: set[tuple[str, str]] = field(default_factory=set)
    requests: dict[int, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    """The last request of each phone that was answered, with its answer."""
    happened: Counter[str] = field(default_factory=Counter)
    """What came about: a world in which nothing does proves nothing."""
    checked: dict[str, tuple[str, int]] = field(default_factory=dict)
    """How records stood that were found to be the fold of their logs."""
    aside: dict[str, dict[bytes, str]] = field(default_factory=dict)
    """What each of them stands without: the author by the notice."""

    @classmethod
    def open(cls, app: Flask, clock: Clock, backups: Backups) -> World:
        office = Office.open(app)
        anna, ben = office.add("coordinator", "North"), office.add("clinician", "North")
        cleo = office.add("coordinator", "South")
        sue = office.add("supervisor", "North", "South")
        supervisor = office.phone(sue)
        phones = [office.phone(who) for who in (anna, anna, ben, cleo)]
        roles = {anna: "coordinator", ben: "clinician", cleo: "coordinator", sue: "supervisor"}
        world = cls(office, clock, backups, supervisor, phones, [anna, ben, cleo], roles)
        for phone in (phones[0], phones[2]):
            patient = world.create(phone, "patient", None)
            for kind in KINDS:
                world.create(phone, kind, patient)
        for phone in (phones[0], phones[2], *world.everyone):
            assert world.sync(phone) is Outcome.DONE
        return world

    @property
    def everyone(self) -> list[Phone]:
        return [phone for phone in (self.supervisor, *self.phones) if not phone.is_wiped]

    @property
    def desk(self) -> Desk:
        return Desk(self)

    @property
    def working(self) -> list[Phone]:
        return [phone for phone in self.phones if not phone.is_wiped]

    def copied(self) -> World:
        """The same world once more, to go on from; its database is copied by `backups`."""
        twins = {id(phone): phone.copied() for phone in (self.supervisor, *self.phones)}
        return replace(
            self,
            supervisor=twins[id(self.supervisor)],
            phones=[twins[id(phone)] for phone in self.phones],
            people=list(self.people),
            openings=list(self.openings),
            left=set(self.left),
            typed=[
                replace(each, phone=twins[id(each.phone)], dots=list(each.dots))
                for each in self.typed
            ],
            seen={(id(twins[of]), record): list(v) for (of, record), v in self.seen.items()},
            held_once=set(self.held_once),
            requests={},
            happened=Counter(),
            checked=dict(self.checked),
            aside=dict(self.aside),
        )

    # Work

    def type(
        self, phone: Phone, record: str, kind: str, patient: str | None, **parts: Any
    ) -> Change:
        change = phone.change(record, kind, patient, **parts)
        self.typed.append(Typed.on(phone, change))
        return change

    def create(self, phone: Phone, kind: str, patient: str | None) -> str:
        id_ = new_id()
        self.type(phone, id_, kind, patient or id_, **creation_of(kind, phone.member))
        return patient or id_

    def edit(self, phone: Phone, which: int, how: int, stale: int = 0) -> bool:
        """An edit of a record that stands on the phone, by a form that opened some versions ago;
        False where there is none."""
        shown = self.editable(phone)
        if not shown:
            return False
        record, kind, patient = shown[which % len(shown)]
        parts = dict(EDITS[kind][how % len(EDITS[kind])])
        if parts.get("set") == {"member": "another"}:
            parts = {"set": {"member": self.people[how % len(self.people)]}}
        versions = self.seen.get((id(phone), record), [])
        change = self.type(phone, record, kind, patient, **parts)
        if stale and versions:
            change["seen"] = min(change["seen"], versions[max(0, len(versions) - 1 - stale)])
        return True

    def edit_together(self, which: int, how: int) -> list[Phone]:
        """Everybody who holds some record edits it, likely the same field; who did."""
        holders: dict[str, list[Phone]] = {}
        for phone in self.working:
            for id_, _, _ in self.editable(phone):
                holders.setdefault(id_, []).append(phone)
        shared = sorted(id_ for id_, phones in holders.items() if len(phones) > 1)
        if not shared:
            return []
        record = shared[which % len(shared)]
        for step, phone in enumerate(holders[record]):
            place = [id_ for id_, _, _ in self.editable(phone)].index(record)
            self.edit(phone, place, how + step)
        return holders[record]

    def settle(self, phone: Phone, which: int) -> bool:
        """Settle a contested field by writing what it shows; a contested deletion by a keep."""
        contested = sorted(
            (id_, name) for id_, each in phone.held.items() for name in each["contested"]
        )
        if not contested:
            return False
        id_, name = contested[which % len(contested)]
        record = phone.held[id_]
        parts = {"delete": False} if name == "deleted" else {"set": {name: record["fields"][name]}}
        self.type(phone, id_, record["kind"], record["patient"], **parts)
        return True

    def send_refused_again(self, phone: Phone, which: int) -> bool:
        """Mend a refused change, by sending it anew as it was."""
        refused = sorted(dot for dot, change in phone.not_accepted.items() if change is not None)
        if not refused:
            return False
        change = phone.send_again(refused[which % len(refused)])
        assert change is not None
        self.typed.append(Typed.on(phone, change))
        return True

    def trespass(self, phone: Phone, which: int) -> None:
        """A change of a chart that the phone does not hold, by its ids."""
        rows = Stored.read(self.office.organisation).record_rows.values()
        foreign = sorted(
            (row.id, row.patient)
            for row in rows
            if row.kind == "medication" and row.patient not in phone.charts()
        )
        if foreign:
            id_, patient = foreign[which % len(foreign)]
            self.type(phone, id_, "medication", patient, set={"pharmacy": "Elsewhere"})

    def editable(self, phone: Phone) -> list[tuple[str, str, str]]:
        """Records on a phone's screen that its member may edit, its own new ones among them."""
        shown = {
            id_: (each["kind"], each["patient"])
            for id_, each in phone.held.items()
            if each["kind"] in EDITS
        }
        for change in phone.outbox:
            if change["kind"] in EDITS and change["n"] not in phone.unshown and "set" in change:
                shown.setdefault(change["record"], (change["kind"], change["patient"]))
        return sorted((id_, kind, patient) for id_, (kind, patient) in shown.items())

    # Lines

    def sync(self, phone: Phone, limit: int = 500) -> Outcome:
        """A whole sync; signed out, its member signs in by their passkey and tries again."""
        before = self._before(phone)
        outcome = exchange(phone, limit)
        if outcome in (Outcome.SIGNED_OUT, Outcome.REFUSED) and phone.member not in self.left:
            self.office.sign_in(phone)
            outcome = exchange(phone, limit)
        self._after(phone, before)
        assert outcome is not Outcome.OFFLINE, "the server failed"
        if outcome is Outcome.DONE:
            self.check_phone(phone)
        return outcome

    def sync_until_power_cut(self, phone: Phone, steps: int) -> bool:
        """A sync in which the phone goes off before some durable step; whether it did."""
        before = self._before(phone)
        phone.crash_at = phone.commits + 1 + steps
        try:
            exchange(phone, 3)
        except PowerCut:
            phone.restart()
            self._after(phone, before)
            return True
        phone.crash_at = None
        self._after(phone, before)
        return False

    def one_page(self, phone: Phone, limit: int, **parts: Any) -> bool:
        """One round trip of a sync that is then interrupted; False where the phone cannot."""
        if phone.restored is not None or self._waits(phone):
            return False
        before = self._before(phone)
        body = phone.request(limit=limit, **parts)
        response = phone.send(body)
        assert response.status_code < 500, response.text
        if response.status_code == 200 and "restored" not in response.json:
            phone.apply(response.json)
            self.requests[id(phone)] = (body, response.json)
        self._after(phone, before)
        return response.status_code == 200

    def lose_answer(self, phone: Phone) -> bool:
        """A request arrives and its answer does not; False where it was none."""
        if phone.restored is not None or self._waits(phone) or not phone.outbox:
            return False
        return phone.send(phone.request(limit=5)).status_code == 200

    def send_twice(self, phone: Phone) -> bool:
        """The line doubles a request: both are answered alike (property 2)."""
        if phone.restored is not None or self._waits(phone):
            return False
        body = phone.request(limit=5)
        first, second = phone.send(body), phone.send(body)
        if first.status_code != 200 or "restored" in first.json:
            return False
        invariants.dots_answered_alike(first.json, second.json)
        before = self._before(phone)
        phone.apply(second.json)
        self._after(phone, before)
        return bool(body["changes"])

    def send_old_again(self, phone: Phone) -> bool:
        """An old request arrives once more: its answer is the same and nothing moves."""
        old = self.requests.get(id(phone))
        if old is None or phone.is_wiped or not old[0]["changes"]:
            return False
        body, answer = old
        if body["device"] != phone.device:
            return False
        before = Stored.read(self.office.organisation)
        again = phone.send(body)
        if again.status_code != 200 or "restored" in again.json:
            return False
        invariants.dots_answered_alike(answer, again.json)
        after = Stored.read(self.office.organisation)
        for name in ("record_rows", "change_rows", "refusal_rows", "notice_rows"):
            assert getattr(before, name) == getattr(after, name), f"a retry moved {name}"
        return True

    # The office

    def open_chart(self, phone: Phone, patient: str) -> bool:
        answer = phone.session.post(
            f"/api/charts/{patient}/open", {"reason": "The daughter phoned"}
        )
        if answer.status_code == 201:
            self.openings.append(Opening(phone.member, patient, self.clock.now_ms))
        return bool(answer.status_code == 201)

    def leave(self, who: str) -> None:
        with begin(self.office.organisation, write=True) as connection:
            leave_in(connection, self.office.organisation, who)
        self.left.add(who)

    def known_patients(self) -> list[str]:
        """The patients of the charts that there are."""
        rows = Stored.read(self.office.organisation).record_rows.values()
        return sorted(row.id for row in rows if row.kind == "patient")

    # Restores

    def back_up(self) -> Backup:
        stored = Stored.read(self.office.organisation)
        return Backup(self.backups.take(), stored, list(self.openings), set(self.left))

    def restore(self, backup: Backup) -> None:
        """The database is what it was; what was done by hand since must be done again. Everybody
        signs in anew."""
        self.clock.pass_(1_000)
        before = Stored.read(self.office.organisation)
        self.backups.put_back(backup.copy)
        self.backups.begin_epoch(before.head, self.office.organisation, self.clock.now_ms)
        self.openings, self.left = list(backup.openings), set(backup.left)
        self.requests.clear()
        self.checked.clear()
        self.aside.clear()
        lost = before.change_rows.keys() - backup.stored.change_rows.keys()
        self.happened["lost by a restore"] += len(lost)
        on_phones = unanswered(self.everyone, "")
        for each in self.typed:
            is_known = any((dot, each.record, each.parts) in on_phones for dot in each.dots)
            if not is_known and not invariants.is_stored(backup.stored, each):
                each.may_be_lost = True
        for phone in self.everyone:
            if phone.member not in self.left:
                self.office.sign_in(phone)

    # What is true

    def charts(self, stored: Stored) -> dict[str, set[str]]:
        return charts_held(stored.bodies.values(), self.openings, self.left, self.clock.now_ms)

    def note_holders(self, stored: Stored) -> None:
        self.held_once |= {
            (who, patient) for who, held in self.charts(stored).items() for patient in held
        }

    def check(self) -> Stored:
        """What holds at every moment."""
        stored = Stored.read(self.office.organisation)
        self.note_holders(stored)
        fresh = [
            id_ for id_ in stored.record_rows if self.checked.get(id_) != stored.stands_at(id_)
        ]
        invariants.every_record_is_the_fold_of_its_log(stored, fresh)
        invariants.numbers_are_given_once(stored)
        invariants.a_wrong_clock_wins_nothing(stored, fresh, self.clock.now_ms)
        for id_ in fresh:
            self.aside[id_] = invariants.set_aside_in(stored, id_)
            invariants.every_write_set_aside_has_its_notice(stored, self.aside[id_])
        invariants.nothing_typed_is_lost(stored, self.typed, self.everyone)
        invariants.only_holders_write(stored, self.held_once, {self.supervisor.member})
        self.checked |= {id_: stored.stands_at(id_) for id_ in fresh}
        return stored

    def check_phone(self, phone: Phone) -> None:
        """What holds of a phone that has just heard everything."""
        stored = self.check()
        charts = self.charts(stored).get(phone.member, set())
        invariants.a_phone_holds_what_it_may(phone, self.roles[phone.member], stored, charts)
        for aside in self.aside.values():
            invariants.a_phone_was_told(phone, aside)
        self.note_screens(phone)

    def note_screens(self, phone: Phone) -> None:
        for id_, record in phone.held.items():
            versions = self.seen.setdefault((id(phone), id_), [])
            if not versions or versions[-1] != record["version"]:
                versions.append(record["version"])

    def is_known(self, phone: Phone) -> bool:
        state = phone.session.get(f"/api/devices/{phone.device}/state")
        return bool(state.status_code == 200)

    def come_to_rest(self) -> None:
        """Everybody syncs until nobody brings anything; then all agree, and nothing was lost."""
        for _ in range(2):
            for phone in self.everyone:
                outcome = self.sync(phone, 3)
                if phone.member in self.left and not self.is_known(phone):
                    # Nobody's: enrolled after the backup, and its member cannot sign in any more.
                    assert outcome is Outcome.SIGNED_OUT
                elif phone.member in self.left:
                    assert outcome is Outcome.WIPED
                else:
                    assert outcome in (Outcome.DONE, Outcome.WIPED), outcome
        for phone in self.everyone:
            assert phone.member in self.left or phone.outbox == []
        self.check()

    def count_outcomes(self) -> None:
        """What came of it all, for the statistics."""
        stored = Stored.read(self.office.organisation)
        for body in stored.bodies.values():
            for name in body["contested"]:
                self.happened["contested" if name != "deleted" else "deletion contested"] += 1
            self.happened["overruled"] += len(body["overruled"])
            self.happened["deleted"] += body["deleted"]
        self.happened["set aside"] += len(stored.notice_rows)
        for row in stored.refusal_rows.values():
            self.happened[f"refused {orjson.loads(row.answer)['code']}"] += 1
        for phone in self.phones:
            self.happened["told"] += len(phone.told)
        self.happened += Counter()

    def _waits(self, phone: Phone) -> bool:
        return any(entry.state == "waiting" for entry in phone.journal.values())

    def _before(self, phone: Phone) -> str:
        """A request takes its time."""
        self.clock.pass_(10)
        return phone.device

    def _after(self, phone: Phone, device: str) -> None:
        """Follow what a phone numbered again, and who may have written by then."""
        self.note_holders(Stored.read(self.office.organisation))
        if phone.device != device and not phone.is_wiped:
            self.happened["enrolled anew"] += 1
        for each in self.typed:
            for old, new in phone.renumbered.items():
                if old in each.dots and new not in each.dots:
                    each.dots.append(new)
