"""`doorstep demo`: an organisation to try things out in, and a way in for each role."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from server.database import begin
from server.demo.edit import Edit
from server.demo.enter import Progress
from server.demo.make import Unlike, make, one_of_each_role
from server.signing_in import invite

DAYS_OF_A_LINK = 1
ROLES = ("coordinator", "clinician", "supervisor", "administrator")


@click.command()
@click.option("--fresh", is_flag=True, help="Make another, with dates around today.")
def command(fresh: bool) -> None:
    """Make the demo organisation if there is none, and print a sign-in link for each role.

    A demo that is there is kept as it is, with whatever was done in it; its dates lie around the
    day on which it was made. --fresh makes another beside it. The links work for a day.
    """
    try:
        demo = make(_bar, fresh=fresh)
    except Unlike:
        raise click.ClickException(
            "The demo was left half made by another version. Run `doorstep demo --fresh`."
        ) from None
    with begin(demo.organisation, write=True) as connection:
        for role in ROLES:
            colleague = one_of_each_role()[role]
            link = invite(
                connection, demo.organisation, colleague.email, days_many_use=DAYS_OF_A_LINK
            )
            click.echo(f"{role.title() + ':':<15}{colleague.name:<18}{link}")


@contextmanager
def _bar(edits: Sequence[Edit]) -> Iterator[Progress]:
    # To standard error, so that what is printed can be read by a program.
    label = "Making the demo caseload"
    with click.progressbar(length=len(edits), label=label, file=sys.stderr) as bar:
        yield bar.update
