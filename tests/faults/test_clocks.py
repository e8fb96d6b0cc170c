"""A server whose clock is a year ahead of the phones', or a year behind, or is set right while they
work: the order of what was seen holds, nothing lies in the server's future, and nothing is lost."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from server.who import now_ms
from tests.faults.shift import Shift
from tests.fire.conftest import clock
from tests.fire.steady import MINUTE_MS, Clock
from tests.fire.stored import Stored
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

__all__ = ["clock"]

YEAR_MS = 365 * 24 * 3600 * 1000
SLACK_MS = 1_000
"""A change that saw another is put after it, a millisecond each."""


@pytest.fixture
def shift(app: Flask, clock: Clock) -> Shift:
    return Shift.begin(Office.open(app), people=3)


def set_server(shift: Shift, ahead: int) -> None:
    """To the server it is all one whether its own clock or everybody else's is wrong."""
    for phone in shift.phones:
        phone.clock = -ahead


@pytest.mark.parametrize("ahead", [YEAR_MS, -YEAR_MS])
def test_a_server_that_is_a_year_wrong_orders_what_was_seen(shift: Shift, ahead: int) -> None:
    set_server(shift, ahead)
    first, second, _ = shift.working
    record, kind, patient = next(each for each in shift.records if each[1] == "medication")
    for phone, dose in ((first, "5 mg"), (second, "10 mg"), (first, "20 mg")):
        assert exchange(phone) is Outcome.DONE
        shift.type(phone, record, kind, patient, set={"dose": dose})
        assert exchange(phone) is Outcome.DONE
    assert first.fields(record)["dose"] == "20 mg"
    assert first.held[record]["contested"] == {}
    work(shift, random.Random(ahead))
    stored = shift.check()
    assert all(abs(row.at - now_ms()) < 60_000 for row in stored.change_rows.values())


def test_a_server_whose_clock_is_set_right_while_people_work(shift: Shift) -> None:
    by = random.Random(3)
    for ahead in (YEAR_MS, 0, -YEAR_MS, 30_000, 0):
        set_server(shift, ahead)
        work(shift, by)
    shift.check()


def test_phones_that_disagree_by_years_agree_about_what_stands(shift: Shift, clock: Clock) -> None:
    """Each edits off line what all had seen, by clocks two years apart: the true order stands,
    since all of them say what time they think it is."""
    for phone, ahead in zip(shift.working, (-YEAR_MS, 0, YEAR_MS), strict=True):
        phone.clock = ahead
    record, kind, patient = next(each for each in shift.records if each[1] == "medication")
    for phone in (shift.working[2], shift.working[0], shift.working[1]):
        clock.pass_(MINUTE_MS)
        shift.type(phone, record, kind, patient, set={"pharmacy": PHARMACIES[phone.clock]})
    for phone in shift.working:  # and come back in another order than they typed
        assert exchange(phone) is Outcome.DONE
    stored = shift.check()
    written = [row for row in stored.change_rows.values() if row.record == record][-3:]
    last = max(written, key=lambda row: row.at)
    assert last.device == shift.working[1].device
    for phone in shift.working:
        assert phone.fields(record)["pharmacy"] == PHARMACIES[0]


PHARMACIES = {-YEAR_MS: "Harbor", 0: "Main Street", YEAR_MS: "Station"}


def work(shift: Shift, by: random.Random) -> None:
    for _ in range(3):
        for phone in shift.working:
            shift.edit(phone, by, edits=2)
        for phone in by.sample(shift.working, 2):
            assert exchange(phone) is Outcome.DONE


def test_a_morning_of_edits_told_at_once_keeps_its_order_on_a_server_that_is_behind(
    shift: Shift,
) -> None:
    """What lies in the server's future is brought to its present, and keeps its order there."""
    set_server(shift, -30_000)  # within what is tolerated: nobody's `at` is moved by the skew
    phone = shift.working[0]
    record, kind, patient = next(each for each in shift.records if each[1] == "medication")
    for dose in ("5 mg", "10 mg", "20 mg", "5 mg"):
        shift.type(phone, record, kind, patient, set={"dose": dose})
    assert exchange(phone) is Outcome.DONE
    stored = Stored.read(shift.office.organisation)
    ats = [change.at for change in stored.logs[record]]
    assert ats == sorted(set(ats))
    assert max(ats) < now_ms() + SLACK_MS
    assert phone.fields(record)["dose"] == "5 mg"
    shift.check()
