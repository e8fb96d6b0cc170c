"""A thousand changes made without a signal, of which the office cannot take one."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.inside import REACH_APP
from tests.e2e.office import Office, new_id
from tests.e2e.phone import Phone

TASKS, EDITS = 31, 32
DEPENDING = 6

QUEUE = """async ([patient, tasks, edits, spoilt, depending]) => {
  const of = (record, set) => ({ record, kind: 'task', patient, seen: 0, set });
  const begin = (record, status) => of(record, { description: 'Call', status });
  const queue = tasks.flatMap((record) => [
    begin(record, 'requested'),
    ...Array.from({ length: edits - 1 }, (_, nth) => of(record, { due: `20${nth + 30}-01-01` })),
  ]);
  // No screen would offer this status; a newer app's might.
  queue.push(begin(spoilt, 'nowhere'));
  for (let nth = 1; nth <= depending; nth += 1)
    queue.push(of(spoilt, { due: `2030-01-0${nth}` }));
  queue.push(of(tasks[0], { status: 'in-progress' }));
  for (let at = 0; at < queue.length; at += 100) await window.app.save(queue.slice(at, at + 100));
}"""

MEND = """([patient, record]) => {
  const [first] = window.app.refused;
  const set = { ...first.change.set, status: 'requested' };
  return window.app.sendAgain(first.id, { record, kind: 'task', patient, seen: 0, set });
}"""


def test_of_a_thousand_changes_only_the_refused_one_and_what_needs_it_come_back(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    ana = switch_on("ana", scripts=[REACH_APP])
    patient, spoilt = office.chart["patient"], new_id()
    tasks = [new_id() for _ in range(TASKS)]
    ana.go_offline()
    ana.page.evaluate(QUEUE, [patient, tasks, EDITS, spoilt, DEPENDING])
    queued = TASKS * EDITS + 1 + DEPENDING + 1
    assert queued == 1000
    assert ana.page.evaluate("window.app.sync.unsent") == queued
    ana.go_online()
    ana.sync()

    told = f"{1 + DEPENDING} changes not accepted"
    ana.open("#/sync")
    expect(ana.page.get_by_role("main").get_by_text(told)).to_be_visible()
    held = office.records("ana")
    assert spoilt not in held
    for task in tasks:
        written = [change["set"] for change in office.history(task)]
        assert written[:EDITS] == [
            {"description": "Call", "status": "requested"},
            *({"due": f"20{nth + 30}-01-01"} for nth in range(EDITS - 1)),
        ]
    assert office.history(tasks[0])[-1]["set"] == {"status": "in-progress"}

    ana.page.evaluate(MEND, [patient, spoilt])
    ana.sync()
    expect(ana.page.get_by_text("not accepted")).to_be_hidden()
    stands = [change for change in office.history(spoilt) if change["outcome"] != "refused"]
    assert [change["set"] for change in stands] == [
        {"description": "Call", "status": "requested"},
        *({"due": f"2030-01-0{nth}"} for nth in range(1, 1 + DEPENDING)),
    ]
    assert ana.copies()[spoilt] == office.records("ana")[spoilt]
