"""The engine: changes, rules, fold. No I/O, no clock, no database, no word of care (README.md)."""

from .change import Change, canonical, digest, nfc
from .fold import (
    SetAside,
    Shown,
    State,
    corrected,
    corrected_at,
    corrected_by_log,
    fold,
    fold_in,
    locked_field,
    needs_log,
    once_violation,
    set_aside,
    show,
)
from .kinds import Field, Json, Kind, Rule

__all__ = [
    "Change",
    "Field",
    "Json",
    "Kind",
    "Rule",
    "SetAside",
    "Shown",
    "State",
    "canonical",
    "corrected",
    "corrected_at",
    "corrected_by_log",
    "digest",
    "fold",
    "fold_in",
    "locked_field",
    "needs_log",
    "nfc",
    "once_violation",
    "set_aside",
    "show",
]
