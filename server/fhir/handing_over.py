"""Into whose hands an imported chart goes: the member named, else the supervisors' waitlist. A
chart that somebody holds, or that was handed on since, is left where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.fhir.source import Source

WAITLIST = "waitlist"


@dataclass(frozen=True, slots=True)
class Standing:
    """An assignment as it stands in the organisation."""

    record: str
    version: int
    status: str


def assign(
    patient: str, member: str | None, standing: Sequence[Standing], source: Source
) -> dict[str, Any] | None:
    """The change that puts a chart where it belongs; None where it already stands somewhere
    better."""
    wanted = {"status": "active", "member": member} if member else {"status": WAITLIST}
    change = {"kind": "assignment", "patient": patient, "set": wanted}
    if not standing:
        return change | {"record": source.id_of("assignment", patient), "seen": 0}
    if member and all(each.status == WAITLIST for each in standing):
        # What waits was seen waiting: whoever takes it meanwhile has the later word.
        return change | {"record": standing[0].record, "seen": standing[0].version}
    return None
