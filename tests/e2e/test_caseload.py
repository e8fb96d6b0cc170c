"""The caseload on the phone: loaded once, there without a network."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.office import Office
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


def test_an_administrator_has_no_chart_by_office(switch_on: Callable[..., Phone]) -> None:
    root = switch_on("root")
    root.open("#/patients")
    expect(root.page.get_by_text("No patients yet")).to_be_visible()
    expect(root.page.get_by_role("button", name="New patient")).to_have_count(0)
    assert not any(copy["patient"] for copy in root.copies().values())
