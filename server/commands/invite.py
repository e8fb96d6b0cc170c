"""`doorstep invite`: a one-time sign-in link, as text and as a QR code."""

from __future__ import annotations

import sys

import click

from server import qr
from server.commands.organisation import with_organisation
from server.database import begin
from server.signing_in import invite


def print_link(link: str, with_qr: bool | None = None) -> None:
    """A link on a line of its own; below it the code, unless a program reads the output."""
    click.echo(link)
    if sys.stdout.isatty() if with_qr is None else with_qr:
        click.echo(qr.as_text(link), color=True)


@click.command()
@click.argument("email")
@click.option(
    "--qr/--no-qr", "with_qr", default=None, help="Draw its QR code; a terminal gets one anyway."
)
@with_organisation
def command(email: str, with_qr: bool | None, organisation_id: str) -> None:
    """Print a link that signs EMAIL in, once and within 15 minutes.

    Its phone makes a passkey. To somebody who has passkeys the link is a recovery: they are signed
    in on a new phone, or come back into one that they can no longer open. Be sure that it is them.
    """
    try:
        with begin(organisation_id, write=True) as connection:
            link = invite(connection, organisation_id, email)
    except LookupError:
        raise click.ClickException(f"{email} is not an active member.") from None
    print_link(link, with_qr)
