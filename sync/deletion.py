"""Whether a record is deleted, and what deletions and edits contest it (README.md, "Deletion")."""

from __future__ import annotations

from collections.abc import Sequence

from .causality import Write, saw, tie, unseen, write_of
from .change import Change
from .state import EDITED, Deletion


def weigh(deletions: Sequence[Write], keeps: Sequence[Write], edits: Sequence[Write]) -> Deletion:
    """The deletion of a record from all its deletions, keeps and edits."""
    return _weighed(unseen(deletions, keeps), unseen([*edits, *keeps], deletions), edited=False)


def weigh_in(old: Deletion, change: Change, has_seen_all: bool) -> Deletion:
    """The deletion of a record after one more change.

    `has_seen_all` says that the change saw every other of the record. A deletion that did not is
    only for the log where `old.edited`: which of those edits it saw is not kept.
    """
    if change.delete:
        rivals = () if has_seen_all else [each for each in old.rivals if not saw(change, each)]
        return _weighed(
            [*old.deletions, write_of(change, True)],
            rivals,
            edited=old.edited and not has_seen_all,
        )
    if not old.deletions:
        return EDITED
    keeps = [change] if change.delete is False else []
    return _weighed(
        unseen(old.deletions, keeps), [*old.rivals, write_of(change, False)], old.edited
    )


def is_deleted(deletion: Deletion) -> bool:
    """Deleted while a deletion that no keep saw stands, and some deletion saw every edit."""
    return bool(deletion.deletions) and not deletion.rivals and not deletion.edited


def contestants(deletion: Deletion) -> list[Write]:
    """The deletions and the edits that contest each other, in tie order; none when uncontested."""
    rivals = deletion.rivals
    return sorted([*outlived(deletion), *rivals], key=tie)


def outlived(deletion: Deletion) -> list[Write]:
    """The deletions of which a concurrent edit or keep keeps the record alive."""
    return [
        one for one in deletion.deletions if any(not saw(rival, one) for rival in deletion.rivals)
    ]


def _weighed(standing: Sequence[Write], waking: Sequence[Write], edited: bool) -> Deletion:
    """An edit that knows of every standing deletion is no rival of them: it has restored the
    record, and needs no name in the contest."""
    rivals = [each for each in waking if any(not saw(each, one) for one in standing)]
    edited = edited or len(rivals) < len(waking)
    if not standing and edited:
        return EDITED
    return Deletion(tuple(sorted(standing, key=tie)), tuple(sorted(rivals, key=tie)), edited)
