"""The laws over every field of the catalogue, by derivation: a new field is under them at once."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

import sync
from server.catalogue import CATALOGUE

from . import laws
from .histories import TEXTS, concurrent_edits_of, play, steps

FIELDS = [(kind.name, name) for kind in CATALOGUE.kinds.values() for name in kind.engine.fields]
IDS = ["0193b0c4-0000-7000-8000-000000000001", "0193b0c4-0000-7000-8000-000000000002"]
BY_TYPE = {
    "string": ["home", "work", "caf\u00e9"],
    "text": TEXTS[1:],
    "integer": [1, 2],
    "number": [1, 2.5, 1.0],
    "boolean": [False, True],
    "date": ["2026-05-02", "2026-05-01", "2026-05-02"],
    "datetime": ["2026-11-21T10:00:00Z", "2026-11-21T05:00:00-05:00", "2026-11-21T10:00:00.5Z"],
    "zoned": [
        {"local": "2026-11-21T10:00", "zone": "America/New_York"},
        {"zone": "America/New_York", "local": "2026-11-21T10:00"},
        {"local": "2026-11-21T16:00", "zone": "Europe/Madrid"},
    ],
    "reference": IDS,
    "object": [
        {"system": "phone", "value": "1"},
        {"value": "1", "system": "phone"},
        {"value": "2"},
    ],
    "file": [{"sha256": "0" * 64, "size": 1}, {"sha256": "1" * 64, "size": 1}],
}


def pool(field):
    """Values of the field's type, few enough to be equal often; null where it may be."""
    values = list(field.choices) or BY_TYPE[field.type]
    if field.type == "choice":
        # An early choice, the last ones (among them the terminal), one of an older catalogue.
        values = [values[0], *values[-3:], *field.terminal, "no longer a choice"]
    if field.type == "date" and getattr(field.marshmallow, "partial", False):
        values = [*values, "2026", "2026-05", "2026-01-01"]
    single = field.rule not in ("add_wins", "append") and not field.required
    return [*values, None] if single and field.rule != "once" else values


@pytest.mark.parametrize(("kind_name", "name"), FIELDS, ids=[".".join(each) for each in FIELDS])
def test_laws_over_a_field_of_the_catalogue(kind_name, name):
    kind = CATALOGUE.kinds[kind_name]
    pools = {name: pool(kind.fields[name])}
    for signature in kind.engine.fields.values():
        if name in signature.locks:
            pools[signature.name] = pool(kind.fields[signature.name])

    @settings(max_examples=4)
    @given(steps(pools=pools, devices=3, most=12))
    @example(concurrent_edits_of(name))
    def hold(script):
        log = play(kind.engine, pools, script)
        for law in laws.ALL:
            law(sync, kind.engine, log)

    hold()


def test_every_type_of_the_catalogue_has_a_pool():
    types = {field.type for kind in CATALOGUE.kinds.values() for field in kind.fields.values()}
    assert types <= {*BY_TYPE, "choice"}


def test_every_rule_is_in_use():
    rules = {field.rule for kind in CATALOGUE.kinds.values() for field in kind.fields.values()}
    assert len(rules) == 9
