"""Changes written short: `change("a2", seq=5, seen=3, set={…})` is device a's second change."""

from __future__ import annotations

from sync import Change, Field, Kind


def change(dot, seq, seen=0, at=None, **edit):
    """Device and n from the dot, the member named like the device, `at` following seq."""
    return Change(
        dot[0], int(dot[1:]), seq, 1000 + seq if at is None else at, seen, dot[0].upper(), **edit
    )


def kind_of(*fields):
    return Kind("toy", {field.name: field for field in fields})


def toy(rule, **more):
    """A kind with one field, `f`, of this rule."""
    return kind_of(Field("f", rule, **more))


def values(entries):
    return [entry["value"] for entry in entries]
