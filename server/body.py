"""The JSON of a request: of the right type, unpacked within bounds, readable. Called by views, and
by what keeps a request's parts as they were sent."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, NoReturn

import orjson
from flask import request

from server.problems import Problem

MOST_BYTES = 5 * 1024 * 1024
"""The most that a body may be, unpacked."""
MOST_READ = 4 * MOST_BYTES
"""How much of a body that is too large is read all the same, and thrown away: its sender hears the
answer only once all is written."""
_PIECE = 64 * 1024
_GZIP = 31  # zlib's word for: a gzip header, and no other


def read_json() -> dict[str, Any]:
    """The JSON object that a request carries, in UTF-8, plain or with gzip.

    Raises Problem 400, 413 or 415. Half of a surrogate pair passes, since a phone's text may hold
    one: it is for the change that carries it to be refused, and not for the others.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise Problem(415, "unsupported_type")
    value = parse(_unpacked())
    if not isinstance(value, dict):
        raise Problem(400, "malformed")
    return value


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
    if encoding in ("identity", ""):
        return _received()
    if encoding != "gzip":
        raise Problem(415, "unsupported_type")
    return gunzip(_received())


def _received() -> bytes:
    """The body as it came, with its length or in chunks. Raises Problem 413."""
    pieces: list[bytes] = []
    size = 0
    while piece := request.stream.read(_PIECE):  # ends with a 413 at MAX_CONTENT_LENGTH
        size += len(piece)
        if size <= MOST_BYTES:
            pieces.append(piece)
    if size > MOST_BYTES:
        raise Problem(413, "too_large")
    return b"".join(pieces)


def gunzip(packed: bytes) -> bytes:
    """What was packed, never more than MOST_BYTES of it in memory. Raises Problem 400 or 413."""
    unpacker = zlib.decompressobj(_GZIP)
    pieces: list[bytes] = []
    size = 0
    try:
        while packed and not unpacker.eof:
            piece = unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
            size += len(piece)
            if size > MOST_BYTES:
                raise Problem(413, "too_large")
            pieces.append(piece)
    except zlib.error:
        raise Problem(400, "malformed") from None
    if not unpacker.eof or unpacker.unused_data:
        raise Problem(400, "malformed")
    return b"".join(pieces)
