"""POST /api/salvage: which records are kept for a supervisor, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from server.access_log import Entry, note
from server.database import begin
from server.tables import salvage
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, epoch_of, rows_of
from tests.server.sync.test_pull import give


def offer(phone: Phone, office: Office, *held: Any, **parts: Any) -> tuple[int, str]:
    """Offer these records, or all that the phone holds."""
    records = [*held] or [*phone.held.values()]
    body = {"device": phone.device, "epoch": epoch_of(office), "records": records}
    answer = phone.session.post("/api/salvage", body | parts)
    return answer.status_code, (answer.json or {}).get("code", "") if answer.data else ""


def offered(office: Office) -> set[str]:
    return {row[0] for row in rows_of(office, salvage, "record")}


@pytest.fixture
def shared(phone: Phone, colleague: Phone, supervisor: Phone) -> str:
    """A chart that both hold."""
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync_all()
    return patient


def test_what_only_a_phone_holds_is_kept(
    phone: Phone, colleague: Phone, office: Office, shared: str
) -> None:
    """The phone that wrote it is lost; what was in the backup is not offered again."""
    backup = Backup(office)
    record = phone.new("medication", shared, name="Aspirin")
    phone.sync()
    colleague.sync()
    backup.restore()
    assert offer(colleague, office) == (204, "")
    assert rows_of(office, salvage, "record", "kind", "patient", "member", "device", "version") == [
        (
            *(record, "medication", shared, colleague.member, colleague.device),
            colleague.held[record]["version"],
        )
    ]


def test_the_same_copy_of_two_phones_is_one_offer(
    phone: Phone, colleague: Phone, office: Office, shared: str
) -> None:
    backup = Backup(office)
    phone.new("medication", shared, name="Aspirin")
    phone.sync()
    colleague.sync()
    backup.restore()
    for each in (colleague, phone, colleague):
        assert offer(each, office) == (204, "")
    assert len(rows_of(office, salvage, "record", "hash")) == 1


def test_what_is_back_already_is_not_kept_and_what_comes_back_is_withdrawn(
    phone: Phone, colleague: Phone, office: Office, shared: str
) -> None:
    backup, kept = Backup(office), Journal(phone)
    first, second = (phone.new("medication", shared, name=name) for name in ("Aspirin", "Insulin"))
    kept.sync()
    colleague.sync()
    backup.restore()
    kept.take_back(office, 2)
    assert offer(colleague, office) == (204, "")
    assert offered(office) == {second}
    kept.take_back(office, 3)
    assert offered(office) == set()
    assert first in colleague.held


def test_only_a_lost_version_of_a_kind_that_its_holder_reads_is_kept(
    phone: Phone, office: Office, shared: str
) -> None:
    backup = Backup(office)
    record = phone.new("medication", shared, name="Aspirin")
    phone.sync()
    span = backup.restore()
    held = phone.held[record]
    assert span.head < held["version"] < span.start
    unheld: list[Any] = [
        held | {"version": span.head},
        held | {"version": span.start},
        held | {"kind": "vacancy", "patient": None, "id": new_id()},
        held | {"id": "medication"},
        held | {"patient": 7},
        held | {"version": "7"},
        held | {"deleted": None},
        held | {"fields": []},
        held | {"fields": {"name": "\ud800"}},
        held | {"contested": {"name": [7]}},
        {},
        "a record",
    ]
    assert offer(phone, office, *unheld) == (204, "")
    assert offered(office) == set()
    newer = held | {"kind": "from_a_newer_version", "id": new_id()}
    assert offer(phone, office, *unheld, newer, held) == (204, "")
    assert offered(office) == {record, newer["id"]}


def test_of_a_chart_that_was_purged_nothing_is_kept(
    phone: Phone, office: Office, shared: str
) -> None:
    backup = Backup(office)
    phone.new("medication", shared, name="Aspirin")
    phone.sync()
    backup.restore()
    with begin(office.organisation, write=True) as connection:
        note(connection, office.organisation, [Entry(what="purged", patient=shared)])
    assert offer(phone, office) == (204, "")
    assert offered(office) == set()


def test_whoever_may_not_sync_offers_nothing(
    phone: Phone, supervisor: Phone, office: Office, shared: str
) -> None:
    backup = Backup(office)
    phone.new("medication", shared, name="Aspirin")
    phone.sync()
    backup.restore()
    assert offer(phone, office, epoch=new_id()) == (409, "another_epoch")
    assert offer(phone, office, epoch=None) == (400, "malformed")
    assert offer(phone, office, device=supervisor.device) == (404, "unknown_device")
    assert offer(phone, office, records={}) == (400, "malformed")
    assert offer(phone, office, records=[{}] * 1_001) == (413, "too_large")
    reader = office.program(phone.member, read_only=True)
    body = {"device": phone.device, "epoch": epoch_of(office), "records": []}
    assert reader.post("/api/salvage", body).json["code"] == "read_only"
    supervisor.session.post(f"/api/devices/{phone.device}/revoke", {})
    assert offer(phone, office) == (403, "device_revoked")
    assert offered(office) == set()
