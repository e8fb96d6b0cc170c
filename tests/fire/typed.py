"""What people typed, noted as they typed it, beside the phones: nothing of it may ever be lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.fire.stored import Dot, parts_of
from tests.phone.journal import Change
from tests.phone.phone import Phone


@dataclass
class Typed:
    """One change, and under which dots it went: a phone that enrols anew numbers it again."""

    phone: Phone
    record: str
    parts: bytes
    dots: list[Dot]
    may_be_lost: bool = False
    """It was on no phone any more when the server lost it, or its only phone is gone."""

    @classmethod
    def on(cls, phone: Phone, change: Change) -> Typed:
        return cls(phone, change["record"], parts_of(change), [(phone.device, change["n"])])


def unanswered(phones: Iterable[Phone], epoch: str) -> set[tuple[Dot, str, bytes]]:
    """What phones have that the server's present history has not answered: what it accepted counts
    only until its phone has followed it there. Dot, record and parts of each."""
    found = []
    for phone in phones:
        has_followed = phone.epoch == epoch and phone.restored is None
        found += [((phone.device, change["n"]), change) for change in phone.outbox]
        found += [
            (dot, entry.change)
            for dot, entry in phone.journal.items()
            if entry.state == "waiting" or not has_followed
        ]
    return {(dot, change["record"], parts_of(change)) for dot, change in found}
