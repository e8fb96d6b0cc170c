"""The route table, its guard, and the headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from server import access, build_app, web
from server.access import CARING, NOBODY_ASKED, ROLES, Route
from server.database import begin, db
from server.routes import ROUTES
from server.settings import Settings
from server.tables import access_log
from tests.server.office import Office, Phone


def view() -> str:
    """A view that does nothing."""
    return ""


def test_the_server_does_not_start_with_a_route_that_is_not_declared(tmp_path: Path) -> None:
    app = build_app(Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/x"))
    access.require_declared(app)
    app.add_url_rule("/api/forgotten", "forgotten", view)
    with pytest.raises(RuntimeError, match="/api/forgotten is not declared"):
        access.require_declared(app)


@pytest.mark.parametrize(
    "route",
    [
        Route(method="GET", path="/x", view=view, roles=ROLES, scope="open", log=None),
        Route(method="GET", path="/x", view=view, roles=NOBODY_ASKED, scope="chart", log="x"),
        Route(method="GET", path="/x", view=view, roles=CARING, scope="organisation", log="x"),
        Route(
            method="GET", path="/x", view=view, roles=frozenset({"king"}), scope="chart", log="x"
        ),
        Route(
            method="GET",
            path="/x",
            view=view,
            roles=CARING,
            scope="chart",
            log=None,
            is_for_programs=True,
        ),
    ],
)
def test_a_declaration_that_contradicts_itself_is_no_route(route: Route) -> None:
    with pytest.raises(RuntimeError):
        access.register(Flask("x"), [route])


def test_a_route_without_role_scope_or_log_entry_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        Route(method="GET", path="/x", view=view)  # type: ignore[call-arg]


@pytest.fixture
def routed(app: Flask) -> Callable[..., str]:
    """Adds a route to the running application; its address."""

    def add(view: Callable[..., str], **parts: Any) -> str:
        path = f"/api/tried/{uuid4()}"
        route = Route(
            **{"method": "GET", "path": path, "view": view, "roles": CARING, "log": None} | parts
        )
        app.extensions[access.EXTENSION][route.endpoint] = route
        app._got_first_request = False
        app.add_url_rule(path, route.endpoint, route.view, methods=["GET"])
        return path

    return add


def test_a_phones_route_answers_an_unlocked_phone_and_no_program_unless_it_says_so(
    routed: Callable[..., str], phone: Phone, office: Office
) -> None:
    path, open_to_all = (
        routed(view, scope="phone"),
        routed(view, scope="phone", is_for_programs=True),
    )
    program = office.program(phone.member)
    assert phone.session.get(path).status_code == 200
    assert (program.get(path).status_code, program.get(open_to_all).status_code) == (403, 200)
    del phone.session.headers["Doorstep-Device"]
    for each in (path, open_to_all):
        assert phone.session.get(each).json["code"] == "device_secret"


def test_what_the_access_log_should_hold_is_not_answered_without_it(
    routed: Callable[..., str], phone: Phone
) -> None:
    answer = phone.session.get(routed(view, scope="phone", log="search"))
    assert (answer.status_code, answer.json["code"]) == (500, "broken")


def test_signed_out_nothing_but_the_open_routes_answers(app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    for route in ROUTES:
        path = route.path.replace("<path:path>", "x")
        path = re.sub("<int:\\w+>", "1", path)
        path = re.sub("<\\w+_id>", "01938a5b-0000-7000-8000-000000000000", path)
        answer = client.open(path, method=route.method, json={} if route.method == "POST" else None)
        assert (answer.status_code == 401) is (route.scope != "open"), route.endpoint


def test_a_chart_is_read_with_the_device_secret_alone_and_the_reading_is_noted(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    path = f"/api/records/{patient}/history"
    assert phone.session.get(path).status_code == 200
    assert colleague.session.get(path).status_code == 404
    assert supervisor.session.get(path).status_code == 200
    secret = phone.session.headers.pop("Doorstep-Device")
    assert phone.session.get(path).json["code"] == "device_secret"
    phone.session.headers["Doorstep-Device"] = secret
    administrator = office.phone(office.add("administrator"))
    assert administrator.session.get(path).json["code"] == "forbidden"
    with begin(office.organisation) as connection:
        noted = connection.execute(
            access_log.select().where(access_log.c.patient.is_not(None))
        ).all()
    assert {(row.member, row.device, row.patient, row.what) for row in noted} == {
        (phone.member, phone.device, patient, "history"),
        (supervisor.member, supervisor.device, patient, "history"),
    }


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/me", "/api/nothing", "/nothing"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, buffered=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name in web.HEADERS:
        assert name in answer.headers
    if path.startswith("/api/"):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype == "application/problem+json"


def test_transport_security_is_asked_for_where_there_is_any(database: str, tmp_path: Path) -> None:
    for origin, is_strict in (("https://care.example", True), ("http://localhost:8000", False)):
        app = build_app(Settings(home=tmp_path, database_url=database, origin=origin))
        answer = app.test_client().get("/healthz", buffered=True)
        assert ("Strict-Transport-Security" in answer.headers) is is_strict
        with app.app_context():
            db.engine.dispose()


def test_the_app_is_served_with_assets_that_never_change_and_an_index_that_may(
    app: Flask, tmp_path: Path
) -> None:
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<!doctype html>")
    (tmp_path / "web" / "assets" / "app-1a2b.js").write_text("0")
    (tmp_path / "secret").write_text("x")
    client = app.test_client()
    assert client.get("/", buffered=True).headers["Cache-Control"] == "no-cache"
    hashed = client.get("/assets/app-1a2b.js", buffered=True)
    assert "immutable" in hashed.headers["Cache-Control"]
    for path in ("/assets/other.js", "/../secret", "/%2e%2e/secret", "/api/index.html"):
        assert client.get(path).status_code == 404, path


def test_a_defect_is_a_problem_without_a_word_of_what_it_was_about(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Rosa Rivera")

    monkeypatch.setattr("server.sync.endpoint.read_counter", broken)
    answer = phone.send(phone.request())
    assert (answer.status_code, answer.json["code"]) == (500, "broken")
    assert "Rosa" not in answer.text + caplog.text
    assert "read_counter" in caplog.text or "broken" in caplog.text


def test_problems_are_said_in_the_asked_language(app: Flask) -> None:
    answer = app.test_client().get("/api/me", headers={"Accept-Language": "es-US,en;q=0.5"})
    assert answer.json["detail"].startswith("Su sesión")


def test_the_interface_describes_every_route_and_the_catalogue(phone: Phone, app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    operations = [each for path in document["paths"].values() for each in path.values()]
    ids = [each["operationId"] for each in operations]
    assert len(set(ids)) == len(ids)
    assert document["paths"].keys() >= {"/api/sync", "/api/records/{record_id}/history"}
    assert "fields_of_medication" in document["components"]["schemas"]
    catalogue = phone.session.get("/api/catalogue", **{"Accept-Language": "es"}).json
    assert catalogue["protocol"] == 1
    kinds = {kind["kind"]: kind for kind in catalogue["kinds"]}
    assert kinds["medication"]["label"] == "Medicamento"
