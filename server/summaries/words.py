"""The words of a summary in one language, and how that language writes days, times and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal

from server.catalogue.words import WORDS

LANGUAGES = ("en", "es")
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
LETTER_PAPER = {"US", "CA", "MX", "PR", "PH", "CL", "CO", "VE", "CR", "GT", "PA", "SV", "NI", "DO"}
"""Countries, by ISO 3166, where paper is Letter; elsewhere it is A4."""


@cache
def _words(language: str) -> Mapping[str, str]:
    found: dict[str, str] = orjson.loads(
        (Path(__file__).parent / "words" / f"{language}.json").read_bytes()
    )
    return found


@cache
def _locale(language: str, territory: str | None) -> Locale:
    try:
        return Locale(language, territory)
    except UnknownLocaleError:
        return Locale(language)


@dataclass(frozen=True, slots=True)
class Words:
    """One language, as it is written where the visit took place: a Spanish paper in Boston has
    “10:05 a. m.”, one in Madrid “10:05”."""

    language: str
    zone: str

    @property
    def territory(self) -> str | None:
        found: str | None = get_global("zone_territories").get(self.zone)
        return found

    @property
    def locale(self) -> Locale:
        return _locale(self.language, self.territory)

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def paper(self) -> str:
        return "letter" if self.territory in LETTER_PAPER else "A4"

    def say(self, key: str, **params: object) -> str:
        return _words(self.language)[key].format(**params)

    def choice(self, kind: str, field: str, choice: str) -> str:
        """What a choice of the catalogue is called; a code of a newer version stands for itself."""
        try:
            return WORDS[self.language].choice(kind, field, choice)
        except KeyError:
            return choice

    def part_choice(self, kind: str, field: str, part: str, choice: str) -> str:
        """The same of a choice within an object."""
        try:
            return WORDS[self.language].part_choice(kind, field, part, choice)
        except KeyError:
            return choice

    def full_day(self, day: date) -> str:
        """Saturday, November 21, 2026, as a line of its own begins."""
        text = _plain(format_date(day, "full", self.locale))
        return text[:1].upper() + text[1:]

    def day(self, written: str, near: date, *, weekday: bool = False) -> str:
        """A date as short as it can be understood: without its year in that of `near`; a month or a
        year stays one."""
        if len(written) == 4:
            return written
        if len(written) == 7:
            month = date.fromisoformat(written + "-01")
            return _plain(format_skeleton("yMMMM", month, locale=self.locale))
        day = date.fromisoformat(written)
        if day.year != near.year:
            return _plain(format_date(day, "long", self.locale))
        skeleton = "MMMMEd" if weekday else "MMMMd"
        return _plain(format_skeleton(skeleton, day, locale=self.locale))

    def hour(self, at: time) -> str:
        """10:05 AM."""
        return _plain(format_time(at, "short", locale=self.locale))

    def span(self, start: time, end: time | None) -> str:
        if end is None or end == start:
            return self.hour(start)
        return self.say("time_range", start=self.hour(start), end=self.hour(end))

    def number(self, value: float) -> str:
        return format_decimal(value, format="#,##0.##", locale=self.locale)


def wall_clock(zoned: Mapping[str, Any]) -> datetime:
    """A zoned value as a moment that can be compared."""
    local = datetime.fromisoformat(zoned["local"])
    return local.replace(tzinfo=ZoneInfo(zoned["zone"]))


def _plain(text: str) -> str:
    """Without the narrow no-break spaces that some fonts lack."""
    return text.replace("\u202f", "\u00a0")
