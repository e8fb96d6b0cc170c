"""Whether an organisation's access log is as it was written: every link of the chain, in order.

Called by `doorstep audit verify`. What it finds is told in sentences, and needs nobody's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from server.access_log import FIRST_LINK, NOTHING_BEFORE, chain_key, hash_of_link
from server.database import AnyRow
from server.tables import access_link, access_log

WINDOW = 200
"""Links looked at in one go."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: written down elsewhere, it proves later that nothing was cut off."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, written: str) -> Head:
        """Raises ValueError."""
        number, colon, hashed = written.partition(":")
        if not (colon and number.isascii() and number.isdigit() and len(hashed) == 64):
            raise ValueError(written)
        return cls(int(number), hashed.lower())


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is, and each fault as a sentence. Without a head, nothing has been noted."""

    head: Head | None
    links: int
    entries: int
    faults: Sequence[str]


def verify(
    connection: Connection,
    organisation: str,
    expected: Sequence[Head] = (),
    done: Callable[[int], None] = lambda _links: None,
) -> Verdict:
    """Go through the whole chain, in one snapshot. Heads that are `expected` must be part of it;
    without any, a chain that was cut at its end looks like a shorter one."""
    key, hashes = chain_key(), {head.number: head.hash for head in expected}
    faults: list[str] = []
    links = entries = 0
    following, before = FIRST_LINK, NOTHING_BEFORE
    head: Head | None = None
    for window in _windows(connection, organisation):
        rows = _rows_of(connection, organisation, following, window[-1].number)
        for link in window:
            is_gap = link.number > following
            if is_gap:
                faults.append(_missing(following, link.number - 1))
            of_link = rows.pop(link.number, [])
            if len(of_link) != link.entries:
                faults.append(
                    f"Link {link.number} has {len(of_link)} entries, and {link.entries} are said."
                )
            elif not is_gap and link.hash != _hash(key, organisation, link, before, of_link):
                faults.append(f"Link {link.number} or one of its entries was changed.")
            wanted = hashes.pop(link.number, link.hash)
            if wanted != link.hash:
                faults.append(f"Link {link.number} is not the one that is expected.")
            links, entries = links + 1, entries + len(of_link)
            following, before = link.number + 1, link.hash
            head = Head(link.number, link.hash)
        done(len(window))
    if outside := _count_entries(connection, organisation, has_chain=head is not None) - entries:
        faults.append(f"{outside} entries belong to no link.")
    for number in sorted(hashes):
        ends = f"ends at link {head.number}" if head else "has no link"
        faults.append(f"The log {ends}, and link {number} is expected.")
    return Verdict(head, links, entries, faults)


def link_fits(connection: Connection, organisation: str, number: int) -> bool:
    """Whether one link is as it was written, going by the one before it."""
    rows = connection.execute(
        select(access_link.c.number, access_link.c.entries, access_link.c.hash).where(
            access_link.c.organisation == organisation,
            access_link.c.number.in_((number - 1, number)),
        )
    ).all()
    links = {row.number: row for row in rows}
    if number not in links or (number > FIRST_LINK and number - 1 not in links):
        return False
    before = links[number - 1].hash if number > FIRST_LINK else NOTHING_BEFORE
    of_link = _rows_of(connection, organisation, number, number)[number]
    link = links[number]
    hashed = _hash(chain_key(), organisation, link, before, of_link)
    return bool(len(of_link) == link.entries and hashed == link.hash)


def count_links(connection: Connection, organisation: str) -> int:
    query = select(func.count()).where(access_link.c.organisation == organisation)
    return connection.scalars(query).one()


def _count_entries(connection: Connection, organisation: str, *, has_chain: bool) -> int:
    """All entries; where no chain has begun, those that speak of one."""
    query = select(func.count()).where(access_log.c.organisation == organisation)
    if not has_chain:
        query = query.where(access_log.c.link != FIRST_LINK)
    return connection.scalars(query).one()


def _missing(first: int, last: int) -> str:
    return f"Link {first} is missing." if first == last else f"Links {first} to {last} are missing."


def _windows(connection: Connection, organisation: str) -> Iterator[Sequence[AnyRow]]:
    after = FIRST_LINK - 1
    while True:
        window = connection.execute(
            select(access_link.c.number, access_link.c.entries, access_link.c.hash)
            .where(access_link.c.organisation == organisation, access_link.c.number > after)
            .order_by(access_link.c.number)
            .limit(WINDOW)
        ).all()
        if not window:
            return
        yield window
        after = window[-1].number


def _rows_of(
    connection: Connection, organisation: str, first: int, last: int
) -> dict[int, list[dict[str, Any]]]:
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(
        select(access_log).where(
            access_log.c.organisation == organisation, access_log.c.link.between(first, last)
        )
    ):
        rows[row.link].append(dict(row._mapping))
    return rows


def _hash(
    key: bytes, organisation: str, link: AnyRow, before: str, rows: Sequence[dict[str, Any]]
) -> str:
    try:
        return hash_of_link(key, organisation, link.number, before, rows)
    except TypeError:  # a column of another type than we write, as SQLite lets one be
        return ""
