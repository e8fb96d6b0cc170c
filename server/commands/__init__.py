"""`doorstep`, the command line: a file a group. An error is one sentence and a non-zero exit."""

from __future__ import annotations

import errno
import importlib
import logging
import os
from typing import Any

import click
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import OperationalError, ProgrammingError

from server import build_app, schema
from server.database import db
from server.logs import log_for_people
from server.server_key import NoServerKey

GROUPS = {
    "init": "init",
    "migrate": "migrate",
    "demo": "demo",
    "member": "member",
    "team": "team",
    "invite": "invite",
    "token": "token",
    "device": "device",
    "import": "import_",
    "audit": "audit",
    "backup": "backup",
    "restore": "restore",
    "retention": "retention",
    "check": "check",
    "catalogue": "catalogue",
    "refold": "refold",
}
"""Each command and the module here in which it stands, under its own name or as `command`."""

WITHOUT_DATABASE = ("catalogue", "migrate", "backup", "restore", "check")
"""Those that mind another schema themselves, or need none."""


class Commands(click.Group):
    """Loads a command's file when it is asked for: `doorstep migrate` needs no PDF library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in GROUPS:
            return None
        module = importlib.import_module(f"server.commands.{GROUPS[name]}")
        found: click.Command = getattr(module, "command", None) or getattr(module, name)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is no text before a database or a log would have to say that it cannot be."""
        for arg in args:
            if arg != arg.encode("utf-8", "ignore").decode():
                shown = arg.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                raise click.UsageError(f"{shown!r} is not UTF-8.")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (schema.OldSchema, NoServerKey) as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"The database cannot be reached or written: {reason}"
            ) from error
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            reason = str(error.orig).strip().partition("\n")[0]
            raise click.ClickException(
                f"The role {db.engine.url.username} may not do that: {reason}. server/README.md,"
                " PostgreSQL, says which role does what."
            ) from error
        except OSError as error:
            if error.errno == errno.EPIPE or error.filename is None:
                raise
            reason = os.strerror(error.errno or 0)
            raise click.ClickException(
                f"{error.filename} cannot be read or written: {reason}."
            ) from error


@click.command(cls=Commands)
@click.version_option(package_name="doorstep")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Doorstep: the care coordinator's work, offline at the door, reconciled on return."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    log_for_people()
    try:
        app = build_app()
    except ValueError as error:
        raise click.ClickException(f"A setting is wrong: {error}.") from error
    ctx.with_resource(app.app_context())
    ctx.call_on_close(db.engine.dispose)
    if ctx.invoked_subcommand not in WITHOUT_DATABASE:
        schema.require_current()
