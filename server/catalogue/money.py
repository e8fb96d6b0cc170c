"""Who pays, and what the patient has agreed to."""

from server.catalogue.declare import KindSchema as Schema
from server.catalogue.declare import (
    choice,
    date,
    file,
    integer,
    kind,
    note,
    object_,
    reference,
    string,
    strokes,
    text,
)
from server.catalogue.moments import Instant
from server.catalogue.values import Choice, Reference, Text

DEADLINE = "the earlier of two deadlines holds"
PAYER_FACT = "a bill goes astray on a wrong guess"


@kind("coverage")
class Coverage(Schema):
    """One insurance or benefit, with the day by which it must be renewed."""

    payor = string("last_writer", required=True)
    plan_name = string("last_writer")
    type = choice(
        "medicare medicare-advantage medicaid dual commercial veterans marketplace uninsured other",
        "last_writer",
    )
    subscriber_id = string("multi_value", max=100, because=PAYER_FACT)
    relationship = choice("self spouse child other", "last_writer")
    starts = date("multi_value", partial=True, because=PAYER_FACT)
    ends = date("multi_value", partial=True, because=PAYER_FACT)
    order = integer("multi_value", least=1, most=9, because=PAYER_FACT)
    status = choice(
        "active draft cancelled entered-in-error",
        "multi_value",
        indexed="status",
        because=PAYER_FACT,
    )
    phone = string("last_writer", max=50)
    renewal_due = date("earliest", indexed="due", because=DEADLINE)
    eligibility_checks = object_(
        {
            "at": Instant(required=True),
            "by": Reference(("member",)),
            "result": Choice("eligible not-eligible unclear", required=True),
            "reference_number": Text(100),
        },
        "append",
    )
    benefits_note = text("three_way", max=5_000)
    card_photos = file("add_wins")
    note = note()


@kind("consent", deletable=False)
class Consent(Schema):
    """What the patient allowed or refused. What it covers never changes: another wish is another
    record, and a refusal or a withdrawal wins everywhere at once."""

    scope = choice(
        "treatment sharing research photo remote-contact messages",
        "once",
        required=True,
    )
    recipient = string("once", max=300)
    purpose = string("once", max=500)
    status = choice(
        "active draft proposed inactive rejected",
        "furthest",
        required=True,
        indexed="status",
        because="a refusal or a withdrawal wins everywhere at first sync",
    )
    not_shared = choice(
        "mental-health substance-use hiv reproductive-health violence finances",
        "add_wins",
        because="what one has excluded stays excluded",
    )
    given_by = choice("patient guardian power-of-attorney healthcare-proxy", "once")
    given_by_person = reference("related_person", "once")
    given_on = date("once", indexed="date")
    expires = date(
        "earliest", indexed="due", because="a consent is never stretched by a second opinion"
    )
    signed = object_(
        {
            "name": Text(200, required=True),
            "at": Instant(required=True),
            "method": Choice("on-glass paper verbal electronic", required=True),
            "strokes": strokes(),
            "hash": Text(64),
        },
        "append",
    )
    withdrawn = object_(
        {
            "at": Instant(required=True),
            "by": Text(200, required=True),
            "how": Choice("in-person phone letter email"),
        },
        "append",
    )
    witnesses = reference("member", "append")
    note = note()
