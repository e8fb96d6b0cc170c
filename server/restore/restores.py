"""The restores of an organisation: which one is open, and how it ends. Called by the office's
routes and by `doorstep restore --end`."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from server.access_log import Entry, note
from server.database import AnyRow
from server.restore import waiting
from server.restore.folding import fold
from server.sync.stored import take_counter
from server.tables import access_log, epoch, organisation
from server.who import now_ms


def latest(connection: Connection, organisation_id: str) -> AnyRow | None:
    """The last restore: when it began, and ended, and by whom. None where there never was one."""
    return connection.execute(
        select(epoch)
        .where(epoch.c.organisation == organisation_id, epoch.c.start > 0)
        .order_by(epoch.c.start.desc())
        .limit(1)
    ).first()


def lost_since(connection: Connection, organisation_id: str, began_at: int) -> int | None:
    """From when on something may be missing: the last moment that the access log remembers from
    before a restore. None where it remembers none."""
    moment: int | None = connection.scalar(
        select(access_log.c.at)
        .where(
            access_log.c.organisation == organisation_id,
            access_log.c.at < began_at,
            access_log.c.is_offline.is_(False),
        )
        .order_by(access_log.c.at.desc())
        .limit(1)
    )
    return moment


def end(
    connection: Connection, organisation_id: str, by: str | None, device: str | None = None
) -> bool:
    """End the restore that is open, in a writing transaction; False where none is.

    What still waits is tried for the last time, no longer for its creating change; what is refused
    then is a supervisor's to review, like what a lost phone brought. `by` is None on the command
    line.
    """
    counter, now = take_counter(connection, organisation_id), now_ms()
    if not counter.is_restoring:
        return False
    rows = waiting.all_of(connection, organisation_id)
    fold(connection, organisation_id, rows, now, is_open=False)
    connection.execute(
        update(organisation).where(organisation.c.id == organisation_id).values(is_restoring=False)
    )
    connection.execute(
        update(epoch)
        .where(epoch.c.organisation == organisation_id, epoch.c.id == counter.epoch)
        .values(ended_at=now, ended_by=by)
    )
    note(connection, organisation_id, [Entry(what="restore_ended", member=by, device=device)])
    return True
