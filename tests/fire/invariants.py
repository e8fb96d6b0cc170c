"""What must hold of a server and all its phones (sync/README.md, Properties), each property a
function that says what is wrong with an AssertionError."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import orjson

from server.catalogue import CATALOGUE
from server.readable import body_for
from sync import State, fold, show
from tests.fire.stored import Stored, notice_key
from tests.fire.typed import Typed, unanswered
from tests.phone.phone import Phone
from tests.sync.reference import Reference

OFFICE = tuple(kind.name for kind in CATALOGUE.kinds.values() if kind.scope == "office")


def every_record_is_the_fold_of_its_log(stored: Stored, which: Collection[str]) -> None:
    """Property 6, by the engine anew and by the reference, and property 1 with it: neither looks at
    the order of arrival."""
    assert stored.logs.keys() == stored.record_rows.keys()
    for id_ in which:
        row, log = stored.record_rows[id_], stored.logs[id_]
        kind = CATALOGUE.kinds[row.kind].engine
        state = fold(kind, log)
        assert State.from_json(orjson.loads(row.state)) == state, (row.kind, log)
        shown, body = show(kind, state), stored.bodies[id_]
        as_shown = (shown.fields, shown.contested, shown.overruled, shown.deleted)
        as_stored = (body["fields"], body["contested"], body["overruled"], body["deleted"])
        assert as_stored == as_shown, (row.kind, log)
        assert as_stored == Reference(kind, log).show(), (row.kind, log)
        assert body["version"] == row.version == log[-1].seq


def numbers_are_given_once(stored: Stored) -> None:
    """No two changes share a seq and no two records a position; none is beyond the counter."""
    seqs = [row.seq for row in stored.change_rows.values()]
    positions = [row.position for row in stored.record_rows.values()]
    assert len(seqs) == len(set(seqs))
    assert len(positions) == len(set(positions))
    assert max([*seqs, *positions], default=0) <= stored.head
    assert all(row.position >= row.version for row in stored.record_rows.values())


def a_wrong_clock_wins_nothing(stored: Stored, which: Collection[str], now: int) -> None:
    """Property 5: what was seen is always earlier than what saw it, and nothing is to come."""
    for id_ in which:
        log = stored.logs[id_]
        reference = Reference(CATALOGUE.kinds[stored.record_rows[id_].kind].engine, log)
        for change in log:
            assert change.at <= now + len(log), (change.at - now, change)
            for other in log:
                if change is not other and reference.saw(change, other):
                    assert change.at > other.at, (other, change)


def a_phone_holds_what_it_may(phone: Phone, role: str, stored: Stored, charts: set[str]) -> None:
    """Properties 3, 7 and 8, after a complete pull: exactly the records of the charts that its
    member holds, and of the library, each as the server has it."""
    visible = {
        id_: orjson.loads(body_for(role, row.kind, row.body))
        for id_, row in stored.record_rows.items()
        if row.kind not in OFFICE and role in CATALOGUE.kinds[row.kind].read
        if row.patient is None or row.patient in charts
    }
    assert phone.charts() == charts & visible.keys(), "other charts than its member holds"
    assert phone.held.keys() == visible.keys(), "records are missing, or too many"
    for id_, record in visible.items():
        assert phone.held[id_] == record, "another copy than the server's"


def nothing_typed_is_lost(stored: Stored, typed: Iterable[Typed], phones: Iterable[Phone]) -> None:
    """Property 4: each change is on the server, in the record's log, refused or waiting, or it is
    still on a phone; and it says there what was typed."""
    on_phones = unanswered(phones, stored.epoch)
    for each in typed:
        is_on_phone = any((dot, each.record, each.parts) in on_phones for dot in each.dots)
        assert is_stored(stored, each) or is_on_phone or each.may_be_lost, each


def is_stored(stored: Stored, typed: Typed) -> bool:
    said = [each for dot in typed.dots for each in stored.said(dot)]
    was_handed_in = any((n, typed.record, typed.parts) in stored.handed_in for _, n in typed.dots)
    return (typed.record, typed.parts) in said or was_handed_in


def set_aside_in(stored: Stored, id_: str) -> dict[bytes, str]:
    """What a record stands without: the author of each such write, by its notice."""
    kind = CATALOGUE.kinds[stored.record_rows[id_].kind].engine
    found = {}
    for device, n, field, value in Reference(kind, stored.logs[id_]).set_aside():
        named = [device, n, id_, field, orjson.loads(value)]
        key = orjson.dumps(named, option=orjson.OPT_SORT_KEYS)
        found[key] = stored.change_rows[device, n].member
    return found


def every_write_set_aside_has_its_notice(stored: Stored, aside: Mapping[bytes, str]) -> None:
    """Property 4: each write that a stored fold stands without is to be told to its author."""
    for author in set(aside.values()):
        untold = {key for key, whose in aside.items() if whose == author} - stored.told(author)
        assert not untold, untold


def a_phone_was_told(phone: Phone, aside: Mapping[bytes, str]) -> None:
    """Property 4, on each phone of an author that has heard everything."""
    told = {notice_key(each) for each in phone.told}
    untold = {key for key, author in aside.items() if author == phone.member} - told
    assert not untold, untold


def only_holders_write(
    stored: Stored, held_once: Collection[tuple[str, str]], free: set[str]
) -> None:
    """No change of a chart was taken from somebody who never held it. `free` are supervisors, who
    write on their teams' charts without holding them, and take in by their own right."""
    created = {(stored.logs[id_][0].member, id_) for id_ in stored.record_rows}
    for dot, row in stored.change_rows.items():
        patient = stored.record_rows[row.record].patient
        is_theirs_to_take = row.member in free or dot in stored.refusal_rows
        if patient is not None and not is_theirs_to_take:
            assert (row.member, patient) in created or (row.member, patient) in held_once, row


def dots_answered_alike(first: Mapping[str, list[dict]], again: Mapping[str, list[dict]]) -> None:
    """Property 2: the same request has the same answer."""
    for name in ("accepted", "refused"):
        assert first[name] == again[name]
