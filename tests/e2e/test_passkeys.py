"""A passkey signs in and opens the phone, without a user name and without a network."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable

from playwright.sync_api import Request, expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone

SwitchOn = Callable[..., Phone]


def at_the_server(office: Office, statement: str) -> None:
    """Change the embedded database behind the server's back."""
    with sqlite3.connect(office.deployment.home / "doorstep.sqlite3") as database:
        database.execute(statement)
    database.close()


def test_a_passkey_opens_the_phone_offline_and_nobody_else_does(
    switch_on: SwitchOn, office: Office
) -> None:
    ana = switch_on("ana", seals=True)
    ana.go_offline()
    ana.reload()
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Rosa")
    ana.authenticator.verify_nobody()
    ana.page.reload()
    ana.press("signin.unlock")
    expect(ana.page.get_by_text(ana.word("signin.unlock_cancelled"))).to_be_visible()
    expect(ana.page.get_by_role("navigation")).to_be_hidden()


def test_what_prf_gives_never_leaves_the_phone(switch_on: SwitchOn, office: Office) -> None:
    ana = switch_on("ana", joined=False, seals=True)
    bodies: list[bytes] = []

    def keep(request: Request) -> None:
        body = request.post_data_buffer or b""
        bodies.append(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)

    ana.page.on("request", keep)
    ana.join(office.invitation("ana"))
    assert any(b"attestationObject" in body for body in bodies)
    assert not any(b'"prf"' in body or b'"first"' in body for body in bodies)


def test_an_ended_session_locks_nobody_out_and_signing_in_again_sends_what_waits(
    switch_on: SwitchOn, office: Office
) -> None:
    ana = switch_on("ana", seals=True)
    patient, medication = office.chart["patient"], office.chart["medication"]
    at_the_server(office, "DELETE FROM session")
    ana.reload()
    ana.edit(patient, medication, {"Dose": "10 mg"})
    bar = ana.page.get_by_text(ana.word("shell.signed_out_bar"), exact=True)
    expect(bar).to_be_visible()
    ana.reload()
    expect(bar).to_be_visible()
    ana.press("signin.title")
    expect(bar).to_be_hidden()
    ana.sync()
    assert office.records("ana")[medication]["fields"]["dose"] == "10 mg"


def test_signing_out_keeps_the_store_and_signing_in_needs_no_name(
    switch_on: SwitchOn, office: Office
) -> None:
    ana = switch_on("ana", seals=True)
    ana.open("#/settings")
    ana.press("settings.sign_out")
    ana.page.get_by_role("dialog").get_by_role(
        "button", name=ana.word("settings.sign_out"), exact=True
    ).click()
    before = ana.line.arrived
    ana.press("signin.sign_in_passkey")
    expect(ana.page.get_by_role("navigation").first).to_be_visible()
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Rosa")
    asked = [each.path for each in ana.line.exchanges if each.number > before]
    assert "/api/sign-in" in asked
    assert "/api/devices" not in asked


def test_a_sign_in_that_is_played_back_opens_nothing(switch_on: SwitchOn, office: Office) -> None:
    ana = switch_on("ana", seals=True)
    with ana.page.expect_response("**/api/sign-in") as answered:
        at_the_server(office, "DELETE FROM session")
        ana.reload()
        ana.open("#/sync")
        ana.press("signin.title")
    assert answered.value.status == 200
    played = ana.page.evaluate(
        """async (body) => (await fetch('/api/sign-in', {
             method: 'POST', body, headers: { 'Content-Type': 'application/json' } })).json()""",
        answered.value.request.post_data,
    )
    assert (played["status"], played["code"]) == (403, "sign_in_failed")


def test_a_passkey_that_counts_backwards_was_copied_and_is_refused(
    switch_on: SwitchOn, office: Office
) -> None:
    ana = switch_on("ana", seals=True)
    at_the_server(office, "UPDATE passkey SET sign_count = 1000000")
    at_the_server(office, "DELETE FROM session")
    ana.reload()
    ana.open("#/sync")
    ana.press("signin.title")
    expect(ana.page.get_by_text(ana.word("signin.sign_in_unknown")).first).to_be_visible()


def test_a_lost_passkey_costs_no_unsent_work(switch_on: SwitchOn, office: Office) -> None:
    ana = switch_on("ana", seals=True)
    patient, medication = office.chart["patient"], office.chart["medication"]
    ana.go_offline()
    ana.edit(patient, medication, {"Dose": "10 mg"})
    ana.page.reload()
    ana.authenticator.lose_all()
    ana.go_online()
    ana.press("signin.unlock")
    expect(ana.page.get_by_text(ana.word("signin.unlock_cancelled"))).to_be_visible()

    ana.page.goto(office.invitation("ana"))
    ana.page.get_by_text("Welcome back").wait_for()
    ana.press("signin.create_passkey")
    ana.wait_for_caseload()
    assert office.records("ana")[medication]["fields"]["dose"] == "10 mg"
    ana.open("#/settings/security")
    expect(
        ana.page.get_by_text(ana.word("security.did_escrow_release"), exact=True)
    ).to_be_visible()
    ana.reload()
    ana.open(f"#/patients/{patient}")
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Rosa")
