"""The server's sentences, and what its README says of its codes and settings."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from server.words import SENTENCES, called, say, spoken

SERVER = Path(__file__).parents[2] / "server"
README = (SERVER / "README.md").read_text("utf-8")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_language_says_the_same_sentences_about_the_same_things() -> None:
    english = SENTENCES["en"]
    for language, sentences in SENTENCES.items():
        assert sentences.keys() == english.keys(), language
        for key, sentence in sentences.items():
            assert placeholders(sentence) == placeholders(english[key]), (language, key)


def test_a_code_that_only_another_version_knows_stands_for_itself() -> None:
    assert called("es", "log", "history") == say("es", "log.history")
    assert called("es", "log", "care_map") == "care map"


def test_every_problem_has_its_sentence_and_stands_in_the_readme() -> None:
    raised = {
        code
        for path in SERVER.rglob("*.py")
        for code in re.findall(r'Problem\(\s*\d{3},\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert raised
    for code in raised:
        assert f"problem.{code}" in SENTENCES["en"], code
        assert f"`{code}`" in README, code


def test_every_setting_stands_in_the_readme() -> None:
    read = {
        name
        for path in ("settings.py", "gunicorn.py")
        for name in re.findall(
            r'(?:environment|environ)\.get\("(\w+)"', (SERVER / path).read_text("utf-8")
        )
    }
    assert {"ORIGIN", "WEB_CONCURRENCY"} <= read
    for name in read:
        assert f"`{name}`" in README


@pytest.mark.parametrize(
    ("tag", "language"),
    [("es-MX", "es"), ("EN", "en"), ("ht", "en"), (None, "en"), (7, "en"), ("", "en")],
)
def test_the_nearest_language_that_we_speak_is_taken(tag: object, language: str) -> None:
    assert spoken(tag) == language
    assert say(language, "refused.too_many", max=3).count("3") == 1
