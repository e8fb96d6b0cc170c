"""How fast the engine folds, in CPU time: the push's hot path, and prose at its worst."""

from __future__ import annotations

import json
from time import process_time

from sync import (
    Change,
    Field,
    Kind,
    State,
    corrected,
    digest,
    fold,
    fold_in,
    needs_log,
    set_aside,
    show,
)

LENGTH = 20_000
FORM = Kind("form", {f"field_{n}": Field(f"field_{n}", "multi_value") for n in range(8)})
NOTE = Kind("note", {"text": Field("text", "three_way")})
DEVICE = "0193b0c4-7a10-7000-8000-00000000000"
NOW = 1_763_740_800_000


def prose_logs() -> dict[str, list[Change]]:
    """A note of 20,000 characters changed by eight authors at once, in ways that cost most."""
    sentence = "The patient slept well and walked to the window. "
    usual = [sentence.replace("window", f"window {n}") for n in range(LENGTH // 52)]
    short = ["a. ", "b. ", "c. "] * (LENGTH // 9)
    return {
        "one sentence each": _changed("".join(usual), [_every(usual, 40, n) for n in range(8)]),
        "every sentence": _changed("".join(usual), [_every(usual, 1, n) for n in range(8)]),
        "repeated sentences": _changed(
            "".join(short), ["".join(short[n:] + short[:n][::-1])[:LENGTH] for n in range(8)]
        ),
        "repeated and reordered": _changed(
            "".join(short), ["".join(sorted(short, key=_ORDERS[n].index)) for n in range(8)]
        ),
        "every other one of the shortest": _changed(
            "".join(short), [_every(short, 2, n)[:LENGTH] for n in range(8)]
        ),
        "one without an end": _changed("x" * LENGTH, [str(n) * LENGTH for n in range(8)]),
        "stops only": _changed("." * LENGTH, [". " * (LENGTH // 2 - n) for n in range(8)]),
    }


# Eight ways to sort the three sentences that repeat.
_ORDERS = [
    [f"{letter}. " for letter in order]
    for order in ["abc", "acb", "bac", "bca", "cab", "cba", "bca", "acb"]
]


def _every(sentences: list[str], step: int, author: int) -> str:
    changed = list(sentences)
    for place in range(author % step if step > 1 else 0, len(changed), step):
        changed[place] = f"{author}{changed[place]}"
    return "".join(changed)


def _changed(base: str, texts: list[str]) -> list[Change]:
    first = Change(DEVICE + "9", 1, 1, NOW, 0, "m", set={"text": base})
    return [
        first,
        *(
            Change(DEVICE + str(n), 1, 2 + n, NOW + n, 1, "m", set={"text": text})
            for n, text in enumerate(texts)
        ),
    ]


def creating_change() -> Change:
    values = {name: f"a value of some length for {name}" for name in FORM.fields}
    return Change(DEVICE + "0", 7, 300, NOW, 0, "member", set=values)


def create(change: Change) -> dict[str, object]:
    """What a push does for a change that creates a record, storage aside."""
    state = fold_in(FORM, None, change)
    show(FORM, state)
    return state.to_json()


def set_in(stored: dict[str, object], change: Change) -> dict[str, object]:
    """What a push does for a change that saw everything."""
    state = State.from_json(stored)
    assert not needs_log(FORM, state, change)
    state = fold_in(FORM, state, corrected(change, state))
    show(FORM, state)
    set_aside(FORM, state)
    return state.to_json()


def rate(function, *arguments, seconds=0.5) -> float:
    """Calls a second of CPU time, in the best of three runs."""
    best = 0.0
    for _ in range(3):
        calls, start = 0, process_time()
        while process_time() - start < seconds / 3:
            for _ in range(100):
                function(*arguments)
            calls += 100
        best = max(best, calls / (process_time() - start))
    return best


def main() -> None:
    """Prints the figures."""
    creating = creating_change()
    stored = create(creating)
    setting = Change(DEVICE + "1", 3, 301, NOW + 5, 300, "other", set={"field_3": "another"})
    sent = {"n": 7, "at": NOW, "seen": 0, "record": DEVICE + "8", "kind": "form"}
    sent |= {"patient": DEVICE + "7", "set": dict(creating.set)}
    print(f"  creates of 8 fields    {rate(create, creating):10,.0f} a second")
    print(f"  sets that saw all      {rate(set_in, stored, setting):10,.0f} a second")
    print(f"  digests                {rate(digest, sent):10,.0f} a second")
    print(f"  state of 8 fields      {len(json.dumps(stored, separators=(',', ':'))):10,} bytes")
    print(f"  prose of {LENGTH:,} characters changed by 8 authors")
    for name, log in prose_logs().items():
        start = process_time()
        fold(NOTE, log)
        print(f"    {name:32}{process_time() - start:7.3f} s")


if __name__ == "__main__":
    main()
