"""The caseload on the phone: loaded once, there without a network."""

from playwright.sync_api import expect

from tests.e2e.conftest import Office
from tests.e2e.phone import Phone


def test_a_caseload_opens_offline_after_a_reload(ana: Phone, office: Office) -> None:
    ana.page.screenshot(path="/tmp/e2e-1.png")
    ana.go_offline()
    ana.reload()
    ana.page.screenshot(path="/tmp/e2e-2.png")
    ana.open(f"#/patients/{office.chart['patient']}")
    ana.page.screenshot(path="/tmp/e2e-3.png")
    expect(ana.page.get_by_role("heading", name="Rosa Delgado")).to_be_visible()
