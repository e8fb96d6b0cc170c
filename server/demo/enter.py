"""Enters the caseload into an organisation, by the same push that phones use: a device for each
of the staff, turn by turn, so that edits made at once really are concurrent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from uuid import UUID, uuid5

from server.demo.edit import Edit
from server.demo.staff import BY_KEY
from server.sync.local import LocalDevice

Progress = Callable[[int], object]
"""Told how many more edits were entered."""
CHUNK = 500


class NotEntered(RuntimeError):
    """An edit of the demo was refused, which is a defect of the demo's."""


def enter(
    organisation: str, members: dict[str, str], edits: Sequence[Edit], progress: Progress
) -> None:
    """Push every edit. Devices and numbers are derived, so that an entry cut short can be repeated:
    what is there already is answered as it was the first time."""
    devices = {key: _device(organisation, key, members[key]) for key in {e.by for e in edits}}
    versions: dict[str, int] = {}
    numbers: dict[str, int] = defaultdict(int)
    for _, turn in groupby(edits, key=lambda edit: edit.turn):
        seen = dict(versions)
        for by, theirs in _by_author(turn):
            for first in range(0, len(theirs), CHUNK):
                part = theirs[first : first + CHUNK]
                _push(devices[by], part, seen, versions, numbers[by])
                numbers[by] += len(part)
                progress(len(part))


def _by_author(edits: Iterable[Edit]) -> list[tuple[str, list[Edit]]]:
    authors: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        authors[edit.by].append(edit)
    return list(authors.items())


def _device(organisation: str, key: str, member: str) -> LocalDevice:
    name = f"{BY_KEY[key].name.split()[0]}'s phone"
    device_id = str(uuid5(UUID(organisation), f"device/{key}"))
    return LocalDevice.enrol(organisation, member, name, device_id)


def _push(
    device: LocalDevice,
    edits: Sequence[Edit],
    seen: dict[str, int],
    versions: dict[str, int],
    last_n: int,
) -> None:
    wire = [
        edit.to_wire(last_n + i, seen.get(edit.record, 0)) for i, edit in enumerate(edits, start=1)
    ]
    answer = device.push(wire)
    if answer.refused:
        refused = answer.refused[0]
        edit = edits[refused["n"] - last_n - 1]
        raise NotEntered(f"{edit.kind}: {refused}")
    for accepted in answer.accepted:
        record = edits[accepted["n"] - last_n - 1].record
        versions[record] = max(versions.get(record, 0), accepted["seq"])
