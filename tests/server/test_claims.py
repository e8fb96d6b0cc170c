"""What a folded assignment, cover or turn on call claims, and when its days and hours are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.claims import Claim, StandIn, claim_of, day_begins, day_ends, moment, stand_in_of

HOUR = 3600 * 1000
UTC_ZONE = ZoneInfo("UTC")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", "2026-11-21T00:00+00:00", "2026-11-22T00:00+00:00"),
        ("America/New_York", "2026-11-21T00:00-05:00", "2026-11-22T00:00-05:00"),
        ("Pacific/Kiritimati", "2026-11-21T00:00+14:00", "2026-11-22T00:00+14:00"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_where_the_organisation_is(
    zone: str, begins: str, ends: str
) -> None:
    assert day_begins("2026-11-21", ZoneInfo(zone)) == at(begins)
    assert day_ends("2026-11-21", ZoneInfo(zone)) == at(ends)


def test_a_day_on_which_clocks_change_has_its_own_length() -> None:
    new_york = ZoneInfo("America/New_York")
    for day, hours in (("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-02", 24)):
        begins, ends = day_begins(day, new_york), day_ends(day, new_york)
        assert begins is not None
        assert ends is not None
        assert ends - begins == hours * HOUR
    # In Havana clocks go forward at midnight: the day begins at one.
    assert day_begins("2026-03-08", ZoneInfo("America/Havana")) == at("2026-03-08T01:00-04:00")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_the_calendars_first_and_last_days_are_days(zone: str) -> None:
    first, last = day_begins("0001-01-01", ZoneInfo(zone)), day_ends("9999-12-31", ZoneInfo(zone))
    assert first is not None
    assert last is not None
    assert first < at("0002-01-01T00:00+00:00") < at("9999-12-31T00:00+00:00") < last
    assert day_begins(None, ZoneInfo(zone)) is day_ends(None, ZoneInfo(zone)) is None


def test_a_turn_on_call_is_by_the_wall() -> None:
    assert moment({"local": "2026-11-21T18:00", "zone": "America/New_York"}) == at(
        "2026-11-21T18:00-05:00"
    )
    twice = {"local": "2026-11-01T01:30", "zone": "America/New_York"}
    assert moment(twice) == at("2026-11-01T01:30-04:00")


@pytest.mark.parametrize(
    ("fields", "deleted"),
    [
        ({"status": "active"}, False),
        ({"status": "active", "member": "m"}, True),
        ({"status": "finished", "member": "m"}, False),
        ({"status": "cancelled", "member": "m"}, False),
        ({"status": "waitlist", "member": "m"}, False),
    ],
)
def test_an_assignment_that_is_over_or_nobodys_claims_nothing(
    fields: dict[str, Any], deleted: bool
) -> None:
    assert claim_of("a", "p", fields, deleted, UTC_ZONE) is None


COVER = {"member": "x", "for_member": "m", "starts": "2026-11-01"}
SHIFT = {
    "member": "x",
    "start": {"local": "2026-11-01T18:00", "zone": "UTC"},
    "end": {"local": "2026-11-02T08:00", "zone": "UTC"},
}


@pytest.mark.parametrize(
    ("kind", "fields", "deleted"),
    [
        ("cover", COVER, True),
        ("cover", COVER | {"status": "cancelled"}, False),
        ("on_call", SHIFT, True),
        ("on_call", SHIFT | {"status": "cancelled"}, False),
        ("on_call", SHIFT | {"end": SHIFT["start"]}, False),
    ],
)
def test_what_was_called_off_stands_in_for_nobody(
    kind: str, fields: dict[str, Any], deleted: bool
) -> None:
    assert stand_in_of(kind, "r", fields, deleted, UTC_ZONE) is None


def test_a_turn_without_a_team_is_for_their_own() -> None:
    for sent, team in (({}, None), ({"team": ""}, None), ({"team": "South"}, "South")):
        found = stand_in_of("on_call", "r", SHIFT | sent, False, UTC_ZONE)
        assert found == StandIn(
            "r",
            *("on_call", "x", None, team),
            *(at("2026-11-01T18:00+00:00"), at("2026-11-02T08:00+00:00")),
        )


def claim(member: str, starts_at: int | None, ends_at: int | None) -> Claim:
    return Claim(member, "p", "assignment", "a", None, starts_at, ends_at)


@pytest.mark.parametrize(
    ("cover_ends", "assigned", "held"),
    [
        (None, (None, None), (10, None)),
        (20, (None, None), (10, 20)),
        (20, (15, None), (15, 20)),
        (20, (5, 18), (10, 18)),
        (None, (5, 18), (10, 18)),
        (20, (20, None), None),
        (20, (None, 10), None),
    ],
)
def test_a_chart_is_held_through_another_while_both_last(
    cover_ends: int | None,
    assigned: tuple[int | None, int | None],
    held: tuple[int, int | None] | None,
) -> None:
    stands = StandIn("c", "cover", "x", "m", None, 10, cover_ends)
    found = stands.through(claim("m", *assigned))
    assert found == (held and Claim("x", "p", "cover", "c", "a", *held))


def test_nobody_stands_in_for_themselves() -> None:
    assert (
        StandIn("c", "on_call", "x", None, "North", 0, None).through(claim("x", None, None)) is None
    )


def test_a_claim_holds_from_its_first_moment_until_before_its_last() -> None:
    dated = claim("m", 10, 20)
    assert [dated.holds_at(now) for now in (9, 10, 19, 20)] == [False, True, True, False]
    assert [dated.is_over(now) for now in (9, 19, 20)] == [False, False, True]
    assert claim("m", None, None).holds_at(0)
