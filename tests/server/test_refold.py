"""Stored records folded anew, after the catalogue merges them otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from server import refold as refolding
from server.catalogue import CATALOGUE
from server.commands import main
from server.database import begin, db
from server.demo.edit import Edit
from server.demo.enter import Progress
from server.demo.make import make
from server.organisations import create_organisation
from server.refold import Looked, folded_otherwise, refold
from server.sync.open_records import OpenRecord, body_of
from server.sync.stored import load_logs
from server.tables import METADATA, changes, grants, organisation, records
from sync import Rule, fold
from tests.server.changed_catalogue import catalogue_with, under
from tests.server.office import Office, Phone

MERGING: tuple[Rule, ...] = (
    "last_writer",
    "multi_value",
    "furthest",
    "earliest",
    "latest",
    "three_way",
)
"""The rules among which a field may change."""


@pytest.fixture
def second(office: Office, phone: Phone) -> Phone:
    """Another phone of the same coordinator."""
    return office.phone(phone.member)


@contextmanager
def no_bar(_edits: Sequence[Edit]) -> Iterator[Progress]:
    yield lambda _count: None


def run(organisation_id: str, **options: Any) -> Looked:
    return sum(refold(organisation_id, **options), start=Looked.nothing())


def everything(organisation_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of an organisation."""
    with begin(organisation_id) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def stored(office: Office, record: str) -> Any:
    with begin(office.organisation) as connection:
        return connection.execute(select(records).where(records.c.id == record)).one()


def said_by_its_changes(office: Office, row: Any) -> dict[str, Any]:
    """What the record of a row should be: its log folded by the catalogue of this moment."""
    with begin(office.organisation) as connection:
        log = load_logs(connection, office.organisation, [row.id])[row.id]
    kind = CATALOGUE.kinds[row.kind]
    record = OpenRecord(row.id, kind, row.patient, fold(kind.engine, log))
    return body_of(record, record.show())


def disagreed(phone: Phone, second: Phone, kind: str, field: str, *values: Any) -> str:
    """A record of which two phones wrote a field without knowing of each other."""
    patient = phone.new_patient()
    named = {"name": "Lisinopril"} if kind == "medication" else {"description": "Call."}
    record = phone.new(kind, patient, **named)
    phone.sync()
    second.sync()
    for each, value in zip((phone, second), values, strict=True):
        each.change(record, kind, patient, set={field: value})
    phone.sync()
    second.sync()
    phone.sync()
    second.sync()
    return record


@pytest.mark.usefixtures("app")
def test_an_unchanged_catalogue_writes_nothing_over_a_whole_caseload() -> None:
    """Property 6, state and columns and notices and all, over what a demo's months have left."""
    made = make(no_bar, patients=28)
    before = everything(made.organisation)
    looked = run(made.organisation, batch=97)
    assert looked.seen.total() == len(before["records"])
    assert looked.seen["patient"] == 28
    assert not any((looked.moved, looked.renewed, looked.told, looked.kept))
    assert everything(made.organisation) == before


def test_a_changed_rule_reaches_phones_by_their_cursors(
    phone: Phone, second: Phone, office: Office
) -> None:
    dose = disagreed(phone, second, "medication", "dose", "5 mg", "10 mg")
    other = phone.new("medication", phone.held[dose]["patient"], name="Metformin")
    phone.sync()
    second.sync()
    assert set(phone.held[dose]["contested"]) == {"dose"}
    with catalogue_with(under("medication", dose="last_writer")):
        assert run(office.organisation).moved == {"medication": 1}
        for each in (phone, second):
            answer = each.sync()
            assert [record["id"] for record in answer["records"]] == [dose]
            assert each.held[dose]["contested"] == {}
            assert [one["value"] for one in each.held[dose]["overruled"]["dose"]] == ["5 mg"]
            assert each.held[dose]["version"] == stored(office, dose).version
            assert each.sync()["records"] == []
    run(office.organisation)
    phone.sync()
    assert set(phone.held[dose]["contested"]) == {"dose"}
    assert other in phone.held


def test_only_what_is_newly_set_aside_is_told(phone: Phone, second: Phone, office: Office) -> None:
    """`furthest` showed the first writer's; the last writer's was set aside and told so."""
    task = disagreed(phone, second, "task", "priority", "stat", "routine")
    assert phone.fields(task)["priority"] == "stat"
    assert [each["value"] for each in second.told] == ["routine"]
    phone.told, second.told = [], []
    with catalogue_with(under("task", priority="last_writer")):
        looked = run(office.organisation)
        assert (looked.moved, looked.told) == ({"task": 1}, {"task": 1})
        assert [each["value"] for each in phone.sync()["set_aside"]] == ["stat"]
        answer = second.sync()
        # Told to each device of the author, of which the second phone is one.
        assert [(each["device"], each["value"]) for each in answer["set_aside"]] == [
            (phone.device, "stat")
        ]
        assert second.fields(task)["priority"] == "routine"
        assert run(office.organisation).told == {}
    assert run(office.organisation).told == {}


@pytest.mark.parametrize("before", MERGING)
def test_every_rule_may_become_every_other_of_its_kind(
    phone: Phone, second: Phone, office: Office, before: Rule
) -> None:
    """And each record then stands as one folded by that rule from the beginning."""
    for rule in MERGING:
        with catalogue_with(under("medication", instructions=before)):
            one, two = "With food. In the morning.", "With food. In the evening."
            record = disagreed(phone, second, "medication", "instructions", one, two)
            shown_before = stored(office, record)
        with catalogue_with(under("medication", instructions=rule)):
            looked = run(office.organisation)
            row = stored(office, record)
            assert said_by_its_changes(office, row) == orjson.loads(row.body)
            assert bool(looked.moved) == (row.body != shown_before.body)
            assert (row.position > shown_before.position) == bool(looked.moved)
            # A later push folds into what the refold left.
            phone.sync()
            later = {"instructions": "At noon.", "dose": "1"}
            phone.change(record, "medication", row.patient, set=later)
            phone.sync()
            assert phone.fields(record) == {"name": "Lisinopril"} | later
            assert phone.held[record]["contested"] == phone.held[record]["overruled"] == {}


def test_what_was_pushed_since_the_look_is_folded_too(
    phone: Phone, second: Phone, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is without a lock: a push comes in before the write takes the counter."""
    dose = disagreed(phone, second, "medication", "dose", "5 mg", "10 mg")
    patient = phone.held[dose]["patient"]
    begun = refolding.begin
    pushed = []

    @contextmanager
    def begin_after_a_push(of: str, *, write: bool = False) -> Iterator[Any]:
        if write and not pushed:
            phone.change(dose, "medication", patient, set={"route": "oral"})
            pushed.append(phone.sync())
        with begun(of, write=write) as connection:
            yield connection

    monkeypatch.setattr(refolding, "begin", begin_after_a_push)
    with catalogue_with(under("medication", dose="last_writer")):
        # The push folded by the rule that holds by then: nothing is left for the refold to move.
        run(office.organisation, kind="medication")
        assert pushed
        second.sync()
    assert second.fields(dose) == {"name": "Lisinopril", "dose": "10 mg", "route": "oral"}
    assert second.held[dose]["contested"] == {}


def test_pushes_go_on_while_it_runs(phone: Phone, office: Office) -> None:
    """Several writers and a refold of small batches at once: every record stands as its changes
    say, and a reader's cursor has brought exactly what is stored."""
    patient = phone.new_patient()
    ids = [phone.new("medication", patient, name=f"Medication {n}") for n in range(30)]
    phone.sync()
    writers = [office.phone(phone.member) for _ in range(3)]
    for writer in writers:
        writer.sync()
    for nth, writer in enumerate(writers):  # every dose is contested when the refold begins
        for id_ in ids:
            writer.change(id_, "medication", patient, set={"dose": f"{nth} mg"})
    for writer in writers:
        writer.sync(limit=1)
    phone.sync()

    def write(writer: Phone) -> None:
        with office.app.app_context():
            for nth, id_ in enumerate(ids):
                writer.change(id_, "medication", patient, set={"timing": f"{nth} a day"})
                writer.sync(limit=50)

    looked: list[Looked] = []
    with catalogue_with(under("medication", dose="last_writer")):
        threads = [Thread(target=write, args=[writer]) for writer in writers]
        for thread in threads:
            thread.start()
        for part in refold(office.organisation, batch=4):
            looked.append(part)
            phone.sync()
        for thread in threads:
            thread.join()
        phone.sync_all()
        assert len(looked) > 7
        rows = [stored(office, id_) for id_ in ids]
        assert len({row.position for row in rows}) == len(rows)
        for row in rows:
            body = orjson.loads(row.body)
            assert said_by_its_changes(office, row) == body == phone.held[row.id]
            assert body["contested"] == {}
        assert not run(office.organisation).moved


def test_stopped_in_the_middle_it_is_run_again(
    phone: Phone, second: Phone, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    doses = [disagreed(phone, second, "medication", "dose", "5 mg", "10 mg") for _ in range(3)]
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(organisation).values(folded_with=None))
    saved = []

    def save_twice(connection: Any, rows: Any) -> None:
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(rows)
        save(connection, rows)

    save = refolding.save_records
    monkeypatch.setattr(refolding, "save_records", save_twice)
    with catalogue_with(under("medication", dose="last_writer")):
        with pytest.raises(KeyboardInterrupt):
            run(office.organisation, batch=1)
        phone.sync()
        assert sum(not phone.held[dose]["contested"] for dose in doses) == 2
        assert office.organisation in folded_otherwise()
        monkeypatch.undo()
        assert run(office.organisation, batch=1).moved == {"medication": 1}
        assert [each["id"] for each in phone.sync()["records"]] == [doses[-1]]
        assert folded_otherwise() == {}
        assert not any(phone.held[dose]["contested"] for dose in doses)


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    phone: Phone, second: Phone, office: Office
) -> None:
    disagreed(phone, second, "task", "priority", "stat", "routine")
    before = everything(office.organisation)
    with catalogue_with(under("task", priority="last_writer")):
        looked = run(office.organisation, dry_run=True)
        assert (looked.moved, looked.told) == ({"task": 1}, {"task": 1})
        assert everything(office.organisation) == before
        assert office.organisation in folded_otherwise()


def test_one_kind_leaves_the_others_and_the_organisation_as_they_were(
    phone: Phone, second: Phone, office: Office
) -> None:
    disagreed(phone, second, "medication", "dose", "5 mg", "10 mg")
    disagreed(phone, second, "task", "priority", "stat", "routine")
    changed = under("task", priority="last_writer") | under("medication", dose="last_writer")
    with catalogue_with(changed):
        looked = run(office.organisation, kind="task")
        assert (looked.moved, set(looked.seen)) == ({"task": 1}, {"task"})
        assert office.organisation in folded_otherwise()
        assert run(office.organisation).moved == {"medication": 1}
        assert folded_otherwise() == {}


def test_columns_that_reports_look_up_are_filled(phone: Phone, office: Office) -> None:
    """As after the migration that added them, which knows no catalogue."""
    patient = phone.new_patient()
    task = phone.new("task", patient, description="Call", status="requested", due="2026-12-01")
    phone.sync()
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(records).values(status=None, due=None, owner=None, date=None))
    before = stored(office, task)
    looked = run(office.organisation)
    assert looked.moved == {}
    assert looked.renewed["task"] == 1
    after = stored(office, task)
    assert (after.status, after.due) == ("requested", "2026-12-01")
    assert (after.position, after.body) == (before.position, before.body)
    assert phone.sync()["records"] == []


def test_a_state_that_cannot_be_read_is_made_anew(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    state = stored(office, patient).state
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            update(records).where(records.c.id == patient).values(state='{"version": 1}')
        )
    assert run(office.organisation).renewed == {"patient": 1}
    assert orjson.loads(stored(office, patient).state) == orjson.loads(state)


def test_grants_follow_an_assignment_that_is_shown_otherwise(
    office: Office, phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    """Two supervisors hand a chart over at once. By another rule another of them has it."""
    patient = phone.new_patient()
    phone.sync()
    assignment = next(each["id"] for each in phone.held.values() if each["kind"] == "assignment")
    third = office.phone(office.add("coordinator", "North"))
    others = (supervisor, office.phone(office.add("supervisor", "North")))
    for each, heir in zip(others, (third, colleague), strict=True):
        each.sync()
        seen = phone.held[assignment]["version"]
        each.change(assignment, "assignment", patient, seen=seen, set={"member": heir.member})
        assert each.sync()["refused"] == []
    heirs = sorted((third, colleague), key=lambda each: each.member)
    for each in heirs:
        each.sync()
    holder = colleague
    assert patient in colleague.charts()
    assert patient not in third.charts()
    rule: Rule = "earliest" if heirs[0] is third else "latest"
    with catalogue_with(under("assignment", member=rule)):
        assert run(office.organisation).moved == {"assignment": 1}
        third.sync_all()
        assert holder.sync()["forget"] == [patient]
        assert patient in third.charts()
    with begin(office.organisation) as connection:
        held = connection.execute(
            select(grants.c.member).where(grants.c.patient == patient, grants.c.ended.is_(None))
        ).all()
    assert [row.member for row in held] == [third.member]


def test_a_kind_that_more_may_read_is_sent_again(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Lisinopril")
    phone.sync()
    before = stored(office, record)
    assert run(office.organisation, kind="medication", send_again=True).moved == {"medication": 1}
    assert [each["id"] for each in phone.sync()["records"]] == [record]
    after = stored(office, record)
    assert (after.body, after.version) == (before.body, before.version)


def test_records_without_changes_stay(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    with begin(office.organisation, write=True) as connection:
        connection.execute(changes.delete().where(changes.c.record == patient))
    before = stored(office, patient)
    assert run(office.organisation).kept == {"patient": 1}
    assert stored(office, patient) == before


def test_a_new_organisation_stands_by_this_catalogue(app: Flask, office: Office) -> None:
    assert folded_otherwise() == {}
    with catalogue_with(under("task", priority="last_writer")):
        new = create_organisation("Hillside")
        assert folded_otherwise() == {office.organisation: "Riverside Home Care"}
        run(office.organisation)
        assert folded_otherwise() == {}
    assert set(folded_otherwise()) == {new, office.organisation}


def test_the_command_says_what_became_of_each_kind(
    phone: Phone, second: Phone, office: Office, database: str, tmp_path: Path
) -> None:
    def doorstep(*arguments: str) -> Result:
        environment = {"DATABASE_URL": database, "DOORSTEP_HOME": str(tmp_path)}
        result = CliRunner().invoke(main, list(arguments), env=environment)
        db.engine.dispose()
        return result

    disagreed(phone, second, "task", "priority", "stat", "routine")
    create_organisation("Hillside")
    hillside = "Hillside: looked at 0 records.\n  Every one stands as its changes say.\n"
    assert doorstep("migrate").output == "The database is up to date.\n"
    with catalogue_with(under("task", priority="last_writer")):
        assert "Run `doorstep refold`" in doorstep("migrate").output
        would = doorstep("refold", "--dry-run").output
        assert "task: 1 would be shown otherwise and sent again" in would
        one = doorstep("refold", "--organisation", "Riverside Home Care", "--batch", "2").output
        assert one == (
            "Riverside Home Care: looked at 4 records.\n"
            "  task: 1 shown otherwise and sent again; 1 told to be set aside\n"
        )
        assert doorstep("refold").output == hillside + (
            "Riverside Home Care: looked at 4 records.\n  Every one stands as its changes say.\n"
        )
        assert doorstep("migrate").output == "The database is up to date.\n"
    with catalogue_with({"task": None}):
        assert "this version does not know the kind" in doorstep("refold").output
    wrong = doorstep("refold", "--organisation", "Nowhere")
    assert (wrong.exit_code, wrong.output) == (
        1,
        "Error: There is no one organisation Nowhere; there are Hillside, Riverside Home Care.\n",
    )
    assert doorstep("refold", "--send-again").exit_code == 2
