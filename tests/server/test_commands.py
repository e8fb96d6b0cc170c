"""The command line: what it prints, and one sentence where it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from server.commands import GROUPS, main
from server.database import db
from server.settings import Settings, with_driver
from tests.conftest import SERVING, Cluster
from tests.server.office import Office

Doorstep = Callable[..., Result]


@pytest.fixture
def doorstep(app: Flask, database: str, tmp_path: Path) -> Doorstep:
    """Runs `doorstep` on the test's database."""

    def run(*arguments: str) -> Result:
        environment = {"DATABASE_URL": database, "DOORSTEP_HOME": str(tmp_path)}
        result = CliRunner().invoke(main, list(arguments), env=environment)
        db.engine.dispose()
        return result

    return run


def test_what_is_no_text_is_refused_before_anything_is_done(doorstep: Doorstep) -> None:
    refused = doorstep(
        "member", "add", "x@example.org", "--name", "Ros\udcff", "--role", "clinician"
    )
    assert refused.exit_code == 2
    assert refused.output.splitlines()[-1] == "Error: 'Ros\ufffd' is not UTF-8."


def test_an_organisation_with_its_first_people(doorstep: Doorstep, app: Flask) -> None:
    empty = doorstep("member", "list")
    assert (empty.exit_code, empty.output) == (
        1,
        "Error: There is no organisation yet. Run `doorstep init` first.\n",
    )
    made = doorstep("init", "Riverside", "--email", "ada@example.org", "--administrator", "Ada")
    assert made.exit_code == 0, made.output
    assert made.output.startswith("http://localhost:8000/#/join/")
    added = doorstep(
        *["member", "add", "Rosa@example.org", "--name", "Rosa", "--role", "supervisor"],
        *["--team", "North", "--team", "South"],
    )
    assert added.exit_code == 0, added.output
    again = doorstep(
        *["member", "add", "rosa@example.org", "--name", "Rosa", "--role", "clinician"]
    )
    assert (again.exit_code, again.output) == (1, "Error: rosa@example.org is already a member.\n")
    people = json.loads(doorstep("member", "list", "--json").output)
    assert [(each["email"], each["role"], each["team"]) for each in people] == [
        ("ada@example.org", "administrator", None),
        ("rosa@example.org", "supervisor", "North"),
    ]
    assert doorstep("team", "list").output == "North  1\nSouth  0\n"
    assert "rosa@example.org" in doorstep("member", "list").output
    printed = doorstep("invite", "rosa@example.org").output
    link = printed.strip()
    assert printed == f"{link}\n"
    assert doorstep("invite", "rosa@example.org", "--qr").output.count("█") > 100
    browser = app.test_client()
    token = link.rpartition("/")[2]
    assert browser.post("/api/invitations/open", json={"token": token}).json["name"] == "Rosa"
    assert doorstep("member", "leave", "rosa@example.org").exit_code == 0
    assert doorstep("invite", "rosa@example.org").exit_code == 1


def test_an_organisation_without_its_first_administrator_is_none(doorstep: Doorstep) -> None:
    failed = doorstep("init", "Riverside", "--email", "ada", "--administrator", "Ada")
    assert (failed.exit_code, failed.output) == (1, "Error: ada is not an email address.\n")
    assert "There is no organisation yet." in doorstep("member", "list").output


def test_a_name_too_long_for_a_card_is_said_in_a_sentence(
    doorstep: Doorstep, office: Office
) -> None:
    asked = ("member", "add", "ada@example.org", "--role", "clinician", "--name", "A" * 201)
    failed = doorstep(*asked)
    assert (failed.exit_code, failed.output) == (
        1,
        "Error: The member's card cannot be: Longer than 200 characters.\n",
    )
    assert json.loads(doorstep("member", "list", "--json").output) == []


def test_a_token_is_printed_alone_and_can_be_revoked(
    doorstep: Doorstep, office: Office, app: Flask
) -> None:
    email = office.email(office.add("coordinator"))
    made = doorstep("token", "create", email, "--read-only", "--days", "1")
    secret = made.output.strip()
    assert made.output == f"{secret}\n"
    assert " " not in secret
    headers = {"Authorization": f"Bearer {secret}"}
    client = app.test_client()
    assert client.get("/api/me", headers=headers).json["email"] == email
    listed = doorstep("token", "list").output
    assert secret not in listed
    assert "read-only" in listed
    assert doorstep("token", "revoke", listed.split()[0]).exit_code == 0
    assert client.get("/api/me", headers=headers).status_code == 401
    assert doorstep("token", "revoke", listed.split()[0]).exit_code == 1
    assert doorstep("token", "create", "nobody@example.org").output == (
        "Error: nobody@example.org is not an active member.\n"
    )


def test_a_lost_phone_is_revoked(doorstep: Doorstep, office: Office) -> None:
    phone = office.phone(office.add("coordinator"))
    phone.sync(status={"unsent": 4})
    assert "unsent 4  in use" in doorstep("device", "list").output
    assert doorstep("device", "revoke", phone.device).exit_code == 0
    assert phone.send(phone.request()).json["wipe"] is True
    assert doorstep("device", "revoke", phone.device).exit_code == 1
    assert doorstep("device", "list").output.endswith("revoked\n")
    phone.session.post(f"/api/devices/{phone.device}/erased", {})
    assert doorstep("device", "list").output.endswith("erased\n")


def test_one_who_left_is_taken_back_under_the_same_address(
    doorstep: Doorstep, office: Office
) -> None:
    email = office.email(office.add("coordinator"))
    assert doorstep("member", "leave", email).exit_code == 0
    again = ("member", "add", email, "--name", "Ana Ruiz", "--role", "clinician")
    assert doorstep(*again).exit_code == 0
    (person,) = json.loads(doorstep("member", "list", "--json").output)
    assert (person["name"], person["role"], person["status"]) == ("Ana Ruiz", "clinician", "active")


def test_several_organisations_are_told_apart(doorstep: Doorstep, app: Flask) -> None:
    Office.open(app, "North Shore")
    Office.open(app, "South Bank")
    assert doorstep("member", "list").output == (
        "Error: Say which --organisation of North Shore, South Bank.\n"
    )
    assert doorstep("member", "list", "--organisation", "South Bank").exit_code == 0
    assert doorstep("member", "list", "--organisation", "East").exit_code == 1


def test_every_command_loads_and_explains_itself(doorstep: Doorstep) -> None:
    for name in GROUPS:
        result = doorstep(name, "--help")
        assert result.exit_code == 0, (name, result.output)


def test_a_missing_schema_and_database_are_said_in_a_sentence(tmp_path: Path) -> None:
    environment = {"DOORSTEP_HOME": str(tmp_path / "home"), "DATABASE_URL": ""}
    empty = CliRunner().invoke(main, ["member", "list"], env=environment)
    assert (empty.exit_code, empty.output) == (
        1,
        "Error: The database is empty. Run `doorstep migrate` first.\n",
    )
    away = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    lost = CliRunner().invoke(main, ["member", "list"], env=environment | away)
    assert lost.exit_code == 1
    assert lost.output.startswith("Error: The database cannot be reached or written:")
    assert lost.output.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    environment = {"DOORSTEP_HOME": str(home), "DATABASE_URL": ""}
    for command in (["migrate"], ["check"], ["member", "list"]):
        failed = CliRunner().invoke(main, command, env=environment)
        assert (failed.exit_code, failed.output) == (
            1,
            f"Error: {home} cannot be read or written: Not a directory.\n",
        )


@pytest.mark.postgres
def test_the_wrong_role_is_said_in_a_sentence(postgres_cluster: Cluster, tmp_path: Path) -> None:
    with postgres_cluster.fresh() as name:
        environment = {
            "DATABASE_URL": postgres_cluster.url(name, SERVING),
            "DOORSTEP_HOME": str(tmp_path),
        }
        refused = CliRunner().invoke(main, ["migrate"], env=environment)
    assert refused.exit_code == 1
    assert refused.output.startswith(f"Error: The role {SERVING} may not do that: ")
    assert refused.output.count("\n") == 1


def test_a_damaged_server_key_is_said_in_a_sentence(
    doorstep: Doorstep, office: Office, tmp_path: Path
) -> None:
    email = office.email(office.add("coordinator"))
    (tmp_path / "server.key").write_text("damaged")
    failed = doorstep("invite", email)
    assert (failed.exit_code, failed.output) == (
        1,
        f"Error: {tmp_path}/server.key holds no server key. Put back the one that was there.\n",
    )


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    settings = Settings.read({"DOORSTEP_HOME": str(tmp_path), "PORT": "9000"})
    assert settings.database_url == f"sqlite:///{tmp_path}/doorstep.sqlite3"
    assert (settings.port, settings.origin) == (9000, "http://localhost:9000")
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert with_driver(f"{scheme}://a@b/c") == "postgresql+psycopg://a@b/c"
