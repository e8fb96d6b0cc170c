"""The fold: changes to record. A record *is* the fold of its changes (see README.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .change import Change
from .kinds import Json, Kind


@dataclass(frozen=True, slots=True)
class State:
    """All that a later fold of one record needs. Kept by the caller, as JSON, beside the record."""

    version: int

    def to_json(self) -> dict[str, Json]:
        """A compact JSON object; shares structure with the state and must not be changed."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> State:
        """The state that `to_json` wrote."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as the wire shows it: `contested` and `overruled` hold lists of
    `{"value", "member", "at", "seq", "seen"}`, newest first in tie order."""

    fields: dict[str, Json]
    contested: dict[str, list[dict[str, Json]]]
    overruled: dict[str, list[dict[str, Json]]]
    deleted: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """A write that the record shows its field without, though nobody who saw it replaced it.

    `field` is "deleted" for a deletion that an edit outlived (value True). `why` says which clause:
    overruled, contested (but not standing), outlived (a remove or a deletion), uncovered (a locked
    field written without knowledge of a signature that does not cover it).
    """

    device: str
    n: int
    member: str
    field: str
    value: Json
    why: Literal["overruled", "contested", "outlived", "uncovered"]


def needs_log(kind: Kind, state: State | None, change: Change) -> bool:
    """True where the state cannot take the change: load the record's whole log and use `fold`.

    Also True where the state cannot tell the greatest `at` that the change saw: ask with the `at`
    as the skew left it, before `corrected`.
    """
    raise NotImplementedError


def corrected(change: Change, state: State | None) -> Change:
    """The change with its `at` raised above every change of the record that it saw.

    Done once, when a dot is first stored, and only where `needs_log` is False.
    """
    raise NotImplementedError


def corrected_by_log(change: Change, log: Iterable[Change]) -> Change:
    """The same as `corrected`, from the record's whole log."""
    raise NotImplementedError


def corrected_at(at: int, seen_max_at: int) -> int:
    """`at` raised to one more than the greatest `at` among what the change saw."""
    return max(at, seen_max_at + 1)


def fold(kind: Kind, changes: Iterable[Change]) -> State:
    """The state after all these changes (one record's log), in whatever order they are given.

    At least one. A dot given twice counts once.
    """
    raise NotImplementedError


def fold_in(kind: Kind, state: State | None, change: Change) -> State:
    """The state after one more change; None before the creating one.

    Raises ValueError where `needs_log`: the caller asks first.
    """
    raise NotImplementedError


def show(kind: Kind, state: State) -> Shown:
    """The record as the wire shows it."""
    raise NotImplementedError


def set_aside(kind: Kind, state: State) -> Sequence[SetAside]:
    """Every write that is set aside in this state; the caller tells each once, by
    (device, n, record, field, value)."""
    raise NotImplementedError


def locked_field(kind: Kind, state: State | None, change: Change) -> str | None:
    """The first field the change writes that a signature it saw has locked, or None."""
    raise NotImplementedError


def once_violation(kind: Kind, state: State | None, change: Change) -> str | None:
    """The first `once` field that the change sets to another value than the record's, or None.

    A creating change (state None) violates nothing; a field left out at creation is null for ever.
    """
    raise NotImplementedError
