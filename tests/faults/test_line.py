"""The line between a phone and a real server misbehaves: answers are lost, doubled, late, cut in
the middle, or a captive portal's page with status 200; and a phone sends two requests at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from server.database import begin
from server.sync.stored import take_counter
from tests.e2e.deployment import Deployment
from tests.e2e.proxy import Line
from tests.faults.shift import Shift, persist
from tests.faults.watching import until
from tests.fire import invariants
from tests.fire.stored import Stored
from tests.phone.http import HttpClient
from tests.phone.phone import Phone
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

MODES = ("lost", "torn", "captive", "cut")
ROUNDS = 3


@pytest.fixture
def shift(app: Flask, deployment: Deployment) -> Shift:
    return Shift.begin(Office.open(app, origin=deployment.origin), people=2)


@pytest.fixture
def lines(shift: Shift, deployment: Deployment) -> Iterator[list[Line]]:
    """A line of its own for each phone at work."""
    made = [Line(("127.0.0.1", deployment.port)) for _ in shift.working]
    for phone, line in zip(shift.working, made, strict=True):
        phone.session.client = HttpClient(deployment.origin, proxy=line.port)
    yield made
    for line in made:
        line.close()


def test_whatever_the_line_does_to_answers_nothing_is_lost_or_doubled(
    shift: Shift, lines: list[Line], deployment: Deployment
) -> None:
    by, (ours, theirs) = random.Random(7), shift.working
    for mode in MODES * ROUNDS:
        shift.edit(ours, by, edits=2)
        shift.edit(theirs, by, edits=2)
        lines[0].behave(mode)
        before = numbers(shift)
        assert exchange(ours) is Outcome.OFFLINE, mode
        assert len(ours.outbox) == 2, "what was not answered is kept"
        arrived = numbers(shift) - before
        assert arrived == (0 if mode in ("captive", "cut") else 2), "the blow fell after the push"
        if by.random() < 0.5:
            ours.restart()
        assert persist(theirs) is Outcome.DONE
        lines[0].behave("up")
        assert persist(ours) is Outcome.DONE
    assert {each.outcome for each in lines[0].exchanges} >= {"lost", "torn", "captive", "answered"}

    two_requests_at_once(shift, ours, lines[0])
    an_answer_that_comes_late(shift, ours, lines[0])
    a_doubled_request(shift, ours)
    shift.check()


def numbers(shift: Shift) -> int:
    """How many changes of the phones at work the server has taken or refused."""
    stored = Stored.read(shift.office.organisation)
    return len(stored.change_rows) + len(stored.refusal_rows)


def a_doubled_request(shift: Shift, phone: Phone) -> None:
    """The network sends one request twice: the answers are the same (property 2)."""
    shift.edit(phone, random.Random(1), edits=5)
    body = phone.request()
    first, second = phone.send(body), phone.send(body)
    invariants.dots_answered_alike(first.json, second.json)
    phone.apply(second.json)


def two_requests_at_once(shift: Shift, phone: Phone, line: Line) -> None:
    """One and the same push arrives twice while neither is answered: both wait for the counter,
    which is held until both are there. The changes are taken once, and both are told the same."""
    shift.edit(phone, random.Random(2), edits=5)
    body, before = phone.request(), numbers(shift)
    organisation = shift.office.organisation
    with ThreadPoolExecutor(2) as threads:
        with begin(organisation, write=True) as connection:
            take_counter(connection, organisation)
            sent = [threads.submit(phone.send, body) for _ in range(2)]
            until(lambda: line.arrived - len(line.exchanges) == 2)
        first, second = (each.result() for each in sent)
    invariants.dots_answered_alike(first.json, second.json)
    assert numbers(shift) == before + 5
    phone.apply(first.json)


def an_answer_that_comes_late(shift: Shift, phone: Phone, line: Line) -> None:
    """An answer that was held up arrives after that of a later request, and is taken in once
    more: nothing of what came meanwhile goes back for good."""
    by = random.Random(3)
    shift.edit(phone, by, edits=2)
    late = phone.send(phone.request()).json
    shift.edit(phone, by, edits=2)
    assert persist(phone) is Outcome.DONE
    phone.apply(late)
    assert persist(phone) is Outcome.DONE
