"""What an organisation decided for itself, and what holds where it did not."""

from __future__ import annotations

from server.database import begin
from server.organisation_settings import OrganisationSettings, settings_of
from tests.server.office import Office, Phone


def settings(office: Office) -> OrganisationSettings:
    with begin(office.organisation) as connection:
        return settings_of(connection, office.organisation)


def test_without_a_record_the_defaults_hold(office: Office) -> None:
    assert settings(office) == OrganisationSettings("UTC", 7, 5, 7, "letter")


def test_nothing_else_takes_the_place_of_the_settings(
    office: Office, phone: Phone, supervisor: Phone
) -> None:
    taken, patient = office.organisation, phone.new_patient()
    phone.change(taken, "patient", taken, set={"name": {"family": "Rivera"}})
    phone.change(taken, "medication", patient, set={"name": "Aspirin"})
    phone.sync()
    assert [each["code"] for each in phone.refused] == ["invalid", "invalid"]
    said = {"time_zone": "America/New_York"}
    supervisor.change(taken, "organisation_settings", None, set=said)
    supervisor.sync()
    assert supervisor.refused == []
    assert settings(office).time_zone == "America/New_York"


def test_what_the_record_says_holds_and_the_rest_stays(office: Office, supervisor: Phone) -> None:
    said = {"time_zone": "America/New_York", "retention_years": 10}
    supervisor.change(office.organisation, "organisation_settings", None, set=said)
    supervisor.sync()
    assert supervisor.refused == []
    found = settings(office)
    assert found == OrganisationSettings("America/New_York", 7, 5, 10, "letter")
    assert str(found.zone) == "America/New_York"
    other = Office.open(office.app, "Elsewhere")
    assert settings(other) == OrganisationSettings()
