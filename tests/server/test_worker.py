"""What gunicorn cannot read is refused in so many words, and none of them the sender's. A real
gunicorn is sent such things in test_marked_values.py."""

from __future__ import annotations

import socket

import pytest
from gunicorn.http.errors import (
    InvalidHeader,
    InvalidRequestLine,
    InvalidResponseHeader,
    LimitRequestHeaders,
    LimitRequestLine,
)

from server.worker import Worker

NAME = "Rosa Rivera"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequestLine(NAME), 400),
        (InvalidHeader(NAME), 400),
        (LimitRequestLine(5_000, 4_094), 414),
        (LimitRequestHeaders(NAME), 431),
        (InvalidResponseHeader(NAME), 500),
        (ValueError(NAME), 500),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_without_an_echo(
    error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Worker.__new__(Worker).handle_error(None, ours, None, error)
        answer = theirs.recv(4_096).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert type(error).__name__ in caplog.text
    assert NAME not in answer + caplog.text


def test_a_sender_who_is_gone_already_is_no_defect() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        Worker.__new__(Worker).handle_error(None, ours, None, InvalidRequestLine(NAME))
