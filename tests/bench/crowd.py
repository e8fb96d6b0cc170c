"""Many phones at once, on one thread: each a connection a round trip, as from a proxy that keeps
none, and what became of every round trip."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.bench.furnish import Enrolled
from tests.bench.phones import Notebook, headers_of, unpacked
from tests.bench.stage import Stage

EDITS = 0.4
"""The share of changes that edit a record; the others create one."""
KNOWN = 200
"""How many records a phone keeps in mind to edit."""


@dataclass(slots=True)
class Trips:
    """What became of the round trips of one measurement."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sent: int = 0
    received: int = 0
    changes: int = 0
    records: int = 0

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class Phone(Notebook):
    """A phone among many: it edits what it holds and creates beside it."""

    def __init__(self, stage: Stage, who: Enrolled, patients: Sequence[str], seed: int) -> None:
        super().__init__(who)
        self.port = stage.deployment.port
        headers = headers_of(stage, who, "zstd, gzip") | {"Connection": "close"}
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.patients = patients
        self.random = random.Random(seed)
        self.known: dict[str, tuple[str, int]] = {}

    def changes(self, count: int) -> list[dict[str, object]]:
        """A visit's worth: some of it about what is there, most of it new."""
        made = []
        for number in range(count):
            patient = self.random.choice(self.patients)
            if self.known and self.random.random() < EDITS:
                record, (patient, version) = self.random.choice([*self.known.items()])
                dose = f"{self.random.randrange(1, 50)} mg"
                made.append(self.change(record, patient, "medication", version, dose=dose))
            else:
                made.append(self.medication(patient, number))
        return made

    async def sync(self, trips: Trips, count: int = 0) -> None:
        """Bring so many changes, and pull until all is here."""
        changes = self.changes(count)
        await self.round_trip(trips, changes)
        while self.more:
            await self.round_trip(trips, [])

    async def round_trip(self, trips: Trips, changes: Sequence[dict[str, object]]) -> None:
        body = self.request(changes)
        began = time.perf_counter()
        try:
            status, content, received = await self.post(body)
        except OSError as error:
            trips.errors.append(type(error).__name__)
            self.more = False
            return
        trips.seconds.append(time.perf_counter() - began)
        trips.sent += len(body)
        trips.received += received
        if status != 200:
            trips.errors.append(f"{status} {content[:80]!r}")
            self.more = False
            return
        trips.changes += len(changes)
        trips.records += self.apply(content)

    async def post(self, body: bytes) -> tuple[int, bytes, int]:
        """The status, the answer unpacked, and what it weighed on the line."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = f"POST /api/sync HTTP/1.1\r\nHost: localhost:{self.port}\r\n{self.headers}"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            raw = await reader.read()
        finally:
            writer.close()
        told, _, content = raw.partition(b"\r\n\r\n")
        first, *lines = told.decode().split("\r\n")
        named = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        return int(first.split()[1]), unpacked(content, named.get("content-encoding")), len(raw)

    def apply(self, content: bytes) -> int:
        answer = self.read(content)
        for record in answer["records"]:
            is_wanted = record["kind"] == "medication" and len(self.known) < KNOWN
            if is_wanted or record["id"] in self.known:
                self.known[record["id"]] = (record["patient"], record["version"])
        return len(answer["records"])


def at_moments(
    moments: Iterable[tuple[float, Callable[[], Awaitable[None]]]],
) -> Awaitable[object]:
    """Begin each at its second; an awaitable that ends with the last."""

    async def wait_and_do(moment: float, do: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(moment)
        await do()

    return asyncio.gather(*(wait_and_do(moment, do) for moment, do in moments))
