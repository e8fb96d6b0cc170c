"""Who is on call, who stands in for whom, and how the organisation works: what the supervisor keeps
for everybody.

Nobody whom a sign-in link of the demo opens first is on call yesterday, today or tomorrow, so that
their phone holds their own caseload at any hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from server.demo.day import ZONE, Day
from server.demo.edit import FILLED, LATER, Edit
from server.demo.staff import BY_KEY, HILL, RIVER, SUPERVISOR

TURNS = {
    RIVER: ("linh", "amara", "amara", "amara", "rosa", "linh", "rosa"),
    HILL: ("dmitri", "paloma", "keisha", "keisha", "paloma", "dmitri", "keisha"),
}
"""Who takes which night, from two days ago on, and again after a week."""
NIGHTS = range(-2, 19)
FROM, UNTIL = 18, 8
ESCALATED_AFTER_MINUTES = 15


def write_roster(day: Day, space: UUID, members: dict[str, str]) -> list[Edit]:
    """The settings, the on-call roster of three weeks, a cover that is over and one to come."""
    edits = [_edit(day, str(space), "organisation_settings", time_zone=ZONE, paper_size="letter")]
    for team, turns in TURNS.items():
        for night in NIGHTS:
            who = turns[(night - NIGHTS.start) % len(turns)]
            edits += _turn(day, space, members, team, night, who)
    sick = _id(space, "cover/0")
    edits.append(
        _edit(
            day,
            sick,
            "cover",
            member=members["keisha"],
            for_member=members["dmitri"],
            starts=day.date(-12),
            ends=day.date(-9),
            reason="sick",
        )
    )
    edits.append(
        _edit(
            day,
            _id(space, "cover/1"),
            "cover",
            member=members["dmitri"],
            for_member=members["keisha"],
            starts=day.date(4),
            ends=day.date(8),
            reason="leave",
            note=[{"text": "Back after the weekend. Paloma keeps her own visits."}],
        )
    )
    return edits


def _turn(
    day: Day, space: UUID, members: dict[str, str], team: str, night: int, who: str
) -> Iterator[Edit]:
    id_ = _id(space, f"on_call/{team}/{night}")
    yield _edit(
        day,
        id_,
        "on_call",
        member=members[who],
        team=team,
        tier="first",
        start=day.wall(night, FROM),
        end=day.wall(night + 1, UNTIL),
        phone=BY_KEY[who].telephone,
        escalate_after_minutes=ESCALATED_AFTER_MINUTES,
    )
    if night < 0:
        taken = {"by": members[who], "at": day.instant(night, FROM - 1)}
        note = "A quiet night." if night % 2 else "Two calls, both settled on the phone."
        at = day.ms(min(night + 1, -1), UNTIL - 1)
        add = {"acknowledged": [taken]}
        yield Edit(who, at, id_, "on_call", None, LATER, {"handover_note": note}, add)


def _edit(day: Day, record: str, kind: str, note: list[Any] | None = None, **fields: Any) -> Edit:
    add = {"note": note} if note else {}
    return Edit(SUPERVISOR, day.ms(-20, 9), record, kind, None, FILLED, fields, add)


def _id(space: UUID, name: str) -> str:
    return str(uuid5(space, name))
