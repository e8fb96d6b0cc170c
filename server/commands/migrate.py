"""`doorstep migrate`: brings the database to the schema that this version needs."""

from __future__ import annotations

import click

from server import schema
from server.refold import folded_otherwise


@click.command()
def command() -> None:
    """Bring the database up to date. Safe to run at any time."""
    before = schema.migrate()
    after = schema.needed_revision()
    if before == after:
        click.echo("The database is up to date.")
    else:
        click.echo(f"The database was brought from {before or 'nothing'} to {after}.")
    if folded_otherwise():
        click.echo("Records were folded by another version's rules. Run `doorstep refold`.")
