"""Whatever is assigned, covered, put on call, called off and moved, in whatever order and over
however many days: after a sync, a member holds exactly what the definition says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from server import create_app, granting
from server.claims import day_begins
from server.database import begin, db
from server.organisation_settings import OrganisationSettings
from server.organisations import NewMember, add_member, create_organisation
from server.settings import Settings
from server.sync.local import LocalDevice, write_as_server
from server.sync.stored import advance_counter, take_counter
from server.tables import grants, member, team
from tests.server.office import new_id

FIRST = date(2026, 3, 1)  # in a zone whose clocks change within the days that are drawn
ZONE = "America/New_York"
DAYS = 7
PEOPLE, PATIENTS, TEAMS = 3, 2, ("North", "South")

who = st.integers(0, PEOPLE - 1)
day = st.sampled_from([0, 0, 0, *range(DAYS)])
ends = st.none() | st.integers(1, DAYS)
assign = st.tuples(st.just("assign"), st.integers(0, PATIENTS - 1), who, st.none() | day, ends)
cover = st.tuples(st.just("cover"), who, who, day, ends)
steps = st.one_of(
    *(assign, assign, cover, cover),
    st.tuples(
        st.just("on_call"), who, st.none() | st.sampled_from(TEAMS), day, st.integers(0, DAYS)
    ),
    st.tuples(st.just("end"), st.integers(0, 20)),
    st.tuples(st.just("hand"), st.integers(0, 20), who),
    st.tuples(st.just("move"), who, st.sampled_from(TEAMS)),
    st.tuples(st.just("pass_"), st.integers(1, 2)),
)


@dataclass
class Said:
    """A record as it was said: what kind, for whom, from which day until which (both included)."""

    kind: str
    id: str
    member: int
    about: Any
    starts: int | None
    ends: int | None
    is_over: bool = False

    def lasts(self, today: int) -> bool:
        has_begun = self.starts is None or self.starts <= today
        return not self.is_over and has_begun and (self.ends is None or today <= self.ends)


@dataclass
class World:
    """An organisation and, beside it, what was said there."""

    organisation: str
    office: LocalDevice
    people: list[str]
    patients: list[str]
    today: int = 0
    said: list[Said] = field(default_factory=list)
    teams: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(PEOPLE), "North"))

    @classmethod
    def make(cls) -> World:
        here = create_organisation("Riverside")
        supervisor = add_member(here, NewMember("s@example.org", "S", "supervisor", TEAMS))
        people = [
            add_member(here, NewMember(f"{i}@example.org", f"P{i}", "coordinator", ("North",)))
            for i in range(PEOPLE)
        ]
        world = cls(here, LocalDevice.enrol(here, supervisor, "Office"), people, [])
        zone = {"time_zone": ZONE}
        world.write(here, "organisation_settings", None, zone)
        for _ in range(PATIENTS):
            world.patients.append(patient := new_id())
            world.write(patient, "patient", patient, {"name": {"family": "R"}})
        return world

    def now(self) -> int:
        """Noon of today."""
        begins = day_begins(self.date(self.today), OrganisationSettings(ZONE).zone)
        assert begins is not None
        return begins + 12 * 3_600_000

    def date(self, number: int) -> str:
        return (FIRST + timedelta(days=number)).isoformat()

    def write(self, record: str, kind: str, patient: str | None, values: dict[str, Any]) -> None:
        seen = {"seen": 0} if not self.said else {"seen": 100_000}  # a trusted device may
        change = {"record": record, "kind": kind, "patient": patient, "set": values} | seen
        answer = self.office.push([change], now=self.now())
        assert not answer.refused, answer.refused

    def take(self, step: tuple[Any, ...]) -> None:
        name, *rest = step
        getattr(self, name)(*rest)

    def assign(self, patient: int, person: int, starts: int | None, ends: int | None) -> None:
        said = Said("assignment", new_id(), person, patient, starts, ends)
        values = {"status": "active", "member": self.people[person]} | self.days(said)
        self.write(said.id, "assignment", self.patients[patient], values)
        self.said.append(said)

    def cover(self, person: int, absent: int, starts: int, ends: int | None) -> None:
        said = Said("cover", new_id(), person, absent, starts, ends)
        people = {"member": self.people[person], "for_member": self.people[absent]}
        self.write(said.id, "cover", None, people | self.days(said))
        self.said.append(said)

    def on_call(self, person: int, team_name: str | None, starts: int, ends: int) -> None:
        """From the first midnight to the one after the last day."""
        said = Said("on_call", new_id(), person, team_name, starts, ends)
        values = {
            "member": self.people[person],
            "tier": "first",
            "start": {"local": f"{self.date(starts)}T00:00", "zone": ZONE},
            "end": {"local": f"{self.date(ends + 1)}T00:00", "zone": ZONE},
        }
        self.write(said.id, "on_call", None, values | ({"team": team_name} if team_name else {}))
        self.said.append(said)

    def end(self, which: int) -> None:
        if not self.said:
            return
        said = self.said[which % len(self.said)]
        said.is_over = True
        self.write(said.id, said.kind, self.patient_of(said), {"status": "cancelled"})

    def hand(self, which: int, person: int) -> None:
        if not self.said:
            return
        said = self.said[which % len(self.said)]
        said.member = person
        self.write(said.id, said.kind, self.patient_of(said), {"member": self.people[person]})

    def move(self, person: int, name: str) -> None:
        self.teams[person] = name
        id_ = self.people[person]
        with begin(self.organisation, write=True) as connection:
            here = (team.c.organisation == self.organisation) & (team.c.name == name)
            new = connection.scalar(select(team.c.id).where(here))
            connection.execute(update(member).where(member.c.id == id_).values(team=new))
            card = {"record": id_, "kind": "member", "seen": 100_000, "set": {"team": name}}
            write_as_server(connection, self.organisation, id_, [card | {"at": self.now()}])

    def pass_(self, days: int) -> None:
        self.today += days

    def sync(self) -> None:
        for person in range(PEOPLE):
            self.sync_one(person)

    def sync_one(self, person: int) -> None:
        """What the endpoint does before a pull."""
        with begin(self.organisation, write=True) as connection:
            head = take_counter(connection, self.organisation).head
            last = granting.move_due(
                connection, self.organisation, self.people[person], head, self.now()
            )
            advance_counter(connection, self.organisation, last)
            assert not granting.are_due(
                connection, self.organisation, self.people[person], self.now()
            )
        assert self.held(person) == self.shall_hold(person)

    def patient_of(self, said: Said) -> str | None:
        return self.patients[said.about] if said.kind == "assignment" else None

    def days(self, said: Said) -> dict[str, str]:
        days = {"starts": said.starts, "ends": said.ends}
        return {name: self.date(number) for name, number in days.items() if number is not None}

    def shall_hold(self, person: int) -> set[str]:
        """The definition (sync/README.md, Access)."""
        lasting = [each for each in self.said if each.lasts(self.today)]
        assigned = [each for each in lasting if each.kind == "assignment"]
        reached = {person}
        for each in lasting:
            if each.member == person and each.kind == "cover":
                reached.add(each.about)
            elif each.member == person and each.kind == "on_call":
                named = each.about or self.teams[person]
                reached |= {other for other, name in self.teams.items() if name == named}
        return {self.patients[each.about] for each in assigned if each.member in reached}

    def held(self, person: int) -> set[str]:
        with begin(self.organisation) as connection:
            return set(
                connection.scalars(
                    select(grants.c.patient).where(
                        grants.c.organisation == self.organisation,
                        grants.c.member == self.people[person],
                        grants.c.began.is_not(None),
                        grants.c.ended.is_(None),
                    )
                )
            )


@pytest.fixture(scope="module")
def app_of_module(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("granting")
    path = home / "doorstep.sqlite3"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(home=home, database_url=f"sqlite:///{path}"))
    with app.app_context():
        yield app
        db.engine.dispose()


@settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(drawn=st.lists(st.tuples(steps, st.booleans()), min_size=8, max_size=24))
def test_after_a_sync_a_member_holds_exactly_what_the_definition_says(
    app_of_module: Flask, drawn: list[tuple[tuple[Any, ...], bool]]
) -> None:
    with clock_of(world := World.make()):
        for step, all_sync in drawn:
            world.take(step)
            if all_sync:
                world.sync()
        world.sync()


@contextmanager
def clock_of(world: World) -> Iterator[None]:
    """The server's own writes go by the day of this world, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.sync.local.now_ms", world.now)
        yield
