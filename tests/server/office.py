"""An organisation as tests see it: members, their phones, and the requests that those send."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uuid6 import uuid7
from werkzeug.test import TestResponse

from server import sessions, tokens
from server.database import begin
from server.organisations import NewMember, add_member, create_organisation
from server.signing_in import invite
from server.tables import member
from server.who import COOKIE, now_ms

ORIGIN = "http://localhost:8000"


def new_id() -> str:
    return str(uuid7())


@dataclass
class Office:
    """One organisation on a running application."""

    app: Flask
    organisation: str
    names: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def open(cls, app: Flask, name: str = "Riverside Home Care") -> Office:
        return cls(app, create_organisation(name))

    def add(self, role: str, *teams: str, email: str | None = None) -> str:
        """The id of a new member."""
        name = f"{role.title()} {next(self.names)}"
        address = email or f"{name.replace(' ', '').lower()}@example.org"
        return add_member(self.organisation, NewMember(address, name, role, teams))

    def email(self, member_id: str) -> str:
        with begin(self.organisation) as connection:
            found: str = connection.scalars(
                select(member.c.email).where(member.c.id == member_id)
            ).one()
        return found

    def session(self, member_id: str) -> Session:
        """A signed-in browser of that member, without a device yet."""
        with begin(self.organisation, write=True) as connection:
            secret = sessions.start(connection, self.organisation, member_id)
        session = Session(self.app.test_client(use_cookies=False), member_id)
        session.headers["Cookie"] = f"{COOKIE}={secret}"
        return session

    def invite(self, member_id: str, **options: int) -> str:
        """The token of a new invitation."""
        with begin(self.organisation, write=True) as connection:
            link = invite(connection, self.organisation, self.email(member_id), **options)
        assert link.startswith(f"{ORIGIN}/#/join/")
        return link.rpartition("/")[2]

    def phone(self, member_id: str) -> Phone:
        """A new phone of that member, enrolled and unlocked."""
        return Phone.enrol(self.session(member_id))

    def program(self, member_id: str, *, read_only: bool = False) -> Session:
        """A program with a token of that member."""
        with begin(self.organisation, write=True) as connection:
            secret = tokens.create(
                connection, self.organisation, self.email(member_id), read_only, days=1
            )
        session = Session(self.app.test_client(use_cookies=False), member_id)
        session.headers = {"Authorization": f"Bearer {secret}"}
        return session


@dataclass
class Session:
    """A browser or a program, with the headers that it sends each time."""

    client: FlaskClient
    member: str
    headers: dict[str, str] = field(default_factory=lambda: {"Origin": ORIGIN})

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self.headers | headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers | headers)


@dataclass
class Phone:
    """A phone as the protocol describes it, without a screen: an outbox and what it holds."""

    session: Session
    device: str
    clock: int = 0
    """By how many milliseconds its clock is ahead of the server's."""
    n: int = 0
    epoch: str | None = None
    cursor: str | None = None
    outbox: list[dict[str, Any]] = field(default_factory=list)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    made: dict[int, str | None] = field(default_factory=dict)

    @classmethod
    def enrol(cls, session: Session) -> Phone:
        answer = session.post("/api/devices", {"name": "Pixel 8"})
        assert answer.status_code == 201, answer.text
        session.headers["Doorstep-Device"] = answer.json["secret"]
        return cls(session, answer.json["device"])

    @property
    def member(self) -> str:
        return self.session.member

    def now(self) -> int:
        return now_ms() + self.clock

    def change(self, record: str, kind: str, patient: str | None, **parts: Any) -> dict[str, Any]:
        """Put a change into the outbox; `seen` is what the phone holds, unless it is said."""
        self.n += 1
        change = {
            "n": self.n,
            "at": self.now(),
            "seen": self.held.get(record, {}).get("version", 0),
            "record": record,
            "kind": kind,
            "patient": patient,
            **parts,
        }
        self.made[self.n] = self.cursor
        self.outbox.append(change)
        return change

    def new_patient(self, family: str = "Rivera", **fields: Any) -> str:
        id_ = new_id()
        self.change(id_, "patient", id_, set={"name": {"family": family}} | fields)
        return id_

    def new(self, kind: str, patient: str | None, **fields: Any) -> str:
        id_ = new_id()
        self.change(id_, kind, patient, set=fields)
        return id_

    def request(self, **parts: Any) -> dict[str, Any]:
        body = {
            "device": self.device,
            "now": self.now(),
            "epoch": self.epoch,
            "cursor": self.cursor,
            "changes": list(self.outbox),
        }
        if self.outbox and self.made.get(self.outbox[0]["n"]) != self.cursor:
            body["made"] = self.made.get(self.outbox[0]["n"])
        return body | parts

    def send(self, body: Mapping[str, Any]) -> TestResponse:
        return self.session.post("/api/sync", body)

    def sync(self, **parts: Any) -> dict[str, Any]:
        """One round trip, applied."""
        answer = self.send(self.request(**parts))
        assert answer.status_code == 200, answer.text
        return self.apply(answer.json)

    def sync_all(self, **parts: Any) -> None:
        """Round trips until there is no more."""
        while self.sync(**parts)["more"]:
            pass

    def apply(self, answer: dict[str, Any]) -> dict[str, Any]:
        answered = {each["n"] for each in (*answer["accepted"], *answer["refused"])}
        self.outbox = [change for change in self.outbox if change["n"] not in answered]
        self.refused += answer["refused"]
        for patient in answer["forget"]:
            self.held = {
                id_: record for id_, record in self.held.items() if record["patient"] != patient
            }
        self.held |= {record["id"]: record for record in answer["records"]}
        self.told += [each for each in answer["set_aside"] if each not in self.told]
        self.epoch, self.cursor = answer["epoch"], answer["cursor"]
        return answer

    def charts(self) -> set[str]:
        return {record["patient"] for record in self.held.values() if record["patient"]}

    def fields(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = self.held[record]["fields"]
        return found
