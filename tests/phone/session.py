"""A signed-in browser, or a program, with the headers that it sends each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from tests.phone.http import HttpClient

ORIGIN = "http://localhost:8000"


@dataclass
class Session:
    """Its client is that of Flask, or a line to a real server: their answers look the same."""

    client: FlaskClient | HttpClient
    member: str
    headers: dict[str, str] = field(default_factory=lambda: {"Origin": ORIGIN})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self.headers | headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(path, json=body, headers=self.headers | headers)

    def copied(self) -> Session:
        return Session(self.client, self.member, dict(self.headers))
