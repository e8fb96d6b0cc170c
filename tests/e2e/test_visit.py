"""A whole visit in a stairwell without a signal, and its summary as a PDF after the sync."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.at_the_door import go_on, run_visit
from tests.e2e.office import Office
from tests.e2e.phone import PATIENT_MS, Phone


def test_a_visit_finished_offline_is_sent_and_its_summary_opens(ana: Phone, office: Office) -> None:
    page, patient = ana.page, office.chart["patient"]
    ana.go_offline()
    ana.open(f"#/patients/{patient}")
    run_visit(page)
    expect(page.get_by_text("Saved on this phone. It is sent with the next sync.")).to_be_visible()
    page.get_by_role("link", name="Summary for the patient").click()
    paper = page.get_by_role("article")
    expect(paper.get_by_text("Su presión está bien. Siga así.")).to_be_visible()

    ana.go_online()
    ana.sync()
    chart = [record for record in office.records("ben").values() if record["patient"] == patient]
    by_kind = {record["kind"]: record["fields"] for record in chart}
    (visit,) = (
        record
        for record in chart
        if record["kind"] == "visit" and record["fields"]["member"] == office.members["ana"]
    )
    assert visit["fields"]["status"] == "finished"
    assert visit["fields"]["note_how"] == "Rosa walks alone again. Her cough is gone."
    assert visit["fields"]["signature"][0]["name"] == "Rosa Delgado"
    assert (by_kind["observation"]["systolic"], by_kind["observation"]["diastolic"]) == (138, 84)
    assert by_kind["task"]["status"] == "completed"

    ana.open(f"#/visits/{visit['id']}/summary")
    page.get_by_role("radio", name="PDF").check()
    drawn = page.get_by_role("img", name="Page 1 of 1")
    expect(drawn).to_be_visible(timeout=3 * PATIENT_MS)


def test_a_visit_resumes_where_it_stood_after_the_battery_died(ana: Phone, office: Office) -> None:
    ana.go_offline()
    ana.open(f"#/patients/{office.chart['patient']}")
    ana.page.get_by_role("link", name=re.compile("^Start visit")).click()
    ana.page.get_by_role("button", name="I am at the door: start").click()
    for step in ("Measurements", "Medications", "Goals", "Needs", "Tasks", "Note"):
        go_on(ana.page, step)
    note = ana.page.get_by_label("How the person is")
    note.press_sequentially("Out of breath on the stai")
    ana.wait_for_draft("note_how")
    where = ana.page.evaluate("location.hash")
    ana.switch_off()
    ana.switch_on()
    ana.unlock()
    ana.open(where)
    expect(ana.page.get_by_role("heading", name="Note", exact=True)).to_be_visible()
    expect(ana.page.get_by_label("How the person is")).to_have_value("Out of breath on the stai")
