"""What a bad line and a dying server do to a phone's work: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone
from tests.e2e.proxy import Exchange


def written_by_ana(office: Office, record: str) -> list[str]:
    ana = office.members["ana"]
    return [
        change["set"]["dose"]
        for change in office.history(record)
        if change["member"] == ana and "dose" in change["set"]
    ]


def edit_dose_offline(ana: Phone, office: Office) -> str:
    medication = office.chart["medication"]
    ana.go_offline()
    ana.edit(office.chart["patient"], medication, {"Dose": "10 mg"})
    return medication


@pytest.mark.parametrize(
    ("fault", "reaches_server"), [("lost", True), ("torn", True), ("captive", False)]
)
def test_an_answer_that_never_arrives_costs_nothing(
    ana: Phone, office: Office, fault: str, reaches_server: bool
) -> None:
    medication = edit_dose_offline(ana, office)
    before = ana.line.arrived
    ana.go_online(fault, "/api/sync")
    ana.line.wait_for("/api/sync", fault, after=before)
    assert written_by_ana(office, medication) == (["10 mg"] if reaches_server else [])
    ana.open("#/sync")
    expect(ana.page.get_by_text("No connection")).to_be_visible()
    ana.line.behave("up")
    ana.sync()
    assert written_by_ana(office, medication) == ["10 mg"]
    assert ana.copies()[medication]["fields"]["dose"] == "10 mg"


@pytest.mark.parametrize("deployment", ["sqlite", "postgresql"], indirect=True)
def test_a_server_killed_in_the_middle_of_a_sync_loses_and_doubles_nothing(
    ana: Phone, office: Office
) -> None:
    medication = edit_dose_offline(ana, office)
    killed: list[Exchange] = []

    def kill(exchange: Exchange) -> None:
        if not killed:
            killed.append(exchange)
            office.deployment.kill()

    before = ana.line.arrived
    ana.line.on_forwarded = kill
    ana.go_online()
    ana.line.wait_for("/api/sync", "unanswered", after=before)
    assert killed
    office.deployment.start()
    ana.sync()
    assert written_by_ana(office, medication) == ["10 mg"]
    assert ana.copies()[medication]["fields"]["dose"] == "10 mg"


def test_a_request_that_arrives_twice_is_taken_once(ana: Phone, office: Office) -> None:
    medication = edit_dose_offline(ana, office)
    before = ana.line.arrived
    ana.go_online("doubled", "/api/sync")
    ana.line.wait_for("/api/sync", "doubled", after=before)
    ana.line.behave("up")
    ana.sync()
    assert written_by_ana(office, medication) == ["10 mg"]


def test_a_request_that_arrives_long_after_its_retry_changes_nothing(
    ana: Phone, office: Office
) -> None:
    medication = edit_dose_offline(ana, office)
    before = ana.line.arrived
    ana.go_online("late", "/api/sync")
    ana.line.wait_for("/api/sync", "late", after=before)
    assert written_by_ana(office, medication) == []
    ana.line.behave("up")
    ana.sync()
    ana.edit(office.chart["patient"], medication, {"Dose": "20 mg"})
    ana.sync()
    assert ana.line.deliver() > 0
    assert written_by_ana(office, medication) == ["10 mg", "20 mg"]
    assert office.records("ana")[medication]["fields"]["dose"] == "20 mg"


def test_what_was_saved_survives_the_browser_being_closed(ana: Phone, office: Office) -> None:
    medication = edit_dose_offline(ana, office)
    ana.switch_off()
    ana.switch_on()
    ana.unlock()
    ana.go_online()
    ana.sync()
    assert written_by_ana(office, medication) == ["10 mg"]


def test_work_goes_on_while_an_answer_is_on_its_way(ana: Phone, office: Office) -> None:
    """What is edited during a slow sync is laid over its answer, and sent by the next."""
    medication = edit_dose_offline(ana, office)
    with ana.line.held():
        ana.go_online()
        ana.edit(office.chart["patient"], medication, {"When": "twice a day"})
    ana.sync()
    fields = ana.copies()[medication]["fields"]
    assert (fields["dose"], fields["timing"]) == ("10 mg", "twice a day")
    assert written_by_ana(office, medication) == ["10 mg"]
