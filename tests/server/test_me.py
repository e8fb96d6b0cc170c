"""What a member is told of their account."""

from __future__ import annotations

import pytest
from flask import Flask

from server import access_log, me, signing_in
from server.access_log import Entry, note
from server.database import begin
from tests.server.authenticator import Authenticator, Browser
from tests.server.office import Office, Phone


def test_every_event_that_is_told_is_one_that_the_log_knows() -> None:
    assert set(me.SECURITY_EVENTS) <= access_log.ACTS.keys()


def test_activity_tells_what_was_done_by_whom_on_which_phone(
    office: Office, supervisor: Phone
) -> None:
    member = office.add("coordinator", "North")
    with begin(office.organisation, write=True) as connection:
        link = signing_in.invite(
            connection,
            office.organisation,
            office.email(member),
            invited_by=supervisor.member,
        )
    browser = Browser.of(office)
    assert browser.join(link.rpartition("/")[2], name="Pixel 8").status_code == 200
    Phone.enrol(browser.session)
    options = browser.session.post("/api/passkeys/options", {}).json["options"]
    credential = Authenticator().create(options)
    browser.session.post("/api/passkeys", {"credential": credential, "name": "Key"})
    told = browser.session.get("/api/me/activity").json["activity"]
    assert [(each["what"], each["by_name"], each["detail"]) for each in reversed(told)] == [
        ("invited", "Supervisor 1", None),
        ("passkey_added", "Coordinator 2", "Pixel 8"),
        ("sign_in", "Coordinator 2", "Pixel 8"),
        ("device_enrolled", "Coordinator 2", told[1]["detail"]),
        ("passkey_added", "Coordinator 2", "Key"),
    ]
    assert told[0].keys() == {"at", "what", "by", "by_name", "device_name", "detail"}
    assert (told[0]["by"], told[0]["device_name"]) == (member, "Pixel 8")
    assert told[0]["at"] >= told[-1]["at"]


def test_activity_is_ones_own_and_says_nothing_of_charts(phone: Phone, colleague: Phone) -> None:
    phone.new_patient()
    phone.sync(reads=[])
    mine = phone.session.get("/api/me/activity").json["activity"]
    theirs = colleague.session.get("/api/me/activity").json["activity"]
    assert {each["by"] for each in mine} <= {phone.member}
    assert {each["by"] for each in theirs} <= {colleague.member}
    assert {each["what"] for each in mine + theirs} <= set(me.SECURITY_EVENTS)


def test_only_the_newest_are_told(
    office: Office, phone: Phone, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    monkeypatch.setattr(me, "MOST_ACTIVITY", 2)
    with begin(office.organisation, write=True) as connection:
        entries = [
            Entry(what="sign_in", subject=phone.member, detail=str(n), at=2**50 + n)
            for n in range(3)
        ]
        note(connection, office.organisation, entries)
    told = phone.session.get("/api/me/activity").json["activity"]
    assert [each["detail"] for each in told] == ["2", "1"]
