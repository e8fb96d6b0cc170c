"""What Ana does at Rosa Delgado's, from the door to the signature."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def go_on(page: Page, step: str) -> None:
    """Leave a step by the one button for what comes next."""
    page.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_role("heading", name=step, exact=True)).to_be_visible()


def run_visit(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Start visit")).click()
    page.get_by_role("button", name="I am at the door: start").click()
    page.get_by_role("button", name="Smoke alarm: A concern").click()
    go_on(page, "Measurements")
    page.get_by_role("button", name="Blood pressure Add").click()
    pad = page.get_by_role("group", name="Number pad")
    for digit in "13884":
        pad.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    go_on(page, "Medications")
    page.get_by_role("group", name="How Lisinopril was found").get_by_label("As listed").check()
    go_on(page, "Goals")
    page.get_by_role("group", name="How it is going").get_by_label("Better").check()
    go_on(page, "Needs")
    go_on(page, "Tasks")
    page.get_by_role("button", name="Done: Order a shower chair").click()
    page.get_by_role("button", name="It helped", exact=True).click()
    go_on(page, "Note")
    page.get_by_label("How the person is").fill("Rosa walks alone again. Her cough is gone.")
    page.get_by_label("Summary for the patient").fill("Su presión está bien. Siga así.")
    go_on(page, "Next steps")
    page.get_by_label("Step", exact=True).fill("Llamar a la farmacia")
    page.get_by_role("button", name="Add this step").click()
    go_on(page, "Review and sign")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Sign with the typed name").click()
    page.get_by_role("button", name="Finish the visit").click()
