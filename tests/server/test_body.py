"""What a request may carry: how large, how deep, packed how, and in how much of our memory."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from server import build_app
from server.body import DEEPEST, MOST_BYTES, MOST_READ, PIECE, depth_of, gunzip, join, read_json
from server.problems import Problem
from server.settings import Settings

JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
WHOLE = gzip.compress(b"{}")


@pytest.fixture
def app(tmp_path: Any) -> Flask:
    """A server whose one view says how large the body was that it read."""
    app = build_app(Settings(tmp_path, f"sqlite:///{tmp_path}/x"))
    app.view_functions["GET /healthz"] = lambda: str(len(json.dumps(read_json())))
    return app


def send(app: Flask, body: io.RawIOBase | bytes, **headers: str) -> TestResponse:
    """A body as it comes off the wire: in chunks, of a length that nobody knows beforehand."""
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    return app.test_client().get(
        "/healthz",
        headers=JSON | headers,
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True},
    )


class Endless(io.RawIOBase):
    """A body that is made as it is read, and counts how much was."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.given = 0
        self.left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.left = self.left or next(self.pieces, b"")
        piece, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(piece)] = piece
        self.given += len(piece)
        return len(piece)


def bomb(times: int) -> Iterator[bytes]:
    """A gzip of so many megabytes of spaces, a thousandth of that in size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    yield gzip.compress(b"")[:10]
    for _ in range(times):
        yield block


@pytest.mark.parametrize("is_packed", [True, False], ids=["bomb", "plain"])
def test_a_body_too_large_is_refused_while_it_comes_and_never_held(
    app: Flask, is_packed: bool
) -> None:
    pieces = bomb(4_000) if is_packed else (b" " * PIECE for _ in range(10_000))
    body = Endless(pieces)
    tracemalloc.start()
    try:
        answer = send(app, body, **({"Content-Encoding": "gzip"} if is_packed else {}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 2 * MOST_BYTES
    assert body.given <= MOST_READ + PIECE


def test_what_a_piece_unpacks_to_is_made_a_piece_at_a_time() -> None:
    packed = b"".join(bomb(50))
    sizes = [len(next(unpacked)) for unpacked in [gunzip([packed])] for _ in range(100)]
    assert max(sizes) == PIECE


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, MOST_BYTES])
@pytest.mark.parametrize("cut", [1, 7, PIECE])
def test_what_was_packed_comes_back_however_it_is_cut(size: int, cut: int) -> None:
    whole = (b"%d " * (size // 2))[:size].ljust(size)
    packed = gzip.compress(whole, 1)
    pieces = [packed[i : i + cut] for i in range(0, len(packed), cut)]
    assert join(gunzip(pieces)) == whole


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"not gzip",
        WHOLE[:-1],
        WHOLE + b"x",
        WHOLE + WHOLE,
        zlib.compress(b"{}"),
    ],
)
@pytest.mark.parametrize("cut", [1, PIECE])
def test_what_is_no_gzip_or_not_the_whole_of_one_is_malformed(packed: bytes, cut: int) -> None:
    with pytest.raises(Problem, match="malformed"):
        join(gunzip([packed[i : i + cut] for i in range(0, len(packed), cut)]))


def nested(depth: int, opening: str = "[", inner: str = "", closing: str = "]") -> bytes:
    """An object with so many in all, one in another."""
    return f'{{"a": {opening * (depth - 1)}{inner}{closing * (depth - 1)}}}'.encode()


@pytest.mark.parametrize("depth", [2, 3, DEEPEST])
def test_depth_is_counted(depth: int) -> None:
    assert depth_of(json.loads(nested(depth))) == depth
    assert depth_of([{}, {"a": [[], {"b": 1}]}, "[[[["]) == 4
    assert depth_of("text") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (nested(DEEPEST), 200),
        (nested(DEEPEST + 1), 400),
        (nested(900), 400),
        (nested(100_000), 400),
        (nested(100_000, '{"a":', "1", "}"), 400),
        (b'{"a": "\\ud800", "b": ' + b"[" * 100_000, 400),
        (b'{"a": "\\ud800", "b": ' + b"[" * 20 + b"]" * 20 + b"}", 400),
    ],
    ids=["deepest", "deeper", "deep", "very deep", "deep objects", "half a pair", "both"],
)
def test_a_body_nested_too_deep_is_malformed(app: Flask, body: bytes, status: int) -> None:
    assert send(app, body).status_code == status


class Broken(Endless):
    def readinto(self, buffer: Any) -> int:
        raise ConnectionResetError


def test_a_body_that_breaks_off_is_malformed(app: Flask) -> None:
    assert send(app, Broken(iter(()))).status_code == 400
