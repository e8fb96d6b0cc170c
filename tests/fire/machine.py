"""Whatever happens, in whatever order: Hypothesis draws what people, phones, lines, days and
restores do in a world (world.py), and after every step what must hold is looked at.

Rules draw small numbers and take them modulo what there is, so that no draw is in vain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.fire.steady import DAY_MS, HOUR_MS, MINUTE_MS
from tests.fire.world import KINDS, MOST_PHONES, World
from tests.phone.phone import Phone
from tests.phone.rounds import Outcome

few = st.integers(0, 3)
many = st.integers(0, 60)
stale = st.sampled_from([0, 0, 0, 1, 2])
CLOCKS = (0, 30_000, 3 * HOUR_MS, -3 * HOUR_MS, 365 * DAY_MS, -365 * DAY_MS)
PASSING = (1, 1_000, 5 * MINUTE_MS, 3 * HOUR_MS, 14 * HOUR_MS, DAY_MS)
MOST_RESTORES = 3


class Machine(RuleBasedStateMachine):
    """`furnish` makes the world of each example; `happened` counts over all of them."""

    furnish: ClassVar[Callable[[], World]]
    happened: ClassVar[Counter[str]] = Counter()

    @initialize(
        edits=st.lists(st.tuples(few, many, many, stale), min_size=2, max_size=10),
        heard=st.lists(few, max_size=4),
    )
    def begin(self, edits: list[tuple[int, int, int, int]], heard: list[int]) -> None:
        """A morning's work on every phone, of which some have been in touch."""
        self.world = type(self).furnish()
        self.restores = 0
        self.backup = self.world.back_up()
        self.edit(edits)
        for who in heard:
            self.note(f"sync {self.world.sync(self.phone(who))}")

    def note(self, what: str, came_about: Any = True) -> None:
        if came_about:
            self.world.happened[what] += 1

    def phone(self, which: int) -> Phone:
        if not self.world.working:
            self.world.phones.append(self.world.office.phone(self.person(which)))
        working = self.world.working
        return working[which % len(working)]

    def person(self, which: int) -> str:
        here = [who for who in self.world.people if who not in self.world.left]
        return here[which % len(here)]

    def patient(self, which: int) -> str:
        known = self.world.known_patients()
        return known[which % len(known)]

    # Work

    @rule(edits=st.lists(st.tuples(few, many, many, stale), min_size=1, max_size=6))
    def edit(self, edits: list[tuple[int, int, int, int]]) -> None:
        for who, which, how, behind in edits:
            self.world.clock.pass_(1_000)
            self.note("edited", self.world.edit(self.phone(who), which, how, behind))

    @rule(which=many, how=many, then=st.booleans())
    def edit_at_once(self, which: int, how: int, then: bool) -> None:
        """All who hold a record edit it, none knowing of the other; then they send it."""
        phones = self.world.edit_together(which, how)
        self.note("edited", len(phones))
        for phone in phones if then else ():
            self.note(f"sync {self.world.sync(phone)}")

    @rule(who=few, kind=st.sampled_from(KINDS), which=few)
    def create(self, who: int, kind: str, which: int) -> None:
        phone = self.phone(who)
        charts = sorted(phone.charts())
        if charts:
            self.world.create(phone, kind, charts[which % len(charts)])

    @rule(who=few)
    @precondition(lambda self: len(self.world.typed) < 200)
    def take_on_a_patient(self, who: int) -> None:
        self.world.create(self.phone(who), "patient", None)

    @rule(who=few, which=few)
    def settle(self, who: int, which: int) -> None:
        self.note("settled", self.world.settle(self.phone(who), which))

    @rule(who=few, which=few)
    def trespass(self, who: int, which: int) -> None:
        self.world.trespass(self.phone(who), which)

    @rule(who=few, which=few)
    def send_refused_again(self, who: int, which: int) -> None:
        self.note("sent again", self.world.send_refused_again(self.phone(who), which))

    @rule(who=few, milliseconds=st.sampled_from(CLOCKS))
    def change_clock(self, who: int, milliseconds: int) -> None:
        self.phone(who).clock = milliseconds

    @rule(milliseconds=st.sampled_from(PASSING))
    def pass_time(self, milliseconds: int) -> None:
        self.world.clock.pass_(milliseconds)

    # Lines

    @rule(whose=st.lists(few, min_size=1, max_size=4), limit=st.sampled_from([1, 3, 500]))
    def sync(self, whose: list[int], limit: int) -> None:
        for who in whose:
            self.note(f"sync {self.world.sync(self.phone(who), limit)}")

    @rule(who=few, limit=st.sampled_from([1, 2]))
    def pull_one_page(self, who: int, limit: int) -> None:
        self.note("page interrupted", self.world.one_page(self.phone(who), limit))

    @rule(who=few)
    def send_a_part(self, who: int) -> None:
        phone = self.phone(who)
        if len(phone.outbox) > 1:
            phone.request()
            self.note("split", self.world.one_page(phone, 500, changes=phone.outbox[:1]))

    @rule(who=few)
    def lose_an_answer(self, who: int) -> None:
        self.note("answer lost", self.world.lose_answer(self.phone(who)))

    @rule(who=few)
    def double_a_request(self, who: int) -> None:
        self.note("doubled", self.world.send_twice(self.phone(who)))

    @rule(who=few)
    def send_an_old_request_again(self, who: int) -> None:
        self.note("retried", self.world.send_old_again(self.phone(who)))

    @rule(who=few, steps=few)
    def cut_power(self, who: int, steps: int) -> None:
        self.note("power cut", self.world.sync_until_power_cut(self.phone(who), steps))

    # Phones

    @rule(who=few)
    @precondition(lambda self: len(self.world.working) < MOST_PHONES)
    def copy_a_phone(self, who: int) -> None:
        self.world.phones.append(self.phone(who).copied())

    @rule(who=few)
    @precondition(lambda self: len(self.world.working) < MOST_PHONES)
    def enrol_another(self, who: int) -> None:
        self.world.phones.append(self.world.office.phone(self.person(who)))

    @rule(who=few)
    @precondition(lambda self: len(self.world.working) > 2)
    def revoke(self, who: int) -> None:
        self.note("revoked", self.world.desk.revoke(self.phone(who)))

    @rule(who=few)
    @precondition(lambda self: not self.world.left)
    def leave(self, who: int) -> None:
        self.world.leave(self.person(who))
        self.note("left")

    @rule(which=few, accept=st.booleans())
    def review(self, which: int, accept: bool) -> None:
        self.note("reviewed", self.world.desk.review(which, accept))

    # The office

    @rule(
        which=few, who=few, starts=st.sampled_from([None, None, 0, 1]), ends=st.none() | st.just(1)
    )
    def assign(self, which: int, who: int, starts: int | None, ends: int | None) -> None:
        self.world.desk.assign(self.patient(which), self.person(who), starts, ends)

    @rule(kind=st.sampled_from(["assignment", "cover", "on_call"]), which=few)
    def end(self, kind: str, which: int) -> None:
        status = "cancelled" if kind != "assignment" else "finished"
        self.note(f"{kind} ended", self.world.desk.end(kind, which, status))

    @rule(which=few, who=few)
    def hand_over(self, which: int, who: int) -> None:
        self.note("handed over", self.world.desk.hand_over(which, self.person(who)))

    @rule(who=few, absent=few, starts=st.integers(0, 1), ends=st.none() | st.just(1))
    def cover(self, who: int, absent: int, starts: int, ends: int | None) -> None:
        self.world.desk.cover(self.person(who), self.person(absent), starts, ends)

    @rule(who=few, team=st.sampled_from(["North", "South"]), days=st.integers(1, 2))
    def put_on_call(self, who: int, team: str, days: int) -> None:
        self.world.desk.put_on_call(self.person(who), team, 0, days)

    @rule(who=few, which=few)
    def open_a_chart(self, who: int, which: int) -> None:
        phone = self.phone(who)
        if not phone.is_wiped:
            self.note("opened", self.world.open_chart(phone, self.patient(which)))

    # Restores

    @rule()
    def back_up(self) -> None:
        self.backup = self.world.back_up()

    @rule()
    @precondition(lambda self: self.restores < MOST_RESTORES)
    def restore(self) -> None:
        self.restores += 1
        self.world.restore(self.backup)
        self.note("restored")

    @rule()
    @precondition(lambda self: self.restores)
    def end_restore(self) -> None:
        self.note("restore ended", self.world.desk.end_restore())

    # What must hold

    @rule()
    def look(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.come_to_rest()
        self.world.count_outcomes()
        for what in self.world.happened:
            event(what)
        type(self).happened.update(self.world.happened)


__all__ = ["Machine", "Outcome"]
