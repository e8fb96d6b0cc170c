"""What a person typed is in no log, in no address and on no error page: marked values are sent by
every way that HTTP has, to every route there is, of a real gunicorn."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import shlex
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from server import create_app
from server.access import EXTENSION, Route
from server.database import db
from server.openapi import specification
from server.settings import Settings
from tests.e2e.deployment import ROOT, STARTS_WITHIN, Deployment
from tests.server import talkative
from tests.server.furnished import Furnished, furnish
from tests.server.office import Phone, Session

MARK = "Zqx Riverá O'Hara"
"""Stands for a name or a note. It is looked for whole and in pieces, in each spelling."""
PIECES = ("zqx", "river%c3", "river\\u00e1", "riverá", "o'hara", "o%27hara")
CONTROL = "control-7f3a"

Headers = Mapping[str, str]


def is_marked(text: str) -> bool:
    return any(piece in text.lower() for piece in PIECES)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        return self.headers["X-Request-Id"]

    @property
    def code(self) -> str | None:
        return json.loads(self.body)["code"] if self.status >= 400 else None


@dataclass
class Gunicorn(Deployment):
    """gunicorn by the Procfile's line, with an application that says what it is told to."""

    heard: list[str] = field(default_factory=list)
    hearing: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        line = (ROOT / "Procfile").read_text().split("web:", 1)[1].strip()
        assert "server:create_app()" in line
        self.process = subprocess.Popen(
            shlex.split(line.replace("server:create_app()", "tests.server.talkative:create()")),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()
        self.wait_to_hear(lambda text: "Booting worker" in text)

    def _listen(self) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                with self.hearing:
                    self.heard.append(line.decode())
                    self.hearing.notify_all()

    def wait_to_hear(self, is_enough: Callable[[str], bool]) -> list[str]:
        """What gunicorn has said so far, once that is enough."""
        with self.hearing:
            assert self.hearing.wait_for(lambda: is_enough("".join(self.heard)), STARTS_WITHIN), (
                self.heard[-20:]
            )
            return list(self.heard)

    def ask(self, method: str, path: str, body: bytes | None, headers: Headers) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {name: value.encode() for name, value in headers.items()}
            connection.request(method, path, body, sent)  # type: ignore[arg-type]
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, dict(answer.getheaders()), text)
        finally:
            connection.close()


def requests_in(lines: Iterable[str]) -> set[str]:
    """The ids of the requests of which these lines tell that they were answered."""
    said = (json.loads(line) for line in lines if line.startswith("{") and line.endswith("}"))
    return {line["request_id"] for line in said if line["event"] == "request"}


@pytest.fixture(scope="module")
def gunicorn(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    home = tmp_path_factory.mktemp("gunicorn")
    (home / "doorstep.sqlite3").write_bytes(sqlite_template.read_bytes())
    server = Gunicorn(home, f"sqlite:///{home / 'doorstep.sqlite3'}")
    server.start()
    yield server
    server.stop()
    server.listener.join()


@pytest.fixture(scope="module")
def app(gunicorn: Gunicorn) -> Iterator[Flask]:
    """The same organisations from within this process."""
    settings = Settings(gunicorn.home, gunicorn.database_url, web=gunicorn.home / "web")
    made = create_app(settings)
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture(scope="module")
def furnished(app: Flask) -> Furnished:
    return furnish(app)


def marked_body(schema: Any, document: Any, ids: Mapping[str, Any]) -> Any:
    """A body of the shape that our own description asks for, every text in it marked."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return marked_body(document["components"]["schemas"][name], document, ids)
    kind = schema.get("type")
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if kind == "object":
        named = schema.get("properties", {})
        made = {name: marked_body(each, document, ids) for name, each in named.items()}
        return made | {MARK: MARK, "note": [MARK]}
    if kind == "array":
        return [marked_body(schema["items"], document, ids)]
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return True
    return ids["member_id"] if schema.get("format") == "uuid" else MARK


def bodies(route: Route, document: Any, furnished: Furnished) -> Iterator[tuple[bytes, Headers]]:
    """What may come in a request's body: right, misshapen, broken, of another kind."""
    plain = {"Content-Type": "application/json"}
    operation = document["paths"].get(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path), {})
    asked = operation.get(route.method.lower(), {}).get("requestBody")
    if asked:
        schema = asked["content"]["application/json"]["schema"]
        yield json.dumps(marked_body(schema, document, furnished.ids)).encode(), plain
    yield json.dumps({MARK: MARK, "name": MARK, "token": MARK}).encode(), plain
    yield json.dumps([MARK]).encode(), plain
    yield f'{{"name": "{MARK}'.encode(), plain
    yield MARK.encode(), {"Content-Type": f"text/plain; charset={quote(MARK)}"}
    yield MARK.encode(), plain | {"Content-Encoding": "gzip"}
    yield gzip.compress(f'"{MARK}"'.encode()), plain | {"Content-Encoding": "gzip"}


def requests(
    route: Route, document: Any, furnished: Furnished
) -> Iterator[tuple[str, bytes | None, Headers]]:
    """Every way by which a value can come to a route: its address, headers, query and body."""
    path = furnished.address(route)
    query = "&".join(
        f"{name}={quote(MARK)}"
        for name in ("q", "name", "lang", "audience", "after", "member", "patient", "from", "to")
    )
    headers = {
        "User-Agent": MARK,
        "Referer": f"http://localhost/{quote(MARK)}",
        "Accept-Language": MARK,
        "X-Forwarded-For": MARK,
        "X-Request-Id": MARK,
        "Doorstep-Note": MARK,
    }
    yield path, None, {}
    yield f"{path}?{query}", None, headers
    yield f"{path}/{quote(MARK)}", None, {}
    yield re.sub(r"<[^>]+>", quote(MARK), route.path), None, {}
    yield path, None, {"Authorization": f"Bearer {MARK}"}
    yield path, None, {"Doorstep-Device": MARK}
    yield path, None, {"Cookie": f"doorstep_session={quote(MARK)}"}
    yield path, None, {"Origin": f"http://{quote(MARK)}.example"}
    yield path, None, {talkative.FAIL: MARK}
    for body, of_body in bodies(route, document, furnished):
        yield path, body, headers | of_body


def sync_with_marks(phone: Phone) -> bytes:
    """A push of which each part is marked: taken, refused for a value, refused for its kind."""
    patient = phone.new_patient(MARK)
    phone.new("medication", patient, name=MARK, dose=MARK, status=MARK)
    phone.new("medication", patient, name=MARK, dose=MARK)
    phone.new(MARK, patient, name=MARK)
    phone.change(MARK, "patient", MARK, set={MARK: MARK})
    body = json.dumps(phone.request(lang=MARK, status={"app": MARK})).encode()
    phone.outbox.clear()
    return body


def test_no_route_writes_what_was_typed_into_a_log_an_address_or_an_error_page(
    gunicorn: Gunicorn, furnished: Furnished, app: Flask
) -> None:
    routes: list[Route] = list(app.extensions[EXTENSION].values())
    document = specification(routes)
    asked: dict[str, str] = {}
    beyond_the_guard = set()

    def ask(route: Route, path: str, body: bytes | None, headers: Headers) -> Answer:
        if route.method == "POST" and body is None:
            body, headers = b"{}", {"Content-Type": "application/json"} | headers
        session: Session = furnished.session_for(route)
        ours = session.headers | {"Origin": gunicorn.origin}
        answer = gunicorn.ask(route.method, path, body, ours | headers)
        asked[answer.id] = route.endpoint
        assert not is_marked(json.dumps(answer.headers)), (route.endpoint, path, answer.headers)
        if answer.status >= 400:
            assert not is_marked(answer.body), (route.endpoint, path, answer.body)
        if answer.code not in ("signed_out", "device_secret", "forbidden", "origin"):
            beyond_the_guard.add(route.endpoint)
        return answer

    for route in routes:
        if route.endpoint == "POST /api/sign-out":
            continue  # last, since it ends the session of all others
        for path, body, headers in requests(route, document, furnished):
            ask(route, path, body, headers)
    by_endpoint = {route.endpoint: route for route in routes}
    phone = furnished.phones["coordinator"]
    synced = ask(
        by_endpoint["POST /api/sync"],
        "/api/sync",
        sync_with_marks(phone),
        {"Content-Type": "application/json"},
    )
    assert synced.status == 200, synced.body
    assert is_marked(synced.body), "the values that were typed do come back to whoever may see them"
    assert len(json.loads(synced.body)["accepted"]) == 2
    assert len(json.loads(synced.body)["refused"]) == 3
    ask(by_endpoint["POST /api/sign-out"], "/api/sign-out", None, {})
    assert beyond_the_guard == by_endpoint.keys()

    control = gunicorn.ask("GET", "/healthz", None, {talkative.SAY: CONTROL})
    heard = gunicorn.wait_to_hear(
        lambda text: (
            text.count(CONTROL) >= talkative.WAYS
            and asked.keys() | {control.id} <= requests_in(text.splitlines())
        )
    )
    logged = [json.loads(line) for line in heard if line.startswith("{")]
    assert len(asked) > 10 * len(routes)
    assert "defect" in {line["event"] for line in logged}, "the failures were made, and logged"
    assert [line for line in heard if is_marked(line)] == []
    assert {line.strip() for line in heard if not line.startswith("{")} <= {CONTROL}


@pytest.mark.parametrize(
    "sent",
    [
        f"GET /{quote(MARK)} HTTP/9.9\r\n\r\n",
        f"GET /{MARK} HTTP/1.1\r\n\r\n",
        f"{MARK}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{MARK}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{MARK}: x\r\n\r\n",
        f"GET / HTTP/1.1\r\nX: {'y' * 9_000}{MARK}\r\n\r\n",
        f"GET /{'y' * 9_000}{quote(MARK)} HTTP/1.1\r\n\r\n",
        f"POST /api/sync HTTP/1.1\r\nContent-Length: {MARK}\r\n\r\n",
        f"POST /api/sync HTTP/1.1\r\nTransfer-Encoding: {quote(MARK)}\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_without_saying_it_again(
    gunicorn: Gunicorn, sent: str
) -> None:
    before = "".join(gunicorn.heard).count("no request")
    with socket.create_connection(("127.0.0.1", gunicorn.port), timeout=30) as connection:
        connection.sendall(sent.encode())
        answer = connection.makefile("rb").readline() + connection.makefile("rb").read()
    assert re.match(rb"HTTP/1.1 (400|414|431|501) ", answer), answer
    assert not is_marked(answer.decode("latin-1"))
    heard = gunicorn.wait_to_hear(lambda text: text.count("no request") > before)
    assert [line for line in heard if is_marked(line)] == []
