"""What the server says while it runs: a line of JSON each, with the id of its request, and never
what a person typed.

A request leaves one line: its route (an address may hold the id of a chart), its status and how
long it took. An error leaves its type and where it arose; its text is never written, since
libraries put there what they were given. `get_logger` is for the rest of the server: its events are
constant words, and what stands beside them are ids, numbers and codes.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
import orjson
import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from server.who import Caller

HEADER = "X-Request-Id"
ROUTE = "doorstep.route"
OURS = "doorstep"
SERVER = "gunicorn.error"
TECHNICAL = ("timestamp", "level", "logger", "line")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

_is_id = re.compile(r"[0-9a-f-]{16,64}").fullmatch


def get_logger(part: str) -> structlog.stdlib.BoundLogger:
    """The logger of a part of the server."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(f"{OURS}.{part}")
    return logger


log = get_logger("requests")


def log_requests(app: Flask, *, is_behind_proxy: bool) -> None:
    """Give each request an id, answered in X-Request-Id, and a line. The id of a proxy that we
    trust is taken over, where it is one and not words."""
    app.before_request(_note_route)
    app.after_request(_note_caller)
    app.wsgi_app = _Requests(app.wsgi_app, is_behind_proxy)  # type: ignore[method-assign, assignment]


def _note_route() -> None:
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule


def _note_caller(answer: Response) -> Response:
    caller: Caller | None = g.get("caller")
    if caller is not None:
        bind_contextvars(organisation=caller.organisation, member=caller.member)
    return answer


class _Requests:
    def __init__(self, inner: WSGIApplication, is_behind_proxy: bool) -> None:
        self.inner = inner
        self.is_behind_proxy = is_behind_proxy

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        id_ = self._id_of(environ)
        clear_contextvars()
        bind_contextvars(request_id=id_)
        began = time.perf_counter()
        statuses = []

        def start_with_id(
            status: str, headers: list[tuple[str, str]], *failure: Any
        ) -> Callable[[bytes], object]:
            statuses.append(int(status[:3]))
            return start(status, [*headers, (HEADER, id_)], *failure)

        try:
            return self.inner(environ, start_with_id)
        finally:
            log.info(
                "request",
                method=_known(environ["REQUEST_METHOD"]),
                route=environ.get(ROUTE),
                status=statuses[-1] if statuses else 500,
                ms=round(1000 * (time.perf_counter() - began), 1),
            )

    def _id_of(self, environ: WSGIEnvironment) -> str:
        sent = environ.get("HTTP_X_REQUEST_ID", "") if self.is_behind_proxy else ""
        return sent if _is_id(sent) else str(uuid4())


def _known(method: str) -> str:
    return method if method in METHODS else "other"


def places(trace: TracebackType | None) -> str:
    """Where an error arose, from our outermost function to the innermost, without its values."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            found.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " > ".join(found)


def _without_values(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Of an error that was logged, its type and place."""
    event.pop("stack_info", None)
    failure = event.pop("exc_info", None)
    if failure and not isinstance(failure, BaseException):
        failure = failure[1] if isinstance(failure, tuple) else sys.exc_info()[1]
    if failure:
        event["error"], event["at"] = type(failure).__name__, places(failure.__traceback__)
    return event


def _of_a_library(_logger: object, _name: str, event: EventDict) -> EventDict:
    """What was logged without structlog. The text of another's line stays only as far as it is
    constant: with what it was formatted, nobody here knows. gunicorn's own comings and goings are
    told whole."""
    record: logging.LogRecord = event["_record"]
    arguments = event.pop("positional_args", None)
    is_ours = record.name.split(".")[0] == OURS
    if is_ours or (record.name == SERVER and record.levelno <= logging.INFO):
        event["event"] = event["event"] % arguments if arguments else event["event"]
    elif not arguments:
        event["event"] = "a library's line"
    event.setdefault("logger", record.name)
    event.setdefault("line", f"{record.module}:{record.lineno}")
    return event


def _as_json(_logger: object, _name: str, event: EventDict) -> str:
    first = {name: event.pop(name, None) for name in ("timestamp", "level", "event")}
    return orjson.dumps({**first, **event}, default=lambda value: type(value).__name__).decode()


_SHARED: tuple[Processor, ...] = (
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_values,
)

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def _as_words(_logger: object, _name: str, event: EventDict) -> str:
    said = event.pop("event")
    return " ".join([said, *(f"{name}={event[name]}" for name in event if name not in TECHNICAL)])


def _formatter(render: Processor) -> dict[str, Any]:
    """By one formatter everything is written that anybody logs."""
    return {
        "foreign_pre_chain": (*_SHARED, _of_a_library),
        "processors": (structlog.stdlib.ProcessorFormatter.remove_processors_meta, render),
        "use_get_message": False,
        "pass_foreign_args": True,
    }


FOR_SERVER: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": structlog.stdlib.ProcessorFormatter} | _formatter(_as_json)},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        OURS: {"level": "INFO"},
        SERVER: {"level": "INFO", "handlers": [], "propagate": True},
    },
}
"""How the web processes and those that set pages log: everything to standard error."""


class _ForPeople(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        click.echo(self.format(record), err=True)


def log_for_people() -> None:
    """Let the command line say our warnings as sentences."""
    handler = _ForPeople(logging.WARNING)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**_formatter(_as_words)))
    logging.getLogger(OURS).handlers = [handler]


def log_like_server() -> None:
    """Log in this process as the web processes do, the ends of its threads included."""
    logging.config.dictConfig(FOR_SERVER)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be written would be said with its values
    threading.excepthook = log_thread


def log_thread(ended: threading.ExceptHookArgs) -> None:
    log.error("a thread ended", error=ended.exc_type.__name__, at=places(ended.exc_traceback))
