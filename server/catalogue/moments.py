"""The types of days and times: a date that may be partial, an instant with its offset, a wall
time in a zone, and the zone alone."""

import re
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from server.catalogue.values import Value

DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
WALL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


@cache
def zones() -> frozenset[str]:
    """The names of the IANA zones, without those that only say where this machine stands."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


class Zone(Value):
    """The IANA name of a time zone: `America/New_York`."""

    max_length = 64

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str or value not in zones():
            raise self.make_error("unknown_zone")
        return value

    def describe(self) -> dict[str, Any]:
        return {"format": "time-zone", "max_length": self.max_length}


class Date(Value):
    """A day, `2026-11-21`; where `partial` is said also a month, `2026-11`, or a year, `2026`."""

    type = "date"

    def __init__(self, *, partial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.partial = partial

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str or not DATE.fullmatch(value):
            raise self.make_error("not_a_date")
        if len(value) < 10 and not self.partial:
            raise self.make_error("not_a_whole_date")
        try:
            date.fromisoformat(value + "0000-01-01"[len(value) :])
        except ValueError:
            raise self.make_error("not_a_date") from None
        return value

    def describe(self) -> dict[str, Any]:
        return {"partial": True} if self.partial else {}


class Instant(Value):
    """A moment with its offset from UTC (RFC 3339): `2026-11-21T10:00:00-05:00`."""

    type = "datetime"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str or not INSTANT.fullmatch(value):
            raise self.make_error("not_a_time")
        try:
            datetime.fromisoformat(value.upper())
        except ValueError:
            raise self.make_error("not_a_time") from None
        return value.upper()


class Zoned(Value):
    """What a clock on the wall will say, and in which zone: an appointment at ten stays at ten
    when the rules of summer time change. `{"local": "2026-11-21T10:00", "zone":
    "America/New_York"}`."""

    type = "zoned"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, str]:
        if type(value) is not dict or value.keys() != {"local", "zone"}:
            raise self.make_error("not_a_time")
        local, zone = value["local"], value["zone"]
        if type(local) is not str or not WALL_TIME.fullmatch(local):
            raise self.make_error("not_a_time")
        try:
            datetime.fromisoformat(local)
        except ValueError:
            raise self.make_error("not_a_time") from None
        if type(zone) is not str or zone not in zones():
            raise self.make_error("unknown_zone")
        return {"local": local, "zone": zone}
