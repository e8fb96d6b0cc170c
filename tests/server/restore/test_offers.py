"""What a supervisor sees of the records that only phones still hold, takes in and leaves out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from server.database import begin
from server.restore import offers
from server.sync.push import first_assignment
from server.tables import access_log, grants, salvage
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, rows_of, shown
from tests.server.restore.test_salvage import offer
from tests.server.sync.test_pull import give

SALVAGE = "/api/office/salvage"


def listed(by: Phone) -> list[dict[str, Any]]:
    answer = by.session.get(SALVAGE)
    assert answer.status_code == 200, answer.text
    assert answer.json["next"] is None
    found: list[dict[str, Any]] = answer.json["offers"]
    return found


def take_in(by: Phone, each: dict[str, Any]) -> dict[str, Any]:
    answer = by.session.post(f"{SALVAGE}/{each['record']}/{each['hash']}/take-in", {})
    found: dict[str, Any] = answer.json
    return found


def dismiss(by: Phone, each: dict[str, Any]) -> int:
    answer = by.session.post(f"{SALVAGE}/{each['record']}/{each['hash']}/dismiss", {})
    return answer.status_code


@pytest.fixture
def shared(phone: Phone, colleague: Phone, supervisor: Phone) -> str:
    """A chart that both hold."""
    patient = phone.new_patient("Rivera")
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync_all()
    return patient


@pytest.fixture
def only_held(phone: Phone, colleague: Phone, office: Office, shared: str) -> tuple[str, str]:
    """A dose and a new task, whose phone is lost: a colleague's copies are what is left."""
    record = phone.new("medication", shared, name="Aspirin", dose="1 mg")
    phone.sync()
    backup = Backup(office)
    phone.change(record, "medication", shared, set={"dose": "2 mg"})
    task = phone.new("task", shared, description="Call the daughter")
    phone.sync()
    colleague.sync()
    backup.restore()
    assert offer(colleague, office) == (204, "")
    return record, task


def test_the_supervisor_of_the_chart_sees_them_beside_what_stands(
    colleague: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    office: Office,
    shared: str,
    only_held: tuple[str, str],
) -> None:
    record, task = only_held
    first, second = listed(supervisor)
    for each in (first, second):
        each.pop("hash")
        assert each.pop("offered_at") <= colleague.now()
    of = {
        "patient": shared,
        "patient_name": {"family": "Rivera"},
        "member": colleague.member,
        "member_name": shown(office)[colleague.member]["fields"]["name"],
        "device_name": "Pixel 8",
        "deleted": False,
        "current_deleted": False,
        "contested": {},
    }
    assert first == of | {
        "record": record,
        "kind": "medication",
        "version": colleague.held[record]["version"],
        "fields": {"name": "Aspirin", "dose": "2 mg"},
        "current": {"name": "Aspirin", "dose": "1 mg"},
    }
    assert (second["record"], second["current"]) == (task, None)
    assert listed(of_south) == listed(administrator) == []
    assert colleague.session.get(SALVAGE).status_code == 403
    with begin(office.organisation) as connection:
        noted = select(access_log.c.member, access_log.c.patient).filter_by(what="office_salvage")
        assert connection.execute(noted).all()[0] == (supervisor.member, shared)


def test_taken_in_it_is_the_supervisors_own_change_of_what_was_missing(
    colleague: Phone, supervisor: Phone, office: Office, only_held: tuple[str, str]
) -> None:
    record, task = only_held
    with begin(office.organisation) as connection:
        before = len(connection.execute(select(access_log.c.id)).all())
    for each in listed(supervisor):
        assert take_in(supervisor, each) == {"accepted": True}
    now = shown(office)
    assert now[record]["fields"] == {"name": "Aspirin", "dose": "2 mg"}
    assert now[record]["contested"] == {}
    assert now[task]["fields"]["description"] == "Call the daughter"
    history = supervisor.session.get(f"/api/records/{record}/history").json["changes"][-1]
    assert (history["member"], history["set"]) == (supervisor.member, {"dose": "2 mg"})
    assert listed(supervisor) == []
    with begin(office.organisation) as connection:
        rows = connection.execute(
            select(access_log.c.member, access_log.c.subject, access_log.c.record)
            .filter_by(what="salvage_taken_in")
            .order_by(access_log.c.at)
        ).all()
    assert {*rows} == {(supervisor.member, colleague.member, each) for each in only_held}
    assert before


def test_when_the_lost_phone_comes_back_after_all_nothing_is_contested(
    phone: Phone, supervisor: Phone, office: Office, only_held: tuple[str, str]
) -> None:
    """What it wrote is what the supervisor wrote for it."""
    record, task = only_held
    for each in listed(supervisor):
        take_in(supervisor, each)
    before = shown(office)
    changes = [entry.to_take_back() for entry in phone.journal.values()]
    changes.sort(key=lambda change: change["n"])
    answer = Journal(phone).take_back(office, changes=changes)
    assert (answer["refused"], answer["waiting"]) == ([], [])
    after = shown(office)
    for each in (record, task):
        assert (after[each]["fields"], after[each]["contested"]) == (before[each]["fields"], {})


def test_a_chart_that_is_gone_comes_back_with_its_patient(
    phone: Phone, supervisor: Phone, of_south: Phone, office: Office
) -> None:
    """Those see it who look after whoever offers it, and who takes it in holds the chart first."""
    backup = Backup(office)
    patient = phone.new_patient("Okafor")
    phone.sync()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    backup.restore()
    assert offer(phone, office) == (204, "")
    assert listed(of_south) == []
    found = {each["record"]: each for each in listed(supervisor)}
    assert found.keys() == {patient, record, first_assignment(patient)}
    assert {each["patient_name"]["family"] for each in found.values()} == {"Okafor"}
    assert take_in(supervisor, found[record]) == {"accepted": True}
    now = shown(office)
    assert now[record]["fields"] == {"name": "Aspirin"}
    assert now[patient]["fields"]["name"] == {"family": "Okafor"}
    outcomes = dict(rows_of(office, salvage, "record", "outcome"))
    assert (outcomes[patient], outcomes[record]) == ("taken_in", "taken_in")
    (left,) = listed(supervisor)
    assert left["record"] == first_assignment(patient)
    assert take_in(supervisor, left) == {"accepted": True}
    held = {m for m, ended in rows_of(office, grants, "member", "ended") if ended is None}
    assert held == {phone.member}


def test_what_waits_for_a_record_is_folded_once_it_is_taken_in(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, shared: str
) -> None:
    backup, kept = Backup(office), Journal(colleague)
    record = phone.new("medication", shared, name="Aspirin", dose="1 mg")
    phone.sync()
    colleague.sync()
    colleague.change(record, "medication", shared, set={"dose": "2 mg"})
    kept.sync()
    backup.restore()
    assert kept.take_back(office)["waiting"] == [1]
    offer(colleague, office)
    (found,) = listed(supervisor)
    assert take_in(supervisor, found) == {"accepted": True}
    assert [each["n"] for each in kept.take_back(office)["accepted"]] == [1]
    now = shown(office)[record]
    assert (now["fields"]["dose"], now["contested"]) == ("2 mg", {})


def test_a_lost_deletion_is_taken_in_as_one(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office, shared: str
) -> None:
    task = phone.new("task", shared, description="Call")
    phone.sync()
    backup = Backup(office)
    phone.change(task, "task", shared, delete=True)
    phone.sync()
    colleague.sync_all()
    backup.restore()
    offer(colleague, office)
    (found,) = listed(supervisor)
    assert (found["deleted"], found["current_deleted"]) == (True, False)
    assert take_in(supervisor, found) == {"accepted": True}
    assert shown(office)[task]["deleted"] is True


def test_what_is_refused_for_its_own_sake_stays_to_be_looked_at(
    colleague: Phone, supervisor: Phone, office: Office, only_held: tuple[str, str]
) -> None:
    record, _ = only_held
    held = colleague.held[record]
    offer(colleague, office, held | {"fields": {"name": "Aspirin", "dose": 7}})
    wrong = next(each for each in listed(supervisor) if each["fields"].get("dose") == 7)
    before = shown(office)
    answer = take_in(supervisor, wrong)
    assert (answer["accepted"], answer["code"], answer["field"]) == (False, "invalid", "dose")
    assert shown(office) == before
    assert wrong in listed(supervisor)
    assert dismiss(supervisor, wrong) == 204
    assert wrong not in listed(supervisor)


def test_the_first_decision_stands(
    supervisor: Phone, of_south: Phone, office: Office, only_held: tuple[str, str]
) -> None:
    second = office.phone(office.add("supervisor", "North"))
    one, other = listed(supervisor)
    for by in (supervisor, second):
        assert take_in(by, one) == {"accepted": True}
        assert dismiss(by, other) == 204
    for by in (supervisor, second):
        assert dismiss(by, one) == 409
        assert take_in(by, other)["code"] == "reviewed"
    assert take_in(of_south, one)["code"] == "not_found"
    assert dismiss(of_south, other) == 404
    assert dismiss(supervisor, one | {"hash": "x"}) == 404
    assert dismiss(supervisor, one | {"record": new_id()}) == 404
    outcomes = rows_of(office, salvage, "outcome", "reviewed_by")
    assert outcomes == [("dismissed", supervisor.member), ("taken_in", supervisor.member)]


def test_what_is_accounted_for_after_the_restore_is_over_is_not_shown(
    supervisor: Phone, office: Office, shared: str, only_held: tuple[str, str]
) -> None:
    record, task = only_held
    assert supervisor.session.post("/api/office/restore/end", {}).status_code == 204
    supervisor.epoch = supervisor.cursor = None
    supervisor.sync_all()
    supervisor.change(record, "medication", shared, set={"dose": "2 mg"})
    supervisor.sync()
    assert [each["record"] for each in listed(supervisor)] == [task]


def test_records_of_the_library_are_seen_by_all_who_read_them_in_the_office(
    phone: Phone, supervisor: Phone, of_south: Phone, administrator: Phone, office: Office
) -> None:
    phone.sync_all()
    backup = Backup(office)
    supervisor.sync_all()
    supervisor.change(phone.member, "member", None, set={"telephone": "555-0100"})
    supervisor.sync()
    phone.sync()
    backup.restore()
    assert offer(phone, office) == (204, "")
    for by in (supervisor, of_south, administrator):
        assert [each["record"] for each in listed(by)] == [phone.member]
    (found,) = listed(administrator)
    assert found["patient_name"] is None
    assert take_in(administrator, found) == {"accepted": True}
    assert shown(office)[phone.member]["fields"]["telephone"] == "555-0100"


def test_a_long_list_comes_in_pages(
    phone: Phone,
    supervisor: Phone,
    office: Office,
    shared: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offers, "PAGE", 2)
    monkeypatch.setattr(offers, "READ_AT_ONCE", 3)
    backup = Backup(office)
    expected = [phone.new("medication", shared, name=f"No. {number}") for number in range(5)]
    phone.sync()
    backup.restore()
    offer(phone, office)
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        answer = supervisor.session.get(f"{SALVAGE}?after={after}").json
        found += [each["record"] for each in answer["offers"]]
        after = answer["next"]
    assert found == sorted(expected)


@pytest.mark.parametrize("after", ["x", "1.2.3", f"{'0' * 36}.1", "²." * 3])
def test_an_after_that_was_never_given_is_malformed(supervisor: Phone, after: str) -> None:
    answer = supervisor.session.get(f"{SALVAGE}?after={quote(after)}")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


@pytest.mark.parametrize("who", ["supervisor", "administrator"])
def test_an_offer_under_the_id_of_another_record_shows_nothing_of_it(
    phone: Phone, of_south: Phone, administrator: Phone, office: Office, who: str
) -> None:
    """Whoever knows an id would read by it what stands in a chart that is not theirs."""
    patient = phone.new_patient("Rivera")
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    span = Backup(office).restore()
    by, kind, chart = administrator, "on_call", None
    if who == "supervisor":
        by, kind, chart = of_south, "task", of_south.new_patient("Okafor")
        by.sync()
    made_up = {"kind": kind, "patient": chart, "version": span.head + 1, "deleted": False}
    made_up |= {"fields": {"note": "x"}, "contested": {}, "overruled": {}}
    ids = (record, patient)
    assert offer(by, office, *({"id": id_} | made_up for id_ in ids)) == (204, "")
    assert rows_of(office, salvage, "record") == []
    assert listed(by) == []


def test_only_a_patients_name_is_shown_as_one(
    phone: Phone, of_south: Phone, office: Office
) -> None:
    patient = phone.new_patient("Rivera")
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    span = Backup(office).restore()
    made_up = {"id": new_id(), "kind": "task", "patient": record, "version": span.head + 1}
    made_up |= {"deleted": False, "fields": {"description": "x"}, "contested": {}, "overruled": {}}
    offer(of_south, office, made_up)
    assert [each["patient_name"] for each in listed(of_south)] == [None]
