"""Whatever is sent to POST /api/sync, it is answered, never with a defect, and nothing half."""

from __future__ import annotations

import copy
import gzip
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.catalogue import CATALOGUE
from tests.server.office import Phone, new_id

FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

PATIENT = "01938a5b-0000-7000-8000-00000000000a"
texts = st.text(st.characters(), max_size=12)  # NUL and lone surrogates among them
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from([PATIENT, "2026-02-30", "x" * 5_000, 2**63, -(2**64), "active"])
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
kinds = st.sampled_from(sorted(CATALOGUE.kinds)) | texts


@st.composite
def near_changes(draw: st.DrawFn) -> dict[str, Any]:
    """A change of a kind that there is, its values anything at all."""
    kind = draw(st.sampled_from(sorted(CATALOGUE.kinds)))
    names = st.sampled_from(sorted(CATALOGUE.kinds[kind].fields)) | texts
    part = st.dictionaries(names, values, max_size=3)
    lists = st.dictionaries(names, st.lists(values, max_size=3) | values, max_size=2)
    return {
        "at": draw(st.integers(0, 2**53) | values),
        "seen": draw(st.just(0) | values),
        "record": draw(st.sampled_from([PATIENT, new_id()]) | values),
        "kind": kind,
        "patient": draw(st.sampled_from([PATIENT, None]) | values),
        "set": draw(part | values),
        "add": draw(lists | values),
        "remove": draw(lists | values),
        "delete": draw(st.none() | values),
    }


@FUZZ
@given(changes=st.lists(near_changes() | st.dictionaries(texts, values), max_size=4))
def test_no_change_is_answered_with_a_defect(phone: Phone, changes: list[dict[str, Any]]) -> None:
    numbered = []
    for change in changes:
        phone.n += 1
        numbered.append({**change, "n": phone.n})
    body = phone.request(changes=numbered)
    first, second = (post(phone, json.dumps(body).encode()) for _ in range(2))
    assert first.status_code == 200, first.text
    answered = [each["n"] for each in (*first.json["accepted"], *first.json["refused"])]
    assert sorted(answered) == [each["n"] for each in numbered]
    assert (first.json["accepted"], first.json["refused"]) == (
        second.json["accepted"],
        second.json["refused"],
    )


@FUZZ
@given(data=st.data())
def test_no_envelope_is_answered_with_a_defect(phone: Phone, data: st.DataObject) -> None:
    body = copy.deepcopy(phone.request(status={}, reads=[]))
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=3)):
        body[name] = data.draw(values)
    body |= data.draw(st.dictionaries(texts, values, max_size=2))
    answer = post(phone, json.dumps(body).encode())
    assert answer.status_code in (200, 400, 404, 413, 426), answer.text


@FUZZ
@given(raw=st.binary(max_size=200), packed=st.booleans(), as_gzip=st.booleans())
def test_no_bytes_are_answered_with_a_defect(
    phone: Phone, raw: bytes, packed: bool, as_gzip: bool
) -> None:
    body = gzip.compress(raw) if packed else raw
    headers = {"Content-Encoding": "gzip"} if as_gzip else {}
    assert post(phone, body, **headers).status_code == 400


def post(phone: Phone, body: bytes, **headers: str) -> Any:
    return phone.session.client.post(
        "/api/sync",
        data=body,
        headers={"Content-Type": "application/json"} | phone.session.headers | headers,
    )
