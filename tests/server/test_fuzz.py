"""Whatever is sent to any route that our own OpenAPI names, it is answered as described there and
never with a defect: made up by schemathesis, signed in, about things that exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.access import EXTENSION, Route
from tests.server.furnished import Furnished, furnish
from tests.server.office import Phone

LEAST_SUCCEEDED = 0.6
"""The share that is at least answered 2xx, of the well-formed requests that can be."""
CANNOT_SUCCEED = {
    # No request that is made up holds an authenticator's answer, or a secret that we gave.
    "POST /api/invitations/open",
    "POST /api/invitations/accept",
    "POST /api/sign-in",
    "POST /api/passkeys",
    "POST /api/passkeys/<passkey_id>/name",
    "POST /api/passkeys/<passkey_id>/remove",
    "POST /api/devices/<device_id>/escrow",
    "POST /api/devices/<device_id>/escrow/release",
    # No chart here is past its period.
    "POST /api/office/retention/<patient_id>/approve",
    "POST /api/office/retention/<patient_id>/withdraw",
}
AS_DESCRIBED = [
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
LAST = "POST /api/sign-out"
FROM_A_PHONE = ("/api/sync", "/api/take-back", "/api/salvage")

WELL_FORMED, MISSHAPEN, OF_NOTHING = 10, 8, 3
"""How many requests are made up for a route, and how many of them are about what is not there."""

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def made_up(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def furnished(app: Flask) -> Iterator[Furnished]:
    """An organisation whose ids are what a made-up id most often is."""
    made = furnish(app)
    ids = [each for each in made.ids.values() if re.fullmatch(r"[0-9a-f-]{36}", str(each))]
    schemathesis.openapi.format("uuid", st.sampled_from(ids) | st.uuids().map(str))
    yield made
    schemathesis.openapi.format("uuid", st.uuids().map(str))


def operations(app: Flask) -> list[tuple[Route, APIOperation]]:
    """What the OpenAPI says of each route, beside the route; the one that ends the session last."""
    routes: Mapping[str, Route] = app.extensions[EXTENSION]
    by_template = {
        (route.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)): route
        for route in routes.values()
    }
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    schema.config.generation.update(with_security_parameters=False)
    found = [each.ok() for each in schema.get_all_operations()]
    beside = [(by_template[each.method.upper(), each.path], each) for each in found]
    left_out = routes.keys() - {route.endpoint for route, _ in beside}
    files = {"GET /", "GET /<path:path>"}
    assert left_out == files | {"GET /api/openapi.json", "GET /metrics"}
    return sorted(beside, key=lambda each: each[0].endpoint == LAST)


def make_up(
    furnished: Furnished, route: Route, operation: APIOperation, mode: GenerationMode, examples: int
) -> list[Any]:
    """The answers to made-up requests of an operation: about what there is, and then, where an
    address names something, some about anything."""
    session = furnished.session_for(route)
    cookies = dict([session.headers["Cookie"].split("=", 1)]) if route.roles else {}
    headers = {name: value for name, value in session.headers.items() if name != "Cookie"}
    answers: list[Any] = []

    def ask_of(ids: dict[str, Any] | None, share: int) -> None:
        @made_up(share)
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=ids))
        def ask(case: Case) -> None:
            if route.path in FROM_A_PHONE and mode is GenerationMode.POSITIVE:
                as_from(furnished.phones["coordinator"], case)
            answer = case.call(headers=headers, cookies=cookies)
            answers.append(answer)
            assert answer.status_code < 500, (route.endpoint, case.body, answer.text)
            case.validate_response(answer, checks=AS_DESCRIBED)

        ask()

    ids = furnished.ids_for(route)
    ask_of(ids or None, examples - OF_NOTHING)
    if ids and mode is GenerationMode.POSITIVE:
        ask_of(None, OF_NOTHING)
    return answers


def as_from(phone: Phone, case: Case) -> None:
    """Let a made-up sync come from a phone that is enrolled, at its place in our history."""
    case.body |= {"device": phone.device, "epoch": phone.epoch, "cursor": phone.cursor}
    if "of" in case.body:
        case.body["of"] = phone.device
    case.body.pop("made", None)
    case.body.pop("protocol", None)
    numbers = iter(range(1, 2_000))
    for change in case.body.get("changes", []):
        change["n"] = next(numbers)


def test_no_request_that_our_description_allows_ends_in_a_defect(
    furnished: Furnished, app: Flask
) -> None:
    succeeded: dict[str, Counter[bool]] = {}
    for route, operation in operations(app):
        answers = make_up(furnished, route, operation, GenerationMode.POSITIVE, WELL_FORMED)
        of_what_there_is = answers[: WELL_FORMED - OF_NOTHING]
        succeeded[route.endpoint] = Counter(a.status_code < 300 for a in of_what_there_is)
    assert {each for each, counts in succeeded.items() if not counts[True]} <= CANNOT_SUCCEED
    whole = sum((succeeded[each] for each in succeeded.keys() - CANNOT_SUCCEED), Counter[bool]())
    assert whole.total() > 100
    assert whole[True] >= LEAST_SUCCEEDED * whole.total(), succeeded


def test_no_request_that_our_description_rules_out_ends_in_a_defect(
    furnished: Furnished, app: Flask
) -> None:
    statuses: Counter[int] = Counter()
    for route, operation in operations(app):
        if len(operation.body) or len(operation.query):  # what else could be misshapen?
            answers = make_up(furnished, route, operation, GenerationMode.NEGATIVE, MISSHAPEN)
            statuses.update(answer.status_code for answer in answers)
    assert statuses[400] > 50, statuses
