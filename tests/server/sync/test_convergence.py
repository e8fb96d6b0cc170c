"""All phones agree (properties 2, 3 and 7): several phones on one server, with edits, lost answers,
wrong clocks and handovers; then all sync twice and are compared."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.database import begin
from server.tables import grants, records
from tests.server.office import Office, new_id

HOUR = 3600 * 1000
steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("sync"), st.integers(0, 2), st.sampled_from([1, 3, 500])),
        st.tuples(st.just("lose"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("split"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("hand over"), st.integers(0, 2), st.integers(0, 1)),
    ),
    min_size=4,
    max_size=14,
)
FIELDS = ({"dose": "5 mg"}, {"pharmacy": "Main Street"}, {"dose": "10 mg"}, {"timing": "noon"})


class Team:
    """Three phones of two coordinators, their supervisor, and two charts."""

    def __init__(self, office: Office) -> None:
        self.office = office
        anna, ben = office.add("coordinator", "North"), office.add("coordinator", "North")
        self.phones = [office.phone(anna), office.phone(anna), office.phone(ben)]
        self.phones[1].clock, self.phones[2].clock = 5 * HOUR, -3 * HOUR
        self.supervisor = office.phone(office.add("supervisor", "North"))
        first = self.phones[0]
        self.patients = [first.new_patient("Rivera"), first.new_patient("Okafor")]
        self.records = [
            (first.new("medication", patient, name=f"No. {i}"), patient)
            for i in range(2)
            for patient in self.patients
        ]
        for phone in (first, *self.phones):
            phone.sync_all()

    def do(self, name: str, who: int, what: int) -> None:
        phone = self.phones[who]
        if name in ("edit", "delete"):
            record, patient = self.records[what]
            if record in phone.held:
                parts: dict[str, Any] = {"set": FIELDS[(who + what) % 4]}
                phone.change(
                    record, "medication", patient, **(parts if name == "edit" else {"delete": True})
                )
        elif name == "sync":
            phone.sync(limit=what)
        elif name == "lose":
            phone.send(phone.request())
        elif name == "split" and len(phone.outbox) > 1:
            phone.sync(changes=phone.outbox[:1])
        elif name == "hand over":
            self.hand_over(self.patients[what], phone.member)

    def hand_over(self, patient: str, member: str) -> None:
        """End every assignment of the chart and give it to one member."""
        with begin(self.office.organisation) as connection:
            rows = connection.execute(
                select(records.c.id, records.c.version).where(
                    records.c.kind == "assignment", records.c.patient == patient
                )
            ).all()
        for row in rows:
            self.supervisor.change(
                row.id, "assignment", patient, set={"status": "finished"}, seen=row.version
            )
        self.supervisor.change(
            new_id(), "assignment", patient, set={"status": "active", "member": member}
        )
        assert not self.supervisor.sync()["refused"]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_all_phones_agree_with_the_server_once_all_have_synced(
    office: Office, steps: list[tuple[str, int, int]]
) -> None:
    team = Team(Office.open(office.app, "One more"))
    for step in steps:
        team.do(*step)
    for _ in range(2):
        for phone in team.phones:
            phone.sync_all(limit=3)
    for phone in team.phones:
        assert phone.outbox == []
        assert phone.refused == []  # nobody worked on a chart that they knew to be gone
        assert phone.held == held_by(team.office, phone.member)


def held_by(office: Office, member: str) -> dict[str, Any]:
    """What a member's phone should hold, as the tables say it."""
    with begin(office.organisation) as connection:
        charts = set(
            connection.scalars(
                select(grants.c.patient).where(
                    grants.c.organisation == office.organisation,
                    grants.c.member == member,
                    grants.c.began.is_not(None),
                    grants.c.ended.is_(None),
                )
            )
        )
        rows = connection.execute(
            select(records.c.id, records.c.patient, records.c.body).where(
                records.c.organisation == office.organisation
            )
        ).all()
    return {
        row.id: orjson.loads(row.body)
        for row in rows
        if row.patient is None or row.patient in charts
    }
