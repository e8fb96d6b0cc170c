"""The stories that patients are made from: what they live with, take, want and need, and what
visits to them are like. Each is a file in stories/, so that one person's chart holds together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Said = dict[str, str]
"""The same words by language: en, es."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`ages` are the youngest and the oldest; `weight` how common it is; `vitals` give for each
    code the first and the latest reading (four numbers for a blood pressure)."""

    name: str
    ages: list[int]
    weight: int
    conditions: list[dict[str, Any]]
    medications: list[dict[str, Any]]
    vitals: dict[str, list[float]]
    goals: list[dict[str, Any]]
    needs: list[str]
    tasks: list[dict[str, str]]
    specialist: dict[str, Any]
    visits: list[dict[str, Any]]
    alert: dict[str, str] | None = None
    caregiver: bool = False
    dialysis: bool = False
    accessibility: list[str] = field(default_factory=list)


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


STORIES = tuple(
    Story(name=path.stem, **_read(path)) for path in sorted((HERE / "stories").glob("*.json"))
)
NAMES: dict[str, Any] = _read(HERE / "lists" / "names.json")
PLACES: dict[str, Any] = _read(HERE / "lists" / "places.json")
NEEDS: dict[str, dict[str, Any]] = _read(HERE / "lists" / "needs.json")
TIMINGS: dict[str, Said] = _read(HERE / "lists" / "timings.json")
