"""The units of server/README.md take a backup every night."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

from tests.server.office import Office
from tests.server.operator import BACKING_UP, Operator

ROOT = Path(__file__).parents[3]
UNITS = re.findall(r"^```systemd\n(.*?)^```", (ROOT / "server/README.md").read_text(), re.S | re.M)
NAMES = ("doorstep-backup.service", "doorstep-backup.timer")
FOLDER = "/var/backups/doorstep"


def service() -> RawConfigParser:
    parser = RawConfigParser(strict=False, delimiters=("=",))
    parser.read_string(UNITS[0])
    return parser


def test_what_the_service_runs_takes_a_backup_and_lets_old_ones_go(
    operator: Operator, office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old, recent = folder / "old.backup", folder / "recent.backup"
    for path, days in ((old, 40), (recent, 20)):
        path.touch()
        then = path.stat().st_mtime - days * 86_400
        os.utime(path, (then, then))
    bin_ = Path(sys.executable).parent
    environment = os.environ | operator.environment(BACKING_UP)
    environment["PATH"] = f"{bin_}{os.pathsep}{os.environ['PATH']}"
    for step in ("execstart", "execstartpost"):
        written = service()["Service"][step].replace("%%", "%").replace("$$", "$")
        command = written.replace(FOLDER, str(folder))
        subprocess.run(command, shell=True, check=True, env=environment, cwd=ROOT)
    made = {path.name for path in folder.iterdir()} - {recent.name}
    assert len(made) == 1, made
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{4}\.backup", made.pop())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to ask")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name, unit in zip(NAMES, UNITS, strict=True):
        (tmp_path / name).write_text(unit, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in NAMES)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
