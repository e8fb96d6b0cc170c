"""`--organisation`: which one a command is about. With only one there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import select

from server.database import begin, see_organisations
from server.tables import organisation

Decorated = Callable[..., Any]


def choose(value: str | None) -> str:
    """The id of the organisation of that name or id, or of the only one."""
    with begin(None) as connection:
        see_organisations(connection)
        rows = connection.execute(
            select(organisation.c.id, organisation.c.name).order_by(organisation.c.name)
        ).all()
    found = [row.id for row in rows if value is None or value in (row.id, row.name)]
    if len(found) == 1:
        return str(found[0])
    if not rows:
        raise click.ClickException("There is no organisation yet. Run `doorstep init` first.")
    names = ", ".join(row.name for row in rows)
    if value is None:
        raise click.ClickException(f"Say which --organisation of {names}.")
    raise click.ClickException(f"There is no one organisation {value}; there are {names}.")


def with_organisation(command: Decorated) -> Decorated:
    """Gives a command the id of the organisation that it is about."""
    return click.option(
        "--organisation",
        "organisation_id",
        metavar="NAME",
        callback=lambda _ctx, _parameter, value: choose(value),
        help="Which organisation, where there are several: its name or id.",
    )(command)
