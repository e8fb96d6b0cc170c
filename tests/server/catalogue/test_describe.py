"""The catalogue as GET /api/catalogue says it and as the phone is built with."""

import json
from pathlib import Path

from click.testing import CliRunner

from server.catalogue import CATALOGUE
from server.commands.catalogue import EXPORTED, catalogue, exported


def test_the_phone_has_the_catalogue_as_it_is() -> None:
    assert EXPORTED.read_text("utf-8") == exported(), "stale: run `doorstep catalogue export`"


def test_the_export_can_be_written_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    result = CliRunner().invoke(catalogue, ["export", "--to", str(path)])
    assert result.exit_code == 0, result.output
    assert json.loads(path.read_text("utf-8"))["version"] == CATALOGUE.version


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(catalogue, ["export", "--to", str(tmp_path / "no" / "where.json")])
    assert result.exit_code == 1
    assert "could not be written" in result.output


def test_a_field_is_described_in_one_language() -> None:
    described = CATALOGUE.describe("es")
    assert described["protocol"] == 1
    assert described["version"] == CATALOGUE.version
    medication = next(kind for kind in described["kinds"] if kind["kind"] == "medication")
    assert (medication["label"], medication["plural"]) == ("Medicamento", "Medicamentos")
    assert medication["scope"] == "chart"
    dose = next(field for field in medication["fields"] if field["name"] == "dose")
    assert dose == {
        "name": "dose",
        "label": "Dosis",
        "help": "Por ejemplo: 10 mg, 2 tabletas, 8 unidades.",
        "type": "string",
        "rule": "multi_value",
        "required": False,
        "max_length": 200,
    }


def test_choices_parts_and_rights_are_described() -> None:
    kinds = {kind["kind"]: kind for kind in CATALOGUE.describe("en")["kinds"]}
    fields = {
        (name, field["name"]): field for name, kind in kinds.items() for field in kind["fields"]
    }
    status = fields["task", "status"]
    assert status["choices"][-4:] == ["completed", "failed", "cancelled", "rejected"]
    assert status["terminal"] == ["completed", "failed", "cancelled", "rejected"]
    assert status["choice_labels"]["requested"] == "To do"
    assert fields["visit", "signature"]["locks"][:2] == ["note_how", "note_done"]
    assert fields["member", "role"]["write"] == []
    assert "write" not in fields["member", "telephone"]
    assert kinds["vacancy"]["scope"] == "office"
    assert fields["cover", "reason"]["read"] == ["supervisor", "administrator"]
    assert "read" not in fields["cover", "note"]
    assert fields["organisation_settings", "time_zone"]["format"] == "time-zone"
    telecom = {part["name"]: part for part in fields["patient", "telecom"]["parts"]}
    assert telecom["use"]["choice_labels"]["mobile"] == "Mobile"
    assert telecom["value"] == {
        "name": "value",
        "label": "Number or address",
        "type": "string",
        "required": True,
        "max_length": 200,
    }
    assert fields["patient", "birth_date"]["partial"] is True
    order = fields["coverage", "order"]
    assert (order["min"], order["max"]) == (1, 9)
    assert fields["observation", "code"]["choice_labels"]["85354-9"] == "Blood pressure"
    assert fields["assignment", "member"]["kinds"] == ["member"]
    assert "parts" not in fields["medication", "photos"]


def test_the_export_speaks_every_language() -> None:
    patient = CATALOGUE.export()["kinds"][0]
    assert patient["labels"] == {"en": "Patient", "es": "Paciente"}
    deceased = next(field for field in patient["fields"] if field["name"] == "deceased")
    assert deceased["choice_labels"]["deceased"] == {"en": "Has died", "es": "Falleció"}
