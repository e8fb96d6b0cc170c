"""Keeps what is not taken: nothing typed is thrown away (sync/README.md, One round trip)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from server.body import as_sent
from server.sync.envelope import is_uuid
from server.sync.offer import Author, Offer, Refusal
from server.sync.stored import known_dots, save_refusals


def refusal_row(author: Author, offer: Offer, refusal: Refusal, now: int) -> Mapping[str, Any]:
    """A refused change as it is kept: whole, as sent, with its answer."""
    record, patient = offer.sent.get("record"), offer.sent.get("patient")
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
        "refused_at": now,
    }


def refuse_all(
    connection: Connection, author: Author, offers: Sequence[Offer], refusal: Refusal, now: int
) -> None:
    """Keep all changes of a revoked phone that are not stored yet, under one refusal."""
    if not offers:
        return
    stored = known_dots(connection, author.organisation, author.device, offers[0].n, offers[-1].n)
    save_refusals(
        connection,
        [refusal_row(author, offer, refusal, now) for offer in offers if offer.n not in stored],
    )
