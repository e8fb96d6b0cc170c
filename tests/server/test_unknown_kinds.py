"""Stored records whose kind or field this version does not declare, since a newer one wrote them or
they were taken out of the catalogue: kept, shown and passed on, and nothing breaks over them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from server.database import begin
from server.refold import Looked, refold
from server.sync.local import LocalDevice
from server.tables import records, refusals
from tests.server.changed_catalogue import another_kind, catalogue_with, with_field, without_field
from tests.server.office import Office, Phone, new_id

NEWER = (
    another_kind("housing", "related_person")
    | another_kind("flyer", "member")
    | another_kind("grievance", "vacancy")
)
"""Of a chart, of the library and of the office."""


class Left:
    """What a newer server left in the database."""

    def __init__(self, office: Office, phone: Phone) -> None:
        computer = LocalDevice.enrol(office.organisation, phone.member, "Computer")
        self.flyer, self.grievance = new_id(), new_id()
        flyer = {"record": self.flyer, "kind": "flyer", "set": {"name": "Open day"}}
        grievance = {"record": self.grievance, "kind": "grievance", "set": {"role": "coordinator"}}
        with catalogue_with(NEWER):
            self.patient = phone.new_patient()
            self.housing = phone.new("housing", self.patient, name={"family": "Landlord"})
            assert phone.sync()["refused"] == []
            assert computer.push([flyer, grievance]).refused == []


@pytest.fixture
def left(office: Office, phone: Phone) -> Left:
    return Left(office, phone)


def stored(office: Office, record: str) -> Any:
    with begin(office.organisation) as connection:
        return connection.execute(select(records).where(records.c.id == record)).one()


def test_a_record_of_a_chart_is_passed_on_to_whoever_holds_it(
    left: Left, office: Office, phone: Phone
) -> None:
    second = office.phone(phone.member)
    second.sync_all()
    assert second.held[left.housing]["kind"] == "housing"
    assert second.fields(left.housing) == {"name": {"family": "Landlord"}}
    assert second.held[left.housing] == orjson.loads(stored(office, left.housing).body)


@pytest.mark.parametrize("role", ["coordinator", "supervisor", "administrator"])
def test_of_the_library_it_stays_since_nobody_here_knows_for_whom_it_is(
    left: Left, office: Office, role: str
) -> None:
    other = office.phone(office.add(role, *([] if role == "administrator" else ["North"])))
    other.sync_all()
    assert {left.flyer, left.grievance}.isdisjoint(other.held)
    for record in (left.flyer, left.grievance):
        assert other.session.get(f"/api/records/{record}/history").status_code in (403, 404)
    with catalogue_with(NEWER):
        assert left.flyer not in {each["id"] for each in other.sync()["records"]}
        for _ in refold(office.organisation, kind="flyer", send_again=True):
            pass
        assert [each["id"] for each in other.sync()["records"]] == [left.flyer]


def test_changes_of_it_are_refused_and_kept_and_hold_nothing_else_back(
    left: Left, office: Office, phone: Phone
) -> None:
    phone.change(left.housing, "housing", left.patient, set={"language": "es"})
    phone.change(left.patient, "patient", left.patient, set={"preferred_name": "Ro"})
    phone.change(left.housing, "related_person", left.patient, set={"language": "es"})
    answer = phone.sync()
    assert [each["code"] for each in answer["refused"]] == ["unknown_kind", "record_mismatch"]
    assert len(answer["accepted"]) == 1
    with begin(office.organisation) as connection:
        kept = connection.scalars(select(refusals.c.body).order_by(refusals.c.n)).first()
    assert orjson.loads(kept)["set"] == {"language": "es"}


def test_its_history_and_the_report_on_its_chart_are_told(
    left: Left, supervisor: Phone, phone: Phone
) -> None:
    told = phone.session.get(f"/api/records/{left.housing}/history")
    assert told.status_code == 200, told.text
    assert [each["outcome"] for each in told.json["changes"]] == ["applied"]
    supervisor.sync()
    table = supervisor.session.get(f"/api/charts/{left.patient}/access.csv")
    assert table.status_code == 200, table.text
    assert "Housing" in table.text


def test_a_refold_leaves_it_as_it_is(left: Left, office: Office, phone: Phone) -> None:
    """Nobody here knows by which rules its doses were merged."""
    second = office.phone(phone.member)
    with catalogue_with(NEWER):
        second.sync()
        for each, value in ((phone, "spouse"), (second, "child")):
            each.change(left.housing, "housing", left.patient, set={"relationship": value})
        phone.sync()
        second.sync()
    before = stored(office, left.housing)
    assert orjson.loads(before.body)["contested"]
    looked = sum(refold(office.organisation), start=Looked.nothing())
    assert looked.kept == {"housing": 1, "flyer": 1, "grievance": 1}
    assert stored(office, left.housing) == before
    with catalogue_with(NEWER):
        looked = sum(refold(office.organisation), start=Looked.nothing())
        assert not any((looked.kept, looked.moved, looked.renewed))


def test_a_field_that_is_gone_is_kept_shown_and_passed_on(office: Office, phone: Phone) -> None:
    second = office.phone(phone.member)
    patient = phone.new_patient()
    medication = phone.new("medication", patient, name="Lisinopril")
    phone.sync()
    second.sync()
    for each, dose in ((phone, "5 mg"), (second, "10 mg")):
        each.change(medication, "medication", patient, set={"dose": dose})
        each.change(medication, "medication", patient, add={"side_effects": [dose]})
    phone.sync()
    second.sync()
    gone = without_field("medication", "dose")
    with catalogue_with(gone), catalogue_with(without_field("medication", "side_effects")):
        second.change(medication, "medication", patient, set={"route": "oral"})
        second.sync()
        for _ in refold(office.organisation):
            pass
        phone.sync()
        shown = phone.fields(medication)
        assert shown["dose"] == "10 mg"
        assert shown["side_effects"] == ["5 mg", "10 mg"]
        assert [each["value"] for each in phone.held[medication]["overruled"]["dose"]] == ["5 mg"]
        phone.change(medication, "medication", patient, set={"dose": "7 mg"})
        assert [each["field"] for each in phone.sync()["refused"]] == ["dose"]
    for _ in refold(office.organisation):
        pass
    phone.sync()
    contested = phone.held[medication]["contested"]["dose"]
    assert {each["value"] for each in contested} == {"5 mg", "10 mg"}


def test_a_field_that_is_new_moves_nothing(office: Office, phone: Phone) -> None:
    patient = phone.new_patient()
    medication = phone.new("medication", patient, name="Lisinopril")
    phone.sync()
    with catalogue_with(with_field("medication", "brand", "multi_value")):
        looked = sum(refold(office.organisation), start=Looked.nothing())
        assert not any((looked.moved, looked.renewed))
        phone.change(medication, "medication", patient, set={"brand": "Zestril"})
        assert phone.sync()["refused"] == []
        assert phone.fields(medication) == {"name": "Lisinopril", "brand": "Zestril"}
    phone.change(medication, "medication", patient, set={"dose": "5 mg"})
    phone.sync()
    assert phone.fields(medication) == {"name": "Lisinopril", "brand": "Zestril", "dose": "5 mg"}
