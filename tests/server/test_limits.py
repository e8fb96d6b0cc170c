"""How often something may be tried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from server import limits
from server.database import begin
from server.limits import Limit
from server.problems import Problem, document
from server.tables import attempt

MINUTE = 60_000


@pytest.fixture(autouse=True)
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Three doors a minute each, and a clock that a test moves."""
    monkeypatch.setitem(
        limits.LIMITS,  # type: ignore[arg-type]
        "door",
        {"address": Limit(3, MINUTE), "account": Limit(2, MINUTE)},
    )
    time = {"now": 100 * MINUTE}
    monkeypatch.setattr(limits, "now_ms", lambda: time["now"])
    return time


def is_let_in(**by: str | None) -> bool:
    try:
        limits.count("door", **by)
    except Problem as problem:
        return (problem.status, problem.code) != (429, "too_often")
    return True


def test_so_many_and_no_more_until_the_window_ends(clock: dict[str, int]) -> None:
    assert [is_let_in(address="1.2.3.4") for _ in range(5)] == [True, True, True, False, False]
    assert is_let_in(address="1.2.3.5")
    clock["now"] += MINUTE
    assert is_let_in(address="1.2.3.4")


def test_each_thing_counts_by_itself_and_each_must_be_within_its_limit() -> None:
    assert is_let_in(address="a", account="ana")
    assert is_let_in(address="b", account="ana")
    assert not is_let_in(address="c", account="ana")
    assert is_let_in(address="c", account="ben")
    assert is_let_in(address="c", account=None)


def test_a_refusal_says_when_to_come_back(clock: dict[str, int], app: Flask) -> None:
    clock["now"] += 45_500
    for _ in range(3):
        limits.count("door", address="a")
    with pytest.raises(Problem) as refused, app.test_request_context():
        limits.count("door", address="a")
    assert refused.value.members == {"retry_after": 15}
    with app.test_request_context():
        assert document(refused.value).headers["Retry-After"] == "15"


def test_no_try_of_several_at_once_goes_uncounted(app: Flask) -> None:
    def knock(_: int) -> bool:
        with app.app_context():
            return is_let_in(address="a")

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(knock, range(12))) == 3


def test_what_was_counted_is_stored_under_a_hash_and_goes_away(clock: dict[str, int]) -> None:
    limits.count("door", address="192.0.2.77", account="ana")
    with begin(None) as connection:
        stored = " ".join(connection.scalars(select(attempt.c.bucket)))
    assert "192.0.2.77" not in stored
    assert "ana" not in stored
    clock["now"] += limits.longest_ms() + MINUTE
    limits.count("door", address="b")
    with begin(None) as connection:
        assert connection.scalar(select(func.count()).select_from(attempt)) == 1


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("a socket", "a socket"),
    ],
)
def test_a_whole_64_of_ipv6_is_one_address(app: Flask, sent: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": sent}):
        assert limits.address() == counted
