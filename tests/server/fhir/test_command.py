"""`doorstep import fhir`, as it is typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from server.commands import main
from tests.server.fhir.conftest import SMALL, Organisation


@pytest.fixture
def run(
    app: Flask, organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr("server.commands.build_app", lambda: app)
    monkeypatch.chdir(empty)
    return Run()


class Run:
    def __call__(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(main, ["import", "fhir", *map(str, arguments)])


def test_it_says_what_it_took_and_what_it_passed_over(run: Run) -> None:
    result = run(SMALL)
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "medication 3 0 0" in lines
    assert "together 22 0 0" in lines
    assert "1 Immunization has no kind of record here" in lines
    assert "Importing" in result.stderr


def test_a_second_run_says_that_all_is_as_before(run: Run) -> None:
    run(SMALL)
    result = run(SMALL)
    assert result.exit_code == 0
    assert "together 0 0 22" in [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_the_coordinator_named_has_the_charts(run: Run, organisation: Organisation) -> None:
    assert run(SMALL, "--coordinator", "Cleo@Example.org").exit_code == 0
    assert organisation.one("assignment")["fields"]["member"] == organisation.coordinator


def test_a_broken_file_is_named_with_its_place_and_the_exit_says_so(
    run: Run, organisation: Organisation, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SMALL, folder / "good.json")
    (folder / "bad.json").write_text('{"resourceType":\n oops}')
    result = run(folder)
    assert result.exit_code == 1
    assert f"{folder / 'bad.json'}\n    line 2, column 2: not JSON" in result.stdout
    assert organisation.counts()["patient"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "There is no file or directory nowhere."),
        ((".",), "There is no *.json file there."),
        (
            (SMALL, "--coordinator", "nobody@example.org"),
            "nobody@example.org is not an active member.",
        ),
        ((SMALL, "--zone", "Mars/Olympus"), "Mars/Olympus is no time zone"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    run: Run, arguments: tuple[str | Path, ...], sentence: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
