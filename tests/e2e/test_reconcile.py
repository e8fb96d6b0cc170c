"""Two phones change the same chart without a network and come back, in either order.

Whatever they changed, both phones and the server end with the same records, and what each record
says is what the field's rule promises (sync/README.md, "The rules").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone

Pair = dict[str, Phone]
ORDERS = [("ana", "ben"), ("ben", "ana")]


@pytest.fixture
def pair(ana: Phone, ben: Phone) -> Pair:
    return {"ana": ana, "ben": ben}


@pytest.fixture(params=ORDERS, ids=["ana-first", "ben-first"])
def come_back(request: pytest.FixtureRequest, pair: Pair, office: Office) -> Callable[[], Any]:
    """Both phones come back, in this order, and sync until each has the other's work."""

    def come_back() -> dict[str, dict[str, Any]]:
        first, second = (pair[name] for name in request.param)
        first.go_online()
        first.sync()
        second.go_online()
        second.sync()
        first.sync()
        records = office.records("ana")
        assert first.copies() == second.copies() == records
        return records

    return come_back


def go_offline(pair: Pair) -> None:
    for phone in pair.values():
        phone.go_offline()


def test_edits_of_different_fields_all_stand(
    pair: Pair, office: Office, come_back: Callable[[], Any]
) -> None:
    patient, medication, task = (office.chart[name] for name in ("patient", "medication", "task"))
    go_offline(pair)
    pair["ana"].edit(patient, medication, {"When": "twice a day"})
    pair["ben"].edit(patient, medication, {"Prescribed by": "Dr. Amara Osei"})
    pair["ben"].edit(patient, task, {"What to do": "Order a shower chair and a grab rail"})
    records = come_back()
    assert records[medication]["fields"]["timing"] == "twice a day"
    assert records[medication]["fields"]["prescriber"] == "Dr. Amara Osei"
    assert records[medication]["contested"] == {}
    assert records[task]["fields"]["description"] == "Order a shower chair and a grab rail"


def test_an_overruled_author_is_told_and_can_put_it_back(
    pair: Pair, office: Office, come_back: Callable[[], Any]
) -> None:
    patient, medication = office.chart["patient"], office.chart["medication"]
    go_offline(pair)
    pair["ana"].edit(patient, medication, {"Prescribed by": "Dr. Amara Osei"})
    pair["ben"].edit(patient, medication, {"Prescribed by": "Dr. Peter Hale"})
    records = come_back()
    # The clocks of both are the machine's: Ben wrote later, whoever comes back first.
    assert records[medication]["fields"]["prescriber"] == "Dr. Peter Hale"
    overruled = records[medication]["overruled"]["prescriber"]
    assert [write["value"] for write in overruled] == ["Dr. Amara Osei"]
    pair["ana"].sync()
    pair["ana"].open("#/review")
    expect(pair["ana"].page.get_by_role("heading", name="Yours did not stand")).to_be_visible()
    pair["ana"].page.get_by_role("link", name="Medication: Prescribed by").click()
    pair["ana"].page.get_by_role("button", name="Put it back: Dr. Amara Osei").click()
    expect(pair["ana"].page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    pair["ana"].sync()
    pair["ben"].sync()
    assert pair["ben"].copies()[medication]["fields"]["prescriber"] == "Dr. Amara Osei"


def test_two_doses_are_contested_on_both_phones_and_settled_on_one(
    pair: Pair, office: Office, come_back: Callable[[], Any]
) -> None:
    patient, medication = office.chart["patient"], office.chart["medication"]
    go_offline(pair)
    pair["ana"].edit(patient, medication, {"Dose": "10 mg"})
    pair["ben"].edit(patient, medication, {"Dose": "2.5 mg"})
    records = come_back()
    assert {write["value"] for write in records[medication]["contested"]["dose"]} == {
        "10 mg",
        "2.5 mg",
    }
    for phone in pair.values():
        phone.open(f"#/patients/{patient}?tab=medications")
        contested = phone.page.get_by_role("region", name="Dose: to decide")
        expect(contested.get_by_text("10 mg", exact=False).first).to_be_visible()
        expect(contested.get_by_text("2.5 mg", exact=False).first).to_be_visible()
    pair["ben"].go_offline()
    pair["ben"].open("#/review")
    pair["ben"].page.get_by_role("link", name="Medication: Dose").click()
    pair["ben"].page.get_by_role("button", name="This is right: 10 mg").click()
    expect(pair["ben"].page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    pair["ben"].go_online()
    pair["ben"].sync()
    pair["ana"].sync()
    for phone in pair.values():
        settled = phone.copies()[medication]
        assert settled["fields"]["dose"] == "10 mg"
        assert settled["contested"] == {}


@pytest.mark.parametrize(
    ("by_ana", "by_ben", "merged", "contested"),
    [
        pytest.param(
            "Walks alone. Sleeps badly. Eats well.",
            "Walks with a stick. Sleeps badly. Eats little.",
            "Walks alone. Sleeps badly. Eats little.",
            False,
            id="different sentences",
        ),
        pytest.param(
            "Walks alone. Sleeps badly. Eats well.",
            "Walks with a stick. Sleeps well. Eats well.",
            "Walks alone. Sleeps well. Eats well.",
            False,
            id="neighbouring sentences",
        ),
        pytest.param(
            "Walks with a stick. Sleeps four hours. Eats well.",
            "Walks with a stick. Sleeps well since Monday. Eats well.",
            None,
            True,
            id="the same sentence",
        ),
    ],
)
def test_a_note_is_merged_by_the_sentence(
    pair: Pair,
    office: Office,
    come_back: Callable[[], Any],
    by_ana: str,
    by_ben: str,
    merged: str | None,
    contested: bool,
) -> None:
    patient, visit = office.chart["patient"], office.chart["visit"]
    go_offline(pair)
    pair["ana"].edit(patient, visit, {"How the person is": by_ana})
    pair["ben"].edit(patient, visit, {"How the person is": by_ben})
    note = come_back()[visit]
    if merged:
        assert note["fields"]["note_how"] == merged
    for sentence in ("Sleeps four hours.", "Sleeps well since Monday.") if contested else ():
        assert sentence in note["fields"]["note_how"]
    assert ("note_how" in note["contested"]) is contested


def test_an_edit_outlives_a_deletion_until_somebody_decides(
    pair: Pair, office: Office, come_back: Callable[[], Any]
) -> None:
    patient, task = office.chart["patient"], office.chart["task"]
    go_offline(pair)
    pair["ana"].delete(patient, task)
    pair["ben"].edit(patient, task, {"What to do": "Order a shower chair, the tall one"})
    record = come_back()[task]
    assert not record["deleted"]
    assert {write["value"] for write in record["contested"]["deleted"]} == {True, False}
    assert record["fields"]["description"] == "Order a shower chair, the tall one"
    ana = pair["ana"]
    ana.open("#/review")
    ana.page.get_by_role("link", name="Task: delete or keep?").click()
    ana.page.get_by_role("button", name="Keep it").click()
    expect(ana.page.get_by_role("heading", level=1, name="Review")).to_be_visible()
    ana.sync()
    pair["ben"].sync()
    assert pair["ben"].copies()[task]["contested"] == {}
    assert not pair["ben"].copies()[task]["deleted"]


def test_a_language_added_by_one_and_removed_by_the_other(
    pair: Pair, office: Office, come_back: Callable[[], Any]
) -> None:
    """A set: what each added is in, and only what its remover had seen is out."""
    patient = office.chart["patient"]
    office.write(
        {
            "record": patient,
            "kind": "patient",
            "patient": patient,
            "seen": office.head,
            "add": {"languages": ["fr", "pt"]},
        }
    )
    for phone in pair.values():
        phone.sync()
    go_offline(pair)
    with pair["ana"].form(patient, patient) as form:
        languages = form.get_by_role("group", name="Also speaks")
        languages.get_by_role("button", name="Remove “French”").click()
        languages.get_by_role("button", name="Add: Also speaks").click()
        languages.get_by_role("combobox").select_option("German")
    with pair["ben"].form(patient, patient) as form:
        languages = form.get_by_role("group", name="Also speaks")
        languages.get_by_role("button", name="Add: Also speaks").click()
        languages.get_by_role("combobox").select_option("Italian")
    assert come_back()[patient]["fields"]["languages"] == ["pt", "de", "it"]
