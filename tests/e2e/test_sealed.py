"""A phone in a stranger's hands shows nothing: not its disk, not its screen, not its addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.at_the_door import run_visit
from tests.e2e.disk import find_in_profile
from tests.e2e.office import Office
from tests.e2e.phone import PASSPHRASE, PATIENT_MS, Phone

SCREENS = Path(__file__).parents[2] / "pwa/src/screens/Screens.svelte"

CONFIDENTIAL = [
    *("Rosa", "Delgado", "617-555-0101", "Lisinopril"),
    *("37.5 mg", "Walks with a stick", "corner shop", "Order a shower chair"),
    *("cough is gone", "presión está bien", "Llamar a la farmacia", "half-typed thought"),
    *("Ana Ferrer", "Ben Okoye", "Rita Root", PASSPHRASE, PASSPHRASE.split()[0]),
]

LEAVE_UNSEALED = """async () => {
  const opening = indexedDB.open('careless', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('notes');
  const db = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  await new Promise((resolve) => {
    const writing = db.transaction('notes', 'readwrite', { durability: 'strict' });
    writing.objectStore('notes').put({ name: 'Unsealed Control' }, 'control');
    writing.oncomplete = resolve;
  });
  db.close();
}"""


def test_nothing_of_a_days_work_lies_readable_on_the_disk(ana: Phone, office: Office) -> None:
    page, chart = ana.page, office.chart
    ana.open(f"#/patients/{chart['patient']}")
    run_visit(page)
    page.get_by_role("link", name="Summary for the patient").click()
    expect(page.get_by_role("article").get_by_text("Siga así")).to_be_visible()
    page.get_by_role("radio", name="PDF").check()
    expect(page.get_by_role("img", name="Page 1 of 1")).to_be_visible(timeout=3 * PATIENT_MS)
    ana.edit(chart["patient"], chart["medication"], {"Dose": "37.5 mg"})
    ana.sync()
    page.get_by_role("link", name="Patients").click()
    page.get_by_role("searchbox").fill("Delgado")
    expect(page.get_by_role("main").get_by_text("Rosa Delgado")).to_be_visible()
    page.get_by_role("main").get_by_text("Rosa Delgado").click()
    ana.record(chart["patient"], chart["goal"]).get_by_role("button", name="Edit").click()
    page.get_by_role("dialog").get_by_label("Goal").fill("A half-typed thought")
    ana.wait_for_draft(chart["goal"])
    page.evaluate(LEAVE_UNSEALED)
    ana.switch_off()

    found = find_in_profile(ana.profile, [*CONFIDENTIAL, "Unsealed Control"])
    assert found.pop("Unsealed Control")
    assert {word: places for word, places in found.items() if places} == {}


ADDRESSES = {
    "today": ["today"],
    "patients": [
        *("patients", "patients?show=overdue", "patients/{patient}"),
        *("patients/{patient}?tab=medications", "patients/{patient}/access"),
        "patients/{patient}/{medication}",
    ],
    "visits": ["visits/{visit}", "visits/{visit}/summary"],
    "tasks": ["tasks"],
    "review": ["review", "review/{patient}/{medication}/dose", "review/refused/1"],
    "sync": ["sync"],
    "settings": ["settings", "settings/security"],
    "office": ["office", "office/people", "office/devices", "office/access"],
    "more": ["more"],
}


def test_every_screen_is_among_the_addresses() -> None:
    assert set(re.findall(r"route\.name === '(\w+)'", SCREENS.read_text())) == set(ADDRESSES)


def test_no_address_opens_anything_on_a_locked_phone(ana: Phone, office: Office) -> None:
    page = ana.page
    for address in [each for screen in ADDRESSES.values() for each in screen]:
        page.goto("about:blank")
        page.goto(f"{ana.origin}/#/{address.format(**office.chart)}")
        expect(page.get_by_role("heading", name="Locked")).to_be_visible()
        assert_nothing_shows(page.content(), address)
        assert_nothing_shows(page.title(), address)
    for address in (
        f"api/visits/{office.chart['visit']}/summary.pdf",
        f"api/records/{office.chart['medication']}/history",
        f"api/charts/{office.chart['patient']}/access",
        f"api/charts/{office.chart['patient']}/access.csv",
    ):
        answer = page.goto(f"{ana.origin}/{address}")
        assert answer is not None
        assert answer.status == 401, address
        assert_nothing_shows(answer.text(), address)


def assert_nothing_shows(text: str, where: str) -> None:
    assert [word for word in CONFIDENTIAL if word in text] == [], where


def test_locking_takes_everything_off_the_screen_in_every_tab(ana: Phone, office: Office) -> None:
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Rosa")
    assert ana.context
    other = ana.context.new_page()
    other.goto(f"{ana.origin}/#/today")
    other.get_by_label(ana.word("signin.passphrase"), exact=True).fill(PASSPHRASE)
    other.get_by_role("button", name="Unlock").click()
    expect(other.get_by_role("navigation").first).to_be_visible()
    other.get_by_role("button", name="Lock now").first.click()
    for page in (other, ana.page):
        expect(page.get_by_role("heading", name="Locked")).to_be_visible()
        assert_nothing_shows(page.content(), "locked")


@pytest.mark.parametrize("wrong", ["marigold anvil seventeen harbor", "anvil"])
def test_another_passphrase_opens_nothing_and_says_so(ana: Phone, wrong: str) -> None:
    page = ana.page
    page.reload()
    page.get_by_label(ana.word("signin.passphrase"), exact=True).fill(wrong)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("alert")).to_contain_text(ana.word("signin.unlock_wrong"))
    page.get_by_label(ana.word("signin.passphrase"), exact=True).fill("")
    ana.unlock()


SPOIL = """async (which) => {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('doorstep-'));
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await done(indexedDB.open(name));
  const writing = db.transaction(['sealed', 'journal'], 'readwrite', { durability: 'strict' });
  const sealed = writing.objectStore('sealed');
  const blob = new Uint8Array(await done(sealed.get(which)));
  blob[blob.length >> 1] ^= 1;
  await done(sealed.put(blob.buffer, which));
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  db.close();
}"""


def test_a_chart_that_was_tampered_with_says_so_and_all_else_opens(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    other = office.write_patient("Wilhelmina", "Achterberg")
    office.assign(other, "ana")
    ana = switch_on("ana")
    ana.go_offline()
    ana.page.evaluate(SPOIL, f"chart/{office.chart['patient']}")
    ana.reload()
    ana.open(f"#/patients/{office.chart['patient']}")
    main = ana.page.get_by_role("main")
    expect(main).to_contain_text(ana.word("chart.unreadable"))
    ana.open(f"#/patients/{other}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Wilhelmina")
    ana.go_online()
    ana.sync()
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Rosa")
