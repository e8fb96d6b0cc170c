"""Every error that answers a request, in the one shape of RFC 9457, with a code that is stable.

Raise `Problem` anywhere below a view. The sentence comes from the words of the asked language;
nothing that the database or a library said, and nothing that a person typed, reaches an answer or
a log.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

import orjson
from flask import Flask, Response, g, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from server.logs import get_logger, places
from server.words import say, spoken

log = get_logger("problems")

RETRY_AFTER_SECONDS = 5

CODE_OF_STATUS = {
    400: "malformed",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "busy",
    413: "too_large",
    415: "unsupported_type",
    429: "busy",
    503: "busy",
}


class Problem(Exception):
    """A request that cannot be done. `members` stand beside the code in the document."""

    def __init__(self, status: int, code: str, **members: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.members = members


def document(problem: Problem) -> Response:
    """The answer of a problem; 429 and 503 say when to come back."""
    g.outcome = problem.code
    body = {
        "type": f"urn:doorstep:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": say(asked_language(), f"problem.{problem.code}"),
        **problem.members,
    }
    answer = Response(orjson.dumps(body), problem.status, mimetype="application/problem+json")
    if problem.status in (429, 503):
        seconds = problem.members.get("retry_after", RETRY_AFTER_SECONDS)
        answer.headers["Retry-After"] = str(seconds)
    return answer


def asked_language() -> str:
    """The language of this request: as its envelope says, or its Accept-Language header."""
    return g.get("language") or spoken(request.accept_languages.best)


def handle_problems(app: Flask) -> None:
    """Make every way of failing answer by `document`."""
    app.register_error_handler(Problem, document)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(OperationalError, _from_database)
    app.register_error_handler(InterfaceError, _from_database)
    app.register_error_handler(Exception, _from_defect)


def _from_http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return cast(Response, Response.force_type(error.get_response(), request.environ))
    status = error.code or 500
    return document(
        Problem(status, CODE_OF_STATUS.get(status, "broken" if status >= 500 else "malformed"))
    )


def _from_database(error: OperationalError | InterfaceError) -> Response:
    """The database is locked by others or away: a phone's retry is free."""
    log.error("database", error=type(error.orig).__name__)
    return document(Problem(503, "busy"))


def _from_defect(error: Exception) -> Response:
    """A defect of ours. It is logged without the values that it was about."""
    log.error("defect", error=type(error).__name__, at=places(error.__traceback__))
    return document(Problem(500, "broken"))
