"""The fold written straight from the definitions of sync/README.md: brute force over the whole log.

No state, no speed, nothing shared with the engine but `merge` of three texts, which has laws of its
own (test_prose.py). Where the two differ, one of them has misread the protocol.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache

import rfc8785

from sync.prose import merge


def canonical(value):
    return rfc8785.dumps(value)


def number(change, seen):
    """What the change was called in the epoch in which this version was on a screen."""
    names = [had for had, gone in change.seqs if gone > seen]
    return names[0] if names else change.seq


class Reference:
    """One record: what it shows, from its log alone."""

    def __init__(self, kind, log):
        self.kind = kind
        self.log = sorted({(c.device, c.n): c for c in log}.values(), key=lambda c: c.seq)

    # What saw what

    def seen(self, c):
        """Nothing has seen itself, nor what its own device did after it."""
        later = [d for d in [c, *self.log] if d.device == c.device and d.n >= c.n]
        seen = c.seen
        while any(number(d, seen) <= seen for d in later):
            seen = min(number(d, seen) for d in later) - 1
        return seen

    def saw(self, c, d):
        seen = self.seen(c)
        return number(d, seen) <= seen or (d.device == c.device and d.n < c.n)

    def concurrent(self, c, d):
        return not self.saw(c, d) and not self.saw(d, c)

    def live(self, setters):
        found = [d for d in setters if not any(self.saw(c, d) for c in setters)]
        return sorted(found, key=tie)

    # Fields that are set

    def rule(self, name):
        field = self.kind.fields.get(name)
        return field.rule if field else "last_writer"

    def setters(self, name):
        found = [c for c in self.log if name in c.set]
        if self.rule(name) == "once":
            found = [c for c in found if c is self.log[0]]
        return found

    def standing(self, name):
        """(value, contested, live writes) of a field that is set."""
        live = self.live(self.setters(name))
        values = [c.set[name] for c in live]
        field = self.kind.fields.get(name)
        match self.rule(name):
            case "once" | "last_writer":
                return values[-1], False, live
            case "multi_value":
                return values[-1], len({canonical(v) for v in values}) > 1, live
            case "furthest":
                choices = [canonical(v) for v in field.order]

                def along(v):
                    if v is None:
                        return -2
                    return choices.index(canonical(v)) if canonical(v) in choices else -1

                best = max(map(along, values))
                ends = {canonical(v) for v in values} & {canonical(v) for v in field.terminal}
                return [v for v in values if along(v) == best][-1], len(ends) > 1, live
            case "earliest":
                return pick(field, values, min), False, live
            case "latest":
                return pick(field, values, max), False, live
            case "three_way":
                if len(live) == 1:
                    return values[0], False, live
                if len(live) > 8:
                    return values[-1], True, live
                text, clash = self.prose(name)
                if not text and all(v is None for v in values):
                    text = None
                return text, clash, live

    def prose(self, name):
        def text_of(c):
            return c.set[name] or ""

        @cache
        def fold(chosen):
            live = self.live([c for c in self.setters(name) if c.seq in chosen])
            if not live:
                return "", False
            if len(live) > 8:
                return text_of(live[-1]), True

            def all_seen_by(c):
                return frozenset(
                    d.seq for d in self.setters(name) if d.seq in chosen and self.saw(c, d)
                )

            text, clash = text_of(live[0]), False
            known = all_seen_by(live[0]) | {live[0].seq}
            for c in live[1:]:
                view = all_seen_by(c)
                base, _ = fold(known & view)
                text, clashed = merge(base, text, text_of(c))
                clash = clash or clashed
                known = known | view | {c.seq}
            return text, clash

        return fold(frozenset(c.seq for c in self.setters(name)))

    # Fields of elements

    def surviving_adds(self, name):
        """(element, change) for every add that no remove of the same element saw."""
        return [
            (element, c)
            for c in sorted(self.log, key=tie)
            for element in c.add.get(name, ())
            if not any(
                self.saw(r, c)
                for r in self.log
                if canonical(element) in map(canonical, r.remove.get(name, ()))
            )
        ]

    def elements(self, name):
        if self.rule(name) == "append":
            return [e for c in sorted(self.log, key=tie) for e in c.add.get(name, ())]
        found = {}
        for element, _ in self.surviving_adds(name):
            found.setdefault(canonical(element), element)
        return list(found.values())

    def outlived_removes(self, name):
        if self.rule(name) == "append":
            return []
        present = set(map(canonical, self.elements(name)))
        found = []
        for r in self.log:
            for element in r.remove.get(name, ()):
                wanted = canonical(element)
                touching = [
                    c
                    for c in self.log
                    if wanted in map(canonical, [*c.add.get(name, ()), *c.remove.get(name, ())])
                ]
                if wanted in present and not any(self.saw(c, r) for c in touching):
                    found.append((r, element))
        return found

    # Deletion

    def deletions(self):
        return [c for c in self.log if c.delete is True]

    def keeps(self):
        return [c for c in self.log if c.delete is False]

    def standing_deletions(self):
        return [d for d in self.deletions() if not any(self.saw(k, d) for k in self.keeps())]

    def unseen_edits(self):
        """Edits that no deletion saw, and keeps likewise."""
        return [
            e
            for e in self.log
            if e.delete is not True and not any(self.saw(d, e) for d in self.deletions())
        ]

    def deleted(self):
        return bool(self.standing_deletions()) and not self.unseen_edits()

    def deletion_contest(self):
        pairs = [
            (d, e)
            for d in self.standing_deletions()
            for e in self.unseen_edits()
            if self.concurrent(d, e)
        ]
        return sorted({c.seq: c for pair in pairs for c in pair}.values(), key=tie)

    # The record

    def touched(self, member):
        return list(dict.fromkeys(name for c in self.log for name in getattr(c, member)))

    def show(self):
        fields, contested, overruled = {}, {}, {}
        for name in self.touched("set"):
            if not self.setters(name):
                continue
            value, is_contested, live = self.standing(name)
            fields[name] = value
            listed = [(c, c.set[name]) for c in live]
            if is_contested:
                contested[name] = self.listed(listed)
            elif self.rule(name) != "three_way":
                lost = [(c, v) for c, v in listed if canonical(v) != canonical(value)]
                if lost:
                    overruled[name] = self.listed(lost)
        for name in dict.fromkeys([*self.touched("add"), *self.touched("remove")]):
            fields[name] = self.elements(name)
        contest = self.deletion_contest()
        if contest:
            contested["deleted"] = self.listed([(c, c.delete is True) for c in contest])
        return fields, contested, overruled, self.deleted()

    def listed(self, pairs):
        return [
            {"value": v, "member": c.member, "at": c.at, "seq": c.seq, "seen": self.seen(c)}
            for c, v in reversed(pairs)
        ]

    def set_aside(self):
        """{(device, n, field, canonical value)} of what the record stands without."""
        found = set()
        for name in self.touched("set"):
            if not self.setters(name):
                continue
            value, _, live = self.standing(name)
            if self.rule(name) == "three_way" and len(live) <= 8:
                continue
            found |= {
                (c.device, c.n, name, canonical(c.set[name]))
                for c in live
                if canonical(c.set[name]) != canonical(value)
            }
        for name in self.touched("remove"):
            found |= {(r.device, r.n, name, canonical(e)) for r, e in self.outlived_removes(name)}
        found |= {
            (c.device, c.n, "deleted", b"true") for c in self.deletion_contest() if c.delete is True
        }
        return found | self.uncovered()

    def uncovered(self):
        """Live writes of locked fields that no signature covers, where there is a signature."""
        found = set()
        for field in self.kind.fields.values():
            signing = [c for c in self.log if field.locks and c.add.get(field.name)]
            for name in field.locks if signing else ():
                standing = [(c, c.set[name]) for c in self.live(self.setters(name))]
                standing += [(c, e) for e, c in self.surviving_adds(name)]
                found |= {
                    (c.device, c.n, name, canonical(v))
                    for c, v in standing
                    if not any(s is c or self.saw(s, c) for s in signing)
                }
        return found

    def locked(self, change):
        """Whether the record refuses this change: it saw a signature over what it writes."""
        known = Reference(self.kind, [*self.log, change])
        for field in self.kind.fields.values():
            signing = [c for c in self.log if field.locks and c.add.get(field.name)]
            if any(known.saw(change, s) for s in signing) and (
                {*change.set, *change.add, *change.remove} & set(field.locks)
            ):
                return True
        return False

    def greatest_at_seen_by(self, change):
        known = Reference(self.kind, [*self.log, change])
        return max((d.at for d in self.log if known.saw(change, d)), default=None)


def tie(c):
    return c.at, c.device, c.n


def pick(field, values, choose):
    values = [v for v in values if v is not None]
    ordered = [v for v in values if order_of(field.compare, v) is not None]
    if not ordered:
        return values[-1] if values else None
    best = choose(order_of(field.compare, v) for v in ordered)
    return [v for v in ordered if order_of(field.compare, v) == best][-1]


def order_of(compare, value):
    """The first day of a date, the instant of a datetime, anything else as it is."""
    if compare == "date":
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
            return None
        return tuple(map(int, (value + "-01-01")[:10].split("-")))
    if compare == "datetime":
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return None
        return instant if instant.tzinfo else None
    return value if isinstance(value, int | float | str) else None


def is_nfc(text):
    return unicodedata.is_normalized("NFC", text)
