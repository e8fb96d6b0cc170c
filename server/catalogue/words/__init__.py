"""What kinds, fields, choices and problems are called, in each language that screens speak.

A field's words are looked up under its kind, then among the shared ones, so that "Phone and email"
is said once. Called by the catalogue's descriptions and wherever the server shows a record.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from server.catalogue.values import Invalid

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. A word that is missing is a KeyError; tests see that none is."""

    language: str
    kinds: Mapping[str, Entry]
    shared: Mapping[str, Entry]
    problems: Mapping[str, str]

    def kind(self, kind: str) -> str:
        return str(self.kinds[kind]["label"])

    def kind_stored(self, kind: str) -> str:
        """What to call the kind of a stored record; one that is not declared stands for itself."""
        return self.kind(kind) if kind in self.kinds else kind.replace("_", " ").capitalize()

    def plural(self, kind: str) -> str:
        return str(self.kinds[kind]["plural"])

    def field(self, kind: str, field: str) -> str:
        return str(self._field(kind, field)["label"])

    def has_help(self, kind: str, field: str) -> bool:
        return "help" in self._field(kind, field)

    def help(self, kind: str, field: str) -> str:
        return str(self._field(kind, field)["help"])

    def choice(self, kind: str, field: str, choice: str) -> str:
        return self._choice(self._field(kind, field), choice)

    def part(self, kind: str, field: str, part: str) -> str:
        return str(self._part(kind, field, part)["label"])

    def part_choice(self, kind: str, field: str, part: str, choice: str) -> str:
        return self._choice(self._part(kind, field, part), choice)

    def problem(self, problem: Invalid) -> str:
        """What is wrong with a value, as a sentence."""
        return self.problems[problem.code].format_map(problem.params)

    def _field(self, kind: str, field: str) -> Entry:
        return self._entry(self.kinds[kind]["fields"].get(field), field)

    def _part(self, kind: str, field: str, part: str) -> Entry:
        return self._entry(self._field(kind, field).get("parts", {}).get(part), part)

    def _entry(self, own: str | Entry | None, name: str) -> Entry:
        shared = _entry_of(self.shared["fields"].get(name))
        return {**shared, **_entry_of(own)}

    def _choice(self, entry: Entry, choice: str) -> str:
        own = entry.get("choices", {}).get(choice)
        return str(self.shared["choices"][choice] if own is None else own)


def _entry_of(said: str | Entry | None) -> Entry:
    return {"label": said} if isinstance(said, str) else said or {}


def _read(path: Path) -> Words:
    said = json.loads(path.read_text("utf-8"))
    return Words(path.stem, said["kinds"], said["shared"], said["problems"])


WORDS: Mapping[str, Words] = MappingProxyType(
    {path.stem: _read(path) for path in sorted(Path(__file__).parent.glob("*.json"))}
)
"""The words by language."""
