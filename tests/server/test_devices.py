"""The devices screen's side of the server: whose phones are seen, revoked and heard of again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from server import devices
from server.database import begin
from server.organisations import leave
from server.problems import Problem
from server.tables import access_log, device, escrow, session
from server.who import FRESH_MS, caller_of_member, now_ms
from tests.server.office import Office, Phone, Session, new_id


def listed(phone: Phone, path: str = "/api/office/devices") -> dict[str, dict[str, Any]]:
    answer = phone.session.get(path)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json["devices"]}


def revoke(by: Phone, device_id: str) -> int:
    return by.session.post(f"/api/devices/{device_id}/revoke", {}).status_code


def keep_escrow(office: Office, phone: Phone) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            escrow.insert(),
            {
                "organisation": office.organisation,
                "device": phone.device,
                "member": phone.member,
                "sealed": "x",
                "created_at": 1,
            },
        )


@pytest.fixture
def administrator(office: Office) -> Phone:
    return office.phone(office.add("administrator"))


@pytest.fixture
def of_south(office: Office) -> Phone:
    return office.phone(office.add("supervisor", "South"))


@pytest.fixture
def elsewhere(office: Office) -> Phone:
    other = Office.open(office.app, "Elsewhere")
    return other.phone(other.add("administrator"))


def test_a_member_sees_their_own_phones_with_what_each_last_said(
    phone: Phone, colleague: Phone, office: Office
) -> None:
    second = office.phone(phone.member)
    office.program(phone.member).post("/api/devices", {"name": "script"})
    phone.new_patient()
    phone.sync(status={"app": "1.4.0", "unsent": 3, "storage": 0.5, "persisted": True})
    own = listed(phone, "/api/devices")
    assert own.keys() == {phone.device, second.device}
    shown = own[phone.device]
    assert shown | {"enrolled_at": 0, "last_contact": 0, "member_name": ""} == {
        "id": phone.device,
        "name": "Pixel 8",
        "member": phone.member,
        "member_name": "",
        "team_name": "North",
        "enrolled_at": 0,
        "last_contact": 0,
        "revoked_at": None,
        "erased_at": None,
        "lost_unsent": 2,
        "status": {"app": "1.4.0", "unsent": 2, "storage": 0.5, "persisted": True},
        "current": True,
    }
    assert shown["enrolled_at"] <= shown["last_contact"] <= phone.now()
    assert own[second.device]["status"] is None
    assert own[second.device]["last_contact"] is None
    assert not own[second.device]["current"]


def test_a_supervisor_sees_the_phones_of_their_teams_and_an_administrator_all(
    phone: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    elsewhere: Phone,
) -> None:
    of_north = {phone.device, supervisor.device}
    assert listed(supervisor).keys() == of_north
    assert listed(of_south).keys() == {of_south.device}
    assert listed(administrator).keys() == {*of_north, of_south.device, administrator.device}
    assert listed(elsewhere).keys() == {elsewhere.device}
    assert phone.session.get("/api/office/devices").status_code == 403


def test_a_phone_is_revoked_by_its_member_their_supervisor_and_an_administrator_alone(
    phone: Phone,
    colleague: Phone,
    supervisor: Phone,
    of_south: Phone,
    administrator: Phone,
    elsewhere: Phone,
    office: Office,
) -> None:
    for stranger in (colleague, of_south, elsewhere):
        assert revoke(stranger, phone.device) == 404
    assert revoke(phone, new_id()) == 404
    assert revoke(supervisor, administrator.device) == 404
    assert phone.send(phone.request()).status_code == 200
    by_each = [(phone, office.phone(phone.member)), (supervisor, phone)]
    for by, lost in [*by_each, (administrator, supervisor), (administrator, of_south)]:
        assert revoke(by, lost.device) == 204
        assert lost.send(lost.request()).json["wipe"] is True


def test_with_a_lost_phone_go_the_copy_of_its_key_and_the_sessions_of_its_member(
    phone: Phone, colleague: Phone, office: Office
) -> None:
    lost, browser = office.phone(phone.member), office.session(phone.member)
    for each in (phone, lost, colleague):
        keep_escrow(office, each)
    assert revoke(phone, lost.device) == 204
    with begin(office.organisation) as connection:
        kept = set(connection.scalars(select(escrow.c.device)))
    assert kept == {phone.device, colleague.device}
    assert phone.session.get("/api/me").status_code == 200
    assert colleague.session.get("/api/me").status_code == 200
    assert browser.get("/api/me").status_code == 401
    assert browser.post("/api/devices", {"name": "A thief's"}).status_code == 401
    assert revoke(phone, phone.device) == 204
    with begin(office.organisation) as connection:
        assert not connection.scalars(
            select(session.c.token).where(session.c.member == phone.member)
        ).all()


def test_a_phone_revoked_again_stays_revoked_as_it_was_and_is_told_of_once(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    assert revoke(supervisor, phone.device) == 204
    before = listed(supervisor)[phone.device]["revoked_at"]
    assert revoke(supervisor, phone.device) == 204
    assert listed(supervisor)[phone.device]["revoked_at"] == before
    with begin(office.organisation) as connection:
        noted = connection.execute(
            select(access_log.c.member, access_log.c.device, access_log.c.subject).where(
                access_log.c.what == "device_revoked"
            )
        ).all()
    assert noted == [(supervisor.member, supervisor.device, phone.member)]


def test_a_revoked_phone_says_that_it_has_erased_itself_and_no_other_does(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    nobody = Session(office.app.test_client(use_cookies=False), "")

    def say(id_: str) -> tuple[int, str]:
        answer = nobody.post(f"/api/devices/{id_}/erased", {})
        return answer.status_code, "" if answer.status_code == 204 else answer.json["code"]

    assert say(phone.device) == (409, "device_in_use")
    assert say(new_id()) == (404, "unknown_device")
    revoke(supervisor, phone.device)
    assert listed(supervisor)[phone.device]["erased_at"] is None
    assert say(phone.device) == (204, "")
    first = listed(supervisor)[phone.device]["erased_at"]
    assert first >= listed(supervisor)[phone.device]["revoked_at"]
    assert say(phone.device) == (204, "")
    assert listed(supervisor)[phone.device]["erased_at"] == first


def test_a_cookie_alone_enrols_no_phone_once_its_sign_in_is_over(
    phone: Phone, office: Office
) -> None:
    locked = office.session(phone.member)
    assert locked.post("/api/devices", {"name": "Mine"}).status_code == 201
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(session).values(created_at=now_ms() - FRESH_MS))
    answer = locked.post("/api/devices", {"name": "A thief's"})
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_again")
    assert phone.session.post("/api/devices", {"name": "Anew"}).status_code == 201
    phone.session.headers["Doorstep-Device"] = "of no phone"
    assert phone.session.post("/api/devices", {"name": "Anew"}).status_code == 401


def test_nobody_enrols_a_phone_while_they_leave(phone: Phone, office: Office) -> None:
    with begin(office.organisation) as connection:
        before = caller_of_member(connection, office.organisation, phone.member)
    assert before is not None
    leave(office.organisation, before.email)
    with begin(office.organisation, write=True) as connection, pytest.raises(Problem) as refused:
        devices.require_membership(connection, before)
    assert refused.value.status == 401
    with begin(office.organisation) as connection:
        assert not connection.scalars(
            select(device.c.id).filter_by(member=phone.member, revoked_at=None)
        ).all()


def test_a_locked_phone_may_ask_whether_it_is_revoked(phone: Phone, app: Flask) -> None:
    locked = app.test_client(use_cookies=False)
    assert locked.get(f"/api/devices/{phone.device}/state").json == {"revoked": False}
    answer = locked.get(f"/api/devices/{new_id()}/state")
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_device")
    for made_up in ("unheard-of", "%00", "%ff", "a%2fb"):
        assert locked.get(f"/api/devices/{made_up}/state").status_code == 404


@pytest.mark.parametrize("name", [None, "", "  ", 7, "x" * 101, "a\0b"])
def test_a_device_needs_a_name(phone: Phone, name: object) -> None:
    assert phone.session.post("/api/devices", {"name": name}).status_code == 400


def test_a_device_takes_up_an_id_that_is_not_known_and_no_other(
    phone: Phone, office: Office
) -> None:
    lost = "01938a5b-0000-7000-8000-000000000000"
    browser = office.session(phone.member)
    answer = browser.post("/api/devices", {"name": "Pixel", "device": lost})
    assert (answer.status_code, answer.json["device"]) == (201, lost)
    assert answer.json["secret"]
    assert browser.post("/api/devices", {"name": "Pixel", "device": lost}).status_code == 409
    assert browser.post("/api/devices", {"name": "Pixel", "device": "x"}).status_code == 400
    elsewhere = Office.open(office.app, "Elsewhere")
    stranger = elsewhere.session(elsewhere.add("coordinator"))
    assert stranger.post("/api/devices", {"name": "Pixel", "device": lost}).status_code == 409
