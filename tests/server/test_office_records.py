"""Records of employment: written by the office, read there, and on no phone."""

from __future__ import annotations

import pytest

from server import office_records
from server.database import begin
from server.tables import access_log
from tests.server.office import Office, Phone, new_id

PATH = "/api/office/records"


@pytest.fixture
def license(supervisor: Phone, phone: Phone) -> str:
    """The nursing license of a coordinator, as the supervisor entered it."""
    id_ = supervisor.new(
        "training_credential",
        None,
        member=phone.member,
        title="Registered nurse, New York",
        expires="2027-03-31",
    )
    assert not supervisor.sync()["refused"]
    return id_


def test_the_office_reads_them_from_the_server_and_the_reading_is_noted(
    license: str, supervisor: Phone, office: Office
) -> None:
    administrator = office.phone(office.add("administrator"))
    for reader in (supervisor, administrator):
        answer = reader.session.get(f"{PATH}/training_credential").json
        assert [each["id"] for each in answer["records"]] == [license]
        assert answer["records"][0]["fields"]["expires"] == "2027-03-31"
        assert answer["next"] is None
    with begin(office.organisation) as connection:
        noted = connection.execute(
            access_log.select().where(access_log.c.what == "office_records")
        ).all()
    assert {(row.member, row.patient, row.detail) for row in noted} == {
        (supervisor.member, None, "training_credential"),
        (administrator.member, None, "training_credential"),
    }


def test_they_reach_no_phone_not_even_the_one_that_wrote_them(
    license: str, supervisor: Phone, phone: Phone, office: Office
) -> None:
    administrator = office.phone(office.add("administrator"))
    for each in (supervisor, phone, administrator):
        each.sync_all()
        assert license not in each.held
        assert "Registered nurse" not in str(each.held)
    assert phone.session.get(f"/api/records/{license}/history").status_code == 404
    assert supervisor.session.get(f"/api/records/{license}/history").status_code == 200


def test_those_out_on_visits_neither_read_nor_write_them(phone: Phone) -> None:
    assert phone.session.get(f"{PATH}/vacancy").json["code"] == "forbidden"
    phone.new("vacancy", None, role="coordinator")
    assert [each["code"] for each in phone.sync()["refused"]] == ["not_yours"]


def test_they_belong_to_no_chart(supervisor: Phone, phone: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    supervisor.new("vacancy", patient, role="coordinator")
    assert [each["code"] for each in supervisor.sync()["refused"]] == ["invalid"]


def test_they_come_in_pages_without_the_deleted(
    supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_records, "PAGE", 2)
    ids = sorted(supervisor.new("vacancy", None, role="coordinator") for _ in range(6))
    supervisor.sync()
    seen = supervisor.session.get(f"{PATH}/vacancy").json["records"][1]["version"]
    supervisor.change(ids[1], "vacancy", None, delete=True, seen=seen)
    assert not supervisor.sync()["refused"]
    first = supervisor.session.get(f"{PATH}/vacancy").json
    assert [each["id"] for each in first["records"]] == [ids[0], ids[2]]
    second = supervisor.session.get(f"{PATH}/vacancy?after={first['next']}").json
    assert [each["id"] for each in second["records"]] == ids[3:5]
    third = supervisor.session.get(f"{PATH}/vacancy?after={second['next']}").json
    assert ([each["id"] for each in third["records"]], third["next"]) == (ids[5:], None)


@pytest.mark.parametrize("kind", ["patient", "member", "nothing", "%00"])
def test_nothing_else_is_read_there(supervisor: Phone, phone: Phone, kind: str) -> None:
    phone.new_patient()
    phone.sync()
    assert supervisor.session.get(f"{PATH}/{kind}").status_code == 404


def test_a_page_begins_after_an_id(supervisor: Phone) -> None:
    answer = supervisor.session.get(f"{PATH}/vacancy?after=x")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_how_an_organisation_works_is_one_record(office: Office, supervisor: Phone) -> None:
    settings = {"time_zone": "America/New_York", "lock_minutes": 2}
    supervisor.change(new_id(), "organisation_settings", None, set=settings)
    supervisor.change(office.organisation, "organisation_settings", None, set=settings)
    assert [each["code"] for each in supervisor.sync()["refused"]] == ["invalid"]
    coordinator = office.phone(office.add("coordinator"))
    coordinator.sync()
    assert coordinator.fields(office.organisation)["lock_minutes"] == 2
