"""A phone's line to a real server, with the interface of Flask's test client: what a `Session`
sends goes either way."""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 60
LEAST_PACKED = 1_000


class Unanswered(Exception):
    """Nothing that came is the server's own answer: no connection, half an answer, or somebody
    else's page."""


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """As Flask's test client has it: None where the body is not said to be JSON. Raises
        Unanswered for a body that broke off."""
        if "json" not in self.headers.get("Content-Type", ""):
            return None
        try:
            return json.loads(self.data)
        except ValueError:
            raise Unanswered("half a body") from None


@dataclass
class HttpClient:
    """Requests to an origin, each on a connection of its own, by way of a forward proxy on this
    machine where one is named (tests/e2e/proxy.py). Any thread may use it."""

    origin: str
    proxy: int | None = None
    trusts: ssl.SSLContext | None = None
    """Of an origin with TLS."""

    def get(self, path: str, headers: Mapping[str, str]) -> Answer:
        return self._send("GET", path, None, headers)

    def post(self, path: str, json: Any, headers: Mapping[str, str]) -> Answer:
        return self._send("POST", path, json, headers)

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        there = urlsplit(self.origin)
        sent = {"Host": there.netloc, "Accept-Encoding": "gzip", "Connection": "close", **headers}
        packed = None
        if body is not None:
            packed = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
            if len(packed) > LEAST_PACKED:
                packed, sent["Content-Encoding"] = gzip.compress(packed, 1), "gzip"
        port = self.proxy or there.port
        target = f"{self.origin}{path}" if self.proxy else path
        connection = self._connect(port)
        try:
            connection.request(method, target, packed, sent)
            response = connection.getresponse()
            data = response.read()
            if response.headers.get("Content-Encoding") == "gzip":
                data = gzip.decompress(data)
        except (OSError, EOFError, http.client.HTTPException) as error:
            raise Unanswered(repr(error)) from error
        finally:
            connection.close()
        return Answer(response.status, response.headers, data)

    def _connect(self, port: int | None) -> http.client.HTTPConnection:
        if self.trusts is None:
            return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        return http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=PATIENCE_S, context=self.trusts
        )
