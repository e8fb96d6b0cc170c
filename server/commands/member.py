"""`doorstep member`: who is on staff."""

from __future__ import annotations

import json

import click
from sqlalchemy import select

from server.access import ROLES
from server.commands.organisation import with_organisation
from server.database import begin
from server.organisations import NewMember, Unfit, add_member, leave
from server.tables import member, team


@click.group()
def command() -> None:
    """The members of an organisation."""


@command.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(sorted(ROLES)))
@click.option("--team", "teams", multiple=True, metavar="NAME", help="Made if there is none.")
@click.option("--phone", help="As colleagues dial it.")
@with_organisation
def add(
    email: str,
    name: str,
    role: str,
    teams: tuple[str, ...],
    phone: str | None,
    organisation_id: str,
) -> None:
    """Add a member, or take back one who left under this address, without a chart or a passkey. A
    supervisor supervises the teams given; anyone else works in the first."""
    try:
        add_member(organisation_id, NewMember(email, name, role, teams, phone))
    except Unfit as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is a member. `doorstep invite {email.lower()}` makes their sign-in link.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_organisation
def list_(as_json: bool, organisation_id: str) -> None:
    """List the members."""
    with begin(organisation_id) as connection:
        rows = connection.execute(
            select(
                member.c.id,
                member.c.email,
                member.c.name,
                member.c.role,
                team.c.name.label("team"),
                member.c.status,
            )
            .select_from(member)
            .outerjoin(
                team,
                (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team),
            )
            .where(member.c.organisation == organisation_id)
            .order_by(member.c.name, member.c.email)
        ).all()
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.email}  {row.name}  {row.role}  {row.team or '-'}  {row.status}")


@command.command("leave")
@click.argument("email")
@with_organisation
def leave_(email: str, organisation_id: str) -> None:
    """End a membership: they are signed out, and their phones erase themselves."""
    try:
        phones = leave(organisation_id, email)
    except Unfit as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} has left. Phones that erase themselves at their next contact: {phones}.")
