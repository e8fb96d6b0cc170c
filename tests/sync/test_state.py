from __future__ import annotations

import json

from sync import State, fold

from .changes import change, toy

KIND = toy("last_writer")


def test_a_change_is_kept_once_however_many_fields_it_wrote():
    state = fold(KIND, [change("a1", 7, seen=3, at=9, set={"f": "x", "g": "y"})])
    assert state.to_json() == {
        "version": 7,
        "devices": [["a", "A", 1, 7, 9]],
        "changes": [[7, 0, 1, 9, 3]],
        "writes": {"f": [0, "x"], "g": [0, "y"]},
    }


def test_a_state_comes_back_from_json_as_it_was():
    log = [
        change("a1", 1, set={"f": "x", "gone": 1}, add={"list": ["p", "q"]}),
        change("b1", 2, seen=1, set={"f": "y"}, remove={"list": ["p"]}),
        change("c1", 3, seen=1, set={"f": "z"}),
        change("d1", 4, seen=1, delete=True),
    ]
    state = fold(KIND, log)
    assert state.deletion.rivals
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_the_state_does_not_grow_with_the_log():
    """A record edited for years by those who saw what they edited is as large as at first."""

    def size(edits):
        log = [
            change(f"{'ab'[n % 2]}{n // 2 + 1}", n + 1, seen=n, set={"f": "x"})
            for n in range(edits)
        ]
        return len(json.dumps(fold(KIND, log).to_json()))

    assert size(400) - size(2) < 20
