"""Which phones held a chart, from when to when: what a lost phone can never report itself.

    grants of a member   ├──────────────┤   ├────────────        (joined where they touch)
    a phone of theirs          ├─────────────────┤               enrolled until revoked or erased
    the phone held it          ├────────┤   ├────┤

A phone that was not in touch since the chart was given never received it, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select
from uuid6 import UUID as UUID6

from server.database import AnyRow, look_up
from server.sync.contact import CONTACT_EVERY_MS
from server.tables import device, grants


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until another; None is open."""

    begins: int
    ends: int | None

    def holds_at(self, moment: int) -> bool:
        return self.begins <= moment and (self.ends is None or moment <= self.ends)


@dataclass(frozen=True, slots=True)
class Held:
    """One phone and one unbroken time in which it held the chart. `is_gone`: it was in touch after
    that time, or said that it erased itself; else it may hold what it got to this day."""

    member: str
    device: str
    device_name: str
    span: Span
    is_gone: bool


def phones_that_held(
    connection: Connection, organisation: str, patient: str, now: int
) -> list[Held]:
    """Every phone that held the chart, the latest first."""
    rows = connection.execute(
        select(grants).where(
            grants.c.organisation == organisation,
            grants.c.patient == patient,
            grants.c.began.is_not(None),
        )
    ).all()
    by_member: dict[str, list[Span]] = {}
    for row in rows:
        by_member.setdefault(row.member, []).append(span_of(row, now))
    phones = look_up(connection, device, "member", organisation, list(by_member))
    found = [held for phone in phones for held in _held_by(phone, joined(by_member[phone.member]))]
    return sorted(found, key=lambda held: (-held.span.begins, held.device))


def span_of(grant: AnyRow, now: int) -> Span:
    """When a grant that has begun held: from the moment it was given, or its first day where that
    came later."""
    begins = max(_made_at(grant.id), grant.starts_at or 0)
    passed = grant.ends_at if grant.ends_at is not None and grant.ends_at <= now else None
    ends = [each for each in (grant.ended_at, passed) if each is not None]
    return Span(begins, max(begins, min(ends)) if ends else None)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time, as spans that do not touch."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.begins):
        if found and found[-1].holds_at(span.begins):
            last = found.pop()
            span = Span(last.begins, _later(last.ends, span.ends))
        found.append(span)
    return found


def _held_by(phone: AnyRow, spans: Sequence[Span]) -> list[Held]:
    gone = [each for each in (phone.revoked_at, phone.erased_at) if each is not None]
    last_contact = phone.last_contact
    found = []
    for span in spans:
        begins = max(span.begins, phone.enrolled_at)
        ends = min([*gone, *([] if span.ends is None else [span.ends])], default=None)
        never_was = ends is not None and ends < begins
        # A contact that brought nothing may have been written down as late as this.
        never_came = last_contact is None or last_contact + CONTACT_EVERY_MS < begins
        if never_was or never_came:
            continue
        is_gone = ends is not None and (phone.erased_at is not None or _forgot(phone, ends))
        found.append(Held(phone.member, phone.id, phone.name, Span(begins, ends), is_gone))
    return found


def _forgot(phone: AnyRow, ends: int) -> bool:
    """Whether the phone was told to forget what it held until then: it was in touch since, and in
    use. One that is revoked is told to erase itself, and says when it has."""
    was_in_use = phone.revoked_at is None or phone.last_contact <= phone.revoked_at
    return bool(was_in_use and phone.last_contact > ends)


def _made_at(id_: str) -> int:
    """The moment at which an id of ours was made, which a UUID of version 7 carries."""
    return UUID6(id_).time if UUID(id_).version == 7 else 0


def _later(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)
