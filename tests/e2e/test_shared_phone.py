"""Who may open a phone, and until when: several people, an idle hand, a lease."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import PASSPHRASE, PATIENT_MS, Phone

DAY = 24 * 3600
BENS = "seldom copper meadow lantern"


def test_two_people_share_a_phone_and_neither_sees_the_others(
    switch_on: Callable[..., Phone], office: Office
) -> None:
    bens = office.write_patient("Wilhelmina", "Achterberg")
    office.assign(bens, "ben")
    phone = switch_on("ana")
    phone.open("#/more")
    phone.page.get_by_role("button", name="Lock now").first.click()
    phone.press("signin.someone_else")
    phone.join(office.invitation("ben"), BENS)
    phone.open("#/patients")
    expect(phone.page.get_by_role("main").get_by_text("Achterberg")).to_be_visible()

    phone.page.reload()
    phone.unlock()  # whose passphrase it is decides whose store it opens
    phone.open("#/patients")
    main = phone.page.get_by_role("main")
    expect(main.get_by_text("Rosa Delgado")).to_be_visible()
    expect(main.get_by_text("Achterberg")).to_be_hidden()
    phone.sync()
    phone.page.reload()
    phone.unlock(BENS)
    phone.open("#/patients")
    expect(main.get_by_text("Achterberg")).to_be_visible()


def test_an_untouched_phone_locks_itself_and_keeps_what_was_being_typed(
    ana: Phone, office: Office
) -> None:
    assert ana.context
    ana.context.clock.install()
    ana.reload()
    record = ana.record(office.chart["patient"], office.chart["goal"])
    record.get_by_role("button", name="Edit").click()
    ana.page.get_by_role("dialog").get_by_label("Goal", exact=False).first.fill("Half a thought")
    ana.context.clock.fast_forward("06:00")
    expect(ana.page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Half a thought" not in ana.page.content()
    ana.unlock()
    ana.record(office.chart["patient"], office.chart["goal"]).get_by_role(
        "button", name="Edit"
    ).click()
    expect(ana.page.get_by_role("dialog").get_by_label("Goal", exact=False).first).to_have_value(
        "Half a thought"
    )


def test_a_phone_too_long_without_the_office_opens_once_it_has_talked_to_it(
    ana: Phone, office: Office
) -> None:
    page, medication = ana.page, office.chart["medication"]
    assert ana.context
    ana.go_offline()
    ana.edit(office.chart["patient"], medication, {"Dose": "10 mg"})
    for days in (90, 0):  # setting the clock back wins nothing
        ana.context.clock.set_system_time(time.time() + days * DAY)
        page.reload()
        page.get_by_label(ana.word("signin.passphrase"), exact=True).fill(PASSPHRASE)
        ana.press("signin.unlock")
        expect(page.get_by_role("heading", name=ana.word("signin.leased_title"))).to_be_visible()
        expect(page.get_by_role("navigation")).to_be_hidden()
    ana.go_online()
    if page.get_by_role("button", name=ana.word("signin.leased_contact")).is_visible():
        ana.press("signin.leased_contact")
    expect(page.get_by_role("navigation").first).to_be_visible(timeout=2 * PATIENT_MS)
    ana.sync()
    assert office.records("ana")[medication]["fields"]["dose"] == "10 mg"
