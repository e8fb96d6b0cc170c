"""Objects of several parts, and files."""

from typing import Any

import pytest

from server.catalogue import CATALOGUE, Invalid
from server.catalogue.parts import File

TELECOM = CATALOGUE.kinds["patient"].fields["telecom"].marshmallow
PHONE = {"system": "phone", "value": "413-555-0101"}
PHOTO = {"sha256": "a" * 64, "media_type": "image/jpeg", "size": 120_000}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (PHONE, PHONE),
        (PHONE | {"use": None}, PHONE),
        (PHONE | {"ok_to_text": True}, PHONE | {"ok_to_text": True}),
        # From a newer version: kept, its text cleaned like any other.
        (PHONE | {"note": "cafe\u0301", "rank": 1}, PHONE | {"note": "café", "rank": 1}),
    ],
)
def test_an_object_is_taken(value: dict[str, Any], stored: dict[str, Any]) -> None:
    assert TELECOM.deserialize(value) == stored


@pytest.mark.parametrize(
    ("value", "code", "params"),
    [
        ("413-555-0101", "not_an_object", {}),
        ([PHONE], "not_an_object", {}),
        (None, "null", {}),
        ({}, "part_missing", {"part": "system"}),
        ({"system": "phone", "value": None}, "part_missing", {"part": "value"}),
        (PHONE | {"value": "  "}, "blank", {"part": "value"}),
        (PHONE | {"system": "pigeon"}, "not_a_choice", {"part": "system"}),
        (PHONE | {"value": "5" * 201}, "too_long", {"max": 200, "part": "value"}),
        (PHONE | {"hours": {"mon": "9-5"}}, "not_flat", {}),
        (PHONE | {"hours": ["9-5"]}, "not_flat", {}),
        (PHONE | {"rank": float("nan")}, "not_flat", {}),
        (PHONE | {"note": "x" * 2_001}, "not_flat", {}),
        (PHONE | {"n" * 65: "x"}, "not_flat", {}),
        (PHONE | {"note": "\0"}, "bad_character", {}),
        (PHONE | {"no\0te": "x"}, "bad_character", {}),
        (PHONE | {f"part_{i}": i for i in range(30)}, "too_many", {"max": 30}),
    ],
)
def test_an_object_is_refused_with_the_part_at_fault(
    value: Any, code: str, params: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        TELECOM.deserialize(value)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_file_is_named_by_its_bytes() -> None:
    assert File().deserialize(PHOTO) == PHOTO


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"sha256": "A" * 64}, "not_of_this_form"),
        ({"sha256": "a" * 63}, "not_of_this_form"),
        ({"media_type": "text/html"}, "not_a_choice"),
        ({"size": 0}, "too_small"),
        ({"size": 30_000_000}, "too_great"),
        ({"size": None}, "part_missing"),
    ],
)
def test_what_cannot_be_a_file_is_refused(part: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        File().deserialize(PHOTO | part)
    assert caught.value.code == code
