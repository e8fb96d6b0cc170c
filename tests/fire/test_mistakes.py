"""A machine that finds nothing may be blind. Each mistake here is put into the server on purpose,
and a short history must come upon it by one of the invariants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from server import granting
from server.sync import endpoint, open_records, pull, push, rights
from sync import SetAside
from tests.fire.world import World
from tests.phone.phone import Phone

Patch = pytest.MonkeyPatch


def skip_a_grant_check(patch: Patch) -> None:
    """Whoever names a chart may write to it."""
    patch.setattr(rights.Rights, "may_write", lambda self, patient: True)


def send_more_than_is_held(patch: Patch) -> None:
    """A chart whose grant has ended is sent on."""
    real = pull.charts_of

    def charts_of(connection: Connection, reader: Any, position: int) -> Any:
        held, lost = real(connection, reader, position)
        return [*held, *(pull.Held(patient, 1) for patient in lost)], set()

    patch.setattr(pull, "charts_of", charts_of)


def forget_nothing(patch: Patch) -> None:
    """A phone is not told that a chart has left."""
    real = pull.charts_of
    patch.setattr(pull, "charts_of", lambda *asked: (real(*asked)[0], set()))


def let_the_cursor_run_ahead(patch: Patch) -> None:
    """The cursor of a page stands at the head, whatever is left to send."""
    real = pull.pull

    def ahead(connection: Connection, reader: Any, after: Any, limit: int) -> Any:
        page = real(connection, reader, after, limit)
        head = real(connection, reader, None, 1_000).cursor
        return replace(page, cursor=head)

    patch.setattr(endpoint, "pull", ahead)


def stop_short_of_the_head(patch: Patch) -> None:
    """A pull that ends says that it is complete, and leaves the newest record out."""
    real = pull.pull

    def short(connection: Connection, reader: Any, after: Any, limit: int) -> Any:
        page = real(connection, reader, after, limit)
        return page if page.more else replace(page, bodies=page.bodies[:-1])

    patch.setattr(endpoint, "pull", short)


def forget_to_fold(patch: Patch) -> None:
    """A change is stored and its record is left as it was, where that has changes enough."""
    real = open_records.fold_in
    patch.setattr(
        open_records,
        "fold_in",
        lambda kind, state, change: (
            state if state is not None and change.set.get("dose") else real(kind, state, change)
        ),
    )


def drop_a_notice(patch: Patch) -> None:
    """Nobody is told that their write was set aside."""
    nothing: list[SetAside] = []
    patch.setattr(open_records, "set_aside", lambda kind, state: nothing)


def tell_no_notice(patch: Patch) -> None:
    """Notices are kept, and not sent."""
    patch.setattr(endpoint, "notices_between", lambda *asked: [])


def believe_the_clock(patch: Patch) -> None:
    """An edit may be older than what it saw."""
    patch.setattr(open_records, "corrected", lambda change, state: change)
    patch.setattr(open_records, "corrected_by_log", lambda change, log: change)


def lose_refusals(patch: Patch) -> None:
    """What is refused is thrown away."""
    patch.setattr(push, "save_refusals", lambda connection, rows: None)


def answer_a_retry_anew(patch: Patch) -> None:
    """A dot that is known is answered with another number."""
    real = push.answer_known

    def known(*asked: Any) -> Any:
        answered = real(*asked)
        for n in answered.accepted:
            answered.accepted[n] += 1
        return answered

    patch.setattr(push, "answer_known", known)


def never_begin_by_a_day(patch: Patch) -> None:
    """A grant whose day has come waits on."""
    patch.setattr(granting, "are_due", lambda *asked: False)
    patch.setattr(granting, "move_due", lambda c, o, m, head, now: head)


MISTAKES: list[Callable[[Patch], None]] = [
    skip_a_grant_check,
    send_more_than_is_held,
    forget_nothing,
    let_the_cursor_run_ahead,
    stop_short_of_the_head,
    forget_to_fold,
    drop_a_notice,
    tell_no_notice,
    believe_the_clock,
    lose_refusals,
    answer_a_retry_anew,
    never_begin_by_a_day,
]


def history(world: World) -> None:
    """Something of everything: concurrent doses, a wrong clock, a handover, a day that comes, a
    stranger's write, pages that are interrupted and requests that come twice."""
    anna, also_anna, ben, cleo = world.phones
    patient = sorted(anna.charts())[0]
    assert world.desk.assign(patient, ben.member, None, None)
    assert world.desk.assign(patient, cleo.member, 1, None)
    everybody_hears(world)
    edit_dose(world, anna, patient, "5 mg")
    edit_dose(world, ben, patient, "10 mg")
    world.send_twice(anna)
    world.sync(ben)
    world.sync(anna)
    world.settle(anna, 0)
    also_anna.clock = -50_000  # within what is taken for no skew
    world.sync(also_anna)
    edit_dose(world, also_anna, patient, "20 mg")
    world.one_page(also_anna, 1)
    world.send_old_again(also_anna)
    world.trespass(cleo, 0)
    world.one_page(cleo, 1)
    everybody_hears(world)
    world.clock.pass_(86_400_000)
    everybody_hears(world)
    for body in world.desk.standing("assignment"):
        if body["patient"] == patient and body["fields"]["member"] == ben.member:
            place = [each["id"] for each in world.desk.standing("assignment")].index(body["id"])
            assert world.desk.end("assignment", place)
    world.come_to_rest()


def edit_dose(world: World, phone: Phone, patient: str, dose: str) -> None:
    medication = next(
        id_
        for id_, each in sorted(phone.held.items())
        if each["kind"] == "medication" and each["patient"] == patient
    )
    world.clock.pass_(1_000)
    world.type(phone, medication, "medication", patient, set={"dose": dose})


def everybody_hears(world: World) -> None:
    for phone in world.everyone:
        world.sync(phone, 2)


def test_without_a_mistake_nothing_is_found(world: World) -> None:
    history(world)
    world.count_outcomes()
    for what in ("set aside", "refused not_yours", "told"):
        assert world.happened[what], what


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_mistake_is_found(
    world: World, mistake: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    mistake(monkeypatch)
    with pytest.raises(AssertionError) as found:
        history(world)
    assert any(Path(step.path).stem == "invariants" for step in found.traceback), found.value
