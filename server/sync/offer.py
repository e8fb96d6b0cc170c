"""A change on its way into the record: who offers it, what it is, and why it may be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.catalogue import CatalogueKind
from sync import Json


@dataclass(frozen=True, slots=True)
class Author:
    """Whose changes these are.

    A trusted author is the server's own process (import, demo): it needs no right to a chart, and
    its values are validated like anybody's.
    """

    organisation: str
    member: str
    role: str
    device: str
    is_trusted: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a change is not taken: a code of the protocol and a sentence for a person. It is an
    expected outcome, and never holds back the changes beside it."""

    code: str
    message: str
    field: str | None = None
    params: Mapping[str, Any] | None = None

    def to_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"code": self.code}
        if self.field is not None:
            wire["field"] = self.field
        if self.params:
            wire["params"] = dict(self.params)
        return wire | {"message": self.message}


@dataclass(slots=True)
class Offer:
    """One change as sent, and as far as it could be read without the database.

    `refusal` is a reason that comes before every question to the database (its shape, its kind, the
    author's role); `value_refusal` comes after them all. `kind` and what follows it are only there
    where `refusal` is None.
    """

    n: int
    sent: Mapping[str, Any]
    digest: str
    refusal: Refusal | None = None
    value_refusal: Refusal | None = None
    kind: CatalogueKind | None = None
    record: str = ""
    patient: str | None = None
    at: int = 0
    seen: int = 0
    set: Mapping[str, Json] = field(default_factory=dict)
    add: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    remove: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    delete: bool | None = None
    seqs: tuple[tuple[int, int], ...] = ()
    """The numbers that restores took from it, as they are believed: it was accepted before, and its
    `at` is what it was then (sync/README.md, A restored server)."""
