"""One chart being written: who it is about, who holds it, and the edits that make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid5

from server.catalogue import CATALOGUE
from server.demo.day import Day
from server.demo.edit import FILLED, Edit
from server.demo.person import Person
from server.demo.story import Said, Story

LISTS = ("add_wins", "append")


@dataclass(slots=True)
class Chart:
    """`coordinator` and `nurse` name staff who hold the chart; without a coordinator it stands
    on the waitlist. `last` and `before` are the days of the last two visits, `detail` the last
    sentence of how the patient was found, `build` how heavy they are beside their story.
    `records` are the ids written so far, by kind, in order."""

    number: int
    day: Day
    random: Random
    person: Person
    space: UUID
    members: dict[str, str]
    coordinator: str | None
    nurse: str | None
    interval: int = 21
    last: int = -14
    before: int = -35
    deceased: bool = False
    detail: str = ""
    build: float = 1.0
    edits: list[Edit] = field(default_factory=list)
    records: dict[str, list[str]] = field(default_factory=dict)

    @property
    def story(self) -> Story:
        return self.person.story

    @property
    def id(self) -> str:
        return self._id("patient", 0)

    @property
    def by(self) -> str:
        """Who writes most of it: the coordinator, or the supervisor while it waits for one."""
        return self.coordinator or "helen"

    def of(self, kind: str) -> list[str]:
        return self.records.get(kind, [])

    def said(self, words: Said) -> str:
        """The words in the patient's language, as far as we write it."""
        return words[self.person.spoken]

    def write(
        self,
        kind: str,
        at: int,
        values: dict[str, Any],
        *,
        by: str | None = None,
        turn: int = FILLED,
    ) -> str:
        """Creates a record; its id. Values that are None are left out."""
        known = self.records.setdefault(kind, [])
        record = self._id(kind, len(known))
        known.append(record)
        self.edit(kind, record, at, values, by=by, turn=turn)
        return record

    def edit(
        self,
        kind: str,
        record: str,
        at: int,
        values: dict[str, Any],
        *,
        by: str | None = None,
        turn: int,
        **more: Any,
    ) -> None:
        """Edits a record: lists are added to, all else is set."""
        fields = CATALOGUE.kinds[kind].fields
        said = {name: value for name, value in values.items() if value not in (None, [])}
        add = {name: value for name, value in said.items() if fields[name].rule in LISTS}
        set_ = {name: value for name, value in said.items() if name not in add}
        who = by or self.by
        self.edits.append(Edit(who, at, record, kind, self.id, turn, set_, add, **more))

    def _id(self, kind: str, number: int) -> str:
        return str(uuid5(self.space, f"{self.number}/{kind}/{number}"))
