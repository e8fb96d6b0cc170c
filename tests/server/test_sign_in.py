"""From an invitation to a session, devices, and out again."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from server import signing_in
from server.database import begin
from server.organisations import Unfit, create_organisation, leave
from server.tables import invitation, session
from tests.server.office import ORIGIN, Office, Phone, Session, new_id


def link_of(office: Office, member: str, **options: int) -> str:
    with begin(office.organisation, write=True) as connection:
        link = signing_in.invite(connection, office.organisation, office.email(member), **options)
    assert link.startswith(f"{ORIGIN}/#/join/")
    return link.rpartition("/")[2]


def accept(office: Office, token: object) -> tuple[int, str]:
    browser = Session(office.app.test_client(use_cookies=False), "")
    answer = browser.post("/api/invitations/accept", {"token": token})
    return answer.status_code, answer.headers.get("Set-Cookie", "")


def test_a_link_signs_in_once_and_says_who_it_is(office: Office) -> None:
    member = office.add("coordinator", "North")
    browser = office.session(member)
    answer = browser.get("/api/me")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "member": member,
        "name": "Coordinator 1",
        "email": "coordinator1@example.org",
        "role": "coordinator",
        "team": answer.json["team"],
        "team_name": "North",
        "organisation": office.organisation,
        "organisation_name": "Riverside Home Care",
        "demo": False,
    }


def test_a_used_a_late_and_a_made_up_link_open_nothing(office: Office) -> None:
    member = office.add("coordinator")
    token = link_of(office, member)
    status, cookie = accept(office, token)
    assert status == 200
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert accept(office, token) == (403, "")
    late = link_of(office, member)
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(invitation).values(expires_at=1))
    assert accept(office, late) == (403, "")
    assert accept(office, "made up") == (403, "")
    assert accept(office, "half \ud800 a pair")[0] == 403
    assert accept(office, 7) == (400, "")


def test_only_a_demo_has_links_that_work_many_times(app: Flask, office: Office) -> None:
    with pytest.raises(PermissionError):
        link_of(office, office.add("coordinator"), days_many_use=1)
    demo = Office(app, create_organisation("Demo", is_demo=True))
    token = link_of(demo, demo.add("coordinator"), days_many_use=1)
    assert [accept(demo, token)[0] for _ in range(3)] == [200, 200, 200]


def test_signing_out_ends_the_session(phone: Phone) -> None:
    assert phone.session.post("/api/sign-out", {}).status_code == 204
    assert phone.session.get("/api/me").status_code == 401


def test_a_session_ends_by_itself(phone: Phone, office: Office) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(session).values(expires_at=1))
    assert phone.session.get("/api/me").status_code == 401


def test_who_has_left_is_nobody_and_their_phone_erases_itself(phone: Phone, office: Office) -> None:
    program = office.program(phone.member)
    assert leave(office.organisation, office.email(phone.member)) == 1
    assert program.get("/api/me").status_code == 401
    assert phone.session.get("/api/me").json["wipe"] is True
    assert phone.send(phone.request()).json["wipe"] is True
    with pytest.raises(Unfit):
        leave(office.organisation, office.email(phone.member))


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


def test_a_program_may_write_its_scheme_as_it_likes(office: Office) -> None:
    program = office.program(office.add("coordinator"))
    secret = program.headers["Authorization"].partition(" ")[2]
    for scheme in ("Bearer", "bearer", "BEARER"):
        program.headers["Authorization"] = f"{scheme} {secret}"
        assert program.get("/api/me").status_code == 200
        assert program.post("/api/devices", {"name": "office"}).status_code == 201
    for wrong in (secret, f"Bearer {secret}x", "Bearer ", f"Basic {secret}"):
        program.headers["Authorization"] = wrong
        assert program.get("/api/me").status_code == 401
