"""POST /api/patients/search {"name": "Rosa Rivera", "birth_date": "1948-03-02"}: who is a patient
here, for whoever must find a chart that is not on their phone.

→ {"patients": [{"id", "name", "birth_date", "holds", "team_names", "holders"}]}, at most 20 by name

A supervisor finds parts of names among the charts of their teams and the waitlist; the birth date
may be left out. Anybody else must know whom they look for: the family name, a given name and the
birth date, and then finds them in any team; 400 `search_too_wide` where a part is left out. Case
and accents do not matter. Each patient found is noted in the access log.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import orjson
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from server import limits
from server.access import caller, note_call
from server.body import read_json
from server.claims import ASSIGNMENT, OPENING
from server.database import begin
from server.grants import in_force, supervised
from server.problems import Problem
from server.summaries.chart import full_name
from server.tables import grants, member, records, team
from server.who import Caller, now_ms

MOST_FOUND = 20
LOOKED_AT_ONCE = 500
FEWEST_LETTERS = 2
"""Of a part of a name: one letter finds half of everybody."""
LONGEST_NAME = 200
APOSTROPHES = frozenset("'\u2019\u02bc")


def search() -> ResponseReturnValue:
    """Patients of that name, as far as the caller may find them; each one found is noted."""
    asker = caller()
    limits.count("search", account=asker.member)
    sought = _asked(asker)
    with begin(asker.organisation) as connection:  # of everybody: no phone is to wait for it
        found = sorted(sought.among(_patients(connection, asker.organisation)), key=_by_name)
        shown = list(islice(_may_find(connection, asker, found), MOST_FOUND))
        answer = _to_wire(connection, asker, shown)
    with begin(asker.organisation, write=True) as connection:
        for patient in shown:
            note_call(connection, patient=patient.id)
        if not shown:
            note_call(connection)
    return {"patients": answer}


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient's name and birth date, and every other that is contested with them."""

    id: str
    name: str
    birth_date: str | None
    names: Sequence[Mapping[str, Any]]
    preferred: str
    birth_dates: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sought:
    words: frozenset[str]
    birth_date: str | None
    is_part: bool

    def among(self, patients: Iterable[Patient]) -> list[Patient]:
        return [each for each in patients if self._is_born(each) and self._is_called(each)]

    def _is_born(self, patient: Patient) -> bool:
        """A birth date of which only the year or the month is known fits every day of it."""
        asked = self.birth_date
        return asked is None or any(asked.startswith(known) for known in patient.birth_dates)

    def _is_called(self, patient: Patient) -> bool:
        return any(
            self._fits(words_of(str(name.get("family", ""))), self._given(patient, name))
            for name in patient.names
        )

    def _given(self, patient: Patient, name: Mapping[str, Any]) -> frozenset[str]:
        return words_of(str(name.get("given", ""))) | words_of(patient.preferred)

    def _fits(self, family: frozenset[str], given: frozenset[str]) -> bool:
        if self.is_part:
            return all(any(part in word for word in family | given) for part in self.words)
        is_known = self.words <= family | given and family <= self.words
        return is_known and (not given or bool(given & self.words))


def words_of(name: str) -> frozenset[str]:
    """The words of a name without case, accents and apostrophes, in any script."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    letters = (
        letter if unicodedata.category(letter)[0] in "LMN" else " "
        for letter in apart
        if letter not in APOSTROPHES and not unicodedata.combining(letter)
    )
    return frozenset("".join(letters).split())


def _asked(asker: Caller) -> Sought:
    """What is sought. Raises Problem 400."""
    sent = read_json()
    name, birth_date = sent.get("name"), sent.get("birth_date")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise Problem(400, "malformed")
    if birth_date is not None:
        try:
            is_day = date.fromisoformat(birth_date).isoformat() == birth_date
        except (TypeError, ValueError):
            is_day = False
        if not is_day:
            raise Problem(400, "malformed")
    words, is_part = words_of(name), asker.role == "supervisor"
    letters = sum(map(len, words))
    if letters < FEWEST_LETTERS or (birth_date is None and not is_part):
        raise Problem(400, "search_too_wide")
    return Sought(words, birth_date, is_part)


def _patients(connection: Connection, organisation: str) -> Iterator[Patient]:
    rows = connection.execute(
        select(records.c.id, records.c.body).where(
            records.c.organisation == organisation, records.c.kind == "patient"
        )
    )
    for id_, body in rows:
        record = orjson.loads(body)
        fields, contested = record["fields"], record["contested"]
        names = [fields.get("name"), *(each["value"] for each in contested.get("name", ()))]
        days = [fields.get("birth_date")]
        days += [each["value"] for each in contested.get("birth_date", ())]
        yield Patient(
            id_,
            full_name(fields.get("name") or {}),
            fields.get("birth_date"),
            [name for name in names if name],
            fields.get("preferred_name") or "",
            [day for day in days if day],
        )


def _by_name(patient: Patient) -> tuple[str, str]:
    return patient.name.casefold(), patient.id


def _may_find(connection: Connection, asker: Caller, found: Sequence[Patient]) -> Iterator[Patient]:
    """Those of them that the caller may find, in the same order."""
    if asker.role != "supervisor":
        yield from found
        return
    for first in range(0, len(found), LOOKED_AT_ONCE):
        some = found[first : first + LOOKED_AT_ONCE]
        ids = [each.id for each in some]
        theirs = supervised(connection, asker.organisation, asker.member, ids)
        yield from (each for each in some if each.id in theirs)


def _to_wire(
    connection: Connection, asker: Caller, shown: Sequence[Patient]
) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(
            *(grants.c[name] for name in ("patient", "member", "source")),
            member.c.name,
            team.c.name.label("team_name"),
        )
        .join_from(
            grants,
            member,
            (member.c.organisation == grants.c.organisation) & (member.c.id == grants.c.member),
        )
        .outerjoin(
            team, (team.c.organisation == member.c.organisation) & (team.c.id == member.c.team)
        )
        .where(
            grants.c.organisation == asker.organisation,
            grants.c.patient.in_([each.id for each in shown]),
            in_force(now_ms()),
        )
        .order_by(member.c.name)
    ).all()
    wire = []
    for each in shown:
        held = [row for row in rows if row.patient == each.id]
        assigned = [row for row in held if row.source == ASSIGNMENT]
        wire.append(
            {
                "id": each.id,
                "name": each.name,
                "birth_date": each.birth_date,
                "holds": any(row.member == asker.member for row in held),
                "team_names": sorted({row.team_name for row in assigned if row.team_name}),
                "holders": list(dict.fromkeys(r.name for r in held if r.source != OPENING)),
            }
        )
    return wire
