"""From an invitation to a session, devices, and out again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import update
from webauthn.helpers import base64url_to_bytes

from server import limits
from server.database import begin
from server.limits import Limit
from server.me import SECURITY_EVENTS
from server.organisations import create_organisation, leave
from server.tables import access_log, challenge, invitation, passkey, session
from server.who import FRESH_MS, now_ms
from tests.server.authenticator import BACKED_UP, Authenticator, Browser
from tests.server.office import Office

CHALLENGE = {"challenge": "AAAA"}


@pytest.fixture
def member(office: Office) -> str:
    return office.add("coordinator", "North")


@pytest.fixture
def joined(office: Office, member: str) -> Browser:
    """A browser whose member has joined with a passkey."""
    return Browser.joined(office, member)


def noted(office: Office, member: str) -> list[str]:
    """What the access log says was done to a member's account, in order."""
    with begin(office.organisation) as connection:
        rows = connection.execute(
            access_log.select()
            .where(access_log.c.subject == member, access_log.c.what.in_(SECURITY_EVENTS))
            .order_by(access_log.c.link, access_log.c.id)
        )
        return [row.what for row in rows]


def test_an_invitation_says_whom_it_is_for_and_is_not_used_up_by_asking(
    office: Office, member: str
) -> None:
    browser, token = Browser.of(office), office.invite(member)
    for _ in range(2):
        opened = browser.open(token).json
        options = opened.pop("options")
        assert opened == {
            "name": "Coordinator 1",
            "organisation_name": "Riverside Home Care",
            "demo": False,
            "recovery": False,
        }
        assert options["rp"] == {"id": "localhost", "name": "Doorstep"}
        assert base64url_to_bytes(options["user"]["id"]) == UUID(member).bytes
        assert options["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        assert options["attestation"] == "none"
    assert browser.join(token).status_code == 200


def test_an_invitation_makes_a_passkey_that_signs_in_without_a_name(
    office: Office, member: str
) -> None:
    browser = Browser.of(office)
    answer = browser.join(office.invite(member), name="Pixel 8")
    assert answer.status_code == 200, answer.text
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in answer.headers["Set-Cookie"]
    me = browser.session.get("/api/me")
    assert me.headers["Cache-Control"] == "no-store"
    assert me.json == answer.json
    assert len(base64url_to_bytes(me.json["escrow_key"])) == 65
    assert me.json == {
        "member": member,
        "name": "Coordinator 1",
        "email": "coordinator1@example.org",
        "role": "coordinator",
        "team": me.json["team"],
        "team_name": "North",
        "organisation": office.organisation,
        "organisation_name": "Riverside Home Care",
        "demo": False,
        "passkeys": 1,
        "recovery": False,
        "escrow_key": me.json["escrow_key"],
    }
    options = browser.options()
    assert options["userVerification"] == "required"
    assert not options["allowCredentials"]
    elsewhere = Browser.of(office, browser.authenticator)
    assert elsewhere.sign_in().json["member"] == member
    assert elsewhere.session.get("/api/me").json["member"] == member
    assert noted(office, member) == ["invited", "passkey_added", "sign_in", "sign_in"]


def test_a_used_a_late_and_a_made_up_link_open_nothing(office: Office, member: str) -> None:
    used = office.invite(member)
    assert Browser.of(office).join(used).status_code == 200
    late = office.invite(member)
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(invitation).values(expires_at=1))
    for token in (used, late, "made up", "half \ud800 a pair"):
        browser = Browser.of(office)
        for answer in (browser.open(token), browser.accept(token, credential={})):
            assert (answer.status_code, answer.json["code"]) == (403, "invitation_used")
            assert "Set-Cookie" not in answer.headers
    for token in (None, 7, ["x"]):
        assert Browser.of(office).open(token).status_code == 400
        assert Browser.of(office).accept(token).status_code == 400


def test_of_two_who_accept_at_once_one_does(office: Office, member: str) -> None:
    token = office.invite(member)
    made = [Browser.of(office) for _ in range(4)]
    credentials = [browser.make(token) for browser in made]

    def accept(browser: Browser, credential: object) -> int:
        return browser.accept(token, credential=credential).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(accept, made, credentials)) == [200, 403, 403, 403]
    with begin(office.organisation) as connection:
        assert len(connection.execute(passkey.select()).all()) == 1


def test_a_link_to_one_who_has_left_since_opens_nothing(office: Office, member: str) -> None:
    browser, token = Browser.of(office), office.invite(member)
    credential = browser.make(token)
    leave(office.organisation, office.email(member))
    assert browser.open(token).json["code"] == "invitation_used"
    assert browser.accept(token, credential=credential).json["code"] == "invitation_used"


def test_only_a_demo_is_joined_without_a_passkey_and_by_links_that_work_many_times(
    app: Flask, office: Office, member: str
) -> None:
    with pytest.raises(PermissionError):
        office.invite(member, days_many_use=1)
    refused = Browser.of(office).accept(office.invite(member))
    assert (refused.status_code, refused.json["code"]) == (403, "passkey_needed")
    demo = Office(app, create_organisation("Demo", is_demo=True))
    visitor = demo.add("coordinator")
    token = demo.invite(visitor, days_many_use=1)
    for _ in range(3):
        answer = Browser.of(demo).accept(token)
        assert (answer.status_code, answer.json["passkeys"]) == (200, 0)
    assert Browser.of(demo).open(token).json["demo"] is True
    assert Browser.of(demo).join(token).json["recovery"] is False
    again = Browser.of(demo)
    assert again.open(token).json["recovery"] is False
    assert again.join(token).json["recovery"] is False


def test_a_new_invitation_is_a_recovery_for_a_quarter_of_an_hour(
    office: Office, member: str, joined: Browser
) -> None:
    token = office.invite(member)
    browser = Browser.of(office)
    opened = browser.open(token).json
    assert opened["recovery"] is True
    assert opened["options"]["excludeCredentials"] == []
    answer = browser.join(token)
    assert (answer.json["recovery"], answer.json["passkeys"]) == (True, 2)
    assert browser.session.get("/api/me").json["recovery"] is True
    assert joined.session.get("/api/me").json["recovery"] is False
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(session).values(created_at=now_ms() - FRESH_MS))
    assert browser.session.get("/api/me").json["recovery"] is False
    assert browser.sign_in().json["recovery"] is False
    assert "recovered" in noted(office, member)


def test_a_passkey_is_refused_and_the_link_stays_good_when_it_was_made_wrongly(
    office: Office, member: str
) -> None:
    token = office.invite(member)
    wrong = [
        Authenticator(origin="http://evil.example"),
        Authenticator(origin="http://localhost:8001"),
        Authenticator(rp_id="evil.example"),
        Authenticator(is_verified=False),
        Authenticator(cross_origin=True),
    ]
    for authenticator in wrong:
        answer = Browser.of(office, authenticator).join(token)
        assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
    assert Browser.of(office).join(token).status_code == 200


def test_a_challenge_makes_one_passkey_of_the_invitation_that_it_was_given_for(
    office: Office, member: str
) -> None:
    other = office.add("coordinator", "North")
    token, theirs = office.invite(member), office.invite(other)
    browser = Browser.of(office)
    made_for_them = browser.make(theirs)
    assert browser.accept(token, credential=made_for_them).json["code"] == "passkey_refused"
    # ... and taking it has used it up
    assert browser.accept(theirs, credential=made_for_them).json["code"] == "passkey_refused"
    late = browser.make(token)
    with begin(None, write=True) as connection:
        connection.execute(update(challenge).values(expires_at=now_ms()))
    assert browser.accept(token, credential=late).json["code"] == "passkey_refused"
    made_up = browser.authenticator.create(browser.open(token).json["options"] | {"challenge": "x"})
    assert browser.accept(token, credential=made_up).json["code"] == "passkey_refused"
    assert browser.join(token).status_code == 200


def test_no_two_members_keep_one_passkey(office: Office, member: str, joined: Browser) -> None:
    elsewhere = Office.open(office.app, "Elsewhere")
    held = joined.authenticator.passkeys[0]
    for other in (office, elsewhere):
        token = other.invite(other.add("coordinator", "South"))
        thief = Browser.of(other)
        copied = thief.authenticator.create(thief.open(token).json["options"], held)
        answer = thief.accept(token, credential=copied)
        assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
        assert joined.sign_in().json["member"] == member
        assert Browser.of(other).join(token).status_code == 200


def refusal(browser: Browser, credential: object = None) -> tuple[int, str]:
    browser.session.headers.pop("Cookie", None)
    answer = browser.sign_in(credential)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in browser.session.headers
    return answer.status_code, answer.json["code"]


FAILED = (403, "sign_in_failed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://evil.example"},
        {"origin": "https://localhost:8000"},
        {"rp_id": "evil.example"},
        {"is_verified": False},
        {"cross_origin": True},
        {"flags": BACKED_UP},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_what_was_signed_elsewhere_or_unverified_does_not_sign_in(
    office: Office, joined: Browser, wrong: dict[str, Any]
) -> None:
    authenticator = Authenticator(passkeys=joined.authenticator.passkeys, **wrong)
    assert refusal(Browser.of(office, authenticator)) == FAILED
    assert joined.sign_in().status_code == 200


def test_a_challenge_signs_in_once_and_soon_and_only_ours(office: Office, joined: Browser) -> None:
    used = joined.authenticator.get(joined.options())
    assert joined.sign_in(used).status_code == 200
    assert refusal(joined, used) == FAILED
    late = joined.authenticator.get(joined.options())
    with begin(None, write=True) as connection:
        connection.execute(update(challenge).values(expires_at=now_ms()))
    assert refusal(joined, late) == FAILED
    assert refusal(joined, joined.authenticator.get({"challenge": "AAAA"})) == FAILED
    for_joining = joined.open(office.invite(office.add("clinician"))).json["options"]
    assert refusal(joined, joined.authenticator.get(for_joining)) == FAILED


def test_a_failed_try_uses_its_challenge_up(office: Office, joined: Browser) -> None:
    options = joined.options()
    unverified = Authenticator(is_verified=False, passkeys=joined.authenticator.passkeys)
    assert refusal(joined, unverified.get(options)) == FAILED
    assert refusal(joined, joined.authenticator.get(options)) == FAILED


def test_a_foreign_passkey_and_anothers_do_not_sign_in(office: Office, joined: Browser) -> None:
    stranger = Browser.of(office)
    stranger.authenticator.create({"rp": {"id": "localhost"}, "user": {"id": "AAAA"}, **CHALLENGE})
    assert refusal(stranger) == FAILED
    colleague = Browser.joined(office, office.add("coordinator"))
    mine, theirs = joined.authenticator.passkeys[0], colleague.authenticator.passkeys[0]
    for claimed in (
        replace(mine, id=theirs.id, user_handle=theirs.user_handle),  # another's id, my signature
        replace(mine, user_handle=theirs.user_handle),  # my passkey, for another member
        replace(mine, user_handle=b""),
    ):
        assert refusal(joined, joined.authenticator.get(joined.options(), claimed)) == FAILED
    assert joined.sign_in().status_code == 200


def test_without_a_user_handle_nobody_is_named(joined: Browser) -> None:
    credential = joined.authenticator.get(joined.options())
    del credential["response"]["userHandle"]
    assert refusal(joined, credential) == FAILED


def test_a_cloned_authenticator_is_refused_and_noted(
    office: Office, member: str, joined: Browser
) -> None:
    original = joined.authenticator.passkeys[0]
    clone = replace(original)
    assert joined.sign_in().status_code == 200
    assert refusal(Browser.of(office, Authenticator(passkeys=[clone]))) == FAILED
    assert noted(office, member)[-1] == "passkey_cloned"
    assert joined.sign_in().status_code == 200
    without_count = replace(original, count=0)
    uncounted = Authenticator(passkeys=[without_count], counts=False)
    assert refusal(Browser.of(office, uncounted)) == FAILED


def test_an_unsigned_count_accuses_nobody(office: Office, member: str, joined: Browser) -> None:
    assert joined.sign_in().status_code == 200
    forged = replace(joined.authenticator.passkeys[0], key=ec.generate_private_key(ec.SECP256R1()))
    forged.count = 0
    assert refusal(Browser.of(office, Authenticator(passkeys=[forged]))) == FAILED
    assert "passkey_cloned" not in noted(office, member)


def test_an_authenticator_that_keeps_no_count_signs_in_again_and_again(
    office: Office, member: str
) -> None:
    browser = Browser.of(office, Authenticator(counts=False))
    assert browser.join(office.invite(member)).status_code == 200
    assert [browser.sign_in().status_code for _ in range(3)] == [200, 200, 200]


def test_of_two_uses_of_one_count_one_signs_in(office: Office, joined: Browser) -> None:
    key = joined.authenticator.passkeys[0]
    count = key.count + 1
    made = []
    for _ in range(4):
        key.count = count - 1
        made.append(joined.authenticator.get(joined.options()))

    def sign_in(credential: object) -> int:
        return Browser.of(office).sign_in(credential).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sign_in, made)) == [200, 403, 403, 403]


BROKEN: tuple[tuple[str, ...], ...] = (
    ("id",),
    ("rawId",),
    ("type",),
    ("response",),
    ("response", "clientDataJSON"),
    ("response", "authenticatorData"),
    ("response", "signature"),
    ("response", "userHandle"),
)


@pytest.mark.parametrize("path", BROKEN, ids="-".join)
def test_a_broken_credential_is_answered_as_any_other(
    joined: Browser, path: tuple[str, ...]
) -> None:
    for value in (None, 7, "", "AAAA", "\ud800", "not base64 !", ["x"], {"x": 1}):
        credential = joined.authenticator.get(joined.options())
        place = credential["response"] if len(path) == 2 else credential
        place[path[-1]] = value
        assert refusal(joined, credential) == FAILED, value
    for sent in (None, 7, "x", []):
        answer = joined.session.post("/api/sign-in", {"credential": sent})
        assert (answer.status_code, answer.json["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    "broken", [{}, {"id": 7}, {"attestationObject": "AAAA"}, {"clientDataJSON": "e30"}]
)
def test_a_broken_registration_is_refused(
    office: Office, member: str, broken: dict[str, Any]
) -> None:
    browser, token = Browser.of(office), office.invite(member)
    credential = browser.make(token)
    sent = credential | broken | {"response": credential["response"] | broken} if broken else {}
    answer = browser.accept(token, credential=sent)
    assert (answer.status_code, answer.json["code"]) == (403, "passkey_refused")
    assert browser.accept(token, credential="x").status_code == 400


def test_who_has_left_does_not_sign_in(office: Office, member: str, joined: Browser) -> None:
    leave(office.organisation, office.email(member))
    assert refusal(joined) == FAILED
    assert noted(office, member).count("sign_in") == 1


def test_sign_in_is_counted_by_account_and_address(
    office: Office, joined: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"address": Limit(10, 10**9), "account": Limit(2, 10**9)}
    monkeypatch.setitem(limits.LIMITS, "sign_in", few)  # type: ignore[arg-type]
    assert [joined.sign_in().status_code for _ in range(3)] == [200, 200, 429]
    colleague = Browser.joined(office, office.add("coordinator"))
    assert colleague.sign_in().status_code == 200  # 8 by address, two a time
    assert colleague.session.post("/api/sign-in/options", {}).status_code == 200
    assert colleague.session.post("/api/sign-in/options", {}).status_code == 200
    answer = colleague.session.post("/api/sign-in/options", {})
    assert (answer.status_code, answer.json["code"]) == (429, "too_often")
    assert answer.headers["Retry-After"] == str(answer.json["retry_after"])


def test_an_invitation_is_counted_by_itself_and_by_address(
    office: Office, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"address": Limit(6, 10**9), "invitation": Limit(2, 10**9)}
    monkeypatch.setitem(limits.LIMITS, "invitation", few)  # type: ignore[arg-type]
    browser, token, another = Browser.of(office), office.invite(member), office.invite(member)
    assert [browser.open(token).status_code for _ in range(3)] == [200, 200, 429]
    assert browser.open(another).status_code == 200
    assert browser.open("a guess").status_code == 403
    assert browser.open("another guess").status_code == 403
    assert browser.open("one too many").status_code == 429
    assert browser.accept("one too many").status_code == 429
