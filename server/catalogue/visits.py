"""Appointments, and the home visit with its note: one kind, since a signature locks inside one
record."""

from server.catalogue.declare import KindSchema as Schema
from server.catalogue.declare import (
    choice,
    datetime,
    kind,
    note,
    object_,
    reference,
    string,
    strokes,
    text,
    zoned,
)
from server.catalogue.moments import Date, Instant
from server.catalogue.values import Choice, Reference, Text

BOTH_TIMES = "two times of one appointment both stand on the calendar until settled"


@kind("appointment")
class Appointment(Schema):
    """A time agreed with the patient: our own visit, or one elsewhere that we keep an eye on."""

    type = choice(
        "home-visit phone-call telehealth primary-care specialist dentist "
        "physical-therapy occupational-therapy lab imaging surgery dialysis infusion "
        "mental-health eye hospital emergency community other",
        "last_writer",
        required=True,
    )
    start = zoned("multi_value", indexed="date", because=BOTH_TIMES)
    end = zoned("multi_value", because=BOTH_TIMES)
    status = choice(
        "waitlist proposed pending booked arrived checked-in fulfilled cancelled noshow",
        "furthest",
        terminal=("fulfilled", "cancelled", "noshow"),
        indexed="status",
        because="kept, cancelled and missed is a question for those who said so",
    )
    member = reference("member", "last_writer", indexed="owner")
    provider = string("last_writer")
    reason = string("last_writer", max=500)
    location = string(
        "multi_value", max=500, because="two places for one appointment leave somebody waiting"
    )
    prep = text("three_way", max=5_000)
    ride = choice("not-needed needed requested confirmed", "last_writer")
    interpreter = choice("not-needed needed requested confirmed", "last_writer")
    participants = reference(("member", "related_person", "care_team_member"), "add_wins")
    reminders = object_(
        {
            "channel": Choice("phone sms email letter in-person", required=True),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
    )
    cancel_reason = choice(
        "patient caregiver provider hospitalized weather transport staffing other",
        "last_writer",
    )
    source = choice("phone portal in-person referral import", "once")


@kind("visit", deletable=False)
class Visit(Schema):
    """What happened at the door: who was there, what was seen, said and agreed; signed on the
    glass."""

    appointment = reference("appointment", "once")
    member = reference("member", "once", required=True, indexed="owner")
    status = choice(
        "planned arrived in-progress finished cancelled",
        "furthest",
        terminal=("finished", "cancelled"),
        indexed="status",
        because="finished and cancelled is a question for those who said so",
    )
    actual_start = datetime("earliest", indexed="date")
    actual_end = datetime("latest")
    location = string("once", max=500)
    present = reference(("patient", "related_person", "care_team_member", "member"), "add_wins")
    others_present = string("last_writer")
    reason = choice(
        "routine first-visit after-hospital medication-review fall new-need "
        "caregiver-request reassessment urgent end-of-care",
        "add_wins",
    )
    safety_check = object_(
        {
            "item": Choice(
                "smoke-alarm fall-hazards pets weapons oxygen-and-smoking heat-and-cold "
                "food-in-house",
                required=True,
            ),
            "answer": Choice("fine concern not-checked", required=True),
            "note": Text(500),
        },
        "append",
    )
    note_how = text("three_way")
    note_done = text("three_way")
    note_concerns = text("three_way")
    plain_summary = text("three_way")
    next_steps = object_(
        {"step": Text(500, required=True), "who": Text(200), "when": Date(partial=True)}, "add_wins"
    )
    medications_seen = object_(
        {
            "medication": Reference(("medication",), required=True),
            "seen": Choice("as_listed different not_taking not_found", required=True),
            "note": Text(500),
        },
        "append",
    )
    problems_discussed = reference(("condition", "need", "goal"), "add_wins")
    tasks_done = reference("task", "add_wins")
    education = object_(
        {
            "topic": Text(200, required=True),
            "teach_back": Choice("well partly not-yet"),
            "format": Choice("spoken paper large-print audio video"),
        },
        "append",
    )
    missed_reason = choice(
        "not-home refused hospitalized unsafe rescheduled weather staffing other",
        "last_writer",
    )
    signature = object_(
        {
            "name": Text(200, required=True),
            "role": Choice("patient caregiver coordinator clinician", required=True),
            "at": Instant(required=True),
            "text": Text(100_000, prose=True, required=True),
            "hash": Text(64, required=True),
            "strokes": strokes(),
            "member": Reference(("member",)),
        },
        "append",
        locks=(
            "note_how",
            "note_done",
            "note_concerns",
            "plain_summary",
            "next_steps",
            "medications_seen",
        ),
        because="what was signed stays as it was read; what is thought of later is an addendum",
    )
    addenda = note()
