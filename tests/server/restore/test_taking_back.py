"""What differs where a change is taken back: what it saw, what is not judged again, who may bring
it, and what it waits for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from server.access_log import Entry, note
from server.database import begin
from server.sync.push import first_assignment
from server.tables import changes, epoch, grants, member, refusals, waiting_changes
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, rows_of, shown
from tests.server.sync.test_pull import end, give


def refused(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(each["n"], each["code"]) for each in answer["refused"]]


def accepted(answer: dict[str, Any]) -> list[int]:
    return [each["n"] for each in answer["accepted"]]


def share(supervisor: Phone, phone: Phone, colleague: Phone) -> str:
    """A chart that both hold."""
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync()
    return patient


def test_what_had_been_seen_is_seen_again_in_whatever_order_it_comes(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = share(supervisor, phone, colleague)
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    first, second = Journal(phone), Journal(colleague)
    first.sync()
    backup = Backup(office)
    colleague.sync()
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    first.sync()
    colleague.sync()
    colleague.change(record, "medication", patient, set={"dose": "3 mg"})
    second.sync()
    before = shown(office)
    assert before[record]["contested"] == {}
    backup.restore()
    assert accepted(second.take_back(office)) == [1]
    first.take_back(office)
    assert shown(office) == before


def test_what_had_not_been_seen_is_contested_again(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """The numbers of the two are the other way round afterwards: it is the old ones that count."""
    patient = share(supervisor, phone, colleague)
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    first, second = Journal(phone), Journal(colleague)
    first.sync()
    colleague.sync()
    backup = Backup(office)
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    colleague.change(record, "medication", patient, set={"dose": "3 mg"})
    first.sync()
    second.sync()
    phone.sync()
    phone.change(record, "medication", patient, set={"form": "tablet"})
    first.sync()
    before = shown(office)
    assert {each["value"] for each in before[record]["contested"]["dose"]} == {"2 mg", "3 mg"}
    backup.restore()
    second.take_back(office)
    first.take_back(office)
    assert shown(office) == before


def test_after_two_restores_a_change_has_all_its_numbers(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = share(supervisor, phone, colleague)
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    first, second = Journal(phone), Journal(colleague)
    first.sync()
    colleague.sync()
    backup = Backup(office)
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    first.sync()
    one = backup.restore()
    first.take_back(office)
    again = Backup(office)
    colleague.epoch = colleague.cursor = None
    colleague.sync_all()
    colleague.change(record, "medication", patient, set={"dose": "3 mg"})
    second.sync()
    before = shown(office)
    two = again.restore()
    backup.restore()  # and then to the older one after all
    n = phone.n
    had = first.changes[n]["seqs"]
    assert one.start < had[1] < two.start
    second.take_back(office)
    first.take_back(office)
    assert shown(office) == before
    stored = {row[0]: row[1] for row in rows_of(office, changes, "device", "seqs") if row[1]}
    assert stored[phone.device] == f"[[{had[0]},{one.start}],[{had[1]},{_last_start(office)}]]"


def _last_start(office: Office) -> int:
    return max(start for (start,) in rows_of(office, epoch, "start"))


def test_values_that_were_taken_once_are_not_judged_again(phone: Phone, office: Office) -> None:
    """Bounds were drawn closer since; that a dose is text never changes."""
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    record = phone.new("medication", patient, name="Aspirin", dose="5 mg")
    kept.sync()
    backup.restore()
    longer = kept.last(set={"name": "A" * 500, "dose": "5 mg", "from_a_newer_version": 1})
    other = kept.last(n=3, record=new_id(), set={"name": "Aspirin", "dose": 5})
    answer = kept.take_back(office, 2, changes=[longer, other])
    assert (accepted(answer), refused(answer)) == ([2], [(3, "invalid")])
    fields = shown(office)[record]["fields"]
    assert fields == {"name": "A" * 500, "dose": "5 mg", "from_a_newer_version": 1}


def test_what_is_not_believed_is_judged_like_any_push(phone: Phone, office: Office) -> None:
    """A number that was never lost, of this epoch or the last, proves nothing."""
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    phone.new("medication", patient, name="Aspirin")
    kept.sync()
    span = backup.restore()
    made_up = [
        kept.last(n=10 + i, record=new_id(), seqs=[had], set={"name": "A" * 500})
        for i, had in enumerate((span.head, span.start, span.start + 1, 0))
    ]
    answer = kept.take_back(office, 2, changes=made_up)
    assert refused(answer) == [(10 + i, "invalid") for i in range(4)]


def test_what_was_locked_since_is_not_refused_to_whoever_wrote_it_before(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    visit = phone.new("visit", patient, member=phone.member, status="finished", note_how="Well.")
    kept = Journal(phone)
    kept.sync()
    backup = Backup(office)
    phone.change(visit, "visit", patient, set={"note_how": "Well. Eats."})
    kept.sync()
    backup.restore()
    phone.epoch = phone.cursor = None
    phone.sync_all()
    signature = {"name": "Ada", "role": "coordinator", "at": "2026-11-21T10:00:00Z"}
    signature |= {"text": "Well.", "hash": "a" * 64}
    phone.change(visit, "visit", patient, add={"signature": [signature]})
    sent = phone.sync()
    assert not sent["refused"], sent["refused"]
    assert accepted(kept.take_back(office, 3)) == [3]
    late = kept.last(n=20, set={"note_how": "Late."}, seen=phone.held[visit]["version"])
    late = {name: value for name, value in late.items() if name != "seqs"}
    assert refused(kept.take_back(office, 3, changes=[late])) == [(20, "locked")]


def test_the_creator_of_a_chart_holds_it_again_and_a_handover_finds_the_assignment(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """Whichever of them is back first: the handover waits for the chart."""
    backup = Backup(office)
    creator, hand = Journal(phone), Journal(supervisor)
    patient = phone.new_patient()
    creator.sync()
    phone.sync()
    assignment = first_assignment(patient)
    assert assignment in phone.held
    seen = phone.held[assignment]["version"]
    supervisor.change(
        assignment, "assignment", patient, seen=seen, set={"member": colleague.member}
    )
    hand.sync()
    before = shown(office)
    backup.restore()
    assert hand.take_back(office)["waiting"] == [1]
    assert rows_of(office, waiting_changes, "record", "wants") == [(assignment, "record")]
    assert accepted(creator.take_back(office)) == [1]
    assert accepted(hand.take_back(office)) == [1]
    assert shown(office) == before
    held = dict(rows_of(office, grants, "member", "ended"))
    assert held[colleague.member] is None
    assert held[phone.member] is not None


def test_whoever_held_the_chart_since_the_loss_may_bring_work_on_it(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    kept = Journal(phone)
    kept.sync()
    phone.sync()
    backup = Backup(office)
    phone.new("medication", patient, name="Aspirin")
    kept.sync()
    backup.restore()
    supervisor.epoch = supervisor.cursor = None
    end(supervisor, first_assignment(patient), patient)
    assert accepted(kept.take_back(office, 2)) == [2]


def test_without_a_grant_work_waits_until_it_is_given_again(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(colleague)
    give(supervisor, patient, colleague.member)
    colleague.sync()
    record = colleague.new("medication", patient, name="Aspirin")
    kept.sync()
    before = shown(office)[record]
    backup.restore()
    answer = kept.take_back(office)
    assert (accepted(answer), refused(answer), answer["waiting"]) == ([], [], [1])
    assert kept.take_back(office)["waiting"] == [1]
    assert rows_of(office, waiting_changes, "n", "wants") == [(1, "grant")]
    supervisor.epoch = supervisor.cursor = None
    give(supervisor, patient, colleague.member)
    assert shown(office)[record] == before
    assert rows_of(office, waiting_changes, "n") == []
    assert accepted(kept.take_back(office)) == [1]


def test_a_role_that_was_given_since_the_backup_is_waited_for_as_well(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    _be(office, phone.member, "supervisor")
    record = new_id()
    phone.change(
        *(record, "assignment", patient),
        set={"status": "active", "member": office.add("coordinator", "North")},
    )
    kept.sync()
    backup.restore()
    assert kept.take_back(office)["waiting"] == [2]
    _be(office, phone.member, "supervisor")
    assert accepted(kept.take_back(office)) == [2]


def _be(office: Office, who: str, role: str) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(member).where(member.c.id == who).values(role=role))


def test_an_edit_waits_for_the_change_that_creates_its_record_and_is_never_taken_for_it(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """Though it sets all that is required: identity is of the creating change alone."""
    patient = share(supervisor, phone, colleague)
    backup = Backup(office)
    first, second = Journal(phone), Journal(colleague)
    measured = {"code": "29463-7", "effective": "2026-11-21T10:00:00Z"}
    record = phone.new("observation", patient, **measured, value=70)
    first.sync()
    colleague.sync()
    colleague.change(record, "observation", patient, set=measured | {"status": "corrected"})
    second.sync()
    before = shown(office)
    backup.restore()
    assert second.take_back(office)["waiting"] == [1]
    assert accepted(first.take_back(office)) == [phone.n]
    assert rows_of(office, waiting_changes, "n") == []
    assert shown(office) == before


def test_a_chart_that_was_purged_is_not_waited_for(phone: Phone, office: Office) -> None:
    backup, kept = Backup(office), Journal(phone)
    patient = phone.new_patient()
    kept.sync()
    backup.restore()
    with begin(office.organisation, write=True) as connection:
        note(connection, office.organisation, [Entry(what="purged", patient=patient)])
    answer = kept.take_back(office)
    assert (refused(answer), answer["waiting"]) == ([(1, "not_yours")], [])
    assert rows_of(office, refusals, "n", "outcome") == [(1, None)]


def test_a_made_up_record_with_the_id_of_an_assignment_to_come_is_left_alone(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient, next_patient = phone.new_patient(), new_id()
    phone.sync()
    squatting = first_assignment(next_patient)
    phone.change(squatting, "task", patient, set={"description": "Call"})
    phone.change(next_patient, "patient", next_patient, set={"name": {"family": "Okafor"}})
    assert accepted(phone.sync()) == [2, 3]
    assert shown(office)[squatting]["fields"]["description"] == "Call"
    assert next_patient in phone.charts()


def test_many_changes_of_one_record_come_back_in_one_request(phone: Phone, office: Office) -> None:
    """Each needs the whole log: they are folded once."""
    patient = phone.new_patient()
    record = phone.new("task", patient, description="Call. Ask.")
    phone.sync()
    backup, kept = Backup(office), Journal(phone)
    for i in range(300):
        phone.change(record, "task", patient, set={"description": f"Call. Ask {i}."})
    kept.sync()
    before = shown(office)
    backup.restore()
    phone.change(record, "task", patient, set={"priority": "urgent"})
    assert len(kept.take_back(office)["accepted"]) == 301
    after = shown(office)
    assert after[record]["fields"].pop("priority") == "urgent"
    assert after == before
