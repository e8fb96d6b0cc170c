"""Histories that can truly happen: devices that edit, hold back, send, and pull, over one record.

A history is played from a short list of steps, so that Hypothesis shrinks to the steps that matter.
The pools of values are small on purpose: equal values, clashes and ties must be common.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from sync import Change, Field, Kind

from .reference import Reference

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
    "identity": ["a", "a", "b"],
    "owner": ["ann", "bob", None],
    "dose": ["5 mg", "10 mg", {"amount": 5, "unit": "mg"}, {"unit": "mg", "amount": 5.0}, None],
    "status": ["open", "held", "done", "dropped", "no longer a choice", None],
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


@dataclass
class Phone:
    name: str
    version: int = 0
    n: int = 0
    unsent: list[Change] = field(default_factory=list)


@st.composite
def steps(draw, pools=POOLS, devices=4, most=28):
    names = (
        [*pools, *pools, "delete", "keep"] if len(pools) > 3 else [*pools] * 8 + ["delete", "keep"]
    )
    step = st.builds(
        Step,
        device=st.integers(0, devices - 1),
        act=st.sampled_from(["edit"] * 6 + ["send"] * 4 + ["send_last", "pull"]),
        what=st.sampled_from(names),
        pick=st.integers(0, 11),
        removes=st.booleans(),
        stale=st.sampled_from([0, 0, 0, 0, 1, 2]),
        clock=st.sampled_from([0, 0, -5, 5, 40]),
    )
    return draw(st.lists(step, min_size=2, max_size=most))


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
        arrived = replace(change, seq=(log[-1].seq if log else 0) + 1)
        top = reference.greatest_at_seen_by(arrived)
        log.append(replace(arrived, at=arrived.at if top is None else max(arrived.at, top + 1)))

    def first():
        creating = {name: pools[name][0] for name in pools if name not in element_fields}
        store(Change("d0", 1, 0, 100, 0, "m0", set=creating or {"made": True}))
        phones[0] = Phone("d0", version=1, n=1)

    first()
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
            bound = min([phone.version, *(change.seen for change in phone.unsent)])
            change = Change(
                phone.name,
                phone.n,
                0,
                100 + 2 * moment + step.clock,
                max(0, bound - step.stale),
                f"m{step.device}",
                **_edit(pools, element_fields, kind, step),
            )
            phone.unsent.append(change)
    for phone in phones.values():
        for change in phone.unsent:
            store(change)
    return log


def _edit(pools, element_fields, kind, step):
    if step.what in ("delete", "keep"):
        return {"delete": step.what == "delete"}
    pool = pools[step.what]
    value = pool[step.pick % len(pool)]
    if step.what not in element_fields:
        return {"set": {step.what: value}}
    known = kind.fields.get(step.what)
    if step.removes and not (known and known.rule == "append"):
        return {"remove": {step.what: [value]}}
    twice = [value, value] if step.pick > 9 else [value]
    return {"add": {step.what: twice}}
