"""The office follows a restore and ends it (sync/README.md, A restored server).

GET /api/office/restore → {"restoring", "began_at", "ended_at", "lost_since", "phones": [{"id",
    "name", "member_name", "team_name", "last_contact", "returned", "unsent"}], "waiting": how many
    changes wait for something to come back, "salvage": how many records only phones still hold}
POST /api/office/restore/end {} → 204; 409 `not_restoring`
"""

from __future__ import annotations

from typing import Any

import orjson
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from server.access import caller
from server.database import begin
from server.problems import Problem
from server.reach import is_in_reach
from server.restore import offers, restores, waiting
from server.sync.stored import read_counter
from server.tables import device, member, team
from server.waiting import reviewed_by
from server.who import Caller


def restore() -> ResponseReturnValue:
    """Which phones are back since the last restore, and what is still not."""
    asker = caller()
    with begin(asker.organisation) as connection:
        last = restores.latest(connection, asker.organisation)
        if last is None:
            return _standing(restoring=False)
        return _standing(
            restoring=read_counter(connection, asker.organisation).is_restoring,
            began_at=last.began_at,
            ended_at=last.ended_at,
            lost_since=restores.lost_since(connection, asker.organisation, last.began_at),
            phones=_phones(connection, asker, last.began_at),
            waiting=_waiting(connection, asker),
            salvage=offers.count(connection, asker),
        )


def end_restore() -> ResponseReturnValue:
    """Ends the restore: what still waits is no longer waited for."""
    by = caller()
    with begin(by.organisation, write=True) as connection:
        if not restores.end(connection, by.organisation, by.member, by.device):
            raise Problem(409, "not_restoring")
    return "", 204


def _standing(**told: Any) -> dict[str, Any]:
    nothing = {"began_at": None, "ended_at": None, "lost_since": None}
    return nothing | {"phones": [], "waiting": 0, "salvage": 0} | told


def _phones(connection: Connection, asker: Caller, began_at: int) -> list[dict[str, Any]]:
    """The phones in use of whom the caller looks after. A sync in the new epoch is the end of
    following, and the first that counts as a contact since."""
    query = (
        select(device, member.c.name.label("member_name"), team.c.name.label("team_name"))
        .join_from(
            device,
            member,
            (member.c.organisation == device.c.organisation) & (member.c.id == device.c.member),
        )
        .outerjoin(
            team, (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team)
        )
        .where(
            device.c.organisation == asker.organisation,
            device.c.secret.is_not(None),
            device.c.revoked_at.is_(None),
            is_in_reach(asker),
        )
        .order_by(member.c.name, device.c.enrolled_at)
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "member_name": row.member_name,
            "team_name": row.team_name,
            "last_contact": row.last_contact,
            "returned": row.last_contact is not None and row.last_contact >= began_at,
            "unsent": orjson.loads(row.status).get("unsent") if row.status else None,
        }
        for row in connection.execute(query)
    ]


def _waiting(connection: Connection, asker: Caller) -> int:
    """How many changes wait whose review would be the caller's, or all for an administrator."""
    rows = waiting.all_of(connection, asker.organisation)
    if asker.role == "administrator":
        return len(rows)
    return len(reviewed_by(connection, asker, rows))
