"""The documents are held to the code: settings, libraries, links, and what lies at the top."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ROOMS = ("sync", "server", "server/catalogue", "server/fhir", "server/summaries", "pwa")
TOP = {
    *("server", "sync", "pwa", "tests", ".ci"),
    *("pyproject.toml", "Procfile", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"),
    *("requirements.txt", "requirements-test.txt", ".gitignore"),
}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


def named_in(table: str) -> set[str]:
    """The names in the first column of a README's tables."""
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    return {name.strip(" `") for row in rows for name in row.split(",")}


def test_every_setting_is_in_both_tables() -> None:
    read = re.compile(r"(?:os\.environ|environment)\.get\(\s*\"([A-Z_]+)\"")
    settings = {
        name for path in (ROOT / "server").rglob("*.py") for name in read.findall(path.read_text())
    }
    assert "DATABASE_URL" in settings
    assert settings <= named_in(README)
    assert settings <= named_in((ROOT / "server/README.md").read_text())


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    python = {re.split(r"[\[<>=~ ]", requirement)[0] for requirement in listed}
    package = json.loads((ROOT / "pwa/package.json").read_text())
    companions = {"@sveltejs/vite-plugin-svelte", "@types/node", "prettier-plugin-svelte"}
    companions.add("@formatjs/icu-messageformat-parser")
    script = {*package["dependencies"], *package["devDependencies"]} - companions
    assert python | script <= named_in(README)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_lives_there(room: str) -> None:
    assert f"({room}/README.md)" in README
    assert len((ROOT / room / "README.md").read_text()) > 500


def test_every_folder_is_in_the_table_of_its_room() -> None:
    server = (ROOT / "server/README.md").read_text()
    for room, table in (("server", server), ("tests", README)):
        parts = [path.split("/") for path in tracked() if path.startswith(f"{room}/")]
        folders = {part[1] for part in parts if len(part) > 2}
        assert [each for each in sorted(folders) if f"{each}/`" not in table] == [], room


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path in tracked()
        if path.endswith(".md")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", (ROOT / path).read_text())
        if not ((ROOT / path).parent / target).exists()
    ]
    assert broken == []


def test_the_top_holds_only_what_tools_expect() -> None:
    assert {path.split("/")[0] for path in tracked()} <= TOP


@pytest.mark.parametrize(
    "lock", ["requirements.txt", "requirements-test.txt", "pwa/package-lock.json"]
)
def test_no_lock_names_a_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert '"resolved"' not in text
    assert (
        re.findall(r"^\s*--(?:index|extra-index|find-links|trusted).*$", text, re.MULTILINE) == []
    )
    if lock.endswith(".txt"):
        assert "://" not in text


def test_the_change_log_says_what_is_coming() -> None:
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text()
