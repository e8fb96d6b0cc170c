"""Requests that a released app has sent, played against this server: taken as they were then, and
answered with at least what that app was answered (tests/vectors/README.md, `wire/`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from server.database import begin
from server.organisations import create_organisation
from server.signing_in import invite
from server.tables import records, refusals
from tests.server.office import ORIGIN, Office, Phone

CORPUS = Path(__file__).parents[1] / "vectors" / "wire"
DAYS = sorted(CORPUS.glob("*/day.json"))
OPAQUE = {"device", "secret", "epoch", "cursor", "member", "organisation", "team", "escrow_key"}
"""What an app takes from an answer and sends back as it came, or shows as whose it is."""


def as_it_was(body: dict[str, Any]) -> dict[str, Any]:
    return body


def with_more(body: dict[str, Any]) -> dict[str, Any]:
    """As a newer app might say it: with a member more in every part of the envelope."""
    more = {"from_a_newer_app": {"what": ["nobody", "here", 1, None]}}
    changed: dict[str, Any] = body | more
    if "status" in body:
        changed["status"] = body["status"] | more
    for name in ("reads", "changes"):
        if name in body:
            changed[name] = [each | more for each in body[name]]
    return changed


def with_less(body: dict[str, Any]) -> dict[str, Any]:
    """Without what the protocol says may be left out."""
    return {name: part for name, part in body.items() if name not in ("protocol", "status")}


class Player:
    """Plays a recorded day: what another office named otherwise then is put as it is called here,
    as far as the answers have said."""

    def __init__(self, app: Flask, vary: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.office = Office(app, create_organisation("Riverside Home Care", is_demo=True))
        self.ada = self.office.add("coordinator", "North", email="ada@example.org")
        self.ben = self.office.add("coordinator", "North", email="ben@example.org")
        self.supervisor = self.office.phone(
            self.office.add("supervisor", "North", email="sol@example.org")
        )
        with begin(self.office.organisation, write=True) as connection:
            link = invite(connection, self.office.organisation, "ada@example.org", days_many_use=2)
        self.client = app.test_client()
        self.vary = vary
        self.called = {"token": link.rpartition("/")[2]}

    def play(self, recorded: Mapping[str, Any]) -> None:
        request, answer = recorded["request"], recorded["answer"]
        headers = {"Origin": ORIGIN}
        if request["secret"]:
            headers["Doorstep-Device"] = self.called["secret"]
        body = self.put(request["body"])
        if request["path"] == "/api/sync":
            body = self.vary(body)
        path = self.put_in(request["path"])
        got: TestResponse = self.client.open(
            path, method=request["method"], json=body, headers=headers
        )
        assert got.status_code == answer["status"], (recorded["step"], got.text)
        if answer["body"] is not None:
            self.learn(answer["body"], got.json)
            assert list(lacking(answer["body"], got.json, request["path"])) == []

    def put(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.called.get(value, value)
        if isinstance(value, list):
            return [self.put(each) for each in value]
        if isinstance(value, dict):
            return {name: self.put(each) for name, each in value.items()}
        return value

    def put_in(self, path: str) -> str:
        return "/".join(self.called.get(part, part) for part in path.split("/"))

    def learn(self, recorded: Any, got: Any) -> None:
        if isinstance(recorded, list) and isinstance(got, list):
            for one, other in zip(recorded, got, strict=False):
                self.learn(one, other)
        elif isinstance(recorded, dict) and isinstance(got, dict):
            for name in recorded.keys() & got.keys():
                if name in OPAQUE and isinstance(recorded[name], str):
                    self.called[recorded[name]] = got[name]
                self.learn(recorded[name], got[name])

    # What others did meanwhile

    def look(self) -> None:
        """Ada's other phone has seen what she entered."""
        self.second = self.office.phone(self.ada)
        self.second.sync_all()

    def disagree(self) -> None:
        written: dict[str, dict[str, Any]] = {
            "medication": {"set": {"dose": "2.5 mg"}, "add": {"side_effects": ["cough"]}},
            "task": {"set": {"priority": "asap"}},
            "goal": {"set": {"description": "Walk to the lake. Twice a week."}},
            "related_person": {"set": {"language": "es"}},
        }
        for record in list(self.second.held.values()):
            if record["kind"] in written:
                parts = written[record["kind"]]
                self.second.change(record["id"], record["kind"], record["patient"], **parts)
        assert self.second.sync()["refused"] == []

    def hand_over(self) -> None:
        with begin(self.office.organisation) as connection:
            found = connection.execute(select(records).order_by(records.c.version)).all()
        haddad = next(row.id for row in found if '"Haddad"' in row.body)
        given = next(row for row in found if (row.kind, row.patient) == ("assignment", haddad))
        self.supervisor.change(
            given.id, "assignment", haddad, set={"member": self.ben}, seen=given.version
        )
        assert self.supervisor.sync()["refused"] == []


MEANWHILE: dict[str, Callable[[Player], None]] = {
    "disagree": lambda player: (player.look(), player.disagree())[1],
    "handover": Player.hand_over,
}
"""What comes before the first exchange of a step."""


def lacking(recorded: Any, got: Any, where: str) -> Iterator[str]:
    """What the answer had and lacks, or has in another type. Members may have come; a list holds as
    many. Who of two that disagreed was last is for their clocks."""
    if isinstance(recorded, dict):
        if not isinstance(got, dict):
            yield where
            return
        for name, each in recorded.items():
            if name not in got:
                yield f"{where}.{name}"
            else:
                yield from lacking(each, got[name], f"{where}.{name}")
    elif isinstance(recorded, list):
        if not isinstance(got, list) or len(got) != len(recorded):
            yield where
            return
        pairs = zip(in_order(recorded), in_order(got), strict=True)
        for place, (one, other) in enumerate(pairs):
            yield from lacking(one, other, f"{where}[{place}]")
    elif recorded is not None and type_of(recorded) != type_of(got):
        yield where


def type_of(value: Any) -> str:
    """The type that JSON knows."""
    return "number" if type(value) in (int, float) else type(value).__name__


def in_order(listed: list[Any]) -> list[Any]:
    """Records by kind and id: their order among each other follows ids that each server makes."""
    are_records = all(isinstance(each, dict) and "kind" in each for each in listed)
    return sorted(listed, key=lambda each: (each["kind"], each["id"])) if are_records else listed


@pytest.mark.parametrize("vary", [as_it_was, with_more, with_less])
@pytest.mark.parametrize("day", DAYS, ids=lambda path: path.parent.name)
def test_a_day_of_a_released_app_goes_as_it_went(
    app: Flask, day: Path, vary: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    player = Player(app, vary)
    before = None
    exchanges = json.loads(day.read_text("utf-8"))
    for recorded in exchanges:
        if recorded["step"] != before and recorded["step"] in MEANWHILE:
            MEANWHILE[recorded["step"]](player)
        before = recorded["step"]
        player.play(recorded)
    assert {each["step"] for each in exchanges} >= MEANWHILE.keys()


def test_there_is_a_day_of_every_protocol_that_is_spoken(phone: Phone) -> None:
    answer = phone.send(phone.request(protocol=0))
    assert [f"v{number}" for number in answer.json["protocols"]] == [
        path.parent.name for path in DAYS
    ]


def test_a_protocol_that_is_not_spoken_takes_nothing_and_says_which_are(
    phone: Phone, office: Office
) -> None:
    """426 before anything else of the body is read: it may all have changed by then."""
    phone.new_patient()
    protocols: list[Any] = [0, 2, 2**70, "1", 1.5, True, None, [1], {}]
    for protocol in protocols:
        body = phone.request(protocol=protocol)
        for sent in (body, {"protocol": protocol}, body | {"changes": {"in": "another form"}}):
            answer = phone.send(sent)
            assert (answer.status_code, answer.json["code"]) == (426, "protocol"), protocol
            assert answer.json["protocols"] == [1]
            assert answer.mimetype == "application/problem+json"
    with begin(office.organisation) as connection:
        assert connection.execute(select(refusals)).all() == []
    assert len(phone.sync()["accepted"]) == 1
