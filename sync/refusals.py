"""What the record itself refuses: a changed identity, an edit under a signature (README.md,
"Creation and locks"). Asked before a change is folded; all other validation is the caller's.
"""

from __future__ import annotations

from .causality import saw
from .change import Change, key
from .kinds import Kind
from .state import State


def once_violation(kind: Kind, state: State | None, change: Change) -> str | None:
    """The first `once` field that the change sets to another value than the record's, or None.

    A creating change (state None) violates nothing; a field left out at creation is null for ever.
    """
    if state is None:
        return None
    for name, value in change.set.items():
        field = kind.fields.get(name)
        if field is not None and field.rule == "once":
            writes = state.writes.get(name)
            if key(writes[0].value if writes else None) != key(value):
                return name
    return None


def locked_field(kind: Kind, state: State | None, change: Change) -> str | None:
    """The first field the change writes that a signature it saw has locked, or None."""
    if state is None or not state.adds:
        return None
    locked = {
        name
        for field in kind.fields.values()
        if field.locks
        and any(saw(change, signature) for signature in state.adds.get(field.name, ()))
        for name in field.locks
    }
    touched = [*change.set, *change.add, *change.remove] if locked else ()
    return next((name for name in touched if name in locked), None)
