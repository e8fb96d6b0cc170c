"""Once every change that a restore took is back, in whatever order and from whichever phone first,
every record shows what it showed (property 9): handovers, deletions, prose and wrong clocks
included."""

from __future__ import annotations

import itertools
from typing import Any

import orjson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.database import begin
from server.tables import records, waiting_changes
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, rows_of, shown

HOUR = 3_600_000
TEXTS = ("Calls. Eats little.", "Calls. Eats well.", "Eats little.", "Calls. Eats little. Walks.")
WRITES: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("task", {"set": {"description": text}}) for text in TEXTS),
    ("task", {"delete": True}),
    ("task", {"delete": False}),
    ("task", {"set": {"priority": "urgent"}}),
    *(("medication", {"set": {"dose": dose}}) for dose in ("1 mg", "2 mg")),
    ("medication", {"add": {"side_effects": ["dizzy"]}}),
    ("medication", {"remove": {"side_effects": ["dizzy"]}}),
)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 2), st.integers(0, len(WRITES) - 1)),
        st.tuples(st.just("write"), st.integers(0, 2), st.integers(0, len(WRITES) - 1)),
        st.tuples(st.just("sync"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("new chart"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("hand over"), st.integers(0, 2), st.integers(0, 1)),
    ),
    min_size=6,
    max_size=16,
)


class Team:
    """Three phones of two coordinators, their supervisor's, and charts with a task and a medication
    each; every phone keeps what it wrote."""

    def __init__(self, office: Office) -> None:
        self.office = office
        anna, ben = office.add("coordinator", "North"), office.add("coordinator", "North")
        self.phones = [office.phone(anna), office.phone(anna), office.phone(ben)]
        self.phones[1].clock, self.phones[2].clock = 5 * HOUR, -3 * HOUR
        self.supervisor = office.phone(office.add("supervisor", "North"))
        self.journals = [Journal(phone) for phone in (*self.phones, self.supervisor)]
        self.patients: list[str] = []
        self.new_chart(self.phones[0])
        self.sync(0)
        self.sync(1)

    def new_chart(self, phone: Phone) -> None:
        patient = phone.new_patient()
        self.patients.append(patient)
        phone.new("task", patient, description=TEXTS[0])
        phone.new("medication", patient, name="Aspirin", dose="5 mg")

    def sync(self, who: int) -> None:
        answer = self.journals[who].sync()
        assert not answer["refused"], answer["refused"]

    def do(self, name: str, who: int, what: int) -> None:
        phone = self.phones[who]
        if name == "sync":
            self.sync(who)
        elif name == "new chart":
            self.new_chart(phone)
        elif name == "hand over":
            self.hand_over(self.patients[what % len(self.patients)], phone.member)
        else:
            kind, parts = WRITES[what]
            for id_, record in phone.held.items():
                if record["kind"] == kind:
                    phone.change(id_, kind, record["patient"], **parts)

    def hand_over(self, patient: str, member: str) -> None:
        """End every assignment of the chart and give it to one member."""
        with begin(self.office.organisation) as connection:
            bodies = connection.scalars(
                select(records.c.body).where(
                    records.c.kind == "assignment", records.c.patient == patient
                )
            )
            assigned = [orjson.loads(body) for body in bodies]
        if not assigned:
            return  # the chart was not sent yet
        for each in assigned:
            ended = {"set": {"status": "finished"}, "seen": each["version"]}
            self.supervisor.change(each["id"], "assignment", patient, **ended)
        given = {"status": "active", "member": member}
        self.supervisor.change(new_id(), "assignment", patient, set=given)
        self.sync(3)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(  # written before its author's phone could know of a handover that the backup knows
    steps=[("write", 0, 0), ("hand over", 2, 0), ("sync", 0, 0), ("sync", 0, 0), ("write", 1, 0)],
    kept=4,
    order=[0, 0, 0, 0],
)
@given(
    steps=steps, kept=st.integers(0, 5), order=st.lists(st.integers(0, 15), min_size=4, max_size=12)
)
def test_every_record_shows_what_it_showed_once_all_is_back(
    office: Office, steps: list[tuple[str, int, int]], kept: int, order: list[int]
) -> None:
    team = Team(Office.open(office.app, "One more"))
    for step in steps[:kept]:
        team.do(*step)
    backup = Backup(team.office)
    for step in steps[kept:]:
        team.do(*step)
    for who in range(4):
        team.sync(who)
    before = shown(team.office)
    backup.restore()
    left = {who: sorted(journal.changes) for who, journal in enumerate(team.journals)}
    for drawn in itertools.cycle(order):
        back = [who for who in left if left[who]]
        if not back:
            break
        who, many = back[drawn % len(back)], 1 + drawn % 3
        numbers, left[who] = left[who][:many], left[who][many:]
        answer = team.journals[who].take_back(team.office, *numbers)
        assert not answer["refused"], answer["refused"]
    assert rows_of(team.office, waiting_changes, "n", "wants") == []
    assert shown(team.office) == before
