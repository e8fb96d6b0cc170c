"""What a record as a phone held it shows and the record's log does not: what a restore took whose
author never brought it back (sync/README.md, A restored server). No database.

    the phone's copy ── what differs from ──> the log as of the copy's version
                                              what was written since the restore
                                              what the record shows today
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync import Change, Json, Kind, Shown, fold, show
from sync.causality import number
from sync.change import key

NOTHING = Shown({}, {}, {}, deleted=False)
LISTS = ("add_wins", "append")


@dataclass(frozen=True, slots=True)
class Missing:
    """The changes that would have to be made for the record to show it; `beside` are values that
    stood contested or overruled on the phone, by field, and that no change can write beside
    another."""

    set: dict[str, Json] = field(default_factory=dict)
    add: dict[str, list[Json]] = field(default_factory=dict)
    remove: dict[str, list[Json]] = field(default_factory=dict)
    delete: bool | None = None
    beside: dict[str, list[Json]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        is_deleting = self.delete is not None
        return bool(self.set or self.add or self.remove or self.beside) or is_deleting


def missing(kind: Kind, held: Mapping[str, Any], log: Sequence[Change], head: int) -> Missing:
    """What a copy with a lost version shows that nothing here accounts for. `head` is where the
    history that it is from was cut off; the log is all of the record's, empty where it is gone.

    A value is accounted for where the record showed it at that version, as far as its changes are
    back; where a change that came since the restore wrote it; and where it stands today.
    """
    version = held["version"]
    then = _shown(kind, [change for change in log if number(change, version) <= version])
    today = _shown(kind, log)
    since = [change for change in log if change.seq > head]
    found = Missing(delete=held["deleted"])
    if held["deleted"] in (then.deleted, today.deleted):
        found = Missing()
    for name, value in held["fields"].items():
        rule = kind.fields[name].rule if name in kind.fields else ""
        if rule in LISTS or (not rule and isinstance(value, list)):
            _elements(found, name, _list(value), then, today, since, is_log=rule == "append")
        elif not _is_in(value, [then.fields.get(name), today.fields.get(name)]) and not _is_in(
            value, _set_by(since, name)
        ):
            found.set[name] = value
    for name, value in _beside(held):
        known = [*_listed(then, name), *_listed(today, name), *_set_by(since, name)]
        if not _is_in(value, known) and not _is_in(value, [found.set.get(name)]):
            found.beside.setdefault(name, []).append(value)
    return found


def _shown(kind: Kind, log: Sequence[Change]) -> Shown:
    return show(kind, fold(kind, log)) if log else NOTHING


def _elements(
    found: Missing,
    name: str,
    held: Sequence[Json],
    then: Shown,
    today: Shown,
    since: Sequence[Change],
    *,
    is_log: bool,
) -> None:
    """The elements that are to be added, and of a set those that are to be removed."""
    were, are = (_list(shown.fields.get(name)) for shown in (then, today))
    added = [element for change in since for element in change.add.get(name, ())]
    added += [element for value in _set_by(since, name) for element in _list(value)]
    removed = [element for change in since for element in change.remove.get(name, ())]
    if add := _without(held, [*were, *are, *added]):
        found.add[name] = add
    gone = _without(_without(were, held), removed)
    if not is_log and (remove := [element for element in gone if _is_in(element, are)]):
        found.remove[name] = remove


def _beside(held: Mapping[str, Any]) -> Iterable[tuple[str, Json]]:
    for part in ("contested", "overruled"):
        for name, entries in held[part].items():
            if name != "deleted":
                yield from ((name, entry["value"]) for entry in entries)


def _listed(shown: Shown, name: str) -> list[Json]:
    """All values of a field that a record shows, standing or not."""
    entries = [*shown.contested.get(name, ()), *shown.overruled.get(name, ())]
    return [shown.fields.get(name), *(entry["value"] for entry in entries)]


def _set_by(log: Iterable[Change], name: str) -> list[Json]:
    return [change.set[name] for change in log if name in change.set]


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _is_in(value: Json, among: Collection[Json]) -> bool:
    return key(value) in {key(each) for each in among}


def _without(values: Iterable[Json], others: Iterable[Json]) -> list[Json]:
    left_out = {key(each) for each in others}
    return [value for value in values if key(value) not in left_out]
