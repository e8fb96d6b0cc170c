"""A day of an organisation of 500 phones, each with 40 charts of which it shares eight with a
colleague: what a round trip costs and how long it takes, through the hours that are hardest.

    the first morning    every phone pulls its charts from nothing, sixteen at a time
    a day                each syncs every five minutes with 5 to 50 changes, ten times quicker
    eight o'clock        all within a minute, as it is
    after an outage      all within a minute, each with 300 changes
    fifty at once        fifty phones with 20 changes each at the same moment, and five that only
                         ask, again and again

The phones run on one thread of the machine that serves, and use CPU beside it: by the clock a round
trip takes longer here than it would. CPU is that of the server's processes alone, PostgreSQL's
among them.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.bench.crowd import Phone, Trips, at_moments
from tests.bench.floors import Cost, measured
from tests.bench.furnish import copy_chart, enrol, share
from tests.bench.phones import Phone as OnePhone
from tests.bench.stage import DATABASES, TICKS, Stage, staged

SEED = 8
EVERY = 300
"""Seconds from one sync of a phone to its next, on a usual day."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    phones: int = 500
    own: int = 32
    shared: int = 8
    chart: int = 5
    """Records of a chart when the day begins."""
    at_a_time: int = 16
    quicker: int = 10
    day: float = 60.0
    """Seconds that the day takes here; that times `quicker` is the stretch of it that is seen."""
    minute: float = 60.0
    outage: int = 300
    at_once: int = 50
    asking: int = 5
    bursts: int = 20


def main() -> None:
    for name in DATABASES:
        with staged(name) as stage:
            measure(stage, Scale())


def measure(stage: Stage, scale: Scale) -> None:
    """Prints the figures of one database."""
    print(stage.name, flush=True)
    asyncio.run(_measure(stage, scale, gather(stage, scale)))
    held = stage.memory()
    print(f"  memory of a worker   {held['own']:.0f} MB of its own, {held['peak']:.0f} MB at most")


def gather(stage: Stage, scale: Scale) -> list[Phone]:
    """The phones, their members and charts."""
    with stage.transaction() as connection:
        holders = [enrol(connection) for _ in range(scale.phones + 1)]
    pattern = OnePhone(stage, holders.pop())
    chart = pattern.patient()
    patient = chart["record"]
    pattern.sync([chart, *(pattern.medication(patient, i) for i in range(scale.chart - 1))])
    pattern.close()
    with stage.transaction() as connection:
        charts = copy_chart(connection, patient, holders, scale.own)
        for holder, others in zip(holders, charts[1:] + charts[:1], strict=True):
            share(connection, holder, others[: scale.shared])
    shared = [others[: scale.shared] for others in charts[1:] + charts[:1]]
    return [
        Phone(stage, holder, own + lent, SEED + number)
        for number, (holder, own, lent) in enumerate(zip(holders, charts, shared, strict=True))
    ]


async def _measure(stage: Stage, scale: Scale, phones: Sequence[Phone]) -> None:
    chance = random.Random(SEED)
    await told(stage, "the first morning", partial(first_morning, phones, scale.at_a_time))
    await told(stage, "a day", partial(a_day, phones, scale, chance), EVERY)
    visits = [chance.randint(5, 50) for _ in phones]
    await told(stage, "eight o'clock", partial(rush, phones, scale.minute, visits, chance), 60)
    outage = [scale.outage] * len(phones)
    await told(stage, "after an outage", partial(rush, phones, scale.minute, outage, chance), 60)
    asked = Trips()
    await told(stage, "fifty at once", partial(at_once, phones, scale, asked))
    say("  who only ask meanwhile", asked)


Scene = Callable[[Trips], Awaitable[object]]


async def first_morning(phones: Sequence[Phone], at_a_time: int, trips: Trips) -> None:
    turn = asyncio.Semaphore(at_a_time)

    async def sync(phone: Phone) -> None:
        async with turn:
            await phone.sync(trips)

    await asyncio.gather(*map(sync, phones))


def a_day(
    phones: Sequence[Phone], scale: Scale, chance: random.Random, trips: Trips
) -> Awaitable[object]:
    every = EVERY / scale.quicker
    moments = []
    for phone in phones:
        moment = chance.uniform(0, every)
        while moment < scale.day:
            moments.append((moment, partial(phone.sync, trips, chance.randint(5, 50))))
            moment += chance.uniform(0.7, 1.3) * every
    return at_moments(moments)


def rush(
    phones: Sequence[Phone],
    seconds: float,
    counts: Sequence[int],
    chance: random.Random,
    trips: Trips,
) -> Awaitable[object]:
    return at_moments(
        (chance.uniform(0, seconds), partial(phone.sync, trips, count))
        for phone, count in zip(phones, counts, strict=True)
    )


async def at_once(phones: Sequence[Phone], scale: Scale, asked: Trips, trips: Trips) -> None:
    writing, asking = phones[: scale.at_once], phones[-scale.asking :]
    for _ in range(scale.bursts):
        await asyncio.gather(
            *(phone.sync(trips, 20) for phone in writing), *(phone.sync(asked) for phone in asking)
        )


async def told(stage: Stage, name: str, scene: Scene, every: float | None = None) -> None:
    """Play a scene and print what it took. With a phone syncing once in `every` seconds, say how
    many of them use up one core."""
    trips = Trips()
    with measured(stage, stage.cpu) as cost:
        await scene(trips)
    say(name, trips, cost[0], every)


def say(name: str, trips: Trips, cost: Cost | None = None, every: float | None = None) -> None:
    count = max(1, len(trips.seconds))
    said = [
        f"{len(trips.seconds):5,} round trips",
        " ".join(f"p{share:.0f} {trips.quantile(share / 100):.0f}" for share in (50, 95, 99))
        + f" at most {trips.quantile(1):.0f} ms",
        f"{len(trips.errors)} errors {dict(Counter(trips.errors)) or ''}".strip(),
        f"{trips.sent / count / 1000:.1f} kB up {trips.received / count / 1000:.1f} kB down each",
    ]
    if cost is not None:
        each = max(cost.cpu + cost.database, 1 / TICKS) / count
        said += [f"{count / cost.clock:.1f} a second", f"{each * 1000:.1f} ms of CPU each"]
        if every is not None:
            said.append(f"{every / each:,.0f} phones use up one core")
    print(f"  {name:24}{'   '.join(said)}", flush=True)


if __name__ == "__main__":
    main()
