"""A phone becomes a device anew (pwa/src/sync/enrol.ts): the one that it was, where the server does
not know it any more, or another, where it is a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.phone.journal import Entry
from tests.phone.phone import Phone

NAME = {"name": "Pixel 8"}


def take_up_again(phone: Phone) -> bool:
    """The server does not know this device: its id is taken up again, with a new secret."""
    answer = phone.session.post("/api/devices", NAME | {"device": phone.device})
    if answer.status_code == 409:
        return enrol_anew(phone)
    if answer.status_code != 201:
        return False
    phone.secret = answer.json["secret"]
    phone.commit()
    return True


def enrol_anew(phone: Phone, offered: Sequence[Entry] = ()) -> bool:
    """This phone is a copy, or its id is taken: what is left of the outbox is offered under a new
    id, numbered from 1, after those that a restored server was asked to take back."""
    answer = phone.session.post("/api/devices", NAME)
    if answer.status_code != 201:
        return False
    before = phone.device
    phone.device, phone.secret = answer.json["device"], answer.json["secret"]
    first = renumber(phone, offered, phone.device)
    made, unshown = phone.made, phone.unshown
    outbox = list(enumerate(phone.outbox, start=first))
    phone.renumbered |= {(before, old["n"]): (phone.device, n) for n, old in outbox}
    phone.made = {n: made.get(change["n"]) for n, change in outbox}
    phone.unshown = {n for n, change in outbox if change["n"] in unshown}
    phone.outbox = [change | {"n": n} for n, change in outbox]
    phone.n, phone.sent = first + len(outbox) - 1, 0
    phone.commit()
    return True


def renumber(phone: Phone, entries: Sequence[Entry], device: str) -> int:
    """Give entries the numbers from 1 of another device, in their order; the number after."""
    in_order = sorted(entries, key=lambda entry: int(entry.change["n"]))
    for n, entry in enumerate(in_order, start=1):
        del phone.journal[entry.dot]
        phone.renumbered[entry.dot] = (device, n)
        moved = replace(entry, device=device, change=entry.change | {"n": n})
        phone.journal[moved.dot] = moved
    return len(in_order) + 1
