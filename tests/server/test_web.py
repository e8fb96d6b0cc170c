"""What holds for every answer and every request of a browser, whatever the route."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import event
from werkzeug.test import TestResponse

from server import build_app, sessions, web
from server.access import SAFE_METHODS
from server.database import begin, db
from server.routes import ROUTES
from server.settings import Settings
from server.tables import METADATA
from server.who import COOKIE
from tests.server.furnished import Furnished, furnish
from tests.server.office import ORIGIN, Office, Phone

WRITES = [route for route in ROUTES if route.method not in SAFE_METHODS]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (each.split() for each in policy.split(";"))}


def test_nothing_is_fetched_from_anywhere_else_and_nothing_runs_that_we_did_not_ship() -> None:
    found = directives(web.CONTENT_SECURITY_POLICY)
    allowed = {"'self'", "'none'"}
    for name, sources in found.items():
        extra = {"img-src": {"data:", "blob:"}, "worker-src": {"blob:"}}.get(name, set())
        assert set(sources) <= allowed | extra, name
    assert found["default-src"] == found["script-src"] == found["style-src"] == ["'self'"]
    for name in ("frame-ancestors", "frame-src", "object-src", "base-uri", "form-action"):
        assert found[name] == ["'none'"], name


def test_passkeys_are_ours_to_use_and_what_we_never_use_is_nobodys(app: Flask) -> None:
    policy = app.test_client().get("/healthz").headers["Permissions-Policy"]
    found = dict(each.split("=") for each in policy.split(", "))
    assert found.pop("publickey-credentials-get") == "(self)"
    assert found.pop("publickey-credentials-create") == "(self)"
    assert set(found.values()) == {"()"}
    assert {"microphone", "geolocation", "camera"} <= found.keys()


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/me", "/api/sync", "/api/no", "/no"])
def test_no_answer_may_be_framed_sniffed_or_named_as_where_one_came_from(
    app: Flask, path: str
) -> None:
    headers = app.test_client().get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers


def test_the_cookie_of_a_session_is_for_this_origin_and_no_script(office: Office) -> None:
    member = office.add("coordinator")
    with begin(office.organisation, write=True) as connection:
        secret = sessions.start(connection, office.organisation, member)
    with office.app.test_request_context():
        answer = sessions.with_cookie(web.Response(), secret)
    set_ = answer.headers["Set-Cookie"]
    cookie = SimpleCookie(set_)[COOKIE]
    assert cookie.value == secret
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"
    assert (cookie["path"], cookie["domain"]) == ("/", "")


@pytest.fixture
def furnished(app: Flask) -> Furnished:
    return furnish(app)


def post(furnished: Furnished, endpoint: str, **headers: str | None) -> TestResponse:
    """An empty write to a route by who may call it, with these headers changed."""
    route = next(each for each in WRITES if each.endpoint == endpoint)
    session = furnished.session_for(route)
    path = furnished.address(route)
    sent = {**session.headers, **headers}
    return session.client.post(
        path, json={}, headers={name: value for name, value in sent.items() if value is not None}
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_route_takes_a_write_that_another_site_made_a_browser_send(furnished: Furnished) -> None:
    for route in WRITES:
        for origin in (
            "https://evil.example",
            "null",
            "",
            f"{ORIGIN}.evil.example",
            ORIGIN.replace("http:", "https:"),
            ORIGIN.replace("8000", "8001"),
            f"{ORIGIN}/",
            ORIGIN.upper(),
        ):
            answer = post(furnished, route.endpoint, Origin=origin)
            assert (answer.status_code, answer.json["code"]) == (403, "origin"), (route, origin)
        answer = post(furnished, route.endpoint, Origin=None, Cookie="any=1")
        assert (answer.status_code, answer.json["code"]) == (403, "origin"), route


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_from_our_own_origin_every_route_is_reached(furnished: Furnished) -> None:
    last = "POST /api/sign-out"
    for endpoint in sorted((route.endpoint for route in WRITES), key=lambda each: each == last):
        answer = post(furnished, endpoint)
        code = answer.json["code"] if answer.status_code >= 400 else None
        assert code not in ("origin", "signed_out", "device_secret", "forbidden"), endpoint


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_get_leaves_nothing_but_its_entry_in_the_log(furnished: Furnished) -> None:
    before = stored(furnished.office)
    for route in ROUTES:
        if route.method == "GET":
            session = furnished.session_for(route)
            path = furnished.address(route)
            assert session.get(path).status_code in (200, 202, 404), route.endpoint
    assert stored(furnished.office) == before


def stored(office: Office) -> dict[str, list[Any]]:
    """Every row, but for the access log."""
    tables = [each for each in METADATA.sorted_tables if not each.name.startswith("access_")]
    with begin(office.organisation) as connection:
        return {each.name: sorted(map(repr, connection.execute(each.select()))) for each in tables}


@pytest.fixture
def seen_from(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """A server behind so many proxies, whose one view says who it thinks is asking, and how."""
    app = build_app(Settings(tmp_path, f"sqlite:///{tmp_path}/x", trusted_proxies=request.param))
    app.view_functions["GET /healthz"] = _asker
    yield app
    with app.app_context():
        db.engine.dispose()


def _asker() -> str:
    return f"{request.remote_addr} {request.scheme} {request.host}"


@pytest.mark.parametrize(
    ("seen_from", "answer"),
    [
        (0, "127.0.0.1 http localhost"),
        (1, "203.0.113.3 https localhost"),
        (2, "203.0.113.2 http localhost"),
        (4, "127.0.0.1 http localhost"),
    ],
    indirect=["seen_from"],
)
def test_as_many_proxies_are_believed_as_the_setting_says(seen_from: Flask, answer: str) -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.1, 203.0.113.2, 203.0.113.3",
        "X-Forwarded-Proto": "https, http, https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=203.0.113.9",
    }
    assert seen_from.test_client().get("/healthz", headers=headers).text == answer


def test_a_secret_is_looked_up_by_its_hash_and_never_itself_compared(
    phone: Phone, office: Office
) -> None:
    """How long a comparison takes tells of a hash, which nobody can steer towards a stored one."""
    seen: list[str] = []

    def note(*execution: Any) -> None:
        seen.append(f"{execution[2]} {execution[3]}")

    program = office.program(phone.member)
    secrets = (
        phone.session.headers["Cookie"].partition("=")[2],
        phone.session.headers["Doorstep-Device"],
        program.headers["Authorization"].partition(" ")[2],
    )
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert phone.session.get("/api/me").status_code == 200
        assert program.get("/api/me").status_code == 200
        assert phone.session.post("/api/invitations/open", {"token": secrets[0]}).status_code == 403
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) >= 6
    assert not any(secret in each for secret in secrets for each in seen)
