"""POST /api/take-back: what comes back after a restore, under which numbers, and who brings it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from server.database import begin
from server.devices import add
from server.tables import changes, device, refusals, waiting_changes
from tests.server.office import Office, Phone, new_id
from tests.server.restore.backups import Backup, Journal, epoch_of, rows_of, shown


@pytest.fixture
def kept(phone: Phone) -> Journal:
    return Journal(phone)


def lose(office: Office, kept: Journal, **fields: Any) -> tuple[str, str]:
    """A chart in the backup, and a medication of it that a restore takes: their ids."""
    patient = kept.phone.new_patient()
    kept.phone.sync()
    backup = Backup(office)
    record = kept.phone.new("medication", patient, name="Aspirin", **fields)
    kept.sync()
    backup.restore()
    return patient, record


def post(phone: Phone, body: dict[str, Any]) -> tuple[int, str]:
    answer = phone.session.post("/api/take-back", body)
    return answer.status_code, (answer.json or {}).get("code", "")


def test_a_change_comes_back_under_a_new_number_and_keeps_its_old_one(
    phone: Phone, kept: Journal, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    backup = Backup(office)
    record = phone.new("medication", patient, name="Aspirin", dose="5 mg")
    kept.sync()
    before, had = shown(office), kept.changes[2]["seqs"][0]
    span = backup.restore()
    assert record not in shown(office)
    answer = kept.take_back(office)
    (accepted,) = answer.pop("accepted")
    assert answer == {"refused": [], "waiting": []}
    assert accepted == {"n": 2, "seq": span.start + 1}
    assert shown(office) == before
    stored = {row[0]: row[1] for row in rows_of(office, changes, "seq", "seqs")}
    assert stored[span.start + 1] == f"[[{had},{span.start}]]"


def test_offered_again_it_is_answered_as_the_first_time(kept: Journal, office: Office) -> None:
    lose(office, kept)
    first = kept.take_back(office)
    assert kept.take_back(office) == first
    assert kept.take_back(office, 2) == first
    assert rows_of(office, changes, "device", "n").count((kept.phone.device, 2)) == 1


def test_what_was_never_sent_comes_with_it_as_in_any_push(
    phone: Phone, kept: Journal, office: Office
) -> None:
    patient, record = lose(office, kept)
    phone.change(record, "medication", patient, set={"dose": "5 mg"})
    phone.change(record, "medication", patient, set={"name": 7})
    answer = kept.take_back(office)
    assert [each["n"] for each in answer["accepted"]] == [2, 3]
    assert [(each["n"], each["field"]) for each in answer["refused"]] == [(4, "name")]
    assert shown(office)[record]["fields"] == {"name": "Aspirin", "dose": "5 mg"}


def test_the_answer_says_where_at_was_moved_and_a_change_that_says_so_keeps_it(
    phone: Phone, kept: Journal, office: Office
) -> None:
    phone.clock = -3_600_000
    patient = phone.new_patient()
    phone.sync()
    backup = Backup(office)
    phone.new("medication", patient, name="Aspirin")
    (first,) = kept.sync()["accepted"]
    assert first["at"] - kept.changes[2]["at"] == pytest.approx(3_600_000, abs=60_000)
    backup.restore()
    phone.clock = 7_200_000  # what its clock says today has nothing to do with it
    (again,) = kept.take_back(office)["accepted"]
    assert again["at"] == first["at"]


def test_a_change_whose_at_was_not_moved_keeps_it_whatever_the_clock_says_today(
    phone: Phone, kept: Journal, office: Office
) -> None:
    lose(office, kept)
    phone.clock = 7_200_000
    (accepted,) = kept.take_back(office)["accepted"]
    assert "at" not in accepted
    assert (kept.changes[2]["at"],) in rows_of(office, changes, "at")


def test_no_at_lies_in_our_future_whoever_says_so(kept: Journal, office: Office) -> None:
    lose(office, kept)
    kept.changes[2]["corrected"] = kept.phone.now() + 10**9
    (accepted,) = kept.take_back(office)["accepted"]
    assert accepted["at"] <= kept.phone.now()


def test_another_epoch_is_told_which_it_is(kept: Journal, office: Office) -> None:
    lose(office, kept)
    answer = kept.phone.session.post("/api/take-back", kept.body(epoch=new_id()))
    assert (answer.status_code, answer.json["code"]) == (409, "another_epoch")
    assert answer.json["epoch"] == epoch_of(office)
    assert kept.take_back(office)["accepted"]


def test_the_same_dot_with_another_change_means_a_copied_phone(
    phone: Phone, kept: Journal, office: Office
) -> None:
    lose(office, kept)
    kept.take_back(office)
    other = kept.last(set={"name": "Metformin"})
    assert post(phone, kept.body(2, epoch=epoch_of(office), changes=[other])) == (
        409,
        "device_copied",
    )
    gone = new_id()
    waits = kept.last(n=3, record=gone, seen=1, set={"dose": "1 mg"})
    assert kept.take_back(office, 2, changes=[waits])["waiting"] == [3]
    other = waits | {"set": {"dose": "2 mg"}}
    answer = phone.session.post(
        "/api/take-back", kept.body(2, epoch=epoch_of(office), changes=[kept.changes[2], other])
    )
    assert (answer.status_code, answer.json["code"]) == (409, "device_copied")
    assert [each["n"] for each in answer.json["accepted"]] == [2]


def test_what_was_made_on_an_earlier_device_of_the_phone_is_taken_under_that(
    phone: Phone, kept: Journal, office: Office
) -> None:
    """Which the backup does not know: it is remembered, and out of use."""
    _, record = lose(office, kept)
    earlier = new_id()
    answer = kept.take_back(office, 2, of=earlier)
    assert [each["n"] for each in answer["accepted"]] == [2]
    assert (earlier, record) in rows_of(office, changes, "device", "record")
    known = {row[0]: row[1:] for row in rows_of(office, device, "id", "member", "revoked_at")}
    assert known[earlier][0] == phone.member
    assert known[earlier][1] is not None
    listed = phone.session.get("/api/devices").json["devices"]
    (found,) = [each for each in listed if each["id"] == earlier]
    assert found["erased_at"] is not None


def test_a_device_of_somebody_else_is_nobodys_to_bring(
    kept: Journal, colleague: Phone, office: Office
) -> None:
    lose(office, kept)
    elsewhere = Office.open(office.app, "Elsewhere")
    stranger = elsewhere.phone(elsewhere.add("coordinator"))
    for other in (colleague.device, stranger.device):
        body = kept.body(2, epoch=epoch_of(office), of=other)
        assert post(kept.phone, body) == (403, "forbidden")
    assert (stranger.device,) not in rows_of(office, device, "id")


def test_a_device_that_the_server_does_not_know_takes_up_its_id_first(
    phone: Phone, kept: Journal, office: Office
) -> None:
    backup = Backup(office)
    late = office.phone(phone.member)
    backup.restore()
    body = kept.body(epoch=epoch_of(office), device=late.device, of=late.device)
    assert post(late, body) == (404, "unknown_device")
    again = late.session.post("/api/devices", {"name": "Pixel 8", "device": late.device})
    late.session.headers["Doorstep-Device"] = again.json["secret"]
    assert post(late, body) == (200, "")


def test_a_phone_whose_copy_came_back_first_is_not_told_to_erase_itself(
    phone: Phone, kept: Journal, office: Office
) -> None:
    """The copy, enrolled anew, brought back what it had made under the id that both had: which the
    backup does not know, and the server keeps as one out of use."""
    backup = Backup(office)
    late, copy = office.phone(phone.member), office.phone(phone.member)
    backup.restore()
    taken = copy.session.post("/api/devices", {"name": "Pixel 8", "device": copy.device})
    copy.session.headers["Doorstep-Device"] = taken.json["secret"]
    body = kept.body(epoch=epoch_of(office), device=copy.device, of=late.device)
    assert post(copy, body) == (200, "")
    for _ in range(2):
        assert post(late, body | {"device": late.device}) == (404, "unknown_device")
        assert late.send(late.request()).json["code"] == "unknown_device"
    again = late.session.post("/api/devices", {"name": "Pixel 8", "device": late.device})
    assert (again.status_code, again.json["code"]) == (409, "device_id")


def test_a_locked_phone_brings_nothing(kept: Journal, office: Office) -> None:
    lose(office, kept)
    secret = kept.phone.session.headers.pop("Doorstep-Device")
    assert post(kept.phone, kept.body(epoch=epoch_of(office))) == (401, "device_secret")
    kept.phone.session.headers["Doorstep-Device"] = secret
    assert kept.take_back(office)["accepted"]


def test_what_a_revoked_phone_brings_back_is_kept_for_review(
    phone: Phone, kept: Journal, supervisor: Phone, office: Office
) -> None:
    """And taken in, it stands under its old number: who had seen it has still seen it."""
    patient, record = lose(office, kept, dose="5 mg")
    phone.change(record, "medication", patient, set={"dose": "6 mg"})
    supervisor.session.post(f"/api/devices/{phone.device}/revoke", {})
    body = kept.body(epoch=epoch_of(office))
    answer = phone.session.post("/api/take-back", body)
    assert (answer.status_code, answer.json["wipe"]) == (403, True)
    assert rows_of(office, refusals, "n", "outcome") == [(2, "waiting"), (3, "waiting")]
    path = f"/api/office/refusals/{phone.device}/3/accept"
    assert supervisor.session.post(path, {}).json == {"accepted": True, "with": [2]}
    assert shown(office)[record]["fields"]["dose"] == "6 mg"
    stored = {
        n: seqs and [had for had, _ in orjson.loads(seqs)]
        for of, n, seqs in rows_of(office, changes, "device", "n", "seqs")
        if of == phone.device
    }
    assert stored == {1: None, 2: kept.changes[2]["seqs"], 3: None}


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("protocol", 2),
        ("device", "phone"),
        ("of", None),
        ("now", -1),
        ("epoch", None),
        ("epoch", 7),
        ("changes", {}),
        ("changes", [{"n": 0}]),
    ],
)
def test_a_malformed_request_is_refused_as_a_whole(
    phone: Phone, kept: Journal, office: Office, part: str, wrong: Any
) -> None:
    body = kept.body(epoch=epoch_of(office)) | {part: wrong}
    assert post(phone, body) == ((426, "protocol") if part == "protocol" else (400, "malformed"))


@pytest.mark.parametrize("beside", [{"seqs": 7}, {"seqs": ["7"]}, {"seqs": [1] * 101}])
def test_numbers_that_are_none_are_refused_with_their_change_alone(
    kept: Journal, office: Office, beside: dict[str, Any]
) -> None:
    lose(office, kept)
    wrong = kept.last(n=3, record=new_id()) | beside
    answer = kept.take_back(office, 2, changes=[kept.changes[2], wrong])
    assert [each["n"] for each in answer["accepted"]] == [2]
    assert [(each["code"], each["field"]) for each in answer["refused"]] == [("invalid", "seqs")]


def test_without_a_restore_it_is_a_push_like_any_other(
    phone: Phone, kept: Journal, office: Office
) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name="Aspirin", dose=7)
    phone.change(new_id(), "task", patient, set={"priority": "urgent"}, seqs=[1])
    answer = kept.take_back(office)
    assert [each["n"] for each in answer["accepted"]] == [1]
    assert [each["code"] for each in answer["refused"]] == ["invalid", "unknown_record"]
    assert answer["waiting"] == []
    assert rows_of(office, waiting_changes, "n") == []
    assert {seqs for _, seqs in rows_of(office, changes, "n", "seqs")} == {None}


def test_a_device_that_a_colleague_took_up_meanwhile_stays_theirs(
    phone: Phone, colleague: Phone, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    Backup(office).restore()
    of = new_id()

    def meanwhile(_bringing: object) -> None:
        with begin(office.organisation, write=True) as connection:
            add(connection, office.organisation, colleague.member, "Pixel 8", of, "secret")

    monkeypatch.setattr("server.restore.endpoint._Bringing.require_own", meanwhile)
    phone.new_patient()
    body = Journal(phone).body(epoch=epoch_of(office), of=of)
    answer = phone.session.post("/api/take-back", body)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert of not in {id_ for (id_,) in rows_of(office, changes, "device")}
