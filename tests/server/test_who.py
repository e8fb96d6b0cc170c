"""Who a request is taken to come from: session, token, phone, and what each is worth alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from server.database import begin
from server.organisations import Unfit, leave
from server.tables import token
from server.who import Caller, now_ms, who
from tests.server.office import Office, Phone, Session


def caller(app: Flask, *senders: Session) -> Caller | None:
    """Whom a request with the headers of all these is from."""
    headers = {name: value for each in senders for name, value in each.headers.items()}
    with app.test_request_context(headers=headers):
        return who()


def test_a_request_without_anything_is_nobodys(app: Flask, office: Office) -> None:
    assert caller(app, Session(app.test_client(), "")) is None
    for name in ("Cookie", "Doorstep-Device", "Authorization"):
        for value in ("", "x", "doorstep_session=x", "Bearer x", "half \udce9"):
            assert caller(app, Session(app.test_client(), "", {name: value})) is None


def test_a_phone_counts_beside_the_session_of_its_own_member_alone(
    app: Flask, office: Office, phone: Phone, colleague: Phone
) -> None:
    known = caller(app, phone.session)
    assert known is not None
    assert (known.member, known.device, known.is_program) == (phone.member, phone.device, False)
    stolen = Session(app.test_client(), "", dict(phone.session.headers))
    stolen.headers["Doorstep-Device"] = colleague.session.headers["Doorstep-Device"]
    known = caller(app, stolen)
    assert known is not None
    assert (known.member, known.device) == (phone.member, None)
    del stolen.headers["Cookie"]
    assert caller(app, stolen) is None


def test_nobody_is_known_in_two_organisations(app: Flask, office: Office, phone: Phone) -> None:
    elsewhere = Office.open(app, "Elsewhere")
    stranger = elsewhere.phone(elsewhere.add("supervisor", "North"))
    mixed = Session(app.test_client(), "", dict(phone.session.headers))
    mixed.headers["Doorstep-Device"] = stranger.session.headers["Doorstep-Device"]
    known = caller(app, mixed)
    assert known is not None
    assert (known.organisation, known.organisation_name) == (
        office.organisation,
        "Riverside Home Care",
    )
    assert known.device is None


def test_a_token_is_a_program_and_comes_before_a_cookie(app: Flask, office: Office) -> None:
    ana, ben = office.add("coordinator", "North"), office.add("clinician")
    reader = office.program(ana, read_only=True)
    known = caller(app, office.session(ben), reader)
    assert known is not None
    assert (known.member, known.team_name) == (ana, "North")
    assert (known.is_program, known.is_read_only) == (True, True)
    assert (known.session, known.passkey, known.is_recovering) == (None, None, False)
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(token).values(expires_at=now_ms()))
    assert caller(app, reader) is None
    # ... and a token that has ended does not fall back on the cookie beside it
    assert caller(app, office.session(ben), reader) is None


def test_who_has_left_is_nobody_and_their_phone_erases_itself(phone: Phone, office: Office) -> None:
    program = office.program(phone.member)
    assert leave(office.organisation, office.email(phone.member)) == 1
    assert program.get("/api/me").status_code == 401
    assert phone.session.get("/api/me").json["wipe"] is True
    assert phone.send(phone.request()).json["wipe"] is True
    with pytest.raises(Unfit):
        leave(office.organisation, office.email(phone.member))


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
