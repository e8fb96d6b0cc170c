"""`doorstep refold`: stored records folded anew from their changes, after a rule has changed."""

from __future__ import annotations

import click
from sqlalchemy import select

from server.catalogue import CATALOGUE
from server.database import begin, see_organisations
from server.refold import BATCH, Looked, refold
from server.tables import organisation


@click.command()
@click.option("--organisation", "wanted", metavar="NAME", help="Only this one: its name or id.")
@click.option("--kind", metavar="KIND", help="Only records of this kind.")
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=BATCH,
    show_default=True,
    help="How many records one transaction takes.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--send-again",
    is_flag=True,
    help="With --kind: bring every record of it to phones again, as for a kind more may read.",
)
def command(
    wanted: str | None, kind: str | None, batch: int, dry_run: bool, send_again: bool
) -> None:
    """Fold stored records anew from their changes, by the rules of this version.

    The server may run meanwhile, and phones get what changed with their next sync. Stopped in the
    middle, it is simply run again.
    """
    if send_again and kind is None:
        raise click.UsageError("--send-again needs --kind.")
    for id_, name in _organisations(wanted).items():
        total = Looked.nothing()
        for looked in refold(id_, kind=kind, batch=batch, dry_run=dry_run, send_again=send_again):
            total += looked
        _print(name, total, dry_run)


def _organisations(wanted: str | None) -> dict[str, str]:
    """Names by id, of all or of the one that is wanted."""
    with begin(None) as connection:
        see_organisations(connection)
        rows = connection.execute(
            select(organisation.c.id, organisation.c.name).order_by(organisation.c.name)
        ).all()
    found = {row.id: row.name for row in rows if wanted in (None, row.id, row.name)}
    if wanted is not None and len(found) != 1:
        names = ", ".join(row.name for row in rows)
        raise click.ClickException(f"There is no one organisation {wanted}; there are {names}.")
    return found


def _print(name: str, total: Looked, dry_run: bool) -> None:
    count = total.seen.total()
    click.echo(f"{name}: looked at {count:,} record{'' if count == 1 else 's'}.")
    would = "would be " if dry_run else ""
    for kind in sorted(total.seen):
        said = [
            f"{counted[kind]:,} {what}"
            for counted, what in (
                (total.moved, f"{would}shown otherwise and sent again"),
                (total.renewed, f"{would}kept otherwise, shown as before"),
                (total.told, f"{would}told to be set aside"),
                (total.kept, _why_kept(kind)),
            )
            if counted[kind]
        ]
        if said:
            click.echo(f"  {kind}: {'; '.join(said)}")
    if not (total.moved or total.renewed or total.kept):
        click.echo("  Every one stands as its changes say.")


def _why_kept(kind: str) -> str:
    if kind in CATALOGUE.kinds:
        return "left as they are: their changes are not here"
    return "left as they are: this version does not know the kind"
