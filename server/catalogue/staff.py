"""The card of each member of staff, so that every phone has names and telephone numbers offline."""

from server.catalogue.declare import (
    ADMINISTRATOR,
    EVERYONE,
    SERVER,
    SUPERVISOR,
    choice,
    integer,
    kind,
    language,
    string,
)
from server.catalogue.declare import KindSchema as Schema


@kind("member", scope="library", read=EVERYONE, write=(SUPERVISOR, ADMINISTRATOR), deletable=False)
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
