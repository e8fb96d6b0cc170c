"""A configuration of gunicorn under which the server is killed at chosen points of its pushes.

It is server/gunicorn.py, and in every worker an ear on the database. A test puts a blow, which is
an empty file, into the folder STRIKES; the next push to begin its transaction takes it, and at that
point its process ends itself by SIGKILL, as kill -9 does: nothing is closed, nothing is undone.
What had happened by then is noted beside the blows first.

    worker-7           before the transaction's seventh statement
    worker-INSERT …    before the first statement that begins so
    worker-commit      before COMMIT
    worker-committed   after it, unanswered
    group-…            the same, and the whole server with it
"""

from __future__ import annotations

import json
import os
import runpy
import signal
from pathlib import Path
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

globals().update(runpy.run_path("server/gunicorn.py"))

BLOWS, FELL, BLOW = Path(os.environ["STRIKES"]), "fell", "doorstep.blow"


class Blow:
    """One that a transaction has taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.whom, _, self.point = name.partition("-")
        self.statements: list[str] = []

    def fall(self) -> None:
        noted = {"blow": self.name, "after": self.statements}
        with open(BLOWS.parent / FELL, "ab", buffering=0) as file:
            file.write(json.dumps(noted).encode() + b"\n")
        if self.whom == "group":
            os.killpg(0, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def post_worker_init(_worker: object) -> None:
    event.listen(Engine, "begin", begun)
    event.listen(Engine, "before_cursor_execute", executing)
    event.listen(Engine, "commit", committing)
    event.listen(Engine, "checkin", given_back)


def begun(connection: Connection) -> None:
    connection.info.pop(BLOW, None)
    is_push = has_request_context() and request.path == "/api/sync"
    if is_push and connection.get_execution_options().get("write"):
        for path in sorted(BLOWS.iterdir()):
            try:
                path.unlink()
            except FileNotFoundError:  # another transaction took it
                continue
            connection.info[BLOW] = Blow(path.name)
            return


def executing(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, *_more: Any
) -> None:
    blow: Blow | None = connection.info.get(BLOW)
    if blow is None:
        return
    said = " ".join(statement.split()[:3])
    if blow.point in (str(len(blow.statements) + 1), said):
        blow.fall()
    blow.statements.append(said)


def committing(connection: Connection) -> None:
    if (blow := connection.info.get(BLOW)) is not None:
        blow.statements.append("COMMIT")
        if blow.point == "commit":
            blow.fall()


def given_back(_dbapi_connection: object, record: Any) -> None:
    blow: Blow | None = record.info.pop(BLOW, None)
    if blow is not None and blow.point == "committed" and "COMMIT" in blow.statements:
        blow.fall()
