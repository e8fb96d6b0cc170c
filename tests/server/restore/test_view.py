"""The office follows a restore and ends it."""

from __future__ import annotations

from typing import Any

from tests.server.office import Office, Phone
from tests.server.restore.backups import Backup, Journal
from tests.server.restore.test_salvage import offer
from tests.server.sync.test_pull import give

RESTORE = "/api/office/restore"


def standing(by: Phone) -> dict[str, Any]:
    answer = by.session.get(RESTORE)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def back(found: dict[str, Any]) -> dict[str, bool]:
    return {each["id"]: each["returned"] for each in found["phones"]}


def test_before_any_restore_there_is_nothing_to_follow(supervisor: Phone) -> None:
    assert standing(supervisor) == {
        "restoring": False,
        "began_at": None,
        "ended_at": None,
        "lost_since": None,
        "phones": [],
        "waiting": 0,
        "salvage": 0,
    }
    ended = supervisor.session.post(f"{RESTORE}/end", {})
    assert (ended.status_code, ended.json["code"]) == (409, "not_restoring")


def test_each_sees_which_phones_are_back_of_those_whom_they_look_after(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    office: Office,
) -> None:
    for each in (phone, colleague, supervisor):
        each.sync()
    phone.sync(status={"unsent": 3})
    Backup(office).restore()
    found = standing(supervisor)
    assert (found["restoring"], found["ended_at"]) == (True, None)
    assert found["lost_since"] <= found["began_at"]
    assert back(found) == {phone.device: False, colleague.device: False, supervisor.device: False}
    (first,) = [each for each in found["phones"] if each["id"] == phone.device]
    assert (first["name"], first["team_name"], first["unsent"]) == ("Pixel 8", "North", 3)
    assert first["last_contact"] <= found["began_at"]
    Journal(phone).take_back(office)
    assert back(standing(supervisor))[phone.device] is False  # it has not followed to the end
    phone.epoch = phone.cursor = None
    phone.sync()
    assert back(standing(supervisor))[phone.device] is True
    assert set(back(standing(of_south))) == {of_south.device}
    assert len(back(standing(administrator))) == 5
    assert phone.session.get(RESTORE).status_code == 403


def test_each_is_told_how_much_waits_and_is_offered_of_what_is_theirs(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    office: Office,
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(colleague)
    give(supervisor, patient, colleague.member)
    colleague.sync_all()
    colleague.new("task", patient, description="Call")
    kept.sync()
    backup.restore()
    kept.take_back(office)
    offer(colleague, office)
    counts = [(each["waiting"], each["salvage"]) for each in map(standing, (supervisor, of_south))]
    assert counts == [(1, 2), (0, 0)]
    found = standing(administrator)
    assert (found["waiting"], found["salvage"]) == (1, 0)
    assert supervisor.session.post(f"{RESTORE}/end", {}).status_code == 204
    found = standing(supervisor)
    assert (found["restoring"], found["waiting"], found["salvage"]) == (False, 0, 2)
    assert found["ended_at"] >= found["began_at"]
