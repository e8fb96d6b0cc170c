"""What waited is folded once what it waited for is back, by whatever brings that."""

from __future__ import annotations

from typing import Any

import pytest

from server.organisations import leave
from server.sync.local import LocalDevice
from server.tables import refusals, waiting_changes
from tests.server.changed_catalogue import catalogue_with
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, epoch_of, rows_of, shown
from tests.server.sync.test_pull import give

PATIENT = {"name": {"family": "Okafor"}}


def waits(office: Office) -> list[tuple[int, str]]:
    return rows_of(office, waiting_changes, "n", "wants")


@pytest.fixture
def chart(phone: Phone) -> str:
    patient = phone.new_patient()
    phone.sync()
    return patient


def test_what_waits_for_what_waits_follows_in_turn(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """The last phone to return brings the chart; the first two wait for it, and for each other."""
    backup = Backup(office)
    first, second, third = Journal(phone), Journal(supervisor), Journal(colleague)
    patient = phone.new_patient()
    first.sync()
    supervisor.sync()
    supervisor.change(
        *(new_id(), "assignment", patient), set={"status": "active", "member": colleague.member}
    )
    second.sync()
    colleague.sync()
    record = colleague.new("medication", patient, name="Aspirin", dose="1 mg")
    third.sync()
    phone.sync()
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    first.sync()
    before = shown(office)
    backup.restore()
    assert third.take_back(office)["waiting"] == [1]
    assert second.take_back(office)["waiting"] == [1]
    assert len(waits(office)) == 2
    assert [each["n"] for each in first.take_back(office)["accepted"]] == [1, 2]
    assert waits(office) == []
    assert shown(office) == before


def test_a_cover_brings_what_waited_for_any_of_its_charts(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    backup, kept, other = Backup(office), Journal(colleague), Journal(supervisor)
    supervisor.new(
        "cover", None, member=colleague.member, for_member=phone.member, starts="2026-01-01"
    )
    other.sync()
    colleague.sync()
    record = colleague.new("medication", chart, name="Aspirin")
    kept.sync()
    before = shown(office)[record]
    backup.restore()
    assert kept.take_back(office)["waiting"] == [1]
    other.take_back(office)
    assert waits(office) == []
    assert shown(office)[record] == before


def test_a_push_that_is_not_taken_back_brings_it_as_well(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """A program of the server's own, or a phone in the new epoch."""
    backup, kept = Backup(office), Journal(phone)
    patient = phone.new_patient()
    phone.sync()
    record = phone.new("medication", patient, name="Aspirin")
    kept.sync()
    backup.restore()
    assert kept.take_back(office)["waiting"] == [2]
    computer = LocalDevice.enrol(office.organisation, supervisor.member, "Office computer")
    created = {"record": patient, "kind": "patient", "patient": patient, "set": PATIENT}
    assert not computer.push([created]).refused
    assert waits(office) == [(2, "grant")]
    supervisor.epoch = supervisor.cursor = None
    give(supervisor, patient, phone.member)
    assert waits(office) == []
    assert shown(office)[record]["fields"] == {"name": "Aspirin"}


def test_what_a_supervisor_takes_in_of_a_lost_phone_brings_it_as_well(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    give(supervisor, chart, colleague.member)
    backup, creator, editor = Backup(office), Journal(phone), Journal(colleague)
    record = phone.new("medication", chart, name="Aspirin", dose="1 mg")
    creator.sync()
    colleague.sync_all()
    colleague.change(record, "medication", chart, set={"dose": "2 mg"})
    editor.sync()
    before = shown(office)[record]
    backup.restore()
    assert editor.take_back(office)["waiting"] == [1]
    supervisor.session.post(f"/api/devices/{phone.device}/revoke", {})
    body = creator.body(2, epoch=epoch_of(office))
    assert phone.session.post("/api/take-back", body).json["wipe"] is True
    accepted = supervisor.session.post(f"/api/office/refusals/{phone.device}/2/accept", {})
    assert accepted.json == {"accepted": True, "with": []}
    assert waits(office) == []
    assert shown(office)[record] == before


def test_what_cannot_stand_for_its_own_sake_waits_no_longer(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    """It was never sent before, and is judged once its chart is there."""
    backup, kept = Backup(office), Journal(colleague)
    backup.restore()
    colleague.new("medication", chart, name=7)
    answer = kept.take_back(office)
    assert answer["waiting"] == [1]
    supervisor.epoch = supervisor.cursor = None
    give(supervisor, chart, colleague.member)
    assert waits(office) == []
    assert rows_of(office, refusals, "n", "outcome") == [(1, None)]


def test_of_whoever_left_meanwhile_nothing_is_folded_before_somebody_looked_at_it(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, chart: str
) -> None:
    backup, kept, other = Backup(office), Journal(colleague), Journal(supervisor)
    supervisor.change(
        *(new_id(), "assignment", chart), set={"status": "active", "member": colleague.member}
    )
    other.sync()
    colleague.sync()
    record = colleague.new("medication", chart, name="Aspirin")
    kept.sync()
    backup.restore()
    assert kept.take_back(office)["waiting"] == [1]
    leave(office.organisation, office.email(colleague.member))
    other.take_back(office)
    assert waits(office) == [(1, "grant")]
    assert supervisor.session.post("/api/office/restore/end", {}).status_code == 204
    assert waits(office) == []
    assert record not in shown(office)
    accept = f"/api/office/refusals/{colleague.device}/1/accept"
    assert supervisor.session.post(accept, {}).json["accepted"] is True
    assert shown(office)[record]["fields"] == {"name": "Aspirin"}


def test_a_dot_that_was_answered_meanwhile_waits_no_longer(
    phone: Phone, office: Office, chart: str
) -> None:
    """An older app sends what waits as it sends everything: its answer is final."""
    backup, kept = Backup(office), Journal(phone)
    backup.restore()
    change = phone.change(new_id(), "task", chart, set={"priority": "urgent"})
    assert kept.take_back(office)["waiting"] == [2]
    phone.outbox[:] = [change]
    phone.epoch = phone.cursor = phone.made[2] = None
    assert phone.sync()["refused"]
    answer = kept.take_back(office, changes=[change])
    assert (len(answer["refused"]), answer["waiting"]) == (1, [])
    assert waits(office) == []


@pytest.mark.parametrize(
    "parts",
    [
        {"status": "NOT-TODAY"},
        {"status": {"local": "2026-11-21T10:00"}},
        {"due": "T"},
        {"description": "a" * 20_001},
        {"from_a_newer_version": {"a": 1}},
    ],
)
def test_no_made_up_change_that_waits_holds_up_what_it_waits_for(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    office: Office,
    chart: str,
    parts: dict[str, Any],
) -> None:
    """It claims a number that was lost, so that nothing was asked of its values before."""
    span = Backup(office).restore()
    change = colleague.change(new_id(), "task", chart, set={"description": "Call"} | parts)
    kept = Journal(colleague)
    colleague.outbox[:] = [change | {"seqs": [span.head + 1]}]
    assert kept.take_back(office)["accepted"] == []
    supervisor.epoch = supervisor.cursor = None
    give(supervisor, chart, colleague.member)
    assert supervisor.session.post("/api/office/restore/end", {}).status_code == 204
    assert waits(office) == []


def test_what_was_taken_before_is_answered_though_its_kind_is_gone(
    phone: Phone, office: Office, chart: str
) -> None:
    """Sent again while a restore is open, it heals nothing that it has not healed."""
    Backup(office).restore()
    phone.epoch = phone.cursor = None
    phone.sync_all()
    change = phone.change(new_id(), "task", chart, set={"description": "Call"})
    before = phone.sync()["accepted"]
    phone.outbox[:] = [change]
    with catalogue_with({"task": None}):
        assert phone.sync()["accepted"] == before
