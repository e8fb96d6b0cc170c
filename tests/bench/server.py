"""What the server costs over HTTP, beside the floors of the same run: a push, a pull, a small delta
in a small organisation and a large one, a first sync, and the memory that all of it took.

CPU is that of gunicorn's processes; of PostgreSQL's own, apart. By the clock a figure is as good as
the machine is quiet; CPU time suffers less.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from tests.bench.floors import Cost, concatenated, measured, raw_inserts, stored_rows
from tests.bench.furnish import Enrolled, add_strangers, copy_chart, enrol, move_strangers
from tests.bench.phones import PAGE, Phone, unpacked
from tests.bench.stage import DATABASES, TICKS, Stage, staged

ENCODINGS = ("identity", "gzip", "zstd")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    changes: int = 10_000
    batch: int = 500
    charts: int = 40
    pulls: int = 5
    delta: int = 10
    rounds: int = 100
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    behind: tuple[int, ...] = (0, 100, 50_000)
    first_sync: int = 200
    chart: int = 50
    """Records of each of those charts."""


def main() -> None:
    for name in DATABASES:
        with staged(name) as stage:
            measure(stage, Scale())


def measure(stage: Stage, scale: Scale) -> None:
    """Prints the figures of one database."""
    print(stage.name, flush=True)
    with stage.transaction() as connection:
        writing, reading = enrol(connection), enrol(connection)
    writer = Phone(stage, writing)
    charts = [writer.patient() for _ in range(scale.charts)]
    writer.sync(charts)
    patients = [each["record"] for each in charts]
    writer.sync_all()
    push(stage, writer, patients, scale)
    pull(stage, writing, scale)
    deltas(stage, writer, patients, scale)
    first_sync(stage, writer, reading, scale)
    held = stage.memory()
    say(
        "memory of a worker",
        f"{held['own']:.0f} MB of its own, {held['share']:.0f} MB with its share of what is shared",
        f"{held['peak']:.0f} MB resident at its peak, the database's mapped file in it",
    )
    writer.close()


def push(stage: Stage, writer: Phone, patients: Sequence[str], scale: Scale) -> None:
    """Creating changes, beside the same rows stored by the driver."""

    def batches(count: int) -> list[bytes]:
        return [
            writer.request(
                [writer.medication(patients[i % len(patients)], i) for i in range(scale.batch)], 1
            )
            for _ in range(0, count, scale.batch)
        ]

    for body in batches(scale.changes // 5):  # let what is cached be cached
        writer.raw(body)
    pushed = batches(scale.changes)
    with measured(stage, stage.cpu) as cost:
        answers = [writer.raw(body) for body in pushed]
    assert not any(orjson.loads(answer)["refused"] for answer in answers)
    floor = raw_inserts(stage, stored_rows(stage, scale.changes), scale.batch)
    say(f"push of {scale.changes:,}", *rates(scale.changes, cost[0], "changes"))
    say("  floor: raw inserts", *rates(scale.changes, floor, "changes"))
    ours, its = (max(each.cpu + each.database, 1 / TICKS) for each in (cost[0], floor))
    say(
        "  of the floor", f"{floor.clock / cost[0].clock:.0%} by the clock, {its / ours:.0%} by CPU"
    )


def pull(stage: Stage, who: Enrolled, scale: Scale) -> None:
    """All that the writer holds, from nothing, as clients ask for it."""
    for encoding in ENCODINGS:
        reader = Phone(stage, who, encoding)
        reader.sync_all()
        with measured(stage, stage.cpu) as cost:
            came = 0
            for _ in range(scale.pulls):
                reader.cursor = None
                came += reader.sync_all()
        assert came >= scale.changes * scale.pulls
        say(f"pull of {came // scale.pulls:,}, {encoding}", *rates(came, cost[0], "records"))
        reader.close()
    count, plain, packed = concatenated(stage, PAGE)
    say("  floor: text joined", *rates(count, plain, "records"))
    say("  floor: with gzip", *rates(count, packed, "records"))


def deltas(stage: Stage, writer: Phone, patients: Sequence[str], scale: Scale) -> None:
    """Ten changed records brought to a phone, the same request again and again: in an organisation
    of ever more records, and in the largest with ever more changes behind, all but ten of them in
    charts that its member does not hold."""
    say("delta", f"of {scale.delta} records")
    first = None
    for size in scale.sizes:
        with stage.transaction() as connection:
            add_strangers(connection, size)
        writer.close()  # the server let an idle connection go
        writer.sync_all()
        first = delta(stage, writer, patients, scale, f"  {size:,} records", first)
    first = None
    for behind in scale.behind:
        writer.sync_all()
        with stage.transaction() as connection:
            move_strangers(connection, behind)
        writer.close()
        first = delta(stage, writer, patients, scale, f"  {behind:,} changes behind", first)


def delta(
    stage: Stage,
    writer: Phone,
    patients: Sequence[str],
    scale: Scale,
    name: str,
    first: float | None,
) -> float:
    """Milliseconds of CPU, PostgreSQL's included."""
    behind = writer.cursor
    writer.sync([writer.medication(patients[i % len(patients)], i) for i in range(scale.delta)], 1)
    writer.cursor = behind
    asked = writer.request()
    clocks = []
    for _ in range(scale.rounds // 5):  # let what is cached be cached
        writer.raw(asked)
    with measured(stage, stage.cpu) as cost:
        for _ in range(scale.rounds):
            began = time.perf_counter()
            answer = writer.raw(asked)
            clocks.append(time.perf_counter() - began)
    assert writer.apply(answer) == scale.delta
    used = max(cost[0].cpu + cost[0].database, 1 / TICKS) / scale.rounds * 1000
    compared = "" if first is None else f"{used / first - 1:+.0%} to the first"
    say(name, f"{min(clocks) * 1000:.1f} ms at best", f"{used:.2f} ms of CPU", compared)
    return first or used


def first_sync(stage: Stage, writer: Phone, who: Enrolled, scale: Scale) -> None:
    """A new phone of a member with many charts, as a browser asks: with zstd or gzip."""
    pattern = writer.patient()
    medications = [writer.medication(pattern["record"], i) for i in range(scale.chart)]
    writer.sync([pattern, *medications], 1)
    with stage.transaction() as connection:
        copy_chart(connection, pattern["record"], [who], scale.first_sync)
    for encoding in ENCODINGS[1:]:
        reader = Phone(stage, who, encoding)
        weighed = came = 0
        with measured(stage, stage.cpu) as cost:
            while reader.more:
                content = reader.raw(reader.request())
                weighed += len(content)
                came += reader.apply(unpacked(content, encoding))
        say(
            f"first sync of {scale.first_sync} charts, {encoding}",
            f"{came:,} records",
            f"{cost[0].clock:.2f} s",
            f"{cost[0].cpu:.2f} s of CPU",
            f"{weighed / 1e6:.2f} MB",
        )
        reader.close()


def rates(count: int, cost: Cost, of: str) -> tuple[str, ...]:
    cpu = max(cost.cpu, 1 / TICKS)
    said = (
        f"{count / cost.clock:,.0f} {of}/s",
        f"{cpu / count * 1e6:.1f} µs of CPU each ({count / cpu:,.0f}/s)",
    )
    if cost.database:
        return (*said, f"{cost.database / count * 1e6:.1f} µs in PostgreSQL")
    return said


def say(name: str, *figures: str) -> None:
    print(f"  {name:36}{'   '.join(filter(None, figures))}", flush=True)


if __name__ == "__main__":
    main()
