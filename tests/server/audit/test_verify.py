"""An adversary with the whole database and without the server's key changes nothing unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Table, delete, insert, select, update

from server.access_log import Entry, note
from server.audit.heads import remember, remembered
from server.audit.verify import WINDOW, Head, Verdict, verify
from server.commands import main
from server.database import begin, db
from server.tables import access_link, access_log
from tests.server.office import Office, new_id

Doorstep = Callable[..., Result]
LINKS = 5


@pytest.fixture
def log(office: Office) -> Office:
    """An office whose log has links 1 to 5, of two entries each, with a value in every column."""
    write(office, LINKS)
    assert look(office).faults == []
    return office


def write(office: Office, links: int) -> None:
    for number in range(links):
        with begin(office.organisation, write=True) as connection:
            entries = [
                Entry(
                    what=what,
                    id=new_id(),
                    member=new_id(),
                    device=new_id(),
                    patient=new_id(),
                    record=new_id(),
                    subject=new_id(),
                    detail=f"detail {number}",
                    is_offline=True,
                )
                for what in ("chart", "history")
            ]
            note(connection, office.organisation, entries)


def look(office: Office, *expected: Head) -> Verdict:
    with begin(office.organisation) as connection:
        return verify(connection, office.organisation, expected)


def of(table: Table, office: Office, **wanted: object) -> object:
    return select(table).where(table.c.organisation == office.organisation).filter_by(**wanted)


def rows_of(office: Office, link: int) -> list[dict[str, object]]:
    with begin(office.organisation) as connection:
        rows = connection.execute(of(access_log, office, link=link)).all()
    return [dict(row._mapping) for row in sorted(rows, key=lambda row: row.id)]


def link_of(office: Office, number: int) -> dict[str, object]:
    with begin(office.organisation) as connection:
        return dict(connection.execute(of(access_link, office, number=number)).one()._mapping)


def tamper(office: Office, *statements: object) -> None:
    with begin(office.organisation, write=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_log_that_nobody_touched_is_whole(log: Office) -> None:
    verdict = look(log)
    assert (verdict.links, verdict.entries, verdict.faults) == (LINKS + 1, 2 * LINKS, [])
    assert verdict.head == Head(LINKS, link_of(log, LINKS)["hash"])


@pytest.mark.parametrize(
    "column", [column.name for column in access_log.columns if column.name != "organisation"]
)
def test_an_edit_of_any_column_of_an_entry_is_found(log: Office, column: str) -> None:
    row = rows_of(log, 3)[1]
    value = row[column]
    edits = (
        [value + 1, value - 1] if type(value) is int
        else [not value] if isinstance(value, bool)
        else ["history"] if column == "what" and value == "chart"
        else ["chart"] if column == "what"
        else [new_id()]
    )  # fmt: skip
    if access_log.c[column].nullable:
        edits.append(None)
    for edit in edits:
        mine = update(access_log).where(
            access_log.c.organisation == log.organisation, access_log.c.id == row["id"]
        )
        tamper(log, mine.values(**{column: edit}))
        assert look(log).faults != [], (column, edit)
        if column != "id":
            tamper(log, mine.values(**{column: value}))
            assert look(log).faults == []


@pytest.mark.parametrize("column", ["number", "entries", "hash"])
def test_an_edit_of_any_column_of_a_link_is_found(log: Office, column: str) -> None:
    for number in (0, 3, LINKS):
        edit = "0" * 64 if column == "hash" else LINKS + 7
        mine = update(access_link).where(
            access_link.c.organisation == log.organisation, access_link.c.number == number
        )
        before = link_of(log, number)[column]
        tamper(log, mine.values(**{column: edit}))
        assert look(log).faults != [], number
        again = update(access_link).where(
            access_link.c.organisation == log.organisation,
            access_link.c.number == (edit if column == "number" else number),
        )
        tamper(log, again.values(**{column: before}))
        assert look(log).faults == []


def test_an_entry_taken_away_is_found(log: Office) -> None:
    tamper(log, delete(access_log).where(access_log.c.id == rows_of(log, 2)[0]["id"]))
    assert look(log).faults == ["Link 2 has 1 entries, and 2 are said."]


def test_an_entry_taken_away_is_found_where_its_link_is_made_to_agree(log: Office) -> None:
    tamper(
        log,
        delete(access_log).where(access_log.c.id == rows_of(log, 2)[0]["id"]),
        update(access_link).where(access_link.c.number == 2).values(entries=1),
    )
    assert look(log).faults == ["Link 2 or one of its entries was changed."]


@pytest.mark.parametrize("link", [-1, 0, 2, LINKS, LINKS + 1, 2**40])
def test_an_entry_put_in_is_found(log: Office, link: int) -> None:
    tamper(log, insert(access_log).values(rows_of(log, 2)[0] | {"id": new_id(), "link": link}))
    assert len(look(log).faults) == 1


def test_a_link_taken_away_is_found_with_its_entries_or_without(log: Office) -> None:
    tamper(log, delete(access_link).where(access_link.c.number.in_([2, 3])))
    assert look(log).faults == ["Links 2 to 3 are missing.", "4 entries belong to no link."]
    tamper(log, delete(access_log).where(access_log.c.link.in_([2, 3])))
    assert look(log).faults == ["Links 2 to 3 are missing."]


def test_the_later_links_moved_up_to_close_a_gap_are_found(log: Office) -> None:
    tamper(
        log,
        delete(access_link).where(access_link.c.number == 2),
        delete(access_log).where(access_log.c.link == 2),
    )
    for number in range(3, LINKS + 1):
        tamper(
            log,
            update(access_link).where(access_link.c.number == number).values(number=number - 1),
            update(access_log).where(access_log.c.link == number).values(link=number - 1),
        )
    assert look(log).faults != []


def test_entries_that_change_places_are_found(log: Office) -> None:
    """Within a link, where their ids are the order, and between two."""
    for one, other in ((rows_of(log, 2)[0], rows_of(log, 2)[1]),
                       (rows_of(log, 2)[0], rows_of(log, 4)[1])):  # fmt: skip
        for first, second in ((one, other), (other, one)):
            tamper(
                log,
                update(access_log)
                .where(access_log.c.id == first["id"])
                .values(second | {"id": first["id"], "link": first["link"]}),
            )
        assert look(log).faults != []
        for row in (one, other):
            tamper(log, update(access_log).where(access_log.c.id == row["id"]).values(row))
        assert look(log).faults == []


def test_links_that_change_places_are_found_with_their_entries_too(log: Office) -> None:
    second, third = link_of(log, 2), link_of(log, 3)
    tamper(
        log,
        update(access_link).where(access_link.c.number == 2).values(hash=third["hash"]),
        update(access_link).where(access_link.c.number == 3).values(hash=second["hash"]),
        update(access_log).where(access_log.c.link == 2).values(link=99),
        update(access_log).where(access_log.c.link == 3).values(link=2),
        update(access_log).where(access_log.c.link == 99).values(link=3),
    )
    assert len(look(log).faults) >= 2


def test_a_log_cut_off_at_its_end_is_found_by_a_head_kept_elsewhere(log: Office) -> None:
    head = look(log).head
    assert head is not None
    tamper(
        log,
        delete(access_link).where(access_link.c.number >= 4),
        delete(access_log).where(access_log.c.link >= 4),
    )
    assert look(log).faults == []
    assert look(log, head).faults == ["The log ends at link 3, and link 5 is expected."]
    write(log, 4)
    assert look(log, head).faults == ["Link 5 is not the one that is expected."]


def test_a_log_taken_away_whole_is_found_by_a_head_kept_elsewhere(log: Office) -> None:
    head = look(log).head
    assert head is not None
    tamper(log, delete(access_link).where(access_link.c.organisation == log.organisation))
    assert look(log).faults == ["10 entries belong to no link."]
    tamper(log, delete(access_log).where(access_log.c.organisation == log.organisation))
    assert look(log, head).faults == ["The log has no link, and link 5 is expected."]


def test_the_log_of_another_organisation_is_no_log_of_this_one(log: Office, app: Flask) -> None:
    """Neither whole nor its later links after the first of one's own."""
    for first in (0, 1):
        other = Office.open(app, f"Other {first}")
        if first:
            write(other, 1)
            tamper(
                other,
                delete(access_link).where(
                    access_link.c.organisation == other.organisation, access_link.c.number == 1
                ),
                delete(access_log).where(access_log.c.organisation == other.organisation),
            )
            assert look(other).faults == []
        for number in range(first, LINKS + 1):
            copied = {"organisation": other.organisation}
            entries = [row | copied for row in rows_of(log, number)]
            tamper(other, insert(access_link).values(link_of(log, number) | copied))
            for entry in entries:
                tamper(other, insert(access_log).values(entry))
        assert look(other).faults != []
        assert look(log).faults == []


def test_an_older_state_of_one_entry_cannot_be_played_back(log: Office) -> None:
    """A link made by the server itself for other entries under the same number."""
    head, kept = link_of(log, LINKS), rows_of(log, LINKS)
    tamper(
        log,
        delete(access_link).where(access_link.c.number == LINKS),
        delete(access_log).where(access_log.c.link == LINKS),
    )
    write(log, 2)
    assert look(log).faults == []
    tamper(log, delete(access_log).where(access_log.c.link == LINKS))
    for row in kept:
        tamper(log, insert(access_log).values(row))
    assert look(log).faults == [f"Link {LINKS} or one of its entries was changed."]
    tamper(
        log,
        update(access_link).where(access_link.c.number == LINKS).values(hash=head["hash"]),
    )
    assert look(log).faults == [f"Link {LINKS + 1} or one of its entries was changed."]


def test_a_long_chain_is_looked_through_to_its_end(office: Office) -> None:
    write(office, WINDOW + 3)
    assert look(office).links == WINDOW + 4
    tamper(office, delete(access_link).where(access_link.c.number == WINDOW + 1))
    assert look(office).faults == [
        f"Link {WINDOW + 1} is missing.",
        "2 entries belong to no link.",
    ]


def test_a_column_of_another_type_is_a_change_and_no_crash(log: Office, database: str) -> None:
    if database.startswith("postgresql"):
        pytest.skip("PostgreSQL stores no value of another type")
    with begin(log.organisation, write=True) as connection:
        connection.exec_driver_sql("UPDATE access_log SET detail = x'ff00' WHERE link = 2")
    assert look(log).faults == ["Link 2 or one of its entries was changed."]


@pytest.fixture
def doorstep(app: Flask, database: str, tmp_path: Path) -> Doorstep:
    def run(*arguments: str, **more: str) -> Result:
        environment = {"DATABASE_URL": database, "DOORSTEP_HOME": str(tmp_path)} | more
        result = CliRunner().invoke(main, list(arguments), env=environment)
        db.engine.dispose()
        return result

    return run


def test_the_command_says_the_head_and_remembers_it(
    log: Office, doorstep: Doorstep, tmp_path: Path
) -> None:
    head = look(log).head
    assert head is not None
    whole = doorstep("audit", "verify")
    assert whole.exit_code == 0, whole.output
    assert whole.stdout == f"Head: {head}\n10 entries in 6 links, all as they were noted.\n"
    assert remembered(tmp_path, log.organisation) == head
    assert (tmp_path / "access.heads").stat().st_mode & 0o777 == 0o600
    tamper(
        log,
        delete(access_link).where(access_link.c.number >= 4),
        delete(access_log).where(access_log.c.link >= 4),
    )
    cut = doorstep("audit", "verify")
    assert cut.exit_code == 1
    assert "The log ends at link 3, and link 5 is expected.\n" in cut.stderr
    assert cut.stderr.endswith("Error: The access log is not as it was written: 1 fault.\n")
    assert remembered(tmp_path, log.organisation) == head
    assert doorstep("audit", "verify", "--accept").exit_code == 1
    assert doorstep("audit", "verify").exit_code == 0
    assert doorstep("audit", "verify", "--expect", str(head)).exit_code == 1


def test_the_command_fails_in_a_sentence(log: Office, doorstep: Doorstep, tmp_path: Path) -> None:
    no_head = doorstep("audit", "verify", "--expect", "x")
    assert no_head.exit_code == 2
    assert "a head is a link's number, a colon and its hash" in no_head.stderr
    other_key = doorstep("audit", "verify", SERVER_KEY="A" * 43 + "=")
    assert other_key.exit_code == 1
    assert other_key.stderr.endswith(
        "Error: Hardly a link fits: is this the server key with which the log was written?\n"
    )
    (tmp_path / "access.heads").write_text("torn")
    torn = doorstep("audit", "verify")
    assert torn.exit_code == 1
    assert torn.stderr.count("\n") == 1
    assert "is not as it was written" in torn.stderr


def test_nothing_noted_is_nothing_wrong(office: Office, doorstep: Doorstep) -> None:
    nothing = doorstep("audit", "verify")
    assert (nothing.exit_code, nothing.stdout) == (
        0,
        "The chain has not begun: nothing has been noted yet.\n",
    )


def test_heads_of_several_organisations_are_kept_side_by_side(tmp_path: Path) -> None:
    heads = {new_id(): Head(number, f"{number:064x}") for number in range(3)}
    for organisation, head in heads.items():
        remember(tmp_path, organisation, head)
    assert {each: remembered(tmp_path, each) for each in heads} == heads
    assert remembered(tmp_path, new_id()) is None
