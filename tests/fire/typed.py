"""What people typed, noted as they typed it, beside the phones: nothing of it may ever be lost."""

from __future__ import annotations

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

    @property
    def dot(self) -> Dot:
        return self.dots[-1]

    def is_on_phone(self, epoch: str) -> bool:
        """Not answered yet by the history that the server has: what it accepted counts only until
        the phone has followed it there."""
        phone = self.phone
        if phone.is_wiped:
            return False
        is_pending = any(
            (phone.device, change["n"]) in self.dots and parts_of(change) == self.parts
            for change in phone.outbox
        )
        has_followed = phone.epoch == epoch and phone.restored is None
        return is_pending or any(
            (entry.state == "waiting" or not has_followed) and parts_of(entry.change) == self.parts
            for entry in map(phone.journal.get, self.dots)
            if entry is not None
        )
