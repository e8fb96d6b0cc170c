"""`doorstep team`: the teams of an organisation."""

from __future__ import annotations

import click
from sqlalchemy import func, select

from server.commands.organisation import with_organisation
from server.database import begin
from server.tables import member, team


@click.group()
def command() -> None:
    """The teams of an organisation."""


@command.command("list")
@with_organisation
def list_(organisation_id: str) -> None:
    """List the teams and how many work in each."""
    with begin(organisation_id) as connection:
        rows = connection.execute(
            select(team.c.name, func.count(member.c.id).label("members"))
            .select_from(team)
            .outerjoin(
                member,
                (member.c.organisation == team.c.organisation)
                & (member.c.team == team.c.id)
                & (member.c.status == "active"),
            )
            .where(team.c.organisation == organisation_id)
            .group_by(team.c.name)
            .order_by(team.c.name)
        ).all()
    for row in rows:
        click.echo(f"{row.name}  {row.members}")
