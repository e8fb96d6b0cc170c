"""Who is told what was set aside: the author, once, on each of their devices."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from server.database import begin
from server.sync.notices import KEPT_MS
from server.tables import device, notices
from server.who import now_ms
from tests.server.office import Office, Phone
from tests.server.sync.test_pull import give


@pytest.fixture
def chart(phone: Phone, colleague: Phone, supervisor: Phone) -> str:
    """A chart that both coordinators hold."""
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member)
    phone.sync_all()
    colleague.sync_all()
    return patient


def test_an_overruled_author_is_told_once_on_each_device(
    phone: Phone, colleague: Phone, chart: str, office: Office
) -> None:
    second = office.phone(phone.member)
    second.sync_all()
    change = phone.change(chart, "patient", chart, set={"preferred_name": "Bea"})
    colleague.change(
        chart, "patient", chart, set={"preferred_name": "Trix"}, at=colleague.now() + 50
    )
    phone.sync()
    answer = colleague.sync()
    assert answer["set_aside"] == []
    told = {
        "device": phone.device,
        "n": change["n"],
        "record": chart,
        "field": "preferred_name",
        "value": "Bea",
    }
    assert phone.sync()["set_aside"] == [told]
    assert phone.sync()["set_aside"] == []
    assert second.sync()["set_aside"] == [told]
    assert colleague.sync()["set_aside"] == []
    assert phone.held[chart]["overruled"]["preferred_name"][0]["value"] == "Bea"


def test_it_is_not_told_again_when_the_record_moves_on(
    phone: Phone, colleague: Phone, chart: str
) -> None:
    phone.change(chart, "patient", chart, set={"preferred_name": "Bea"})
    colleague.change(
        chart, "patient", chart, set={"preferred_name": "Trix"}, at=colleague.now() + 50
    )
    phone.sync()
    colleague.sync()
    assert len(phone.sync()["set_aside"]) == 1
    colleague.change(chart, "patient", chart, set={"pronouns": "she"})
    colleague.sync()
    assert phone.sync()["set_aside"] == []


def test_a_phone_that_starts_anew_is_told_of_the_last_thirty_days(
    phone: Phone, colleague: Phone, chart: str, office: Office
) -> None:
    phone.change(chart, "patient", chart, set={"preferred_name": "Bea"})
    colleague.change(
        chart, "patient", chart, set={"preferred_name": "Trix"}, at=colleague.now() + 50
    )
    phone.sync()
    colleague.sync()
    new = office.phone(phone.member)
    assert [each["value"] for each in new.sync()["set_aside"]] == ["Bea"]
    with begin(office.organisation, write=True) as connection:
        long_ago = now_ms() - KEPT_MS - 60_000
        connection.execute(update(notices).values(told_at=long_ago))
        connection.execute(
            update(device).where(device.c.id == phone.device).values(enrolled_at=long_ago)
        )
    for limit in (1, 500):
        new = office.phone(phone.member)
        new.sync_all(limit=limit)
        assert chart in new.held
        assert new.told == []
    phone.sync()
    assert [each["value"] for each in phone.told] == ["Bea"]


def test_a_dose_changed_by_two_is_contested_and_settled_by_writing_it(
    phone: Phone, colleague: Phone, chart: str
) -> None:
    record = phone.new("medication", chart, name="Lisinopril", dose="2 mg")
    phone.sync()
    colleague.sync()
    phone.change(record, "medication", chart, set={"dose": "5 mg"})
    colleague.change(record, "medication", chart, set={"dose": "10 mg"}, at=colleague.now() + 50)
    phone.sync()
    colleague.sync()
    phone.sync()
    assert phone.held[record] == colleague.held[record]
    contested = phone.held[record]["contested"]["dose"]
    assert [each["value"] for each in contested] == ["10 mg", "5 mg"]
    assert phone.fields(record)["dose"] == "10 mg"
    assert [each["field"] for each in phone.told] == ["dose"]
    phone.change(record, "medication", chart, set={"dose": "10 mg"})
    phone.sync()
    colleague.sync()
    assert colleague.held[record]["contested"] == {}


def test_a_deletion_that_an_edit_outlived_is_told(
    phone: Phone, colleague: Phone, chart: str
) -> None:
    record = phone.new("medication", chart, name="Aspirin")
    phone.sync()
    colleague.sync()
    phone.change(record, "medication", chart, delete=True)
    colleague.change(record, "medication", chart, set={"dose": "5 mg"})
    phone.sync()
    colleague.sync()
    phone.sync()
    assert phone.held[record]["deleted"] is False
    assert [(each["field"], each["value"]) for each in phone.told] == [("deleted", True)]


def test_a_signed_note_is_locked_for_those_who_saw_the_signature(
    phone: Phone, colleague: Phone, chart: str
) -> None:
    visit = phone.new("visit", chart, member=phone.member, note_how="Well.")
    phone.sync()
    colleague.sync()
    signature = {
        "name": "Rosa Rivera",
        "role": "patient",
        "at": "2026-11-21T10:00:00-05:00",
        "text": "Well.",
        "hash": "0" * 64,
    }
    phone.change(visit, "visit", chart, add={"signature": [signature]})
    assert not phone.sync()["refused"]
    phone.change(visit, "visit", chart, set={"note_how": "Not so well."})
    assert [each["code"] for each in phone.sync()["refused"]] == ["locked"]
    colleague.change(visit, "visit", chart, set={"note_how": "Tired."})
    assert not colleague.sync()["refused"]
    assert [each["field"] for each in colleague.sync()["set_aside"] or colleague.told] == [
        "note_how"
    ]
