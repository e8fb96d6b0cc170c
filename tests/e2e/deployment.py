"""Doorstep as it is deployed: gunicorn by the Procfile, and ``doorstep``."""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
STARTS_WITHIN = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Deployment:
    """One server process group and its home; it can be killed and started again on its port."""

    home: Path
    database_url: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    """A token of each member for programs beside the phones."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further variables of its environment."""
    config: str = "server/gunicorn.py"
    """What gunicorn reads: that file, or one that does as it does and more."""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "DOORSTEP_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "ORIGIN": self.origin,
            **self.settings,
        }

    def doorstep(self, *arguments: str) -> str:
        """Run the command line; its output, or an assertion with what it said."""
        done = subprocess.run(
            [BIN / "doorstep", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"doorstep {shlex.join(arguments)}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start gunicorn as the Procfile says and wait until ``/healthz`` answers."""
        command = (ROOT / "Procfile").read_text().split("web:", 1)[1].strip()
        command = command.replace("server/gunicorn.py", self.config)
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                shlex.split(command),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.is_up():
            assert self.process.poll() is None, (self.home / "server.log").read_text()
            assert time.monotonic() < deadline, "the server did not come up"
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)

    def is_up(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """End the whole process group at once, as a power cut would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(30)
        self.process = None
