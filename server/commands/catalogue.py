"""`doorstep catalogue`: the catalogue as a file, for the phone's build."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.catalogue import CATALOGUE

EXPORTED = Path(__file__).parents[2] / "pwa" / "src" / "catalogue.json"


@click.group()
def catalogue() -> None:
    """The kinds of record, their fields and their words."""


@catalogue.command()
@click.option(
    "--to",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=EXPORTED,
    help="Write there instead of pwa/src/catalogue.json.",
)
def export(path: Path) -> None:
    """Write the catalogue with the words of every language, for the phone to be built with."""
    try:
        path.write_text(exported(), "utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {error.strerror}.") from error
    click.echo(f"Wrote {len(CATALOGUE.kinds)} kinds to {path}.")


def exported() -> str:
    """The exported file's text."""
    return json.dumps(CATALOGUE.export(), ensure_ascii=False, indent=1) + "\n"
