"""`doorstep token`: access for programs, in a member's name."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from server import tokens
from server.commands.organisation import with_organisation
from server.database import begin


@click.group()
def command() -> None:
    """Tokens, with which programs ask in a member's name."""


@command.command()
@click.argument("email")
@click.option("--read-only", is_flag=True, help="It may read and not write.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650))
@with_organisation
def create(email: str, read_only: bool, days: int, organisation_id: str) -> None:
    """Print one new token of EMAIL, which is shown this once."""
    try:
        with begin(organisation_id, write=True) as connection:
            secret = tokens.create(connection, organisation_id, email, read_only, days)
    except LookupError:
        raise click.ClickException(f"{email} is not an active member.") from None
    click.echo(secret)


@command.command("list")
@with_organisation
def list_(organisation_id: str) -> None:
    """List the tokens in use."""
    with begin(organisation_id) as connection:
        rows = tokens.in_use(connection, organisation_id)
    for row in rows:
        until = datetime.fromtimestamp(row.expires_at / 1000, UTC).date()
        scope = "read-only" if row.read_only else "read-write"
        click.echo(f"{row.id}  {row.email}  {scope}  until {until}")


@command.command()
@click.argument("token_id")
@with_organisation
def revoke(token_id: str, organisation_id: str) -> None:
    """End the token of that id at once."""
    with begin(organisation_id, write=True) as connection:
        if not tokens.revoke(connection, organisation_id, token_id):
            raise click.ClickException(f"There is no token {token_id} in use.")
    click.echo("The token has ended.")
