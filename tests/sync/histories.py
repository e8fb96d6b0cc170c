"""Histories that can truly happen: devices that edit, hold back, send, and pull, over one record.

A history is played from a short list of steps, so that Hypothesis shrinks to the steps that matter.
The pools of values are small on purpose: equal values, clashes and ties must be common.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from itertools import product

from hypothesis import strategies as st

from sync import Change, Field, Kind

from .reference import Reference

ALL_SEEN = 10**6
DATES = [None, "2026", "2026-01-01", "2026-05", "2026-05-02", "soon"]
INSTANTS = [None, "2026-11-21T10:00:00Z", "2026-11-21T05:00:00-05:00", "2026-11-21T10:00:00.5Z", 7]
TEXTS = [
    None,
    "",
    "Sleeps well. Eats little. Walks.",
    "Sleeps badly. Eats little. Walks.",
    "Sleeps well. Eats well. Walks.",
    "Sleeps well. Eats nothing. Walks.",
    "Sleeps well. Walks.",
    "Sleeps well. Eats little. Walks. Asks for a ride.",
    "Sleeps well. Eats little. Walks.\nThe daughter calls",
    "Has a cough. Sleeps well. Eats little. Walks.",
    "Sleeps well. Eats little. Has a cough. Walks.",
]
TOY = Kind(
    "toy",
    {
        each.name: each
        for each in [
            Field("identity", "once"),
            Field("owner", "last_writer"),
            Field("dose", "multi_value"),
            Field(
                "status",
                "furthest",
                order=("open", "held", "done", "dropped"),
                terminal=("done", "dropped"),
            ),
            Field("safeguard", "furthest", order=(False, True)),
            Field("due", "earliest", compare="date"),
            Field("score", "earliest"),
            Field("end", "latest", compare="datetime"),
            Field("languages", "add_wins"),
            Field("phones", "add_wins"),
            Field("addenda", "append"),
            Field("note", "three_way"),
            Field("signed", "append", locks=("note", "languages")),
        ]
    },
)
POOLS = {
    "identity": ["a", "a", "b", None],
    "owner": ["ann", "bob", None],
    "dose": ["5 mg", "10 mg", {"amount": 5, "unit": "mg"}, {"unit": "mg", "amount": 5.0}, None],
    "status": ["open", "held", "done", "dropped", "no longer a choice", "nor this", None],
    "safeguard": [False, True, None],
    "due": DATES,
    "score": [None, 1, 1.0, 2, 0.5],
    "end": INSTANTS,
    "languages": ["en", "es"],
    "phones": [{"use": "home", "value": "1"}, {"value": "1", "use": "home"}, "1", 1],
    "addenda": ["called", "called again"],
    "note": TEXTS,
    "signed": ["by ann", "by bob"],
    "from_a_newer_version": [1, 2],
    "list_of_a_newer_version": [1, 2],
}


@dataclass(frozen=True)
class Step:
    """One thing that one device does."""

    device: int
    act: str  # edit, send, send_last, pull
    what: str = ""  # a field's name, "delete" or "keep"
    pick: int = 0
    removes: bool = False
    stale: int = 0  # how many versions the form is behind what the device holds
    clock: int = 0  # by how much this device's clock is off
    also: str = ""  # a second field written by the same change
    lies: bool = False  # says it had seen all that the server has when it arrives


@dataclass
class Phone:
    name: str
    version: int = 0
    n: int = 0
    unsent: list[Change] = field(default_factory=list)


@st.composite
def steps(draw, pools=POOLS, devices=4, most=24, deletes=1):
    """Scripts to play, each about one to three fields, so that devices meet in them. `deletes` is
    how often a step deletes or keeps, beside one a field."""
    focus = draw(st.lists(st.sampled_from([*pools]), min_size=1, max_size=3))
    choices = _choices(focus, devices, deletes)
    step = st.builds(Step, **{name: st.sampled_from(each) for name, each in choices.items()})
    return draw(st.lists(step, min_size=most // 2, max_size=most))


def random_script(source, pools=POOLS, devices=4, most=24, deletes=1):
    """The same by a seeded source: for a fixed set of histories that nobody shrinks."""
    focus = source.sample([*pools], min(len(pools), source.randint(1, 3)))
    choices = _choices(focus, devices, deletes)
    return [
        Step(**{name: source.choice(each) for name, each in choices.items()})
        for _ in range(source.randint(most // 3, most))
    ]


def _choices(focus, devices, deletes):
    return CHOICES | {
        "device": range(devices),
        "what": [*focus, *["delete", "keep"] * deletes],
        "also": [""] * 3 + focus,
    }


CHOICES = {
    "act": ["edit"] * 7 + ["send"] * 4 + ["send_last", "pull", "pull"],
    "pick": list(range(12)),
    "removes": [False, True],
    "stale": [0] * 6 + [1, 2],
    "clock": [0, 0, -4, 4, -20, 40],
    "lies": [False] * 15 + [True],
}


def concurrent_edits_of(name):
    """Two devices write another value of this field while a third removes or deletes."""
    return [
        Step(0, "edit", name, 0),
        Step(0, "send"),
        Step(1, "pull"),
        Step(1, "edit", name, 1),
        Step(2, "edit", name, 2, clock=-5),
        Step(2, "edit", name, 0, removes=True),
        Step(0, "edit", "delete"),
        Step(1, "send"),
        Step(2, "send_last"),
        Step(2, "send"),
        Step(0, "send"),
        Step(1, "edit", name, 0),
    ]


def play(kind, pools, script, lists=()):
    """The log, in order of arrival, that these steps leave on the server.

    `lists` names the fields that hold elements beside those the kind says. What the server refuses
    (a locked field, another identity) is left out.
    """
    log: list[Change] = []
    phones: dict[int, Phone] = {}
    element_fields = {
        name for name, each in kind.fields.items() if each.rule in ("add_wins", "append")
    } | set(lists)

    def store(change):
        reference = Reference(kind, log)
        if log and reference.locked(change):
            return
        if log and any(
            kind.fields[name].rule == "once" and value != log[0].set.get(name)
            for name, value in change.set.items()
            if name in kind.fields
        ):
            return
        seq = (log[-1].seq if log else 0) + 1
        arrived = replace(change, seq=seq, seen=min(change.seen, seq))
        top = reference.greatest_at_seen_by(arrived)
        log.append(replace(arrived, at=arrived.at if top is None else max(arrived.at, top + 1)))

    creating = {name: pools[name][0] for name in pools if name not in element_fields}
    if script[0].lies or script[0].pick % 4 == 0:
        creating.pop("identity", None)
    store(Change("d0", 1, 0, 100, 0, "m0", set=creating or {"made": True}))
    phones[0] = Phone("d0", version=1, n=1)
    for moment, step in enumerate(script):
        phone = phones.setdefault(step.device, Phone(f"d{step.device}", version=1))
        if step.act == "pull":
            phone.version = log[-1].seq
        elif step.act in ("send", "send_last"):
            # A lower n that arrives after a higher one: what was lost is sent again later.
            sending = phone.unsent if step.act == "send" else phone.unsent[-1:]
            for change in sending:
                store(change)
            phone.unsent = [] if step.act == "send" else phone.unsent[:-1]
            if not phone.unsent:
                phone.version = log[-1].seq
        else:
            phone.n += 1
            bound = min(phone.version, *(change.seen for change in phone.unsent), ALL_SEEN)
            change = Change(
                phone.name,
                phone.n,
                0,
                100 + moment // 2 * 2 + step.clock,
                ALL_SEEN if step.lies else max(0, bound - step.stale),
                f"m{step.device}",
                **_edit(pools, element_fields, step),
            )
            phone.unsent.append(change)
    for phone in phones.values():
        for change in phone.unsent:
            store(change)
    return log


START = 2**32


def restored(log, kept, order, start=START):
    """The same log after a restore from a backup of its first `kept` changes: the devices bring
    the rest back, each its own as they had arrived, meeting in the order that `order` (a list)
    draws. (Brought back in another order than they arrived, their `at` would be corrected anew.)"""
    waiting = {}
    for change in log[kept:]:
        waiting.setdefault(change.device, []).append(change)
    for changes in waiting.values():
        changes.sort(key=lambda change: change.seq)
    back = []
    for pick in itertools.cycle(order or [0]):
        if not waiting:
            return [*log[:kept], *back]
        device = sorted(waiting)[pick % len(waiting)]
        change = waiting[device].pop(0)
        seqs = (*change.seqs, (change.seq, start))
        back.append(replace(change, seq=start + len(back), seqs=seqs))
        if not waiting[device]:
            del waiting[device]


def and_since(log, before, edits):
    """Changes made after the restore, by people who saw some of what was back by then, or what they
    had seen before it."""
    log = list(log)
    for device, seen, clock in edits:
        own = [change.n for change in log if change.device == f"d{device}"]
        views = [change.seq for change in [*before, *log]]
        made = replace(
            before[0],
            device=f"d{device}",
            member=f"m{device}",
            n=max(own, default=0) + 1,
            seq=max(2 * START, log[-1].seq + 1),
            seen=views[seen % len(views)],
            set={"owner": f"since {clock}", "note": TEXTS[clock % len(TEXTS)]},
        )
        top = Reference(TOY, log).greatest_at_seen_by(made)
        log.append(replace(made, at=100 + clock if top is None else max(100 + clock, top + 1)))
    return log


def _edit(pools, element_fields, step):
    if step.what in ("delete", "keep"):
        return {"delete": step.what == "delete"}
    edit = {}
    for name in {step.what, step.also or step.what}:
        value = pools[name][step.pick % len(pools[name])]
        if name not in element_fields:
            edit.setdefault("set", {})[name] = value
        elif step.removes:
            edit.setdefault("remove", {})[name] = [value]
        else:
            edit.setdefault("add", {})[name] = [value, value] if step.pick > 9 else [value]
    return edit


def pairs_of(name):
    """Every two values of a field, written by two devices at once, and by one after the other."""
    values = range(len(POOLS[name]))
    for one, other in product(values, values):
        for second in (1, 2):
            yield [
                Step(1, "edit", name, one),
                Step(1, "send"),
                *([Step(1, "pull")] if second == 1 else []),
                Step(second, "edit", name, other),
            ]


def deletions_of_three():
    """Every way in which three changes by three devices edit, delete or keep, having seen more or
    less of each other."""
    for edits in product([{"set": {"owner": 1}}, {"delete": True}, {"delete": False}], repeat=3):
        for seen in product([1], [1, 2], [1, 2, 3]):
            yield [
                Change("d0", 1, 1, 100, 0, "m0", set={"owner": 0, "identity": "a"}),
                *(
                    Change(f"d{n}", 1, n + 1, 100 + n, seen[n - 1], f"m{n}", **edit)
                    for n, edit in enumerate(edits, start=1)
                ),
            ]


def _many_live_texts(count):
    """One text, and so many written at once over it."""
    first = Change("d0", 1, 1, 100, 0, "m0", set={"note": TEXTS[2], "identity": "a"})
    return [
        first,
        *(
            Change(f"e{n}", 1, 2 + n, 200 - n, 1, f"m{n}", set={"note": f"{n}. {TEXTS[2]}"})
            for n in range(count)
        ),
    ]


# Steps of a few devices do not reach what needs nine.
LIVE_TEXTS = [_many_live_texts(count) for count in (2, 7, 8, 9, 10)]
