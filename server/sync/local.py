"""Pushes from inside the server's own process: the demo, the import, and the records that the
server writes itself. They pass the same validation and the same push as a phone's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from server.database import begin
from server.devices import add as add_device
from server.restore.folding import heal
from server.sync.answered import Answered
from server.sync.offer import Author
from server.sync.push import push
from server.sync.stored import Counter, greatest_n, take_counter
from server.sync.validate import validate
from server.tables import device, member
from server.who import now_ms
from server.words import DEFAULT

CHUNK = 1_000


class NotTaken(RuntimeError):
    """A change of the server's own was refused, which is a defect of ours, or a value of `field`
    that was passed on into it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What became of the changes, as the wire says it, in order of n."""

    accepted: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LocalDevice:
    """A device in this process. Trusted, it needs no grant for the charts it writes."""

    author: Author

    @property
    def id(self) -> str:
        return self.author.device

    @classmethod
    def enrol(
        cls,
        organisation_id: str,
        member_id: str,
        name: str,
        device_id: str | None = None,
        *,
        trusted: bool = True,
    ) -> LocalDevice:
        """Enrol a device of a member, or take up the one of that id again. Raises LookupError for
        nobody's id and PermissionError for a device of somebody else."""
        with begin(organisation_id, write=True) as connection:
            role = connection.scalar(
                select(member.c.role).where(
                    member.c.organisation == organisation_id, member.c.id == member_id
                )
            )
            if role is None:
                raise LookupError(member_id)
            id_ = add_device(connection, organisation_id, member_id, name, device_id)
            if id_ is None:
                owner = connection.scalar(
                    select(device.c.member).where(
                        device.c.organisation == organisation_id, device.c.id == device_id
                    )
                )
                if owner != member_id:
                    raise PermissionError("This device is another member's.")
                id_ = device_id
        assert id_ is not None
        return cls(Author(organisation_id, member_id, role, id_, is_trusted=trusted))

    def push(self, changes: Sequence[Mapping[str, Any]], now: int | None = None) -> PushAnswer:
        """Push changes in the wire's form, a thousand in one transaction.

        `n` (the next), `at` (now) and `seen` (0) may be left out; with them given, a rerun is
        answered as the first time.
        """
        accepted: list[Mapping[str, Any]] = []
        refused: list[Mapping[str, Any]] = []
        for first in range(0, len(changes), CHUNK):
            with begin(self.author.organisation, write=True) as connection:
                counter = take_counter(connection, self.author.organisation)
                answered = _push(
                    connection, counter, self.author, changes[first : first + CHUNK], now
                )
            wire = answered.to_wire()
            accepted += wire["accepted"]
            refused += wire["refused"]
        return PushAnswer(accepted, refused)


def write_as_server(
    connection: Connection,
    organisation_id: str,
    member_id: str,
    changes: Sequence[Mapping[str, Any]],
) -> None:
    """Write records in the server's own name, inside the caller's transaction. `member_id` is the
    author that the history shows. Raises NotTaken, which undoes that transaction."""
    counter = take_counter(connection, organisation_id)
    author = Author(organisation_id, member_id, "", counter.device, is_trusted=True)
    answered = _push(connection, counter, author, changes, None)
    if answered.refused:
        refusal = next(iter(answered.refused.values()))
        raise NotTaken(refusal["message"], refusal.get("field"))


def _push(
    connection: Connection,
    counter: Counter,
    author: Author,
    changes: Sequence[Mapping[str, Any]],
    now: int | None,
) -> Answered:
    moment = now_ms() if now is None else now
    numbered: list[Mapping[str, Any]] = list(changes)
    if any(change.get("n") is None for change in changes):
        n = greatest_n(connection, author.organisation, author.device)
        numbered = [dict(change) | {"n": n + i} for i, change in enumerate(changes, start=1)]
    offers = [
        validate(author, {"at": moment, "seen": 0} | dict(change), DEFAULT) for change in numbered
    ]
    answered = push(
        connection,
        counter,
        author,
        offers,
        made=None,
        now=moment,
        skew=0,
        language=DEFAULT,
    )
    if counter.is_restoring:
        taken = answered.accepted.keys() & answered.fresh
        accepted = [offer for offer in offers if offer.n in taken]
        heal(connection, author.organisation, accepted, now_ms())
    return answered
