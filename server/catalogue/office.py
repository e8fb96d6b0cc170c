"""What the office keeps: how this organisation works, and the records of employment, which never
reach a phone."""

from server.catalogue.declare import (
    ADMINISTRATOR,
    EVERYONE,
    SUPERVISOR,
    boolean,
    choice,
    date,
    integer,
    kind,
    note,
    number,
    object_,
    reference,
    string,
    zone,
    zoned,
)
from server.catalogue.declare import KindSchema as Schema
from server.catalogue.moments import Date, Instant
from server.catalogue.people import telecom
from server.catalogue.values import Choice, Reference, Text

OFFICE = (SUPERVISOR, ADMINISTRATOR)
MAY_WORK = "whether somebody may work hangs on it"


@kind(
    "organisation_settings",
    scope="library",
    read=EVERYONE,
    write=OFFICE,
    deletable=False,
    single=True,
)
class OrganisationSettings(Schema):
    """How this organisation works. What is left out is as server/organisation_settings.py says."""

    time_zone = zone("last_writer", required=True)
    lease_days = integer("last_writer", least=1, most=90)
    lock_minutes = integer("last_writer", least=1, most=60)
    retention_years = integer("last_writer", least=1, most=100)
    paper_size = choice("a4 letter", "last_writer")


@kind("training_credential", scope="office", read=OFFICE, write=OFFICE)
class TrainingCredential(Schema):
    """A course to take or taken, a license, a check: what a member needs in order to work."""

    member = reference("member", "once", required=True, indexed="owner")
    title = string("once", required=True, max=300)
    category = choice(
        "training license certification background-check health-clearance other", "once"
    )
    issuer = string("last_writer")
    credential_number = string("last_writer", max=100)
    is_required = boolean("last_writer")
    assigned_on = date("last_writer")
    due_on = date("earliest", because="the earlier of two deadlines holds")
    completed_on = date("earliest", indexed="date")
    expires = date("multi_value", indexed="due", because=MAY_WORK)
    hours = number("multi_value", least=0, most=10_000, because="hours are counted by the board")
    status = choice(
        "assigned in-progress done expired",
        "furthest",
        indexed="status",
        because="nobody is sent out on what has expired",
    )
    note = note()


@kind("vacancy", scope="office", read=OFFICE, write=OFFICE)
class Vacancy(Schema):
    """A place to fill."""

    role = choice("coordinator clinician supervisor administrator other", "once", required=True)
    title = string("last_writer")
    team = string("last_writer")
    site = string("last_writer")
    opened = date("once", indexed="date")
    wanted_by = date("last_writer", indexed="due")
    status = choice(
        "open on-hold filled closed",
        "furthest",
        terminal=("filled", "closed"),
        indexed="status",
        because="filled and closed is a question for those who said so",
    )
    owner = reference("member", "last_writer", indexed="owner")
    note = note()


@kind("candidate", scope="office", read=OFFICE, write=OFFICE)
class Candidate(Schema):
    """Somebody who applied for a vacancy, from the letter to the first day."""

    name = string("multi_value", required=True, because="two names may be two people")
    vacancy = reference("vacancy", "once", required=True)
    telecom = object_(telecom(), "add_wins")
    stage = choice(
        "applied screened interview offer hired declined withdrawn",
        "furthest",
        terminal=("hired", "declined", "withdrawn"),
        indexed="status",
        because="hired and declined is a question for those who said so",
    )
    interview_at = zoned("last_writer", indexed="date")
    panel_notes = object_(
        {
            "text": Text(2_000, prose=True, required=True),
            "recommends": Choice("hire unsure decline"),
            "at": Instant(),
            "by": Reference(("member",)),
        },
        "append",
        because="what each of the panel said stands as they said it",
    )
    checks = object_(
        {
            "kind": Choice("reference license background health right-to-work", required=True),
            "result": Choice("clear concern pending", required=True),
            "on": Date(),
        },
        "add_wins",
        because="a check made by one and another made by the other are both kept",
    )
    start_date = date("last_writer")
    onboarding = object_(
        {"step": Text(300, required=True), "at": Instant(), "by": Reference(("member",))}, "append"
    )
    note = note()
