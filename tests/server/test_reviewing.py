"""What a revoked phone or one of a member who left still brought: listed, taken in, left out."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update

from server import waiting
from server.database import begin
from server.organisations import leave
from server.tables import access_log, changes, grants, member, refusals
from tests.server.office import Office, Phone, new_id
from tests.server.sync.test_pull import end, give, own_assignment

REFUSALS = "/api/office/refusals"


def lose(office: Office, phone: Phone) -> None:
    """Let the member leave, and their phone push all that it had not sent."""
    leave(office.organisation, office.email(phone.member))
    push_lost(phone)


def revoke(by: Phone, phone: Phone) -> None:
    assert by.session.post(f"/api/devices/{phone.device}/revoke", {}).status_code == 204
    push_lost(phone)


def push_lost(phone: Phone) -> None:
    answer = phone.send(phone.request())
    assert (answer.status_code, answer.json["wipe"]) == (403, True)


def listed(by: Phone) -> list[dict[str, Any]]:
    answer = by.session.get(REFUSALS)
    assert answer.status_code == 200, answer.text
    assert answer.json["next"] is None
    found: list[dict[str, Any]] = answer.json["refusals"]
    return found


def numbers(by: Phone) -> list[int]:
    return [each["n"] for each in listed(by)]


def accept(by: Phone, phone: Phone, n: int) -> dict[str, Any]:
    answer = by.session.post(f"{REFUSALS}/{phone.device}/{n}/accept", {})
    found: dict[str, Any] = answer.json
    return found


def dismiss(by: Phone, phone: Phone, n: int) -> int:
    return by.session.post(f"{REFUSALS}/{phone.device}/{n}/dismiss", {}).status_code


def history(by: Phone, record: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = by.session.get(f"/api/records/{record}/history").json["changes"]
    return found


@pytest.fixture
def second(office: Office) -> Phone:
    """The phone of another supervisor of team North."""
    return office.phone(office.add("supervisor", "North"))


@pytest.fixture
def of_south(office: Office) -> Phone:
    return office.phone(office.add("supervisor", "South"))


def test_what_a_lost_phone_brought_waits_for_the_supervisor_of_the_chart(
    phone: Phone, supervisor: Phone, of_south: Phone, office: Office
) -> None:
    patient = phone.new_patient("Rivera")
    phone.sync()
    sent = phone.change(new_id(), "medication", patient, set={"name": "Aspirin"})
    revoke(supervisor, phone)
    push_lost(phone)  # and once more, since the answer was lost
    (found,) = listed(supervisor)
    assert found.pop("refused_at") <= phone.now()
    assert found == {
        "device": phone.device,
        "device_name": "Pixel 8",
        "n": sent["n"],
        "member": phone.member,
        "member_name": "Coordinator 1",
        "patient": patient,
        "patient_name": {"family": "Rivera"},
        "kind": "medication",
        "record": sent["record"],
        "change": sent,
        "code": "device_revoked",
        "message": "This phone was removed before the change arrived.",
    }
    assert listed(of_south) == []
    assert phone.session.get(REFUSALS).status_code == 403
    with begin(office.organisation) as connection:
        noted = connection.execute(
            select(access_log.c.member, access_log.c.patient).filter_by(what="office_refusals")
        ).all()
    assert noted == [(supervisor.member, patient), (of_south.member, None)]


def test_what_is_refused_for_its_own_sake_waits_for_nobody(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name=7)
    assert phone.sync()["refused"]
    assert listed(supervisor) == []
    assert accept(supervisor, phone, phone.n)["code"] == "not_found"


def test_a_change_taken_in_stands_as_typed_by_its_author_and_says_who_took_it_in(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    give(supervisor, patient, colleague.member)
    record = phone.new("medication", patient, name="Aspirin", dose="5 mg")
    lose(office, phone)
    assert accept(supervisor, phone, phone.n) == {"accepted": True, "with": []}
    colleague.sync()
    assert colleague.fields(record)["dose"] == "5 mg"
    (entry,) = history(supervisor, record)
    assert (entry["member"], entry["device"]) == (phone.member, phone.device)
    assert (entry["outcome"], entry["reviewed_by"]) == ("applied", supervisor.member)
    assert entry["at"] <= entry["reviewed_at"]
    with begin(office.organisation) as connection:
        noted = connection.execute(
            select(
                access_log.c.member,
                access_log.c.subject,
                access_log.c.patient,
                access_log.c.record,
            ).filter_by(what="refusal_accepted")
        ).one()
    assert noted == (supervisor.member, phone.member, patient, record)


def test_taken_in_changes_keep_the_order_in_which_their_author_saw_them(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """The dose set last stands, in whatever order they are taken in, and contests nothing that the
    same phone had sent before it was lost."""
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    phone.sync()
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    phone.send(phone.request())  # its answer is lost
    phone.outbox.clear()
    first = phone.change(record, "medication", patient, set={"dose": "3 mg"})["n"]
    last = phone.change(record, "medication", patient, set={"dose": "4 mg"})["n"]
    give(supervisor, patient, colleague.member)
    lose(office, phone)
    assert accept(supervisor, phone, last)["accepted"]
    assert accept(supervisor, phone, first)["accepted"]
    colleague.sync()
    assert colleague.fields(record)["dose"] == "4 mg"
    assert colleague.held[record]["contested"] == {}


def test_what_a_colleague_wrote_meanwhile_is_contested_and_not_written_over(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Aspirin", dose="1 mg")
    phone.sync()
    phone.change(record, "medication", patient, set={"dose": "2 mg"})
    give(supervisor, patient, colleague.member)
    colleague.sync()
    colleague.change(record, "medication", patient, set={"dose": "3 mg"})
    colleague.sync()
    revoke(supervisor, phone)
    assert accept(supervisor, phone, phone.n)["accepted"]
    colleague.sync()
    contested = colleague.held[record]["contested"]["dose"]
    assert {(each["value"], each["member"]) for each in contested} == {
        ("2 mg", phone.member),
        ("3 mg", colleague.member),
    }


def test_a_wrong_clock_is_put_right_by_the_skew_of_its_own_request(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    """An hour fast, the lost phone wins nothing against what was set after it."""
    patient = phone.new_patient()
    record = phone.new("task", patient, description="Call", priority="routine")
    phone.sync()
    give(supervisor, patient, colleague.member)
    colleague.sync()
    phone.clock = 3600_000
    phone.change(record, "task", patient, set={"priority": "urgent"})
    sent = phone.request()
    colleague.change(record, "task", patient, set={"priority": "asap"})
    colleague.sync()
    assert supervisor.session.post(f"/api/devices/{phone.device}/revoke", {}).status_code == 204
    phone.send(sent)
    assert accept(supervisor, phone, phone.n)["accepted"]
    colleague.sync()
    ats = {each["member"]: each["at"] for each in history(supervisor, record)[-2:]}
    assert abs(ats[phone.member] - ats[colleague.member]) < 60_000


def test_a_change_brings_in_the_record_and_the_new_chart_that_it_stands_on(
    phone: Phone, supervisor: Phone, of_south: Phone, office: Office
) -> None:
    patient = phone.new_patient("Okafor")
    visit = phone.new("medication", patient, name="Aspirin")
    phone.change(visit, "medication", patient, set={"dose": "5 mg"})
    phone.new("task", patient, description="Call the daughter")
    lose(office, phone)
    assert listed(of_south) == []
    assert [each["patient_name"] for each in listed(supervisor)] == [{"family": "Okafor"}] * 4
    assert accept(of_south, phone, 3)["code"] == "not_found"
    assert accept(supervisor, phone, 3) == {"accepted": True, "with": [1, 2]}
    assert numbers(supervisor) == [4]
    assert accept(supervisor, phone, 4) == {"accepted": True, "with": []}
    assert supervisor.session.get(f"/api/records/{patient}/history").status_code == 200
    assert of_south.session.get(f"/api/records/{patient}/history").status_code == 404
    with begin(office.organisation) as connection:
        holder = select(grants.c.member).where(grants.c.patient == patient)
        assert connection.scalars(holder).all() == [phone.member]


def test_a_new_chart_of_a_member_of_no_team_is_every_supervisors_to_review(
    office: Office, supervisor: Phone, of_south: Phone
) -> None:
    loner = office.phone(office.add("coordinator"))
    loner.new_patient()
    lose(office, loner)
    assert numbers(supervisor) == numbers(of_south) == [1]


def test_without_what_it_stands_on_a_change_is_refused_and_waits_on(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    record = phone.new("medication", patient, name="Aspirin")
    phone.change(record, "medication", patient, set={"dose": "5 mg"})
    revoke(supervisor, phone)
    assert dismiss(supervisor, phone, 2) == 204
    answer = accept(supervisor, phone, 3)
    assert (answer["accepted"], answer["code"]) == (False, "unknown_record")
    assert answer["message"]
    assert numbers(supervisor) == [3]


def test_what_is_refused_for_its_own_sake_undoes_what_was_taken_in_with_it(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    record = phone.new("medication", patient, name="Aspirin")
    phone.change(record, "medication", patient, set={"dose": 5})
    revoke(supervisor, phone)
    answer = accept(supervisor, phone, 3)
    assert (answer["accepted"], answer["code"], answer["field"]) == (False, "invalid", "dose")
    assert numbers(supervisor) == [2, 3]
    with begin(office.organisation) as connection:
        assert not connection.scalars(select(changes.c.n).filter_by(record=record)).all()


def test_what_was_left_out_stays_in_the_history_as_refused(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.change(patient, "patient", patient, set={"pronouns": "she"})
    revoke(supervisor, phone)
    assert dismiss(supervisor, phone, 2) == 204
    assert listed(supervisor) == []
    entry = history(supervisor, patient)[-1]
    assert (entry["outcome"], entry["code"]) == ("refused", "device_revoked")
    assert (entry["member"], entry["reviewed_by"]) == (phone.member, supervisor.member)
    assert entry["set"] == {"pronouns": "she"}


def test_what_was_left_out_is_listed_with_who_did_so_also_where_no_record_came_of_it(
    phone: Phone, supervisor: Phone, of_south: Phone
) -> None:
    patient = phone.new_patient("Rivera")
    phone.new("medication", patient, name="Aspirin")
    revoke(supervisor, phone)
    created, medication = numbers(supervisor)
    assert dismiss(supervisor, phone, created) == 204
    assert numbers(supervisor) == [medication]
    answer = supervisor.session.get(f"{REFUSALS}?outcome=dismissed").json
    (left_out,) = answer["refusals"]
    assert (left_out["n"], left_out["change"]["set"]["name"]) == (created, {"family": "Rivera"})
    assert (left_out["reviewed_by"], left_out["reviewer_name"]) == (
        supervisor.member,
        "Supervisor 2",
    )
    assert left_out["reviewed_at"] >= left_out["refused_at"]
    assert of_south.session.get(f"{REFUSALS}?outcome=dismissed").json["refusals"] == []
    assert supervisor.session.get(f"{REFUSALS}?outcome=accepted").json["code"] == "malformed"


def test_the_same_again_is_answered_the_same_and_the_contrary_is_not_done(
    phone: Phone, supervisor: Phone, second: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    for name in ("Aspirin", "Metformin"):
        phone.new("medication", patient, name=name)
    revoke(supervisor, phone)
    for _ in range(2):
        for by in (supervisor, second):
            assert accept(by, phone, 2)["accepted"] is True
            assert dismiss(by, phone, 3) == 204
    for by in (supervisor, second):
        assert dismiss(by, phone, 2) == 409
        assert accept(by, phone, 3)["code"] == "reviewed"
    with begin(office.organisation) as connection:
        count = select(func.count()).select_from(changes).where(changes.c.device == phone.device)
        assert connection.scalar(count) == 2
        outcomes = connection.execute(
            select(refusals.c.outcome, refusals.c.reviewed_by).order_by(refusals.c.n)
        ).all()
    assert outcomes == [("accepted", supervisor.member), ("dismissed", supervisor.member)]


def test_two_supervisors_at_once_take_a_change_in_once(
    phone: Phone, supervisor: Phone, second: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    revoke(supervisor, phone)
    answers: list[Any] = []
    both = threading.Barrier(2)

    def at_once(by: Phone) -> None:
        both.wait()
        answers.append(accept(by, phone, 2)["accepted"])

    threads = [threading.Thread(target=at_once, args=(by,)) for by in (supervisor, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True, True]
    with begin(office.organisation) as connection:
        noted = select(func.count()).select_from(access_log).filter_by(what="refusal_accepted")
        assert connection.scalar(noted) == 1


def test_a_chart_handed_to_another_team_is_that_teams_to_review(
    phone: Phone, supervisor: Phone, of_south: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    revoke(supervisor, phone)
    give(supervisor, patient, office.add("coordinator", "South"))
    end(supervisor, own_assignment(phone, patient), patient)
    assert listed(supervisor) == []
    assert accept(supervisor, phone, 2)["code"] == "not_found"
    assert dismiss(supervisor, phone, 2) == 404
    assert accept(of_south, phone, 2)["accepted"] is True


def test_another_organisation_reviews_nothing_of_it(phone: Phone, office: Office) -> None:
    elsewhere = Office.open(office.app, "Elsewhere")
    stranger = elsewhere.phone(elsewhere.add("supervisor"))
    phone.new_patient()
    lose(office, phone)
    assert listed(stranger) == []
    assert accept(stranger, phone, 1)["code"] == "not_found"
    assert dismiss(stranger, phone, 1) == 404


def test_what_no_kind_can_read_is_shown_as_sent_and_can_only_be_left_out(
    phone: Phone, supervisor: Phone
) -> None:
    phone.n += 1
    sent = {"n": phone.n, "kind": 7, "set": {"half": "\ud800"}, "record": "x", "at": "noon"}
    phone.outbox.append(sent)
    revoke(supervisor, phone)
    (found,) = listed(supervisor)
    assert (found["kind"], found["record"], found["patient"]) == (None, None, None)
    assert found["change"] == sent
    answer = accept(supervisor, phone, phone.n)
    assert (answer["accepted"], answer["code"]) == (False, "invalid")
    assert dismiss(supervisor, phone, phone.n) == 204


def test_a_supervisors_lost_edit_of_the_library_is_a_colleagues_to_take_in(
    supervisor: Phone, second: Phone, of_south: Phone
) -> None:
    supervisor.sync()
    supervisor.change(supervisor.member, "member", None, set={"telephone": "555-0100"})
    revoke(second, supervisor)
    assert listed(of_south) == []
    assert accept(second, supervisor, supervisor.n)["accepted"] is True
    second.sync()
    assert second.fields(supervisor.member)["telephone"] == "555-0100"


def test_a_long_list_comes_in_pages_in_the_order_in_which_it_came(
    phone: Phone, supervisor: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PAGE", 2)
    monkeypatch.setattr(waiting, "READ_AT_ONCE", 3)
    patient = phone.new_patient()
    phone.sync()
    for number in range(5):
        phone.new("medication", patient, name=f"No. {number}")
    revoke(supervisor, phone)
    found: list[int] = []
    after, pages = "", 0
    while after is not None:
        answer = supervisor.session.get(f"{REFUSALS}?after={after}").json
        found += [each["n"] for each in answer["refusals"]]
        after, pages = answer["next"], pages + 1
    assert (found, pages) == ([2, 3, 4, 5, 6], 3)


@pytest.mark.parametrize("after", ["x", "1", "1.2", f"1.{'0' * 36}.1", "²." * 3, "9" * 5000])
def test_an_after_that_was_never_given_is_malformed(supervisor: Phone, after: str) -> None:
    answer = supervisor.session.get(f"{REFUSALS}?after={quote(after)}")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


@pytest.mark.parametrize("n", [0, 2**53, 10**30])
def test_an_n_that_was_never_sent_is_not_found(phone: Phone, supervisor: Phone, n: int) -> None:
    assert accept(supervisor, phone, n)["code"] == "not_found"
    assert dismiss(supervisor, phone, n) == 404


def test_a_change_by_who_came_back_in_another_role_is_taken_in_all_the_same(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    revoke(supervisor, phone)
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(member).filter_by(id=phone.member).values(role="administrator"))
    assert accept(supervisor, phone, 2)["accepted"] is True


def test_what_a_copy_of_a_revoked_phone_hands_in_is_kept_beside_the_others(
    office: Office, supervisor: Phone, phone: Phone
) -> None:
    """Two phones with one id and one number for two changes: a revoked one cannot enrol anew."""
    patient = phone.new_patient()
    phone.sync_all()
    copy = phone.copied()
    sent = [each.new("medication", patient, name=each.device) for each in (phone, copy)]
    also = copy.change(sent[1], "medication", patient, set={"dose": "5 mg"})
    supervisor.session.post(f"/api/devices/{phone.device}/revoke", {})
    for each in (phone, copy, copy):
        assert each.send(each.request()).status_code == 403
    waiting = supervisor.session.get("/api/office/refusals").json["refusals"]
    assert [each["record"] for each in waiting] == [*sent, sent[1]]
    taken = supervisor.session.post(
        f"/api/office/refusals/{waiting[2]['device']}/{also['n']}/accept", {}
    )
    assert taken.json == {"accepted": True, "with": [also["n"] - 1]}
    colleague = office.phone(phone.member)
    colleague.sync_all()
    assert colleague.fields(sent[1])["dose"] == "5 mg"
    assert sent[0] not in colleague.held
