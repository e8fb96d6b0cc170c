"""`doorstep invite`: a one-time sign-in link."""

from __future__ import annotations

import click

from server.commands.organisation import with_organisation
from server.database import begin
from server.signing_in import invite


@click.command()
@click.argument("email")
@with_organisation
def command(email: str, organisation_id: str) -> None:
    """Print a link that signs EMAIL in, once and within 15 minutes."""
    try:
        with begin(organisation_id, write=True) as connection:
            link = invite(connection, organisation_id, email)
    except LookupError:
        raise click.ClickException(f"{email} is not an active member.") from None
    click.echo(link)
