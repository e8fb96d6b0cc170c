"""Files that are not what they should be: named with the place, left out whole, and nothing else
with them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.fhir.element import Broken
from server.fhir.reading import find_files, read_file
from tests.server.fhir.conftest import SMALL, Organisation, resource_of
from tests.server.fhir.test_importing import SMALL_COUNTS, Edited

Change = Callable[[dict[str, Any]], Any]


def place_of(path: Path) -> str:
    with pytest.raises(Broken) as broken:
        read_file(path)
    return broken.value.faults[0].place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"resourceType": "Bundle",\n "entry": [\n  {"resource": oops}]}', "line 3, column 16"),
        ('{"resourceType": "Bundle", "entry": [', "line 1, column 38"),
        ("", "line 1, column 1"),
        ("[]", ""),
        ("{}", "resourceType"),
        ('{"resourceType": "Bundle", "entry": {}}', "entry"),
        ('{"resourceType": "Bundle", "entry": [3]}', "entry[0]"),
        ('{"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]}', "entry[0].resource"),
        (
            '{"resourceType": "Bundle", "entry": [{"resource": {}}]}',
            "entry[0].resource.resourceType",
        ),
    ],
)
def test_what_is_no_resource_is_named_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    assert place_of(path) == place


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(b'{"resourceType": "\xff\xfe"}')
    assert place_of(path).startswith("line 1, column ")


def test_every_fault_of_a_bundle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"resourceType": "Bundle", "entry": [1, {"resource": {"resourceType": 2}}]}')
    with pytest.raises(Broken) as broken:
        read_file(path)
    assert [fault.place for fault in broken.value.faults] == [
        "entry[0]", "entry[1].resource.resourceType",
    ]  # fmt: skip


BROKEN: list[tuple[str, Change, str]] = [
    ("no id", lambda b: b["entry"][5].pop("fullUrl") and b["entry"][5]["resource"].pop("id"),
     ".id"),
    ("a number for a birth date", lambda b: resource_of(b, 1).update(birthDate=1948),
     ".birthDate"),
    ("a birth date off the calendar", lambda b: resource_of(b, 1).update(birthDate="1948-02-30"),
     ".birthDate"),
    ("no name", lambda b: resource_of(b, 1).pop("name"), ".name"),
    ("a list of names that is none", lambda b: resource_of(b, 1).update(name="María"), ".name"),
    ("a status that there is none of", lambda b: resource_of(b, 6).update(status="taking"),
     ".status"),
    ("a code of another value set",
     lambda b: resource_of(b, 3)["clinicalStatus"]["coding"][0].update(code="cured"),
     ".clinicalStatus"),
    ("a time without an offset",
     lambda b: resource_of(b, 14).update(effectiveDateTime="2026-02-03T20:40:00"),
     ".effectiveDateTime"),
    ("a value of text", lambda b: resource_of(b, 15)["valueQuantity"].update(value="71.4"),
     ".valueQuantity.value"),
    ("half a character", lambda b: resource_of(b, 4)["code"].update(text="a\ud800"), "line 1"),
    ("a character that no field holds", lambda b: resource_of(b, 4)["code"].update(text="a\0b"),
     "(condition.name)"),
    ("a pressure beyond measure",
     lambda b: resource_of(b, 14)["component"][0]["valueQuantity"].update(value=4000),
     "(observation.systolic)"),
    ("a language that is none",
     lambda b: resource_of(b, 1)["communication"][1]["language"]["coding"][0].update(code="?"),
     "(patient.language)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_bundle_with_one_thing_wrong_is_left_out_whole_and_says_where(
    organisation: Organisation, tmp_path: Path, change: Change, place: str
) -> None:
    bundle = json.loads(SMALL.read_text())
    change(bundle)
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(bundle))
    report = organisation.take(path)
    assert not report.is_whole
    (fault,) = report.broken[path]
    assert place in fault.place
    assert not organisation.counts()


def test_a_broken_file_leaves_the_others_in(organisation: Organisation, tmp_path: Path) -> None:
    shutil.copy(SMALL, tmp_path / "b.json")
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "c.json").write_text('{"resourceType": "Bundle", "entry": [1]}')
    report = organisation.take(tmp_path)
    assert set(report.broken) == {tmp_path / "a.json", tmp_path / "c.json"}
    assert organisation.counts() == SMALL_COUNTS


def test_nothing_is_taken_about_a_patient_whose_own_file_is_broken(
    organisation: Organisation, edited: Edited, tmp_path: Path
) -> None:
    edited(lambda bundle: resource_of(bundle, 1).pop("name"))
    id_ = "00000000-0000-4000-8000-000000000001"
    (tmp_path / "z.json").write_text(
        '{"resourceType": "Condition", "id": "z", "code": {"text": "Cough"},'
        f' "subject": {{"reference": "Patient/{id_}"}}}}'
    )
    report = organisation.take(tmp_path)
    assert set(report.broken) == {tmp_path / "edited.json"}
    assert not organisation.counts()
    assert sum(report.passed_over.values()) == 1


def test_a_mended_file_is_taken(organisation: Organisation, edited: Edited) -> None:
    organisation.take(edited(lambda bundle: resource_of(bundle, 1).pop("name")))
    organisation.take(edited(lambda bundle: None))
    assert organisation.counts() == SMALL_COUNTS


def test_files_are_found_once_each_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.json", "a.json", "sub/c.json", "readme.txt"):
        (tmp_path / name).write_text("{}")
    found = find_files([tmp_path / "b.json", tmp_path])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["b.json", "a.json", "sub/c.json"]
    with pytest.raises(FileNotFoundError):
        find_files([tmp_path / "nowhere"])
