"""The catalogue as others read it: GET /api/catalogue in one language, and the file that the phone
is built with, in every language.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from server.catalogue.kind import CatalogueField, CatalogueKind
from server.catalogue.parts import Flat
from server.catalogue.values import Choice, Value
from server.catalogue.words import WORDS, Words


@dataclass(frozen=True, slots=True)
class Voice:
    """Puts words into a description: the word itself in one language, or a word by language."""

    language: str | None
    names: dict[str, str]

    def say(self, word: Callable[[Words], str]) -> Any:
        if self.language:
            return word(WORDS[self.language])
        return {language: word(words) for language, words in WORDS.items()}

    def under(self, name: str, word: Callable[[Words], str]) -> dict[str, Any]:
        return {self.names.get(name, name): self.say(word)}


IN_ALL = Voice(None, {"label": "labels", "plural": "plurals"})


def describe(kinds: Iterable[CatalogueKind], language: str) -> list[dict[str, Any]]:
    """The kinds with `label`, `plural`, `help` and `choice_labels` in one language."""
    return [_kind(kind, Voice(language, {})) for kind in kinds]


def export(kinds: Iterable[CatalogueKind]) -> list[dict[str, Any]]:
    """The kinds with `labels`, `plurals`, `help` and `choice_labels`, each by language."""
    return [_kind(kind, IN_ALL) for kind in kinds]


def _kind(kind: CatalogueKind, voice: Voice) -> dict[str, Any]:
    return {
        "kind": kind.name,
        **voice.under("label", lambda words: words.kind(kind.name)),
        **voice.under("plural", lambda words: words.plural(kind.name)),
        "scope": kind.scope,
        "read": list(kind.read),
        "write": list(kind.write),
        "deletable": kind.deletable,
        "fields": [_field(kind, field, voice) for field in kind.fields.values()],
    }


def _field(kind: CatalogueKind, field: CatalogueField, voice: Voice) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        **voice.under("label", lambda words: words.field(kind.name, field.name)),
        "type": field.type,
        "rule": field.rule,
        "required": field.required,
        **field.marshmallow.describe(),
    }
    if WORDS["en"].has_help(kind.name, field.name):
        described |= voice.under("help", lambda words: words.help(kind.name, field.name))
    if field.read is not None:
        described["read"] = list(field.read)
    if field.write is not None:
        described["write"] = list(field.write)
    for name, members in {
        "choices": field.choices,
        "known": field.spec.known,
        "terminal": field.terminal,
        "locks": field.locks,
    }.items():
        if members:
            described[name] = list(members)
    if codes := field.choices or field.spec.known:
        described["choice_labels"] = {
            code: voice.say(partial(_choice, kind.name, field.name, code)) for code in codes
        }
    if type(field.marshmallow) is Flat:
        described["parts"] = [
            _part(kind.name, field.name, name, part, voice)
            for name, part in field.marshmallow.parts.items()
        ]
    return described


def _part(kind: str, field: str, name: str, part: Value, voice: Voice) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        **voice.under("label", lambda words: words.part(kind, field, name)),
        "type": part.type,
        "required": part.required,
        **part.describe(),
    }
    if isinstance(part, Choice):
        described["choices"] = list(part.choices)
        described["choice_labels"] = {
            code: voice.say(partial(_part_choice, kind, field, name, code)) for code in part.choices
        }
    return described


def _choice(kind: str, field: str, code: str, words: Words) -> str:
    return words.choice(kind, field, code)


def _part_choice(kind: str, field: str, part: str, code: str, words: Words) -> str:
    return words.part_choice(kind, field, part, code)
