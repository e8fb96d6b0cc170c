"""One member in two tabs, on two phones, and on a phone that was copied: all is sent, and once."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Playwright, expect

from tests.e2e.inside import REACH_APP
from tests.e2e.office import Office
from tests.e2e.phone import Phone
from tests.e2e.proxy import Line

SAVE_MANY = """([patient, record, field, count]) => {
  const chart = window.app.chart(patient);
  const save = async () => {
    while (!chart.get(record)) await new Promise(requestAnimationFrame);
    const { version: seen, kind } = chart.get(record);
    for (let nth = 1; nth <= count; nth += 1) {
      await window.app.save([{ record, kind, patient, seen, set: { [field]: `${nth}` } }]);
      if (nth % 5 === 0) void window.app.syncNow();
    }
  };
  window.saving = save();
}"""


def written_by_ana(office: Office, record: str) -> list[dict[str, Any]]:
    ana = office.members["ana"]
    return [change for change in office.history(record) if change["member"] == ana]


def second_tab(phone: Phone) -> Phone:
    """Another tab of the same browser, unlocked like the first."""
    assert phone.context
    tab = copy.copy(phone)
    tab._page = phone.context.new_page()
    tab.page.goto(f"{phone.origin}/")
    tab.unlock()
    return tab


def test_two_tabs_edit_and_sync_at_once(switch_on: Callable[..., Phone], office: Office) -> None:
    one = switch_on("ana", scripts=[REACH_APP])
    other = second_tab(one)
    patient, medication = office.chart["patient"], office.chart["medication"]
    fields = {"dose": one, "timing": other}
    for field, tab in fields.items():
        tab.page.evaluate(SAVE_MANY, [patient, medication, field, 20])
    for tab in fields.values():
        tab.page.evaluate("window.saving")
    for tab in fields.values():
        tab.sync()
    written = written_by_ana(office, medication)
    for field in fields:
        own = [change["set"][field] for change in written if field in change["set"]]
        assert own == [str(nth) for nth in range(1, 21)]
    assert len({change["device"] for change in written}) == 1
    for tab in fields.values():
        shown = tab.record(patient, medication)
        expect(shown.get_by_text("20", exact=True)).to_have_count(2)


def test_two_phones_of_one_member_agree_and_lose_nothing(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    phones = [switch_on("ana"), switch_on("ana")]
    patient, medication = office.chart["patient"], office.chart["medication"]
    for phone, edit in zip(phones, [{"When": "twice a day"}, {"Dose": "10 mg"}], strict=True):
        phone.go_offline()
        phone.edit(patient, medication, {"Directions on the label": f"As {edit}"} | edit)
    for phone in phones:
        phone.go_online()
        phone.sync()
    phones[0].sync()
    held = [phone.copies()[medication] for phone in phones]
    assert held[0] == held[1] == office.records("ana")[medication]
    assert (held[0]["fields"]["timing"], held[0]["fields"]["dose"]) == ("twice a day", "10 mg")
    assert len(held[0]["contested"]["instructions"]) == 2
    assert len({change["device"] for change in written_by_ana(office, medication)}) == 2


def test_a_phone_and_its_copy_both_keep_all_their_work(
    ana: Phone, office: Office, playwright_engine: Playwright
) -> None:
    """Its whole profile was put on another phone, as a backup of phones does: both number their
    next changes alike. Whichever the server hears second goes on as a phone of its own."""
    ana.switch_off()
    copied = ana.profile.with_name("copied")
    shutil.copytree(ana.profile, copied)
    line = Line(("127.0.0.1", office.deployment.port))
    twin = Phone(playwright_engine, copied, ana.origin, line)
    patient, medication = office.chart["patient"], office.chart["medication"]
    work = [(ana, "When", "timing", "twice a day"), (twin, "Dose", "dose", "10 mg")]
    for phone, label, _, value in work:
        phone.line.behave("cut")
        phone.switch_on()
        phone.unlock()
        phone.edit(patient, medication, {label: value})
        phone.edit(patient, medication, {label: f"{value}, with food"})
    for phone, *_ in work:
        phone.line.behave("up")
        phone.sync()
    ana.sync()
    written = written_by_ana(office, medication)
    for _, _, field, value in work:
        own = [change["set"][field] for change in written if field in change["set"]]
        assert own == [value, f"{value}, with food"]
    assert len({change["device"] for change in written}) == 2
    assert ana.copies()[medication] == twin.copies()[medication]
    twin.switch_off()
    line.close()
