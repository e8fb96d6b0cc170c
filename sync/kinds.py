"""What a kind of record is to the engine: its fields and the rule by which each is merged.

Made by whoever declares kinds (the catalogue) and read by the fold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

Rule = Literal[
    "once",
    "last_writer",
    "multi_value",
    "furthest",
    "earliest",
    "latest",
    "add_wins",
    "append",
    "three_way",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind.

    - `order`: for `furthest`, the choices, least protective first; a value that is not among them
      ranks lowest.
    - `terminal`: for `furthest`, the values of which two different ones contest each other.
    - `compare`: for `earliest` and `latest`, how values are ordered: a `date` (whole or partial) by
      its first day, a `datetime` (RFC 3339 with offset) as an instant, anything else as it is.
    - `locks`: for an `append` field that holds signatures, the fields that a signature locks.
    """

    name: str
    rule: Rule
    required: bool = False
    order: tuple[Json, ...] = ()
    terminal: tuple[Json, ...] = ()
    compare: Literal["", "date", "datetime"] = ""
    locks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. `deletable` is for the caller: the fold asks nothing of it."""

    name: str
    fields: Mapping[str, Field]
    deletable: bool = True
