"""Keeps what is not taken: nothing typed is thrown away (sync/README.md, One round trip)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import Connection, select, update

from server.body import as_sent
from server.devices import add as add_device
from server.sync.envelope import is_uuid, is_whole
from server.sync.offer import Author, Offer, Refusal
from server.sync.stored import known_dots, save_refusals
from server.tables import device

WAITING = "waiting"
"""Refused for its phone's sake, not for its own: a supervisor reviews it (server/reviewing.py)."""
ACCEPTED, DISMISSED = "accepted", "dismissed"
"""What became of it: taken in, or left out."""


def refusal_row(
    author: Author,
    offer: Offer,
    refusal: Refusal,
    now: int,
    skew: int = 0,
    outcome: str | None = None,
) -> Mapping[str, Any]:
    """A refused change as it is kept: whole, as sent, with its answer. Its `at` is kept besides as
    it would have been stored, since the skew of its request is known only once."""
    record, patient = offer.sent.get("record"), offer.sent.get("patient")
    at = offer.sent.get("at")
    freed = max(0, min(at - skew, now)) if at is not None and is_whole(at) else None
    if offer.seqs:
        freed = min(offer.at, now)
    return {
        "organisation": author.organisation,
        "device": author.device,
        "n": offer.n,
        "record": record if is_uuid(record) else None,
        "patient": patient if is_uuid(patient) else None,
        "member": author.member,
        "body": as_sent(offer.sent),
        "digest": offer.digest,
        "answer": orjson.dumps(refusal.to_wire()).decode(),
        "at": freed,
        "refused_at": now,
        "outcome": outcome,
    }


def refuse_all(
    connection: Connection,
    author: Author,
    offers: Sequence[Offer],
    refusal: Refusal,
    now: int,
    skew: int,
) -> None:
    """Keep what a revoked phone sends that is not stored yet, under one refusal, for review. From
    the first number on that stands for another change here, it is a copy of the phone that sends:
    it cannot enrol anew any more, and is kept as the device that it would have become."""
    if not offers:
        return
    stored = known_dots(connection, author.organisation, author.device, offers[0].n, offers[-1].n)
    for place, offer in enumerate(offers):
        if offer.n in stored and stored[offer.n][0] != offer.digest:
            copy = _device_of_copy(connection, author, offer, now)
            refuse_all(connection, copy, offers[place:], refusal, now, skew)
            offers = offers[:place]
            break
    save_refusals(
        connection,
        [
            refusal_row(author, offer, refusal, now, skew, WAITING)
            for offer in offers
            if offer.n not in stored
        ],
    )


def _device_of_copy(connection: Connection, author: Author, first: Offer, now: int) -> Author:
    """The author at a device that was never in use: the same one however often that is sent."""
    here = author.organisation
    name = select(device.c.name).where(device.c.organisation == here, device.c.id == author.device)
    id_ = str(uuid5(UUID(author.device), first.digest))
    if add_device(connection, here, author.member, connection.scalars(name).one(), id_):
        connection.execute(
            update(device)
            .where(device.c.organisation == here, device.c.id == id_)
            .values(revoked_at=now, erased_at=now)
        )
    return replace(author, device=id_)
