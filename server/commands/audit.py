"""`doorstep audit`: whether the access log is as it was written."""

from __future__ import annotations

import logging
import sys

import click
from flask import current_app

from server.audit.heads import remember, remembered
from server.audit.verify import Head, Verdict, count_links, verify
from server.commands.organisation import with_organisation
from server.database import begin
from server.settings import Settings

MOST_FAULTS = 20
"""Faults told one by one."""

log = logging.getLogger("doorstep.audit")


def _read_head(_ctx: click.Context, _option: click.Parameter, written: str | None) -> Head | None:
    try:
        return Head.read(written) if written is not None else None
    except ValueError:
        raise click.BadParameter("a head is a link's number, a colon and its hash") from None


@click.group()
def command() -> None:
    """The access log: who saw, opened and changed what."""


@command.command("verify")
@click.option(
    "--expect",
    callback=_read_head,
    metavar="NUMBER:HASH",
    help="A head printed earlier, which must still be part of the chain.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="Take the log as it is from here on, as after a restore; what is wrong is still told.",
)
@with_organisation
def verify_(expect: Head | None, accept: bool, organisation_id: str) -> None:
    """Find any entry that was edited, removed, added or moved since it was noted.

    Prints the head of the chain, to be kept elsewhere, and remembers it in DOORSTEP_HOME: the next
    look finds a log that was cut off behind it. Faults end it with a non-zero exit.
    """
    settings: Settings = current_app.config["SETTINGS"]
    try:
        kept = remembered(settings.home, organisation_id)
        verdict = _look(organisation_id, [head for head in (kept, expect) if head])
    except ValueError as error:
        raise click.ClickException(f"{error}.") from error
    if verdict.head is not None:
        click.echo(f"Head: {verdict.head}")
        log.info("access log of %s: head %s", organisation_id, verdict.head)
    for fault in verdict.faults[:MOST_FAULTS]:
        click.echo(fault, err=True)
    if verdict.head is not None and (accept or not verdict.faults):
        remember(settings.home, organisation_id, verdict.head)
    if verdict.faults:
        log.critical("access log of %s: %d faults", organisation_id, len(verdict.faults))
        raise click.ClickException(_failed(verdict))
    if verdict.head is None:
        click.echo("The chain has not begun: nothing has been noted yet.")
    else:
        click.echo(f"{verdict.entries} entries in {verdict.links} links, all as they were noted.")


def _look(organisation: str, expected: list[Head]) -> Verdict:
    with (
        begin(organisation) as connection,
        click.progressbar(
            length=count_links(connection, organisation),
            label="Looking through the access log",
            file=sys.stderr,
        ) as bar,
    ):
        return verify(connection, organisation, expected, bar.update)


def _failed(verdict: Verdict) -> str:
    if len(verdict.faults) >= verdict.links > 1:
        return "Hardly a link fits: is this the server key with which the log was written?"
    more = len(verdict.faults) - MOST_FAULTS
    rest = f", of which {more} are not listed" if more > 0 else ""
    return f"The access log is not as it was written: {_faults(len(verdict.faults))}{rest}."


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count} faults"
