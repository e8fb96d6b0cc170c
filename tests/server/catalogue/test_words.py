"""Everything has its words in every language, and no words are left over."""

import string
from collections.abc import Iterator
from typing import Any

import pytest

from server.catalogue import CATALOGUE, Invalid
from server.catalogue.parts import Flat
from server.catalogue.values import Choice
from server.catalogue.words import WORDS, Words

each_language = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
PROBLEMS = {
    *("bad_character", "blank", "null", "not_text", "too_long", "not_of_this_form"),
    *("not_a_language", "not_a_number", "not_a_whole_number", "too_small", "too_great"),
    *("not_yes_or_no", "not_a_choice", "not_a_reference", "not_a_date", "not_a_whole_date"),
    *("not_a_time", "unknown_zone", "not_an_object", "too_many", "part_missing", "not_flat"),
}


def test_english_and_spanish_are_spoken() -> None:
    assert list(WORDS) == ["en", "es"]


@each_language
def test_every_kind_field_part_and_choice_has_a_word(words: Words) -> None:
    for kind in CATALOGUE.kinds.values():
        assert words.kind(kind.name)
        assert words.plural(kind.name)
        for name, field in kind.fields.items():
            assert words.field(kind.name, name)
            for code in (*field.choices, *field.spec.known):
                assert words.choice(kind.name, name, code)
            if type(field.marshmallow) is not Flat:
                continue
            for part_name, part in field.marshmallow.parts.items():
                assert words.part(kind.name, name, part_name)
                for code in part.choices if isinstance(part, Choice) else ():
                    assert words.part_choice(kind.name, name, part_name, code)


@each_language
def test_no_choice_of_a_field_is_called_like_another(words: Words) -> None:
    """Two choices of one name could not be told apart on a screen."""
    for kind in CATALOGUE.kinds.values():
        for name, field in kind.fields.items():
            said = [words.choice(kind.name, name, code) for code in field.choices]
            assert len(set(said)) == len(said), (kind.name, name)


@each_language
def test_no_words_are_left_over(words: Words) -> None:
    assert words.kinds.keys() == CATALOGUE.kinds.keys()
    for name, kind in CATALOGUE.kinds.items():
        for field_name, said in words.kinds[name]["fields"].items():
            field = kind.fields[field_name]
            if isinstance(said, str):
                continue
            assert said.keys() <= {"label", "help", "choices", "parts"}
            known = {*field.choices, *field.spec.known}
            assert said.get("choices", {}).keys() <= known, (name, field_name)
            parts = field.marshmallow.parts if isinstance(field.marshmallow, Flat) else {}
            assert said.get("parts", {}).keys() <= parts.keys(), (name, field_name)


def test_the_languages_say_the_same_things() -> None:
    """Help and problems are there in both, with the same places to fill."""
    en, es = WORDS["en"], WORDS["es"]
    for kind in CATALOGUE.kinds.values():
        for name in kind.fields:
            assert en.has_help(kind.name, name) == es.has_help(kind.name, name), (kind.name, name)
    assert en.problems.keys() == es.problems.keys() == PROBLEMS
    for code in PROBLEMS:
        assert _places(en.problems[code]) == _places(es.problems[code])


def test_spanish_is_not_english() -> None:
    """A label that was forgotten would be the same in both. Some are, rightly."""
    en, es = (set(_texts(words.kinds)) | set(_texts(words.shared)) for words in WORDS.values())
    same = {text for text in en & es if len(text) > 2}
    assert same <= {
        *("Audio", "Braille", "Fax", "Hospital", "Medicaid", "Medicare", "Medicare Advantage"),
        *("Plan", "Portal", "Probable", "Rectal", "Vaginal", "Video"),
    }


def test_a_problem_is_a_sentence_in_the_language() -> None:
    problem = Invalid("too_long", max=200)
    assert WORDS["en"].problem(problem) == "Longer than 200 characters."
    assert WORDS["es"].problem(problem) == "Tiene más de 200 caracteres."


def test_what_is_shared_may_be_said_otherwise_by_one_kind() -> None:
    es = WORDS["es"]
    assert es.choice("condition", "clinical_status", "active") == "Activo"
    assert es.choice("allergy", "clinical_status", "active") == "Activa"
    assert es.field("goal_progress", "visit") == es.field("observation", "visit") == "Visita"


def _places(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    else:
        for inner in said.values():
            yield from _texts(inner)
