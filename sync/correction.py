"""The causal correction of `at`: a change never precedes what it saw (README.md, "Time").

Made once, when a dot is first stored, after the server has moved `at` by the skew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .causality import possible, saw
from .change import Change
from .state import State


def corrected_at(at: int, seen_max_at: int) -> int:
    """`at`, raised to one more than the greatest `at` among what the change saw."""
    return max(at, seen_max_at + 1)


def can_tell_at(state: State, change: Change) -> bool:
    """Whether the state knows of every `at` that might raise this change's."""
    return change.seen >= state.version or all(
        newest.at < change.at or newest.seq <= change.seen or device == change.device
        for device, newest in state.devices.items()
    )


def corrected(change: Change, state: State | None) -> Change:
    """The change with its `at` raised above every change of the record that it saw.

    Only where `needs_log` is False; otherwise `corrected_by_log`.
    """
    if state is None:
        return change
    # What it had not seen of a device is no later than the change itself (can_tell_at).
    top = max(newest.at for newest in state.devices.values())
    return change if top < change.at else replace(change, at=corrected_at(change.at, top))


def corrected_by_log(change: Change, log: Iterable[Change]) -> Change:
    """The same as `corrected`, from the record's whole log (without the change itself)."""
    changes = possible([*log, change])
    own = next(each for each in changes if (each.device, each.n) == (change.device, change.n))
    top = max((each.at for each in changes if saw(own, each)), default=change.at - 1)
    return change if top < change.at else replace(change, at=corrected_at(change.at, top))
