"""How the values of `furthest`, `earliest` and `latest` are ordered (README.md, "The rules").

Total: a value that cannot be read ranks below all that can, and null below that.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from .change import key
from .kinds import Json

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Comparable = tuple[int, float | str]


def place(order: tuple[Json, ...], value: Json) -> int:
    """How far along a `furthest` order: a value not among the choices is at -1, null at -2."""
    if value is None:
        return -2
    wanted = key(value)
    return next((at for at, choice in enumerate(order) if key(choice) == wanted), -1)


def comparable(compare: Literal["", "date", "datetime"], value: Json) -> Comparable | None:
    """What a value of an `earliest` or `latest` field is compared by; None where it has no order.

    A partial date stands for its first day, a datetime for its instant.
    """
    if compare == "date":
        return _first_day(value)
    if compare == "datetime":
        return _instant(value)
    if isinstance(value, bool | int | float):
        return (0, value)
    return (1, value) if isinstance(value, str) else None


def _first_day(value: Json) -> Comparable | None:
    if not isinstance(value, str) or not (match := _DATE.fullmatch(value)):
        return None
    year, month, day = match.groups(default="01")
    return (1, f"{year}-{month}-{day}")


def _instant(value: Json) -> Comparable | None:
    """Nanoseconds since 1970, whole: a float could not hold them."""
    if not isinstance(value, str) or not (match := _DATETIME.fullmatch(value)):
        return None
    day, time, fraction, offset = match.groups(default="")
    try:
        second = datetime.fromisoformat(f"{day}T{time}{offset.upper()}")
    except ValueError:
        return None
    seconds = (second - _EPOCH) // timedelta(seconds=1)
    return (0, seconds * 10**9 + int(fraction.ljust(9, "0")[:9]))
