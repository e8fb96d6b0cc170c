"""What the catalogue may become, while phones hold changes made by an earlier one and databases
hold records folded by it (sync/README.md, "When a rule changes").

`catalogue.json` beside this file is the catalogue as it was last looked at. After a change that is
allowed, `python -m tests.server.catalogue.test_evolution` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from server.catalogue import CATALOGUE, Catalogue, CatalogueKind
from server.catalogue.declare import CARE
from tests.server.changed_catalogue import (
    another_kind,
    catalogue_with,
    under,
    with_field,
    without_field,
)

SNAPSHOT = Path(__file__).parent / "catalogue.json"
MERGING = {"last_writer", "multi_value", "furthest", "earliest", "latest", "three_way"}
"""The rules among which a field may change: all of them keep the live writes."""


def snapshot(catalogue: Catalogue) -> dict[str, Any]:
    return {
        kind.name: {
            "scope": kind.scope,
            "single": kind.is_single,
            "read": sorted(kind.read),
            "fields": {name: _said(kind, name) for name in sorted(kind.fields)},
        }
        for kind in sorted(catalogue.kinds.values(), key=lambda kind: kind.name)
    }


def _said(kind: CatalogueKind, name: str) -> dict[str, Any]:
    field = kind.fields[name]
    said: dict[str, Any] = {"type": field.type, "rule": field.rule, "required": field.required}
    return said if field.read is None else said | {"read": sorted(field.read)}


def faults(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What may not become of a catalogue, a sentence each."""
    for name, kind in before.items():
        if name not in after:
            # Undeclared, a record goes to everybody who holds its chart, and else stays here.
            if kind["scope"] == "chart" and kind["read"] != sorted(CARE):
                yield f"{name}: with it goes the word of who may read it; keep it declared"
            yield from (
                f"{name}.{field}: with its kind goes the word of who may read it"
                for field, said in kind["fields"].items()
                if "read" in said
            )
            continue
        now = after[name]
        if (kind["scope"], kind["single"]) != (now["scope"], now["single"]):
            yield f"{name}: whether it is of a chart, the library or the office never changes"
        yield from _faults_of_fields(name, kind["fields"], now["fields"])


def _faults_of_fields(
    kind: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[str]:
    for name, said in before.items():
        if name not in after:
            if "read" in said:
                yield f"{kind}.{name}: with it goes the word of who may read it; keep it declared"
            continue
        now = after[name]
        if said["type"] != now["type"]:
            yield f"{kind}.{name}: stored values are of the type {said['type']}; add a new field"
        if said["rule"] != now["rule"] and not {said["rule"], now["rule"]} <= MERGING:
            yield f"{kind}.{name}: {said['rule']} cannot become {now['rule']}; add a new field"
        if now["required"] and not said["required"]:
            yield f"{kind}.{name}: phones hold new records without it; it cannot become required"
    for name in after.keys() - before.keys():
        if after[name]["required"]:
            yield f"{kind}.{name}: phones hold new records without it; it cannot be required"


def test_the_catalogue_has_become_nothing_that_it_may_not() -> None:
    assert list(faults(json.loads(SNAPSHOT.read_text("utf-8")), snapshot(CATALOGUE))) == []


def test_the_snapshot_is_of_this_catalogue() -> None:
    assert json.loads(SNAPSHOT.read_text("utf-8")) == snapshot(CATALOGUE), (
        "Once the test above passes: python -m tests.server.catalogue.test_evolution"
    )


@pytest.mark.parametrize(
    "changed",
    [
        under("medication", dose="last_writer", instructions="three_way"),
        under("task", priority="latest", description="multi_value"),
        with_field("medication", "brand", "multi_value"),
        without_field("medication", "dose"),
        another_kind("housing", "need"),
        {"goal": None},
    ],
)
def test_it_may_become(changed: Mapping[str, Any]) -> None:
    before = snapshot(CATALOGUE)
    with catalogue_with(changed):
        assert snapshot(CATALOGUE) != before
        assert list(faults(before, snapshot(CATALOGUE))) == []


@pytest.mark.parametrize(
    "changed",
    [
        under("medication", dose="once"),
        under("medication", source="last_writer"),
        under("patient", languages="last_writer"),
        under("medication", note="add_wins"),
        under("medication", dose="add_wins"),
        without_field("cover", "reason"),
        {"cover": None},
        with_field("medication", "brand", required=True),
    ],
)
def test_it_may_not_become(changed: Mapping[str, Any]) -> None:
    before = snapshot(CATALOGUE)
    with catalogue_with(changed):
        assert len(list(faults(before, snapshot(CATALOGUE)))) == 1


def test_neither_type_nor_scope_ever_changes() -> None:
    before = snapshot(CATALOGUE)
    for part, value in (("type", "integer"), ("required", True)):
        after = json.loads(json.dumps(before))
        after["medication"]["fields"]["dose"][part] = value
        assert len(list(faults(before, after))) == 1
    after = json.loads(json.dumps(before))
    after["cover"]["scope"] = "office"
    assert len(list(faults(before, after))) == 1


def test_the_hash_of_the_rules_follows_what_decides_a_fold_and_nothing_else() -> None:
    before = CATALOGUE.rules_hash()
    for changed in (under("task", priority="last_writer"), with_field("task", "colour")):
        with catalogue_with(changed):
            assert CATALOGUE.rules_hash() != before
    order = dict(reversed(CATALOGUE.kinds.items()))
    assert Catalogue(order, "another version").rules_hash() == before


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps(snapshot(CATALOGUE), indent=1) + "\n", "utf-8")
