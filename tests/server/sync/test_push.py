"""What becomes of changes: accepted, refused, answered again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from server.database import begin
from server.tables import changes, refusals
from tests.server.office import Office, Phone, new_id


def outcome(phone: Phone) -> tuple[list[int], list[tuple[int, str, str | None]]]:
    """The n accepted, and n, code and field of those refused, by one sync."""
    answer = phone.sync()
    return (
        [each["n"] for each in answer["accepted"]],
        [(each["n"], each["code"], each.get("field")) for each in answer["refused"]],
    )


def test_a_new_patient_is_given_to_whoever_created_them(phone: Phone) -> None:
    patient = phone.new_patient()
    medication = phone.new("medication", patient, name="Lisinopril", dose="5 mg")
    assert outcome(phone) == ([1, 2], [])
    assert phone.fields(medication) == {"name": "Lisinopril", "dose": "5 mg"}
    assignments = [each for each in phone.held.values() if each["kind"] == "assignment"]
    assert [each["fields"]["member"] for each in assignments] == [phone.member]


def test_a_request_sent_again_is_answered_as_the_first_time(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name="Lisinopril")
    phone.new("medication", patient, name=7)
    body = phone.request()
    first, second = phone.send(body).json, phone.send(body).json
    assert first["refused"]
    for part in ("accepted", "refused", "records", "cursor"):
        assert first[part] == second[part]


def test_a_request_may_be_split_in_order(phone: Phone) -> None:
    patient = phone.new_patient()
    for name in ("Lisinopril", "Metformin", "Aspirin"):
        phone.new("medication", patient, name=name)
    whole = phone.request()
    parts = [phone.request(changes=[change]) for change in whole["changes"]]
    for part in parts[:3]:
        assert phone.send(part).status_code == 200
    answer = phone.send(whole).json
    assert [each["n"] for each in answer["accepted"]] == [1, 2, 3, 4]
    again = [phone.send(part).json["accepted"][0]["seq"] for part in parts]
    assert again == [each["seq"] for each in answer["accepted"]]


def test_the_same_dot_with_another_change_means_a_copied_phone(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    first = phone.change(patient, "patient", patient, set={"preferred_name": "Bea"})
    phone.sync()
    copied = first | {"set": {"preferred_name": "Trix"}}
    fresh = first | {"n": 3, "set": {"pronouns": "she"}}
    answer = phone.send(phone.request(changes=[copied, fresh]))
    assert (answer.status_code, answer.json["code"]) == (409, "device_copied")
    assert answer.json["accepted"] == []
    answer = phone.send(phone.request(changes=[first, copied | {"n": 1}, fresh]))
    assert answer.status_code == 400  # n ascends
    answer = phone.send(phone.request(changes=[{**copied, "n": 1}, {**first}, fresh]))
    assert [each["n"] for each in answer.json["accepted"]] == [2]
    phone.sync()
    assert phone.fields(patient) == {"name": {"family": "Rivera"}, "preferred_name": "Bea"}


def test_empty_members_make_no_other_change_of_it(phone: Phone) -> None:
    patient = phone.new_patient()
    body = phone.request()
    phone.send(body)
    body["changes"][0] |= {"add": {}, "remove": {}, "delete": None}
    assert phone.send(body).status_code == 200
    assert phone.charts() == set()
    phone.sync()
    assert phone.charts() == {patient}


def test_one_bad_change_holds_back_none_but_its_dependants(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.new("goal", patient, description=None)
    goal = phone.outbox[-1]["record"]
    phone.change(goal, "goal", patient, set={"target_date": "2027-01-01"})
    phone.new("medication", patient, name="Aspirin")
    assert outcome(phone) == ([1, 4], [(2, "invalid", "description"), (3, "unknown_record", None)])


def test_what_depends_on_a_refused_patient_is_refused(phone: Phone) -> None:
    patient = new_id()
    phone.change(patient, "patient", patient, set={"name": "no object"})
    phone.new("medication", patient, name="Aspirin")
    assert outcome(phone) == ([], [(1, "invalid", "name"), (2, "not_yours", None)])


@pytest.mark.parametrize(
    ("kind", "parts", "code", "field"),
    [
        ("medication", {"set": {"name": "Aspirin"}, "delete": True}, "invalid", None),
        ("medication", {}, "invalid", None),
        ("medication", {"add": {"side_effects": []}}, "invalid", None),
        ("medication", {"set": []}, "invalid", None),
        ("medication", {"set": {"name": "A"}, "at": "noon"}, "invalid", "at"),
        ("medication", {"set": {"name": "A"}, "seen": -1}, "invalid", "seen"),
        ("medication", {"set": {"name": "A"}, "seen": 999}, "invalid", "seen"),
        ("medication", {"set": {"name": "A"}, "record": "7"}, "invalid", "record"),
        ("medication", {"set": {"name": "A"}, "patient": None}, "invalid", "patient"),
        ("unicorn", {"set": {"name": "A"}}, "unknown_kind", None),
        ("medication", {"set": {"name": "A", "color": "red"}}, "invalid", "color"),
        ("medication", {"set": {"name": "A" * 5000}}, "invalid", "name"),
        ("medication", {"set": {"name": "A\0B"}}, "invalid", "name"),
        ("medication", {"set": {"name": "A", "dose": 5}}, "invalid", "dose"),
        ("medication", {"add": {"name": ["A"]}, "set": {"name": "A"}}, "invalid", "name"),
        ("medication", {"set": {"dose": "5 mg"}}, "unknown_record", None),
        ("medication", {"delete": True}, "unknown_record", None),
        ("medication", {"delete": False}, "unknown_record", None),
        ("assignment", {"set": {"status": "active"}}, "not_yours", None),
        ("member", {"set": {"name": "Me"}, "patient": None}, "not_yours", None),
    ],
)
def test_a_wrong_change_is_refused_with_its_code_and_field(
    phone: Phone, kind: str, parts: dict[str, object], code: str, field: str | None
) -> None:
    patient = phone.new_patient()
    phone.change(new_id(), kind, patient).update(parts)
    assert outcome(phone) == ([1], [(2, code, field)])


def test_a_refusal_is_said_in_the_asked_language(phone: Phone) -> None:
    phone.new_patient(preferred_name="A" * 5000)
    refusal = phone.sync(lang="es-US")["refused"][0]
    assert refusal["params"] == {"max": 200}
    assert refusal["message"] == "Más de 200 caracteres." or "200" in refusal["message"]
    assert "Longer" not in refusal["message"]


def test_nothing_refused_is_thrown_away(phone: Phone, office: Office) -> None:
    record = phone.new("medication", new_id(), name="Aspirin")
    phone.sync()
    with begin(office.organisation) as connection:
        body = connection.scalars(select(refusals.c.body).where(refusals.c.record == record)).one()
    assert "Aspirin" in body


def test_a_record_keeps_its_kind_and_its_patient(phone: Phone) -> None:
    patient, other = phone.new_patient(), phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    phone.change(record, "medication", other, set={"dose": "5 mg"})
    phone.change(record, "condition", patient, set={"code": {"text": "x"}})
    _, refused = outcome(phone)
    assert [code for _, code, _ in refused] == ["record_mismatch", "record_mismatch"]


def test_a_creation_names_the_first_required_field_that_it_leaves_out(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.new("observation", patient, effective="2026-11-21T10:00:00-05:00")
    assert outcome(phone) == ([1], [(2, "invalid", "code")])


def test_a_once_field_takes_no_other_value(phone: Phone) -> None:
    patient = phone.new_patient()
    member = phone.new("care_team_member", patient, name="Dr. Wu", member=phone.member)
    phone.sync()
    phone.change(member, "care_team_member", patient, set={"member": phone.member})
    phone.change(member, "care_team_member", patient, set={"member": new_id()})
    assert outcome(phone) == ([3], [(4, "invalid", "member")])


def test_a_deletion_and_a_keep_come_through(phone: Phone) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin")
    phone.sync()
    phone.change(record, "medication", patient, delete=True)
    phone.sync()
    assert phone.held[record]["deleted"] is True
    phone.change(record, "medication", patient, delete=False)
    phone.sync()
    assert phone.held[record]["deleted"] is False
    phone.change(patient, "patient", patient, delete=True)
    assert outcome(phone)[1] == [(5, "invalid", None)]


def test_a_wrong_clock_is_moved_and_nothing_lies_in_the_future(phone: Phone) -> None:
    phone.clock = 3 * 3600 * 1000
    before = phone.now() - phone.clock
    patient = phone.new_patient()
    answer = phone.sync()
    assert answer["skew"] == pytest.approx(phone.clock, abs=5000)
    phone.clock = 0
    phone.change(patient, "patient", patient, set={"pronouns": "she"}, at=phone.now() + 10**9)
    phone.sync()
    history = phone.session.get(f"/api/records/{patient}/history").json["changes"]
    first, second = (each["at"] for each in history)
    assert first == pytest.approx(before, abs=5000)
    assert first < second <= phone.now()


def test_an_edit_comes_after_what_it_saw_whatever_its_clock_says(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.change(patient, "patient", patient, set={"pronouns": "she"}, at=5)
    phone.sync()
    history = phone.session.get(f"/api/records/{patient}/history").json["changes"]
    assert history[1]["at"] == history[0]["at"] + 1


def test_seqs_are_given_without_gap_or_doubling(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    for name in ("Aspirin", "Metformin"):
        phone.new("medication", patient, name=name)
    phone.new("medication", patient, name=None)
    phone.sync()
    with begin(office.organisation) as connection:
        seqs = list(connection.scalars(select(changes.c.seq).order_by(changes.c.seq)))
        count = connection.scalar(select(func.count()).select_from(refusals))
    assert seqs == list(range(1, len(seqs) + 1))
    assert count == 1
