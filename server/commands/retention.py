"""`doorstep retention`: the charts past their period, and how they go."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app

from server.access_log import Entry, note
from server.commands.organisation import with_organisation
from server.database import begin
from server.retention import standing
from server.retention.purge import purge as purge_chart
from server.retention.purge import sweep
from server.retention.standing import APPROVERS_NEEDED, Kept, Standing
from server.settings import Settings
from server.who import now_ms

WHY = {
    "not_found": "There is no chart {patient}.",
    "not_due": "The chart {patient} is not past its period, or somebody holds it.",
    "on_hold": "The chart {patient} is on legal hold.",
    "already_held": "The chart {patient} is on legal hold already.",
    "not_approved": "The chart {patient} is not approved by two people.",
}


@click.group(invoke_without_command=True)
@click.option("--organisation", metavar="NAME", help="As of the commands here.")
@click.pass_context
def command(ctx: click.Context, organisation: str | None) -> None:
    """The charts past their period and those on legal hold, which are listed.

    Two people approve in the office that a chart goes; then `doorstep retention purge` takes it
    away.
    """
    if organisation is not None:
        ctx.default_map = {name: {"organisation_id": organisation} for name in command.commands}
    if ctx.invoked_subcommand is None:
        with list_.make_context("list", [], parent=ctx) as listing:
            list_.invoke(listing)


@command.command("list")
@with_organisation
def list_(organisation_id: str) -> None:
    """List them by id: who they are about is for the office to see."""
    now = now_ms()
    with begin(organisation_id) as connection:
        found = standing.standings(connection, organisation_id, now)
    for each in found:
        click.echo(f"{each.period.patient}  due {_day(each.period.due_since)}  {_said(each, now)}")


@command.command()
@click.argument("patient", required=False)
@with_organisation
def purge(patient: str | None, organisation_id: str) -> None:
    """Take away for good every chart that may go, or the one of that id."""
    now, settings = now_ms(), _settings()
    with begin(organisation_id) as connection:
        ready = [
            each.period.patient
            for each in standing.standings(connection, organisation_id, now)
            if each.why_kept(now) is None
        ]
    purged = 0
    for each in [patient] if patient is not None else ready:
        try:
            purge_chart(organisation_id, each, settings.home, now)
        except Kept as kept:
            if patient is not None:
                raise click.ClickException(WHY[kept.code].format(patient=each)) from None
            continue  # decided otherwise since it was listed
        purged += 1
        click.echo(f"Purged {each}.")
    swept = sweep(organisation_id, settings.home, now)
    click.echo(f"Charts purged: {purged}. Late changes of purged charts taken away: {swept}.")


@command.command()
@click.argument("patient")
@click.option("--reason", required=True, help="Such as the name of the case.")
@with_organisation
def hold(patient: str, reason: str, organisation_id: str) -> None:
    """Put a chart on legal hold: it is not purged, whoever approved."""
    if not reason.strip():
        raise click.ClickException("A hold needs a reason.")
    try:
        with begin(organisation_id, write=True) as connection:
            standing.hold(connection, organisation_id, patient, reason.strip(), None, now_ms())
            entry = Entry(what="legal_hold", patient=patient, detail=reason.strip())
            note(connection, organisation_id, [entry])
    except Kept as kept:
        raise click.ClickException(WHY[kept.code].format(patient=patient)) from None
    click.echo(f"The chart {patient} is on legal hold.")


@command.command()
@click.argument("patient")
@with_organisation
def release(patient: str, organisation_id: str) -> None:
    """End a legal hold."""
    try:
        with begin(organisation_id, write=True) as connection:
            standing.release(connection, organisation_id, patient)
            note(connection, organisation_id, [Entry(what="legal_hold_released", patient=patient)])
    except Kept:
        raise click.ClickException(f"The chart {patient} is not on legal hold.") from None
    click.echo(f"The legal hold of {patient} has ended.")


def _said(each: Standing, now: int) -> str:
    if each.hold is not None:
        return f"on legal hold: {each.hold.reason}"
    if each.why_kept(now) is None:
        return f"approved by {' and '.join(approval.name for approval in each.approvals)}"
    return f"approvals needed: {APPROVERS_NEEDED - len(each.approvals)}"


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%F}"


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
