"""What a source says compared with what it said before: only what differs becomes a change.

The comparison is with the source's own earlier changes, never with the record as it stands. So a
second import of the same file changes nothing, however much has been written since; and where the
source has changed its mind about a field that somebody here has edited meanwhile, the two are
concurrent, and the field's rule decides: two doses are contested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.catalogue import CATALOGUE
from server.fhir.said import Said, distinct


@dataclass(frozen=True, slots=True)
class Before:
    """What a source has said of one record so far."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, list[Any]] = field(default_factory=dict)

    def then(self, change: Mapping[str, Any]) -> "Before":
        """What it has said after one more change, in the order of n."""
        lists = dict(self.lists)
        for name, elements in change.get("add", {}).items():
            lists[name] = distinct([*lists.get(name, []), *elements])
        for name, elements in change.get("remove", {}).items():
            lists[name] = [each for each in lists.get(name, []) if each not in elements]
        return Before({**self.fields, **change.get("set", {})}, lists)


def difference(said: Said, before: Before | None) -> dict[str, Any] | None:
    """The change, as the wire has it, that brings what a source said before to what it says; None
    where nothing differs. It saw nothing but the source's own changes. An element of an append
    field stays."""
    known = before or Before()
    set_ = {name: value for name, value in said.fields.items() if value != known.fields.get(name)}
    add: dict[str, Sequence[Any]] = {}
    remove: dict[str, Sequence[Any]] = {}
    for name, elements in said.lists.items():
        had = known.lists.get(name, [])
        if new := [each for each in distinct(elements) if each not in had]:
            add[name] = new
        gone = [each for each in had if each not in elements]
        if gone and CATALOGUE.kinds[said.kind].fields[name].rule == "add_wins":
            remove[name] = gone
    if not (set_ or add or remove):
        return None
    change = {"record": said.record, "kind": said.kind, "patient": said.patient, "seen": 0}
    return change | {k: v for k, v in (("set", set_), ("add", add), ("remove", remove)) if v}
