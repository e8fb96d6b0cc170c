"""The JSON of a request: of the right type, unpacked within bounds, readable. Called by views, and
by what keeps a request's parts as they were sent."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

import orjson
from flask import request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]

from server.problems import Problem

MOST_BYTES = 5 * 1024 * 1024
"""The most that a body may be, unpacked."""
MOST_READ = 4 * MOST_BYTES
"""How much of a body that is too large is read all the same, and thrown away: its sender hears the
answer only once all is written."""
PIECE = 64 * 1024
"""How much of a body is read, or unpacked, at a time."""
DEEPEST = 16
"""How many lists and objects may lie one in another: twice what a change of any kind needs."""
LONGEST_NAME = 100
"""Characters of what somebody calls a phone or a passkey."""
_GZIP = 31  # zlib's word for: a gzip header, and no other


def read_json() -> dict[str, Any]:
    """The JSON object that a request carries, in UTF-8, plain or with gzip, nested at most DEEPEST.

    Raises Problem 400, 413 or 415. Half of a surrogate pair passes, since a phone's text may hold
    one: it is for the change that carries it to be refused, and not for the others.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise Problem(415, "unsupported_type")
    value = parse(_unpacked())
    if not isinstance(value, dict) or depth_of(value) > DEEPEST:
        raise Problem(400, "malformed")
    return value


def name_in(body: Mapping[str, Any], otherwise: object = None) -> str:
    """What a member calls a phone or passkey of theirs. Raises Problem 400."""
    sent = body.get("name", otherwise)
    name = sent.strip() if isinstance(sent, str) else ""
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        raise Problem(400, "name_missing")
    return name.encode("utf-8", "replace").decode()


def parse(raw: bytes) -> Any:
    """The value of a JSON text. Raises Problem 400."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:  # the slow reader takes what orjson refuses and a phone may send: lone surrogates
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Problem(400, "malformed") from None


def depth_of(value: object) -> int:
    """How many lists and objects lie one in another."""
    depth = 0
    level = [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [
            inner for each in level for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


def as_sent(value: Mapping[str, Any]) -> str:
    """The JSON of what `parse` read, in escapes that every database keeps."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # half a surrogate pair, or an integer of any size
        return json.dumps(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _unpacked() -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip"):
        raise Problem(415, "unsupported_type")
    pieces = _received()
    try:
        return join(gunzip(pieces) if encoding == "gzip" else pieces)
    finally:
        for _ in pieces:  # thrown away: see MOST_READ
            pass


def _received() -> Iterator[bytes]:
    """The body as it comes, with its length or in chunks. Raises Problem 400 where it breaks off;
    a 413 at MAX_CONTENT_LENGTH."""
    try:
        while piece := request.stream.read(PIECE):
            yield piece
    except (OSError, ParseException):
        raise Problem(400, "malformed") from None


def gunzip(packed: Iterable[bytes]) -> Iterator[bytes]:
    """What was packed, piece by piece: however much it unpacks to, no more than a piece of it is
    here at a time. Raises Problem 400."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for piece in packed:
            if unpacker.eof:
                raise Problem(400, "malformed")
            while piece and not unpacker.eof:
                yield unpacker.decompress(piece, PIECE)
                piece = unpacker.unconsumed_tail
            if unpacker.unused_data:
                raise Problem(400, "malformed")
    except zlib.error:
        raise Problem(400, "malformed") from None
    if not unpacker.eof:
        raise Problem(400, "malformed")


def join(pieces: Iterable[bytes]) -> bytes:
    """The whole of a body, refused as soon as it is too large. Raises Problem 413."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > MOST_BYTES:
            raise Problem(413, "too_large")
    return bytes(whole)
