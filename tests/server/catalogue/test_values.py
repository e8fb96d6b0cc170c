"""What each type takes, how it is stored, and what it says of the rest."""

from typing import Any

import pytest

from server.catalogue import CATALOGUE, Invalid
from server.catalogue.values import (
    Boolean,
    Choice,
    Language,
    Number,
    Pattern,
    Reference,
    Text,
    Value,
)

ID = "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
NAME = Text(5)
REQUIRED = Text(5, required=True)
SHARE = Number(least=0, most=1)
COUNT = Number(whole=True, least=0)
COLOR = Choice("red green")
STROKES = Pattern("strokes", r"[MLQ0-9 .,\-]*", 20)


@pytest.mark.parametrize(
    ("type_", "value", "stored"),
    [
        (NAME, "Ana", "Ana"),
        (NAME, "", ""),
        (NAME, "Jose\u0301", "José"),  # NFC
        (NAME, "e\u0301" * 5, "é" * 5),  # counted after NFC
        (NAME, "\U0001f642" * 5, "\U0001f642" * 5),  # beyond the BMP, and still five characters
        (SHARE, 0, 0),
        (SHARE, 0.5, 0.5),
        (COUNT, 3, 3),
        (COUNT, 3.0, 3),
        (Number(), -(2**53) + 1, -(2**53) + 1),
        (Boolean(), True, True),
        (Boolean(), False, False),
        (COLOR, "green", "green"),
        (Reference(("task",)), ID.upper(), ID),
        (STROKES, "M4 40 Q20,8 34,-3.5", "M4 40 Q20,8 34,-3.5"),
        (Language(), "es", "es"),
        (Language(), "ES-us", "es-US"),
        (Language(), "ZH-hant-tw", "zh-Hant-TW"),
        (Language(), "yue-419", "yue-419"),
        (Language(), "sl-ROZAJ-1994", "sl-rozaj-1994"),
    ],
)
def test_a_value_is_taken(type_: Value, value: Any, stored: Any) -> None:
    taken = type_.deserialize(value)
    assert taken == stored
    assert type(taken) is type(stored)


@pytest.mark.parametrize(
    ("type_", "value", "code", "params"),
    [
        (NAME, "Xiomara", "too_long", {"max": 5}),
        (NAME, 5, "not_text", {}),
        (NAME, None, "null", {}),
        (NAME, ["Ana"], "not_text", {}),
        (NAME, "a\0b", "bad_character", {}),
        (NAME, "a\ud800", "bad_character", {}),
        (NAME, "\udc00é", "bad_character", {}),
        (REQUIRED, "", "blank", {}),
        (REQUIRED, " \n", "blank", {}),
        (SHARE, "0.5", "not_a_number", {}),
        (SHARE, True, "not_a_number", {}),
        (SHARE, float("nan"), "not_a_number", {}),
        (Number(), float("inf"), "not_a_number", {}),
        (SHARE, 1.1, "too_great", {"max": 1}),
        (SHARE, -1, "too_small", {"min": 0}),
        (Number(), 2**53, "too_great", {"max": 2**53 - 1}),
        (COUNT, 1.5, "not_a_whole_number", {}),
        (COUNT, False, "not_a_whole_number", {}),
        (COUNT, float("inf"), "not_a_whole_number", {}),
        (Boolean(), 1, "not_yes_or_no", {}),
        (Boolean(), "true", "not_yes_or_no", {}),
        (COLOR, "blue", "not_a_choice", {}),
        (COLOR, ["red"], "not_a_choice", {}),
        (COLOR, "red green", "not_a_choice", {}),
        (Reference(("task",)), "0193", "not_a_reference", {}),
        (Reference(("task",)), f"{ID}\n", "not_a_reference", {}),
        (Reference(("task",)), {"id": ID}, "not_a_reference", {}),
        (STROKES, "M4 40<script>", "not_of_this_form", {"form": "strokes"}),
        (STROKES, "M" * 21, "too_long", {"max": 20}),
        (Language(), "Spanish", "not_a_language", {}),
        (Language(), "es_US", "not_a_language", {}),
        (Language(), "e", "not_a_language", {}),
        (Language(), "es-", "not_a_language", {}),
        (Language(), 5, "not_a_language", {}),
        (Language(), "en-" + "-".join(["variant"] * 9), "not_a_language", {}),
    ],
)
def test_a_value_is_refused_with_a_reason(
    type_: Value, value: Any, code: str, params: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        type_.deserialize(value)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_field_may_be_emptied_unless_it_is_required() -> None:
    fields = CATALOGUE.kinds["medication"].fields
    assert fields["dose"].marshmallow.deserialize(None) is None
    with pytest.raises(Invalid, match="null"):
        fields["name"].marshmallow.deserialize(None)


def test_an_element_of_a_list_is_never_empty() -> None:
    side_effect = CATALOGUE.kinds["medication"].fields["side_effects"].marshmallow
    for nothing in (None, "", "  "):
        with pytest.raises(Invalid):
            side_effect.deserialize(nothing)


def test_a_whole_record_can_be_loaded_by_its_schema() -> None:
    task = {"description": "Call the clinic", "due": "2026-11-21", "blocked_by": [ID.upper()]}
    loaded = CATALOGUE.kinds["task"].schema.load(task)
    assert loaded == task | {"blocked_by": [ID]}


def test_no_type_has_validators_or_hooks_of_marshmallows() -> None:
    # Value.deserialize passes them by.
    for kind in CATALOGUE.kinds.values():
        for field in kind.fields.values():
            each = field.marshmallow
            hooks = [*each.validators, each.pre_load, each.post_load]
            assert not any(hooks), field.name
