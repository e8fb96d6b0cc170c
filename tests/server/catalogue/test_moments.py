"""Dates, instants and wall times."""

from typing import Any

import pytest

from server.catalogue import Invalid
from server.catalogue.moments import Date, Instant, Zone, Zoned
from server.catalogue.values import Value

DAY, PARTIAL = Date(), Date(partial=True)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (DAY, "2026-11-21"),
        (DAY, "2024-02-29"),
        (PARTIAL, "2026-11-21"),
        (PARTIAL, "2026-11"),
        (PARTIAL, "1931"),
        (Instant(), "2026-11-21T10:00:00-05:00"),
        (Instant(), "2026-11-21T15:00:00.123Z"),
        (Instant(), "2026-11-21T15:00:00.123456789Z"),
        (Zone(), "America/New_York"),
        (Zoned(), {"local": "2026-11-21T10:00", "zone": "America/New_York"}),
        # Clocks were set forward over this half hour: the wall still says it, so it is kept.
        (Zoned(), {"local": "2026-03-08T02:30", "zone": "America/New_York"}),
    ],
)
def test_a_moment_is_taken_as_it_is(type_: Value, value: Any) -> None:
    assert type_.deserialize(value) == value


def test_the_letters_of_an_instant_are_written_large() -> None:
    assert Instant().deserialize("2026-11-21t15:00:00z") == "2026-11-21T15:00:00Z"


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        (DAY, "2026-11", "not_a_whole_date"),
        (DAY, "2026-02-29", "not_a_date"),
        (DAY, "2026-11-21T10:00:00Z", "not_a_date"),
        (DAY, "21.11.2026", "not_a_date"),
        (DAY, "\u0662026-11-21", "not_a_date"),  # an Arabic two
        (DAY, 20261121, "not_a_date"),
        (PARTIAL, "2026-13", "not_a_date"),
        (PARTIAL, "0000", "not_a_date"),
        (PARTIAL, "26", "not_a_date"),
        (PARTIAL, "2026-11-", "not_a_date"),
        (Instant(), "2026-11-21T10:00:00", "not_a_time"),
        (Instant(), "2026-11-21T25:00:00Z", "not_a_time"),
        (Instant(), "2026-11-21 10:00:00Z", "not_a_time"),
        (Instant(), "2026-11-21T10:00Z", "not_a_time"),
        (Instant(), "2026-11-21", "not_a_time"),
        (Instant(), 1795200000, "not_a_time"),
        (Zone(), "Boston", "unknown_zone"),
        (Zone(), "localtime", "unknown_zone"),
        (Zone(), {"zone": "America/New_York"}, "unknown_zone"),
        (Zoned(), "2026-11-21T10:00", "not_a_time"),
        (Zoned(), {"local": "2026-11-21T10:00"}, "not_a_time"),
        (Zoned(), {"local": "2026-11-21T10:00Z", "zone": "America/New_York"}, "not_a_time"),
        (Zoned(), {"local": "2026-02-30T10:00", "zone": "America/New_York"}, "not_a_time"),
        (Zoned(), {"local": "2026-11-21T10:00", "zone": "Boston"}, "unknown_zone"),
        (Zoned(), {"local": "2026-11-21T10:00", "zone": "localtime"}, "unknown_zone"),
        (Zoned(), {"local": "2026-11-21T10:00", "zone": "../etc/passwd"}, "unknown_zone"),
        (Zoned(), {"local": "2026-11-21T10:00", "zone": None}, "unknown_zone"),
    ],
)
def test_what_is_no_moment_is_refused(type_: Value, value: Any, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        type_.deserialize(value)
    assert caught.value.code == code
