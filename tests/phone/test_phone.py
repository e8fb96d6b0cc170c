"""The model phone does what the real one does: its disk, its numbers, its forgetting."""

from __future__ import annotations

import pytest

from tests.phone.phone import Phone, PowerCut
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office, new_id
from tests.server.sync.test_pull import end, own_assignment


@pytest.fixture
def chart(phone: Phone) -> str:
    patient = phone.new_patient()
    assert exchange(phone) is Outcome.DONE
    return patient


def test_an_accepted_change_is_laid_until_its_copy_comes(phone: Phone, chart: str) -> None:
    phone.new("medication", chart, name="Aspirin")
    body = phone.request(limit=1)
    phone.new("medication", chart, name="Ibuprofen")
    answer = phone.send(body).json
    phone.apply(answer | {"records": [], "more": True, "cursor": phone.cursor})
    assert [entry.state for entry in phone.journal.values()] == ["kept", "laid"]
    assert exchange(phone) is Outcome.DONE
    assert [entry.state for entry in phone.journal.values()] == ["kept"] * 3


def test_an_edit_has_seen_no_more_than_what_it_is_laid_over(phone: Phone, chart: str) -> None:
    medication = phone.new("medication", chart, name="Aspirin")
    first = phone.send(phone.request()).json
    assert phone.change(medication, "medication", chart, set={"dose": "5 mg"})["seen"] == 0
    phone.apply(first)
    assert phone.change(medication, "medication", chart, set={"dose": "6 mg"})["seen"] == 0
    exchange(phone)
    version = phone.held[medication]["version"]
    assert phone.change(medication, "medication", chart, set={"dose": "7 mg"})["seen"] == version


def test_times_are_lowered_before_the_first_sending_alone(phone: Phone, chart: str) -> None:
    phone.clock = 40_000
    early = phone.change(chart, "patient", chart, set={"gender": "female"})
    sent = phone.request()["changes"][0]
    phone.clock = 20_000
    phone.change(chart, "patient", chart, set={"gender": "male"})
    phone.clock = 0
    last = phone.change(chart, "patient", chart, set={"gender": "other"})
    changes = phone.request()["changes"]
    assert changes[0] == sent == early
    assert changes[1]["at"] == changes[2]["at"] == last["at"]


def test_a_power_cut_leaves_the_step_before(phone: Phone, chart: str) -> None:
    medication = phone.new("medication", chart, name="Aspirin")
    answer = phone.send(phone.request()).json
    phone.crash_at = phone.commits + 1
    with pytest.raises(PowerCut):
        phone.apply(answer)
    phone.restart()
    assert [each["record"] for each in phone.outbox] == [medication]
    assert medication not in phone.held
    exchange(phone)
    assert medication in phone.held
    assert phone.outbox == []


def test_a_copied_phone_enrols_anew_and_offers_the_rest(phone: Phone, chart: str) -> None:
    twin = phone.copied()
    ours = phone.new("medication", chart, name="Aspirin")
    theirs = twin.new("medication", chart, name="Ibuprofen")
    assert exchange(phone) is Outcome.DONE
    assert exchange(twin) is Outcome.DONE
    assert twin.device != phone.device
    assert exchange(phone) is Outcome.DONE
    assert {ours, theirs} <= phone.held.keys()
    assert phone.held == twin.held


def test_what_a_forgotten_chart_left_is_sent_and_then_gone(
    phone: Phone, supervisor: Phone, chart: str
) -> None:
    supervisor.sync_all()
    end(supervisor, own_assignment(phone, chart), chart)
    medication = phone.new("medication", chart, name="Aspirin")
    missing = phone.change(new_id(), "medication", chart, set={"dose": "5 mg"})
    phone.forget(chart)
    assert phone.unshown == {each["n"] for each in phone.outbox}
    assert not phone.journal
    exchange(phone)
    assert medication not in phone.held
    assert phone.not_accepted == {(phone.device, missing["n"]): None}
    assert not phone.journal


def test_a_revoked_phone_hands_in_all_and_erases_itself(
    office: Office, phone: Phone, chart: str
) -> None:
    other = office.phone(phone.member)
    exchange(other)
    other.new("medication", chart, name="Aspirin")
    phone.session.post(f"/api/devices/{other.device}/revoke", {})
    assert exchange(other) is Outcome.WIPED
    assert not other.held
    assert not other.outbox
    listed = phone.session.get("/api/devices").json["devices"]
    assert next(each for each in listed if each["id"] == other.device)["erased_at"]


def test_a_change_that_is_too_large_holds_back_no_other(phone: Phone, chart: str) -> None:
    huge = phone.new("medication", chart, name="x" * 5_500_000)
    small = phone.new("medication", chart, name="Aspirin")
    assert exchange(phone) is Outcome.DONE
    assert small in phone.held
    assert huge not in phone.held
    assert [each["code"] for each in phone.refused] == ["too_large"]
