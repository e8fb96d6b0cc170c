"""The record as the wire shows it: what stands, what is contested, what was overruled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .causality import Write
from .change import key
from .deletion import contestants, is_deleted
from .elements import members
from .kinds import Field, Json, Kind
from .rules import DECIDE, Standing
from .state import State

Contestant = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Shown:
    """A record on the wire. `contested` and `overruled` list writes as
    `{"value", "member", "at", "seq", "seen"}`, newest first in tie order."""

    fields: dict[str, Json]
    contested: dict[str, list[Contestant]]
    overruled: dict[str, list[Contestant]]
    deleted: bool


def show(kind: Kind, state: State) -> Shown:
    """The record as the wire shows it."""
    fields: dict[str, Json] = {}
    contested: dict[str, list[Contestant]] = {}
    overruled: dict[str, list[Contestant]] = {}
    for name, live in state.writes.items():
        if len(live) == 1:
            fields[name] = live[0].value
            continue
        standing = stand(kind, state, name)
        fields[name] = standing.value
        if standing.contested:
            contested[name] = _listed(live)
        elif name not in state.prose and (lost := beside(standing.value, live)):
            overruled[name] = _listed(lost)
    for name, adds in state.adds.items():
        field = kind.fields.get(name)
        is_log = field is not None and field.rule == "append"
        fields[name] = [add.value for add in adds] if is_log else members(adds)
    if state.deletion.rivals:
        contested["deleted"] = _listed(contestants(state.deletion))
    return Shown(fields, contested, overruled, is_deleted(state.deletion))


def stand(kind: Kind, state: State, name: str) -> Standing:
    """What stands of a field that is set: its one live write, or what its rule makes of several."""
    live = state.writes[name]
    if len(live) == 1:
        return Standing(live[0].value, False)
    field = kind.fields.get(name) or Field(name, "last_writer")
    if field.rule == "three_way":
        return _prose(state, name, live)
    return DECIDE[field.rule](field, live)


def beside(standing: Json, live: Sequence[Write]) -> list[Write]:
    """The live writes of other values than the standing one."""
    shown = key(standing)
    return [write for write in live if key(write.value) != shown]


def _prose(state: State, name: str, live: Sequence[Write]) -> Standing:
    """Null only where all are; unmerged where too much is live: the last stands, all are listed."""
    prose = state.prose.get(name)
    if prose is None:
        return Standing(live[-1].value, True)
    empty = not prose.text and all(write.value is None for write in live)
    return Standing(None if empty else prose.text, prose.clash)


def _listed(writes: Sequence[Write]) -> list[Contestant]:
    return [
        {
            "value": write.value,
            "member": write.member,
            "at": write.at,
            "seq": write.seq,
            "seen": write.seen,
        }
        for write in reversed(writes)
    ]
