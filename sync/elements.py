"""Fields that hold many elements: `add_wins` and `append` (README.md, "The rules")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .causality import Write, tie, unseen
from .change import key
from .kinds import Json

Key = str | bytes


def survive(
    adds: Sequence[Write], removes: Sequence[Write]
) -> tuple[tuple[Write, ...], tuple[Write, ...]]:
    """`add_wins`: the adds that no remove of the same element saw, and the removes that no add or
    remove of the same element saw. Both in tie order."""
    added, removed = _by_element(adds), _by_element(removes)
    surviving: list[Write] = []
    for element, writes in added.items():
        surviving += unseen(writes, removed.get(element, ()))
    standing: list[Write] = []
    for element, writes in removed.items():
        standing += unseen(writes, [*writes, *added.get(element, ())])
    return tuple(sorted(surviving, key=tie)), tuple(sorted(standing, key=tie))


def members(adds: Sequence[Write]) -> list[Json]:
    """The elements of an `add_wins` field, in order of the earliest surviving add."""
    return once_each(add.value for add in adds)


def outlived(adds: Sequence[Write], removes: Sequence[Write]) -> list[Write]:
    """The standing removes of elements that are in all the same: a concurrent add outlived them."""
    present = {key(add.value) for add in adds} if removes else set()
    return [remove for remove in removes if key(remove.value) in present]


def once_each(elements: Iterable[Json]) -> list[Json]:
    """The elements, an equal one only once, where it first stands."""
    first: dict[Key, Json] = {}
    for element in elements:
        first.setdefault(key(element), element)
    return list(first.values())


def _by_element(writes: Iterable[Write]) -> dict[Key, list[Write]]:
    grouped: dict[Key, list[Write]] = {}
    for write in writes:
        grouped.setdefault(key(write.value), []).append(write)
    return grouped
