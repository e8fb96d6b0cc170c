"""Who works here and who stands in for whom, so that every phone has names, telephone numbers and
the roster offline."""

from server.catalogue.declare import (
    ADMINISTRATOR,
    EVERYONE,
    SERVER,
    SUPERVISOR,
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
    zoned,
)
from server.catalogue.declare import KindSchema as Schema
from server.catalogue.moments import Instant
from server.catalogue.values import Reference

OFFICE = (SUPERVISOR, ADMINISTRATOR)
CALLED_OFF = "what one supervisor has called off opens no chart"


@kind("member", scope="library", read=EVERYONE, write=OFFICE, deletable=False)
class Member(Schema):
    """A colleague. The record's id is the member's; name, role, team and status follow the
    member's account."""

    name = string("last_writer", required=True, write=SERVER)
    role = choice(" ".join(EVERYONE), "last_writer", write=SERVER)
    team = string("last_writer", write=SERVER)
    status = choice("active leave left", "last_writer", indexed="status", write=SERVER)
    telephone = string("last_writer", max=50)
    languages = language("add_wins")
    max_caseload = integer("last_writer", least=0, most=500)


@kind("cover", scope="library", read=EVERYONE, write=(SUPERVISOR,))
class Cover(Schema):
    """A colleague stands in for another: from the first day to the last they hold every chart that
    the other holds by assignment. Why the other is away is the office's to know."""

    member = reference("member", "last_writer", required=True, indexed="owner")
    for_member = reference("member", "once", required=True)
    starts = date("earliest", required=True, indexed="date")
    ends = date("latest", indexed="due")
    status = choice(
        "active cancelled",
        "furthest",
        indexed="status",
        because=CALLED_OFF,
    )
    reason = choice("leave sick training vacant other", "last_writer", read=OFFICE)
    note = note()


@kind("on_call", scope="library", read=EVERYONE, deletable=False)
class OnCall(Schema):
    """One turn on the roster: from its start to its end the member holds every chart of the team,
    by its name, or of their own. Supervisors make the roster; whoever is on call writes the rest.
    """

    member = reference("member", "last_writer", required=True, indexed="owner", write=(SUPERVISOR,))
    team = string("last_writer", write=(SUPERVISOR,))
    tier = choice("first second manager", "once", required=True, write=(SUPERVISOR,))
    start = zoned("last_writer", required=True, indexed="date", write=(SUPERVISOR,))
    end = zoned("last_writer", required=True, indexed="due", write=(SUPERVISOR,))
    status = choice(
        "active cancelled",
        "furthest",
        indexed="status",
        write=(SUPERVISOR,),
        because=CALLED_OFF,
    )
    phone = string("last_writer", max=50)
    escalate_after_minutes = integer("last_writer", least=1, most=240, write=(SUPERVISOR,))
    handover_note = text("three_way", max=5_000)
    acknowledged = object_(
        {"by": Reference(("member",), required=True), "at": Instant(required=True)}, "append"
    )
