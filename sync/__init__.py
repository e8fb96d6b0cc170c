"""The engine: changes, rules, fold. No I/O, no clock, no database, no word of care (README.md)."""

from .change import Change, canonical, digest, nfc
from .correction import corrected, corrected_at, corrected_by_log
from .fold import fold, fold_in, needs_log
from .kinds import Field, Json, Kind, Rule
from .refusals import locked_field, once_violation
from .set_aside import SetAside, set_aside
from .show import Shown, show
from .state import State

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
