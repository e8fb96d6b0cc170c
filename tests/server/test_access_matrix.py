"""Who may do what: every route and every kind, with everybody.

The tables are what is meant, written by hand, and the server is held to them: a route or a kind
that stands in none fails here. Beside them holds of every single answer: it has no word and no id
of a chart, of a colleague's phone or of another organisation that its reader may not have
(tests/server/everybody.py says what that is). And who is refused has changed nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from flask import Flask
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.test import TestResponse

from server import create_app
from server.access import EXTENSION
from server.catalogue import CATALOGUE
from server.database import db
from server.escrow import SEALED_BYTES, public_key
from server.settings import Settings
from tests.conftest import Cluster
from tests.server.everybody import BORN, RELATIONS, ROLES, WAYS, Everybody, Person
from tests.server.office import Phone, Session, new_id
from tests.server.restore.backups import epoch_of
from tests.server.samples import edit, write_of

# Four marks a role: for one who holds the chart Pemberton, one of its team, one of another team,
# and one of another organisation. For what is not of a chart the first three are one and the same
# but for the teams that they supervise.
#
#   y  done, or answered with what was asked for     -  404, as if it were not there
#   o  answered, without it                          x  403, not for this role
ROUTES = """
route                                                        scope         coordinator clinician supervisor administrator

GET  /healthz                                                open          yyyy        yyyy      yyyy       yyyy
GET  /readyz                                                 open          yyyy        yyyy      yyyy       yyyy
GET  /metrics                                                open          yyyy        yyyy      yyyy       yyyy
GET  /                                                       open          yyyy        yyyy      yyyy       yyyy
GET  /<path:path>                                            open          yyyy        yyyy      yyyy       yyyy
GET  /api/openapi.json                                       open          yyyy        yyyy      yyyy       yyyy
POST /api/invitations/open                                   open          yyyy        yyyy      yyyy       yyyy
POST /api/invitations/accept                                 open          yyyy        yyyy      yyyy       yyyy
POST /api/sign-in/options                                    open          yyyy        yyyy      yyyy       yyyy
POST /api/sign-in                                            open          yyyy        yyyy      yyyy       yyyy
GET  /api/devices/<device_id>/state                          open          yyyy        yyyy      yyyy       yyyy
POST /api/devices/<device_id>/erased                         open          yyyy        yyyy      yyyy       yyyy

GET  /api/me                                                 organisation  yyyy        yyyy      yyyy       yyyy
POST /api/sign-out                                 (readers) organisation  yyyy        yyyy      yyyy       yyyy
GET  /api/catalogue                                          organisation  yyyy        yyyy      yyyy       yyyy
POST /api/devices                                  (readers) organisation  yyyy        yyyy      yyyy       yyyy
POST /api/devices/<device_id>/escrow/release                 organisation  yyyy        yyyy      yyyy       yyyy

GET  /api/me/activity                                        phone         yyyy        yyyy      yyyy       yyyy
GET  /api/devices                                            phone         yyyy        yyyy      yyyy       yyyy
POST /api/devices/<device_id>/revoke                   (own) phone         yyyy        yyyy      yyyy       yyyy
POST /api/devices/<device_id>/revoke           (colleague's) phone         ----        ----      -y--       yyy-
POST /api/devices/<device_id>/escrow                   (own) phone         yyyy        yyyy      yyyy       yyyy
POST /api/devices/<device_id>/escrow           (colleague's) phone         ----        ----      ----       ----
GET  /api/passkeys                                           phone         yyyy        yyyy      yyyy       yyyy
POST /api/passkeys                                           phone         yyyy        yyyy      yyyy       yyyy
POST /api/passkeys/options                                   phone         yyyy        yyyy      yyyy       yyyy
POST /api/passkeys/<passkey_id>/name                   (own) phone         yyyy        yyyy      yyyy       yyyy
POST /api/passkeys/<passkey_id>/name           (colleague's) phone         ----        ----      ----       ----
POST /api/passkeys/<passkey_id>/remove                 (own) phone         yyyy        yyyy      yyyy       yyyy
POST /api/passkeys/<passkey_id>/remove         (colleague's) phone         ----        ----      ----       ----

POST /api/sync                                     (readers) chart         yooo        yooo      yooo       oooo
POST /api/take-back                                          chart         yyyy        yyyy      yyyy       yyyy
POST /api/salvage                                            chart         yyyy        yyyy      yyyy       yyyy
GET  /api/records/<record_id>/history                        chart         y---        y---      yy--       xxxx
GET  /api/records/<record_id>/history            (library's) chart         yyy-        yyy-      yyy-       xxxx
GET  /api/records/<record_id>/history             (office's) chart         ----        ----      yyy-       xxxx
GET  /api/visits/<visit_id>/summary.pdf                      chart         y---        y---      yy--       xxxx
GET  /api/charts/<patient_id>/access                         chart         y---        y---      yy--       xxxx
GET  /api/charts/<patient_id>/access.csv                     chart         y---        y---      yy--       xxxx
POST /api/charts/<patient_id>/open                           phone         yyy-        yyy-      -y--       xxxx
POST /api/patients/search                                    phone         yyyo        yyyo      yyoo       xxxx

GET  /api/office/devices                                     phone         xxxx        xxxx      oyoo       yyyo
GET  /api/office/members                                     phone         xxxx        xxxx      oyoo       yyyo
POST /api/office/members                                     phone         xxxx        xxxx      xxxx       yyyy
POST /api/office/members/<member_id>/invitation              phone         xxxx        xxxx      -y--       yyy-
POST /api/office/members/<member_id>/leave                   phone         xxxx        xxxx      -y--       yyy-
GET  /api/office/openings                                    phone         xxxx        xxxx      yyoo       xxxx
GET  /api/office/refusals                                    phone         xxxx        xxxx      yyoo       xxxx
POST /api/office/refusals/<device_id>/<int:n>/accept         phone         xxxx        xxxx      yy--       xxxx
POST /api/office/refusals/<device_id>/<int:n>/dismiss        phone         xxxx        xxxx      yy--       xxxx
GET  /api/office/restore                                     phone         xxxx        xxxx      oyoo       yyyo
POST /api/office/restore/end                                 phone         xxxx        xxxx      yyyy       yyyy
GET  /api/office/salvage                                     phone         xxxx        xxxx      yyoo       oooo
POST /api/office/salvage/<record_id>/<hash>/take-in          phone         xxxx        xxxx      yy--       ----
POST /api/office/salvage/<record_id>/<hash>/dismiss          phone         xxxx        xxxx      yy--       ----
GET  /api/office/records/<kind>                              phone         xxxx        xxxx      yyyo       yyyo
GET  /api/office/access                                      phone         xxxx        xxxx      yyoo       oooo
GET  /api/office/access.csv                                  phone         xxxx        xxxx      yyoo       oooo
GET  /api/office/retention                                   phone         xxxx        xxxx      yyoo       oooo
POST /api/office/retention/<patient_id>/approve              phone         xxxx        xxxx      yy--       yyy-
POST /api/office/retention/<patient_id>/withdraw             phone         xxxx        xxxx      yy--       yyy-
POST /api/office/retention/<patient_id>/hold                 phone         xxxx        xxxx      yy--       yyy-
POST /api/office/retention/<patient_id>/release              phone         xxxx        xxxx      yy--       yyy-
"""  # noqa: E501

# How else one who holds the chart may come, by the route's scope.
#
#   same  as on their unlocked phone       erase   403, and the phone is told to erase itself
#   out   401 signed_out                   locked  401 device_secret; x where the role is refused
#   no    x, whatever the role             reads   as the same, but writes are read_only; x as above
SCOPES = """
scope          left    revoked  locked  out   program  reader
open           same    same     same    same  same     same
organisation   erase   erase    same    out   same     reads
phone          erase   erase    locked  out   no       no
chart          erase   erase    locked  out   same     reads
"""

# r: records of that kind come to a phone of this role; w: it may write them.
KINDS = """
kind                   coordinator  clinician  supervisor  administrator

patient                rw           rw         rw          --
related_person         rw           rw         rw          --
assignment             r-           r-         rw          --
care_team_member       rw           rw         rw          --
condition              rw           rw         rw          --
allergy                rw           rw         rw          --
medication             rw           rw         rw          --
observation            rw           rw         rw          --
goal                   rw           rw         rw          --
goal_progress          rw           rw         rw          --
task                   rw           rw         rw          --
need                   rw           rw         rw          --
care_plan              rw           rw         rw          --
appointment            rw           rw         rw          --
visit                  rw           rw         rw          --
coverage               rw           rw         rw          --
consent                rw           rw         rw          --

member                 r-           r-         rw          rw
cover                  r-           r-         rw          r-
on_call                rw           rw         rw          r-
organisation_settings  r-           r-         rw          rw

training_credential    --           --         -w          -w
vacancy                --           --         -w          -w
candidate              --           --         -w          -w
"""

# Where a field is narrower than its kind.
FIELDS = """
field                            coordinator  clinician  supervisor  administrator

patient.merged_into              r-           r-         rw          --
member.name                      r-           r-         r-          r-
member.role                      r-           r-         r-          r-
member.team                      r-           r-         r-          r-
member.status                    r-           r-         r-          r-
cover.reason                     --           --         rw          r-
on_call.member                   r-           r-         rw          r-
on_call.team                     r-           r-         rw          r-
on_call.tier                     r-           r-         rw          r-
on_call.start                    r-           r-         rw          r-
on_call.end                      r-           r-         rw          r-
on_call.status                   r-           r-         rw          r-
on_call.escalate_after_minutes   r-           r-         rw          r-
"""


@dataclass(frozen=True)
class Ask:
    """What is sent to a route, and how it is answered where the caller is let in."""

    path: str
    """With the names of Targets in it."""
    body: Mapping[str, Any] | Callable[[Everybody, Person], Mapping[str, Any]] | None = None
    status: int = 200
    code: str = ""
    """Of a problem that says that the caller was let in: what is sent is not worth more."""
    shows: str = ""
    """What the answer holds where it is answered with what was asked for."""
    signs_out: bool = False


def a_pull(world: Everybody, person: Person) -> dict[str, Any]:
    return {"device": person.device, "now": 1}


def a_copy(world: Everybody, person: Person) -> dict[str, str]:
    """What could be the copy of a phone's key."""
    point = base64url_to_bytes(public_key())
    return {"sealed": bytes_to_base64url(point.ljust(SEALED_BYTES, b"\0"))}


def a_member(world: Everybody, person: Person) -> dict[str, Any]:
    return {"email": f"{new_id()}@example.org", "name": "Ada", "role": "clinician"}


def a_return(world: Everybody, person: Person) -> dict[str, Any]:
    """What a phone that has nothing to bring asks after a restore."""
    own = {"device": person.device, "of": person.device, "now": 1}
    return own | {"epoch": epoch_of(person.office), "changes": []}


def an_offer(world: Everybody, person: Person) -> dict[str, Any]:
    """What a phone that holds nothing that was lost offers."""
    return {"device": person.device, "epoch": epoch_of(person.office), "records": []}


ASKS = {
    "GET /healthz": Ask("/healthz"),
    "GET /readyz": Ask("/readyz"),
    "GET /metrics": Ask("/metrics", None, 404, "not_found"),  # it asks for a token of its own
    "GET /": Ask("/"),
    "GET /<path:path>": Ask("/app.js"),
    "GET /api/openapi.json": Ask("/api/openapi.json"),
    "POST /api/invitations/open": Ask(
        "/api/invitations/open", {"token": "x"}, 403, "invitation_used"
    ),
    "POST /api/invitations/accept": Ask(
        "/api/invitations/accept", {"token": "x"}, 403, "invitation_used"
    ),
    "POST /api/sign-in/options": Ask("/api/sign-in/options", {}),
    "POST /api/sign-in": Ask("/api/sign-in", {"credential": {}}, 403, "sign_in_failed"),
    "GET /api/devices/<device_id>/state": Ask("/api/devices/{their_device}/state"),
    "POST /api/devices/<device_id>/erased": Ask("/api/devices/{lost_device}/erased", {}, 204),
    "GET /api/me": Ask("/api/me", shows="{own_member}"),
    "POST /api/sign-out": Ask("/api/sign-out", {}, 204, signs_out=True),
    "GET /api/catalogue": Ask("/api/catalogue"),
    "POST /api/devices": Ask("/api/devices", {"name": "Pixel 8"}, 201),
    "POST /api/devices/<device_id>/escrow/release": Ask(
        "/api/devices/{own_device}/escrow/release", {}, 403, "recovery_needed"
    ),
    "GET /api/me/activity": Ask("/api/me/activity", shows="device_enrolled"),
    "GET /api/devices": Ask("/api/devices", shows="{own_device}"),
    "POST /api/devices/<device_id>/revoke (own)": Ask(
        "/api/devices/{own_second_device}/revoke", {}, 204
    ),
    "POST /api/devices/<device_id>/revoke (colleague's)": Ask(
        "/api/devices/{their_device}/revoke", {}, 204
    ),
    "POST /api/devices/<device_id>/escrow (own)": Ask(
        "/api/devices/{own_device}/escrow", a_copy, 204
    ),
    "POST /api/devices/<device_id>/escrow (colleague's)": Ask(
        "/api/devices/{their_device}/escrow", a_copy, 204
    ),
    "GET /api/passkeys": Ask("/api/passkeys", shows="{own_passkey}"),
    "POST /api/passkeys": Ask(
        "/api/passkeys", {"credential": {}, "name": "Key"}, 403, "passkey_refused"
    ),
    "POST /api/passkeys/options": Ask("/api/passkeys/options", {}),
    "POST /api/passkeys/<passkey_id>/name (own)": Ask(
        "/api/passkeys/{own_passkey}/name", {"name": "Key"}, 204
    ),
    "POST /api/passkeys/<passkey_id>/name (colleague's)": Ask(
        "/api/passkeys/{their_passkey}/name", {"name": "Key"}, 204
    ),
    "POST /api/passkeys/<passkey_id>/remove (own)": Ask(
        "/api/passkeys/{own_second_passkey}/remove", {}, 204
    ),
    "POST /api/passkeys/<passkey_id>/remove (colleague's)": Ask(
        "/api/passkeys/{their_passkey}/remove", {}, 204
    ),
    "POST /api/sync": Ask("/api/sync", a_pull, shows="Pemberton"),
    "POST /api/take-back": Ask("/api/take-back", a_return),
    "POST /api/salvage": Ask("/api/salvage", an_offer, 204),
    "GET /api/records/<record_id>/history": Ask(
        "/api/records/{patient}/history", shows="Pemberton"
    ),
    "GET /api/records/<record_id>/history (library's)": Ask("/api/records/{on_call}/history"),
    "GET /api/records/<record_id>/history (office's)": Ask("/api/records/{vacancy}/history"),
    "GET /api/visits/<visit_id>/summary.pdf": Ask(
        "/api/visits/{visit}/summary.pdf", None, 409, "visit_unfinished"
    ),
    "GET /api/charts/<patient_id>/access": Ask("/api/charts/{patient}/access", shows="{holder}"),
    "GET /api/charts/<patient_id>/access.csv": Ask(
        "/api/charts/{patient}/access.csv", shows="Coordinator"
    ),
    "POST /api/charts/<patient_id>/open": Ask(
        "/api/charts/{chart_to_open}/open", {"reason": "The daughter phoned"}, 201
    ),
    "POST /api/patients/search": Ask(
        "/api/patients/search", {"name": "Pemberton", "birth_date": BORN}, shows="{patient}"
    ),
    "GET /api/office/devices": Ask("/api/office/devices", shows="{holders_device}"),
    "GET /api/office/members": Ask("/api/office/members", shows="{holders_email}"),
    "POST /api/office/members": Ask("/api/office/members", a_member, 201),
    "POST /api/office/members/<member_id>/invitation": Ask(
        "/api/office/members/{colleague}/invitation", {}
    ),
    "POST /api/office/members/<member_id>/leave": Ask("/api/office/members/{colleague}/leave", {}),
    "GET /api/office/openings": Ask("/api/office/openings", shows="Pemberton"),
    "GET /api/office/refusals": Ask("/api/office/refusals", shows="Pemberton"),
    "POST /api/office/refusals/<device_id>/<int:n>/accept": Ask(
        "/api/office/refusals/{lost_dot}/accept", {}, shows='"accepted":true'
    ),
    "POST /api/office/refusals/<device_id>/<int:n>/dismiss": Ask(
        "/api/office/refusals/{lost_dot}/dismiss", {}, 204
    ),
    "GET /api/office/restore": Ask("/api/office/restore", shows="{holders_device}"),
    "POST /api/office/restore/end": Ask("/api/office/restore/end", {}, 409, "not_restoring"),
    "GET /api/office/salvage": Ask("/api/office/salvage", shows="Pemberton"),
    "POST /api/office/salvage/<record_id>/<hash>/take-in": Ask(
        "/api/office/salvage/{offered}/take-in", {}, shows='"accepted":true'
    ),
    "POST /api/office/salvage/<record_id>/<hash>/dismiss": Ask(
        "/api/office/salvage/{offered}/dismiss", {}, 204
    ),
    "GET /api/office/records/<kind>": Ask("/api/office/records/vacancy", shows="{vacancy}"),
    "GET /api/office/access": Ask("/api/office/access?member={holder}", shows="Pemberton"),
    "GET /api/office/access.csv": Ask("/api/office/access.csv?member={holder}", shows="Pemberton"),
    "GET /api/office/retention": Ask("/api/office/retention", shows="Pemberton"),
    "POST /api/office/retention/<patient_id>/approve": Ask(
        "/api/office/retention/{held_chart}/approve", {}, 409, "on_hold"
    ),
    "POST /api/office/retention/<patient_id>/withdraw": Ask(
        "/api/office/retention/{approved_chart}/withdraw", {}, 204
    ),
    "POST /api/office/retention/<patient_id>/hold": Ask(
        "/api/office/retention/{held_chart}/hold", {"reason": "A lawsuit"}, 409, "already_held"
    ),
    "POST /api/office/retention/<patient_id>/release": Ask(
        "/api/office/retention/{held_chart}/release", {}, 204
    ),
}


FOUND: Mapping[str, Callable[[Everybody], set[str]]] = {
    # Whoever knows the name and the birth date is told that it is a patient here.
    "POST /api/patients/search": lambda world: {world.pemberton.patient, world.pemberton.family},
}
"""What a route tells one who is let in, and no other would."""


class Targets(Formatter):
    """What an address or an answer is about. What a request uses up is made for it; `made` keeps
    it for others, whom it is refused to as well."""

    def __init__(self, world: Everybody, person: Person, made: dict[str, str]) -> None:
        self.made = made
        holder = world.people["coordinator", "holds"]
        self.known: dict[str, Callable[[], str]] = {
            "patient": lambda: world.pemberton.patient,
            "visit": lambda: world.pemberton.records["visit"],
            "on_call": lambda: world.library["on_call"],
            "vacancy": lambda: world.library["vacancy"],
            "holder": lambda: holder.member,
            "holders_device": lambda: holder.device,
            "holders_email": lambda: holder.email,
            "own_member": lambda: person.member,
            "own_device": lambda: person.device,
            "own_passkey": lambda: person.passkey,
            "own_second_device": lambda: world.new_device(person),
            "own_second_passkey": lambda: world.new_passkey(person),
            "colleague": lambda: world.colleague().member,
            "their_device": lambda: world.new_device(world.colleague()),
            "their_passkey": lambda: world.new_passkey(world.colleague()),
            "lost_device": lambda: world.new_device(world.colleague(), revoked=True),
            "lost_dot": world.lost_dot,
            "offered": world.offered,
            "chart_to_open": world.chart_to_open,
            "held_chart": world.held_chart,
            "approved_chart": lambda: world.chart_approved_by(person),
        }

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> str:
        name = str(key)
        if name.startswith(("own_", "approved_")):
            return self.known[name]()
        if name not in self.made:
            self.made[name] = self.known[name]()
        return self.made[name]


@dataclass(frozen=True)
class Row:
    """A line of the table of routes."""

    name: str
    scope: str
    is_for_readers: bool
    marks: Mapping[str, str]

    @property
    def route(self) -> str:
        return self.name.partition(" (")[0]


def read_routes() -> dict[str, Row]:
    rows = {}
    for line in ROUTES.strip().splitlines()[1:]:
        if line:
            route, note, scope, *marks = _LINE.fullmatch(line).groups()  # type: ignore[union-attr]
            is_for_readers = note == "(readers)"
            name = re.sub(" +", " ", route) + (f" {note}" if note and not is_for_readers else "")
            rows[name] = Row(name, scope, is_for_readers, dict(zip(ROLES, marks, strict=True)))
    return rows


_LINE = re.compile(r"((?:GET |POST) \S+)(?: +(\([a-z']+\)))? +(\w+)" + r" +([-yox]{4})" * 4)


def read(table: str) -> dict[str, dict[str, str]]:
    """A table's cells by the name of the row and of the column."""
    head, *rows = [line.split() for line in table.strip().splitlines() if line]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


ROWS = read_routes()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pg", marks=pytest.mark.postgres)])
def application(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One server for the whole module: its world is large, and everybody leaves it as it was."""
    home = tmp_path_factory.mktemp("matrix")
    (home / "web").mkdir()
    for name in ("index.html", "app.js"):
        (home / "web" / name).write_text("")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), home / "doorstep.sqlite3")
        yield from _serving(home, f"sqlite:///{home / 'doorstep.sqlite3'}")
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.empty("doorstep")
        with cluster.copied("doorstep") as url:
            yield from _serving(home, url)


def _serving(home: Path, url: str) -> Iterator[Flask]:
    made = create_app(Settings(home=home, database_url=url, web=home / "web"))
    with made.app_context():
        yield made
        db.engine.dispose()


@pytest.fixture(scope="module")
def world(application: Flask) -> Everybody:
    return Everybody.gather(application)


def test_every_route_stands_in_the_table_and_every_line_has_its_request(world: Everybody) -> None:
    assert {row.route for row in ROWS.values()} == set(world.office.app.extensions[EXTENSION])
    assert ROWS.keys() == ASKS.keys()


def test_every_kind_and_every_narrower_field_stands_in_its_table() -> None:
    assert list(read(KINDS)) == list(CATALOGUE.kinds)
    assert list(read(FIELDS)) == [
        f"{kind.name}.{field.name}"
        for kind in CATALOGUE.kinds.values()
        for field in kind.fields.values()
        if field.write is not None or field.read is not None
    ]


@pytest.mark.parametrize("name", ROWS)
def test_a_route_answers_each_as_the_table_says(world: Everybody, name: str) -> None:
    row, ask = ROWS[name], ASKS[name]
    tries = [Try(world, row, ask, world.people[role, how], how) for role in ROLES for how in HOW]
    made: dict[str, str] = {}
    refused = [each.prepared(made) for each in tries if not each.is_let_in]
    let_in = [each for each in tries if each.is_let_in]
    world.forget_attempts()
    before = world.stored()
    found = {each.name: each.outcome() for each in refused}
    if row.route != "POST /api/sync":  # a lost phone's last words are kept
        assert world.stored() == before, "one who was refused changed something"
    found |= {each.name: each.prepared({}).outcome() for each in let_in}
    world.close_openings()
    assert found == {each.name: each.expected for each in tries}


HOW = (*RELATIONS, *WAYS)


class Try:
    """One request of one person, with what the tables say of it."""

    def __init__(self, world: Everybody, row: Row, ask: Ask, person: Person, how: str) -> None:
        self.world, self.row, self.ask, self.person, self.how = world, row, ask, person, how
        self.name = f"{person.role}, {how}"
        self.expected = self._expected()

    def prepared(self, made: dict[str, str]) -> Try:
        """With what it is about made ready, or taken from what was `made` for others."""
        targets, body = Targets(self.world, self.person, made), self.ask.body
        self.path = targets.format(self.ask.path)
        self.shows = targets.format(self.ask.shows)
        self.body = body(self.world, self.person) if callable(body) else body
        self.session = self._signed_in_apart() if self.ask.signs_out else self.person.session
        return self

    @property
    def is_let_in(self) -> bool:
        return self.expected in ("y", "o")

    def _expected(self) -> str:
        marks = self.row.marks[self.person.role]
        if self.how in RELATIONS:
            return marks[RELATIONS.index(self.how)]
        meant = read(SCOPES)[self.row.scope][self.how]
        mine = marks[RELATIONS.index("holds")]
        if meant == "reads":
            reads = self.row.name.startswith("GET") or self.row.is_for_readers
            meant = "same" if reads else "read only"
        if meant == "same":
            return mine
        return "x" if meant == "no" or (mine == "x" and meant in ("locked", "read only")) else meant

    def _signed_in_apart(self) -> Session:
        """For what ends a session: one more of the same."""
        held = self.person.session
        if "Cookie" not in held.headers:
            return held
        cookie = self.person.office.session(self.person.member).headers["Cookie"]
        return Session(held.client, held.member, held.headers | {"Cookie": cookie})

    def outcome(self) -> str:
        answer = self._send()
        text = answer.get_data(as_text=True)
        answer.close()
        kept = self.world.not_for(self.person, self.how)
        if self.expected == "y":
            kept -= FOUND.get(self.row.route, lambda _: set())(self.world)
        told = {each for each in kept if each in text}
        assert not told, f"{self.name} was told {told}"
        code = answer.json["code"] if answer.mimetype == "application/problem+json" else ""
        if (answer.status_code, code) == (self.ask.status, self.ask.code):
            return "y" if self.shows in text else "o"
        if code == "device_revoked":
            return "erase" if answer.json["wipe"] else "not told to erase"
        known = {
            (404, "not_found"): "-",
            (403, "forbidden"): "x",
            (403, "read_only"): "x" if self.row.scope == "phone" else "read only",
            (401, "device_secret"): "locked",
            (401, "signed_out"): "out",
        }
        return known.get((answer.status_code, code), f"{answer.status_code} {code}")

    def _send(self) -> TestResponse:
        if self.row.name.startswith("GET"):
            return self.session.get(self.path)
        return self.session.post(self.path, self.body)


@pytest.mark.parametrize("how", RELATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_a_pull_brings_each_what_they_may_read(world: Everybody, role: str, how: str) -> None:
    phone = phone_of(world, role, how)
    phone.sync_all()
    table = {kind: cells[role] for kind, cells in read(KINDS).items()}
    readable = {kind for kind, cell in table.items() if "r" in cell}
    came = {each["kind"] for each in phone.held.values()}
    of_charts = {kind for kind in readable if CATALOGUE.kinds[kind].scope == "chart"}
    own = {"coordinator": ("holds", "other", "elsewhere")}.get(role, ("holds",))
    expected = readable if how in own else readable - of_charts
    assert came == (expected if how != "elsewhere" else came & readable)
    if how == "holds":
        assert phone.charts() == ({world.pemberton.patient} if of_charts else set())
    held = str(phone.held)
    assert not {each for each in world.not_for(world.people[role, how], how) if each in held}
    for name, cells in read(FIELDS).items():
        kind, _, field = name.partition(".")
        shown = [each["fields"] for each in phone.held.values() if each["kind"] == kind]
        assert "r" in cells[role] or not [each for each in shown if field in each], name


@pytest.mark.parametrize("how", RELATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_a_push_takes_from_each_what_they_may_write(world: Everybody, role: str, how: str) -> None:
    """Each kind, and each narrower field, of the chart Pemberton, of the library and of the
    office."""
    phone = phone_of(world, role, how)
    meant: dict[int, tuple[str, bool]] = {}
    for name, cells in (read(KINDS) | read(FIELDS)).items():
        kind, _, field = name.partition(".")
        of_chart = CATALOGUE.kinds[kind].scope == "chart"
        record = world.pemberton.records[kind] if of_chart else world.library[kind]
        patient = world.pemberton.patient if of_chart else None
        parts = write_of(kind, field) if field else edit(kind)
        change = phone.change(record, kind, patient, **parts)
        reached = how == "holds" or (role, how) == ("supervisor", "team")
        may = "w" in cells[role] and (reached if of_chart else how != "elsewhere")
        meant[change["n"]] = (name, may)
    answer = phone.send(phone.request()).json
    refused = {each["n"]: each["code"] for each in answer["refused"]}
    allowed = {name for n, (name, _) in meant.items() if n not in refused}
    assert allowed == {name for name, may in meant.values() if may}
    codes = {refused[n] for n, (_, may) in meant.items() if not may}
    unheard_of = {"unknown_record", "invalid"} if how == "elsewhere" else set()
    assert codes <= {"not_yours"} | unheard_of


@pytest.mark.parametrize("role", ROLES)
def test_who_cares_for_patients_may_take_a_new_one_in(world: Everybody, role: str) -> None:
    teams = () if role == "administrator" else ("North",)
    newcomer = world.newcomer(role, "team", world.office, *teams)
    phone = Phone(newcomer.session, newcomer.device)
    phone.new_patient()
    answer = phone.send(phone.request()).json
    assert bool(answer["accepted"]) is ("w" in read(KINDS)["patient"][role])


def phone_of(world: Everybody, role: str, how: str) -> Phone:
    """A phone of theirs as it was just enrolled."""
    person = world.people[role, how]
    return person.office.phone(person.member)
