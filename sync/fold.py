"""The fold: changes to record. A record *is* the fold of its changes (README.md).

fold(kind, log) ────────────────┐
                                ├──> state ──show──> the record on the wire
fold_in(kind, state, change) ───┘
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .causality import Write, live, possible, saw, tie, write_of
from .change import Change
from .correction import can_tell_at
from .deletion import weigh, weigh_in
from .elements import survive
from .kinds import Json, Kind
from .state import EDITED, Deletion, Newest, State
from .three_way import MOST_LIVE, three_way


def needs_log(kind: Kind, state: State | None, change: Change) -> bool:
    """True where the state cannot take the change: load the record's whole log and use `fold`.

    Also True where the state cannot tell the greatest `at` that the change saw: ask before the
    change is corrected.
    """
    if state is None:
        return bool(change.seqs)
    return _is_beyond(kind, state, change) or not can_tell_at(state, change)


def fold(kind: Kind, changes: Iterable[Change]) -> State:
    """The state after all these changes (one record's log), in whatever order they are given.

    At least one. A dot given twice counts once.
    """
    log = possible(changes)
    devices: dict[str, Newest] = {}
    written: dict[str, list[Write]] = {}
    added: dict[str, list[Write]] = {}
    removed: dict[str, list[Write]] = {}
    for change in log:
        devices[change.device] = _newest(devices.get(change.device), change)
        for name, value in change.set.items():
            if change is log[0] or _rule(kind, name) != "once":
                written.setdefault(name, []).append(write_of(change, value))
        for name in {**change.add, **change.remove}:
            added.setdefault(name, []).extend(_writes(change, change.add.get(name)))
            removed.setdefault(name, []).extend(_writes(change, change.remove.get(name)))
    settled = {name: _settled(kind, name, added[name], removed[name]) for name in added}
    merged = {
        name: three_way(writes)
        for name, writes in written.items()
        if len(writes) > 1 and _rule(kind, name) == "three_way" and len(live(writes)) > 1
    }
    return State(
        version=log[-1].seq,
        devices=devices,
        writes={name: live(writes) for name, writes in written.items()},
        prose={name: prose for name, prose in merged.items() if prose},
        adds={name: adds for name, (adds, _) in settled.items()},
        removes={name: removes for name, (_, removes) in settled.items() if removes},
        deletion=_weighed(log),
        taken_back=any(change.seqs for change in log),
    )


def fold_in(kind: Kind, state: State | None, change: Change) -> State:
    """The state after one more change; None before the creating one.

    Raises ValueError where the state cannot take it: the caller asks `needs_log` first.
    """
    if change.seen >= change.seq:
        change = replace(change, seen=change.seq - 1)
    creating = state is None
    if state is None:
        state = _NOTHING
    if _is_beyond(kind, state, change):
        raise ValueError("this change can only be folded from the record's log")
    writes, prose, adds, removes = state.writes, state.prose, state.adds, state.removes
    if change.set:
        writes = _written_in(kind, state, change, creating)
        if prose:
            prose = {name: text for name, text in prose.items() if name not in change.set}
    if change.add or change.remove:
        adds, removes = _elements_in(kind, state, change)
    return State(
        change.seq,
        {**state.devices, change.device: _newest(state.devices.get(change.device), change)},
        writes,
        prose,
        adds,
        removes,
        weigh_in(state.deletion, change, _has_seen_all(state, change)),
    )


_NOTHING = State(version=0, devices={}, deletion=Deletion(edited=False))


def _rule(kind: Kind, name: str) -> str:
    """The rule of a field; of one that only a newer version knows, "" (see README.md)."""
    field = kind.fields.get(name)
    return field.rule if field else ""


def _newest(old: Newest | None, change: Change) -> Newest:
    if old is None:
        return Newest(change.member, change.n, change.seq, change.at)
    return Newest(
        change.member, max(old.n, change.n), max(old.seq, change.seq), max(old.at, change.at)
    )


def _has_seen_all(state: State, change: Change) -> bool:
    """Whether the change saw every other. Its own device's are all earlier, or it is beyond."""
    return change.seen >= state.version or all(
        newest.seq <= change.seen or device == change.device
        for device, newest in state.devices.items()
    )


def _is_beyond(kind: Kind, state: State, change: Change) -> bool:
    """Whether the state keeps too little to fold the change in."""
    if state.taken_back or change.seqs:
        return True
    newest = state.devices.get(change.device)
    if change.seq <= state.version or (newest and newest.n >= change.n):
        return True
    if change.delete:
        # Edits that no deletion saw are not kept one by one: which of them did this one see?
        return state.deletion.edited and not _has_seen_all(state, change)
    for name in change.set:
        others = state.writes.get(name, ())
        if others and _rule(kind, name) == "three_way":
            unseen = sum(not saw(change, other) for other in others)
            if 0 < unseen < MOST_LIVE:
                return True
    return False


def _written_in(
    kind: Kind, state: State, change: Change, creating: bool
) -> Mapping[str, tuple[Write, ...]]:
    writes = dict(state.writes)
    for name, value in change.set.items():
        write = write_of(change, value)
        others = writes.get(name, ())
        if not others:
            if not creating and _rule(kind, name) == "once":
                continue
            writes[name] = (write,)
        elif _rule(kind, name) != "once":
            standing = [other for other in others if not saw(change, other)]
            writes[name] = tuple(sorted([*standing, write], key=tie)) if standing else (write,)
    return writes


def _elements_in(
    kind: Kind, state: State, change: Change
) -> tuple[Mapping[str, tuple[Write, ...]], Mapping[str, tuple[Write, ...]]]:
    adds, removes = dict(state.adds), dict(state.removes)
    for name in {**change.add, **change.remove}:
        added = [*adds.get(name, ()), *_writes(change, change.add.get(name))]
        removed = [*removes.get(name, ()), *_writes(change, change.remove.get(name))]
        adds[name], removes[name] = _settled(kind, name, added, removed)
        if not removes[name]:
            del removes[name]
    return adds, removes


def _writes(change: Change, elements: Sequence[Json] | None) -> list[Write]:
    return [write_of(change, element) for element in elements] if elements else []


def _settled(
    kind: Kind, name: str, added: Sequence[Write], removed: Sequence[Write]
) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    if _rule(kind, name) == "append":
        return tuple(sorted(added, key=tie)), ()
    return survive(added, removed)


def _weighed(log: Sequence[Change]) -> Deletion:
    if all(change.delete is None for change in log):
        return EDITED
    return weigh(
        deletions=[write_of(change, True) for change in log if change.delete],
        keeps=[write_of(change, False) for change in log if change.delete is False],
        edits=[write_of(change, False) for change in log if change.delete is None],
    )
