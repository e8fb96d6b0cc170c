"""Each mutant of mutants.py must be noticed. A copy of the engine with one mistake in it is loaded
under another name and put to the laws over a set of histories, to the cases of prose, and to the
vectors."""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pytest

import sync

from . import laws
from .histories import (
    LIVE_TEXTS,
    POOLS,
    TOY,
    and_since,
    concurrent_edits_of,
    deletions_of_three,
    pairs_of,
    play,
    random_script,
    restored,
)
from .mutants import MUTANTS
from .prose_cases import CASES
from .reference import Reference, canonical
from .test_diff import longest

pytestmark = pytest.mark.slow

ENGINE = Path(sync.__file__).parent
VECTORS = Path(__file__).parent.parent / "vectors"
LISTS = ("list_of_a_newer_version",)


@cache
def histories():
    """Logs in which every clause is reached; what they must show is worked out once."""
    found = [play(TOY, POOLS, concurrent_edits_of(name), LISTS) for name in POOLS]
    found += [play(TOY, POOLS, script, LISTS) for name in POOLS for script in pairs_of(name)]
    found += [*deletions_of_three(), *LIVE_TEXTS]
    source = random.Random(20)

    def play_some(count, pools, **how):
        for _ in range(count):
            found.append(play(TOY, pools, random_script(source, pools, **how), LISTS))

    play_some(60, POOLS)
    play_some(80, {"owner": [1, 2]}, deletes=3)
    play_some(60, {name: POOLS[name] for name in ("note", "languages", "signed")}, deletes=0)
    play_some(60, {"note": POOLS["note"]}, most=30, deletes=0)
    found += [
        and_since(
            restored(log, source.randint(1, len(log)), source.choices(range(4), k=8)),
            log,
            [[source.randrange(each) for each in (4, 61, 41)] for _ in range(source.randrange(4))],
        )
        for log in source.sample([log for log in found if len(log) > 3], 120)
    ]
    for name in POOLS:
        play_some(16, {name: POOLS[name]}, deletes=0)
    source.shuffle(found)
    return [(log, Reference(TOY, log).show(), Reference(TOY, log).set_aside()) for log in found]


@pytest.fixture
def mutated(request, tmp_path, monkeypatch):
    """The engine with one mistake."""
    _, file, text, mistake = request.param
    name = f"mutated_{MUTANTS.index(request.param)}"
    shutil.copytree(ENGINE, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / name / file
    before = source.read_text()
    assert before.count(text) == 1, "the text to replace must be there, and once"
    source.write_text(before.replace(text, mistake))
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module(name)
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[loaded]


@pytest.mark.parametrize("mutated", MUTANTS, ids=[each[0] for each in MUTANTS], indirect=True)
def test_mutant_is_noticed(mutated):
    histories()
    try:
        hold_the_cases(mutated)
        hold_the_laws(mutated)
    except (AssertionError, ArithmeticError, LookupError, TypeError, ValueError):
        return  # a mistake may also crash the engine
    pytest.fail("no law and no case noticed")


def test_the_engine_itself_is_found_right():
    hold_the_cases(sync)
    hold_the_laws(sync)


def hold_the_cases(engine):
    """The prose cases and the vectors, by the engine's own modules."""
    prose, diff, ordering, change = (
        importlib.import_module(f"{engine.__name__}.{module}")
        for module in ("prose", "diff", "ordering", "change")
    )
    for _, base, earlier, later, text, clash in CASES:
        assert prose.merge(base, earlier, later) == (text, clash)
        assert "".join(prose.sentences(base)) == base
    assert prose.sentences(" ") == [" "]
    for one, other in product(map("".join, product("ab", repeat=5)), repeat=2):
        assert len(diff.matches(one, other)) == longest(one, other)
    assert [engine.corrected_at(at, 5) for at in (4, 5, 6, 7)] == [6, 6, 6, 7]
    texts, digests, orders = (
        json.loads((VECTORS / f"{name}.json").read_text())
        for name in ("canonical", "digest", "ordering")
    )
    for case in texts:
        assert change.canonical(case["value"]).decode() == case["canonical"]
        assert change.canonical(change.nfc(case["value"])).decode() == case["entered"]
    for case in digests:
        assert change.digest(case["sent"]) == case["digest"]
    for case in orders:
        order = [
            {ordering.comparable(case["compare"], value) for value in group}
            for group in case["ascending"]
        ]
        assert all(len(group) == 1 for group in order)
        assert all(min(lower) < min(higher) for lower, higher in pairwise(order))


def hold_the_laws(engine):
    """First, for speed, what the histories must show; then every law over one after another."""
    for log, shown, aside in histories():
        state = engine.fold(TOY, log)
        record = engine.show(TOY, state)
        assert (record.fields, record.contested, record.overruled, record.deleted) == shown
        assert laws.aside(engine, TOY, state) == aside
    for log, _, _ in histories():
        for law in laws.ALL[1:]:
            law(engine, TOY, log)


def test_the_histories_reach_every_clause():
    """What the laws are worth is what their histories reach."""
    shown = [(log, *record[:4]) for log, record, _ in histories()]
    contested = {name for _, _, names, _, _ in shown for name in names}
    overruled = {name for _, _, _, names, _ in shown for name in names}
    assert {"dose", "status", "note", "deleted"} <= contested
    assert {"owner", "status", "safeguard", "due", "score", "end"} <= overruled
    assert "from_a_newer_version" in overruled
    assert any(deleted for *_, deleted in shown)
    told = {name for _, _, aside in histories() for _, _, name, _ in aside}
    assert {"languages", "phones", "deleted", "note", "owner", "dose"} <= told
    assert any(_is_out_of_order(log) for log, *_ in shown)
    assert any(change.delete is False for log, *_ in shown for change in log)
    values = {canonical(v) for log, *_ in shown for c in log for v in c.set.values()}
    assert {canonical(v) for v in POOLS["status"]} <= values


def _is_out_of_order(log):
    newest = {}
    for change in log:
        if change.n < newest.setdefault(change.device, change.n):
            return True
        newest[change.device] = change.n
    return False
