"""Whom a supervisor and an administrator look after: whose devices they see and revoke, whom they
invite and let go. Called by server/devices.py and server/members.py.

    administrator   everybody in the organisation
    supervisor      who works in a team of theirs; and of those only coordinators and clinicians
                    where it is about the membership itself
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, select, true

from server.tables import member, supervision
from server.who import Caller

IN_THE_FIELD = ("coordinator", "clinician")


def is_in_reach(of: Caller) -> ColumnElement[bool]:
    """Which rows of `member` are of people whom the caller looks after."""
    if of.role == "administrator":
        return true()
    if of.role != "supervisor":
        return false()
    return member.c.team.in_(
        select(supervision.c.team).where(
            supervision.c.organisation == of.organisation, supervision.c.member == of.member
        )
    )


def is_managed(of: Caller) -> ColumnElement[bool]:
    """Which rows of `member` are of people whose membership is in the caller's hands. Nobody's own
    is: whoever comes back after a loss, or goes, does so by somebody else's word."""
    managed = and_(is_in_reach(of), member.c.id != of.member)
    return managed if of.role == "administrator" else managed & member.c.role.in_(IN_THE_FIELD)
