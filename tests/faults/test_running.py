"""What server/README.md says about running it is run: its proxies with TLS in front of a real
server, and its unit as far as a machine without systemd can tell."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from server import limits
from server.body import MOST_BYTES, MOST_READ
from server.database import BUSY_SECONDS, begin
from server.tables import attempt
from tests.e2e.deployment import ROOT, Deployment, free_port
from tests.faults.proxies import Front, front, written
from tests.phone.phone import Phone
from tests.phone.rounds import Outcome, exchange
from tests.server.office import Office

GUNICORN = (ROOT / "server" / "gunicorn.py").read_text()
SERVED = {name: int(n) for name, n in re.findall(r"^(\w+) = (\d+)", GUNICORN, re.MULTILINE)}
"""Its settings that are numbers. To import that file is to be gunicorn."""

sqlite_alone = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def behind(database: str, tmp_path: Path, port: int) -> Any:
    settings = {"ORIGIN": f"https://localhost:{port}", "TRUSTED_PROXIES": "1"}
    made = Deployment(tmp_path, database, settings=settings | {"WEB_CONCURRENCY": "1"})
    made.start()
    yield made
    made.kill()


@sqlite_alone
def test_phones_work_through_either_proxy(
    app: Flask, behind: Deployment, tmp_path: Path, port: int
) -> None:
    for kind in ("nginx", "caddy"):
        nobody = free_port()
        with front(kind, tmp_path / kind, (behind.port, nobody), port) as proxy:
            phone = sync_through(proxy, app)
            speaks_http_2(proxy)
            names_the_sender(proxy, app)
            names_the_request(proxy, behind)
            passes_on_what_is_too_large(proxy, phone)
            keeps_the_figures_inside(proxy)


def sync_through(proxy: Front, app: Flask) -> Phone:
    office = Office.open(app, origin=proxy.origin, trusts=proxy.trusting())
    phone = office.phone(office.add("coordinator", "North"))
    patient = phone.new_patient()
    assert exchange(phone) is Outcome.DONE
    assert patient in phone.held
    return phone


def speaks_http_2(proxy: Front) -> None:
    with (
        socket.create_connection(("127.0.0.1", proxy.port)) as plain,
        proxy.trusting("h2", "http/1.1").wrap_socket(plain, server_hostname="localhost") as line,
    ):
        assert line.selected_alpn_protocol() == "h2"
        assert line.version() == "TLSv1.3"


def names_the_sender(proxy: Front, app: Flask) -> None:
    """Tries are counted by the phone's own address, which it cannot choose."""
    for header in ("X-Forwarded-For", "Forwarded"):
        opened = proxy.ask(
            "POST",
            "/api/invitations/open",
            b'{"token": "x"}',
            **{"Content-Type": "application/json", header: "203.0.113.9"},
        )
        assert opened.status_code == 403, opened.text
    with app.app_context(), begin(None) as connection:
        buckets = set(connection.scalars(select(attempt.c.bucket)))
    assert limits._bucket("invitation", "address", "127.0.0.5") in buckets
    assert limits._bucket("invitation", "address", "203.0.113.9") not in buckets


def names_the_request(proxy: Front, behind: Deployment) -> None:
    """The id that the phone is answered is the one in our log, and nobody else's."""
    chosen = "0" * 32
    answer = proxy.ask("GET", "/api/openapi.json", **{"X-Request-Id": chosen})
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"]
    id_ = answer.headers["X-Request-Id"]
    assert UUID(id_)
    assert id_ != chosen
    said = [json.loads(line) for line in (behind.home / "server.log").read_text().splitlines()]
    assert [each["route"] for each in said if each.get("request_id") == id_] == [
        "/api/openapi.json"
    ]


def passes_on_what_is_too_large(proxy: Front, phone: Phone) -> None:
    """The app understands our own refusal, and no proxy's."""
    body = b" " * (MOST_BYTES + 1)
    headers = phone.session.headers | {"Content-Type": "application/json"}
    answer = proxy.ask("POST", "/api/sync", body, **headers)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def keeps_the_figures_inside(proxy: Front) -> None:
    answer = proxy.ask("GET", "/metrics")
    assert answer.status_code == 404
    assert "X-Request-Id" not in answer.headers, "the proxy's own answer"


def seconds(written_: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m)", written_).groups()  # type: ignore[union-attr]
    return int(number) * (60 if unit == "m" else 1)


def test_the_proxies_bear_more_than_the_server_does() -> None:
    nginx, caddy = written("nginx"), written("caddyfile")
    (size,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    assert int(size) * 2**20 >= MOST_READ
    assert f"max_size {MOST_READ // 2**20}MiB" in caddy
    waits = re.findall(r"proxy_read_timeout (\w+);", nginx)
    waits += re.findall(r"response_header_timeout (\w+)", caddy)
    assert len(waits) == 2
    for wait in waits:
        assert seconds(wait) > max(SERVED["timeout"], 2 * BUSY_SECONDS)
    kept = re.findall(r"^\s+keepalive_timeout (\w+);", nginx, re.MULTILINE)
    kept += re.findall(r"^\s+keepalive (\d+s)$", caddy, re.MULTILINE)
    assert len(kept) == 2
    for each in kept:
        assert seconds(each) < SERVED["keepalive"], "the server hangs up on nobody who still asks"


@pytest.fixture
def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(written("ini"))
    return parser


def test_the_unit_starts_what_the_procfile_starts(unit: RawConfigParser) -> None:
    procfile = shlex.split((ROOT / "Procfile").read_text().split("web:", 1)[1])
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert Path(program).name == procfile[0]
    at = arguments.index("--bind")
    assert arguments[at + 1] == "127.0.0.1:%i"
    assert arguments[:at] + arguments[at + 2 :] == procfile[1:]


def test_the_unit_lets_the_server_end_in_its_own_time(unit: RawConfigParser) -> None:
    assert unit["Service"]["KillMode"] == "mixed"
    assert unit["Service"]["Type"] == "notify"
    assert float(unit["Service"]["TimeoutStopSec"]) > 2 * SERVED["graceful_timeout"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "doorstep@8000.service"
    here = Path(os.environ.get("VIRTUAL_ENV", ROOT / ".venv")) / "bin" / "gunicorn"
    path.write_text(
        written("ini").replace("/opt/doorstep/%i/.venv/bin/gunicorn", str(here)), "utf-8"
    )
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
