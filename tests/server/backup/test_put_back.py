"""A restore: what there is after it, what phones are told, and what is kept of before."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from server import schema
from server.audit.verify import verify
from server.backup import fresh_epochs
from server.database import begin, see_organisations
from server.epochs import SPACING
from server.sync import endpoint
from server.tables import access_log, changes, device, epoch, invitation, organisation, session
from tests.conftest import OWNER, SERVING
from tests.server.office import Office, Phone
from tests.server.operator import Operator, everything, serving

New = Callable[[], Operator]


@pytest.fixture
def chart(phone: Phone) -> str:
    patient = phone.new_patient()
    phone.sync_all()
    return patient


@pytest.fixture
def backup(operator: Operator, chart: str, tmp_path: Path) -> Path:
    """Of an organisation with one chart."""
    path = tmp_path / "a.backup"
    operator.backup(path)
    return path


def row_of(id_: str) -> tuple[int, str, bool]:
    with begin(id_) as connection:
        columns = (organisation.c.head, organisation.c.epoch, organisation.c.is_restoring)
        return tuple(connection.execute(select(*columns)).one())  # type: ignore[return-value]


def add_work(phone: Phone, chart: str, count: int = 3) -> None:
    for number in range(count):
        phone.new("medication", chart, name=f"Aspirin {number}")
    phone.sync_all()


def test_the_database_is_as_it_was_and_goes_on_in_a_new_epoch(
    operator: Operator, office: Office, phone: Phone, chart: str, backup: Path
) -> None:
    before = everything(office.organisation)
    head, first, _ = row_of(office.organisation)
    add_work(phone, chart)
    printed = operator.restore(backup)
    new_head, new_epoch, is_restoring = row_of(office.organisation)
    assert f"Riverside Home Care: restored up to {head}; goes on after {new_head}." in printed
    assert new_head > head
    assert new_head % SPACING == 0
    assert is_restoring
    assert new_epoch != first
    with begin(office.organisation) as connection:
        rows = connection.execute(select(epoch).order_by(epoch.c.start)).all()
    assert [(row.id, row.start, row.restored_head) for row in rows] == [
        (first, 0, 0),
        (new_epoch, new_head, head),
    ]
    assert rows[1].ended_at is None
    after = everything(office.organisation)
    told = {"organisation", "epoch", "session", "invitation", "access_log", "access_link"}
    assert {name: rows for name, rows in after.items() if name not in told} == {
        name: rows for name, rows in before.items() if name not in told
    }


def test_a_phone_is_answered_restored_by_the_server_that_went_on(
    operator: Operator, office: Office, phone: Phone, chart: str, backup: Path
) -> None:
    head, _, _ = row_of(office.organisation)
    for _ in range(8):  # until the driver has prepared what is asked each time
        add_work(phone, chart, 1)
    known = phone.epoch
    operator.restore(backup)
    start, new_epoch, _ = row_of(office.organisation)
    assert phone.send(phone.request()).status_code == 401
    phone.session.headers["Cookie"] = office.session(phone.member).headers["Cookie"]
    phone.new("medication", chart, name="Ibuprofen")
    answer = phone.send(phone.request()).json
    assert answer["restored"] == {"head": head, "start": start}
    assert (answer["epoch"], answer["accepted"], answer["cursor"]) == (new_epoch, [], None)
    assert new_epoch != known
    anew = phone.send(phone.request(epoch=None, cursor=None, changes=[])).json
    assert chart in {record["id"] for record in anew["records"]}


def test_who_could_come_in_before_signs_in_anew(
    operator: Operator, office: Office, phone: Phone, backup: Path
) -> None:
    link = office.invite(phone.member)
    operator.backup(backup, "--force")
    operator.restore(backup)
    with begin(office.organisation) as connection:
        for table in (session, invitation):
            assert connection.scalars(select(func.count()).select_from(table)).one() == 0
        assert connection.scalars(select(device.c.id)).all()
    opened = office.app.test_client().post("/api/invitations/open", json={"token": link})
    assert opened.status_code == 403
    assert phone.session.get("/api/me").status_code == 401


def test_what_was_replaced_is_kept(
    operator: Operator,
    office: Office,
    phone: Phone,
    chart: str,
    backup: Path,
    request: pytest.FixtureRequest,
) -> None:
    add_work(phone, chart)
    head, _, _ = row_of(office.organisation)
    printed = operator.restore(backup)
    kept_line = next(line for line in printed.splitlines() if "is kept" in line)
    if operator.url.startswith("sqlite"):
        (kept,) = operator.home.glob("replaced-*.sqlite3")
        assert str(kept) in kept_line
        assert kept.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(kept)) as file:
            assert file.execute("SELECT head FROM organisation").fetchone() == (head,)
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert list(operator.home.glob("*.part*")) == []
    else:
        with begin(None) as connection:
            named = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replaced_%'"
            (kept_schema,) = connection.scalars(text(named))
            assert not connection.scalars(
                text(f"SELECT has_schema_privilege('{SERVING}', '{kept_schema}', 'USAGE')")
            ).one()
        assert f"DROP SCHEMA {kept_schema} CASCADE" in kept_line
        address = operator.as_role("postgres").replace("+psycopg", "")
        with psycopg.connect(address) as driver:
            found = driver.execute(f"SELECT head FROM {kept_schema}.organisation".encode())
            assert found.fetchone() == (head,)


def test_others_may_do_with_the_tables_what_they_could(
    operator: Operator, backup: Path, request: pytest.FixtureRequest
) -> None:
    if operator.url.startswith("sqlite"):
        return
    cluster = request.getfixturevalue("postgres_cluster")
    cluster.sql(
        "DO $$BEGIN CREATE ROLE reporting; EXCEPTION WHEN duplicate_object THEN NULL; END$$"
    )
    with serving(operator, OWNER), begin(None, write=True) as connection:
        connection.execute(text("GRANT SELECT ON records TO reporting"))
    operator.restore(backup)
    with begin(None) as connection:
        may = connection.execute(
            text(
                "SELECT has_table_privilege('reporting', 'records', 'SELECT'),"
                " has_table_privilege('reporting', 'changes', 'SELECT'),"
                " has_table_privilege(:serving, 'changes', 'INSERT'),"
                " (SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relrowsecurity)"
            ),
            {"serving": SERVING},
        ).one()
    assert tuple(may) == (True, False, True, True)


def test_two_restores_from_one_backup_never_give_a_number_twice(
    operator: Operator,
    office: Office,
    phone: Phone,
    chart: str,
    backup: Path,
    somewhere_new: New,
) -> None:
    given: set[int] = set()
    for is_lost in (False, True, False):
        if is_lost:  # and what it had counted with it, but for the server's folder
            lose_heads(operator, office)
        operator.restore(backup)
        mine = office.phone(phone.member)
        mine.new("medication", chart, name="Aspirin")
        mine.sync_all()
        with begin(office.organisation) as connection:
            numbers = set(connection.scalars(select(changes.c.seq).where(changes.c.seq > SPACING)))
        assert numbers
        assert not numbers & given
        given |= numbers
    with begin(office.organisation) as connection:
        starts = connection.scalars(select(epoch.c.start)).all()
    assert len(set(starts)) == 2  # its first, and the present one: the rest went with what was lost


def lose_heads(operator: Operator, office: Office) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(organisation.update().values(head=1))


def test_a_noted_start_that_cannot_be_read_stops_it(
    operator: Operator, office: Office, backup: Path
) -> None:
    before = everything(office.organisation)
    (operator.home / fresh_epochs.FILE).write_text("nonsense")
    said = operator.fails("restore", backup, "--yes")
    assert said.endswith(
        f"{fresh_epochs.FILE} is not as it was written; put it back or take it away."
    )
    assert everything(office.organisation) == before


def test_an_older_backup_is_migrated(
    operator: Operator, office: Office, somewhere_new: New, tmp_path: Path
) -> None:
    old = somewhere_new()
    with serving(old, OWNER):
        with begin(None, write=True) as connection:
            schema.upgrade(connection, "0004")
        with begin("o1", write=True) as connection:
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, head, epoch, epoch_start, restored_head,"
                    " device, is_demo, created_at) VALUES ('o1', 'Tab\tand \\ New\nline', 77, 'e1',"
                    " 0, 0, 'd1', false, 5)"
                )
            )
            connection.execute(
                text("INSERT INTO team VALUES ('o1', 't1', 'Norte ñ \\N'), ('o1', 't2', '')")
            )
    old.backup(tmp_path / "old.backup")
    printed = operator.restore(tmp_path / "old.backup")
    assert "gone with it: 1 organisation" in printed
    assert "restored up to 77" in printed
    with begin("o1") as connection:
        assert schema.stored_revision(connection) == schema.needed_revision()
        names = connection.scalars(text("SELECT name FROM team ORDER BY id")).all()
        assert names == ["Norte ñ \\N", ""]
        assert connection.scalars(select(organisation.c.name)).all() == ["Tab\tand \\ New\nline"]
        assert connection.scalars(select(epoch.c.restored_head).order_by(epoch.c.start)).all() == [
            *(0, 77)
        ]


def test_a_database_that_cannot_be_opened_is_put_aside(
    operator: Operator, office: Office, backup: Path, tmp_path: Path
) -> None:
    if not operator.url.startswith("sqlite"):
        return
    head, _, _ = row_of(office.organisation)
    live = tmp_path / "doorstep.sqlite3"
    live.write_bytes(b"\0" * 5000)
    Path(f"{live}-wal").write_bytes(b"of the damaged one")
    printed = operator.restore(backup)
    assert "in the database: unreadable" in printed
    (kept,) = tmp_path.glob("replaced-*.sqlite3")
    assert kept.read_bytes() == b"\0" * 5000
    assert Path(f"{kept}-wal").read_bytes() == b"of the damaged one"
    with serving(operator), begin(office.organisation) as connection:
        assert connection.scalars(select(epoch.c.restored_head)).all() == [0, head]


def test_the_access_log_says_what_it_lacks_and_goes_on(
    operator: Operator, office: Office, phone: Phone, chart: str, backup: Path
) -> None:
    for _ in range(5):
        office.invite(phone.member)
        phone.session.get(f"/api/records/{chart}/history")
    assert operator.run("audit", "verify").exit_code == 0
    with begin(office.organisation) as connection:
        verdict = verify(connection, office.organisation)
    assert verdict.head is not None
    operator.restore(backup)
    with begin(office.organisation) as connection:
        noted = connection.scalars(
            select(access_log.c.detail).where(access_log.c.what == "restored")
        ).one()
    assert noted.startswith("a backup of 20")
    missing = operator.run("audit", "verify")
    assert missing.exit_code == 1
    assert f"and link {verdict.head.number} is expected." in missing.output
    assert operator.run("audit", "verify", "--accept").exit_code == 1
    assert operator.run("audit", "verify").exit_code == 0


def test_what_nobody_brings_back_is_listed(
    operator: Operator, office: Office, phone: Phone, colleague: Phone, backup: Path
) -> None:
    email = office.email(colleague.member)
    assert operator.run("device", "revoke", phone.device).exit_code == 0
    assert operator.run("member", "leave", email).exit_code == 0
    joined = office.email(office.add("clinician"))
    token = operator.run("token", "create", joined)
    assert token.exit_code == 0
    lines = [line.strip() for line in operator.restore(backup).splitlines()]
    assert lines[-4:] == [
        f"A phone had been revoked: doorstep device revoke {phone.device}",
        f"Somebody had left: doorstep member leave {email}",
        f"Somebody had joined: doorstep member add {joined}",
        f"A token had been given: doorstep token create {joined}",
    ]
    assert operator.run("device", "revoke", phone.device).exit_code == 0


def test_nothing_happens_without_a_yes(operator: Operator, office: Office, backup: Path) -> None:
    before = everything(office.organisation)
    asked = operator.run("restore", backup, role=OWNER, input="n\n")
    assert asked.exit_code == 1
    assert "Restore? [y/N]" in asked.output
    assert everything(office.organisation) == before
    assert operator.run("restore", backup, role=OWNER, input="y\n").exit_code == 0


def test_a_restore_needs_the_server_key_that_there_was(
    operator: Operator, office: Office, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "server.key").unlink()
    said = operator.fails("restore", backup, "--yes")
    assert said.startswith(f"The server key is not here. Put back {tmp_path / 'server.key'}, or")
    assert not (tmp_path / "server.key").exists()


def test_a_role_that_does_not_own_the_tables_restores_nothing(
    operator: Operator, office: Office, backup: Path
) -> None:
    if operator.url.startswith("sqlite"):
        return
    before = everything(office.organisation)
    said = operator.fails("restore", backup, "--yes", role=SERVING)
    assert said.startswith(f"The role {SERVING} may not restore")
    assert everything(office.organisation) == before


def test_a_restored_server_starts(operator: Operator, backup: Path, app: Flask) -> None:
    operator.restore(backup)
    with serving(operator), begin(None) as connection:
        see_organisations(connection)
        assert connection.scalars(select(func.count()).select_from(organisation)).one() == 1


def test_a_restore_is_ended(operator: Operator, office: Office, backup: Path) -> None:
    assert operator.fails("restore", "--end", "--yes", role=SERVING) == "No restore is open."
    operator.restore(backup)
    asked = operator.run("restore", "--end", input="n\n")
    assert asked.exit_code == 1
    assert row_of(office.organisation)[2] is True
    assert operator.run("restore", "--end", "--yes").output == "The restore has ended.\n"
    assert row_of(office.organisation)[2] is False
    for said in (("restore",), ("restore", str(backup), "--end")):
        asked = operator.run(*said)
        assert asked.exit_code == 2
        assert "Say which FILE to restore, or --end." in asked.output


def test_people_at_work_meanwhile_are_told_of_a_moment_before_or_after(
    app: Flask, operator: Operator, office: Office, chart: str, phone: Phone, backup: Path
) -> None:
    head = row_of(office.organisation)[0]
    phones = [office.phone(phone.member) for _ in range(3)]
    begun, over = threading.Barrier(len(phones) + 1), threading.Event()
    statuses: set[int] = set()

    def work(mine: Phone) -> None:
        with app.app_context():
            mine.sync_all()
            begun.wait()
            while not over.is_set():
                mine.new("medication", chart, name="Aspirin")
                answer = mine.send(mine.request())
                statuses.add(answer.status_code)
                if answer.status_code == 200 and "restored" not in answer.json:
                    mine.apply(answer.json)

    workers = [threading.Thread(target=work, args=(each,)) for each in phones]
    for worker in workers:
        worker.start()
    begun.wait()
    try:
        operator.restore(backup)
    finally:
        over.set()
        for worker in workers:
            worker.join()
    assert statuses <= {200, 401, 404, 503}, "nobody is told to erase anything"
    with begin(office.organisation) as connection:
        assert connection.scalars(select(func.max(changes.c.seq))).one() <= head
        assert connection.scalars(select(func.count()).select_from(session)).one() == 0


def test_a_sync_under_which_the_database_is_replaced_begins_anew(
    operator: Operator,
    office: Office,
    phone: Phone,
    chart: str,
    backup: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it looked up is of another history: a phone that the backup does not know was not
    revoked, and changes that saw numbers of before are not folded by them."""
    later = office.phone(phone.member)
    later.sync_all()
    head = row_of(office.organisation)[0]
    write = endpoint._Sync.write

    def replaced_meanwhile(asked: endpoint._Sync, *arguments: object) -> object:
        monkeypatch.setattr(endpoint._Sync, "write", write)
        operator.restore(backup)
        return write(asked, *arguments)  # type: ignore[arg-type]

    for mine in (later, phone):
        mine.session.headers["Cookie"] = office.session(mine.member).headers["Cookie"]
        monkeypatch.setattr(endpoint._Sync, "write", replaced_meanwhile)
        mine.new("medication", chart, name="Aspirin")
        answer = mine.send(mine.request())
        assert answer.status_code == 200, answer.json
        assert answer.json["restored"]["head"] == head
        assert answer.json["accepted"] == []
        with begin(office.organisation) as connection:
            assert connection.scalars(select(func.max(changes.c.seq))).one() <= head


def test_a_database_of_other_pages_is_replaced(
    operator: Operator, office: Office, backup: Path, somewhere_new: New
) -> None:
    if not operator.url.startswith("sqlite"):
        return
    new = somewhere_new()
    with closing(sqlite3.connect(new.home / "doorstep.sqlite3")) as made:
        made.execute("PRAGMA page_size = 8192")
        made.execute("CREATE TABLE song (title)")
    assert "is kept as" in new.restore(backup)
    with serving(new), begin(office.organisation) as connection:
        assert connection.scalars(text("PRAGMA page_size")).one() == 8192
        assert connection.scalars(select(organisation.c.name)).one() == "Riverside Home Care"
