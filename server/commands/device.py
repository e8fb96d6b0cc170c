"""`doorstep device`: the phones of an organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import orjson
from sqlalchemy import select

from server import devices
from server.commands.organisation import with_organisation
from server.database import begin
from server.tables import device, member


@click.group()
def command() -> None:
    """The phones and programs that sync."""


@command.command("list")
@with_organisation
def list_(organisation_id: str) -> None:
    """List the devices: whose, when last in touch, and how many changes they had not sent."""
    with begin(organisation_id) as connection:
        rows = connection.execute(
            select(device, member.c.email)
            .join(
                member,
                (member.c.organisation == device.c.organisation) & (member.c.id == device.c.member),
            )
            .where(device.c.organisation == organisation_id)
            .order_by(member.c.email, device.c.enrolled_at)
        ).all()
    for row in rows:
        unsent = orjson.loads(row.status).get("unsent", "-") if row.status else "-"
        contact = row.last_contact
        seen = f"{datetime.fromtimestamp(contact / 1000, UTC):%F %R}" if contact else "-"
        state = "in use" if row.revoked_at is None else "erased" if row.erased_at else "revoked"
        click.echo(f"{row.id}  {row.email}  {row.name}  {seen}  unsent {unsent}  {state}")


@command.command()
@click.argument("device_id")
@with_organisation
def revoke(device_id: str, organisation_id: str) -> None:
    """Revoke a lost phone: it erases itself at its next contact, and its member signs in anew."""
    with begin(organisation_id, write=True) as connection:
        if not devices.revoke(connection, organisation_id, id_=device_id):
            raise click.ClickException(f"There is no device {device_id} in use.")
    click.echo("The phone erases itself at its next contact.")
