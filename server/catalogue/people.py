"""The people of a chart: the patient, those around them, who holds the chart, and the care team."""

from server.catalogue.declare import (
    SUPERVISOR,
    boolean,
    choice,
    date,
    integer,
    kind,
    language,
    note,
    object_,
    reference,
    string,
    text,
)
from server.catalogue.declare import KindSchema as Schema
from server.catalogue.declare import language as spoken
from server.catalogue.values import Boolean, Choice, Text, Value


def person_name() -> dict[str, Value]:
    return {
        "given": Text(200),
        "family": Text(200, required=True),
        "prefix": Text(50),
    }


def telecom() -> dict[str, Value]:
    return {
        "system": Choice("phone sms email fax other", required=True),
        "value": Text(200, required=True),
        "use": Choice("mobile home work temp old"),
        "ok_to_text": Boolean(),
    }


def address() -> dict[str, Value]:
    return {
        "line": Text(300),
        "city": Text(100),
        "state": Text(100),
        "postal_code": Text(20),
        "country": Text(2),
        "use": Choice("home temp old billing"),
    }


@kind("patient", deletable=False)
class Patient(Schema):
    """The person cared for. A duplicate is linked, never deleted."""

    name = object_(
        person_name(), "multi_value", required=True, because="two edits of a name may be two people"
    )
    preferred_name = string("last_writer")
    pronouns = string("last_writer", max=50)
    birth_date = date("multi_value", partial=True, because="it identifies the person")
    gender = choice("female male other unknown", "multi_value", because="it identifies the person")
    identifier = object_(
        {
            "type": Choice("medical-record payer medicaid medicare drivers-license passport other"),
            "system": Text(300),
            "value": Text(200, required=True),
        },
        "add_wins",
        because="a number found by one and another found by the other are both kept",
    )
    telecom = object_(telecom(), "add_wins")
    address = object_(address(), "add_wins")
    access_notes = text("three_way", max=5_000)
    alerts = object_(
        {
            "category": Choice(
                "safety fall-risk infection aggression oxygen lone-working pet other", required=True
            ),
            "severity": Choice("low medium high"),
            "text": Text(500, required=True),
        },
        "add_wins",
        because="raising an alert wins over clearing it",
    )
    no_known_allergies = choice(
        "stated not-stated",
        "furthest",
        because="'no allergies' must never outlive a doubt about it",
    )
    code_status = choice(
        "full dnr dnr-dni comfort-care unknown",
        "multi_value",
        because="what to do when the heart stops is never chosen silently",
    )
    language = language("last_writer")
    languages = spoken("add_wins")
    interpreter_required = boolean("furthest", because="an interpreter asked for by anyone is sent")
    accessibility_needs = choice(
        "large-print braille screen-reader hearing-loop sign-language wheelchair "
        "step-free easy-read extra-time support-person",
        "add_wins",
    )
    about = text("three_way", max=5_000)
    handover_note = text("three_way", max=5_000)
    deceased = choice(
        "alive deceased",
        "furthest",
        indexed="status",
        because="a death that one knows of stops reminders at once for all",
    )
    deceased_date = date("multi_value", partial=True, because="a date of death is a legal fact")
    general_practitioner = reference("care_team_member", "add_wins")
    merged_into = reference("patient", "last_writer", write=(SUPERVISOR,))


@kind("related_person")
class RelatedPerson(Schema):
    """Family, friend, neighbour or guardian: somebody around the patient who is not staff."""

    name = object_(person_name(), "last_writer", required=True)
    relationship = choice(
        "spouse partner child parent sibling grandchild other-family friend neighbor "
        "caregiver guardian power-of-attorney other",
        "multi_value",
        because="who may decide for the patient hangs on it",
    )
    telecom = object_(telecom(), "add_wins")
    is_emergency_contact = boolean("last_writer")
    may_receive_information = choice(
        "all appointments none",
        "furthest",
        because="the stricter of two wishes about sharing holds at once",
    )
    legal_authority = choice(
        "none healthcare-proxy power-of-attorney guardian conservator representative-payee",
        "multi_value",
        because="who may sign for the patient is a legal fact",
    )
    language = language("last_writer")
    lives_with_patient = boolean("last_writer")
    notes = text("three_way", max=5_000)
    active = boolean("furthest", because="a person one still counts on stays on the list")


@kind("assignment", write=(SUPERVISOR,))
class Assignment(Schema):
    """Who holds the chart, and from when to when. Its fold is the right to hold the chart, so
    supervisors write it; without a member the patient stands on the waitlist."""

    status = choice(
        "planned waitlist active onhold finished cancelled",
        "furthest",
        required=True,
        terminal=("finished", "cancelled"),
        indexed="status",
        because="a chart given up by one supervisor leaves the phone at once",
    )
    member = reference("member", "last_writer", indexed="owner")
    backup = reference("member", "last_writer")
    starts = date("earliest")
    ends = date("latest")
    start_reason = choice(
        "new-referral hospital-discharge handover self-referral program other",
        "last_writer",
    )
    priority_tier = choice("rising high intensive", "last_writer")
    contact_every_days = integer("last_writer", least=1, most=366)
    closed_reason = choice(
        "goals-met moved-away declined died other-service unreachable other",
        "multi_value",
        because="why care ended is reported",
    )
    note = note()


@kind("care_team_member")
class CareTeamMember(Schema):
    """One person or practice that takes part in the care, and what they do, in plain words."""

    name = string("last_writer", required=True)
    member = reference("member", "once")
    related_person = reference("related_person", "once")
    role = choice(
        "primary-care coordinator nurse specialist pharmacist social-worker therapist "
        "home-health-aide dentist dialysis mental-health interpreter transport family "
        "community other",
        "last_writer",
    )
    specialty = string("last_writer")
    organization = string("last_writer")
    what_they_do = text("three_way", max=2_000)
    telecom = object_(
        telecom(), "add_wins", because="two members added on two phones are both on the team"
    )
    preferred_channel = choice("phone secure-message fax portal email", "last_writer")
    availability = string("last_writer")
    is_lead = boolean("multi_value", because="two leads are a question for the team")
    starts = date("earliest", partial=True)
    ends = date("latest", partial=True)
    status = choice(
        "proposed active suspended inactive",
        "furthest",
        indexed="status",
        because="nobody waits for help from one who has left the team",
    )
