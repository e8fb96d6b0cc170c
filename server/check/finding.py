"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["ok", "warn", "FAIL"]
"""In order; FAIL is for what keeps Doorstep from its work, or loses it."""


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    level: Level
    says: str
    """A sentence or two: what is, and what to do about it."""


def ok(check: str, says: str) -> Finding:
    return Finding(check, "ok", says)


def warn(check: str, says: str) -> Finding:
    return Finding(check, "warn", says)


def fail(check: str, says: str) -> Finding:
    return Finding(check, "FAIL", says)
