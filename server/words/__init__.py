"""The server's own sentences, in every language that it speaks. Called where it answers people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

DEFAULT = "en"
SENTENCES: Mapping[str, Mapping[str, str]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted(Path(__file__).parent.glob("*.json"))
}


def spoken(tag: object) -> str:
    """The language we speak that is nearest to a BCP 47 tag; English where there is none."""
    language = tag.partition("-")[0].lower() if isinstance(tag, str) else ""
    return language if language in SENTENCES else DEFAULT


def say(language: str, key: str, **params: object) -> str:
    """The sentence of that key; its placeholders are filled by `params`."""
    return SENTENCES[language][key].format_map(params)


def called(language: str, group: str, code: str) -> str:
    """What a stored code is called; one that only another version knows stands for itself."""
    return SENTENCES[language].get(f"{group}.{code}", code.replace("_", " "))
