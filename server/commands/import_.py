"""`doorstep import`: records from elsewhere. Safe to run again: what is here already stays as it
is."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy import select

from server.catalogue.moments import zones
from server.commands.organisation import with_organisation
from server.database import begin
from server.fhir.importing import Import
from server.fhir.reading import find_files
from server.fhir.source import Source
from server.fhir.writing import NobodyToWriteAs, Records
from server.tables import member


@click.group()
def command() -> None:
    """Take in records from elsewhere."""


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--coordinator",
    metavar="EMAIL",
    help="Assign the charts to this member; without one they stand on the supervisors' waitlist.",
)
@click.option(
    "--source",
    "source_name",
    default="fhir",
    show_default=True,
    metavar="NAME",
    help="The system that the files come from. Its resources keep their records under this name.",
)
@click.option(
    "--zone",
    default="America/New_York",
    show_default=True,
    help="The time zone in which appointments are written down.",
)
@with_organisation
def fhir(
    paths: tuple[Path, ...],
    coordinator: str | None,
    source_name: str,
    zone: str,
    organisation_id: str,
) -> None:
    """Take in FHIR R4 bundles and single resources, from files and directories of *.json.

    Run again with the same or newer files, it writes only what the source says differently. A
    broken file is named with the place, nothing of it is taken, and the exit is not zero."""
    if zone not in zones():
        raise click.ClickException(f"{zone} is no time zone; one is America/New_York.")
    member_id = _member(organisation_id, coordinator) if coordinator else None
    try:
        files = find_files(paths)
    except FileNotFoundError as error:
        raise click.ClickException(f"There is no file or directory {error}.") from error
    if not files:
        raise click.ClickException("There is no *.json file there.")
    source = Source(organisation_id, source_name, zone)
    try:
        run = Import(source, Records.of(source), member_id)
    except NobodyToWriteAs as error:
        raise click.ClickException(
            "The organisation has no member yet. Add one with `doorstep member add`."
        ) from error
    with click.progressbar(length=2 * len(files), label="Importing", file=sys.stderr) as bar:
        report = run.run(files, lambda: bar.update(1))
    for line in report.lines():
        click.echo(line)
    if not report.is_whole:
        raise click.exceptions.Exit(1)


def _member(organisation_id: str, email: str) -> str:
    with begin(organisation_id) as connection:
        found = connection.scalar(
            select(member.c.id).where(
                member.c.organisation == organisation_id,
                member.c.email == email.strip().lower(),
                member.c.status == "active",
            )
        )
    if found is None:
        raise click.ClickException(f"{email} is not an active member.")
    return str(found)
