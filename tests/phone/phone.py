"""A phone as the protocol describes it, without a screen (sync/README.md, "The phone"; it does what
pwa/src/sync and pwa/src/store do): its edits and what became of them, and what it holds.

    change ──> outbox ──request──> server ──answer──> apply ──> held, journal, told, refused

One round trip is here; tests/phone/rounds.py makes a sync of them as the real phone does, mends
what can be mended and follows a restored server.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from uuid6 import uuid7

from server.who import now_ms
from tests.phone.journal import (
    KEPT_FOR_MS,
    Change,
    Dot,
    Entry,
    fitting,
    seen_of,
    with_lowered_times,
)
from tests.phone.session import Session

Shelf = tuple[str, str]


def new_id() -> str:
    return str(uuid7())


def shelf_of(record: Mapping[str, Any]) -> Shelf:
    """Where a record lies: a chart, or a kind of the library."""
    patient = record["patient"]
    return ("library", record["kind"]) if patient is None else ("chart", patient)


@dataclass
class Restored:
    """What a phone knows while it follows a restored server: where it starts, and how far the phone
    has come."""

    epoch: str
    start: int
    is_offered: bool = False
    """What it wrote and what it holds has been offered; the pull from nothing is left."""
    brought: frozenset[Shelf] = frozenset()


DURABLE = (
    *("device", "secret", "n", "sent", "epoch", "cursor", "outbox", "made", "unshown", "journal"),
    *("held", "told", "refused", "not_accepted", "reads", "restored", "lost_head"),
    *("is_wiped", "renumbered"),
)
"""What is on the phone's disk; the rest is the world around it."""


@dataclass
class Phone:
    session: Session
    device: str
    clock: int = 0
    """By how many milliseconds its clock is ahead of the server's."""
    n: int = 0
    sent: int = 0
    """The greatest n that was ever sent: up to it, what a change says is final."""
    epoch: str | None = None
    cursor: str | None = None
    outbox: list[Change] = field(default_factory=list)
    made: dict[int, str | None] = field(default_factory=dict)
    """The cursor that it had applied when it made a change, by n."""
    unshown: set[int] = field(default_factory=set)
    """Those in the outbox whose chart left before they were answered."""
    journal: dict[Dot, Entry] = field(default_factory=dict)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    not_accepted: dict[Dot, Change | None] = field(default_factory=dict)
    """What was refused; None where only the note of it is left."""
    reads: list[dict[str, Any]] = field(default_factory=list)
    restored: Restored | None = None
    lost_head: int | None = None
    """While it follows: what it held past this number was lost."""
    is_wiped: bool = False
    renumbered: dict[Dot, Dot] = field(default_factory=dict)
    """What was typed under one dot and is offered under another."""
    commits: int = 0
    crash_at: int | None = None
    """The durable step, counted by `commits`, before which the power fails."""

    def __post_init__(self) -> None:
        self._disk: dict[str, Any] = {}
        self.commit()

    @classmethod
    def enrol(cls, session: Session) -> Phone:
        answer = session.post("/api/devices", {"name": "Pixel 8"})
        assert answer.status_code == 201, answer.text
        session.headers["Doorstep-Device"] = answer.json["secret"]
        return cls(session, answer.json["device"])

    @property
    def member(self) -> str:
        return self.session.member

    @property
    def secret(self) -> str | None:
        return self.session.headers.get("Doorstep-Device")

    @secret.setter
    def secret(self, secret: str | None) -> None:
        if secret is not None:
            self.session.headers["Doorstep-Device"] = secret

    def now(self) -> int:
        return now_ms() + self.clock

    # What its member does

    def change(self, record: str, kind: str, patient: str | None, **parts: Any) -> Change:
        """Put a change into the outbox; `seen` is what the phone holds, unless it is said."""
        version = self.held.get(record, {}).get("version", 0)
        self.n += 1
        change = {
            "n": self.n,
            "at": self.now(),
            "seen": seen_of(version, record, self.unsettled()),
            "record": record,
            "kind": kind,
            "patient": patient,
            **parts,
        }
        self.made[self.n] = self.cursor
        self.outbox.append(change)
        self.commit()
        return change

    def new_patient(self, family: str = "Rivera", **fields: Any) -> str:
        id_ = new_id()
        self.change(id_, "patient", id_, set={"name": {"family": family}} | fields)
        return id_

    def new(self, kind: str, patient: str | None, **fields: Any) -> str:
        id_ = new_id()
        self.change(id_, kind, patient, set=fields)
        return id_

    def look_at(self, patient: str) -> None:
        """Open a chart without a line: told with the next sync."""
        self.reads.append({"id": new_id(), "patient": patient, "at": self.now(), "what": "chart"})
        self.commit()

    def send_again(self, dot: Dot, **mended: Any) -> Change | None:
        """Offer a refused change anew under a new n, as it was or mended; None where only the note
        of it is left."""
        change = self.not_accepted.get(dot)
        if change is None:
            return None
        del self.not_accepted[dot]
        parts = {name: value for name, value in change.items() if name not in ("n", "at", "seen")}
        seen = seen_of(change["seen"], change["record"], self.unsettled())
        return self.change(**parts | mended | {"seen": seen})

    # What it says and hears

    def request(self, **parts: Any) -> dict[str, Any]:
        """What it would send. What is sent for the first time is made final."""
        self.make_final(fitting(self.outbox))
        body: dict[str, Any] = {
            "device": self.device,
            "now": self.now(),
            "epoch": self.epoch,
            "cursor": self.cursor,
            "changes": fitting(self.outbox),
        }
        if self.reads:
            body["reads"] = list(self.reads)
        if self.outbox and self.made.get(self.outbox[0]["n"]) != self.cursor:
            body["made"] = self.made.get(self.outbox[0]["n"])
        return body | parts

    def make_final(self, batch: list[Change]) -> None:
        self.outbox[:] = [
            *(each for each in self.outbox if each["n"] <= self.sent),
            *with_lowered_times([each for each in self.outbox if each["n"] > self.sent]),
        ]
        if batch and batch[-1]["n"] > self.sent:
            self.sent = batch[-1]["n"]
            self.commit()

    def send(self, body: Mapping[str, Any]) -> Any:
        return self.session.post("/api/sync", body)

    def sync(self, **parts: Any) -> dict[str, Any]:
        """One round trip, applied."""
        answer = self.send(self.request(**parts))
        assert answer.status_code == 200, answer.text
        return self.apply(answer.json)

    def sync_all(self, **parts: Any) -> None:
        """Round trips until there is no more."""
        while self.sync(**parts)["more"]:
            pass

    def apply(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Take an answer in, in one durable step."""
        self.settle(answer)
        for patient in answer["forget"]:
            self.forget(patient)
        arrived = {record["id"]: record for record in answer["records"]}
        if self.restored is not None:
            self._replace_shelves(arrived.values(), answer["more"])
        self.held |= arrived
        self._show_again({record["patient"] for record in arrived.values()})
        self._cover(arrived)
        if not answer["more"]:
            self._drop_unpulled()
        self._drop_old()
        self.told += [each for each in answer["set_aside"] if each not in self.told]
        self.reads.clear()
        self.epoch, self.cursor = answer["epoch"], answer["cursor"]
        if self.restored is not None and not answer["more"]:
            self.restored = self.lost_head = None
        self.commit()
        return answer

    def settle(self, answer: Mapping[str, Any]) -> None:
        """What became of changes in the outbox. An answer to a dot is final."""
        pending = {change["n"]: change for change in self.outbox}
        for accepted in answer.get("accepted", ()):
            if (n := accepted["n"]) not in pending:
                continue
            change = pending.pop(n)
            if n not in self.unshown:
                entry = Entry(self.device, change, "laid", self.now())
                self.journal[entry.dot] = replace(
                    entry, seqs=(accepted["seq"],), corrected=accepted.get("at")
                )
        for refusal in answer.get("refused", ()):
            if (n := refusal["n"]) in pending:
                change = pending.pop(n)
                self.refused.append(refusal)
                self.not_accepted[self.device, n] = None if n in self.unshown else change
        self.outbox[:] = [change for change in self.outbox if change["n"] in pending]
        self.unshown &= pending.keys()

    def forget(self, patient: str) -> None:
        """The chart leaves: what is answered goes with it, the rest stays unshown until it is."""
        self.held = {id_: each for id_, each in self.held.items() if each["patient"] != patient}
        self.unshown |= {each["n"] for each in self.outbox if each.get("patient") == patient}
        for dot, entry in list(self.journal.items()):
            if entry.patient == patient and entry.state == "waiting":
                self.journal[dot] = replace(entry, unshown=True)
            elif entry.patient == patient:
                del self.journal[dot]
        for dot, change in self.not_accepted.items():
            if change is not None and change.get("patient") == patient:
                self.not_accepted[dot] = None

    def _replace_shelves(self, arrived: Iterable[Mapping[str, Any]], more: bool) -> None:
        """Of a pull from nothing after a restore: what came replaces its shelf whole; what did not
        come by its end is erased."""
        assert self.restored is not None
        here = {shelf_of(each) for each in arrived}
        gone = here - self.restored.brought
        self.restored = replace(self.restored, brought=self.restored.brought | here)
        if not more:
            gone |= {shelf_of(each) for each in self.held.values()} - self.restored.brought
        left = {patient for where, patient in gone - here if where == "chart"}
        for patient in left:
            self.forget(patient)
        self.held = {id_: each for id_, each in self.held.items() if shelf_of(each) not in gone}

    def _show_again(self, patients: set[str | None]) -> None:
        """A chart is held again: what of it waits for an answer is shown again."""
        charts = patients - {None}
        self.unshown -= {each["n"] for each in self.outbox if each.get("patient") in charts}
        for dot, entry in self.journal.items():
            if entry.unshown and entry.patient in charts:
                self.journal[dot] = replace(entry, unshown=False)

    def _cover(self, arrived: Mapping[str, Mapping[str, Any]]) -> None:
        for dot, entry in self.journal.items():
            copy_ = arrived.get(entry.change["record"])
            if entry.state == "laid" and copy_ and copy_["version"] >= entry.seqs[-1]:
                self.journal[dot] = replace(entry, state="kept")

    def _drop_unpulled(self) -> None:
        """A record of no chart that has not come when all has come is pulled by nobody."""
        for dot, entry in list(self.journal.items()):
            if entry.state == "laid" and entry.patient is None:
                del self.journal[dot]

    def _drop_old(self) -> None:
        for dot, entry in list(self.journal.items()):
            if entry.state == "kept" and entry.answered <= self.now() - KEPT_FOR_MS:
                del self.journal[dot]

    def stand_before(self, epoch: str, head: int, start: int) -> None:
        """The server stands on a restored backup. What was lost of a history that is not followed
        to its end yet is lost still."""
        self.lost_head = head if self.lost_head is None else min(head, self.lost_head)
        self.restored = Restored(epoch, start)
        self.commit()

    def earlier_devices(self) -> list[str]:
        """The devices on which its changes were made, the present one last."""
        return [*({entry.device for entry in self.journal.values()} - {self.device}), self.device]

    def unsettled(self) -> list[Change]:
        """Its changes that are unanswered or laid over what it holds."""
        laid = [entry.change for entry in self.journal.values() if entry.state == "laid"]
        return [*laid, *self.outbox]

    # Its disk

    def commit(self) -> None:
        """One durable step: all of it is on the disk, or none."""
        self.commits += 1
        if self.crash_at is not None and self.commits >= self.crash_at:
            self.crash_at = None
            raise PowerCut
        self._disk = {name: _copied(getattr(self, name)) for name in DURABLE}

    def restart(self) -> None:
        """Switched off and on: what stands is what the last durable step left."""
        self.crash_at = None
        for name, value in self._disk.items():
            setattr(self, name, _copied(value))

    def copied(self) -> Phone:
        """Another phone onto which this one's disk was copied."""
        twin = Phone(self.session.copied(), self.device, self.clock)
        twin._disk = self._disk
        twin.restart()
        return twin

    def erase(self) -> None:
        """Its store is wiped, as a revoked phone does."""
        session, device, clock = self.session, self.device, self.clock
        self.__init__(session, device, clock)  # type: ignore[misc]
        self.is_wiped = True
        self.commit()

    # What a test asks it

    def charts(self) -> set[str]:
        return {record["patient"] for record in self.held.values() if record["patient"]}

    def fields(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = self.held[record]["fields"]
        return found


class PowerCut(Exception):
    """The phone went off in the middle of a step: `Phone.restart` finds the step before it."""


def _copied(value: Any) -> Any:
    """Containers as they are; what lies in them is replaced and never changed."""
    return copy.copy(value)
