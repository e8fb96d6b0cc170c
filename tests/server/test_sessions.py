"""How a session begins and ends."""

from __future__ import annotations

from sqlalchemy import func, select, update

from server import sessions
from server.database import begin
from server.tables import session
from server.who import COOKIE, hash_of, now_ms
from tests.server.office import Office, Phone


def test_signing_out_ends_the_session_and_no_other(phone: Phone, office: Office) -> None:
    other = office.session(phone.member)
    answer = phone.session.post("/api/sign-out", {})
    assert answer.status_code == 204
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=;")
    assert phone.session.get("/api/me").status_code == 401
    assert other.get("/api/me").status_code == 200


def test_a_session_ends_by_itself(phone: Phone, office: Office) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(session).values(expires_at=now_ms()))
    assert phone.session.get("/api/me").status_code == 401
    office.session(phone.member)
    with begin(office.organisation) as connection:
        assert connection.scalar(select(func.count()).select_from(session)) == 1


def test_a_session_is_stored_under_the_hash_of_its_secret(office: Office) -> None:
    member = office.add("coordinator")
    with begin(office.organisation, write=True) as connection:
        secret = sessions.start(connection, office.organisation, member)
        row = connection.execute(select(session)).one()
    assert row.token == hash_of(secret)
    assert secret not in str(row)
    assert row.expires_at - row.created_at == sessions.LIFETIME_MS
