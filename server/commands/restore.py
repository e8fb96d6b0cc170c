"""`doorstep restore`: a backup in the place of the database, and the end of the time after it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app

from server import schema
from server.backup.failed import Failed
from server.backup.put_back import Done, Plan, carry_out, day_of, look
from server.commands.organisation import choose
from server.database import begin, db, is_sqlite
from server.restore import restores
from server.settings import Settings

MOST_TOLD = 40
"""Of what is to be made again, one by one."""

BY_HAND = """\
Nobody's phone brings back what was done in the office or here since the backup. Make again by hand:
  phones that were revoked, members who left, tokens that were ended: before anything else
  members who joined, their sign-in links and passkeys; teams; tokens of programs
  charts opened with a reason; assignments, covers and turns that do not come back with a phone
  imports (run them again: what is there stays); settings; records of employment
  legal holds, approvals; charts that were purged come back with the backup, and are to go again
Then `doorstep audit verify` says what the access log lacks, and `--accept` goes on from there."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--end", "ends", is_flag=True, help="Wait no more for what is not back.")
@click.option(
    "--organisation",
    metavar="NAME",
    help="With --end: which organisation, where there are several: its name or id.",
)
def command(file: Path | None, yes: bool, ends: bool, organisation: str | None) -> None:
    """Put the backup FILE in the place of the database, all of it or nothing.

    What is replaced is kept aside. Phones then bring back what they still hold of the time since,
    each with its next sync, and what cannot stand yet waits, until the office or `doorstep restore
    --end` says that all are back who can be. Everybody signs in anew. On PostgreSQL DATABASE_URL
    names the role that owns the tables.
    """
    if (file is None) != ends:
        raise click.UsageError("Say which FILE to restore, or --end.")
    if file is None:
        _end(organisation, yes)
    else:
        _restore(file, yes)


def _end(name: str | None, yes: bool) -> None:
    schema.require_current()
    organisation_id = choose(name)
    if not yes:
        click.echo("What waits is tried once more; what still cannot stand is for supervisors.")
        click.confirm("End the restore? It is not opened again", abort=True)
    with begin(organisation_id, write=True) as connection:
        if not restores.end(connection, organisation_id, by=None):
            raise click.ClickException("No restore is open.")
    click.echo("The restore has ended.")


def _restore(file: Path, yes: bool) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    try:
        plan = look(file, settings)
        _tell_plan(plan)
        if not yes:
            click.confirm("Restore?", abort=True)
        with click.progressbar(length=1, label="Restoring", file=sys.stderr) as bar:

            def tell(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            done = carry_out(plan, settings, tell)
    except Failed as error:
        raise click.ClickException(str(error)) from error
    _tell_done(done)


def _tell_plan(plan: Plan) -> None:
    contents = plan.contents
    click.echo(f"{contents.path} is of {day_of(contents.made_at)}.")
    present = plan.present
    for id_, name, head in contents.heads:
        there = "unreadable" if present is None else present.get(id_, "not there")
        click.echo(f"  {name}: up to {head}; in the database: {there}")
    strangers = set(present or ()) - {id_ for id_, _, _ in contents.heads}
    if strangers:
        click.echo(f"  Not in the backup, and gone with it: {len(strangers)} organisations.")
    where = db.engine.url.render_as_string(hide_password=True)
    click.echo(f"It takes the place of {where}. Phones bring back what they still hold.")


def _tell_done(done: Done) -> None:
    for each in done.begun:
        click.echo(f"{each.name}: restored up to {each.head}; goes on after {each.start}.")
    if done.kept is not None:
        click.echo(_kept(done.kept))
    click.echo()
    click.echo(BY_HAND)
    if done.lost:
        click.echo("\nThe replaced database had, and this has not:")
    for line in done.lost[:MOST_TOLD]:
        click.echo(f"  {line}")
    if len(done.lost) > MOST_TOLD:
        click.echo(f"  and {len(done.lost) - MOST_TOLD} more.")


def _kept(kept: str) -> str:
    if is_sqlite(db.engine):
        return f"What was replaced is kept as {kept}: remove it when the restore is over."
    return (
        f"What was replaced is kept in the schema {kept}: when the restore is over,"
        f" DROP SCHEMA {kept} CASCADE."
    )
