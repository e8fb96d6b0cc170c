from __future__ import annotations

import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync import canonical, digest, nfc
from sync.change import key

NAMES = st.text(max_size=4) | st.sampled_from(["a", "é", "€", "\U0001f600", "\ufb33"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
SENT = {"n": 1, "at": 5, "seen": 0, "record": "r", "kind": "k", "set": {"f": "x"}}


@given(JSON)
def test_the_fast_way_writes_what_rfc_8785_says(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), math.nan, math.inf, "\ud800", {"a": ["\udfff"]}]
)
def test_what_json_cannot_carry_is_a_value_error(value):
    with pytest.raises(ValueError):  # noqa: PT011 - any of them: callers answer `invalid`
        canonical(value)


@given(JSON, JSON)
def test_keys_are_equal_exactly_where_values_are(one, other):
    assert (key(one) == key(other)) == (canonical(one) == canonical(other))


def test_names_beyond_the_basic_plane_sort_by_utf_16():
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_text_is_brought_to_nfc_however_deep():
    assert nfc({"a": ["cafe\u0301", 1, None]}) == {"a": ["caf\u00e9", 1, None]}


def test_the_digest_leaves_out_empty_members():
    spelled = SENT | {"add": {}, "remove": {}, "patient": None, "delete": None}
    assert digest(spelled) == digest(SENT)


def test_the_digest_does_not_depend_on_the_order_of_members():
    assert digest(dict(reversed(SENT.items()))) == digest(SENT)


@pytest.mark.parametrize(
    "more", [{"seen": 1}, {"delete": False}, {"set": {"f": None}}, {"set": {}}, {"n": 2}]
)
def test_the_digest_tells_other_changes_apart(more):
    assert digest(SENT | more) != digest(SENT)


def test_an_explicit_keep_and_a_seen_of_zero_are_not_empty():
    keep = {"n": 1, "seen": 0, "delete": False}
    assert digest(keep) != digest({"n": 1, "seen": 0})
    assert digest(keep) != digest({"n": 1, "delete": False})
