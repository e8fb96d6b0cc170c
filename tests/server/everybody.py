"""One organisation with somebody of every role in every relation to one chart, and another beside
it: what the table of access is tried on (test_access_matrix.py).

    chart   Pemberton   of team North; held by everybody who `holds` it, of every role
    chart   Quintero    of team South; held by nobody but South's coordinator
    chart   Zabriskie   of the other organisation, held by its coordinator

Each name and each id of these is found in an answer only where it may be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import Table, delete, select

from server.catalogue import CATALOGUE
from server.claims import OPENING
from server.database import begin
from server.devices import add as add_device
from server.devices import revoke
from server.organisations import leave
from server.sync.local import LocalDevice
from server.tables import (
    METADATA,
    attempt,
    challenge,
    epoch,
    grants,
    legal_hold,
    passkey,
    purge_approval,
    salvage,
)
from server.who import new_secret, now_ms
from tests.server.office import Office, Phone, Session, new_id
from tests.server.samples import sample

ROLES = ("coordinator", "clinician", "supervisor", "administrator")
RELATIONS = ("holds", "team", "other", "elsewhere")
"""To the chart Pemberton: holds it; works in, or supervises, its team North; South; elsewhere."""
WAYS = ("left", "revoked", "locked", "out", "program", "reader")
"""Of somebody who holds it: left; their phone is revoked; it is locked, and has the cookie alone;
signed out; a program with their token; one that may only read."""

# A supervisor's team holds a chart that they hold themselves: this one has a team of their own.
TEAMS = {"holds": "North", "team": "North", "other": "South", "elsewhere": "North"}
APART = "West"
BORN = "1948-03-02"
HEAD, START = 1_000_000, 2_000_000


@dataclass
class Person:
    """Somebody as they come to the server: with what they send, and on which device."""

    role: str
    relation: str
    office: Office
    member: str
    session: Session
    device: str = ""
    passkey: str = ""

    @cached_property
    def email(self) -> str:
        return self.office.email(self.member)

    @property
    def own(self) -> set[str]:
        """What they may always be told: who they are themselves, and their own phone."""
        return {self.member, self.device, self.passkey, self.email}


@dataclass
class Chart:
    """A patient with one record of each kind; `words` are said of them and of nobody else."""

    patient: str
    family: str
    records: Mapping[str, str]

    @property
    def words(self) -> set[str]:
        return {self.family, self.records["medication"], self.records["task"]}


@dataclass
class Everybody:
    """The world of the table."""

    office: Office
    other: Office
    pemberton: Chart
    quintero: Chart
    zabriskie: Chart
    library: Mapping[str, str]
    computer: LocalDevice
    """Which writes whatever is needed."""
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    """By role and by relation or way."""
    salvaged: int = 0
    """How many records were offered for salvage."""
    lost: int = 0
    """The n of the last change that the lost phone brought."""

    @classmethod
    def gather(cls, app: Flask) -> Everybody:
        here, there = Office.open(app), Office.open(app, "Elsewhere Care")
        there.names = count(1_000)  # so that nobody has the name or address of somebody here
        computer, computer_there = _computer(here), _computer(there)
        pemberton, quintero = _chart(computer, "Pemberton"), _chart(computer, "Quintero")
        zabriskie = _chart(computer_there, "Zabriskie")
        library = {}
        for name, kind in CATALOGUE.kinds.items():
            if kind.scope != "chart" and name != "member":
                id_ = here.organisation if name == "organisation_settings" else new_id()
                library[name] = _write(computer, name, None, id_)
        world = cls(here, there, pemberton, quintero, zabriskie, library, computer)
        for role in ROLES:
            for relation in RELATIONS:
                world._add(role, relation)
            world._add_ways(role)
        holders = [each for each in world.people.values() if each.relation == "holds"]
        for person in {each.member: each for each in holders}.values():
            _assign(computer, pemberton.patient, person.member)
        _assign(computer, quintero.patient, world.people["coordinator", "other"].member)
        stranger = world.people["coordinator", "elsewhere"]
        _assign(computer_there, zabriskie.patient, stranger.member)
        for role in ROLES:
            leave(here.organisation, here.email(world.people[role, "left"].member))
            world._lose_phone(world.people[role, "revoked"])
        world.held_chart()
        world.lost_dot()
        world._was_restored()
        world.offered()
        world._was_opened()
        holder = world.people["coordinator", "holds"]
        library["member"] = holder.member
        assert holder.session.get(f"/api/records/{pemberton.patient}/history").status_code == 200
        return world

    def _add(self, role: str, relation: str) -> Person:
        office = self.other if relation == "elsewhere" else self.office
        apart = role == "supervisor" and relation == "holds"
        teams = () if role == "administrator" else (APART if apart else TEAMS[relation],)
        person = self.newcomer(role, relation, office, *teams)
        self.people[role, relation] = person
        return person

    def _add_ways(self, role: str) -> None:
        holder = self.people[role, "holds"]
        team = () if role == "administrator" else (TEAMS["holds"],)
        if role == "supervisor":
            team = (APART,)
        for way in ("left", "revoked"):
            self.people[role, way] = self.newcomer(role, "holds", self.office, *team)
        client = self.office.app.test_client(use_cookies=False)
        cookie = {name: holder.session.headers[name] for name in ("Origin", "Cookie")}
        locked = Session(client, holder.member, cookie)
        out = Session(client, holder.member)
        self.people[role, "locked"] = self._beside(holder, locked)
        self.people[role, "out"] = self._beside(holder, out)
        for way in ("program", "reader"):
            session = self.office.program(holder.member, read_only=way == "reader")
            enrolled = session.post("/api/devices", {"name": way}).json["device"]
            self.people[role, way] = self._beside(holder, session, enrolled)

    def _was_opened(self) -> None:
        """Somebody had opened Pemberton's chart, for a day that is over."""
        self._insert(
            grants,
            self.office,
            id=new_id(),
            member=self.colleague().member,
            patient=self.pemberton.patient,
            source=OPENING,
            reason="The daughter phoned",
            began=1,
            ended=1,
            starts_at=1,
            ends_at=2,
            ended_at=2,
        )

    def _lose_phone(self, of: Person) -> None:
        """Revoke the phone; its member is signed in on it all the same."""
        with begin(self.office.organisation, write=True) as connection:
            revoke(connection, self.office.organisation, id_=of.device)
        of.session.headers["Cookie"] = self.office.session(of.member).headers["Cookie"]

    def _beside(self, holder: Person, session: Session, device_id: str = "") -> Person:
        return Person(
            holder.role,
            holder.relation,
            holder.office,
            holder.member,
            session,
            device_id or holder.device,
            holder.passkey,
        )

    def newcomer(self, role: str, relation: str, office: Office, *teams: str) -> Person:
        """A new member with an unlocked phone and a passkey."""
        member = office.add(role, *teams)
        phone = Phone.enrol(office.session(member))
        person = Person(role, relation, office, member, phone.session, phone.device)
        person.passkey = self.new_passkey(person)
        return person

    def colleague(self) -> Person:
        """A new coordinator of team North, who is nowhere signed in."""
        member = self.office.add("coordinator", "North")
        nowhere = Session(self.office.app.test_client(use_cookies=False), member)
        return Person("coordinator", "team", self.office, member, nowhere)

    def new_passkey(self, of: Person) -> str:
        id_ = new_id()
        self._insert(
            passkey,
            of.office,
            id=id_,
            member=of.member,
            credential=new_id(),
            public_key="",
            sign_count=0,
            name="Phone",
            transports="[]",
            is_backed_up=True,
            created_at=1,
        )
        return id_

    def new_device(self, of: Person, *, revoked: bool = False) -> str:
        organisation = of.office.organisation
        with begin(organisation, write=True) as connection:
            id_ = add_device(connection, organisation, of.member, "Pixel 8", secret=new_secret())
            assert id_
            if revoked:
                revoke(connection, organisation, id_=id_)
        return id_

    def lost_dot(self) -> str:
        """The dot of a change of Pemberton that a revoked phone brought, as its address has it."""
        lost = self.people["coordinator", "revoked"]
        self.lost += 1
        change = {"n": self.lost, "at": 1, "seen": 0, "record": new_id(), "kind": "task"}
        change |= {"patient": self.pemberton.patient, "set": {"description": "Pemberton"}}
        body = {"device": lost.device, "now": now_ms(), "changes": [change]}
        assert lost.session.post("/api/sync", body).json["wipe"] is True
        return f"{lost.device}/{self.lost}"

    def _was_restored(self) -> None:
        """A restore that is over: what came between 1,000,000 and 2,000,000 was lost."""
        lost = {"restored_head": HEAD, "start": START, "began_at": 1, "ended_at": 2}
        self._insert(epoch, self.office, id=new_id(), **lost)

    def offered(self) -> str:
        """A task of Pemberton's that only a phone still holds, as its address has it."""
        holder = self.people["coordinator", "holds"]
        self.salvaged += 1
        fields = {"description": f"Pemberton {self.salvaged}", "status": "requested"}
        body = {
            "id": self.pemberton.records["task"],
            "kind": "task",
            "patient": self.pemberton.patient,
            "version": HEAD + self.salvaged,
            "deleted": False,
            "fields": fields,
            "contested": {},
            "overruled": {},
        }
        hashed = f"{self.salvaged:064x}"
        self._insert(
            salvage,
            self.office,
            record=body["id"],
            hash=hashed,
            version=body["version"],
            kind="task",
            patient=body["patient"],
            member=holder.member,
            device=holder.device,
            body=json.dumps(body),
            offered_at=1,
        )
        return f"{body['id']}/{hashed}"

    def chart_to_open(self) -> str:
        """A new chart of team North, which none of the people here holds."""
        chart = _chart(self.computer, "Newcomer")
        _assign(self.computer, chart.patient, self.colleague().member)
        return chart.patient

    def close_openings(self) -> None:
        """Nobody here is to hold a chart because somebody tried whether they may open it."""
        opened = delete(grants).where(grants.c.source == OPENING, grants.c.ended.is_(None))
        with begin(self.office.organisation, write=True) as connection:
            connection.execute(opened)

    def held_chart(self) -> str:
        """Pemberton's, on legal hold."""
        if not self._has(legal_hold, patient=self.pemberton.patient):
            self._insert(
                legal_hold, self.office, patient=self.pemberton.patient, reason="A lawsuit", at=1
            )
        return self.pemberton.patient

    def chart_approved_by(self, person: Person) -> str:
        """Pemberton's, the removal of which they have approved."""
        row = {"patient": self.pemberton.patient, "member": person.member}
        if not self._has(purge_approval, **row):
            self._insert(purge_approval, self.office, **row, at=1)
        return self.pemberton.patient

    def _has(self, table: Table, **row: Any) -> bool:
        with begin(self.office.organisation) as connection:
            return connection.execute(select(table).filter_by(**row)).first() is not None

    def _insert(self, table: Table, office: Office, **row: Any) -> None:
        with begin(office.organisation, write=True) as connection:
            connection.execute(table.insert(), {"organisation": office.organisation, **row})

    def forget_attempts(self) -> None:
        """Nobody here is to be stopped for having tried too often."""
        with begin(None, write=True) as connection:
            connection.execute(delete(attempt))

    def stored(self) -> dict[str, set[str]]:
        """Every row of both organisations, by table; not what is forgotten by itself."""
        rows: dict[str, set[str]] = {}
        for office in (self.office, self.other):
            with begin(office.organisation) as connection:
                for table in METADATA.sorted_tables:
                    if table not in (attempt, challenge):
                        found = connection.execute(select(table))
                        rows.setdefault(table.name, set()).update(str(tuple(row)) for row in found)
        return rows

    def not_for(self, person: Person, way: str) -> set[str]:
        """All that no answer to them may hold, whatever they ask."""
        return set().union(*self._secrets()) - self._known_to(person, way) - person.own

    def _secrets(self) -> Iterator[set[str]]:
        for chart in (self.pemberton, self.quintero, self.zabriskie):
            yield {chart.patient, *chart.words}
        yield {self.office.organisation, self.other.organisation, *self.library.values()}
        for person in self.people.values():
            yield person.own

    def _known_to(self, person: Person, way: str) -> set[str]:
        if way in ("left", "revoked", "locked", "out"):
            return {person.office.organisation}
        role, relation = person.role, person.relation
        if relation == "elsewhere":
            strangers = [each for each in self.people.values() if each.relation == "elsewhere"]
            known = {self.other.organisation, self.zabriskie.patient, *self.zabriskie.words}
            return known.union(*(each.own for each in strangers))
        here = [each for each in self.people.values() if each.relation != "elsewhere"]
        known = {self.office.organisation, *self.library.values()}
        known |= {each.member for each in here}  # on whose cards are names and telephones
        if role == "administrator":  # the people, and by their ids the charts that may be purged
            known |= {said for each in here for said in (each.device, each.email)}
            return known | {self.pemberton.patient, self.quintero.patient}
        if relation == "holds" or (role, relation) == ("supervisor", "team"):
            known |= {self.pemberton.patient, *self.pemberton.words}
            known |= {each.device for each in here if each.relation == "holds"}
        if relation == "other" and role in ("coordinator", "supervisor"):
            known |= {self.quintero.patient, *self.quintero.words}
            known |= {self.people["coordinator", "other"].device}
        if role == "supervisor":
            team = APART if relation == "holds" else TEAMS[relation]
            colleagues = [each for each in here if self._team_of(each) == team]
            known |= {said for each in colleagues for said in (each.device, each.email)}
        return known

    def _team_of(self, person: Person) -> str | None:
        if person.role == "administrator":
            return None
        apart = person.role == "supervisor" and person.relation == "holds"
        return APART if apart else TEAMS[person.relation]


def _computer(office: Office) -> LocalDevice:
    return LocalDevice.enrol(office.organisation, office.add("administrator"), "Office computer")


def _write(computer: LocalDevice, kind: str, patient: str | None, id_: str = "") -> str:
    """A sample record of that kind; its id."""
    id_ = id_ or new_id()
    change = {"record": id_, "kind": kind, "patient": patient} | sample(kind)
    assert not (refused := computer.push([change]).refused), (kind, refused)
    return id_


def _chart(computer: LocalDevice, family: str) -> Chart:
    patient = new_id()
    named = {"record": patient, "kind": "patient", "patient": patient}
    computer.push([named | {"set": {"name": {"family": family}, "birth_date": BORN}}])
    records = {
        name: _write(computer, name, patient)
        for name, kind in CATALOGUE.kinds.items()
        if kind.scope == "chart" and name != "patient"
    }
    return Chart(patient, family, {"patient": patient} | records)


def _assign(computer: LocalDevice, patient: str, member: str) -> None:
    given = {"status": "active", "member": member}
    change = {"record": new_id(), "kind": "assignment", "patient": patient, "set": given}
    assert not computer.push([change]).refused
