"""How far a device has got: the place of the last record sent, bound to the epoch of its count.

To the device it is opaque text. END, which is no id, stands where a pull was complete.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from server.problems import Problem

END = "~"
_FORM = re.compile(r"([0-9a-f]{8})\.([0-9]{1,16})\.(~|[0-9a-f-]{0,36})").fullmatch


class Cursor(NamedTuple):
    position: int
    id: str

    def to_text(self, epoch: str) -> str:
        return f"{_tag(epoch)}.{self.position}.{self.id}"


START = Cursor(0, "")


def read_cursor(text: str, epoch: str) -> Cursor:
    """The cursor that a device sent. Raises Problem 400 for one that this epoch never gave."""
    found = _FORM(text)
    if found is None or found[1] != _tag(epoch):
        raise Problem(400, "malformed")
    return Cursor(int(found[2]), found[3])


def _tag(epoch: str) -> str:
    return epoch.replace("-", "")[-8:]
