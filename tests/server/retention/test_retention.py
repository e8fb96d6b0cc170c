"""Charts past their period: listed, approved by two people, held by a law, purged whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import insert, select, update

from server.audit.verify import verify
from server.commands import main
from server.database import begin, db
from server.organisations import leave
from server.retention import purge as module
from server.retention.due import of_age_at, years_after
from server.retention.purge import purge, sweep
from server.retention.standing import Kept
from server.summaries.kept import Kept as Papers
from server.sync.local import LocalDevice
from server.tables import (
    METADATA,
    access_log,
    changes,
    files,
    grants,
    salvage,
    waiting_changes,
)
from server.who import now_ms
from tests.server.office import Office, Phone, Session, new_id
from tests.server.sync.test_pull import end, give, own_assignment

DAY = 24 * 3_600_000
NAME = "Quetzalcoatl"
Doorstep = Callable[..., Result]


@pytest.fixture
def chief(office: Office) -> Session:
    """A second supervisor, of another team."""
    return office.phone(office.add("supervisor", "South")).session


@pytest.fixture
def administrator(office: Office) -> Session:
    return office.phone(office.add("administrator")).session


@pytest.fixture
def old(office: Office, phone: Phone, supervisor: Phone) -> str:
    """A chart that nobody has held or worked on for eight years, with a trace in every table."""
    patient = phone.new_patient(NAME)
    medication = phone.new("medication", patient, name=f"{NAME} 5 mg")
    phone.sync_all()
    phone.change(medication, "medication", patient, set={"dose": NAME})
    phone.change(medication, "medication", patient, set={"dose": 7})  # refused
    phone.sync_all()
    give(supervisor, patient, office.add("coordinator", "North"), starts="2040-01-01")
    for assignment in assignments(office, patient):
        end(supervisor, assignment, patient)
    phone.sync_all()
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            insert(files).values(
                organisation=office.organisation,
                patient=patient,
                sha256="0" * 64,
                state="here",
                created_at=0,
            )
        )
        of = {"organisation": office.organisation, "record": medication, "patient": patient}
        of |= {"member": phone.member, "device": phone.device, "body": NAME}
        wants = {"n": 99, "wants": "grant", "digest": "", "at": 0, "since": 0}
        connection.execute(insert(waiting_changes).values(of | wants))
        held = {"hash": "0" * 64, "version": 1, "kind": "medication", "offered_at": 0}
        connection.execute(insert(salvage).values(of | held))
    long_ago(office, patient, 8 * 365 * DAY)
    return patient


def assignments(office: Office, patient: str) -> list[str]:
    with begin(office.organisation) as connection:
        query = select(grants.c.record).where(grants.c.patient == patient).distinct()
        return list(connection.scalars(query))


def long_ago(office: Office, patient: str, by: int) -> None:
    """Move all that was done so far into the past."""
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(changes).values(at=changes.c.at - by))
        connection.execute(
            update(grants)
            .where(grants.c.ended.is_not(None))
            .values(ended_at=grants.c.ended_at - by)
        )


def listed(session: Session) -> dict[str, dict[str, object]]:
    answer = session.get("/api/office/retention")
    assert answer.status_code == 200, answer.text
    return {each["patient"]: each for each in answer.json["charts"]}


def decide(session: Session, patient: str, what: str, **body: object) -> tuple[int, str]:
    answer = session.post(f"/api/office/retention/{patient}/{what}", body)
    return answer.status_code, answer.json["code"] if answer.status_code >= 400 else ""


def why_kept(office: Office, patient: str, home: Path) -> str:
    with pytest.raises(Kept) as kept:
        purge(office.organisation, patient, home, now_ms())
    return kept.value.code


def test_more_charts_than_a_statement_names_are_all_listed(
    office: Office, phone: Phone, supervisor: Phone, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.retention.due.AT_ONCE", 2)
    charts = [phone.new_patient(f"Patient {number}") for number in range(4)]
    phone.sync_all()
    for patient in charts:
        end(supervisor, own_assignment(phone, patient), patient)
    long_ago(office, old, 8 * 365 * DAY)
    decide(supervisor.session, charts[0], "hold", reason="A case")
    found = listed(supervisor.session)
    assert found.keys() == {old, *charts}
    assert [each for each, chart in found.items() if chart["hold"]] == [charts[0]]


def test_only_what_is_past_its_period_is_listed(
    office: Office, phone: Phone, supervisor: Phone, old: str
) -> None:
    held = phone.new_patient("Held")
    given_up = phone.new_patient("Given up")
    phone.sync_all()
    end(supervisor, own_assignment(phone, given_up), given_up)
    assert listed(supervisor.session).keys() == {old}
    (chart,) = listed(supervisor.session).values()
    assert (chart["patient_name"], chart["due"], chart["hold"]) == (NAME, True, None)
    assert chart["approvals"] == []
    latest = max(chart["last_activity"], chart["ended"])
    assert chart["due_since"] == years_after(latest, 7)
    long_ago(office, held, 8 * 365 * DAY)
    assert listed(supervisor.session).keys() == {old, given_up}  # a chart that is held never is
    assert listed(supervisor.session)[given_up]["due_since"] > chart["due_since"]


def test_the_period_is_the_organisation_s_own(office: Office, supervisor: Phone, old: str) -> None:
    fields = {"time_zone": "America/New_York", "retention_years": 10}
    supervisor.change(office.organisation, "organisation_settings", None, set=fields)
    supervisor.sync()
    assert supervisor.refused == []
    assert listed(supervisor.session) == {}


def test_work_on_the_chart_begins_the_period_anew(
    phone: Phone, supervisor: Phone, old: str, tmp_path: Path, office: Office, chief: Session
) -> None:
    for session in (supervisor.session, chief):
        assert decide(session, old, "approve") == (204, "")
    supervisor.change(new_id(), "goal", old, set={"description": "Walk"})
    supervisor.sync()
    assert supervisor.refused == []
    assert listed(supervisor.session) == {}
    assert why_kept(office, old, tmp_path) == "not_due"
    long_ago(office, old, 8 * 365 * DAY)
    assert len(listed(supervisor.session)[old]["approvals"]) == 2
    assert decide(chief, old, "withdraw") == (204, "")
    assert why_kept(office, old, tmp_path) == "not_approved"


def test_a_child_s_chart_is_kept_until_they_are_of_age_and_then_for_the_period(
    office: Office, phone: Phone, supervisor: Phone, old: str
) -> None:
    year = datetime.now(UTC).year
    child = phone.new_patient("Child", birth_date=str(year - 19))
    adult = phone.new_patient("Adult", birth_date=f"{year - 26}-01-01")
    phone.sync_all()
    for patient in (child, adult):
        end(supervisor, own_assignment(phone, patient), patient)
    long_ago(office, child, 8 * 365 * DAY)
    assert listed(supervisor.session).keys() == {old, adult}


@pytest.mark.parametrize(
    ("birth_date", "of_age"),
    [
        ("2010-05-03", datetime(2028, 5, 3, tzinfo=UTC)),
        ("2010-02", datetime(2028, 2, 28, tzinfo=UTC)),
        ("2010", datetime(2028, 12, 31, tzinfo=UTC)),
        ("2012-02-29", datetime(2030, 3, 1, tzinfo=UTC)),
        ("1931-05-03", None),
        (None, None),
    ],
)
def test_of_age_is_the_latest_day_that_the_date_of_birth_allows(
    birth_date: str | None, of_age: datetime | None
) -> None:
    assert of_age_at(birth_date) == (int(of_age.timestamp() * 1000) if of_age else 0)


def test_two_people_approve_and_neither_counts_twice(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    assert why_kept(office, old, tmp_path) == "not_approved"
    for _ in range(2):
        assert decide(supervisor.session, old, "approve") == (204, "")
    assert why_kept(office, old, tmp_path) == "not_approved"
    assert decide(chief, old, "approve") == (204, "")
    assert decide(chief, old, "withdraw") == (204, "")
    assert decide(chief, old, "withdraw") == (404, "not_found")
    assert why_kept(office, old, tmp_path) == "not_approved"
    assert decide(chief, old, "approve") == (204, "")
    names = [each["member_name"] for each in listed(chief)[old]["approvals"]]
    assert len(set(names)) == 2
    purge(office.organisation, old, tmp_path, now_ms())


def test_the_approval_of_one_who_left_counts_no_longer(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    for session in (supervisor.session, chief):
        decide(session, old, "approve")
    leave(office.organisation, office.email(chief.member))
    assert [each["member"] for each in listed(supervisor.session)[old]["approvals"]] == [
        supervisor.member
    ]
    assert why_kept(office, old, tmp_path) == "not_approved"


def test_a_legal_hold_stops_it_and_ends_what_was_approved(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    for session in (supervisor.session, chief):
        decide(session, old, "approve")
    assert decide(chief, old, "hold", reason=" ") == (400, "reason_missing")
    assert decide(chief, old, "hold", reason="x" * 501) == (400, "reason_missing")
    assert decide(chief, old, "hold", reason="Doe v. Riverside") == (204, "")
    assert decide(chief, old, "hold", reason="Another") == (409, "already_held")
    assert why_kept(office, old, tmp_path) == "on_hold"
    chart = listed(supervisor.session)[old]
    assert (chart["hold"]["reason"], chart["approvals"]) == ("Doe v. Riverside", [])
    assert decide(supervisor.session, old, "approve") == (409, "on_hold")
    assert decide(supervisor.session, old, "release") == (204, "")
    assert decide(supervisor.session, old, "release") == (404, "not_found")
    assert why_kept(office, old, tmp_path) == "not_approved"


def test_a_chart_at_work_can_be_held_and_is_listed_as_not_due(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    assert decide(supervisor.session, patient, "approve") == (409, "not_due")
    assert decide(supervisor.session, patient, "hold", reason="A case") == (204, "")
    chart = listed(supervisor.session)[patient]
    assert (chart["due"], chart["ended"]) == (False, None)


def test_an_administrator_decides_without_being_told_whose_chart_it_is(
    administrator: Session, supervisor: Phone, old: str, office: Office, tmp_path: Path
) -> None:
    assert decide(administrator, old, "approve") == (204, "")
    assert listed(administrator)[old]["patient_name"] is None
    assert NAME not in administrator.get("/api/office/retention").text
    assert decide(administrator, new_id(), "approve") == (404, "not_found")
    assert decide(administrator, new_id(), "hold", reason="x") == (404, "not_found")
    assert decide(supervisor.session, old, "approve") == (204, "")
    purge(office.organisation, old, tmp_path, now_ms())


def test_who_has_no_say_has_none(office: Office, phone: Phone, chief: Session, old: str) -> None:
    clinician = office.phone(office.add("clinician", "North")).session
    for session in (phone.session, clinician):
        assert session.get("/api/office/retention").status_code == 403
        for what in ("approve", "withdraw", "hold", "release"):
            assert decide(session, old, what, reason="x") == (403, "forbidden")
    own = phone.new_patient()
    phone.sync()
    assert decide(chief, own, "hold", reason="x") == (404, "not_found")  # of another's team
    other = Office.open(office.app, "Elsewhere")
    boss = other.phone(other.add("supervisor", "North")).session
    assert decide(boss, old, "hold", reason="x") == (404, "not_found")


def approved(old: str, *sessions: Session) -> None:
    for session in sessions:
        assert decide(session, old, "approve") == (204, "")


def test_a_purge_leaves_nothing_of_the_chart_but_lines_in_the_log(
    office: Office, phone: Phone, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            update(grants).where(grants.c.patient == old).values(reason=f"{NAME} fell")
        )
        noticed = connection.execute(select(changes).where(changes.c.record != old)).all()
    assert noticed != []
    papers = Papers(tmp_path)
    papers.put(f"{old}/{'a' * 64}", b"%PDF")
    papers.put(f"{new_id()}/{'b' * 64}", b"%PDF")
    traces = {"records", "changes", "refusals", "grants", "files", "waiting_changes", "salvage"}
    assert found(office, tmp_path, old) >= traces
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    assert found(office, tmp_path, old) == {"access_log", "grants"}
    assert found(office, tmp_path, NAME) == set()
    assert [path.parent.name == old for path in papers.folder.rglob("*.pdf")] == [False]
    with begin(office.organisation) as connection:
        (line,) = connection.execute(select(access_log).where(access_log.c.what == "purged")).all()
        assert verify(connection, office.organisation).faults == []
    assert line.patient == old
    assert supervisor.member in line.detail
    assert chief.member in line.detail
    assert listed(supervisor.session) == {}
    assert supervisor.session.get(f"/api/records/{old}/history").status_code == 404


def found(office: Office, home: Path, text: str) -> set[str]:
    """The tables in which a text stands anywhere; and on SQLite, the files."""
    tables = set()
    with begin(office.organisation) as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                if any(text in str(value) for value in row):
                    tables.add(table.name)
    if text == NAME and not tables:
        db.engine.dispose()
        for path in home.glob("doorstep.sqlite3*"):
            assert text.encode() not in path.read_bytes(), path
    return tables


def test_other_charts_stay_as_they_were(
    office: Office, phone: Phone, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    other = phone.new_patient("Rivera")
    phone.new("medication", other, name="Lisinopril")
    phone.sync_all()
    before = dict(phone.held)
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    phone.cursor, phone.held = None, {}
    phone.sync_all()
    assert phone.held == before


def test_a_phone_that_was_away_since_is_told_to_forget(
    office: Office, phone: Phone, colleague: Phone, supervisor: Phone, chief: Session, old: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    again = give(supervisor, old, colleague.member)
    colleague.sync_all()
    assert old in colleague.charts()
    end(supervisor, again, old)
    long_ago(office, old, 8 * 365 * DAY)
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    assert old in colleague.sync()["forget"]
    assert old not in colleague.charts()


def test_what_a_phone_sends_late_of_a_purged_chart_is_refused_and_kept_for_a_while(
    office: Office, phone: Phone, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    """The patient too: a purged chart never comes again."""
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    phone.new("goal", old, description=NAME)
    phone.change(old, "patient", old, set={"name": {"family": NAME}}, seen=0)
    answer = phone.sync()
    assert [each["code"] for each in answer["refused"]] == ["not_yours", "not_yours"]
    assert {each["message"] for each in answer["refused"]} == {
        "This chart was removed after its retention period."
    }
    assert found(office, tmp_path, NAME) == {"refusals"}
    assert sweep(office.organisation, tmp_path, now_ms()) == 0
    assert sweep(office.organisation, tmp_path, now_ms() + 31 * DAY) == 2
    assert found(office, tmp_path, NAME) == set()


def test_a_paper_that_was_being_set_as_its_chart_went_goes_with_the_next_purge(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    papers, other = Papers(tmp_path), new_id()
    assert sweep(office.organisation, tmp_path, now_ms()) == 0
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    for patient in (old, other):
        papers.put(f"{patient}/{'a' * 64}", b"%PDF")
    sweep(office.organisation, tmp_path, now_ms())
    assert papers.charts() == [other]


def test_a_program_does_not_bring_a_purged_chart_back_either(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path
) -> None:
    approved(old, supervisor.session, chief)
    purge(office.organisation, old, tmp_path, now_ms())
    device = LocalDevice.enrol(office.organisation, supervisor.member, "import")
    change = {"record": old, "kind": "patient", "patient": old, "set": {"name": {"family": "x"}}}
    assert [each["code"] for each in device.push([change]).refused] == ["not_yours"]


def test_a_chart_never_held_by_anybody_is_past_its_period_too(
    office: Office, supervisor: Phone, phone: Phone
) -> None:
    """As one that an import put on the waitlist."""
    device = LocalDevice.enrol(office.organisation, supervisor.member, "import")
    patient = new_id()
    change = {
        "record": patient,
        "kind": "patient",
        "patient": patient,
        "set": {"name": {"family": "Waiting"}},
    }
    assert device.push([change]).refused == []
    assert listed(supervisor.session) == {}
    long_ago(office, patient, 8 * 365 * DAY)
    assert listed(supervisor.session)[patient]["ended"] is None


def test_what_was_decided_is_in_the_log(
    office: Office, supervisor: Phone, administrator: Session, old: str
) -> None:
    for session, what in (
        (supervisor.session, "approve"),
        (administrator, "approve"),
        (administrator, "withdraw"),
        (supervisor.session, "hold"),
        (administrator, "release"),
    ):
        assert decide(session, old, what, reason="Doe v. Riverside") == (204, "")
    with begin(office.organisation) as connection:
        rows = connection.execute(
            select(access_log)
            .where(access_log.c.patient == old, access_log.c.what != "history")
            .order_by(access_log.c.link)
        ).all()
    assert [(row.what, row.member, row.detail) for row in rows] == [
        ("purge_approved", supervisor.member, None),
        ("purge_approved", administrator.member, None),
        ("purge_withdrawn", administrator.member, None),
        ("legal_hold", supervisor.member, "Doe v. Riverside"),
        ("legal_hold_released", administrator.member, None),
    ]


@pytest.fixture
def doorstep(app: Flask, database: str, tmp_path: Path) -> Doorstep:
    def run(*arguments: str) -> Result:
        environment = {"DATABASE_URL": database, "DOORSTEP_HOME": str(tmp_path)}
        result = CliRunner().invoke(main, list(arguments), env=environment)
        db.engine.dispose()
        return result

    return run


def test_the_command_lists_holds_and_purges(
    office: Office, doorstep: Doorstep, supervisor: Phone, administrator: Session, old: str
) -> None:
    listing = doorstep("retention")
    assert listing.exit_code == 0, listing.output
    assert listing.output.startswith(f"{old}  due ")
    assert listing.output.endswith("approvals needed: 2\n")
    assert NAME not in listing.output
    assert doorstep("retention", "hold", old, "--reason", "A case").exit_code == 0
    assert "on legal hold: A case" in doorstep("retention").output
    assert doorstep("retention", "release", old).exit_code == 0
    nothing = doorstep("retention", "purge")
    assert (nothing.exit_code, nothing.output.splitlines()[0][:16]) == (0, "Charts purged: 0")
    approved(old, supervisor.session, administrator)
    assert "approved by " in doorstep("retention").output
    done = doorstep("retention", "purge")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"Purged {old}.\nCharts purged: 1.")
    assert doorstep("retention").output == ""


def test_the_command_asks_which_organisation_where_there_are_several(
    office: Office, doorstep: Doorstep, old: str
) -> None:
    Office.open(office.app, "Elsewhere")
    for arguments in ((), ("list",), ("purge",), ("release", old)):
        failed = doorstep("retention", *arguments)
        assert failed.exit_code == 1
        assert failed.output.startswith("Error: Say which --organisation of ")
    named = ("--organisation", "Riverside Home Care")
    for arguments in ((*named,), ("list", *named), (*named, "list")):
        assert doorstep("retention", *arguments).output.startswith(old)
    held = doorstep("retention", *named, "hold", old, "--reason", "A case")
    assert held.exit_code == 0, held.output
    released = doorstep("retention", "release", old, *named)
    assert released.exit_code == 0, released.output


def test_the_command_fails_in_a_sentence(doorstep: Doorstep, phone: Phone, old: str) -> None:
    active = phone.new_patient()
    phone.sync()
    made_up = new_id()
    for arguments, said in (
        (("purge", old), f"The chart {old} is not approved by two people."),
        (("purge", active), f"The chart {active} is not past its period, or somebody holds it."),
        (("purge", made_up), f"There is no chart {made_up}."),
        (("hold", made_up, "--reason", "x"), f"There is no chart {made_up}."),
        (("hold", old, "--reason", " "), "A hold needs a reason."),
        (("release", old), f"The chart {old} is not on legal hold."),
    ):
        failed = doorstep("retention", *arguments)
        assert (failed.exit_code, failed.output) == (1, f"Error: {said}\n")


def test_a_purge_that_fails_half_way_takes_nothing(
    office: Office, supervisor: Phone, chief: Session, old: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    approved(old, supervisor.session, chief)
    before = found(office, tmp_path, old)

    def fails(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(module, "note", fails)
    with pytest.raises(LookupError):
        purge(office.organisation, old, tmp_path, now_ms())
    assert found(office, tmp_path, old) == before
