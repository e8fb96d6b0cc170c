"""What travels around the changes: the request of one round trip, checked by hand.

A wrong envelope is a Problem for the whole request (400, 413, 426) and nothing of it is taken; what
is wrong inside one change is for server/sync/validate.py and that change alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from server.problems import Problem
from server.words import spoken

PROTOCOL = 1
MOST_CHANGES = 1_000
MOST_READS = 5_000
DEFAULT_LIMIT = 500
MOST_RECORDS = 1_000
LARGEST = 2**53 - 1  # the largest integer that every JSON reader keeps exactly

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,39}").fullmatch
_APP = re.compile(r"[!-~]{1,40}").fullmatch


def is_uuid(value: object) -> bool:
    """Whether a value is a UUID of any version, in lower case: one id has one spelling."""
    return isinstance(value, str) and _UUID(value) is not None


def is_whole(value: object, least: int = 0) -> bool:
    """Whether a value is an integer of JSON that nothing on the way rounds."""
    return type(value) is int and least <= value <= LARGEST


@dataclass(frozen=True, slots=True)
class Read:
    """A chart that was opened offline: told with the next sync, under an id of its own."""

    id: str
    patient: str
    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One request of POST /api/sync."""

    device: str
    now: int
    language: str
    epoch: str | None
    cursor: str | None
    made: str | None
    limit: int
    status: Mapping[str, Any] | None
    reads: tuple[Read, ...]
    changes: tuple[Mapping[str, Any], ...]


def read_envelope(body: Mapping[str, Any]) -> Envelope:
    """The envelope of a request. Raises Problem."""
    require_protocol(body)
    epoch, cursor = read_text(body, "epoch"), read_text(body, "cursor")
    made = read_text(body, "made") if "made" in body else cursor
    limit = body.get("limit", DEFAULT_LIMIT)
    require(is_uuid(body.get("device")) and type(limit) is int)
    require(epoch is not None or (cursor is None and made is None))
    return Envelope(
        device=body["device"],
        now=read_number(body.get("now")),
        language=spoken(body.get("lang")),
        epoch=epoch,
        cursor=cursor,
        made=made,
        limit=min(max(limit, 1), MOST_RECORDS),
        status=_status(body.get("status")),
        reads=_reads(body.get("reads")),
        changes=read_changes(body.get("changes")),
    )


def require_protocol(body: Mapping[str, Any]) -> None:
    """Raise Problem 426 unless the request speaks the protocol that we do; 1 where it says none.
    Asked before anything else of the body, which may be of another form altogether."""
    spoken_there = body.get("protocol", 1)
    if type(spoken_there) is not int or spoken_there != PROTOCOL:
        raise Problem(426, "protocol", protocols=[PROTOCOL])


def require(holds: bool) -> None:
    if not holds:
        raise Problem(400, "malformed")


def read_number(value: object, least: int = 0) -> int:
    require(is_whole(value, least))
    return cast(int, value)


def read_text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    require(value is None or (isinstance(value, str) and value.isascii() and "\0" not in value))
    return value


def read_list(value: object, most: int) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Problem(400, "malformed")
    if len(value) > most:
        raise Problem(413, "too_large")
    return value


def read_changes(value: object) -> tuple[Mapping[str, Any], ...]:
    """The changes, each an object with an n, ascending: without them none could be answered."""
    changes = read_list(value, MOST_CHANGES)
    before = 0
    for change in changes:
        require(isinstance(change, dict))
        before = read_number(change.get("n"), before + 1)
    return tuple(changes)


def _status(value: object) -> Mapping[str, Any] | None:
    """How the phone says it is. What is missing or unknown is left out."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Problem(400, "malformed")
    app, storage = value.get("app"), value.get("storage")
    told: dict[str, Any] = {}
    if isinstance(app, str) and _APP(app):
        told["app"] = app
    if isinstance(storage, int | float) and 0 <= storage <= 1:
        told["storage"] = storage
    if type(value.get("persisted")) is bool:
        told["persisted"] = value["persisted"]
    for name in ("unsent", "oldest"):
        if is_whole(value.get(name)):
            told[name] = value[name]
    return told


def _reads(value: object) -> tuple[Read, ...]:
    reads = []
    for read in read_list(value, MOST_READS):
        require(
            isinstance(read, dict)
            and is_uuid(read.get("id"))
            and is_uuid(read.get("patient"))
            and is_whole(read.get("at"))
            and isinstance(read.get("what"), str)
            and _WORD(read["what"]) is not None
        )
        reads.append(Read(read["id"], read["patient"], read["at"], read["what"]))
    return tuple(reads)
