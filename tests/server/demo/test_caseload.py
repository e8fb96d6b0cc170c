"""The caseload as it is made up, before it is entered anywhere."""

import json
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from uuid import UUID, uuid5

import pytest

from server.catalogue import CATALOGUE
from server.demo.caseload import PATIENTS, build
from server.demo.day import Day
from server.demo.edit import AT_ONCE, FIRST, Edit
from server.demo.staff import COORDINATORS, STAFF
from server.demo.story import NEEDS, STORIES, TIMINGS, Story

TODAY = date(2026, 11, 21)
SPACE = UUID(int=20)
MEMBERS = {colleague.key: str(uuid5(SPACE, colleague.key)) for colleague in STAFF}


@cache
def caseload(today: date = TODAY) -> tuple[Edit, ...]:
    return tuple(build(Day(today), SPACE, MEMBERS))


def created(kind: str) -> list[Edit]:
    """The edits that created the records of a kind."""
    seen: set[str] = set()
    return [
        edit
        for edit in caseload()
        if edit.kind == kind and edit.record not in seen and not seen.add(edit.record)
    ]


def test_the_same_day_makes_the_same_caseload() -> None:
    assert tuple(build(Day(TODAY), SPACE, MEMBERS)) == caseload()


def test_another_seed_or_place_makes_another() -> None:
    few = build(Day(TODAY), SPACE, MEMBERS, patients=4)
    assert build(Day(TODAY), SPACE, MEMBERS, patients=4, seed=21) != few
    elsewhere = build(Day(TODAY), UUID(int=21), MEMBERS, patients=4)
    assert not {edit.record for edit in elsewhere} & {edit.record for edit in few}


def test_there_are_120_patients_with_30_records_or_more_each() -> None:
    charts = defaultdict(set)
    for edit in caseload():
        if edit.patient is not None:
            charts[edit.patient].add(edit.record)
    assert len(charts) == PATIENTS == 120
    held = [len(records) for records in charts.values() if len(records) > 20]
    assert len(held) == 116  # the others wait for a coordinator
    assert 30 <= sum(held) / len(held) <= 45


def test_every_kind_of_a_chart_is_there() -> None:
    kinds = {edit.kind for edit in caseload() if edit.patient is not None}
    assert kinds == {kind.name for kind in CATALOGUE.kinds.values() if kind.scope == "chart"}


def test_every_coordinator_has_six_visits_today() -> None:
    today = Counter(
        edit.set["member"]
        for edit in created("appointment")
        if edit.set["start"]["local"].startswith("2026-11-21")
    )
    assert [today[MEMBERS[key]] for key in COORDINATORS] == [6] * 4
    assert today[MEMBERS["linh"]] == today[MEMBERS["paloma"]] == 3


def test_no_two_visits_of_one_person_begin_at_the_same_time_today() -> None:
    begun = Counter(
        (edit.set["member"], edit.set["start"]["local"])
        for edit in created("appointment")
        if edit.set["start"]["local"].startswith("2026-11-21")
    )
    assert set(begun.values()) == {1}


def test_some_visits_are_overdue_for_every_coordinator() -> None:
    edits = Counter(edit.record for edit in caseload())
    overdue = {
        edit.by
        for edit in created("appointment")
        if edit.set["start"]["local"] < "2026-11-21" and edits[edit.record] == 1
    }
    assert overdue == set(COORDINATORS)


def test_people_speak_as_a_city_does() -> None:
    languages = Counter(edit.set["language"] for edit in created("patient"))
    assert 0.22 <= languages["es"] / PATIENTS <= 0.38
    assert len(languages) >= 5
    assert any(not edit.set["name"]["given"].isascii() for edit in created("patient"))


def test_some_names_are_very_long() -> None:
    longest = max(len(" ".join(edit.set["name"].values())) for edit in created("patient"))
    assert longest > 90


def test_one_patient_has_died_and_nothing_is_booked_for_them() -> None:
    (died,) = (edit for edit in caseload() if edit.set.get("deceased") == "deceased")
    starts = [e.set["start"]["local"] for e in created("appointment") if e.patient == died.patient]
    assert max(starts) < "2026-11-21"
    (held,) = (e for e in created("assignment") if e.patient == died.patient)
    assert held.set["member"] == MEMBERS["rosa"]


def test_some_consents_are_refused_and_some_withdrawn() -> None:
    answers = Counter(edit.set.get("status") for edit in caseload() if edit.kind == "consent")
    assert answers["rejected"] > 5
    assert answers["inactive"] > 0


def test_four_patients_wait_for_a_coordinator() -> None:
    waiting = [e for e in created("assignment") if e.set["status"] == "waitlist"]
    assert len(waiting) == 4
    assert not any("member" in edit.set for edit in waiting)


def test_tasks_are_overdue_due_today_and_blocked() -> None:
    tasks = created("task")
    assert any(edit.set["due"] < "2026-11-21" for edit in tasks)
    assert any(edit.set["due"] == "2026-11-21" for edit in tasks)
    assert any(edit.add.get("blocked_by") for edit in tasks)


def test_two_people_changed_doses_notes_and_times_at_once_in_every_caseload() -> None:
    authors = defaultdict(set)
    for edit in caseload():
        if edit.turn == AT_ONCE:
            authors[edit.record, edit.kind].add(edit.by)
    assert all(len(who) == 2 for who in authors.values())
    kinds = Counter(kind for _, kind in authors)
    assert kinds["medication"] >= 4
    assert kinds["visit"] >= 4
    assert kinds["appointment"] >= 4
    assert {by for who in authors.values() for by in who} >= set(COORDINATORS)


def test_nothing_is_dated_after_the_day() -> None:
    end = Day(TODAY).ms(0, 0)
    assert max(edit.at for edit in caseload()) < end


def test_a_chart_begins_with_its_patient() -> None:
    first: dict[str, Edit] = {}
    for edit in caseload():
        if edit.patient is not None:
            first.setdefault(edit.patient, edit)
    assert {(edit.kind, edit.turn) for edit in first.values()} == {("patient", FIRST)}


def test_every_value_is_one_that_the_catalogue_takes() -> None:
    for edit in caseload():
        fields = CATALOGUE.kinds[edit.kind].fields
        for name, value in edit.set.items():
            assert fields[name].marshmallow.deserialize(value) == value, (edit.kind, name)
        for name, elements in edit.add.items():
            for element in elements:
                assert fields[name].marshmallow.deserialize(element) == element, (edit.kind, name)


def test_a_plan_says_the_age_that_the_birth_date_gives() -> None:
    born = {e.patient: e.set["birth_date"] for e in created("patient")}
    plans = [e for e in created("care_plan") if len(born[e.patient]) == 10]
    assert len(plans) > 100
    for plan in plans:
        birth = date.fromisoformat(born[plan.patient])
        had_birthday = (TODAY.month, TODAY.day) >= (birth.month, birth.day)
        age = TODAY.year - birth.year - (not had_birthday)
        assert plan.set["summary"].startswith(f"{age}-year-old ")


def test_a_medication_is_prescribed_by_a_doctor_of_the_care_team() -> None:
    doctors = defaultdict(set)
    for edit in created("care_team_member"):
        if edit.set["role"] in ("primary-care", "specialist"):
            doctors[edit.patient].add(edit.set["name"])
    for medication in created("medication"):
        assert medication.set["prescriber"] in doctors[medication.patient]


def test_each_team_has_somebody_on_call_every_night_and_never_twice() -> None:
    turns = created("on_call")
    for team in ("River team", "Hill team"):
        nights = [edit.set["start"]["local"][:10] for edit in turns if edit.set["team"] == team]
        assert len(nights) == len(set(nights)) == 21
        assert {"2026-11-20", "2026-11-21", "2026-11-22"} < set(nights)
    theirs = {c.telephone: MEMBERS[c.key] for c in STAFF}
    assert all(theirs[edit.set["phone"]] == edit.set["member"] for edit in turns)


def test_the_phones_of_the_first_links_hold_their_own_caseload_at_any_hour() -> None:
    """Whoever is on call holds a team's charts as well: nobody is, today, whose link is shown."""
    days = ("2026-11-20", "2026-11-21", "2026-11-22")
    on_call = {e.set["member"] for e in created("on_call") if e.set["start"]["local"][:10] in days}
    first = {MEMBERS[key] for key in ("rosa", "linh", "helen", "tomas")}
    assert not on_call & first
    covers = [e.set for e in created("cover")]
    assert not [
        each for each in covers if each["starts"] <= "2026-11-22" and each["ends"] >= days[0]
    ]


def test_no_sentence_has_a_place_left_unfilled() -> None:
    for edit in caseload():
        said = json.dumps([edit.set, edit.add], ensure_ascii=False)
        for place in (
            "{Name}",
            "{They}",
            "{they}",
            "{Caregiver}",
            "{bp}",
            "{code}",
            " 0 lb",
            "0/0",
        ):
            assert place not in said


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_holds_together(story: Story) -> None:
    assert set(story.needs) <= NEEDS.keys()
    assert len(story.visits) == 2
    for medication in story.medications:
        assert medication["timing"] in TIMINGS
        assert medication["for"] < len(story.conditions)
        assert medication["other_dose"] != medication["dose"]
    for goal in story.goals:
        assert ("high" in goal) != ("low" in goal)
        assert {"en", "es"} == goal["text"].keys() == goal["measure"].keys() == goal["unit"].keys()
