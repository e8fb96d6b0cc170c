"""A chart is handed over: it leaves the phone, and the work done before stays."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.office import Office
from tests.e2e.phone import Phone


def test_a_handed_over_chart_leaves_the_phone_and_earlier_work_is_kept(
    ana: Phone, ben: Phone, office: Office
) -> None:
    patient, medication = office.chart["patient"], office.chart["medication"]
    ana.go_offline()
    ana.edit(patient, medication, {"Dose": "10 mg"})
    office.write(
        {
            "record": office.chart["ana's assignment"],
            "kind": "assignment",
            "patient": patient,
            "seen": office.head,
            "set": {"status": "finished"},
        }
    )
    ana.go_online()
    ana.sync()
    held = ana.copies()
    assert [record["id"] for record in held.values() if record["patient"] == patient] == []
    ana.open("#/patients")
    expect(ana.page.get_by_role("main").get_by_text("Rosa Delgado")).to_be_hidden()
    ana.open(f"#/patients/{patient}")
    expect(ana.page.get_by_text("This chart is not on your phone")).to_be_visible()
    ben.sync()
    assert ben.copies()[medication]["fields"]["dose"] == "10 mg"


def test_a_chart_assigned_while_away_arrives_whole(ana: Phone, office: Office) -> None:
    patient = office.write_patient("Wilhelmina", "Achterberg-Featherstonehaugh")
    office.assign(patient, "ana")
    ana.sync()
    ana.open("#/patients")
    ana.page.get_by_role("main").get_by_text("Achterberg-Featherstonehaugh").click()
    expect(ana.page.get_by_role("heading", level=1)).to_contain_text("Wilhelmina")
