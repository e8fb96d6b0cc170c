"""What is known of the patient's health: conditions, allergies, medications, measurements."""

from server.catalogue.declare import KindSchema as Schema
from server.catalogue.declare import (
    boolean,
    choice,
    date,
    datetime,
    file,
    kind,
    note,
    number,
    object_,
    reference,
    string,
)
from server.catalogue.moments import Date, Instant
from server.catalogue.values import Choice, Number, Reference, Text, Value

SILENT = "a silent choice between two clinical facts could hurt"
FACT = "a measurement is a fact of its moment; it is corrected beside it, never over it"


def coding() -> dict[str, Value]:
    """A code of a published system; `system` is FHIR's address of it."""
    return {"system": Text(300), "code": Text(100, required=True), "display": Text(300)}


@kind("condition")
class Condition(Schema):
    """A problem on the list, with the words the patient would use for it."""

    name = string("multi_value", required=True, max=300, because=SILENT)
    plain_name = string("last_writer", max=300)
    code = object_(coding(), "multi_value", because=SILENT)
    clinical_status = choice(
        "active recurrence relapse inactive remission resolved",
        "multi_value",
        indexed="status",
        because=SILENT,
    )
    verification_status = choice(
        "unconfirmed provisional differential confirmed refuted entered-in-error",
        "multi_value",
        because=SILENT,
    )
    category = choice("problem-list-item health-concern encounter-diagnosis sdoh", "last_writer")
    severity = choice("mild moderate severe", "multi_value", because=SILENT)
    onset = date("multi_value", partial=True, because=SILENT)
    abatement = date("multi_value", partial=True, because=SILENT)
    patient_understands = object_(
        {
            "how": Choice("well partly not-yet", required=True),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
    )
    note = note()


@kind("allergy", deletable=False)
class Allergy(Schema):
    """What must not be given. It is never deleted: it is marked resolved, refuted or entered in
    error."""

    substance = string("multi_value", required=True, max=300, because=SILENT)
    code = object_(coding(), "multi_value", because=SILENT)
    clinical_status = choice(
        "resolved inactive active",
        "furthest",
        indexed="status",
        because="an allergy that one still counts as active warns everybody",
    )
    verification_status = choice(
        "unconfirmed confirmed refuted entered-in-error", "multi_value", because=SILENT
    )
    type = choice("allergy intolerance", "last_writer")
    category = choice("food medication environment biologic", "last_writer")
    criticality = choice(
        "low unable-to-assess high",
        "furthest",
        because="the graver judgement warns until seen",
    )
    reactions = object_(
        {
            "manifestation": Text(200, required=True),
            "severity": Choice("mild moderate severe"),
            "onset": Date(partial=True),
        },
        "add_wins",
        because="a reaction that one has seen stays",
    )
    recorded_date = date("once", partial=True)
    note = note()


@kind("medication")
class Medication(Schema):
    """What the person takes, as they take it. Two doses or two statuses are never merged."""

    name = string("multi_value", required=True, max=300, because=SILENT)
    code = object_(coding(), "multi_value", because=SILENT)
    status = choice(
        "active intended on-hold completed stopped not-taken unknown entered-in-error",
        "multi_value",
        indexed="status",
        because=SILENT,
    )
    dose = string("multi_value", because=SILENT)
    route = choice(
        "oral sublingual inhaled nasal eye ear skin patch injection rectal vaginal "
        "feeding-tube other",
        "multi_value",
        because=SILENT,
    )
    timing = string("multi_value", because=SILENT)
    instructions = string("multi_value", max=2_000, because=SILENT)
    as_needed = boolean("multi_value", because=SILENT)
    as_needed_for = string("multi_value", because=SILENT)
    reasons = reference("condition", "add_wins")
    prescriber = string("last_writer")
    pharmacy = string("last_writer")
    source = choice(
        "patient caregiver bottle pharmacy discharge-list prescriber record",
        "once",
    )
    started = date("multi_value", partial=True, because=SILENT)
    ended = date("multi_value", partial=True, because=SILENT)
    side_effects = string("add_wins")
    adherence = object_(
        {
            "taking": Choice("as-directed sometimes not-taking", required=True),
            "barrier": Choice(
                "forgets cost side-effects does-not-help hard-to-open confusing ran-out other"
            ),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
    )
    photos = file("add_wins")
    note = note()


@kind("observation", deletable=False)
class Observation(Schema):
    """One measurement. It is made whole by one change; what turns out wrong is corrected beside
    it."""

    code = string(
        "once",
        required=True,
        max=100,
        known=(
            "85354-9",
            "8867-4",
            "9279-1",
            "8310-5",
            "59408-5",
            "29463-7",
            "8302-2",
            "39156-5",
            "2339-0",
            "4548-4",
            "72514-3",
        ),
    )
    name = string("once", max=300)
    effective = datetime("once", required=True, indexed="date", because=FACT)
    value = number("once", because=FACT)
    unit = string("once", max=50, because=FACT)
    value_text = string("once", max=1_000, because=FACT)
    systolic = number("once", least=0, most=400, because=FACT)
    diastolic = number("once", least=0, most=400, because=FACT)
    category = choice(
        "vital-signs laboratory survey social-history exam activity other",
        "once",
    )
    method = choice("measured patient-said caregiver-said device chart", "once")
    device = string("once")
    performer = reference("member", "once")
    visit = reference("visit", "once")
    status = choice(
        "final amended corrected entered-in-error",
        "furthest",
        indexed="status",
        because="what one knows to be wrong is not trusted by the other",
    )
    corrections = object_(
        {
            "value": Number(),
            "systolic": Number(),
            "diastolic": Number(),
            "value_text": Text(1_000),
            "why": Text(500, required=True),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
        because=FACT,
    )
    note = note()
