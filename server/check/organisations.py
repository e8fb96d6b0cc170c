"""Each organisation: its access log, what the server key opens, its phones, an open restore, and
the rules by which its records stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
from sqlalchemy import Connection, select

from server.audit.heads import remembered
from server.audit.verify import link_fits
from server.catalogue import CATALOGUE
from server.check.finding import Finding, fail, ok, warn
from server.database import AnyRow
from server.escrow import NotOpened, opened
from server.organisation_settings import settings_of
from server.restore import restores, waiting
from server.said import said_duration
from server.tables import access_link, device, escrow, organisation

COPIES_TRIED = 20
"""Escrow copies, the newest: what opens them opens all that were sealed for the same key."""
DAY_MS = 24 * 3_600_000


def check_organisation(connection: Connection, id_: str, home: Path, now: int) -> Iterator[Finding]:
    """In a reading transaction on that organisation."""
    row = connection.execute(select(organisation).where(organisation.c.id == id_)).one()
    yield _access_log(connection, row, home)
    yield from _escrow(connection, row)
    yield _phones(connection, row, now)
    yield from _restore(connection, row, now)
    yield _catalogue(row)


def _access_log(connection: Connection, row: AnyRow, home: Path) -> Finding:
    """The last link, and the one last found whole: `doorstep audit verify` looks at all."""
    check = "access log"
    try:
        head = remembered(home, row.id)
    except ValueError as error:
        return fail(check, f"{error}.")
    links = (
        select(access_link)
        .where(access_link.c.organisation == row.id)
        .order_by(access_link.c.number.desc())
        .limit(1)
    )
    last = connection.execute(links).first()
    if last is None and head is None:
        return ok(check, f"{row.name}: nothing has been noted yet.")
    if last is not None and not link_fits(connection, row.id, last.number):
        return fail(
            check,
            f"{row.name}: its last link was changed, or is of another server key; run `doorstep"
            " audit verify`.",
        )
    if head is not None:
        known = connection.scalar(
            select(access_link.c.hash).where(
                access_link.c.organisation == row.id, access_link.c.number == head.number
            )
        )
        if known != head.hash:
            return fail(
                check,
                f"{row.name}: the head that was last found whole is not in it any more; run"
                " `doorstep audit verify`.",
            )
        return ok(check, f"{row.name}: whole up to link {head.number} when last looked through.")
    return warn(check, f"{row.name}: never looked through; run `doorstep audit verify`.")


def _escrow(connection: Connection, row: AnyRow) -> Iterator[Finding]:
    copies = connection.execute(
        select(escrow.c.sealed, escrow.c.device)
        .where(escrow.c.organisation == row.id)
        .order_by(escrow.c.created_at.desc())
        .limit(COPIES_TRIED)
    ).all()
    closed = sum(not _opens(copy) for copy in copies)
    if closed:
        yield fail(
            "server key",
            f"{row.name}: of the last {len(copies)} copies of phones' keys it opens"
            f" {len(copies) - closed}: is it the one that there was?",
        )
    elif copies:
        yield ok("server key", f"{row.name}: opens the copies of phones' keys.")


def _opens(copy: AnyRow) -> bool:
    try:
        opened(copy.sealed, copy.device)
    except NotOpened:
        return False
    return True


def _phones(connection: Connection, row: AnyRow, now: int) -> Finding:
    """Those that have been away for longer than they open without contact."""
    days = settings_of(connection, row.id).lease_days
    phones = connection.execute(
        select(device.c.last_contact, device.c.enrolled_at, device.c.status).where(
            device.c.organisation == row.id,
            device.c.secret.is_not(None),
            device.c.revoked_at.is_(None),
        )
    ).all()
    away = [
        each for each in phones if now - (each.last_contact or each.enrolled_at) > days * DAY_MS
    ]
    if not phones:
        return ok("phones", f"{row.name}: there is none yet.")
    if not away:
        return ok("phones", f"{row.name}: all {len(phones)} in touch within {days} days.")
    unsent = sum(_unsent(each) for each in away)
    return warn(
        "phones",
        f"{row.name}: {len(away)} of {len(phones)} not in touch for {days} days, with {unsent}"
        " changes not sent; `doorstep device list` says whose.",
    )


def _unsent(phone: AnyRow) -> int:
    return int(orjson.loads(phone.status).get("unsent") or 0) if phone.status else 0


def _restore(connection: Connection, row: AnyRow, now: int) -> Iterator[Finding]:
    if not row.is_restoring:
        return
    last = restores.latest(connection, row.id)
    since = said_duration(now - last.began_at) if last else "an unknown time"
    waits = len(waiting.all_of(connection, row.id))
    yield warn(
        "restore",
        f"{row.name}: open for {since}, {waits} changes wait; the office, or `doorstep restore"
        " --end`, ends it.",
    )


def _catalogue(row: AnyRow) -> Finding:
    if row.folded_with == CATALOGUE.rules_hash():
        return ok("catalogue", f"{row.name}: every record stands by its rules.")
    return warn(
        "catalogue", f"{row.name}: records may stand by other rules; run `doorstep refold`."
    )
