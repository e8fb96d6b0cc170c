"""`doorstep backup`: a consistent copy of the database, taken while the server runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from flask import current_app

from server.backup.failed import Failed
from server.backup.take import take
from server.said import said_size
from server.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def command(file: Path, force: bool) -> None:
    """Copy the database into FILE as it stands at this moment, while the server runs.

    Everything of all organisations is in it, readable: keep it where only you can read it, or
    encrypt it. The server key is not; keep that apart. On PostgreSQL DATABASE_URL names a role that
    row-level security does not bind (server/README.md, Backup and restore).
    """
    settings: Settings = current_app.config["SETTINGS"]
    began = time.monotonic()
    try:
        with click.progressbar(length=1, label="Copying", file=sys.stderr) as bar:

            def tell(done: int, of: int) -> None:
                bar.length = of
                bar.update(done - bar.pos)

            taken = take(file, settings.home, tell, force=force)
    except Failed as error:
        raise click.ClickException(str(error)) from error
    for name, head in taken.heads:
        click.echo(f"{name}: up to {head}")
    seconds = time.monotonic() - began
    click.echo(f"Wrote {file}: {said_size(taken.bytes)} in {seconds:.1f} s, found whole.")
