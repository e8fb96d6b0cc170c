"""Tokens for programs."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server import tokens
from server.database import begin
from server.tables import access_log, token
from server.who import hash_of, now_ms
from tests.server.office import Office


@pytest.fixture
def member(office: Office) -> str:
    return office.add("coordinator")


def created(office: Office, member: str, **options: bool) -> str:
    with begin(office.organisation, write=True) as connection:
        return tokens.create(
            connection,
            office.organisation,
            office.email(member).upper(),
            options.get("read_only", False),
            days=2,
        )


def test_a_token_is_stored_under_its_hash_for_its_days(office: Office, member: str) -> None:
    before = now_ms()
    secret = created(office, member)
    with begin(office.organisation) as connection:
        row = connection.execute(select(token)).one()
    assert row.token == hash_of(secret)
    assert secret not in str(row)
    assert 2 * tokens.DAY_MS <= row.expires_at - before < 2 * tokens.DAY_MS + 60_000


def test_what_has_ended_is_not_in_use(office: Office, member: str) -> None:
    created(office, member, read_only=True)
    with begin(office.organisation, write=True) as connection:
        (row,) = tokens.in_use(connection, office.organisation)
        assert (row.email, row.read_only) == (office.email(member), True)
        assert tokens.revoke(connection, office.organisation, row.id)
        assert not tokens.revoke(connection, office.organisation, row.id)
        assert tokens.in_use(connection, office.organisation) == []
    created(office, member)
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(token).values(expires_at=now_ms()))
        assert tokens.in_use(connection, office.organisation) == []


def test_nobody_makes_one_for_a_stranger_or_ends_anothers(office: Office, member: str) -> None:
    created(office, member)
    elsewhere = Office.open(office.app, "Elsewhere")
    with begin(office.organisation) as connection:
        (row,) = tokens.in_use(connection, office.organisation)
    with begin(elsewhere.organisation, write=True) as connection:
        assert not tokens.revoke(connection, elsewhere.organisation, row.id)
        with pytest.raises(LookupError):
            tokens.create(connection, elsewhere.organisation, row.email, False, days=1)


def test_its_making_and_its_end_are_noted_without_the_token(office: Office, member: str) -> None:
    secret = created(office, member, read_only=True)
    with begin(office.organisation, write=True) as connection:
        (row,) = tokens.in_use(connection, office.organisation)
        tokens.revoke(connection, office.organisation, row.id)
    with begin(office.organisation) as connection:
        noted = connection.execute(
            select(access_log.c.what, access_log.c.subject, access_log.c.detail)
            .where(access_log.c.what.like("token%"))
            .order_by(access_log.c.link)
        ).all()
    assert [tuple(each) for each in noted] == [
        ("token_created", member, "read-only, 2 days"),
        ("token_revoked", member, None),
    ]
    assert secret not in str(noted)
