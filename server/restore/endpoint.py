"""POST /api/take-back: a phone brings back what a restore took, and what it had not sent
(sync/README.md, A restored server).

    {"protocol": 1, "device": the phone's own id, "of": the device on which these changes were made,
     "now": ms, "lang", "epoch": the new one, "changes": [as sent the first time, n ascending, with
     "seqs": [every number it had] where it was accepted, "corrected": its `at` where moved]}
    → {"accepted": [{"n", "seq", "at"}], "refused": […], "waiting": [n, …]}

What waits is not final: offered again, it may be accepted or refused. 409 `another_epoch` names the
epoch that it is instead. A device that the server does not know is taken for an earlier one of the
caller's, out of use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, g
from sqlalchemy import Connection, select, update

from server.access import caller
from server.body import read_json
from server.database import begin
from server.devices import add as add_device
from server.epochs import Span, lost_spans
from server.problems import Problem
from server.restore import waiting
from server.restore.believed import offer_of
from server.restore.folding import fold, heal
from server.restore.taking_back import TakingBack
from server.sync.answered import Answered, answer_known
from server.sync.at_device import Revoked, require_device, require_epoch
from server.sync.envelope import (
    is_uuid,
    read_changes,
    read_number,
    read_text,
    require,
    require_protocol,
)
from server.sync.offer import Author, Offer, Refusal
from server.sync.refuse import refuse_all
from server.sync.stored import Counter, read_counter, take_counter
from server.tables import device
from server.who import Caller, new_secret, now_ms
from server.words import say, spoken


@dataclass(frozen=True, slots=True)
class _Envelope:
    device: str
    of: str
    now: int
    language: str
    epoch: str
    changes: tuple[Mapping[str, Any], ...]


def take_back() -> Response:
    """Takes changes back that a restore of the server lost; what cannot stand yet waits."""
    asker, envelope, now = caller(), _read(read_json()), now_ms()
    g.language = envelope.language
    bringing = _Bringing(asker, envelope, now)
    try:
        return bringing.answer()
    except Revoked as revoked:
        if revoked.is_theirs:
            bringing.keep_refused()
        raise Problem(403, "device_revoked", wipe=True) from None


def _read(body: Mapping[str, Any]) -> _Envelope:
    require_protocol(body)
    epoch = read_text(body, "epoch")
    require(is_uuid(body.get("device")) and is_uuid(body.get("of")))
    if epoch is None:
        raise Problem(400, "malformed")
    return _Envelope(
        body["device"],
        body["of"],
        read_number(body.get("now")),
        spoken(body.get("lang")),
        epoch,
        read_changes(body.get("changes")),
    )


class _Bringing:
    """One request of one phone."""

    def __init__(self, asker: Caller, envelope: _Envelope, now: int) -> None:
        self.asker, self.envelope, self.now = asker, envelope, now
        self.organisation = asker.organisation
        self.author = Author(asker.organisation, asker.member, asker.role, envelope.of)

    def answer(self) -> Response:
        with begin(self.organisation) as connection:
            require_epoch(read_counter(connection, self.organisation), self.envelope.epoch)
            require_device(connection, self.asker, self.envelope.device)
        self.require_own()
        with begin(self.organisation, write=True) as connection:
            counter = take_counter(connection, self.organisation)
            require_epoch(counter, self.envelope.epoch)
            require_device(connection, self.asker, self.envelope.device)
            self.remember_device(connection)
            spans = lost_spans(connection, self.organisation)
            wire = self.take(connection, counter, self.offers(spans), spans)
        return Response(orjson.dumps(wire), mimetype="application/json")

    def require_own(self) -> None:
        """Raise Problem 403 where the changes were made on a device of somebody else: in whatever
        organisation, since a device is of one member for ever."""
        with begin(None) as connection:
            row = connection.execute(
                select(device.c.organisation, device.c.member).where(
                    device.c.id == self.envelope.of
                )
            ).first()
        if row is not None and row != (self.organisation, self.asker.member):
            raise Problem(403, "forbidden")

    def remember_device(self, connection: Connection) -> None:
        """A device that the backup knows nothing of, and that the phone was once: out of use.
        Raises Problem 403 where a colleague took that id up meanwhile."""
        of, name = (
            self.envelope.of,
            select(device.c.name).where(
                device.c.organisation == self.organisation, device.c.id == self.envelope.device
            ),
        )
        added = add_device(
            *(connection, self.organisation, self.asker.member),
            connection.scalars(name).one(),
            of,
            None if self.asker.is_program else new_secret(),
        )
        if added is not None:
            connection.execute(
                update(device)
                .where(device.c.organisation == self.organisation, device.c.id == of)
                .values(revoked_at=self.now, erased_at=self.now)
            )
            return
        whose = select(device.c.member).where(
            device.c.organisation == self.organisation, device.c.id == of
        )
        if connection.scalars(whose).one() != self.asker.member:
            raise Problem(403, "forbidden")

    def offers(self, spans: Sequence[Span]) -> list[Offer]:
        language = self.envelope.language
        return [offer_of(self.author, sent, language, spans) for sent in self.envelope.changes]

    def take(
        self,
        connection: Connection,
        counter: Counter,
        offers: Sequence[Offer],
        spans: Sequence[Span],
    ) -> dict[str, Any]:
        """Answer each: as it was answered, as what waits stands by now, or for the first time."""
        if not offers:
            return Answered().to_wire() | {"waiting": []}
        answered = answer_known(connection, self.author, offers)
        kept = waiting.of_device(
            connection, self.organisation, self.envelope.of, offers[0].n, offers[-1].n
        )
        if any(offer.n in kept and kept[offer.n].digest != offer.digest for offer in offers):
            raise Problem(409, "device_copied", **answered.to_wire())
        unanswered = [o for o in offers if o.n not in answered.accepted | answered.refused]
        waiting.drop(
            *(connection, self.organisation, self.envelope.of),
            kept.keys() & (answered.accepted | answered.refused),
        )
        again = [kept[offer.n] for offer in unanswered if offer.n in kept]
        folded = fold(connection, self.organisation, again, self.now, is_open=counter.is_restoring)
        by = TakingBack(
            connection,
            take_counter(connection, self.organisation),
            self.author,
            spans,
            self.now,
            self.envelope.now - self.now,
            self.envelope.language,
            is_open=counter.is_restoring,
        )
        fresh = [offer for offer in unanswered if offer.n not in kept]
        by.take(fresh, answered)
        waiting.keep(connection, by.waiting)
        folded += [offer for offer in fresh if offer.n in answered.accepted]
        heal(connection, self.organisation, folded, self.now)
        answered = answer_known(connection, self.author, offers)
        still = [o.n for o in offers if o.n not in answered.accepted | answered.refused]
        return answered.to_wire() | {"waiting": still}

    def keep_refused(self) -> None:
        """Keep what a revoked phone brought back, for a supervisor to review."""
        language = self.envelope.language
        refusal = Refusal("device_revoked", say(language, "refused.device_revoked"))
        self.require_own()
        with begin(self.organisation, write=True) as connection:
            take_counter(connection, self.organisation)
            self.remember_device(connection)
            offers = self.offers(lost_spans(connection, self.organisation))
            skew = self.envelope.now - self.now
            refuse_all(connection, self.author, offers, refusal, self.now, skew)
