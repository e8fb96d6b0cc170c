"""The papers' own words: the same keys and placeholders in every language, and all of them used."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from server.access import ROLES
from server.summaries.words import LANGUAGES, Words

FOLDER = Path(__file__).parents[3] / "server" / "summaries"


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / "words" / f"{language}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_placeholders(language: str) -> None:
    def placeholders(said: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in said.items()}

    assert placeholders(words(language)) == placeholders(words("en"))


def test_no_word_is_unused_and_every_role_has_one() -> None:
    sources = [*FOLDER.glob("*.py"), *(FOLDER / "templates").glob("*.jinja")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    made = {f"role_{role}" for role in ROLES} | {"allergies_none", "allergies_unknown"}
    assert made <= words("en").keys()
    for key in words("en").keys() - made:
        assert f'"{key}"' in text, key


@pytest.mark.parametrize(
    ("written", "weekday", "told"),
    [
        ("2026", False, "2026"),
        ("2026-12", False, "December 2026"),
        ("2026-12-01", False, "December 1"),
        ("2026-12-01", True, "Tue, Dec 1"),
        ("2027-01-05", True, "January 5, 2027"),
    ],
)
def test_a_day_is_as_short_as_it_can_be_understood(written: str, weekday: bool, told: str) -> None:
    english = Words("en", "America/New_York")
    assert english.day(written, date(2026, 11, 21), weekday=weekday) == told


def test_a_choice_that_only_another_version_knows_stands_for_itself() -> None:
    spanish = Words("es", "Europe/Madrid")
    known = spanish.part_choice("visit", "medications_seen", "seen", "as_listed")
    assert known not in ("", "as_listed")
    assert spanish.part_choice("visit", "medications_seen", "seen", "sold") == "sold"
    assert spanish.choice("medication", "status", "lent") == "lent"
