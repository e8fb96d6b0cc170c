"""The demo as it is entered, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from server.commands import demo as demo_command
from server.database import begin, see_organisations
from server.demo.caseload import build
from server.demo.edit import Edit
from server.demo.enter import Progress
from server.demo.make import Demo, Unlike, make
from server.demo.staff import STAFF
from server.organisations import create_organisation
from server.tables import changes, invitation, member, organisation, records

PATIENTS = 28
"""So many that every coordinator has a dose, a note and a time that two people changed at once."""
FEW = 8

pytestmark = pytest.mark.usefixtures("app")


@contextmanager
def no_bar(_edits: Sequence[Edit]) -> Iterator[Progress]:
    yield lambda _count: None


class Cut(Exception):
    """The power failed."""


@contextmanager
def cut_after_two(_edits: Sequence[Edit]) -> Iterator[Progress]:
    parts = []

    def progress(count: int) -> None:
        parts.append(count)
        if len(parts) > 2:
            raise Cut

    yield progress


def bodies(demo: Demo) -> list[dict[str, Any]]:
    with begin(demo.organisation) as connection:
        found = connection.scalars(
            select(records.c.body).where(records.c.organisation == demo.organisation)
        )
        return [orjson.loads(body) for body in found]


def count(demo: Demo, table: Any) -> int:
    with begin(demo.organisation) as connection:
        return int(
            connection.scalar(
                select(func.count())
                .select_from(table)
                .where(table.c.organisation == demo.organisation)
            )
            or 0
        )


def test_the_caseload_is_entered_with_what_two_people_did_at_once() -> None:
    demo = make(no_bar, patients=PATIENTS)
    kinds = Counter(body["kind"] for body in bodies(demo))
    assert kinds["patient"] == PATIENTS
    assert kinds["member"] == len(STAFF)
    contested = {(b["kind"], field) for b in bodies(demo) for field in b["contested"]}
    assert contested == {
        *(("medication", "dose"), ("visit", "note_how")),
        *(("appointment", "start"), ("appointment", "end")),
    }
    signed = [b for b in bodies(demo) if b["kind"] == "visit" and b["fields"].get("signature")]
    assert signed
    assert all(body["fields"]["status"] == "finished" for body in signed)
    notes = [body["fields"].get("note_concerns", "") for body in bodies(demo)]
    # Two people wrote different sentences of one note: both stand, in each caseload.
    assert sum("by phone" in note and "by portal message" in note for note in notes) == 4


def test_made_again_it_is_kept_with_what_was_done_in_it() -> None:
    first = make(no_bar, patients=FEW)
    assert first.is_new
    made = count(first, changes)
    again = make(no_bar, patients=FEW)
    assert again == Demo(first.organisation, first.made_on, is_new=False)
    assert count(again, changes) == made


def test_an_entry_that_was_cut_short_is_taken_up() -> None:
    with pytest.raises(Cut):
        make(cut_after_two, patients=FEW)
    resumed = make(no_bar, patients=FEW)
    whole = make(no_bar, fresh=True, patients=FEW)
    assert resumed.organisation != whole.organisation
    assert count(resumed, changes) == count(whole, changes)
    assert count(resumed, records) == count(whole, records)


def test_one_left_half_made_by_another_version_is_not_mixed_with_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Cut):
        make(cut_after_two, patients=FEW)
    monkeypatch.setattr("server.demo.make.build", partial(build, seed=99))
    with pytest.raises(Unlike):
        make(no_bar, patients=FEW)


def test_an_organisation_that_is_no_demo_is_left_alone(app: Flask) -> None:
    real = create_organisation("Riverside Home Care")
    demo = make(no_bar, patients=4)
    assert demo.organisation != real
    with begin(real) as connection:
        assert connection.scalar(select(func.count()).where(member.c.organisation == real)) == 0


def test_the_command_prints_a_link_for_each_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_command, "make", partial(make, patients=4))
    result = CliRunner().invoke(demo_command.command)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        *("Coordinator", "Clinician", "Supervisor", "Administrator")
    ]
    assert all("/#/join/" in line for line in lines)
    assert "Rosa Delgado" in lines[0]
    again = CliRunner().invoke(demo_command.command)
    assert again.exit_code == 0
    assert not set(again.stdout.split()) & {line.split()[-1] for line in lines}  # fresh links


def test_fresh_makes_another_and_signs_in_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_command, "make", partial(make, patients=4))
    first = CliRunner().invoke(demo_command.command)
    second = CliRunner().invoke(demo_command.command, ["--fresh"])
    assert first.exit_code == second.exit_code == 0, second.output
    with begin(None) as connection:
        see_organisations(connection)
        names = connection.scalars(select(organisation.c.name).order_by(organisation.c.name)).all()
        newest = connection.scalars(
            select(organisation.c.id).order_by(organisation.c.created_at.desc())
        ).first()
        links = connection.execute(
            select(invitation.c.organisation).order_by(invitation.c.created_at)
        ).all()
    assert names == ["Fairbrook Home Care (demo)", "Fairbrook Home Care (demo) 2"]
    assert [row.organisation for row in links[-4:]] == [newest] * 4


def test_a_demo_left_half_made_is_named_by_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlike(*_: object, **__: object) -> Demo:
        raise Unlike

    monkeypatch.setattr(demo_command, "make", unlike)
    result = CliRunner().invoke(demo_command.command)
    assert result.exit_code == 1
    assert "--fresh" in result.output
