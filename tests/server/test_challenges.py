"""A challenge is for one purpose and one subject, for a while, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from server import challenges
from server.database import begin
from server.tables import challenge


@pytest.fixture(autouse=True)
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    time = {"now": 1_000_000}
    monkeypatch.setattr(challenges, "now_ms", lambda: time["now"])
    return time


def test_it_is_taken_once() -> None:
    given = challenges.give("sign_in")
    assert len(given) == 32
    assert challenges.take(given, "sign_in")
    assert not challenges.take(given, "sign_in")
    assert not challenges.take(b"made up", "sign_in")


def test_of_several_who_take_it_at_once_one_does(app: Flask) -> None:
    given = challenges.give("sign_in")

    def take(_: int) -> bool:
        with app.app_context():
            return challenges.take(given, "sign_in")

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_it_is_good_for_what_it_was_given_for_and_a_wrong_try_uses_it_up() -> None:
    for purpose, subject in (("sign_in", "ana"), ("passkey", None), ("passkey", "ben")):
        given = challenges.give("passkey", "ana")
        assert not challenges.take(given, purpose, subject)  # type: ignore[arg-type]
        assert not challenges.take(given, "passkey", "ana")


def test_its_time_ends_and_it_leaves_nothing_behind(clock: dict[str, int]) -> None:
    in_time, late = challenges.give("sign_in"), challenges.give("sign_in")
    clock["now"] += challenges.LIFETIME_MS - 1
    assert challenges.take(in_time, "sign_in")
    clock["now"] += 1
    assert not challenges.take(late, "sign_in")
    challenges.give("sign_in")
    clock["now"] += challenges.LIFETIME_MS
    kept = challenges.give("sign_in")
    with begin(None) as connection:
        rows = connection.execute(select(challenge)).all()
    assert len(rows) == 1
    assert kept.hex() not in rows[0].hash
