"""Phones whose clock is wrong: the office puts their work where it belongs in time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.inside import SHIFT_CLOCK
from tests.e2e.office import Office
from tests.e2e.phone import PASSPHRASE, PATIENT_MS, Phone

DAY_MS = 24 * 3600 * 1000
MINUTE_MS = 60_000


def set_clock(phone: Phone, days: float) -> None:
    """As in the phone's settings: the app locks, since nobody seems to have touched it for long."""
    phone.page.evaluate("ahead => localStorage.setItem('ahead', ahead)", days * DAY_MS)
    phone.page.reload()
    phone.page.get_by_label(phone.word("signin.passphrase"), exact=True).fill(PASSPHRASE)
    phone.press("signin.unlock")
    navigation = phone.page.get_by_role("navigation", name=phone.word("shell.main_navigation"))
    leased = phone.page.get_by_role("button", name=phone.word("signin.leased_contact"))
    expect(navigation.or_(leased)).to_be_visible()
    if leased.is_visible():
        leased.click()
    expect(navigation).to_be_visible(timeout=2 * PATIENT_MS)


@pytest.mark.parametrize(
    ("days", "then"),
    [(365, 365), (-365, -365), (365, 359)],
    ids=["a year fast", "a year slow", "set back between edits"],
)
def test_a_wrong_clock_wins_and_loses_nothing(
    switch_on: Callable[..., Phone], office: Office, days: int, then: int
) -> None:
    """Ana writes one field before the office does and another after it, neither seeing the other's:
    the later stands. Where her clock was set between, she may be wrong by as much, and no more."""
    ana = switch_on("ana", scripts=[SHIFT_CLOCK])
    patient, medication = office.chart["patient"], office.chart["medication"]
    set_clock(ana, days)
    ana.sync()
    ana.go_offline()
    began = time.time() * 1000
    ana.edit(patient, medication, {"Prescribed by": "Ana's"})
    if then != days:
        set_clock(ana, then)
    office.write(
        {
            "record": medication,
            "kind": "medication",
            "patient": patient,
            "seen": office.head,
            "set": {"prescriber": "the office's", "pharmacy": "the office's"},
        }
    )
    ana.edit(patient, medication, {"Pharmacy": "Ana's"})
    ana.go_online()
    ana.sync()

    ended = time.time() * 1000
    own = [
        change for change in office.history(medication) if change["member"] == office.members["ana"]
    ]
    assert [change["set"] for change in own] == [{"prescriber": "Ana's"}, {"pharmacy": "Ana's"}]
    first, second = (change["at"] for change in own)
    wrong = abs(days - then) * DAY_MS
    assert began - wrong - MINUTE_MS <= first <= second <= ended + MINUTE_MS
    held = office.records("ana")[medication]
    assert held["fields"]["pharmacy"] == "Ana's"
    if not wrong:
        assert held["fields"]["prescriber"] == "the office's"
        assert [one["value"] for one in held["overruled"]["prescriber"]] == ["Ana's"]
    assert ana.copies()[medication] == held
