"""What folded records say of who shall hold which chart, and from when to when. No database:
server/granting.py brings the grants to it (sync/README.md, Access).

    assignment   its member holds the chart
    cover        a colleague holds what another holds by assignment      ┐ reach charts through
    on_call      whoever is on call holds what a team holds by assignment ┘ assignments alone
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ASSIGNMENT, COVER, ON_CALL, OPENING = "assignment", "cover", "on_call", "opening"
STANDING_IN = (COVER, ON_CALL)
ENDED = frozenset({"waitlist", "finished", "cancelled"})


@dataclass(frozen=True, slots=True)
class Claim:
    """Who shall hold a chart between two moments (None: always), and what says so: a record, and
    where that stands in for somebody, the assignment through which it reaches the chart."""

    member: str
    patient: str
    source: str
    record: str
    basis: str | None
    starts_at: int | None
    ends_at: int | None

    @property
    def key(self) -> tuple[str, str, str | None, str | None]:
        return self.member, self.patient, self.record, self.basis

    def holds_at(self, now: int) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and not self.is_over(now)

    def is_over(self, now: int) -> bool:
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who stands in for a colleague or for a team (by its name; None: for their own), and between
    which moments."""

    record: str
    source: str
    member: str
    for_member: str | None
    for_team: str | None
    starts_at: int
    ends_at: int | None

    def is_over(self, now: int) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def through(self, assigned: Claim) -> Claim | None:
        """The chart of an assignment, for as long as both last; None where they never meet, or it
        is the stand-in's own."""
        if assigned.member == self.member:
            return None
        starts_at = max(self.starts_at, assigned.starts_at or self.starts_at)
        ends_at = min(
            (each for each in (self.ends_at, assigned.ends_at) if each is not None), default=None
        )
        if ends_at is not None and ends_at <= starts_at:
            return None
        return Claim(
            self.member,
            assigned.patient,
            self.source,
            self.record,
            assigned.record,
            starts_at,
            ends_at,
        )


def claim_of(
    record: str, patient: str, fields: Mapping[str, Any], deleted: bool, zone: ZoneInfo
) -> Claim | None:
    """What a folded assignment says; None once it is deleted, finished or cancelled."""
    holder = fields.get("member")
    if deleted or not holder or fields.get("status") in ENDED:
        return None
    starts_at, ends_at = _days(fields, zone)
    return Claim(holder, patient, ASSIGNMENT, record, None, starts_at, ends_at)


def stand_in_of(
    source: str, record: str, fields: Mapping[str, Any], deleted: bool, zone: ZoneInfo
) -> StandIn | None:
    """What a folded cover or turn on call says; None once it is deleted or called off."""
    if deleted or fields.get("status") in ENDED:
        return None
    member = fields["member"]
    if source == ON_CALL:
        starts_at, ends_at = moment(fields["start"]), moment(fields["end"])
        if ends_at <= starts_at:
            return None
        return StandIn(record, source, member, None, fields.get("team") or None, starts_at, ends_at)
    first, last = _days(fields, zone)
    assert first is not None  # a cover's first day is required
    return StandIn(record, source, member, fields["for_member"], None, first, last)


def _days(fields: Mapping[str, Any], zone: ZoneInfo) -> tuple[int | None, int | None]:
    return day_begins(fields.get("starts"), zone), day_ends(fields.get("ends"), zone)


def day_begins(day: str | None, zone: ZoneInfo) -> int | None:
    """The first moment of a date in that zone."""
    if not day:
        return None
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), zone)
    return int(midnight.timestamp()) * 1000


def day_ends(day: str | None, zone: ZoneInfo) -> int | None:
    """The moment after a date: an assignment holds on its last day too. The calendar's last day,
    which people give for *never*, has such a moment as well."""
    if not day:
        return None
    last = date.fromisoformat(day)
    if last == date.max:
        begins = day_begins(day, zone)
        return None if begins is None else begins + 24 * 3600 * 1000
    return day_begins((last + timedelta(days=1)).isoformat(), zone)


def moment(zoned: Mapping[str, str]) -> int:
    """When a clock on that wall says so. A time that the wall says twice is the first."""
    wall = datetime.fromisoformat(zoned["local"]).replace(tzinfo=ZoneInfo(zoned["zone"]))
    return int(wall.timestamp()) * 1000
