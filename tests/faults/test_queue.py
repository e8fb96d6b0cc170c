"""A thousand changes come at once, one of them is refused, and six stand upon it: seven are not
taken, each with its reason, and hold back none of the others."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.faults.shift import Shift
from tests.phone.phone import Phone, new_id
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

QUEUED, DEPENDING = 1_000, 6


@pytest.fixture
def shift(app: Flask) -> Shift:
    return Shift.begin(Office.open(app), people=2)


def test_of_a_thousand_queued_changes_one_is_refused_and_six_with_it(shift: Shift) -> None:
    phone, colleague = shift.working
    patient = shift.records[0][2]
    refused = new_id()

    def queue(many: int) -> None:
        for number in range(many):
            shift.type(
                phone,
                new_id(),
                "task",
                patient,
                set={"description": f"{number}", "status": "requested"},
            )

    queue(400)
    too_long = {"description": "x" * 21_000, "status": "requested"}
    shift.type(phone, refused, "task", patient, set=too_long)
    first = phone.n
    for number in range(DEPENDING):
        queue(50)
        shift.type(
            phone, refused, "task", patient, set={"priority": ("stat", "routine")[number % 2]}
        )
    queue(QUEUED - len(phone.outbox))
    assert len(phone.outbox) == QUEUED

    answers = round_trips(phone)
    assert answers == [(QUEUED - 1 - DEPENDING, 1 + DEPENDING)], "in one request"
    codes = {each["n"]: each["code"] for each in phone.refused}
    assert codes.pop(first) == "invalid"
    assert list(codes.values()) == ["unknown_record"] * DEPENDING
    assert refused not in phone.held
    assert exchange(colleague) is Outcome.DONE

    mend_and_send_again(shift, phone, first)
    assert len(phone.held) == len(colleague.held) + 1
    assert phone.fields(refused)["priority"] == "routine"
    shift.check()


def round_trips(phone: Phone) -> list[tuple[int, int]]:
    """How many each request that carried changes had accepted and refused."""
    answers = []
    while phone.outbox:
        answer = phone.sync()
        answers.append((len(answer["accepted"]), len(answer["refused"])))
    return answers


def mend_and_send_again(shift: Shift, phone: Phone, first: int) -> None:
    """As on *Not accepted*: the one is shortened, and all are sent anew in their order."""
    for device, n in sorted(phone.not_accepted):
        mended = {"set": {"description": "Short", "status": "requested"}} if n == first else {}
        sent = phone.send_again((device, n), **mended)
        assert sent is not None
    assert exchange(phone) is Outcome.DONE
    assert phone.not_accepted == {}
