"""What a caller may do: the guard before every view, and the right to read one chart.

Each route declares who may call it, its scope and its log entry in the one table of
server/routes.py. The guard holds them to it, so that a view can forget nothing; the application
does not start with a route that is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from server.access_log import ACTS, READS, Entry, note
from server.grants import holds, supervises
from server.problems import Problem
from server.settings import Settings
from server.sync.envelope import is_uuid
from server.who import Caller, bearer, now_ms, who

Scope = Literal["open", "organisation", "phone", "chart"]
ROLES = frozenset({"coordinator", "clinician", "supervisor", "administrator"})
CARING = ROLES - {"administrator"}
OFFICE = frozenset({"supervisor", "administrator"})
SUPERVISORS = OFFICE & CARING
ADMINISTRATORS = OFFICE - CARING
NOBODY_ASKED: frozenset[str] = frozenset()
ON_A_PHONE = ("phone", "chart")

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
EXTENSION = "doorstep.routes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address and what it takes to be answered there."""

    method: Literal["GET", "POST"]
    path: str
    view: Callable[..., ResponseReturnValue]
    roles: frozenset[str]
    """Who may call it; nobody is asked where it is open."""
    scope: Scope
    """open: without signing in. organisation: signed in. phone: on an unlocked phone too, which is
    to say with its secret, and no program. chart: as phone, and programs; it reads one chart."""
    log: str | None
    """What the access log says of a call here; its view calls `read_chart` or `note_call`."""
    is_for_readers: bool = False
    """A write that a read-only token may make, since it changes nothing of anybody's."""
    is_for_programs: bool = False
    """A phone's route that a program with a token may call besides."""
    checks_device: bool = False
    """The view itself asks for the device, as one that first compares epochs must."""

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}"


def register(app: Flask, routes: Iterable[Route]) -> None:
    """Add the routes and their guard. Raises RuntimeError where one contradicts itself."""
    declared: dict[str, Route] = {}
    for route in routes:
        if (route.scope == "open") != (route.roles == NOBODY_ASKED):
            raise RuntimeError(
                f"{route.endpoint}: an open route has no roles, and any other has some."
            )
        if not route.roles <= ROLES:
            raise RuntimeError(f"{route.endpoint}: unknown role.")
        if route.log and route.scope not in ON_A_PHONE:
            raise RuntimeError(f"{route.endpoint}: only a patient's route has a log entry.")
        if route.log is not None and route.log not in READS | ACTS:
            raise RuntimeError(f"{route.endpoint}: {route.log} is no entry of the access log.")
        if route.is_for_programs and route.scope != "phone":
            raise RuntimeError(f"{route.endpoint}: only a phone's route says who else may call it.")
        declared[route.endpoint] = route
        app.add_url_rule(route.path, route.endpoint, route.view, methods=[route.method])
    app.extensions[EXTENSION] = declared
    app.before_request(guard)
    app.after_request(require_noted)


def require_declared(app: Flask) -> None:
    """Raise RuntimeError when the application answers at an address that is not declared."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in app.extensions[EXTENSION]:
            raise RuntimeError(f"{rule.rule} is not declared in server/routes.py.")


def guard() -> None:
    """Let a request through to its view only as its route declares; it is then `caller()`'s."""
    for name in ("caller", "language", "is_noted"):
        g.pop(name, None)  # a context that is there already, as in a shell, outlives its requests
    if request.routing_exception is not None:
        return  # answered by the 404 or 405 that it is
    route = _route()
    if any(not is_uuid(value) for name, value in _ids()):
        raise Problem(404, "not_found")
    if bearer() is None:
        _require_origin()
    if route.scope == "open":
        return
    caller = who()
    if caller is None:
        raise Problem(401, "signed_out")
    if caller.is_revoked and not route.checks_device:
        raise Problem(403, "device_revoked", wipe=True)
    if caller.role not in route.roles:
        raise Problem(403, "forbidden")
    if caller.is_read_only and request.method not in SAFE_METHODS and not route.is_for_readers:
        raise Problem(403, "read_only")
    if caller.is_program:
        if route.scope == "phone" and not route.is_for_programs:
            raise Problem(403, "forbidden")
    elif route.scope in ON_A_PHONE and not route.checks_device and caller.device is None:
        raise Problem(401, "device_secret")
    g.caller = caller


def require_noted(response: Response) -> Response:
    """Answer nothing that the access log should hold and does not: raises RuntimeError."""
    route: Route | None = current_app.extensions[EXTENSION].get(request.endpoint)
    is_told = route is not None and route.log is not None and response.status_code < 400
    if is_told and not g.get("is_noted", False):
        raise RuntimeError(f"{request.endpoint} answered without its entry in the access log.")
    return response


def caller() -> Caller:
    """The member whom the guard let through."""
    return cast(Caller, g.caller)


def read_chart(connection: Connection, patient: str, record: str | None = None) -> None:
    """Let the caller read a chart, and note it in the access log under the route's entry.

    Raises Problem 404, as for a chart that is not there, unless they hold it or supervise its team.
    """
    reader = caller()
    now = now_ms()
    may_read = holds(connection, reader.organisation, reader.member, patient, now) or (
        reader.role == "supervisor"
        and supervises(connection, reader.organisation, reader.member, patient)
    )
    if not may_read:
        raise Problem(404, "not_found")
    note_call(connection, patient=patient, record=record)


def note_call(
    connection: Connection,
    *,
    patient: str | None = None,
    record: str | None = None,
    subject: str | None = None,
    detail: str | None = None,
) -> None:
    """Note in the access log, under the route's entry, what the caller is about to be answered."""
    what, reader = _route().log, caller()
    if what is None:
        raise RuntimeError(f"{request.endpoint} declares no log entry.")
    entry = Entry(
        what=what,
        member=reader.member,
        device=reader.device,
        patient=patient,
        record=record,
        subject=subject,
        detail=detail,
    )
    note(connection, reader.organisation, [entry])
    g.is_noted = True


def _route() -> Route:
    return cast(Route, current_app.extensions[EXTENSION][request.endpoint])


def _ids() -> list[tuple[str, object]]:
    """The ids in the address: what is none of ours never reaches the database."""
    return [each for each in (request.view_args or {}).items() if each[0].endswith("_id")]


def _require_origin() -> None:
    """Refuse a write that another site made a browser send with our cookie. A browser always names
    the origin of a write; what names none is no browser, and is let to what needs no cookie."""
    if request.method in SAFE_METHODS:
        return
    settings: Settings = current_app.config["SETTINGS"]
    origin = request.headers.get("Origin")
    if origin != settings.origin and (origin is not None or request.cookies):
        raise Problem(403, "origin")
