"""How gunicorn serves Doorstep; the Procfile names this file.

Threads wait for the database and for slow phones; two processes use two cores. The application is
loaded once, before they fork (`create_app` closes every connection that it opened).
"""

from __future__ import annotations

import gc
import os

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
graceful_timeout = 30
forwarded_allow_ips = ""  # server/__init__.py believes proxies, as many as TRUSTED_PROXIES says
control_socket_disable = True
accesslog = None  # an address may hold the id of a chart; server/logs.py has a line of its own
logconfig_dict = FOR_SERVER


def on_starting(_server: object) -> None:
    log_like_server()


def when_ready(_server: object) -> None:
    """What is loaded stays for ever: collections of garbage need not look at it, and the processes
    that fork off share it. A push of a thousand changes makes no garbage in circles, so looking for
    some can wait until it is done."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
