"""What a phone is brought: the charts that it may hold, whole and page by page, and what moved."""

from __future__ import annotations

from itertools import pairwise

import orjson
import pytest

from server.sync import pull as pulling
from server.sync.places import Held
from server.sync.pull import _held_since
from tests.server.office import Office, Phone, new_id


def give(supervisor: Phone, patient: str, member: str, **fields: object) -> str:
    """Let a supervisor assign a chart; the assignment's id."""
    id_ = new_id()
    supervisor.change(
        id_, "assignment", patient, set={"status": "active", "member": member} | fields
    )
    answer = supervisor.sync()
    assert not answer["refused"], answer["refused"]
    return id_


def end(supervisor: Phone, assignment: str, patient: str) -> None:
    history = supervisor.session.get(f"/api/records/{assignment}/history").json["changes"]
    seen = history[-1]["seq"]
    supervisor.change(assignment, "assignment", patient, set={"status": "finished"}, seen=seen)
    answer = supervisor.sync()
    assert not answer["refused"], answer["refused"]


def own_assignment(phone: Phone, patient: str) -> str:
    return next(
        id_
        for id_, each in phone.held.items()
        if each["kind"] == "assignment" and each["patient"] == patient
    )


def test_a_chart_newly_held_arrives_whole_whatever_the_cursor(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    records = {phone.new("medication", patient, name=f"No. {i}") for i in range(5)}
    phone.sync()
    colleague.sync()
    assert colleague.charts() == set()
    give(supervisor, patient, colleague.member)
    colleague.sync()
    assert colleague.charts() == {patient}
    assert records < colleague.held.keys()


def test_a_chart_handed_over_leaves_the_phone(phone: Phone, supervisor: Phone) -> None:
    kept, lost = phone.new_patient(), phone.new_patient()
    phone.sync()
    end(supervisor, own_assignment(phone, lost), lost)
    answer = phone.sync()
    assert answer["forget"] == [lost]
    assert phone.charts() == {kept}
    assert phone.sync()["forget"] == []


def test_a_phone_that_starts_anew_forgets_nothing(phone: Phone, supervisor: Phone) -> None:
    lost = phone.new_patient()
    phone.sync()
    end(supervisor, own_assignment(phone, lost), lost)
    phone.cursor = None
    answer = phone.sync()
    assert answer["forget"] == []
    assert not [each for each in answer["records"] if each["patient"] == lost]


def test_a_chart_given_back_arrives_whole_again(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    end(supervisor, own_assignment(phone, patient), patient)
    phone.sync()
    give(supervisor, patient, phone.member)
    answer = phone.sync()
    assert record in {each["id"] for each in answer["records"]}
    assert answer["forget"] == []


def test_a_chart_lost_and_given_back_between_two_syncs_comes_whole_and_is_not_forgotten(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    end(supervisor, own_assignment(phone, patient), patient)
    give(supervisor, patient, phone.member)
    answer = phone.sync()
    assert answer["forget"] == []
    assert record in {each["id"] for each in answer["records"]}


def test_a_chart_that_arrived_whole_at_the_head_does_not_come_again(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync_all()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    assert [each["id"] for each in colleague.sync()["records"]] == [record]


def test_a_second_grant_of_a_held_chart_brings_nothing_again(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    give(supervisor, patient, phone.member)
    answer = phone.sync()
    assert record not in {each["id"] for each in answer["records"]}
    end(supervisor, own_assignment(phone, patient), patient)
    assert phone.sync()["forget"] == []


def test_a_deleted_assignment_ends_its_grant(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    supervisor.change(own_assignment(phone, patient), "assignment", patient, delete=True, seen=99)
    supervisor.outbox[-1]["seen"] = phone.held[own_assignment(phone, patient)]["version"]
    assert not supervisor.sync()["refused"]
    assert phone.sync()["forget"] == [patient]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_bring_everything_once(
    phone: Phone, colleague: Phone, supervisor: Phone, limit: int
) -> None:
    patients = [phone.new_patient(f"Family {i}") for i in range(3)]
    for number in range(12):
        phone.new("medication", patients[number % 3], name=f"No. {number}")
    phone.sync()
    for patient in patients:
        give(supervisor, patient, colleague.member)
    phone.change(patients[0], "patient", patients[0], set={"pronouns": "she"})
    phone.sync()
    seen: list[str] = []
    places: list[str] = []
    while True:
        answer = colleague.sync(limit=limit)
        assert 1 <= len(answer["records"]) <= limit
        seen += [each["id"] for each in answer["records"]]
        places.append(answer["cursor"])
        if not answer["more"]:
            break
    assert len(seen) == len(set(seen))
    assert all(one != next_ for one, next_ in pairwise(places))
    phone.sync_all()
    assert colleague.held == phone.held
    assert colleague.sync()["records"] == []


@pytest.mark.parametrize("sentence", ["Take it. ", "按时服药。"])
def test_a_page_weighs_no_more_than_it_may(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, sentence: str
) -> None:
    monkeypatch.setattr(pulling, "MOST_BYTES", 1_500)
    patient = phone.new_patient()
    for number in range(6):
        phone.new("medication", patient, name=f"No. {number}", instructions=sentence * 40)
    is_more = True
    while is_more:
        answer = phone.sync()
        assert 0 < len(b"".join(map(orjson.dumps, answer["records"]))) <= 1_500
        is_more = answer["more"]
    assert len([each for each in phone.held.values() if each["kind"] == "medication"]) == 6


def test_a_limit_is_clamped(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name="Aspirin")
    assert len(phone.sync(limit=0)["records"]) == 1
    assert phone.sync(limit=10**6)["more"] is False


def test_an_interrupted_pull_goes_on_from_the_last_cursor_that_arrived(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    for number in range(6):
        phone.new("medication", patient, name=f"No. {number}")
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync(limit=2)
    lost = colleague.send(colleague.request(limit=2)).json
    again = colleague.sync(limit=2)
    assert again["records"] == lost["records"]
    colleague.sync_all()
    phone.sync()
    assert colleague.held == phone.held


def test_what_changes_during_a_long_pull_is_not_missed(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    records = [phone.new("medication", patient, name=f"No. {i}") for i in range(6)]
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync(limit=3)
    for record in records:
        phone.change(record, "medication", patient, set={"dose": "5 mg"})
    phone.new("medication", patient, name="Another")
    phone.sync()
    colleague.sync_all(limit=3)
    assert colleague.held == phone.held


def test_the_library_comes_to_everyone_and_charts_to_nobody_by_office(office: Office) -> None:
    administrator = office.phone(office.add("administrator"))
    coordinator = office.phone(office.add("coordinator"))
    coordinator.new_patient()
    coordinator.sync()
    administrator.sync()
    assert {each["kind"] for each in administrator.held.values()} == {"member"}
    assert administrator.held.keys() == {administrator.member, coordinator.member}


def test_a_supervisor_has_no_chart_of_the_team_on_the_phone(
    phone: Phone, supervisor: Phone
) -> None:
    phone.new_patient()
    phone.sync()
    supervisor.sync()
    assert supervisor.charts() == set()


def test_another_organisation_sees_nothing(phone: Phone, office: Office) -> None:
    phone.new_patient()
    phone.sync()
    elsewhere = Office.open(office.app, "Elsewhere")
    other = elsewhere.phone(elsewhere.add("coordinator", "North"))
    other.sync()
    assert {each["id"] for each in other.held.values()} == {other.member}


def test_held_since_is_where_the_unbroken_run_began() -> None:
    assert _held_since([(10, None)]) == 10
    assert _held_since([(10, None), (4, 10)]) == 4
    assert _held_since([(10, None), (4, 9)]) == 10
    assert _held_since([(10, None), (4, 12), (2, 5), (1, 1)]) == 2
    assert _held_since([(10, None), (3, None)]) == 3
    assert Held("p", 3).since == 3
