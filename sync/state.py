"""What is kept of a record's changes so that a later fold need not read them again.

    state  --to_json-->  the caller's column  --from_json-->  state

Invariant ("the stored fold is the fold"): folding one change into a state equals folding all its
changes anew. What is kept, and why it is enough: README.md, "Storing the fold".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .causality import Write
from .kinds import Json


class Newest(NamedTuple):
    """The furthest a device has got in this record: greatest n, seq and `at` of its changes."""

    member: str
    n: int
    seq: int
    at: int


class Prose(NamedTuple):
    """Prose merged from several live writes, and whether two of them clashed."""

    text: str
    clash: bool


@dataclass(frozen=True, slots=True)
class Deletion:
    """What bears on whether the record is deleted.

    `deletions` are those that no keep saw; `rivals` the edits and keeps that no deletion saw and
    that are concurrent with one of `deletions`; `edited` says that there are others which no
    deletion saw. All in tie order.
    """

    deletions: tuple[Write, ...] = ()
    rivals: tuple[Write, ...] = ()
    edited: bool = True


EDITED = Deletion()


@dataclass(frozen=True, slots=True)
class State:
    """All that a later fold of one record needs. Kept by the caller, as JSON, beside the record.

    `writes` are the live writes of each field that is set, `prose` the merged text where a
    three_way field has several, `adds` the surviving adds, `removes` those that nobody who touched
    the same element has seen. All in tie order. `taken_back` says that some change was taken back
    after a restore: a later fold needs the log.
    """

    version: int
    devices: Mapping[str, Newest]
    writes: Mapping[str, tuple[Write, ...]] = field(default_factory=dict)
    prose: Mapping[str, Prose] = field(default_factory=dict)
    adds: Mapping[str, tuple[Write, ...]] = field(default_factory=dict)
    removes: Mapping[str, tuple[Write, ...]] = field(default_factory=dict)
    deletion: Deletion = EDITED
    taken_back: bool = False

    def to_json(self) -> dict[str, Json]:
        """A compact JSON object; it shares structure with the state and must not be changed.

        `changes` holds each change once, `[seq, place in devices, n, at, seen]` and, of one taken
        back, its old numbers with where each was gone; a list of writes
        is flat, `[place in changes, value, place, value, …]`.
        """
        places = {device: place for place, device in enumerate(self.devices)}
        changes: list[Json] = []
        kept: dict[int, int] = {}

        def flat(writes: Iterable[Write]) -> list[Json]:
            row: list[Json] = []
            for seq, device, n, at, seen, _, value, seqs in writes:
                place = kept.get(seq)
                if place is None:
                    place = kept[seq] = len(changes)
                    old = [one for pair in seqs for one in pair]
                    changes.append([seq, places[device], n, at, seen, *old])
                row += (place, value)
            return row

        stored: dict[str, Json] = {
            "version": self.version,
            "devices": [[device, *newest] for device, newest in self.devices.items()],
            "changes": changes,
            "writes": {name: flat(writes) for name, writes in self.writes.items()},
        }
        if self.prose:
            stored["prose"] = {name: list(prose) for name, prose in self.prose.items()}
        if self.adds:
            stored["adds"] = {name: flat(adds) for name, adds in self.adds.items()}
        if self.removes:
            stored["removes"] = {name: flat(removes) for name, removes in self.removes.items()}
        if self.deletion is not EDITED:
            deletion = self.deletion
            stored["deletion"] = [
                flat(deletion.deletions),
                flat(deletion.rivals),
                deletion.edited,
            ]
        if self.taken_back:
            stored["taken_back"] = True
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> State:
        """The state that `to_json` wrote."""
        devices = {row[0]: Newest(*row[1:]) for row in stored["devices"]}
        who = [(device, newest.member) for device, newest in devices.items()]
        changes: list[tuple[int, str, int, int, int, str]] = [
            (seq, who[place][0], n, at, seen, who[place][1])
            for seq, place, n, at, seen, *_ in stored["changes"]
        ]
        old = [
            tuple(zip(row[5::2], row[6::2], strict=True)) if len(row) > 5 else ()
            for row in stored["changes"]
        ]

        def writes(row: list[Any]) -> tuple[Write, ...]:
            if len(row) == 2:  # nearly always: worth a third of the time of a push
                return (Write._make((*changes[row[0]], row[1], old[row[0]])),)
            return tuple(
                Write._make((*changes[place], value, old[place]))
                for place, value in zip(row[::2], row[1::2], strict=True)
            )

        def by_field(member: str) -> dict[str, tuple[Write, ...]]:
            return {name: writes(row) for name, row in stored.get(member, {}).items()}

        deletion = EDITED
        if "deletion" in stored:
            deletions, rivals, edited = stored["deletion"]
            deletion = Deletion(writes(deletions), writes(rivals), edited)
        return cls(
            version=stored["version"],
            devices=devices,
            writes=by_field("writes"),
            prose={name: Prose(*kept) for name, kept in stored.get("prose", {}).items()},
            adds=by_field("adds"),
            removes=by_field("removes"),
            deletion=deletion,
            taken_back=stored.get("taken_back", False),
        )
