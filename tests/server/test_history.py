"""The history of a record: every change, and what became of it."""

from __future__ import annotations

import pytest

from tests.server.office import Phone, new_id
from tests.server.sync.test_pull import give


def outcomes(phone: Phone, record: str) -> list[tuple[str, str]]:
    """The first value that each change sets, and its outcome."""
    changes = phone.session.get(f"/api/records/{record}/history").json["changes"]
    return [(next(iter(each["set"].values())), each["outcome"]) for each in changes]


def test_each_change_says_what_became_of_it(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    record = phone.new("medication", patient, name="Lisinopril")
    phone.sync()
    give(supervisor, patient, colleague.member)
    phone.sync()
    colleague.sync()
    phone.change(record, "medication", patient, set={"dose": "5 mg"})
    colleague.change(record, "medication", patient, set={"dose": "10 mg"})
    phone.change(record, "medication", patient, set={"pharmacy": "Main Street"})
    colleague.change(
        record, "medication", patient, set={"pharmacy": "Mill Road"}, at=colleague.now() + 500
    )
    phone.change(record, "medication", patient, set={"color": "red"})
    phone.sync()
    colleague.sync()
    assert outcomes(phone, record) == [
        ("Lisinopril", "applied"),
        ("5 mg", "contested"),
        ("Main Street", "overruled"),
        ("10 mg", "contested"),
        ("Mill Road", "applied"),
        ("red", "refused"),
    ]
    phone.sync()
    phone.change(record, "medication", patient, set={"dose": "5 mg"})
    phone.sync()
    assert outcomes(phone, record)[1] == ("5 mg", "superseded")


def test_the_history_names_author_device_and_refusal(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    refused = phone.change(patient, "patient", patient, set={"birth_date": "soon"})
    phone.sync()
    changes = phone.session.get(f"/api/records/{patient}/history").json["changes"]
    assert {each["member"] for each in changes} == {phone.member}
    assert {each["device"] for each in changes} == {phone.device}
    assert (changes[-1]["outcome"], changes[-1]["code"]) == ("refused", "invalid")
    assert changes[-1]["set"] == refused["set"]


@pytest.mark.parametrize("depth", [0, 5, 11])
def test_a_refused_change_that_only_escapes_can_write_is_shown_as_it_was_sent(
    phone: Phone, depth: int
) -> None:
    patient = phone.new_patient()
    phone.sync()
    sent: object = "half a pair: \ud83d"
    for _ in range(depth):
        sent = [sent]
    phone.change(patient, "patient", patient, set={"pronouns": sent})
    phone.sync()
    answer = phone.session.get(f"/api/records/{patient}/history")
    assert answer.json["changes"][-1]["set"] == {"pronouns": sent}


def test_a_card_of_the_library_has_a_history_too(phone: Phone) -> None:
    phone.sync()
    changes = phone.session.get(f"/api/records/{phone.member}/history").json["changes"]
    assert [each["outcome"] for each in changes] == ["applied"]


def test_what_is_not_there_has_none(phone: Phone) -> None:
    for made_up in ("made-up", "%00", new_id()):
        assert phone.session.get(f"/api/records/{made_up}/history").status_code == 404
