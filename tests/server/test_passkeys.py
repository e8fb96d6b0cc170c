"""What is asked of an authenticator, and bounds on what one may be. That a passkey signs in, and
what does not, is told in test_sign_in.py."""

from __future__ import annotations

import pytest
from flask import Flask
from webauthn.helpers import base64url_to_bytes

from server import build_app, challenges, passkeys
from server.passkeys import LONGEST_ID, NotVerified
from server.settings import Settings
from server.who import Caller
from tests.server.authenticator import Authenticator, Passkey
from tests.server.office import Office, new_id


def caller(member: str) -> Caller:
    return Caller(new_id(), "Riverside", False, member, "Ana", "ana@example.org", "", None, None)


def made(key: Authenticator, member: str, copied: Passkey | None = None) -> passkeys.NewPasskey:
    options = passkeys.creation_options(caller(member), challenges.give("passkey", member))
    return passkeys.verify_new(key.create(options, copied), "passkey", member)


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("http://localhost:8000", "localhost"),
        ("https://care.example.org", "care.example.org"),
        ("https://care.example.org:8443", "care.example.org"),
    ],
)
def test_passkeys_are_made_for_the_host_of_the_origin(
    tmp_path_factory: pytest.TempPathFactory, origin: str, rp_id: str
) -> None:
    home = tmp_path_factory.mktemp("home")
    app = build_app(Settings(home=home, database_url=f"sqlite:///{home}/x", origin=origin))
    with app.app_context():
        assert passkeys.request_options(b"x")["rpId"] == rp_id
        assert passkeys.creation_options(caller(new_id()), b"x")["rp"]["id"] == rp_id


def test_a_user_handle_names_its_member_and_says_nothing_of_them(office: Office) -> None:
    member = office.add("coordinator")
    options = passkeys.creation_options(caller(member), b"x")
    assert base64url_to_bytes(options["user"].pop("id")) == passkeys.user_handle(member)
    assert passkeys.user_handle(member) != passkeys.user_handle(office.add("coordinator"))
    assert options["user"] == {"name": "ana@example.org", "displayName": "Ana"}


def test_how_a_passkey_may_be_reached_is_kept_as_far_as_it_is_known(app: Flask) -> None:
    found = made(Authenticator(), new_id())
    assert list(found.transports) == ["internal", "hybrid"]
    assert found.is_backed_up
    assert not made(Authenticator(flags=0), new_id()).is_backed_up


def test_an_id_longer_than_any_authenticators_is_no_passkey(app: Flask) -> None:
    handle = passkeys.user_handle(new_id())
    longest = Passkey("localhost", handle, id=b"x" * LONGEST_ID)
    assert made(Authenticator(), new_id(), longest).credential
    with pytest.raises(NotVerified):
        made(Authenticator(), new_id(), Passkey("localhost", handle, id=b"x" * (LONGEST_ID + 1)))
