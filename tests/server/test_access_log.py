"""The access log: what is noted, once, and chained in the order in which transactions end."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select

from server.access_log import ACTS, READS, Entry, chain_key, hash_of_link, note
from server.audit.verify import verify
from server.database import AnyRow, begin
from server.routes import ROUTES
from server.tables import access_link, access_log
from server.words import SENTENCES
from tests.server.office import Office, Phone, new_id


def links(organisation: str) -> Sequence[AnyRow]:
    with begin(organisation) as connection:
        return connection.execute(
            select(access_link)
            .where(access_link.c.organisation == organisation)
            .order_by(access_link.c.number)
        ).all()


def entries(organisation: str) -> Sequence[AnyRow]:
    with begin(organisation) as connection:
        return connection.execute(
            select(access_log)
            .where(access_log.c.organisation == organisation)
            .order_by(access_log.c.link, access_log.c.id)
        ).all()


def note_one(organisation: str, **parts: object) -> None:
    with begin(organisation, write=True) as connection:
        note(connection, organisation, [Entry(what="history", **parts)])  # type: ignore[arg-type]


def test_what_a_route_notes_is_in_the_list() -> None:
    assert {route.log for route in ROUTES if route.log} <= READS.keys() | ACTS.keys()
    assert not READS.keys() & ACTS.keys()
    assert all(len(name) <= access_log.c.what.type.length for name in (*READS, *ACTS))


def test_every_name_is_in_the_list_and_has_its_words_in_each_language() -> None:
    server = Path(__file__).parents[2] / "server"
    written = {
        name
        for path in server.rglob("*.py")
        for name in re.findall(r'Entry\(\s*what="(\w+)"', path.read_text("utf-8"))
    }
    assert "sign_in" in READS | ACTS
    assert "program" in written
    assert written <= READS.keys() | ACTS.keys()
    for language, sentences in SENTENCES.items():
        said = {key.removeprefix("log.") for key in sentences if key.startswith("log.")}
        assert said == READS.keys() | ACTS.keys(), language


def test_what_is_not_in_the_list_is_not_noted(office: Office) -> None:
    with (
        pytest.raises(ValueError, match="gossip"),
        begin(office.organisation, write=True) as connection,
    ):
        note(connection, office.organisation, [Entry(what="gossip")])
    assert entries(office.organisation) == []


def test_a_transaction_adds_one_link_whatever_it_notes(office: Office) -> None:
    before = len(entries(office.organisation))
    with begin(office.organisation, write=True) as connection:
        for _ in range(3):
            note(connection, office.organisation, [Entry(what="chart"), Entry(what="history")])
    rows = entries(office.organisation)[before:]
    assert len(rows) == 6
    assert len({row.link for row in rows}) == 1
    assert links(office.organisation)[-1].entries == 6


def test_a_transaction_that_is_undone_notes_nothing(office: Office) -> None:
    def fails() -> None:
        with begin(office.organisation, write=True) as connection:
            note(connection, office.organisation, [Entry(what="chart", patient=new_id())])
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    note_one(office.organisation)
    assert [row.what for row in entries(office.organisation)] == ["history"]


def test_a_link_hashes_the_one_before_and_every_column(office: Office) -> None:
    organisation, ids = office.organisation, [new_id() for _ in range(4)]
    note_one(
        organisation,
        member=ids[0],
        device=ids[1],
        patient=ids[2],
        record=ids[3],
        subject=ids[0],
        detail="asked for by her daughter: “¿quién?”",
        is_offline=True,
        id=new_id(),
    )
    first, second = links(organisation)
    row = dict(entries(organisation)[0]._mapping)
    assert None not in row.values()
    assert second.hash == hash_of_link(chain_key(), organisation, 1, first.hash, [row])
    for name, value in row.items():
        other = (value + 1) if type(value) is int else not value if value is True else f"{value}x"
        edited = hash_of_link(chain_key(), organisation, 1, first.hash, [row | {name: other}])
        assert edited != second.hash, name


def test_what_was_noted_before_there_was_a_chain_is_its_first_link(office: Office) -> None:
    organisation = office.organisation
    with begin(organisation, write=True) as connection:
        connection.execute(
            insert(access_log),
            [
                {
                    "organisation": organisation,
                    "id": new_id(),
                    "at": at,
                    "what": "chart",
                    "is_offline": True,
                    "logged_at": at,
                    "link": 0,
                }
                for at in range(3)
            ],
        )
    note_one(organisation)
    assert [(link.number, link.entries) for link in links(organisation)] == [(0, 3), (1, 1)]


def test_a_phone_that_tells_again_is_noted_once(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    reads = [
        {"id": new_id(), "patient": patient, "at": phone.now(), "what": what}
        for what in ("chart", "chart", "something_newer")
    ]
    phone.sync(reads=reads[:2])
    before = len(links(office.organisation))
    phone.sync(reads=reads[:2])
    assert len(links(office.organisation)) == before
    phone.sync(reads=[*reads, reads[2]])
    told = [row for row in entries(office.organisation) if row.is_offline]
    assert [row.what for row in told] == ["chart"] * 3
    assert {row.patient for row in told} == {patient}


def test_what_a_program_is_sent_of_a_chart_is_noted_and_of_the_library_is_not(
    phone: Phone, office: Office
) -> None:
    charts = [phone.new_patient(), phone.new_patient()]
    phone.new("medication", charts[0], name="Lisinopril")
    phone.sync()
    program = office.program(phone.member, read_only=True)
    device = program.post("/api/devices", {"name": "warehouse"}).json["device"]

    def sync(**parts: object) -> dict[str, object]:
        answer = program.post("/api/sync", {"device": device, "now": phone.now(), **parts})
        assert answer.status_code == 200, answer.text
        return answer.json

    answer = sync()
    assert not answer["more"]
    noted = [row for row in entries(office.organisation) if row.what == "program"]
    assert sorted(row.patient for row in noted) == sorted(charts)
    assert {(row.member, row.device) for row in noted} == {(phone.member, device)}
    at_head = {"epoch": answer["epoch"], "cursor": answer["cursor"]}
    sync(**at_head)
    phone.new("goal", charts[1], description="Walk")
    phone.sync()
    sync(**at_head)
    noted = [row for row in entries(office.organisation) if row.what == "program"]
    assert [row.patient for row in noted[2:]] == [charts[1]]


def test_a_program_s_reading_of_a_history_and_a_paper_is_noted_as_anybody_s(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    visit = phone.new("visit", patient, member=phone.member)
    phone.sync()
    assert phone.refused == []
    program = office.program(phone.member, read_only=True)
    assert program.get(f"/api/records/{patient}/history").status_code == 200
    assert program.get(f"/api/visits/{visit}/summary.pdf").status_code == 409
    assert program.get(f"/api/charts/{patient}/access").status_code == 200
    noted = [
        (row.what, row.member, row.device, row.patient) for row in entries(office.organisation)
    ]
    for what in ("history", "summary", "access_report"):
        assert (what, phone.member, None, patient) in noted


def test_a_detail_is_kept_as_every_database_can(office: Office) -> None:
    note_one(office.organisation, detail="half a pair \ud83d and \0")
    assert entries(office.organisation)[-1].detail == "half a pair ? and ?"


def test_the_head_is_logged_now_and_then(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("server.access_log.HEADS_LOGGED_EVERY", 2)
    with caplog.at_level("INFO", "doorstep.access_log"):
        for _ in range(3):
            note_one(office.organisation)
    head = links(office.organisation)[2]
    assert [record.getMessage() for record in caplog.records] == [
        f"access log of {office.organisation}: head 2:{head.hash}"
    ]


def at_once(app: Flask, tasks: Sequence[Callable[[], None]]) -> None:
    """Run the tasks in threads of their own, each with its own connection, all from one moment."""
    start, failed = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], None]) -> None:
        try:
            with app.app_context():
                start.wait()
                task()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_those_who_note_at_once_leave_one_unbroken_chain(app: Flask, office: Office) -> None:
    organisation, before = office.organisation, len(links(office.organisation))

    def notes() -> None:
        for _ in range(15):
            note_one(organisation)

    at_once(app, [notes] * 6)
    assert [link.number for link in links(organisation)] == list(range(max(before, 1) + 90))
    assert len({row.link for row in entries(organisation)}) == len(entries(organisation))
    assert faults(organisation) == []


def test_pushes_with_reads_and_histories_at_once_wait_for_each_other_in_no_circle(
    app: Flask, office: Office
) -> None:
    """Each push takes the counter, its phone's row and the chain; each history the chain alone."""
    phones = [office.phone(office.add("coordinator", "North")) for _ in range(3)]
    charts = []
    for phone in phones:
        charts.append(phone.new_patient())
        phone.sync_all()
    before = len(entries(office.organisation))

    def pushes(phone: Phone, chart: str) -> Callable[[], None]:
        def task() -> None:
            for number in range(8):
                phone.new("medication", chart, name=f"Lisinopril {number}")
                read = {"id": new_id(), "patient": chart, "at": phone.now(), "what": "chart"}
                assert phone.sync(reads=[read])["refused"] == []

        return task

    def reads(phone: Phone, chart: str) -> Callable[[], None]:
        def task() -> None:
            for _ in range(8):
                assert phone.session.get(f"/api/records/{chart}/history").status_code == 200

        return task

    at_once(
        app, [make(*each) for each in zip(phones, charts, strict=True) for make in (pushes, reads)]
    )
    assert len(entries(office.organisation)) == before + 3 * 16
    assert faults(office.organisation) == []


def faults(organisation: str) -> Sequence[str]:
    with begin(organisation) as connection:
        return verify(connection, organisation).faults
