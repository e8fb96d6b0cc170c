"""What is logged is one line of JSON a request, and never a value."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from logging.config import DictConfigurator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from structlog.contextvars import clear_contextvars

from server import build_app, logs
from server.settings import Settings
from tests.server.office import Phone

Lines = Callable[[], list[dict[str, Any]]]
NAME = "Rosa Rivera"


@contextmanager
def logged(config: dict[str, Any]) -> Iterator[StringIO]:
    """What is logged meanwhile under a configuration, beside the handlers of pytest, which
    dictConfig would close."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(
        DictConfigurator(config).configure_formatter(dict(config["formatters"]["line"]))
    )
    levels = {"": config["root"]["level"]} | {
        name: each["level"] for name, each in config["loggers"].items()
    }
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger().addHandler(handler)
    try:
        yield written
    finally:
        logging.getLogger().removeHandler(handler)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What was logged since last asked, as the web processes log it."""
    clear_contextvars()
    with logged(logs.FOR_SERVER) as written:

        def taken() -> list[dict[str, Any]]:
            said = written.getvalue().splitlines()
            written.seek(0)
            written.truncate()
            return [json.loads(line) for line in said]

        yield taken


def test_a_request_leaves_its_route_its_status_and_its_time_under_its_id(
    phone: Phone, lines: Lines
) -> None:
    patient = phone.new_patient(NAME)
    phone.sync()
    lines()
    answer = phone.session.get(f"/api/records/{patient}/history?q={NAME}")
    (line,) = lines()
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert UUID(line["request_id"])
    assert (line["method"], line["route"]) == ("GET", "/api/records/<record_id>/history")
    assert (line["status"], line["event"], line["level"]) == (200, "request", "info")
    assert line["ms"] > 0
    assert line["member"] == phone.member
    assert patient not in json.dumps(line)


def test_no_line_carries_what_an_earlier_one_on_its_thread_was_about(
    phone: Phone, app: Flask, lines: Lines
) -> None:
    phone.sync()
    app.test_client().open(f"/{NAME}", method=NAME.split()[0].upper())
    first, second = lines()
    assert first["member"] == phone.member
    assert "member" not in second
    assert first["request_id"] != second["request_id"]
    assert (second["method"], second["status"]) == ("other", 405)


@pytest.mark.parametrize(
    ("proxies", "sent", "is_taken"),
    [
        (1, "0af7651916cd43dd8448eb211c80319c", True),
        (1, "2f1f2a52-3f3f-4f0e-9a3e-1e2f3a4b5c6d", True),
        (1, NAME, False),
        (1, "rosa-rivera-of-number-nine", False),
        (1, "ab" * 40, False),
        (0, "0af7651916cd43dd8448eb211c80319c", False),
    ],
)
def test_only_a_trusted_proxy_names_a_request_and_never_in_words(
    tmp_path: Any, lines: Lines, proxies: int, sent: str, is_taken: bool
) -> None:
    settings = Settings(tmp_path, f"sqlite:///{tmp_path}/x", trusted_proxies=proxies)
    client = build_app(settings).test_client()
    answered = client.get("/api/openapi.json", headers={"X-Request-Id": sent}).headers[
        "X-Request-Id"
    ]
    assert (answered == sent) is is_taken
    assert lines()[0]["request_id"] == answered


def fail() -> None:
    raise ValueError(NAME)


def test_of_an_error_only_its_type_and_its_place_are_logged(lines: Lines) -> None:
    try:
        fail()
    except ValueError as error:
        logs.get_logger("test").exception("broken")
        logs.get_logger("test").error("broken", exc_info=error)
        logging.getLogger("gunicorn.error").exception("Error handling request %s", NAME)
        logging.getLogger("some.library").exception(NAME)
    said = lines()
    assert [line["error"] for line in said] == ["ValueError"] * 4
    assert all("test_logs.py" in line["at"] and line["at"].endswith(" fail") for line in said)
    assert NAME not in json.dumps(said)


def test_of_a_librarys_line_only_what_is_constant_is_logged(lines: Lines) -> None:
    library = logging.getLogger("some.library")
    library.warning("cannot read %s", NAME)
    library.warning(f"cannot read {NAME}")
    library.info("cannot read %s", NAME)
    logging.getLogger("gunicorn.error").error("cannot read %s", NAME)
    said = lines()
    assert [line["event"] for line in said] == [
        "cannot read %s",
        "a library's line",
        "cannot read %s",
    ]
    assert said[0]["line"].startswith("test_logs:")
    assert NAME not in json.dumps(said)


def test_gunicorns_comings_and_goings_are_told_whole(lines: Lines) -> None:
    logging.getLogger("gunicorn.error").info("Booting worker with pid: %s", 7)
    assert lines()[0]["event"] == "Booting worker with pid: 7"


def test_a_thread_that_ends_in_an_error_says_no_more_than_that(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", logs.log_thread)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines()
    assert (line["event"], line["error"]) == ("a thread ended", "ValueError")


def test_the_command_line_says_warnings_to_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(logs.OURS), "handlers", [])
    logs.log_for_people()
    clear_contextvars()
    logs.get_logger("test").info("begun")
    logs.get_logger("test").warning("half done", of=3)
    logging.getLogger("doorstep.test").warning("%d done", 3)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "half done of=3\n3 done\n")
