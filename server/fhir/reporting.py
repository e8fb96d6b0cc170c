"""What an import did: counted per kind, and whatever was not taken with its reason and place."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from server.fhir.element import Fault

SHOWN_FAULTS = 5
"""Of one broken file, so that a file of another sort altogether does not fill the screen."""


@dataclass(slots=True)
class Report:
    """Counts of records by kind, and of resources passed over by type and reason."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: dict[Path, tuple[Fault, ...]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Where it stood (file and place), and what the server said to it."""

    @property
    def is_whole(self) -> bool:
        return not self.broken and not self.refused

    def lines(self) -> Iterator[str]:
        kinds = sorted({*self.created, *self.changed, *self.unchanged})
        yield f"{'Record':<20}{'new':>9}{'changed':>9}{'as before':>11}"
        for kind in kinds:
            counts = (self.created[kind], self.changed[kind], self.unchanged[kind])
            yield f"{kind:<20}{counts[0]:>9,}{counts[1]:>9,}{counts[2]:>11,}"
        totals = [sum(each.values()) for each in (self.created, self.changed, self.unchanged)]
        yield f"{'together':<20}{totals[0]:>9,}{totals[1]:>9,}{totals[2]:>11,}"
        if self.passed_over:
            yield ""
            yield "Passed over:"
            for (type_, why), count in sorted(self.passed_over.items()):
                yield f"{count:>9,}  {type_} {why}"
        if self.broken:
            yield ""
            yield "Broken, and nothing of it taken:"
            for path, faults in self.broken.items():
                yield f"  {path}"
                for place, why in faults[:SHOWN_FAULTS]:
                    yield f"    {place or 'the whole file'}: {why}"
                if len(faults) > SHOWN_FAULTS:
                    yield f"    and {len(faults) - SHOWN_FAULTS} more"
        if self.refused:
            yield ""
            yield "Not accepted:"
            for place, why in self.refused:
                yield f"  {place}: {why}"
