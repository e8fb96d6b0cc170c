"""Who holds which chart, read straight from the definition (sync/README.md, Access): from the
records as they stand and the openings, with nothing of what server/granting.py keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fire.steady import DAY_MS

Body = Mapping[str, Any]
NOT_HELD = ("waitlist", "finished", "cancelled")


@dataclass(frozen=True)
class Opening:
    """Somebody opened a chart and said why."""

    member: str
    patient: str
    at: int


def charts_held(
    records: Iterable[Body], openings: Iterable[Opening], left: Set[str], now: int
) -> dict[str, set[str]]:
    """The charts that each member holds at a moment, in an organisation whose days are UTC's."""
    records = [each for each in records if not each["deleted"]]
    teams = {each["id"]: each["fields"].get("team") for each in records if each["kind"] == "member"}
    assigned: dict[str, set[str]] = {}
    for each in records:
        holder = each["fields"].get("member")
        if each["kind"] == "assignment" and holder and _lasts(each, now):
            assigned.setdefault(holder, set()).add(each["patient"])
    held = {member: set(charts) for member, charts in assigned.items() if member not in left}
    for each in records:
        if each["kind"] in ("cover", "on_call") and _lasts(each, now):
            stands_in = each["fields"]["member"]
            if stands_in not in left:
                for absent in _behind(each, teams):
                    held.setdefault(stands_in, set()).update(assigned.get(absent, ()))
    for opened in openings:
        if opened.member not in left and opened.at <= now < opened.at + DAY_MS:
            held.setdefault(opened.member, set()).add(opened.patient)
    return held


def _lasts(record: Body, now: int) -> bool:
    fields = record["fields"]
    if fields.get("status") in NOT_HELD:
        return False
    if record["kind"] == "on_call":
        return _moment(fields["start"]) <= now < _moment(fields["end"])
    today = datetime.fromtimestamp(now / 1000, UTC).date().isoformat()
    starts, ends = fields.get("starts"), fields.get("ends")
    return (not starts or starts <= today) and (not ends or today <= ends)


def _behind(record: Body, teams: Mapping[str, str | None]) -> list[str]:
    """For whom a cover or a turn on call stands in."""
    fields = record["fields"]
    if record["kind"] == "cover":
        return [fields["for_member"]]
    team = fields.get("team") or teams.get(fields["member"])
    return [member for member, its in teams.items() if team is not None and its == team]


def _moment(zoned: Mapping[str, str]) -> int:
    wall = datetime.fromisoformat(zoned["local"]).replace(tzinfo=ZoneInfo(zoned["zone"]))
    return int(wall.timestamp() * 1000)
