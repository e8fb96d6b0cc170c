"""What is to be reached and done: goals and their progress, tasks, needs, the care plan."""

from server.catalogue.clinical import FACT
from server.catalogue.declare import KindSchema as Schema
from server.catalogue.declare import (
    boolean,
    choice,
    date,
    datetime,
    integer,
    kind,
    note,
    number,
    object_,
    reference,
    string,
    strokes,
    text,
)
from server.catalogue.moments import Instant
from server.catalogue.values import Number, Reference, Text

TWO_ENDS = "two different ends, named by two people, are a question for both"
TWO_TARGETS = "two different targets are a question for both authors"
DEADLINE = "the earlier of two deadlines holds"


@kind("goal")
class Goal(Schema):
    """What the patient wants to reach, in their words, with a target that can be measured."""

    description = text("three_way", required=True, max=2_000)
    lifecycle_status = choice(
        "proposed planned accepted active on-hold completed cancelled rejected",
        "furthest",
        terminal=("completed", "cancelled", "rejected"),
        indexed="status",
        because=TWO_ENDS,
    )
    achievement_status = choice(
        "in-progress improving worsening no-change achieved not-achieved",
        "multi_value",
        because="achieved and not achieved is a question for both authors",
    )
    priority = choice("high medium low", "last_writer")
    start_date = date("earliest")
    target_measure = string("multi_value", because=TWO_TARGETS)
    target_low = number("multi_value", because=TWO_TARGETS)
    target_high = number("multi_value", because=TWO_TARGETS)
    target_unit = string("multi_value", max=50, because=TWO_TARGETS)
    target_date = date("multi_value", indexed="due", because=TWO_TARGETS)
    expressed_by = choice("patient caregiver care-team", "once")
    addresses = reference(("condition", "need"), "add_wins")
    barriers = reference("need", "add_wins")
    owner_role = choice("patient caregiver coordinator clinician other", "last_writer")
    confidence = object_(
        {"score": Number(whole=True, least=0, most=10, required=True), "at": Instant()}, "append"
    )
    note = note()


@kind("goal_progress", deletable=False)
class GoalProgress(Schema):
    """One look at how a goal is going. What turns out wrong is corrected beside it."""

    goal = reference("goal", "once", required=True)
    effective = datetime("once", required=True, indexed="date", because=FACT)
    trend = choice("better same worse reached", "once", because=FACT)
    value = number("once", because=FACT)
    unit = string("once", max=50, because=FACT)
    source = choice("patient-said caregiver-said measured chart", "once")
    recorder = reference("member", "once")
    visit = reference("visit", "once")
    status = choice(
        "final amended entered-in-error",
        "furthest",
        indexed="status",
        because="what one knows to be wrong is not trusted by the other",
    )
    comment = note()
    corrections = object_(
        {
            "value": Number(),
            "why": Text(500, required=True),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
        because=FACT,
    )


@kind("task")
class Task(Schema):
    """Something that somebody does for the patient, and whether it helped."""

    description = text("three_way", required=True, max=2_000)
    category = choice(
        "call visit paperwork transport medication referral education equipment benefits other",
        "last_writer",
    )
    status = choice(
        "draft requested received accepted in-progress on-hold completed failed cancelled rejected",
        "furthest",
        terminal=("completed", "failed", "cancelled", "rejected"),
        indexed="status",
        because=TWO_ENDS,
    )
    owner = reference(
        ("member", "related_person", "care_team_member"), "last_writer", indexed="owner"
    )
    due = date("last_writer", indexed="due")
    priority = choice(
        "routine urgent asap stat",
        "furthest",
        because="urgent beats routine until it is seen",
    )
    based_on = reference(("care_plan", "goal", "need", "visit", "appointment"), "once")
    part_of = reference("task", "once")
    outcome = choice(
        "helped partly no-change made-worse",
        "multi_value",
        because="helped and made worse is a question for both authors",
    )
    blocked_by = reference("need", "add_wins")
    note = note()


@kind("need")
class Need(Schema):
    """What stands between the patient and care, by the domains of the Gravity project."""

    domain = choice(
        "food-insecurity housing-instability homelessness inadequate-housing "
        "transportation-insecurity utility-insecurity financial-insecurity "
        "material-hardship medical-cost-burden health-insurance-coverage-status "
        "employment-status educational-attainment veteran-status social-connection "
        "stress intimate-partner-violence elder-abuse personal-health-literacy "
        "digital-literacy digital-access caregiver-strain other",
        "once",
        required=True,
    )
    description = text("three_way", max=2_000)
    severity = choice("mild moderate severe", "last_writer")
    patient_wants_help = choice(
        "yes not-now no", "furthest", because="a 'no' to help is respected at once"
    )
    status = choice(
        "identified working referred met unmet declined",
        "furthest",
        terminal=("met", "unmet", "declined"),
        indexed="status",
        because=TWO_ENDS,
    )
    owner = reference("member", "last_writer", indexed="owner")
    source = choice("conversation screening caregiver clinician referral record", "once")
    identified_on = date("once", indexed="date")
    interventions = reference(("task", "appointment"), "add_wins")
    confidential = boolean(
        "furthest", because="what must not be said aloud at home is kept quiet at once"
    )
    outcome = choice(
        "resolved improved unchanged worse",
        "multi_value",
        because="two outcomes are a question",
    )
    note = note()


@kind("care_plan")
class CarePlan(Schema):
    """The plan on a page: what matters, what is aimed at, who agreed."""

    title = string("last_writer", required=True)
    status = choice(
        "draft active on-hold revoked completed",
        "furthest",
        terminal=("revoked", "completed"),
        indexed="status",
        because=TWO_ENDS,
    )
    category = choice(
        "chronic-care transition palliative behavioral rehabilitation social other",
        "add_wins",
    )
    starts = date("earliest")
    ends = date("latest")
    next_review = date("earliest", indexed="due", because=DEADLINE)
    review_every_days = integer("last_writer", least=1, most=366)
    patient_priorities = text("three_way")
    summary = text("three_way")
    addresses = reference(("condition", "need"), "add_wins")
    goals = reference("goal", "add_wins")
    activities = reference(("task", "appointment", "medication"), "add_wins")
    agreed_by = object_(
        {
            "name": Text(200, required=True),
            "role": Text(100),
            "at": Instant(required=True),
            "strokes": strokes(),
            "text": Text(100_000, prose=True),
            "hash": Text(64),
        },
        "append",
        because="an agreement binds to what was read when it was given",
    )
