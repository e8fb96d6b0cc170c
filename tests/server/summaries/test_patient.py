"""What a patient's paper says of a chart, before it is set."""

from __future__ import annotations

import pytest

from tests.server.summaries.charts import COORDINATOR, VISIT, chart, contest, record
from tests.server.summaries.conftest import paper


def test_both_of_two_contested_doses_are_on_the_paper_and_their_line_stands_first() -> None:
    bodies = chart()
    contest(bodies["metformin"], "dose", "500 mg", "850 mg")
    first = paper(bodies).medications[0]
    assert first.names == ("Metformin 500 MG",)
    assert first.doses == ("500 mg", "850 mg")
    assert first.contested


def test_a_medicine_that_some_say_is_stopped_is_on_the_paper_with_both_answers() -> None:
    bodies = chart()
    contest(bodies["furosemide"], "status", "stopped", "active")
    line = next(m for m in paper(bodies).medications if m.names == ("Furosemide 40 MG",))
    assert line.statuses == ("Stopped", "Taking it")
    assert line.contested


def test_what_is_no_longer_taken_is_left_out_unless_it_was_looked_at() -> None:
    bodies = chart()
    assert "Naproxen 220 MG" not in {m.names[0] for m in paper(bodies).medications}
    seen = bodies["visit"]["fields"]["medications_seen"]
    seen.append({"medication": bodies["stopped"]["id"], "seen": "not_taking"})
    line = next(m for m in paper(bodies).medications if m.names == ("Naproxen 220 MG",))
    assert line.statuses == ("Stopped",)


def test_the_later_of_two_looks_at_a_bottle_stands() -> None:
    bodies = chart()
    seen = bodies["visit"]["fields"]["medications_seen"]
    seen.append({"medication": bodies["lisinopril"]["id"], "seen": "as_listed"})
    line = next(m for m in paper(bodies).medications if m.names[0].startswith("Lisinopril"))
    assert (line.seen, line.note) == ("As listed", "")


@pytest.mark.parametrize(
    ("fields", "stands"),
    [
        ({"clinical_status": "active"}, True),
        ({}, True),
        ({"clinical_status": "resolved"}, False),
        ({"clinical_status": "inactive"}, False),
        ({"verification_status": "refuted"}, False),
        ({"verification_status": "entered-in-error"}, False),
        ({"verification_status": "unconfirmed"}, True),
    ],
)
def test_an_allergy_warns_unless_everybody_says_that_it_does_not(
    fields: dict[str, str], stands: bool
) -> None:
    bodies = chart() | {"eggs": record(50, "allergy", substance="Eggs", **fields)}
    substances = {each.substances[0] for each in paper(bodies).banner.allergies}
    assert ("Eggs" in substances) is stands


def test_an_allergy_that_one_of_two_refutes_still_warns() -> None:
    bodies = chart()
    contest(bodies["latex"], "verification_status", "refuted", "confirmed")
    latex = next(a for a in paper(bodies).banner.allergies if a.substances == ("Latex",))
    assert latex.contested


def test_what_can_be_serious_stands_first_among_the_allergies() -> None:
    bodies = chart()
    bodies["latex"]["fields"]["reactions"] = [{"manifestation": "itching"}]
    told = [each.substances[0] for each in paper(bodies).banner.allergies]
    assert told == ["Penicillin", "Latex"]


@pytest.mark.parametrize(("stated", "state"), [("stated", "none"), (None, "unknown")])
def test_without_an_allergy_the_banner_says_whether_anybody_asked(
    stated: str | None, state: str
) -> None:
    bodies = chart()
    del bodies["penicillin"], bodies["latex"]
    bodies["patient"]["fields"]["no_known_allergies"] = stated
    assert paper(bodies).banner.state == state


def test_an_allergy_stands_against_a_statement_that_there_is_none() -> None:
    bodies = chart()
    bodies["patient"]["fields"]["no_known_allergies"] = "stated"
    assert paper(bodies).banner.state == "listed"


def test_only_what_was_measured_at_the_visit_is_told_and_as_corrected_since() -> None:
    bodies = chart()
    bodies["weight"]["fields"]["corrections"] = [{"value": 72.4, "why": "shoes off"}]
    told = [(m.label, m.value, m.unit) for m in paper(bodies).measurements]
    assert told == [("Blood pressure", "128 / 82", "mmHg"), ("Weight", "72.4", "kg")]


def test_a_measurement_entered_in_error_is_left_out() -> None:
    bodies = chart()
    bodies["weight"]["fields"]["status"] = "entered-in-error"
    assert [m.label for m in paper(bodies).measurements] == ["Blood pressure"]


def test_numbers_are_written_as_the_language_writes_them() -> None:
    bodies = chart()
    bodies["appointment"]["fields"]["start"]["zone"] = "Europe/Madrid"
    assert paper(bodies, "es").measurements[1].value == "71,2"


def test_the_visit_is_told_in_the_time_of_its_place() -> None:
    when = paper(chart()).when
    assert when.day == "Saturday, November 21, 2026"
    assert when.time.replace("\xa0", " ") == "10:05 AM to 10:52 AM"
    in_spanish = paper(chart(), "es").when
    assert in_spanish.day == "Sábado, 21 de noviembre de 2026"


def test_without_an_appointment_the_time_is_that_of_the_phone_that_wrote_it() -> None:
    bodies = {name: body for name, body in chart().items() if body["kind"] != "appointment"}
    bodies["visit"]["fields"] |= {
        "appointment": None,
        "actual_start": "2026-11-21T20:05:00-05:00",
        "actual_end": "2026-11-21T20:52:00-05:00",
    }
    when = paper(bodies).when
    assert when.day == "Saturday, November 21, 2026"
    assert when.time.replace("\xa0", " ") == "8:05 PM to 8:52 PM"


@pytest.mark.parametrize(
    ("zone", "size"),
    [("America/New_York", "letter"), ("Europe/London", "A4"), ("Asia/Tokyo", "A4")],
)
def test_the_paper_is_of_the_size_that_the_country_uses(zone: str, size: str) -> None:
    bodies = chart()
    bodies["appointment"]["fields"]["start"]["zone"] = zone
    assert paper(bodies).size == size


def test_the_next_appointment_is_the_first_after_the_visit_that_is_still_on() -> None:
    bodies = chart()
    coming = paper(bodies).next
    assert coming is not None
    assert coming.moments[0].day == "Friday, November 27, 2026"
    assert coming.what == "Home visit with Ana Ruiz"
    bodies["next"]["fields"]["status"] = "cancelled"
    coming = paper(bodies).next
    assert coming is not None
    assert coming.what == "Dialysis"


def test_two_times_of_one_appointment_are_both_told() -> None:
    bodies = chart()
    zone = "America/New_York"
    contest(
        bodies["next"], "start",
        {"local": "2026-11-28T14:00", "zone": zone}, {"local": "2026-11-27T09:30", "zone": zone},
    )  # fmt: skip
    coming = paper(bodies).next
    assert coming is not None
    assert [m.day[:6] for m in coming.moments] == ["Friday", "Saturd"]
    assert coming.contested


def test_there_is_no_next_appointment_when_all_have_been() -> None:
    bodies = chart()
    del bodies["next"], bodies["later"]
    assert paper(bodies).next is None


def test_whom_to_call_is_who_holds_the_chart_and_else_the_visitor() -> None:
    bodies = chart()
    bodies["stand_in"] = record(60, "member", None, name="Sam Stand-in", telephone="555 0100")
    bodies["assignment"]["fields"]["member"] = bodies["stand_in"]["id"]
    contact = paper(bodies).contact
    assert contact is not None
    assert (contact.name, contact.telephone) == ("Sam Stand-in", "555 0100")
    bodies["assignment"]["fields"]["status"] = "finished"
    contact = paper(bodies).contact
    assert contact is not None
    assert contact.name == "Ana Ruiz"


def test_goals_talked_about_come_first_and_the_rest_are_counted() -> None:
    bodies = chart()
    for number in range(5):
        id_ = 70 + number
        bodies[f"goal{number}"] = record(
            id_, "goal", description=f"Goal {number}", lifecycle_status="active", priority="high"
        )
    told = paper(bodies)
    assert told.goals[0].description == "Walk to the corner shop and back without stopping"
    assert told.goals[0].progress == ("Reached the second bench, three times this week",)
    assert len(told.goals) + told.more_goals == 7


def test_tasks_name_their_owner_and_day_and_those_done_at_the_visit_say_so() -> None:
    told = [(task.description, task.detail) for task in paper(chart()).tasks]
    assert told == [
        ("Refill the pill box", "done"),
        ("Order a shower chair", "Ana Ruiz, by December 1"),
    ]


def test_without_a_summary_the_paper_says_why_we_came() -> None:
    bodies = chart()
    bodies["visit"]["fields"]["plain_summary"] = None
    assert paper(bodies).talked_about == ("We came for: Routine.",)


def test_who_else_was_there_is_named_without_patient_and_visitor() -> None:
    bodies = chart()
    bodies["niece"] = record(80, "related_person", name={"given": "Inés", "family": "Delgado"})
    bodies["visit"]["fields"]["present"] = [
        bodies["patient"]["id"], COORDINATOR, bodies["niece"]["id"],
    ]  # fmt: skip
    assert paper(bodies).present == "Inés Delgado, daughter Lucía"


def test_partial_dates_of_next_steps_stay_as_they_were_written() -> None:
    bodies = chart()
    bodies["visit"]["fields"]["next_steps"] = [
        {"step": "a", "when": "2027"}, {"step": "b", "when": "2026-12"},
    ]  # fmt: skip
    assert [step.when for step in paper(bodies).steps] == ["2027", "December 2026"]


def test_a_chart_with_the_least_that_it_may_hold_has_a_paper() -> None:
    bodies = {
        "patient": record(1, "patient", name={"family": "Delgado"}),
        "visit": record(2, "visit", member=COORDINATOR, status="finished"),
    }
    told = paper(bodies)
    assert told.names == ("Delgado",)
    assert told.contact is None
    assert VISIT not in told.title


def test_what_belongs_to_a_confidential_need_is_not_on_a_paper_that_lies_on_a_table() -> None:
    bodies = chart()
    bodies["need"] = record(90, "need", domain="intimate-partner-violence", confidential=True)
    bodies["chair"]["fields"]["based_on"] = bodies["need"]["id"]
    bodies["lower"]["fields"]["addresses"] = [bodies["need"]["id"]]
    told = paper(bodies)
    assert [task.description for task in told.tasks] == ["Refill the pill box"]
    assert [goal.description[:4] for goal in told.goals] == ["Walk"]
    bodies["need"]["fields"]["confidential"] = False
    assert len(paper(bodies).tasks) == 2


def test_earlier_progress_is_told_with_its_day_and_without_remarks() -> None:
    bodies = chart()
    bodies["walked"]["fields"] |= {"visit": None, "value": 300, "unit": "m"}
    assert paper(bodies).goals[0].progress == ("300 m (November 21)",)


def test_progress_made_after_the_visit_is_not_on_its_paper() -> None:
    bodies = chart()
    bodies["walked"]["fields"] |= {
        "visit": None, "value": 300, "unit": "m", "effective": "2026-11-21T10:53:00-05:00",
    }  # fmt: skip
    assert paper(bodies).goals[0].progress == ()


def test_everything_that_is_written_of_how_to_take_a_medicine_is_told() -> None:
    bodies = chart()
    metformin = bodies["metformin"]
    metformin["fields"] |= {"route": "oral", "as_needed": True, "as_needed_for": "high sugar"}
    contest(metformin, "timing", "twice a day", "once a day")
    line = next(m for m in paper(bodies).medications if m.names[0].startswith("Metformin"))
    assert line.directions == (
        ("By mouth",),
        ("twice a day", "once a day"),
        ("only when needed, for high sugar",),
        ("Twice a day with food",),
    )
