"""Yesterday's backup is put back under twenty phones that have worked since; some are lost. The
rest come back in any order, some cut off in the middle, and after each has synced the server holds
every change that any of them knew, and all agree (property 9)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from sync import canonical
from tests.fire.backups import Backups
from tests.fire.steady import DAY_MS, HOUR_MS, Clock
from tests.fire.stored import Dot, Stored, parts_of
from tests.fire.world import KINDS, World
from tests.phone.http import Unanswered
from tests.phone.phone import Phone
from tests.phone.rounds import Outcome, exchange

PEOPLE = 9
LOST = 4
DEEDS = 50


@dataclass
class Known:
    """What a set of phones knew when the database was put back."""

    changes: dict[Dot, tuple[str, bytes]] = field(default_factory=dict)
    """Record and parts of each change in their journals and outboxes."""
    copies: list[dict[str, Any]] = field(default_factory=list)
    """The records that they held, where these had changed since the backup."""

    @classmethod
    def to(cls, phones: list[Phone], since: int) -> Known:
        known = cls()
        for phone in phones:
            mine = [((phone.device, each["n"]), each) for each in phone.outbox]
            mine += [(dot, entry.change) for dot, entry in phone.journal.items()]
            known.changes |= {dot: (each["record"], parts_of(each)) for dot, each in mine}
            known.copies += [each for each in phone.held.values() if each["version"] > since]
        return known


@dataclass
class Lossy:
    """A line on which some answers are lost, after the server has done its part."""

    client: Any
    source: random.Random
    lost: int = 0

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, **options)

    def post(self, path: str, **options: Any) -> Any:
        answer = self.client.post(path, **options)
        if self.source.random() < 0.3:
            self.lost += 1
            raise Unanswered(path)
        return answer


@pytest.mark.parametrize("seed", [1, 2])
def test_a_restore_loses_nothing_that_a_phone_still_holds(
    app: Flask, clock: Clock, backups: Backups, seed: int
) -> None:
    source = random.Random(seed)
    world = crowd(app, clock, backups)
    backup = world.back_up()
    clock.pass_(DAY_MS)
    work(world, source)
    lost = source.sample(world.phones, LOST)
    world.phones = [phone for phone in world.phones if phone not in lost]
    forget_lost(world, lost)
    world.check()
    known = Known.to(world.everyone, backup.stored.head)
    before = Stored.read(world.office.organisation)
    gone = before.change_rows.keys() - backup.stored.change_rows.keys()
    assert len(gone) > 40
    assert gone - known.changes.keys(), "the lost phones knew nothing alone"

    world.restore(backup)
    cuts, losses = come_back(world, source)
    assert cuts
    assert losses
    restored = Stored.read(world.office.organisation)
    for dot, (record, parts) in known.changes.items():
        assert (record, parts) in restored.said(dot), "a change that a phone knew is not back"
    offered = take_in_salvage(world, known, restored)
    assert offered, "nothing was known through copies alone"
    assert world.desk.end_restore()
    world.come_to_rest()
    healed = Stored.read(world.office.organisation)
    assert not healed.waiting_rows
    for dot in known.changes.keys() & before.change_rows.keys():
        assert dot in healed.change_rows, "what was accepted before is refused"
    for copy in known.copies:
        assert not missing(copy, healed), "what a copy showed is not in its record's log"


def crowd(app: Flask, clock: Clock, backups: Backups) -> World:
    """Nine people with two phones each, their supervisor with one, and somebody's third."""
    world = World.open(app, clock, backups)
    for number in range(PEOPLE - len(world.people)):
        role = ("coordinator", "clinician")[number % 2]
        who = world.office.add(role, ("North", "South")[number % 2])
        world.people.append(who)
        world.roles[who] = role
    phones = [world.office.phone(who) for who in world.people[1:]]
    phones += [world.office.phone(who) for who in world.people[3:]]
    world.phones += phones
    assert len(world.everyone) >= 19
    world.phones.append(world.office.phone(world.people[0]))
    assert len(world.everyone) == 20
    for phone in phones[2:8]:
        patient = world.create(phone, "patient", None)
        for kind in KINDS:
            world.create(phone, kind, patient)
        assert world.sync(phone) is Outcome.DONE
    for patient in world.known_patients():
        for who in random.Random(patient).sample(world.people, 2):
            assert world.desk.assign(patient, who, None, None)
    for phone in world.everyone:
        assert world.sync(phone) is Outcome.DONE
    return world


def work(world: World, source: random.Random) -> None:
    """A day: edits, some of one record by many, new charts, charts passed on; now and then one of
    the phones is in touch."""
    for _ in range(DEEDS):
        world.clock.pass_(source.randrange(HOUR_MS // 10))
        phone = source.choice(world.phones)
        match source.randrange(10):
            case 0:
                world.edit_together(source.randrange(60), source.randrange(60))
            case 1:
                patient = world.create(phone, "patient", None)
                world.create(phone, "medication", patient)
            case 2:
                world.desk.hand_over(source.randrange(20), source.choice(world.people))
            case _:
                for _ in range(2):
                    world.edit(phone, source.randrange(60), source.randrange(60))
        if source.random() < 0.7:
            assert world.sync(source.choice([phone, *world.phones])) is Outcome.DONE


def forget_lost(world: World, lost: list[Phone]) -> None:
    """What was only ever typed on a phone that is lost is lost with it."""
    stored = Stored.read(world.office.organisation)
    for each in world.typed:
        if each.phone in lost and not any(stored.said(dot) for dot in each.dots):
            each.may_be_lost = True


def come_back(world: World, source: random.Random) -> tuple[int, int]:
    """Everybody follows, in any order: some go off in the middle, some lose answers; how often."""
    order = world.everyone
    source.shuffle(order)
    cuts = losses = 0
    for phone in order:
        if source.random() < 0.4:
            cuts += world.sync_until_power_cut(phone, source.randrange(5))
        if source.random() < 0.4:
            line = Lossy(phone.session.client, source)
            phone.session.client = line
            exchange(phone, 3)
            phone.session.client = line.client
            losses += line.lost
        if source.random() < 0.8:
            assert world.sync(phone) is Outcome.DONE
    for phone in order:
        assert world.sync(phone) is Outcome.DONE
    return cuts, losses


def take_in_salvage(world: World, known: Known, restored: Stored) -> int:
    """Every copy that shows what no log has is offered to Sue, who takes all in; how many."""
    wanted = {copy["id"] for copy in known.copies if missing(copy, restored)}
    listed = world.desk.offers()
    assert wanted <= {each["record"] for each in listed}
    taken = 0
    while offers := world.desk.offers():
        answer = world.desk.ask(
            f"/api/office/salvage/{offers[0]['record']}/{offers[0]['hash']}/take-in"
        )
        assert answer.json["accepted"], answer.json
        taken += 1
    return taken


def missing(copy: dict[str, Any], stored: Stored) -> set[str]:
    """The fields of a copy that show something that neither the record shows nor any of its changes
    wrote: a value, an element, or a sentence of prose."""
    log, body = stored.logs.get(copy["id"], []), stored.bodies.get(copy["id"])
    shown = body["fields"] if body else {}
    return {
        name
        for name, value in copy["fields"].items()
        if not pieces(value)
        <= pieces(shown.get(name)).union(
            *(pieces(change.set.get(name)) for change in log),
            *(pieces(change.add.get(name)) for change in log),
        )
    }


def pieces(value: Any) -> set[bytes]:
    if isinstance(value, str):
        return {sentence.strip(" .").encode() for sentence in value.split(".")} - {b""}
    return set(map(canonical, value if isinstance(value, list) else [value])) - {b"null"}
