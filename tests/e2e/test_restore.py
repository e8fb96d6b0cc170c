"""The office goes back to yesterday's copy: the phones bring the day back, and a supervisor decides
about what only a colleague's phone still holds of a phone that was lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import PATIENT_MS, Phone
from tests.e2e.test_screens import PICTURES, hold


def go_back(office: Office, backup: Path) -> None:
    """What an administrator does after the disk has died."""
    office.deployment.stop()
    office.deployment.doorstep("restore", str(backup), "--yes")
    office.deployment.start()


def sign_in_anew(phone: Phone) -> None:
    """Its session ended with the restore; its store stays open."""
    phone.open("#/sync")
    phone.press("sync.now")
    back = phone.page.get_by_role("button", name=phone.word("signin.title"), exact=True)
    back.click()
    expect(back).to_be_hidden()


COME_TO_REST = """Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
    .map(({ finished }) => finished),
).then(() => {})"""


def look(phone: Phone, name: str) -> None:
    """Both looks of a screen that only a restore shows."""
    PICTURES.mkdir(exist_ok=True)
    for scheme in ("dark", "light"):
        phone.page.emulate_media(color_scheme=scheme)
        phone.page.evaluate(COME_TO_REST)
        hold(phone, f"{name}-{phone.locale}-{scheme}")


def test_phones_bring_back_what_the_copy_lacks(
    ana: Phone, ben: Phone, switch_on: Callable[..., Phone], office: Office, tmp_path: Path
) -> None:
    sue = switch_on("sue")
    patient, medication, goal = (office.chart[name] for name in ("patient", "medication", "goal"))
    backup = tmp_path / "backup"
    office.deployment.doorstep("backup", str(backup))

    ana.edit(patient, medication, {"Dose": "10 mg"})
    ana.sync()
    ben.edit(patient, goal, {"Goal": "Walk to the park and back."})
    ben.sync()
    ana.sync()
    ana.go_offline()
    ana.edit(patient, medication, {"When": "twice a day"})
    ben.switch_off()  # and lost for good
    go_back(office, backup)
    assert office.records("sue")[medication]["fields"]["dose"] == "5 mg"

    sign_in_anew(sue)
    sue.sync()
    sue.open("#/more")
    room = sue.page.get_by_role("link", name=re.compile(sue.word("rooms.restore")))
    expect(room).to_contain_text(sue.word("rooms.restore_open"))
    look(sue, "more-restoring")
    room.click()
    main = sue.page.get_by_role("main")
    awaited = main.get_by_role("region", name=re.compile(sue.word("office.restore_awaited")))
    expect(awaited).to_contain_text("Ana Ferrer")
    expect(awaited).to_contain_text("Ben Okoye")

    before = ana.line.arrived
    ana.go_online("lost", "/api/take-back")
    sign_in_anew(ana)
    ana.line.wait_for("/api/take-back", "lost", after=before)
    expect(ana.page.get_by_text(ana.word("sync.restored"))).to_be_visible()
    expect(ana.page.get_by_text(ana.word("sync.all_sent"))).to_be_hidden()
    look(ana, "sync-restored")
    ana.line.behave("up")
    ana.press("sync.now")
    expect(ana.page.get_by_text(ana.word("sync.all_sent"))).to_be_visible(timeout=2 * PATIENT_MS)
    ana.sync()
    fields = office.records("ana")[medication]["fields"]
    assert (fields["dose"], fields["timing"]) == ("10 mg", "twice a day")
    assert office.records("ana")[goal]["fields"]["description"].startswith("Walk to the corner")

    sue.page.get_by_role("button", name=sue.word("office.refresh")).click()
    expect(awaited).not_to_contain_text("Ana Ferrer")
    expect(awaited).to_contain_text("Ben Okoye")
    look(sue, "restore")
    main.get_by_role("link", name=re.compile(sue.word("office.salvage"))).click()
    copied = main.get_by_role("article").filter(has_text="Rosa Delgado")
    expect(copied).to_have_count(1)
    expect(copied).to_contain_text("Walk to the park and back.")
    expect(copied).to_contain_text("Walk to the corner shop and back.")
    look(sue, "salvage")
    sue.press("office.take_in")
    expect(main.get_by_text(sue.word("office.salvage_none"), exact=True)).to_be_visible()
    assert office.records("ana")[goal]["fields"]["description"] == "Walk to the park and back."

    sue.open("#/office/restore")
    sue.press("office.restore_end")
    sheet = sue.page.get_by_role("dialog")
    expect(sheet).to_contain_text("1 phone is not back yet.")
    look(sue, "restore-end")
    sheet.get_by_role("button", name=sue.word("office.restore_end_do"), exact=True).click()
    expect(main.get_by_text(sue.word("office.restore_over"))).to_be_visible()
    ana.sync()
    sue.sync()
    held = ana.copies()
    assert held[goal] == office.records("ana")[goal]
    assert held[medication] == office.records("ana")[medication]
    for phone in (ana, sue):  # the browser itself says so of a session that has ended
        assert [said for said in phone.complaints if "401" not in said] == []
