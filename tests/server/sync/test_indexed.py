"""The columns that reports look records up by."""

from __future__ import annotations

from sqlalchemy import select

from server.catalogue import CATALOGUE
from server.database import begin
from server.sync.indexed import COLUMNS, indexed_values
from server.tables import records
from tests.server.office import Office, Phone


def test_a_kind_has_at_most_one_field_of_each_column() -> None:
    for kind in CATALOGUE.kinds.values():
        marked = [field.indexed for field in kind.fields.values() if field.indexed]
        assert len(marked) == len(set(marked)), kind.name
        assert set(marked) <= set(COLUMNS)


def test_moments_are_brought_to_utc() -> None:
    start = {"local": "2026-11-21T10:00", "zone": "America/New_York"}
    assert indexed_values("appointment", {"start": start})["date"] == "2026-11-21T15:00Z"
    effective = {"effective": "2026-11-21T10:00:59.5-05:00"}
    assert indexed_values("observation", effective)["date"] == "2026-11-21T15:00Z"
    assert indexed_values("observation", {"effective": "0001-01-01T00:00:00+14:00"})["date"]


def test_they_follow_what_the_record_shows(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    fields = {"status": "requested", "due": "2026-12-01", "owner": phone.member}
    task = phone.new("task", patient, description="Call", **fields)
    phone.sync()
    assert columns(office, task) == ("requested", "2026-12-01", phone.member, None)
    phone.change(task, "task", patient, set={"status": "completed", "owner": None})
    phone.sync()
    assert columns(office, task) == ("completed", "2026-12-01", None, None)


def columns(office: Office, record: str) -> tuple[str | None, ...]:
    with begin(office.organisation) as connection:
        row = connection.execute(
            select(*(records.c[name] for name in COLUMNS)).where(records.c.id == record)
        ).one()
    return tuple(row)
