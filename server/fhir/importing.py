"""The import itself: read every file, map it whole or not at all, compare with what the source
said before, and push what differs. Called by the command; the writer is given, so that nothing
here knows the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from server.fhir.care_team import Team
from server.fhir.difference import Before, difference
from server.fhir.element import Broken, Fault, PassedOver
from server.fhir.fitting import fit
from server.fhir.handing_over import Standing, assign
from server.fhir.lines import patient_of
from server.fhir.mappings import MAPPINGS, READ_WITH_OTHERS
from server.fhir.reading import Entry, read_file
from server.fhir.reporting import Report
from server.fhir.said import Said
from server.fhir.source import Source, key_of

SUBJECTS = {
    "AllergyIntolerance": "patient",
    "ExplanationOfBenefit": "patient",
    "RelatedPerson": "patient",
}
"""Where a resource names its patient, if not under “subject”."""

BATCH = 1_000
"""Records compared and pushed at a time; a push takes at most as many changes."""


class Writer(Protocol):
    """What the import needs of the organisation's records."""

    def known_patients(self) -> set[str]:
        """The ids of the patients who are here already."""

    def before(self, records: Iterable[str]) -> Mapping[str, Before]:
        """What this source has said of these records, of those it has said anything of."""

    def standing(self, patients: Sequence[str]) -> Mapping[str, list[Standing]]:
        """The assignments of these charts, as they stand."""

    def push(self, changes: list[dict[str, Any]]) -> Mapping[int, str]:
        """Pushes; answers, by its place in the list, why a change was refused."""


@dataclass(slots=True)
class Import:
    """One run over some files. `member` is whom the charts are assigned to; None leaves them
    waiting."""

    source: Source
    writer: Writer
    member: str | None = None
    report: Report = field(default_factory=Report)
    _waiting: list[tuple[str, Said]] = field(default_factory=list)
    _charts: set[str] = field(default_factory=set)
    _counted: set[str] = field(default_factory=set)
    _team: Team = field(init=False)

    def __post_init__(self) -> None:
        self._team = Team(self.source)
        self.source.patients |= self.writer.known_patients()

    def run(self, files: Iterable[Path], done: Callable[[], None] = lambda: None) -> Report:
        """Reads every file twice: once to learn who is in it, so that any file may refer to any
        other, and once to take it. `done` is called after each reading of each file."""
        order: dict[bool, list[Path]] = {True: [], False: []}
        for path in files:
            if (has_patient := self._learn(path)) is not None:
                order[has_patient].append(path)
            done()
        # A chart begins with its patient, whatever the names of the files.
        for path in order[True] + order[False]:
            self._take(path)
            done()
        self._send([("care team", fit(each, "care team")) for each in self._team.said()])
        self._flush()
        self._hand_over()
        return self.report

    def _learn(self, path: Path) -> bool | None:
        """Whether a file holds a patient; None for a broken one, which is reported."""
        try:
            entries = read_file(path)
            self.source.learn(entries)
        except Broken as broken:
            self.report.broken[path] = broken.faults
            return None
        return any(entry.type == "Patient" for entry in entries)

    def _take(self, path: Path) -> None:
        passed_over: Counter[tuple[str, str]] = Counter()
        taken: list[tuple[str, Said]] = []
        faults: list[Fault] = []
        entries = read_file(path)
        for entry in entries:
            place = entry.resource.path or entry.type
            try:
                taken += [(f"{path}: {place}", fit(said, place)) for said in self._map(entry)]
            except PassedOver as reason:
                passed_over[entry.type, str(reason)] += 1
            except Broken as broken:
                faults.extend(broken.faults)
        if faults:
            self.report.broken[path] = tuple(faults)
            gone = {
                self.source.id_of(key_of(entry)) for entry in entries if entry.type == "Patient"
            }
            self.source.patients -= gone - self.writer.known_patients()
            return
        for entry in entries:
            self._seat(entry)
        self.report.passed_over += passed_over
        self._send(taken)

    def _map(self, entry: Entry) -> Iterator[Said]:
        if entry.type in READ_WITH_OTHERS:
            if entry.type == "CareTeam":
                patient_of(entry.resource, "subject", self.source)
            return
        mapping = MAPPINGS.get(entry.type)
        if mapping is None:
            raise PassedOver("has no kind of record here")
        yield from mapping(entry.resource, key_of(entry), self.source)

    def _seat(self, entry: Entry) -> None:
        """Notices for the care teams whom a taken resource names."""
        try:
            if entry.type == "Patient":
                self._team.notice(entry.resource, entry.type, self.source.id_of(key_of(entry)))
                return
            patient = patient_of(entry.resource, SUBJECTS.get(entry.type, "subject"), self.source)
            if entry.type == "CareTeam":
                self._team.join(entry.resource, patient)
            else:
                self._team.notice(entry.resource, entry.type, patient)
        except PassedOver:
            return

    def _send(self, taken: list[tuple[str, Said]]) -> None:
        self._charts |= {said.record for _, said in taken if said.record == said.patient}
        self._waiting += taken
        while len(self._waiting) >= BATCH:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._push(batch)

    def _flush(self) -> None:
        if self._waiting:
            self._push(self._waiting)
            self._waiting = []

    def _push(self, batch: list[tuple[str, Said]]) -> None:
        before = dict(self.writer.before(said.record for _, said in batch))
        changes: list[dict[str, Any]] = []
        places: list[tuple[str, Said, bool]] = []
        unchanged: list[Said] = []
        for place, said in batch:
            known = before.get(said.record)
            change = difference(said, known)
            if change is None:
                unchanged.append(said)
                continue
            # A record may be told of twice in one batch: a coverage stands in every bill.
            before[said.record] = (known or Before()).then(change)
            changes.append(change)
            places.append((place, said, known is None))
        refused = self.writer.push(changes) if changes else {}
        for index, (place, said, is_new) in enumerate(places):
            if index in refused:
                self.report.refused.append((f"{place} ({said.kind})", refused[index]))
            else:
                self._count(self.report.created if is_new else self.report.changed, said)
        for said in unchanged:
            self._count(self.report.unchanged, said)

    def _count(self, counter: Counter[str], said: Said) -> None:
        """Counts each record once, however many resources tell of it."""
        if said.record not in self._counted:
            self._counted.add(said.record)
            counter[said.kind] += 1

    def _hand_over(self) -> None:
        """Puts the charts of this run into hands, once all that stands in them is here."""
        patients = sorted(self._charts)
        for start in range(0, len(patients), BATCH):
            batch = patients[start : start + BATCH]
            standing = self.writer.standing(batch)
            wanted = [(p, assign(p, self.member, standing.get(p, ()), self.source)) for p in batch]
            changes = [change for _, change in wanted if change]
            refused = self.writer.push(changes) if changes else {}
            for index, change in enumerate(changes):
                if index in refused:
                    self.report.refused.append(("assignment", refused[index]))
                elif change["seen"]:
                    self.report.changed["assignment"] += 1
                else:
                    self.report.created["assignment"] += 1
            self.report.unchanged["assignment"] += len(wanted) - len(changes)
