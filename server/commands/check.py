"""`doorstep check`: whether this installation is as it should be."""

from __future__ import annotations

from dataclasses import asdict

import click
import orjson
from flask import current_app

from server.check.finding import Finding
from server.check.run import run

COLOURS = {"ok": "green", "warn": "yellow", "FAIL": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(as_json: bool) -> None:
    """Look at settings, keys, disk, fonts, backups, the database and each organisation.

    A line each: ok, warn, or FAIL for what keeps Doorstep from its work or loses it. With a FAIL
    the exit is not zero. Nothing is changed.
    """
    findings = []
    for finding in run(current_app.config["SETTINGS"]):
        findings.append(finding)
        if not as_json:
            _print(finding)
    has_failed = any(finding.level == "FAIL" for finding in findings)
    if as_json:
        told = {"ok": not has_failed, "checks": [asdict(finding) for finding in findings]}
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    if has_failed:
        raise click.exceptions.Exit(1)


def _print(finding: Finding) -> None:
    level = click.style(f"{finding.level:<5}", fg=COLOURS[finding.level])
    click.echo(f"{level}{finding.check:<12} {finding.says}")
