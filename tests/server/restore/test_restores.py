"""How a restore ends, and what then becomes of what still waits."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.database import begin
from server.restore import restores
from server.tables import access_log, epoch, refusals, waiting_changes
from tests.server.office import Office, Phone
from tests.server.restore.backups import Backup, Journal, rows_of, shown
from tests.server.sync.test_pull import give


def end(office: Office, by: str | None = None) -> bool:
    with begin(office.organisation, write=True) as connection:
        return restores.end(connection, office.organisation, by)


@pytest.fixture
def lost(phone: Phone, colleague: Phone, supervisor: Phone, office: Office) -> Journal:
    """Of a colleague whose grant is not given again: two changes that wait for it, and one that
    waits for a record that nobody brings."""
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    phone.sync()
    backup, kept = Backup(office), Journal(colleague)
    give(supervisor, patient, colleague.member)
    colleague.sync_all()
    colleague.change(record, "medication", patient, set={"dose": "2 mg"})
    task = colleague.new("task", patient, description="Call")
    kept.sync()
    backup.restore()
    assert kept.take_back(office)["waiting"] == [1, 2]
    assert task not in shown(office)
    return kept


def test_what_still_waits_is_refused_and_waits_for_a_supervisor(
    lost: Journal, supervisor: Phone, office: Office
) -> None:
    colleague = lost.phone
    assert end(office)
    assert rows_of(office, waiting_changes, "n") == []
    assert rows_of(office, refusals, "n", "outcome") == [(1, "waiting"), (2, "waiting")]
    answer = lost.take_back(office)
    assert [each["code"] for each in answer["refused"]] == ["not_yours", "not_yours"]
    listed = supervisor.session.get("/api/office/refusals").json["refusals"]
    assert [each["n"] for each in listed] == [1, 2]
    accept = f"/api/office/refusals/{colleague.device}/1/accept"
    assert supervisor.session.post(accept, {}).json["accepted"] is True
    record = listed[0]["record"]
    assert shown(office)[record]["fields"]["dose"] == "2 mg"
    assert shown(office)[record]["contested"] == {}


def test_what_comes_later_does_not_wait_any_more(lost: Journal, office: Office) -> None:
    end(office)
    colleague = lost.phone
    patient = lost.changes[1]["patient"]
    colleague.new("task", patient, description="Call again")
    answer = lost.take_back(office)
    assert ([each["n"] for each in answer["refused"]], answer["waiting"]) == ([1, 2, 3], [])
    assert rows_of(office, refusals, "n", "outcome")[-1] == (3, "waiting")


def test_an_edit_whose_creating_change_nobody_brought_creates_its_record_where_it_can(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    kept.sync()
    phone.sync()
    phone.change(record, "medication", patient, set={"name": "Insulin"})
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    kept.sync()
    backup.restore()
    assert kept.take_back(office, 3, 4)["waiting"] == [3, 4]
    assert end(office)
    assert shown(office)[record]["fields"] == {"name": "Insulin", "dose": "2 mg"}
    answer = kept.take_back(office, 3, 4)
    assert ([each["n"] for each in answer["accepted"]], answer["refused"]) == ([3, 4], [])


def test_it_ends_once_and_says_by_whom(phone: Phone, supervisor: Phone, office: Office) -> None:
    assert not end(office)
    Backup(office).restore()
    assert end(office, supervisor.member)
    assert not end(office)
    (began, ended, by) = rows_of(office, epoch, "began_at", "ended_at", "ended_by")[-1]
    assert began <= ended
    assert by == supervisor.member
    with begin(office.organisation) as connection:
        noted = select(access_log.c.member).filter_by(what="restore_ended")
        assert connection.scalars(noted).all() == [supervisor.member]


def test_the_last_thing_that_the_log_remembers_says_what_may_be_lost(
    phone: Phone, office: Office
) -> None:
    with begin(office.organisation) as connection:
        assert restores.latest(connection, office.organisation) is None
        last = connection.scalars(select(access_log.c.at).order_by(access_log.c.at.desc())).first()
    Backup(office).restore()
    with begin(office.organisation) as connection:
        restored = restores.latest(connection, office.organisation)
        assert restored is not None
        began_at = restored.began_at
        assert restores.lost_since(connection, office.organisation, began_at) == last
        assert restores.lost_since(connection, office.organisation, 0) is None
