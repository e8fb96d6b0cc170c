"""A software authenticator and the browser around it: what a phone answers to our options.

It stores nothing and asks nobody; a test says what is wrong with it. P-256, attestation "none".
https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.test import TestResponse

from tests.server.office import ORIGIN, Office, Session

PRESENT, VERIFIED, MAY_BE_BACKED_UP, BACKED_UP, HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
ES256 = -7


@dataclass
class Passkey:
    """One passkey in its authenticator."""

    rp_id: str
    user_handle: bytes
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    count: int = 0

    @property
    def cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: x, -3: y})


@dataclass
class Authenticator:
    """Each part may be set wrong for a test."""

    origin: str = ORIGIN
    rp_id: str | None = None
    """Claimed in the place of that of the options."""
    is_verified: bool = True
    counts: bool = True
    cross_origin: bool = False
    flags: int = MAY_BE_BACKED_UP | BACKED_UP
    passkeys: list[Passkey] = field(default_factory=list)

    def create(self, options: dict[str, Any], copied: Passkey | None = None) -> dict[str, Any]:
        """navigator.credentials.create, as JSON; a new passkey unless one is copied."""
        user_handle = base64url_to_bytes(options["user"]["id"])
        made = copied or Passkey(options["rp"]["id"], user_handle)
        self.passkeys.append(made)
        credential = b"\0" * 16 + len(made.id).to_bytes(2, "big") + made.id + made.cose
        data = self._data(made, HAS_KEY) + credential
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            made,
            clientDataJSON=self._client("webauthn.create", options["challenge"]),
            attestationObject=cbor2.dumps(attestation),
        ) | {"authenticatorAttachment": "platform"}

    def get(self, options: dict[str, Any], passkey: Passkey | None = None) -> dict[str, Any]:
        """navigator.credentials.get, as JSON; the newest passkey unless one is chosen."""
        used = passkey or self.passkeys[-1]
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(used)
        signed = used.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            used,
            clientDataJSON=client,
            authenticatorData=data,
            signature=signed,
            userHandle=used.user_handle,
        )

    def _client(self, type_: str, challenge: str) -> bytes:
        said = {"type": type_, "challenge": challenge, "origin": self.origin}
        return json.dumps(said | {"crossOrigin": self.cross_origin}).encode()

    def _data(self, passkey: Passkey, flags: int = 0) -> bytes:
        if self.counts:
            passkey.count += 1
        flags |= PRESENT | self.flags | (VERIFIED if self.is_verified else 0)
        rp_id = hashlib.sha256((self.rp_id or passkey.rp_id).encode()).digest()
        return rp_id + bytes([flags]) + passkey.count.to_bytes(4, "big")

    def _answer(self, passkey: Passkey, **response: bytes) -> dict[str, Any]:
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        id_ = bytes_to_base64url(passkey.id)
        transports = {"transports": ["internal", "hybrid", "of the future", "internal"]}
        return {
            "id": id_,
            "rawId": id_,
            "type": "public-key",
            "response": encoded | (transports if "attestationObject" in response else {}),
            "clientExtensionResults": {},
        }


@dataclass
class Browser:
    """A browser that makes and uses passkeys. It is signed in while its session has a cookie."""

    session: Session
    authenticator: Authenticator = field(default_factory=Authenticator)

    @classmethod
    def of(cls, office: Office, authenticator: Authenticator | None = None) -> Browser:
        session = Session(office.app.test_client(use_cookies=False), "")
        return cls(session, authenticator or Authenticator())

    @classmethod
    def joined(cls, office: Office, member: str, name: str = "Pixel 8") -> Browser:
        """One whose member has joined with a passkey, by an invitation."""
        browser = cls.of(office)
        answer = browser.join(office.invite(member), name=name)
        assert answer.status_code == 200, answer.text
        return browser

    def open(self, token: object) -> TestResponse:
        return self.session.post("/api/invitations/open", {"token": token})

    def make(self, token: str) -> dict[str, Any]:
        """The credential that accepts an invitation."""
        opened = self.open(token)
        assert opened.status_code == 200, opened.text
        return self.authenticator.create(opened.json["options"])

    def join(self, token: str, **parts: Any) -> TestResponse:
        return self.accept(token, credential=self.make(token), **parts)

    def accept(self, token: object, **parts: Any) -> TestResponse:
        return self._keep(self.session.post("/api/invitations/accept", {"token": token} | parts))

    def options(self) -> dict[str, Any]:
        answer = self.session.post("/api/sign-in/options", {})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json["options"]
        return found

    def sign_in(self, credential: object = None) -> TestResponse:
        """Signs in with a fresh use of the newest passkey, unless another credential is given."""
        sent = credential or self.authenticator.get(self.options())
        return self._keep(self.session.post("/api/sign-in", {"credential": sent}))

    def _keep(self, answer: TestResponse) -> TestResponse:
        cookie = answer.headers.get("Set-Cookie")
        if cookie:
            self.session.headers["Cookie"] = cookie.partition(";")[0]
            self.session.member = answer.json["member"]
        return answer
