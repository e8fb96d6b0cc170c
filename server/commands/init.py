"""`doorstep init`: an organisation and its first administrator."""

from __future__ import annotations

import click

from server.commands.invite import print_link
from server.database import begin
from server.organisations import NewMember, Unfit, create_organisation
from server.signing_in import invite


@click.command()
@click.argument("name")
@click.option("--email", required=True, help="The first administrator's address.")
@click.option("--administrator", required=True, metavar="NAME", help="Their name.")
def command(name: str, email: str, administrator: str) -> None:
    """Make the organisation NAME with its first administrator, and print their sign-in link."""
    first = NewMember(email, administrator, "administrator")
    try:
        organisation_id = create_organisation(name, administrator=first)
    except Unfit as error:
        raise click.ClickException(str(error)) from error
    with begin(organisation_id, write=True) as connection:
        link = invite(connection, organisation_id, email)
    print_link(link)
