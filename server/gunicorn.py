"""How gunicorn serves Doorstep; the Procfile names this file.

Threads wait for the database and for slow phones; two processes use two cores. The application is
loaded once, before they fork (`create_app` closes every connection that it opened).
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

# Where the processes count (server/metrics.py), said before anything of Prometheus is loaded, and
# kept when this file is read again upon SIGHUP. The files are memory, on no disk that may be full:
# a page of them that cannot be written would end the process.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(
        prefix=f"doorstep-counts-{os.getpid()}-", dir=memory
    )

from prometheus_client.multiprocess import mark_process_dead

from server.database import THREADS
from server.logs import FOR_SERVER, log_like_server
from server.worker import Worker

port = os.environ.get("PORT")
bind = f"0.0.0.0:{port}" if port else "127.0.0.1:8000"
worker_class = Worker
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = THREADS
preload_app = True
keepalive = 30
timeout = 60
Worker.drain_seconds = int(os.environ.get("DRAIN_SECONDS") or 0)
graceful_timeout = 30 + Worker.drain_seconds  # for the requests in flight once it takes no more
forwarded_allow_ips = ""  # server/__init__.py believes proxies, as many as TRUSTED_PROXIES says
control_socket_disable = True
accesslog = None  # an address may hold the id of a chart; server/logs.py has a line of its own
logconfig_dict = FOR_SERVER


def on_starting(_server: object) -> None:
    log_like_server()
    for left in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).parent.glob("doorstep-counts-*-*"):
        pid = left.name.split("-")[2]
        if pid.isdigit() and Path("/proc/self").exists() and not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)  # of a server that was killed


def when_ready(_server: object) -> None:
    """What is loaded stays for ever: collections of garbage need not look at it, and the processes
    that fork off share it. A push of a thousand changes makes no garbage in circles, so looking for
    some can wait until it is done."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def child_exit(_server: object, worker: Worker) -> None:
    """What a process was doing when it ended, it does no more; what it did stays counted."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"]
    if "doorstep-counts-" in folder:
        shutil.rmtree(folder, ignore_errors=True)
