"""An organisation as tests see it: members, their phones, and the requests that those send."""

from __future__ import annotations

import itertools
import ssl
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from server import sessions, tokens
from server.database import begin
from server.organisations import NewMember, add_member, create_organisation
from server.signing_in import invite
from server.tables import member
from server.who import COOKIE
from tests.phone.http import HttpClient
from tests.phone.phone import Phone, new_id
from tests.phone.session import ORIGIN, Session

__all__ = ["ORIGIN", "Office", "Phone", "Session", "new_id"]


@dataclass
class Office:
    """One organisation on a running application.

    With an `origin`, its people's sessions go to the server there, which has the same database as
    `app`; else they go to `app` itself.
    """

    app: Flask
    organisation: str
    names: Any = field(default_factory=lambda: itertools.count(1))
    origin: str | None = None
    trusts: ssl.SSLContext | None = None

    @classmethod
    def open(
        cls,
        app: Flask,
        name: str = "Riverside Home Care",
        origin: str | None = None,
        trusts: ssl.SSLContext | None = None,
    ) -> Office:
        return cls(app, create_organisation(name), origin=origin, trusts=trusts)

    def add(self, role: str, *teams: str, email: str | None = None) -> str:
        """The id of a new member."""
        name = f"{role.title()} {next(self.names)}"
        address = email or f"{name.replace(' ', '').lower()}@example.org"
        return add_member(self.organisation, NewMember(address, name, role, teams))

    def email(self, member_id: str) -> str:
        with begin(self.organisation) as connection:
            found: str = connection.scalars(
                select(member.c.email).where(member.c.id == member_id)
            ).one()
        return found

    def session(self, member_id: str) -> Session:
        """A signed-in browser of that member, without a device yet."""
        with begin(self.organisation, write=True) as connection:
            secret = sessions.start(connection, self.organisation, member_id)
        session = Session(self.client(), member_id, {"Origin": self.origin or ORIGIN})
        session.headers["Cookie"] = f"{COOKIE}={secret}"
        return session

    def client(self) -> FlaskClient | HttpClient:
        if self.origin:
            return HttpClient(self.origin, trusts=self.trusts)
        return self.app.test_client(use_cookies=False)

    def sign_in(self, phone: Phone) -> None:
        """Give a phone a new session of its member, as a passkey does."""
        fresh = self.session(phone.member)
        phone.session.headers["Cookie"] = fresh.headers["Cookie"]

    def invite(self, member_id: str, **options: int) -> str:
        """The token of a new invitation."""
        with begin(self.organisation, write=True) as connection:
            link = invite(connection, self.organisation, self.email(member_id), **options)
        assert link.startswith(f"{ORIGIN}/#/join/")
        return link.rpartition("/")[2]

    def phone(self, member_id: str) -> Phone:
        """A new phone of that member, enrolled and unlocked."""
        return Phone.enrol(self.session(member_id))

    def program(self, member_id: str, *, read_only: bool = False) -> Session:
        """A program with a token of that member."""
        with begin(self.organisation, write=True) as connection:
            secret = tokens.create(
                connection, self.organisation, self.email(member_id), read_only, days=1
            )
        session = Session(self.client(), member_id)
        session.headers = {"Authorization": f"Bearer {secret}"}
        return session
