"""The days and hours of the demo, all counted from one day in one zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Day:
    """The day on which the demo stands, and days counted from it: `-3` is three days ago."""

    today: date

    def date(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def moment(self, days: int, hour: int, minute: int = 0) -> datetime:
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))

    def instant(self, days: int, hour: int, minute: int = 0) -> str:
        return self.moment(days, hour, minute).isoformat()

    def ms(self, days: int, hour: int, minute: int = 0) -> int:
        return int(self.moment(days, hour, minute).timestamp() * 1000)

    def wall(self, days: int, hour: int, minute: int = 0) -> dict[str, str]:
        """A time on the wall, as appointments have it."""
        return {"local": f"{self.date(days)}T{hour:02}:{minute:02}", "zone": ZONE}

    def year(self, years_ago: float) -> str:
        return str(int(self.today.year - years_ago))
