"""`doorstep check` on what is not there yet, or not as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from server.check import here
from server.commands import main
from server.database import begin
from tests.conftest import OWNER
from tests.server.check.conftest import Checked
from tests.server.office import Office
from tests.server.operator import Operator, serving


@pytest.fixture(autouse=True)
def _without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "FAMILIES", {})


def test_a_line_a_check(operator: Operator, office: Office) -> None:
    lines = operator.run("check").output.splitlines()
    assert [line.split()[0] for line in lines if " schema " in line] == ["ok"]
    assert all(line.startswith(("ok   ", "warn ", "FAIL ")) for line in lines)


def test_a_database_that_is_away_or_not_there_fails(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for url, check, says in (
        ("", "schema", "The database is empty. Run `doorstep migrate` first."),
        ("postgres://nobody@127.0.0.1:1/none", "database", "It cannot be reached or read: "),
    ):
        environment = {"DOORSTEP_HOME": str(home), "DATABASE_URL": url}
        done = CliRunner().invoke(main, ["check"], env=environment)
        assert done.exit_code == 1
        last = done.output.splitlines()[-1]
        assert last.startswith(f"FAIL {check:<13}{says}"), done.output
        assert not (home / "doorstep.sqlite3").exists()


def test_an_older_schema_fails(operator: Operator, checked: Checked, office: Office) -> None:
    with serving(operator, OWNER), begin(None, write=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    found = checked()
    assert found["schema"] == [
        ("FAIL", "The database is older than this Doorstep. Run `doorstep migrate` first.")
    ]
    assert "phones" not in found


def test_a_role_that_passes_row_level_security_is_told(
    operator: Operator, checked: Checked, office: Office
) -> None:
    if operator.url.startswith("sqlite"):
        assert "role" not in checked()
        return
    assert checked()["role"] == [("ok", "doorstep_server is bound by row-level security.")]
    ((level, _),) = checked("postgres")["role"]
    assert level == "warn"


def test_a_key_that_is_elsewhere_fails(
    operator: Operator, checked: Checked, office: Office, phone: object
) -> None:
    (operator.home / "server.key").unlink()
    found = checked()
    assert found["server key"][-1] == (
        "FAIL",
        "The database was used with a server key that is not here: put back the one that there"
        f" was, as {operator.home}/server.key or in SERVER_KEY.",
    )
    assert not (operator.home / "server.key").exists()
