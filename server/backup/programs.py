"""PostgreSQL's own programs, pg_dump and pg_restore: where they stand, and how they are run.

Debian keeps each version in a folder of its own beside the path, and others name theirs alike. The
newest is taken: it reads what every older one wrote.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from server.backup.failed import Failed

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")

_major_of = re.compile(r"\) (\d+)").search


def find(program: str, server_major: int = 0) -> str:
    """The newest program of that name. Raises Failed where there is none, or none that knows a
    server of that major version."""
    found = {path: _major(path) for path in _candidates(program)}
    if not found:
        wanted = f"postgresql-client-{server_major}" if server_major else "postgresql-client"
        raise Failed(f"{program} is not on the path; install {wanted}.")
    newest = max(found, key=lambda path: found[path])
    if found[newest] < server_major:
        raise Failed(
            f"{program} is of PostgreSQL {found[newest]} and the server of {server_major}; install"
            f" postgresql-client-{server_major}."
        )
    return newest


def _candidates(program: str) -> Iterator[str]:
    for pattern in FOLDERS:
        for path in Path("/").glob(f"{pattern[1:]}/{program}"):
            yield str(path)
    if on_path := shutil.which(program):
        yield on_path


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, env=plain())
    match = _major_of(said.stdout)
    return int(match[1]) if match else 0


def plain(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which they speak English, and UTC."""
    return {**os.environ, "LC_ALL": "C", "TZ": "UTC", **(more or {})}


@contextmanager
def running(
    command: Sequence[str],
    stdout: int | IO[bytes] = subprocess.PIPE,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program while it writes. At the end it must have succeeded; else Failed has its words. One
    that is left early is ended."""
    with subprocess.Popen(
        command, stdout=stdout, stderr=subprocess.PIPE, env=plain(environment)
    ) as process:
        try:
            yield process
            said = _read(process.stderr)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise Failed(_sentence(command[0], said))


def _read(stream: IO[Any] | None) -> str:
    assert stream is not None
    return bytes(stream.read()).decode("utf-8", "replace")


def _sentence(program: str, said: str) -> str:
    name = Path(program).name
    lines = [line.removeprefix(f"{name}: ") for line in said.splitlines()]
    wrong = next((line for line in lines if line.startswith("error: ")), lines[0] if lines else "")
    return f"{name} failed: {wrong.removeprefix('error: ').rstrip('.') or 'it said nothing'}."
