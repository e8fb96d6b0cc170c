"""What a source says about one of our records: the last thing a mapping gives, and the first that
is compared with what the source said before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Said:
    """One record as a source describes it. `fields` are set, `lists` hold the elements of add_wins
    and append fields. None, or an empty list, says that the source names nothing there; a field in
    neither mapping is none that this resource speaks of."""

    record: str
    kind: str
    patient: str
    fields: Mapping[str, Json]
    lists: Mapping[str, list[Json]] = field(default_factory=dict)


def distinct(values: list[Json]) -> list[Json]:
    """The values, each once, in the order of their first appearance."""
    kept: list[Json] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
