"""Makes the demo organisation with its staff and caseload, or finds the one that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, select

from server.database import begin, see_organisations
from server.demo.caseload import PATIENTS, build
from server.demo.day import Day
from server.demo.edit import Edit
from server.demo.enter import Progress, enter
from server.demo.staff import BY_KEY, ORGANISATION, STAFF, Colleague
from server.organisations import NewMember, Unfit, add_member, create_organisation
from server.problems import Problem
from server.sync.local import LocalDevice
from server.tables import device, organisation

Bar = Callable[[Sequence[Edit]], AbstractContextManager[Progress]]
"""Shows how far the entry of these edits has come."""


class Unlike(RuntimeError):
    """The demo was left half made by another version, which made it up differently."""


@dataclass(frozen=True, slots=True)
class Demo:
    organisation: str
    made_on: date
    is_new: bool


def make(bar: Bar, *, fresh: bool = False, patients: int = PATIENTS) -> Demo:
    """The demo organisation, whole. What is there is kept as it is; an entry that was cut short is
    taken up where it stopped. Raises Unlike where that cannot be."""
    found = None if fresh else _latest()
    id_ = found or create_organisation(_free_name(), is_demo=True)
    made_on = _made_on(id_)
    if found and _is_whole(id_):
        return Demo(id_, made_on, is_new=False)
    members = {colleague.key: _ensure(id_, colleague) for colleague in STAFF}
    edits = build(Day(made_on), UUID(id_), members, patients)
    try:
        with bar(edits) as progress:
            enter(id_, members, edits, progress)
    except Problem as problem:
        if problem.code != "device_copied":
            raise
        raise Unlike from problem
    owner = members["tomas"]
    LocalDevice.enrol(id_, owner, "Office computer", _office_computer(id_))
    return Demo(id_, made_on, is_new=True)


def _ensure(organisation_id: str, colleague: Colleague) -> str:
    id_ = str(uuid5(UUID(organisation_id), f"member/{colleague.key}"))
    new = NewMember(
        colleague.email,
        colleague.name,
        colleague.role,
        colleague.teams,
        colleague.telephone,
        colleague.languages,
    )
    try:
        return add_member(organisation_id, new, id_)
    except Unfit:  # there since the entry that was cut short
        return id_


def _latest() -> str | None:
    with begin(None) as connection:
        see_organisations(connection)
        found: str | None = connection.scalar(
            select(organisation.c.id)
            .where(organisation.c.is_demo)
            .order_by(organisation.c.created_at.desc())
            .limit(1)
        )
    return found


def _free_name() -> str:
    with begin(None) as connection:
        see_organisations(connection)
        taken = set(connection.scalars(select(organisation.c.name)))
    name, number = ORGANISATION, 1
    while name in taken:
        number += 1
        name = f"{ORGANISATION} {number}"
    return name


def _made_on(organisation_id: str) -> date:
    with begin(organisation_id) as connection:
        ms = connection.scalars(
            select(organisation.c.created_at).where(organisation.c.id == organisation_id)
        ).one()
    # By the clock of this machine: whoever looks at the demo has their visits today.
    return datetime.fromtimestamp(ms / 1000).date()


def _is_whole(organisation_id: str) -> bool:
    with begin(organisation_id) as connection:
        return _has_device(connection, organisation_id, _office_computer(organisation_id))


def _has_device(connection: Connection, organisation_id: str, device_id: str) -> bool:
    query = select(device.c.id).where(
        device.c.organisation == organisation_id, device.c.id == device_id
    )
    return connection.scalar(query) is not None


def _office_computer(organisation_id: str) -> str:
    """The last thing that is entered: where it is, everything is."""
    return str(uuid5(UUID(organisation_id), "device/office"))


def one_of_each_role() -> dict[str, Colleague]:
    """The first of the staff in each role."""
    return {colleague.role: BY_KEY[colleague.key] for colleague in reversed(STAFF)}
