"""Every table. All SQL passes `begin`, which server/database.py defines.

Every key begins with the organisation, so that the data shards by it. Ids are UUIDs as text, times
are milliseconds since 1970, JSON is text that we made and pass on whole. A table whose name would
be an SQL word or a PostgreSQL pseudo-type is in the plural.

    organisation ─┬─ team ── supervision             records ── changes ── refusals
         │        ├─ member ─┬─ device ── escrow     grants ── stand_in    notices    files
       epoch      │          ├─ passkey              access_log ── access_link
                  │          ├─ session              legal_hold    purge_approval
                  │          ├─ token                waiting_changes    salvage
                  │          └─ invitation

Before anybody is known: challenge, attempt. They name no organisation.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from server.database import begin, db

METADATA = db.metadata

Id = String(36)
Hash = String(64)

__all__ = ["METADATA", "begin", "db"]


def _table(name: str, key: str, *columns: Column[object] | Index | UniqueConstraint) -> Table:
    """A table of an organisation: its key begins with it."""
    return Table(
        name,
        METADATA,
        Column("organisation", Id, nullable=False),
        *columns,
        PrimaryKeyConstraint("organisation", *key.split()),
    )


def _column(name: str, type_: object = Text, *, null: bool = False) -> Column[object]:
    return Column(name, type_, nullable=null)  # type: ignore[arg-type]


organisation = Table(
    "organisation",
    METADATA,
    Column("id", Id, primary_key=True),
    _column("name"),
    _column(
        "head", BigInteger
    ),  # the counter: the greatest seq given; its row is the lock of a push
    _column("epoch", Id),
    _column("is_restoring", Boolean),  # what the backup lacked is still waited for
    _column("device", Id),  # the server's own, for the records that it writes itself
    _column("folded_with", Hash, null=True),  # the catalogue's rules by which all records stand
    _column("is_demo", Boolean),
    _column("created_at", BigInteger),
)

# Every unbroken history of the organisation: the first, and one from each restore on.
epoch = _table(
    "epoch",
    "start",
    _column("start", BigInteger),  # its first number comes after this; a multiple of 2^32
    _column("id", Id),
    _column("restored_head", BigInteger),  # the counter in the backup from which it began
    _column("began_at", BigInteger),
    _column("ended_at", BigInteger, null=True),  # when the restore was over, and by whom
    _column("ended_by", Id, null=True),
    UniqueConstraint("organisation", "id"),
)

team = _table(
    "team", "id", _column("id", Id), _column("name"), UniqueConstraint("organisation", "name")
)

member = _table(
    "member",
    "id",
    _column("id", Id),
    _column("email"),  # lower case
    _column("name"),
    _column("role", String(20)),
    _column("team", Id, null=True),
    _column("status", String(20)),  # active | left
    _column("phone", null=True),
    _column("created_at", BigInteger),
    UniqueConstraint("organisation", "email"),
)

supervision = _table("supervision", "member team", _column("member", Id), _column("team", Id))

device = _table(
    "device",
    "id",
    _column("id", Id),
    _column("member", Id, null=True),  # null: the server's own
    _column("name"),
    _column("secret", Hash, null=True),  # SHA-256; null for programs
    _column("enrolled_at", BigInteger),
    _column("revoked_at", BigInteger, null=True),
    _column("last_contact", BigInteger, null=True),
    _column("erased_at", BigInteger, null=True),  # the phone said that it has erased itself
    _column("status", null=True),  # as last told: app, unsent, oldest, storage, persisted
    Index(None, "id"),
    Index(None, "secret", unique=True),
)

# The copy of a phone's key by which its member reopens the store after a recovery. Sealed for a
# server key that no database holds.
escrow = _table(
    "escrow",
    "device",
    _column("device", Id),
    _column("member", Id),
    _column("sealed"),
    _column("created_at", BigInteger),
    _column("released_at", BigInteger, null=True),
    _column("released_to", Hash, null=True),  # the session that it was released to
)

passkey = _table(
    "passkey",
    "id",
    _column("id", Id),
    _column("member", Id),
    _column("credential"),  # the authenticator's id of it, base64url
    _column("public_key"),  # COSE, base64url
    _column("sign_count", BigInteger),
    _column("name"),
    _column("transports"),  # JSON list
    _column("is_backed_up", Boolean),
    _column("created_at", BigInteger),
    _column("last_used_at", BigInteger, null=True),
    Index(None, "credential", unique=True),
    Index(None, "organisation", "member"),
)

session = _table(
    "session",
    "token",
    _column("token", Hash),
    _column("member", Id),
    _column("passkey", Id, null=True),  # with which it was begun; null in a demo
    _column("is_recovery", Boolean),  # begun by an invitation to somebody who had passkeys
    _column("created_at", BigInteger),
    _column("expires_at", BigInteger),
    Index(None, "token", unique=True),
)

token = _table(
    "token",
    "id",
    _column("id", Id),
    _column("member", Id),
    _column("token", Hash),
    _column("read_only", Boolean),
    _column("created_at", BigInteger),
    _column("expires_at", BigInteger),
    _column("revoked_at", BigInteger, null=True),
    Index(None, "token", unique=True),
)

invitation = _table(
    "invitation",
    "token",
    _column("token", Hash),
    _column("member", Id),
    _column("many_use", Boolean),  # only in a demo organisation
    _column("invited_by", Id, null=True),  # null: from the command line
    _column("created_at", BigInteger),
    _column("expires_at", BigInteger),
    _column("used_at", BigInteger, null=True),
    Index(None, "token", unique=True),
)

# A grant lets a member hold a chart from seq `began` until seq `ended`. It waits for its day while
# `began` is null. A record (an assignment) may give several, one after another.
grants = _table(
    "grants",
    "id",
    _column("id", Id),
    _column("member", Id),
    _column("patient", Id),
    _column("source", String(20)),  # assignment | cover | on_call | opening
    _column("record", Id, null=True),  # the assignment, cover or on_call record that gives it
    _column("basis", Id, null=True),  # the assignment through which a cover or on_call reaches it
    _column("reason", null=True),  # why it was opened, as given
    _column("starts_at", BigInteger, null=True),
    _column("ends_at", BigInteger, null=True),
    _column("began", BigInteger, null=True),
    _column("ended", BigInteger, null=True),
    _column("ended_at", BigInteger, null=True),
    Index(None, "organisation", "member", "patient"),
    Index(None, "organisation", "patient"),
    Index(None, "organisation", "record"),
)

# Who stands in for a colleague or a team, from cover and on_call records. It gives grants only
# while it lasts, from its member's first sync after it began.
stand_in = _table(
    "stand_in",
    "record",
    _column("record", Id),
    _column("source", String(20)),  # cover | on_call
    _column("member", Id),
    _column("for_member", Id, null=True),
    _column("for_team", null=True),  # its name; null: their own
    _column("starts_at", BigInteger),
    _column("ends_at", BigInteger, null=True),
    _column("is_given", Boolean),
    Index(None, "organisation", "member"),
)

records = _table(
    "records",
    "id",
    _column("id", Id),
    _column("kind", String(40)),
    _column("patient", Id, null=True),
    _column("version", BigInteger),
    _column(
        "position", BigInteger
    ),  # a number of its own: no two records of an organisation share one
    _column("deleted", Boolean),
    _column("body"),  # the record as the wire carries it
    _column("state"),  # what a later fold needs
    _column("status", null=True),  # this and the next three: what reports look up
    _column("due", null=True),
    _column("owner", null=True),
    _column("date", null=True),
    Index(
        "ix_records_reported",
        *("organisation", "kind", "status", "due"),
        sqlite_where=text("status IS NOT NULL"),
        postgresql_where=text("status IS NOT NULL"),
    ),
    Index(
        "ix_records_patients",
        *("organisation", "id"),
        sqlite_where=text("kind = 'patient'"),
        postgresql_where=text("kind = 'patient'"),
    ),
    Index(None, "organisation", "patient", "position"),  # and the library, where patient is null
)

changes = _table(
    "changes",
    "device n",
    _column("device", Id),
    _column("n", BigInteger),
    _column("seq", BigInteger),
    _column("record", Id),
    _column("at", BigInteger),  # corrected
    _column("seen", BigInteger),
    _column("member", Id),
    _column("body"),  # set, add, remove, delete
    _column("digest", Hash),  # of the change as sent
    _column("seqs", null=True),  # of one taken back: [[number it had, where that was gone], …]
    Index(None, "organisation", "record", "seq", unique=True),
)

refusals = _table(
    "refusals",
    "device n",
    _column("device", Id),
    _column("n", BigInteger),
    _column("record", Id, null=True),  # null where what was sent is no id
    _column("patient", Id, null=True),
    _column("member", Id),
    _column("body"),  # the change as sent
    _column("digest", Hash),
    _column("answer"),  # as it was answered: code, field, params, message
    _column("at", BigInteger, null=True),  # freed of skew, where it was a whole number
    _column("refused_at", BigInteger),
    _column("reviewed_at", BigInteger, null=True),
    _column("reviewed_by", Id, null=True),
    _column("outcome", String(20), null=True),  # waiting (for review) | accepted | dismissed
    Index(None, "organisation", "record"),
    Index(
        "ix_refusals_waiting",
        *("organisation", "refused_at"),
        sqlite_where=text("outcome = 'waiting'"),
        postgresql_where=text("outcome = 'waiting'"),
    ),
)

# What phones offered after a restore and what cannot be folded until something else is back.
waiting_changes = _table(
    "waiting_changes",
    "device n",
    _column("device", Id),
    _column("n", BigInteger),
    _column("record", Id),
    _column("patient", Id, null=True),
    _column("member", Id),
    _column("wants", String(20)),  # grant | record
    _column("body"),  # the change as sent
    _column("digest", Hash),
    _column("at", BigInteger),  # as it had been corrected, or freed of skew
    _column("seqs", null=True),  # as in changes
    _column("since", BigInteger),
    Index(None, "organisation", "record"),
    Index(None, "organisation", "patient"),
)

# Records as phones held them whose changes nobody brought back: for a supervisor to look at.
salvage = _table(
    "salvage",
    "record hash",
    _column("record", Id),
    _column("hash", Hash),  # of the body
    _column("version", BigInteger),
    _column("kind", String(40)),
    _column("patient", Id, null=True),
    _column("member", Id),
    _column("device", Id),
    _column("body"),  # as the phone held it
    _column("offered_at", BigInteger),
    _column("reviewed_at", BigInteger, null=True),
    _column("reviewed_by", Id, null=True),
    _column("outcome", String(20), null=True),  # taken_in | dismissed
    Index(None, "organisation", "patient"),
)

# Writes that were set aside, each told once to every device of its author.
notices = _table(
    "notices",
    "device n write",
    _column("device", Id),
    _column("n", BigInteger),
    _column("write", Hash),  # of field and value: one change may be set aside in several
    _column("member", Id),
    _column("position", BigInteger),
    _column("body"),  # as the wire carries it
    _column("told_at", BigInteger),
    Index(None, "organisation", "member", "position"),
)

files = _table(
    "files",
    "patient sha256",
    _column("patient", Id),
    _column("sha256", Hash),
    _column("state", String(20)),  # expected | here
    _column("type", null=True),
    _column("size", BigInteger, null=True),
    _column("created_at", BigInteger),
)

# Append-only. What concerns no chart has no patient, what concerns a colleague has a subject.
# `link` is the place in the hash chain of the request that wrote the row.
access_log = _table(
    "access_log",
    "id",
    _column("id", Id),
    _column("at", BigInteger),
    _column("member", Id, null=True),  # null: the command line
    _column("device", Id, null=True),
    _column("patient", Id, null=True),
    _column("record", Id, null=True),
    _column("subject", Id, null=True),  # the member whom it was done to
    _column("what", String(40)),
    _column("detail", null=True),
    _column("is_offline", Boolean),  # told afterwards by a phone, by its own clock
    _column("logged_at", BigInteger),
    _column("link", BigInteger),
    Index(None, "organisation", "patient", "at"),
    Index(None, "organisation", "member", "at"),
    Index(None, "organisation", "at"),
    Index(None, "organisation", "link"),
    Index(
        "ix_access_log_subject",
        *("organisation", "subject", "at"),
        sqlite_where=text("subject IS NOT NULL"),
        postgresql_where=text("subject IS NOT NULL"),
    ),
)

# The hash chain over access_log: one link a request that wrote to it.
access_link = _table(
    "access_link",
    "number",
    _column("number", BigInteger),
    _column("entries", Integer),
    _column("hash", Hash),
)

legal_hold = _table(
    "legal_hold",
    "patient",
    _column("patient", Id),
    _column("reason"),
    _column("member", Id, null=True),  # null: the command line
    _column("at", BigInteger),
)

purge_approval = _table(
    "purge_approval",
    "patient member",
    _column("patient", Id),
    _column("member", Id),
    _column("at", BigInteger),
)

# What a passkey must sign next. Used once: taking it deletes it.
challenge = Table(
    "challenge",
    METADATA,
    Column("hash", Hash, primary_key=True),
    _column("purpose", String(20)),  # invitation | passkey | proof | sign_in
    _column("subject", null=True),  # the invitation or member that it was given for
    _column("expires_at", BigInteger),
)

# How often something was tried: by account, invitation or address, each only as a hash.
attempt = Table(
    "attempt",
    METADATA,
    Column("bucket", Hash, primary_key=True),
    Column("began_at", BigInteger, primary_key=True),
    _column("count", Integer),
)
