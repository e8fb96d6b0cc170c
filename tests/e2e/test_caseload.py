"""The caseload on the phone: loaded once, there without a network."""

from playwright.sync_api import expect

from tests.e2e.conftest import Office
from tests.e2e.phone import Phone


def test_a_caseload_opens_offline_after_a_reload(ana: Phone, office: Office) -> None:
    ana.go_offline()
    ana.reload()
    ana.open(f"#/patients/{office.chart['patient']}")
    expect(ana.page.get_by_role("heading", name="Rosa Delgado")).to_be_visible()


def test_the_app_can_be_installed(ana: Phone) -> None:
    assert ana.context
    devtools = ana.context.new_cdp_session(ana.page)
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window cannot install anything; nothing else may stand in the way.
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert '"display":"standalone"' in manifest["data"].replace(" ", "")
