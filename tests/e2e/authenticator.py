"""The fingerprint reader of a phone: Chromium's virtual authenticator, by the DevTools protocol."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession


class Authenticator:
    """Makes and shows passkeys as soon as it is asked; it lives as long as its page."""

    def __init__(self, session: CDPSession, seals: bool) -> None:
        self._session = session
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        } | ({"hasPrf": True} if seals else {})
        added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = added["authenticatorId"]

    def passkeys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found

    def take(self, passkeys: list[dict[str, Any]]) -> None:
        """Have passkeys that were made before, but for what they seal with: no reader tells it."""
        for passkey in passkeys:
            self._send("addCredential", credential=passkey)

    def lose_all(self) -> None:
        """As when a phone's screen lock is taken away: its passkeys are gone."""
        self._send("clearCredentials")

    def verify_nobody(self) -> None:
        """The finger is not the right one from here on."""
        self._send("setUserVerified", isUserVerified=False)

    def _send(self, command: str, **parameters: Any) -> Any:
        return self._session.send(f"WebAuthn.{command}", {"authenticatorId": self._id} | parameters)
