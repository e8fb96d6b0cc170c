"""The caseload on the phone: loaded once, there without a network."""

from playwright.sync_api import expect

from tests.e2e.conftest import Office
from tests.e2e.phone import Phone


def test_a_caseload_opens_offline_after_a_reload(ana: Phone, office: Office) -> None:
    ana.go_offline()
    ana.reload()
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", name="Rosa Delgado")).to_be_visible()
