"""The browser is killed in the middle of saves and of a pull: what was called saved is there and is
sent once, and a pull goes on where it stood."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.e2e.inside import AIM_AT_WRITES, REACH_APP
from tests.e2e.office import Office, new_id
from tests.e2e.phone import PATIENT_MS, Phone

ROUNDS = 3
SCRIPTS = (REACH_APP, AIM_AT_WRITES)

SAVE_ON_AND_ON = """async ([patient, record, round]) => {
  const chart = window.app.chart(patient);
  while (!chart.get(record)) await new Promise(requestAnimationFrame);
  const { version: seen, kind } = chart.get(record);
  for (let nth = 1; ; nth += 1) {
    const set = { dose: `${round}.${nth} mg` };
    await window.app.save([{ record, kind, patient, seen, set }]);
    window.tell(['saved', nth]);
  }
}"""


def unsent(phone: Phone) -> int:
    count: int = phone.page.evaluate("window.app.sync.unsent")
    return count


def rise_again(phone: Phone) -> None:
    phone.bury()
    phone.switch_on()
    phone.unlock()


def at_once(phone: Phone, processes: list[int]) -> Callable[[Any], None]:
    return lambda _: phone.kill(processes)


def start_once(blow: threading.Timer) -> Callable[[Any], None]:
    def start(_: Any) -> None:
        if not blow.ident:
            blow.start()

    return start


def test_what_was_called_saved_outlives_a_kill_in_the_middle_of_saves(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    """Blows at random moments of a row of saves, and one that is sure to fall inside: while the
    transaction of a save stands open with its writes made, as the page told."""
    ana = switch_on("ana", scripts=SCRIPTS)
    patient, record = office.chart["patient"], office.chart["medication"]
    ana.go_offline()
    kept: list[str] = []
    for nth in range(ROUNDS + 1):
        before, processes, is_held = unsent(ana), ana.processes(), nth == ROUNDS
        blow = threading.Timer(random.uniform(0, 0.3), ana.kill, [processes])
        ana.told.clear()
        # The first that the page tells: that one is saved, or that the transaction stands open.
        ana.on_told = at_once(ana, processes) if is_held else start_once(blow)
        ana.page.evaluate("aim => { window.aim = aim }", "save" if is_held else None)
        with pytest.raises(Error):
            ana.page.evaluate(SAVE_ON_AND_ON, [patient, record, nth])
        rise_again(ana)
        survived = unsent(ana) - before
        if is_held:
            assert ana.told == [["held", "save"]]
            assert survived == 0
        else:
            saved = max(n for _, n in ana.told)
            assert 1 <= saved <= survived
        kept += [f"{nth}.{n} mg" for n in range(1, survived + 1)]
    ana.go_online()
    ana.sync()
    assert [
        change["set"]["dose"]
        for change in office.history(record)
        if change["member"] == office.members["ana"]
    ] == kept
    assert ana.copies()[record]["fields"]["dose"] == kept[-1]


def test_a_pull_that_a_kill_cut_short_goes_on_where_it_stood(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    """A blow while an answer stands half sent, as the line told, and one while the transaction that
    takes in the second page stands open with its writes made, as the page told."""
    ana = switch_on("ana", scripts=SCRIPTS)
    ana.go_offline()
    in_chart = {"kind": "task", "patient": office.chart["patient"]}
    for _ in range(2):
        office.write(
            *({"record": new_id(), "set": {"description": "Call"}} | in_chart for _ in range(600))
        )

    ana.go_online("stalled", "/api/sync")
    ana.line.wait_until_stalled()
    ana.kill(ana.processes())
    ana.line.release()
    ana.bury()

    ana.line.behave("up")
    ana.switch_on()
    processes = ana.processes()
    ana.page.evaluate("window.aimAtPage = 2")
    ana.on_told = lambda _: ana.kill(processes)
    with contextlib.suppress(Error):
        ana.unlock()
    with pytest.raises(Error):
        ana.page.locator("#never").wait_for(timeout=3 * PATIENT_MS)
    assert ana.told == [["held", "page"]]
    ana.on_told = None

    rise_again(ana)
    ana.sync()
    held = {id_: record["version"] for id_, record in ana.copies().items()}
    assert held == {id_: record["version"] for id_, record in office.records("ana").items()}
