"""POST /api/take-back: what comes back after a restore, under which numbers, and who brings it."""

from __future__ import annotations

from sqlalchemy import select

from server.database import begin
from server.tables import changes
from tests.server.office import Office, Phone
from tests.server.restore.backups import Backup, Journal, shown


def test_a_change_comes_back_with_a_new_number_and_its_old_one(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    record = phone.new("medication", patient, name="Aspirin", dose="5 mg")
    kept.sync()
    before = shown(office)
    span = backup.restore()
    assert record not in shown(office)
    had = kept.changes[2]["seqs"][0]
    answer = kept.take_back(office)
    ((accepted,), refused, waiting) = (
        answer["accepted"],
        answer["refused"],
        answer["waiting"],
    )
    assert (refused, waiting) == ([], [])
    assert accepted["n"] == 2
    assert accepted["seq"] > span.start
    with begin(office.organisation) as connection:
        row = connection.execute(select(changes).where(changes.c.record == record)).one()
    assert row.seqs == f"[[{had},{span.start}]]"
    assert shown(office) == before
