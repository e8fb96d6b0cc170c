"""One change on its own: its digest."""

from __future__ import annotations

from server.sync.offer import Author
from server.sync.validate import validate
from sync import digest
from tests.server.office import new_id

CHANGE = {
    "n": 7,
    "at": 1_763_740_790_001,
    "seen": 0,
    "record": new_id(),
    "kind": "medication",
    "patient": new_id(),
    "set": {"name": "Lisinopril é \u2028", "dose": 'five "mg"\n\t\x01'},
    "add": {},
    "delete": None,
}


def test_the_digest_is_the_engines() -> None:
    author = Author("o", "m", "coordinator", "d")
    assert validate(author, CHANGE, "en").digest == digest(CHANGE)
    scrambled = dict(reversed(CHANGE.items()))
    assert validate(author, scrambled, "en").digest == digest(CHANGE)
    other = CHANGE | {"set": {"name": "Lisinopril"}}
    assert validate(author, other, "en").digest != digest(CHANGE)
