"""Whatever is sent to POST /api/sync, it is answered, never with a defect, and nothing half."""

from __future__ import annotations

import copy
import gzip
import json
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.catalogue import CATALOGUE
from tests.server.office import Phone, new_id

FUZZ = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LEAST_ACCEPTED = 0.5
"""The share of likely changes that is at least taken: else none would reach the fold."""
LEAST_SUCCEEDED = 0.25
"""The share of made-up envelopes that is at least answered 200."""

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


OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["5 mg", "10 mg", "Zoë", "\u200fمريم"]),
    "text": st.sampled_from(
        ["Stop aspirin. Walks alone.", "Walks alone.", "Two stairs.\nNo rail."]
    ),
    "integer": st.integers(0, 10),
    "number": st.integers(0, 10) | st.floats(0, 10),
    "boolean": st.booleans(),
    "date": st.sampled_from(["2026-11-21", "2027-01-01"]),
    "datetime": st.sampled_from(["2026-11-21T10:05:00Z", "2026-11-21T10:05:00-05:00"]),
    "zoned": st.just({"local": "2026-11-21T10:05", "zone": "America/New_York"}),
    "reference": st.just(PATIENT),
    "object": st.just({}),
    "file": st.just({}),
}
OF_A_CHART = {
    kind.name: kind
    for kind in CATALOGUE.kinds.values()
    if kind.scope == "chart" and "coordinator" in kind.write and kind.name != "patient"
}
RECORDS = {kind: [new_id(), new_id()] for kind in OF_A_CHART}
"""Few of each kind, so that changes meet in one record."""


@st.composite
def likely_changes(draw: st.DrawFn) -> dict[str, Any]:
    """A change as a phone sends it: of a kind that is theirs to write, each value of its type."""
    kind = OF_A_CHART[draw(st.sampled_from(sorted(OF_A_CHART)))]
    required = [name for name, field in kind.fields.items() if field.required]
    others = st.lists(st.sampled_from(sorted(kind.fields)), max_size=2)
    change: dict[str, Any] = {
        "at": draw(st.integers(0, 2**41)),
        "seen": draw(st.sampled_from([0, 0, 1])),
        "record": draw(st.sampled_from(RECORDS[kind.name])),
        "kind": kind.name,
        "patient": PATIENT,
    }
    for name in dict.fromkeys([*required, *draw(others)]):
        field = kind.fields[name]
        value = draw(st.sampled_from(field.choices) if field.choices else OF_TYPE[field.type])
        if field.list:
            change.setdefault("add", {})[name] = [value]
        else:
            change.setdefault("set", {})[name] = value
    return draw(st.sampled_from([change] * 9 + [{**change, "delete": True}]))


def push(phone: Phone, changes: list[dict[str, Any]]) -> Counter[str]:
    """Send changes, twice; how many were accepted and how many refused."""
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
    return Counter({name: len(first.json[name]) for name in ("accepted", "refused")})


def test_no_change_is_answered_with_a_defect(phone: Phone) -> None:
    @FUZZ
    @given(changes=st.lists(near_changes() | st.dictionaries(texts, values), max_size=4))
    def made_up(changes: list[dict[str, Any]]) -> None:
        push(phone, changes)

    made_up()


def test_no_likely_change_is_and_most_are_taken(phone: Phone) -> None:
    phone.change(PATIENT, "patient", PATIENT, set={"name": {"family": "Rivera"}})
    phone.sync()
    counts: Counter[str] = Counter()

    @FUZZ
    @given(changes=st.lists(likely_changes(), min_size=1, max_size=5))
    def made_up(changes: list[dict[str, Any]]) -> None:
        counts.update(push(phone, changes))

    made_up()
    assert counts["accepted"] >= LEAST_ACCEPTED * counts.total(), counts


def test_no_envelope_is_answered_with_a_defect_and_many_are_taken(phone: Phone) -> None:
    statuses: Counter[int] = Counter()

    @FUZZ
    @given(data=st.data())
    def made_up(data: st.DataObject) -> None:
        body = copy.deepcopy(phone.request(status={}, reads=[]))
        for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=3)):
            body[name] = data.draw(values)
        body |= data.draw(st.dictionaries(texts, values, max_size=2))
        answer = post(phone, json.dumps(body).encode())
        assert answer.status_code in (200, 400, 404, 413, 426), answer.text
        statuses[answer.status_code] += 1

    made_up()
    assert statuses[200] >= LEAST_SUCCEEDED * statuses.total(), statuses


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
