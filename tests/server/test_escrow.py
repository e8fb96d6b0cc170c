"""The way back into a phone's store: sealed by the phone, released once, after a recovery."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.test import TestResponse

from server import devices, limits
from server import escrow as module
from server.database import begin
from server.limits import Limit
from server.tables import access_log, escrow, session
from server.who import FRESH_MS, now_ms
from tests.server.authenticator import Browser
from tests.server.office import Office, Phone, Session, new_id

KEY = bytes(range(32))


def seal(public: str, device: str, key: bytes = KEY) -> str:
    """As the phone does it, by the picture in server/escrow.py."""
    curve = ec.SECP256R1()
    ephemeral = ec.generate_private_key(curve)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, base64url_to_bytes(public))
    shared = ephemeral.exchange(ec.ECDH(), theirs)
    wrapping = HKDF(SHA256(), 32, salt=bytes(32), info=b"doorstep escrow v1").derive(shared)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    nonce = os.urandom(12)
    return bytes_to_base64url(point + nonce + AESGCM(wrapping).encrypt(nonce, key, device.encode()))


@dataclass
class Owner:
    """A member whose phone has left a copy of its key."""

    office: Office
    browser: Browser
    phone: Phone

    @property
    def path(self) -> str:
        return f"/api/devices/{self.phone.device}/escrow"

    def keep(self, sealed: str | None = None) -> TestResponse:
        if sealed is None:
            public = self.browser.session.get("/api/me").json["escrow_key"]
            sealed = seal(public, self.phone.device)
        return self.phone.session.post(self.path, {"sealed": sealed})

    def recover(self) -> Session:
        """A session begun by a new invitation: no device secret, that lies in the closed store."""
        browser = Browser.of(self.office, self.browser.authenticator)
        answer = browser.join(self.office.invite(self.phone.member))
        assert answer.json["recovery"] is True, answer.text
        return browser.session


@pytest.fixture
def owner(office: Office) -> Owner:
    browser = Browser.joined(office, office.add("coordinator", "North"))
    made = Owner(office, browser, Phone.enrol(browser.session))
    assert made.keep().status_code == 204
    return made


def released(asker: Session, path: str) -> bytes:
    answer = asker.post(f"{path}/release", {})
    assert answer.status_code == 200, answer.text
    return base64url_to_bytes(answer.json["key"])


def refusal(asker: Session, path: str) -> tuple[int, str]:
    answer = asker.post(f"{path}/release", {})
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json["code"]


NEEDED = (403, "recovery_needed")
NONE = (404, "no_escrow")


def releases(office: Office) -> list[tuple[str | None, ...]]:
    with begin(office.organisation) as connection:
        rows = connection.execute(access_log.select()).all()
    return [(row.member, row.subject, row.device) for row in rows if row.what == "escrow_release"]


def test_after_a_recovery_the_member_has_the_key_back_and_it_is_told(owner: Owner) -> None:
    recovering = owner.recover()
    assert releases(owner.office) == []
    assert released(recovering, owner.path) == KEY
    told = (owner.phone.member, owner.phone.member, owner.phone.device)
    assert releases(owner.office) == [told]
    activity = owner.phone.session.get("/api/me/activity").json["activity"]
    assert (activity[0]["what"], activity[0]["device_name"]) == ("escrow_release", "Pixel 8")


def test_an_answer_lost_is_given_again_to_the_same_session_and_to_no_other(owner: Owner) -> None:
    first, second = owner.recover(), owner.recover()
    assert released(first, owner.path) == KEY
    assert released(first, owner.path) == KEY
    assert refusal(second, owner.path) == NONE
    another = bytes(32)
    public = first.get("/api/me").json["escrow_key"]
    assert owner.keep(seal(public, owner.phone.device, another)).status_code == 204
    assert released(second, owner.path) == another
    assert refusal(first, owner.path) == NONE


def test_of_several_recoveries_that_ask_at_once_one_has_it(owner: Owner) -> None:
    askers = [owner.recover() for _ in range(4)]

    def ask(asker: Session) -> int:
        return asker.post(f"{owner.path}/release", {}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, askers)) == [200, 404, 404, 404]


def test_nobody_who_was_not_vouched_for_just_now_has_it(owner: Owner) -> None:
    assert refusal(owner.phone.session, owner.path) == NEEDED
    elsewhere = Browser.of(owner.office, owner.browser.authenticator)
    assert elsewhere.sign_in().status_code == 200
    assert refusal(elsewhere.session, owner.path) == NEEDED
    assert refusal(owner.office.program(owner.phone.member), owner.path) == NEEDED
    late = owner.recover()
    with begin(owner.office.organisation, write=True) as connection:
        connection.execute(update(session).values(created_at=now_ms() - FRESH_MS))
    assert refusal(late, owner.path) == NEEDED
    assert releases(owner.office) == []


def test_a_recovery_opens_no_phone_but_ones_own(owner: Owner) -> None:
    colleague = Browser.joined(owner.office, owner.office.add("coordinator", "North"))
    theirs = Owner(owner.office, colleague, Phone.enrol(colleague.session))
    assert theirs.keep().status_code == 204
    recovering = theirs.recover()
    assert refusal(recovering, owner.path) == NONE
    assert refusal(recovering, f"/api/devices/{new_id()}/escrow") == NONE
    bare = Phone.enrol(owner.office.session(theirs.phone.member))
    assert refusal(recovering, f"/api/devices/{bare.device}/escrow") == NONE
    assert released(recovering, theirs.path) == KEY


def test_revoking_a_phone_ends_its_copy(owner: Owner) -> None:
    public = owner.browser.session.get("/api/me").json["escrow_key"]
    with begin(owner.office.organisation, write=True) as connection:
        devices.revoke(connection, owner.office.organisation, id_=owner.phone.device)
    assert refusal(owner.recover(), owner.path) == NONE
    sealed = seal(public, owner.phone.device)
    assert owner.keep(sealed).json["code"] == "device_revoked"
    with begin(owner.office.organisation) as connection:
        assert connection.execute(escrow.select()).all() == []


def test_a_copy_that_came_as_its_phone_was_revoked_is_not_kept(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = module._read_sealed

    def revoked_meanwhile(sent: object) -> bytes:
        with begin(owner.office.organisation, write=True) as connection:
            devices.revoke(connection, owner.office.organisation, id_=owner.phone.device)
        return read(sent)

    sealed = seal(owner.phone.session.get("/api/me").json["escrow_key"], owner.phone.device)
    monkeypatch.setattr(module, "_read_sealed", revoked_meanwhile)
    assert owner.keep(sealed).json["wipe"] is True
    with begin(owner.office.organisation) as connection:
        assert connection.execute(escrow.select()).all() == []


def test_a_phone_leaves_a_copy_of_its_own_key_alone(owner: Owner, office: Office) -> None:
    colleague = office.phone(office.add("coordinator", "North"))
    sealed = {"sealed": seal(owner.phone.session.get("/api/me").json["escrow_key"], "x")}
    assert colleague.session.post(owner.path, sealed).status_code == 404
    second = office.phone(owner.phone.member)
    assert second.session.post(owner.path, sealed).status_code == 404
    assert office.session(owner.phone.member).post(owner.path, sealed).status_code == 401
    assert released(owner.recover(), owner.path) == KEY


@pytest.mark.parametrize("sealed", [7, "", "AAAA", "not base64 \ud800", "é", ["x"]])
def test_what_can_be_no_copy_is_not_kept(owner: Owner, sealed: object) -> None:
    answer = owner.phone.session.post(owner.path, {"sealed": sealed})
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_a_point_off_the_curve_and_a_length_too_many_are_not_kept(owner: Owner) -> None:
    public = owner.phone.session.get("/api/me").json["escrow_key"]
    good = base64url_to_bytes(seal(public, owner.phone.device))
    for raw in (good + b"x", good[:-1], good[:64] + bytes([good[64] ^ 1]) + good[65:]):
        assert owner.keep(bytes_to_base64url(raw)).status_code == 400
    assert released(owner.recover(), owner.path) == KEY


def test_a_copy_of_another_device_or_for_another_server_key_opens_nothing(
    owner: Owner, caplog: pytest.LogCaptureFixture
) -> None:
    public = owner.phone.session.get("/api/me").json["escrow_key"]
    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    other_key = bytes_to_base64url(
        stranger.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    recovering = owner.recover()
    for sealed in (seal(public, new_id()), seal(other_key, owner.phone.device)):
        assert owner.keep(sealed).status_code == 204
        assert refusal(recovering, owner.path) == NONE
    assert releases(owner.office) == []
    assert owner.keep().status_code == 204
    assert released(recovering, owner.path) == KEY  # the failures have spent nothing


def test_the_key_lies_in_no_row(owner: Owner) -> None:
    released(owner.recover(), owner.path)
    with begin(owner.office.organisation) as connection:
        row = connection.execute(escrow.select()).one()
    assert bytes_to_base64url(KEY) not in str(row)
    assert KEY not in base64url_to_bytes(row.sealed)


def test_asking_is_counted_by_account(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"address": Limit(100, 10**9), "account": Limit(2, 10**9)}
    monkeypatch.setitem(limits.LIMITS, "escrow", few)  # type: ignore[arg-type]
    recovering = owner.recover()
    assert refusal(recovering, f"/api/devices/{new_id()}/escrow") == NONE
    assert released(recovering, owner.path) == KEY
    assert refusal(recovering, owner.path) == (429, "too_often")
