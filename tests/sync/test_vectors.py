"""The vectors that the phone's tests run too (tests/vectors/README.md)."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from sync import Change, Field, Kind, canonical, digest, fold_in, nfc, show
from sync.ordering import comparable

VECTORS = Path(__file__).parent.parent / "vectors"


def cases(name):
    found = json.loads((VECTORS / f"{name}.json").read_text())
    assert found
    return pytest.mark.parametrize("case", found, ids=[case["name"] for case in found])


@cases("canonical")
def test_canonical(case):
    assert canonical(case["value"]).decode() == case["canonical"]
    assert canonical(nfc(case["value"])).decode() == case["entered"]


@cases("digest")
def test_digest(case):
    assert digest(case["sent"]) == case["digest"]


@cases("ordering")
def test_ordering(case):
    groups = [[comparable(case["compare"], value) for value in each] for each in case["ascending"]]
    assert all(len(set(group)) == 1 for group in groups)
    assert all(lower[0] < higher[0] for lower, higher in pairwise(groups))
    assert [comparable(case["compare"], value) for value in case["without"]] == [None] * len(
        case["without"]
    )


@cases("overlay")
def test_what_a_phone_lays_over_is_what_the_server_makes_of_it(case):
    """Where nobody else edits, the phone shows at once what the answer will bring."""
    kind = Kind("toy", {name: Field(name, rule) for name, rule in case["kind"]["fields"].items()})
    state = None
    seq = 0
    record = case["record"]
    if record is not None:
        elements = {name: value for name, value in record["fields"].items() if _is_list(kind, name)}
        single = {name: value for name, value in record["fields"].items() if name not in elements}
        seq = 1
        state = fold_in(kind, None, Change("s", 1, 1, 1, 0, "s", set=single, add=elements))
        if record["deleted"]:
            seq = 2
            state = fold_in(kind, state, Change("s", 2, 2, 2, 1, "s", delete=True))
    seen = seq
    for n, sent in enumerate(case["changes"], start=1):
        seq += 1
        state = fold_in(kind, state, Change("p", n, seq, 10 + seq, seen, "p", **nfc(sent)))
    shown = show(kind, state)
    assert {"fields": shown.fields, "deleted": shown.deleted} == case["shown"]


def _is_list(kind, name):
    return name in kind.fields and kind.fields[name].rule in ("add_wins", "append")
