"""Who finds which patient, and by how much of a name."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from server import limits, patient_search
from server.database import begin
from server.patient_search import words_of
from server.tables import access_log
from tests.server.office import Office, Phone
from tests.server.sync.test_pull import give

ROSA = {"given": "Rosa María", "family": "Núñez Rivera"}
BORN = "1948-03-02"


@pytest.fixture
def rosa(phone: Phone) -> str:
    patient = phone.new_patient(name=ROSA, birth_date=BORN, preferred_name="Rosita")
    phone.sync()
    return patient


@pytest.fixture
def of_south(office: Office) -> Phone:
    return office.phone(office.add("clinician", "South"))


def ask(phone: Phone, name: Any, birth_date: Any = None) -> TestResponse:
    return phone.session.post("/api/patients/search", {"name": name, "birth_date": birth_date})


def found(phone: Phone, name: str, birth_date: str | None = None) -> list[str]:
    answer = ask(phone, name, birth_date)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json["patients"]]


def test_a_patient_of_another_team_is_found_with_who_has_them(
    rosa: str, phone: Phone, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    give(supervisor, rosa, phone.member)
    assert ask(of_south, "Rosa Núñez Rivera", BORN).json == {
        "patients": [
            {
                "id": rosa,
                "name": "Rosa María Núñez Rivera",
                "birth_date": BORN,
                "holds": False,
                "team_names": ["North"],
                "holders": ["Coordinator 1"],
            }
        ]
    }
    assert ask(phone, "Rosa Núñez Rivera", BORN).json["patients"][0]["holds"] is True
    of_south.session.post(f"/api/charts/{rosa}/open", {"reason": "On call"})
    again = ask(of_south, "Rosa Núñez Rivera", BORN).json["patients"][0]
    assert (again["holds"], again["holders"]) == (True, ["Coordinator 1"])


@pytest.mark.parametrize(
    ("name", "birth_date", "is_found"),
    [
        ("rosa nunez rivera", BORN, True),
        ("NÚÑEZ RIVERA, ROSA MARÍA", BORN, True),
        ("Rosita Núñez Rivera", BORN, True),
        ("Núñez Rivera", BORN, False),
        ("Rosa Rivera", BORN, False),
        ("Rosa Núñez Rivera Ortega", BORN, False),
        ("Ros Núñez Rivera", BORN, False),
        ("Rosa Núñez Rivera", "1948-03-03", False),
    ],
)
def test_whoever_is_out_on_visits_must_know_whom_they_look_for(
    rosa: str, of_south: Phone, name: str, birth_date: str, is_found: bool
) -> None:
    assert found(of_south, name, birth_date) == ([rosa] if is_found else [])


def test_a_birth_date_known_by_its_year_fits_every_day_of_it(phone: Phone, of_south: Phone) -> None:
    patient = phone.new_patient(name={"family": "Okafor"}, birth_date="1931")
    phone.sync()
    assert found(of_south, "Okafor", "1931-07-04") == [patient]
    assert found(of_south, "Okafor", "1932-07-04") == []


def test_a_contested_name_or_birth_date_is_found_by_either(
    rosa: str, phone: Phone, colleague: Phone, supervisor: Phone, of_south: Phone
) -> None:
    give(supervisor, rosa, colleague.member)
    phone.sync()
    colleague.sync()
    phone.change(rosa, "patient", rosa, set={"birth_date": "1948-02-03"})
    colleague.change(rosa, "patient", rosa, set={"birth_date": "1949-03-02"})
    colleague.change(rosa, "patient", rosa, set={"name": {"given": "Rosa", "family": "Ortega"}})
    phone.change(rosa, "patient", rosa, set={"name": {"given": "Rosa", "family": "Rivera"}})
    phone.sync()
    colleague.sync()
    for name in ("Rosa Ortega", "Rosa Rivera"):
        for day in ("1948-02-03", "1949-03-02"):
            assert found(of_south, name, day) == [rosa]


def test_a_supervisor_finds_parts_of_names_in_their_teams_and_on_the_waitlist(
    rosa: str, of_south: Phone, supervisor: Phone, office: Office
) -> None:
    theirs = of_south.new_patient(name={"given": "Rose", "family": "Nunn"})
    of_south.sync()
    of_others = office.phone(office.add("supervisor", "South"))
    assert found(supervisor, "nun ros") == found(supervisor, "rosit") == [rosa]
    assert found(of_others, "nun ros") == [theirs]
    assert found(supervisor, "nun", BORN) == [rosa]
    assert found(supervisor, "nun", "1950-01-01") == []
    assert found(supervisor, "zz") == []


def test_at_most_twenty_are_shown_by_name(phone: Phone, supervisor: Phone) -> None:
    for number in range(25):
        phone.new_patient(name={"given": f"{number:02}", "family": "Rivera"})
    phone.sync()
    shown = ask(supervisor, "rivera").json["patients"]
    assert [each["name"] for each in shown] == [f"{number:02} Rivera" for number in range(20)]


@pytest.mark.parametrize(
    ("name", "birth_date", "code"),
    [
        ("Rosa Núñez Rivera", None, "search_too_wide"),
        ("", BORN, "search_too_wide"),
        ("R", BORN, "search_too_wide"),
        ("  , . ", BORN, "search_too_wide"),
        (None, BORN, "malformed"),
        (["Rosa"], BORN, "malformed"),
        ("x" * 201, BORN, "malformed"),
        ("Rosa Rivera", "1948", "malformed"),
        ("Rosa Rivera", "02.03.1948", "malformed"),
        ("Rosa Rivera", "19480302", "malformed"),
        ("Rosa Rivera", 1948, "malformed"),
    ],
)
def test_what_would_find_too_many_is_not_searched(
    rosa: str, of_south: Phone, name: Any, birth_date: Any, code: str
) -> None:
    answer = ask(of_south, name, birth_date)
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_a_supervisor_types_two_letters_at_least(rosa: str, supervisor: Phone) -> None:
    assert ask(supervisor, "r").json["code"] == "search_too_wide"


def test_nobody_is_found_in_another_organisation(rosa: str, office: Office) -> None:
    elsewhere = Office.open(office.app, "Elsewhere")
    assert found(elsewhere.phone(elsewhere.add("supervisor", "North")), "rosa") == []


def test_administrators_and_programs_find_nobody(rosa: str, office: Office, phone: Phone) -> None:
    administrator = office.phone(office.add("administrator"))
    assert ask(administrator, "Rosa", BORN).json["code"] == "forbidden"
    sent = {"name": "Rosa Núñez Rivera", "birth_date": BORN}
    program = office.program(phone.member)
    assert program.post("/api/patients/search", sent).json["code"] == "forbidden"


def test_each_patient_found_is_noted_and_no_name_that_was_typed(
    rosa: str, of_south: Phone, office: Office
) -> None:
    ask(of_south, "Rosa Núñez Rivera", BORN)
    ask(of_south, "Nobody Atall", BORN)
    with begin(office.organisation) as connection:
        noted = connection.execute(access_log.select().where(access_log.c.what == "search")).all()
    assert {(row.member, row.patient, row.detail) for row in noted} == {
        (of_south.member, rosa, None),
        (of_south.member, None, None),
    }


def test_looking_through_everybody_keeps_no_phone_waiting(
    rosa: str, of_south: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedded database has one writer: a search is none until it knows what to note."""
    by_name = patient_search.Sought.among

    def meanwhile(self: Any, patients: Any) -> Any:
        of_south.new_patient("Meanwhile")
        assert not of_south.sync()["refused"]
        return by_name(self, patients)

    monkeypatch.setattr(patient_search.Sought, "among", meanwhile)
    assert found(of_south, "Rosa Núñez Rivera", BORN) == [rosa]


def test_who_goes_through_names_is_stopped(
    rosa: str, of_south: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"search": {"account": limits.Limit(1, limits.QUARTER_MS)}}
    monkeypatch.setattr(limits, "LIMITS", few)
    assert [ask(of_south, "Rosa Rivera", BORN).status_code for _ in range(2)] == [200, 429]


def test_words_are_compared_without_case_and_accents_in_any_script() -> None:
    assert words_of("O'Brien-Núñez, JOSÉ") == {"obrien", "nunez", "jose"}
    assert words_of("O\u2019Brien") == words_of("obrien")
    assert words_of("Straße") == words_of("STRASSE")
    assert words_of("李 小龙") == {"李", "小龙"}
    assert len(words_of("हिन्दी देवी")) == 2
