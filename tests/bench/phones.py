"""A phone that sends JSON over one connection and measures nothing but that."""

from __future__ import annotations

import http.client
import time
import zlib
from collections.abc import Sequence
from typing import Any

import orjson
from backports import zstd
from uuid6 import uuid7

from server.who import COOKIE
from tests.bench.furnish import Enrolled
from tests.bench.stage import Stage

PAGE = 1_000
INSTRUCTIONS = "Take one tablet every morning with a full glass of water, before food. " * 4
GZIP = 31  # zlib's word for it


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def headers_of(stage: Stage, who: Enrolled, encoding: str) -> dict[str, str]:
    return {
        "Cookie": f"{COOKIE}={who.session}",
        "Doorstep-Device": who.secret,
        "Origin": stage.deployment.origin,
        "Content-Type": "application/json",
        "Accept-Encoding": encoding,
    }


def unpacked(content: bytes, encoding: str | None) -> bytes:
    if encoding == "gzip":
        return zlib.decompress(content, GZIP)
    return zstd.decompress(content) if encoding == "zstd" else content


class Notebook:
    """What a phone knows of its own: who it is, how far it has got, which n comes next."""

    def __init__(self, who: Enrolled) -> None:
        self.who = who
        self.epoch: str | None = None
        self.cursor: str | None = None
        self.more = True
        self.n = 0

    def request(self, sent: Sequence[Any] = (), limit: int = PAGE) -> bytes:
        return orjson.dumps(
            {
                "device": self.who.device,
                "now": now_ms(),
                "epoch": self.epoch,
                "cursor": self.cursor,
                "limit": limit,
                "changes": sent,
            }
        )

    def read(self, content: bytes) -> Any:
        """An answer, taken note of."""
        answer = orjson.loads(content)
        assert not answer["refused"], answer["refused"][0]
        self.epoch, self.cursor, self.more = answer["epoch"], answer["cursor"], answer["more"]
        return answer

    def apply(self, content: bytes) -> int:
        """Take an answer in; how many records came."""
        return len(self.read(content)["records"])

    def change(self, record: str, patient: str, kind: str, seen: int = 0, **fields: Any) -> Any:
        self.n += 1
        return {
            "n": self.n,
            "at": now_ms(),
            "seen": seen,
            "record": record,
            "kind": kind,
            "patient": patient,
            "set": fields,
        }

    def patient(self) -> Any:
        id_ = str(uuid7())
        return self.change(id_, id_, "patient", name={"family": "Rivera", "given": "Ana"})

    def medication(self, patient: str, number: int) -> Any:
        return self.change(
            str(uuid7()),
            patient,
            "medication",
            name=f"Lisinopril {number}",
            dose="5 mg",
            status="active",
            instructions=INSTRUCTIONS,
        )


class Phone(Notebook):
    """A phone that waits for each answer."""

    def __init__(self, stage: Stage, who: Enrolled, encoding: str = "identity") -> None:
        super().__init__(who)
        self.connection = http.client.HTTPConnection("127.0.0.1", stage.deployment.port)
        self.headers = headers_of(stage, who, encoding)

    def send(self, body: bytes) -> http.client.HTTPResponse:
        self.connection.request("POST", "/api/sync", body, self.headers)
        return self.connection.getresponse()

    def raw(self, body: bytes) -> bytes:
        """The answer as it came over the line."""
        answer = self.send(body)
        content = answer.read()
        assert answer.status == 200, content
        return content

    def sync(self, sent: Sequence[Any] = (), limit: int = PAGE) -> int:
        """One round trip; how many records came."""
        answer = self.send(self.request(sent, limit))
        content = answer.read()
        assert answer.status == 200, content
        return self.apply(unpacked(content, answer.getheader("Content-Encoding")))

    def sync_all(self) -> int:
        came = self.sync()
        while self.more:
            came += self.sync()
        return came

    def close(self) -> None:
        self.connection.close()
