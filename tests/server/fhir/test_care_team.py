"""Who is on the team of a chart, as all of its resources together tell it."""

from __future__ import annotations

from tests.server.fhir.conftest import SMALL, Organisation


def test_practitioners_named_by_a_chart_are_on_its_team(organisation: Organisation) -> None:
    organisation.take(SMALL)
    team = {
        each["fields"]["name"]: each["fields"] for each in organisation.records("care_team_member")
    }
    assert set(team) == {"Dr. Chidi Obi", "Żaneta Nowak", "李小红"}
    assert team["Dr. Chidi Obi"]["role"] == "primary-care"
    assert team["Dr. Chidi Obi"]["organization"] == "Example Clinic"
    assert team["Dr. Chidi Obi"]["telecom"][0]["value"] == "+1 555 0102"
    assert team["Żaneta Nowak"]["role"] == "nurse"
    assert team["Żaneta Nowak"]["status"] == "active"


def test_a_relative_on_the_team_is_the_related_person(organisation: Organisation) -> None:
    organisation.take(SMALL)
    relative = organisation.one("care_team_member", name="李小红")["fields"]
    assert relative["related_person"] == organisation.one("related_person")["id"]
    assert relative["role"] == "family"
