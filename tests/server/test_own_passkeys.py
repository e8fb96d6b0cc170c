"""A member's own passkeys, on their unlocked phone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from webauthn.helpers import bytes_to_base64url
from werkzeug.test import TestResponse

from server.database import begin
from server.organisations import create_organisation
from server.tables import challenge, passkey, session
from server.who import now_ms
from tests.server.authenticator import Authenticator, Browser
from tests.server.office import Office, Phone, new_id


@pytest.fixture
def browser(office: Office) -> Browser:
    """The browser of a phone that is enrolled and unlocked."""
    joined = Browser.joined(office, office.add("coordinator", "North"))
    Phone.enrol(joined.session)
    return joined


@pytest.fixture
def colleague(office: Office) -> Browser:
    joined = Browser.joined(office, office.add("coordinator", "North"))
    Phone.enrol(joined.session)
    return joined


def add(browser: Browser, key: Authenticator, name: object = "Security key") -> TestResponse:
    options = browser.session.post("/api/passkeys/options", {}).json["options"]
    return browser.session.post("/api/passkeys", {"credential": key.create(options), "name": name})


def names(browser: Browser) -> list[str]:
    return [each["name"] for each in browser.session.get("/api/passkeys").json["passkeys"]]


def test_a_second_passkey_signs_in_as_the_first_does(office: Office, browser: Browser) -> None:
    before = now_ms()
    key = Authenticator(counts=False, flags=0)
    answer = add(browser, key)
    assert answer.status_code == 201, answer.text
    first, second = browser.session.get("/api/passkeys").json["passkeys"]
    assert (first["name"], first["backed_up"], first["current"]) == ("Pixel 8", True, True)
    assert second == {
        "id": answer.json["id"],
        "name": "Security key",
        "created_at": second["created_at"],
        "last_used_at": None,
        "backed_up": False,
        "current": False,
        "credential": bytes_to_base64url(key.passkeys[0].id),
    }
    assert second["created_at"] >= before
    elsewhere = Browser.of(office, key)
    assert elsewhere.sign_in().json["member"] == browser.session.member
    Phone.enrol(elsewhere.session)
    first, second = elsewhere.session.get("/api/passkeys").json["passkeys"]
    assert (first["current"], second["current"]) == (False, True)
    assert second["last_used_at"] >= second["created_at"]


def test_an_authenticator_that_holds_one_is_asked_for_no_second(browser: Browser) -> None:
    options = browser.session.post("/api/passkeys/options", {}).json["options"]
    held = browser.authenticator.passkeys[0]
    assert options["excludeCredentials"] == [
        {
            "id": bytes_to_base64url(held.id),
            "type": "public-key",
            "transports": ["internal", "hybrid"],
        }
    ]
    again = browser.authenticator.create(options, held)
    answer = browser.session.post("/api/passkeys", {"credential": again, "name": "Twice"})
    assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
    assert names(browser) == ["Pixel 8"]


@pytest.mark.parametrize(
    "key",
    [
        Authenticator(origin="http://evil.example"),
        Authenticator(rp_id="evil.example"),
        Authenticator(is_verified=False),
    ],
    ids=["origin", "rp_id", "unverified"],
)
def test_a_passkey_made_wrongly_is_not_kept(browser: Browser, key: Authenticator) -> None:
    answer = add(browser, key)
    assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
    assert names(browser) == ["Pixel 8"]


def test_a_challenge_adds_one_passkey_soon_and_for_whom_it_was_given(
    browser: Browser, colleague: Browser
) -> None:
    key = Authenticator()
    theirs = colleague.session.post("/api/passkeys/options", {}).json["options"]
    to_sign_in = browser.options()
    late = browser.session.post("/api/passkeys/options", {}).json["options"]
    for_me = late | {"challenge": theirs["challenge"]}
    assert refused(browser, key.create(for_me))
    assert refused(browser, key.create(late | {"challenge": to_sign_in["challenge"]}))
    with begin(None, write=True) as connection:
        connection.execute(update(challenge).values(expires_at=now_ms()))
    assert refused(browser, key.create(late))
    fresh = browser.session.post("/api/passkeys/options", {}).json["options"]
    made = key.create(fresh)
    assert (
        browser.session.post("/api/passkeys", {"credential": made, "name": "Key"}).status_code
        == 201
    )
    assert refused(browser, made)
    assert refused(browser, key.create(fresh))


def refused(browser: Browser, credential: object) -> bool:
    answer = browser.session.post("/api/passkeys", {"credential": credential, "name": "Key"})
    return (answer.status_code, answer.json["code"]) == (403, "passkey_refused")


def test_a_passkey_is_called_as_its_member_likes(browser: Browser) -> None:
    id_ = browser.session.get("/api/passkeys").json["passkeys"][0]["id"]
    path = f"/api/passkeys/{id_}/name"
    assert browser.session.post(path, {"name": "  Móvil de Ana  "}).status_code == 204
    assert names(browser) == ["Móvil de Ana"]
    for name in (None, 7, "", "  ", "x" * 101, "a\0b"):
        answer = browser.session.post(path, {"name": name})
        assert (answer.status_code, answer.json["code"]) == (400, "name_missing")
        assert add(browser, Authenticator(), name).json["code"] == "name_missing"
    assert browser.session.post(path, {"name": "half \ud800 a pair"}).status_code == 204
    assert names(browser) == ["half ? a pair"]


def test_the_last_passkey_stays(browser: Browser) -> None:
    first = browser.session.get("/api/passkeys").json["passkeys"][0]["id"]
    answer = browser.session.post(f"/api/passkeys/{first}/remove", {})
    assert (answer.status_code, answer.json["code"]) == (409, "last_passkey")
    second = add(browser, Authenticator()).json["id"]
    assert browser.session.post(f"/api/passkeys/{first}/remove", {}).status_code == 204
    assert names(browser) == ["Security key"]
    answer = browser.session.post(f"/api/passkeys/{second}/remove", {})
    assert (answer.status_code, answer.json["code"]) == (409, "last_passkey")


def test_of_all_removed_at_once_one_stays(browser: Browser) -> None:
    for _ in range(3):
        assert add(browser, Authenticator()).status_code == 201
    ids = [each["id"] for each in browser.session.get("/api/passkeys").json["passkeys"]]

    def remove(id_: str) -> int:
        return browser.session.post(f"/api/passkeys/{id_}/remove", {}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(remove, ids)) == [204, 204, 204, 409]
    assert len(names(browser)) == 1


def test_a_removed_passkey_signs_in_no_more_and_its_sessions_end(
    office: Office, browser: Browser
) -> None:
    key = Authenticator()
    lost = add(browser, key).json["id"]
    thief = Browser.of(office, key)
    assert thief.sign_in().status_code == 200
    assert browser.session.post(f"/api/passkeys/{lost}/remove", {}).status_code == 204
    assert thief.session.get("/api/me").status_code == 401
    assert thief.sign_in().json["code"] == "sign_in_failed"
    assert browser.session.get("/api/me").json["passkeys"] == 1


def test_who_removes_the_passkey_of_their_own_session_goes_on(browser: Browser) -> None:
    assert add(browser, Authenticator()).status_code == 201
    mine = browser.session.get("/api/passkeys").json["passkeys"][0]["id"]
    assert browser.session.post(f"/api/passkeys/{mine}/remove", {}).status_code == 204
    left = browser.session.get("/api/passkeys").json["passkeys"]
    assert [each["current"] for each in left] == [False]


def test_nobody_reaches_the_passkey_of_another(browser: Browser, colleague: Browser) -> None:
    assert add(colleague, Authenticator()).status_code == 201
    theirs = colleague.session.get("/api/passkeys").json["passkeys"][0]["id"]
    for id_ in (theirs, new_id(), "unheard-of"):
        for path, body in (("name", {"name": "mine"}), ("remove", {})):
            answer = browser.session.post(f"/api/passkeys/{id_}/{path}", body)
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert names(colleague) == ["Pixel 8", "Security key"]


def test_a_locked_phone_and_a_program_see_no_passkeys(office: Office, browser: Browser) -> None:
    program = office.program(browser.session.member)
    assert program.get("/api/passkeys").status_code == 403
    del browser.session.headers["Doorstep-Device"]
    for path in ("/api/passkeys", "/api/me/activity"):
        assert browser.session.get(path).json["code"] == "device_secret"
    for path in ("options", f"{new_id()}/name", f"{new_id()}/remove"):
        assert browser.session.post(f"/api/passkeys/{path}", {}).json["code"] == "device_secret"
    with begin(office.organisation) as connection:
        assert len(connection.execute(passkey.select()).all()) == 1


@pytest.fixture
def long_ago(browser: Browser) -> Browser:
    """The same browser, an hour after its member signed in."""
    with begin(None) as connection:
        organisation = connection.scalar(
            select(session.c.organisation).where(session.c.member == browser.session.member)
        )
    with begin(organisation, write=True) as connection:
        connection.execute(update(session).values(created_at=now_ms() - 3_600_000))
    return browser


def proven(browser: Browser, prove: Callable[[dict[str, Any]], object]) -> TestResponse:
    """Add a passkey, with the proof that `prove` makes of its options."""
    asked = browser.session.post("/api/passkeys/options", {}).json
    body = {"credential": Authenticator().create(asked["options"]), "name": "Key"}
    return browser.session.post("/api/passkeys", body | {"proof": prove(asked["proof"])})


def test_whoever_signed_in_just_now_proves_nothing_more(browser: Browser) -> None:
    assert browser.session.post("/api/passkeys/options", {}).json["proof"] is None


def test_an_open_phone_alone_makes_no_key_that_would_outlast_it(long_ago: Browser) -> None:
    answer = add(long_ago, Authenticator())
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_again")
    assert names(long_ago) == ["Pixel 8"]


def test_a_passkey_that_they_have_vouches_for_another(long_ago: Browser) -> None:
    own = long_ago.authenticator
    asked = long_ago.session.post("/api/passkeys/options", {}).json["proof"]
    assert [each["id"] for each in asked["allowCredentials"]] == [
        bytes_to_base64url(own.passkeys[0].id)
    ]
    assert proven(long_ago, own.get).status_code == 201
    assert names(long_ago) == ["Pixel 8", "Key"]


def test_a_passkey_asked_for_by_name_need_not_say_whose_it_is(long_ago: Browser) -> None:
    def without_handle(options: dict[str, Any]) -> object:
        given = long_ago.authenticator.get(options)
        del given["response"]["userHandle"]
        return given

    assert proven(long_ago, without_handle).status_code == 201


def test_nothing_else_vouches(colleague: Browser, long_ago: Browser) -> None:
    own = long_ago.authenticator
    spent: list[object] = []

    def replayed(options: dict[str, Any]) -> object:
        spent.append(own.get(options))
        return spent[0]

    assert proven(long_ago, replayed).status_code == 201
    for prove in (
        replayed,
        lambda options: colleague.authenticator.get(options),
        lambda _options: own.get(long_ago.options()),  # what was signed to sign in
        lambda _options: {"id": "x"},
        lambda _options: own.get(colleague.session.post("/api/passkeys/options", {}).json["proof"]),
    ):
        answer = proven(long_ago, prove)
        assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
    answer = proven(long_ago, lambda _options: "mine")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")
    assert len(names(long_ago)) == 2


def test_in_a_demo_whoever_has_no_passkey_adds_their_first(app: Flask) -> None:
    organisation = create_organisation("Demo", is_demo=True)
    office = Office(app, organisation)
    member = office.add("coordinator", "North")
    demo = Browser(office.session(member), Authenticator())
    Phone.enrol(demo.session)
    with begin(organisation, write=True) as connection:
        connection.execute(update(session).values(created_at=now_ms() - 3_600_000))
    assert add(demo, Authenticator()).status_code == 201
    assert add(demo, Authenticator()).json["code"] == "sign_in_again"
