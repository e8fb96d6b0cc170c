"""A phone is lost: it erases itself, says so, and what it still brings is decided about."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone

STORES = "indexedDB.databases().then((all) => all.map(({ name }) => name))"


@pytest.fixture
def sue(switch_on: Callable[..., Phone]) -> Phone:
    return switch_on("sue")


def remove_phone_of(owner: str, page: Page) -> None:
    """What Sue does in the office when somebody calls that their phone is gone."""
    page.get_by_role("main").get_by_role("link", name=re.compile(owner)).or_(
        page.get_by_role("main").get_by_role("button", name=re.compile(owner))
    ).first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Remove", exact=True).click()
    sheet.get_by_role("button", name="Remove and erase").click()
    expect(sheet).to_be_hidden()


def test_a_removed_phone_erases_itself_and_what_it_brought_is_taken_in(
    ana: Phone, sue: Phone, office: Office
) -> None:
    medication = office.chart["medication"]
    ana.go_offline()
    ana.edit(office.chart["patient"], medication, {"Dose": "10 mg"})
    sue.open("#/office/devices")
    remove_phone_of("Ana Ferrer", sue.page)

    ana.go_online()
    expect(ana.page.get_by_text(ana.word("signin.erased_title"))).to_be_visible()
    expect(ana.page.get_by_text(ana.word("signin.erased_told"))).to_be_visible()
    assert [name for name in ana.page.evaluate(STORES) if name.startswith("doorstep-")] == []

    assert office.records("ben")[medication]["fields"]["dose"] == "5 mg"
    sue.open("#/office/lost")
    sue.page.get_by_role("main").get_by_text("Ana Ferrer").click()
    expect(sue.page.get_by_role("main")).to_contain_text("10 mg")
    sue.press("office.take_in")
    expect(sue.page.get_by_text(sue.word("office.lost_decided"))).to_be_visible()
    assert office.records("ben")[medication]["fields"]["dose"] == "10 mg"
    sue.open("#/office/devices")
    expect(sue.page.get_by_role("main")).to_contain_text(sue.word("office.erased"))


def test_a_locked_phone_erases_itself_too(ana: Phone, office: Office) -> None:
    listed = office.deployment.doorstep("device", "list")
    (device,) = (line.split()[0] for line in listed.splitlines() if "ana@" in line)
    ana.page.reload()
    expect(ana.page.get_by_role("heading", name="Locked")).to_be_visible()
    office.deployment.doorstep("device", "revoke", device)
    ana.go_offline()
    ana.go_online()
    expect(ana.page.get_by_text(ana.word("signin.erased_title"))).to_be_visible()
    assert [name for name in ana.page.evaluate(STORES) if name.startswith("doorstep-")] == []


def test_a_member_who_left_has_nothing_at_once(ana: Phone, office: Office) -> None:
    office.deployment.doorstep("member", "leave", "ana@example.org")
    ana.open("#/sync")
    ana.press("sync.now")
    expect(ana.page.get_by_text(ana.word("signin.erased_title"))).to_be_visible()
    ana.press("signin.erased_ok")
    ana.press("signin.sign_in_passkey")
    expect(ana.page.get_by_text(ana.word("signin.sign_in_unknown"))).to_be_visible()
