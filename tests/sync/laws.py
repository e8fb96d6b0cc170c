"""The laws of the fold, each a function of an engine and a history, so that they can be put to the
engine itself (test_laws.py) and to each of its mutants (test_mutants.py)."""

from __future__ import annotations

import json
import random
from dataclasses import replace

from .reference import Reference, canonical


def is_the_definition(engine, kind, log):
    """The fold shows what the definitions say, and sets aside what they say."""
    state = engine.fold(kind, log)
    reference = Reference(kind, log)
    shown = engine.show(kind, state)
    assert (shown.fields, shown.contested, shown.overruled, shown.deleted) == reference.show()
    assert aside(engine, kind, state) == reference.set_aside()
    assert state.version == log[-1].seq


def order_of_arrival_does_not_matter(engine, kind, log):
    """Property 1, as far as the fold goes: the order in which a log is read changes nothing."""
    shuffled = random.Random(len(log)).sample(log, len(log))
    state = engine.fold(kind, log)
    assert engine.fold(kind, shuffled) == state
    assert engine.show(kind, engine.fold(kind, log[::-1])) == engine.show(kind, state)


def retry_is_free(engine, kind, log):
    """Property 2, the engine's share: a dot that comes twice counts once."""
    again = [replace(change) for change in log[: len(log) // 2 + 1]]
    state = engine.fold(kind, log)
    assert engine.fold(kind, [*log, *again]) == state
    for change in again:
        assert engine.needs_log(kind, state, replace(change, seq=state.version + 1))


def the_stored_fold_is_the_fold(engine, kind, log):
    """Property 6, at every step of the history and through JSON."""
    state = None
    for place, change in enumerate(log):
        if engine.needs_log(kind, state, change):
            state = engine.fold(kind, log[: place + 1])
        else:
            state = engine.fold_in(kind, state, change)
            assert state == engine.fold(kind, log[: place + 1])
        stored = json.loads(json.dumps(state.to_json()))
        state = engine.State.from_json(stored)
        assert state.to_json() == stored
    assert state == engine.fold(kind, log)


def the_state_knows_the_greatest_at(engine, kind, log):
    """The causal correction of `at` from the state equals the one from the log."""
    state = None
    for place, change in enumerate(log):
        before = log[:place]
        for early in (change.at, change.at - 30, 0):
            asked = replace(change, at=early)
            top = Reference(kind, before).greatest_at_seen_by(asked) if before else None
            wanted = early if top is None else max(early, top + 1)
            assert engine.corrected_by_log(asked, before).at == wanted
            if not engine.needs_log(kind, state, asked):
                assert engine.corrected(asked, state).at == wanted
        state = engine.fold(kind, log[: place + 1])


def nothing_typed_is_lost(engine, kind, log):
    """Property 4: a write that nobody who saw it replaced is shown, contested or overruled, and
    told to its author unless it is what the record shows."""
    state = engine.fold(kind, log)
    shown = engine.show(kind, state)
    told = aside(engine, kind, state)
    reference = Reference(kind, log)
    for name in reference.touched("set"):
        rule = reference.rule(name)
        for change in reference.live(reference.setters(name)):
            value = change.set[name]
            listed = shown.contested.get(name, []) + shown.overruled.get(name, [])
            stands = canonical(value) == canonical(shown.fields[name])
            if rule == "three_way" and not shown.contested.get(name):
                continue  # its edits stand in the merged text: see test_prose.py
            assert stands or change.seq in [each["seq"] for each in listed]
            if rule != "three_way":
                assert stands or (change.device, change.n, name, canonical(value)) in told


def a_wrong_clock_wins_nothing(engine, kind, log):
    """Property 5: however late a change says it was made, one that saw it and wrote the same field
    has put it away; and the later one has the greater `at`."""
    state = engine.fold(kind, log)
    reference = Reference(kind, log)
    listed = engine.show(kind, state)
    for change in log:
        for other in log:
            if other.seq < change.seq and reference.saw(change, other):
                assert change.at > other.at
            for name in set(change.set) & set(other.set):
                if reference.rule(name) != "once" and reference.saw(change, other):
                    entries = listed.contested.get(name, []) + listed.overruled.get(name, [])
                    assert other.seq not in [each["seq"] for each in entries]


def refuses_what_it_must(engine, kind, log):
    """Locks and identities are judged by what was seen, from the state as from the log."""
    for place, change in enumerate(log[1:], start=1):
        state = engine.fold(kind, log[:place])
        reference = Reference(kind, log[:place])
        for field in kind.fields.values():
            if field.rule == "once":
                made = canonical(log[0].set.get(field.name))
                for value in (None, "a", "another"):
                    asked = replace(change, set={"owner": 1, field.name: value})
                    wanted = field.name if canonical(value) != made else None
                    assert engine.once_violation(kind, state, asked) == wanted
        honest = Reference(kind, [*log[:place], change]).seen(change)
        locks = [name for field in kind.fields.values() for name in field.locks]
        for name in [*locks, "owner"] if locks else ():
            for edit in ({"set": {name: 1}}, {"add": {name: [1]}}, {"remove": {name: [1]}}):
                nothing = {"set": {}, "add": {}, "remove": {}, "seen": honest}
                asked = replace(change, **(nothing | edit))
                wanted = name if reference.locked(asked) else None
                assert engine.locked_field(kind, state, asked) == wanted


def a_restore_changes_nothing(engine, kind, log, restored):
    """Property 9, the engine's share: once all that a restore took away is back, the record shows
    what it showed, whatever numbers its changes have."""
    was = {change.seq: (change.device, change.n) for change in log}
    now = {change.seq: (change.device, change.n) for change in restored}
    before, after = (engine.fold(kind, each) for each in (log, restored))
    assert _by_dot(engine.show(kind, after), now) == _by_dot(engine.show(kind, before), was)
    assert aside(engine, kind, after) == aside(engine, kind, before)


def _by_dot(shown, dots):
    def named(lists):
        return {
            name: [{**entry, "seq": dots[entry["seq"]]} for entry in entries]
            for name, entries in lists.items()
        }

    return (shown.fields, named(shown.contested), named(shown.overruled), shown.deleted)


def aside(engine, kind, state):
    return {
        (each.device, each.n, each.field, canonical(each.value))
        for each in engine.set_aside(kind, state)
    }


ALL = [
    is_the_definition,
    order_of_arrival_does_not_matter,
    retry_is_free,
    the_stored_fold_is_the_fold,
    the_state_knows_the_greatest_at,
    nothing_typed_is_lost,
    a_wrong_clock_wins_nothing,
    refuses_what_it_must,
]
