"""The server as gunicorn starts it, which besides says whatever a header of a request tells it to,
by every way there is of saying it, or fails with it: so a test knows that it hears everything."""

from __future__ import annotations

import logging
import sys

from flask import Flask, request

from server import create_app
from server.logs import get_logger

SAY, FAIL = "Test-Say", "Test-Fail"
WAYS = 4


def create() -> Flask:
    app = create_app()
    app.before_request(_say)
    return app


def _say() -> None:
    if said := request.headers.get(SAY):
        get_logger("test").warning("said", value=said)
        logging.getLogger(f"doorstep.{said}").warning("said")
        print(said, flush=True)
        print(said, file=sys.stderr, flush=True)
    if failing := request.headers.get(FAIL):
        raise ValueError(failing)
