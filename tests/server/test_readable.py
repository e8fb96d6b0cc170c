"""Fields with fewer readers than their kind: left out of a pull and of the history for the rest."""

from __future__ import annotations

import pytest

from server.catalogue import CATALOGUE
from server.readable import body_for, kinds_never_pulled, withheld_fields
from tests.server.office import Office, Phone


@pytest.fixture
def cover(supervisor: Phone, phone: Phone, colleague: Phone) -> str:
    """A colleague stands in for another, who is sick; two supervisors' words of it differ."""
    id_ = supervisor.new(
        "cover",
        None,
        member=colleague.member,
        for_member=phone.member,
        starts="2026-01-01",
        ends="2026-01-02",
        reason="sick",
    )
    supervisor.sync()
    supervisor.change(id_, "cover", None, set={"reason": "training"})
    supervisor.sync()
    return id_


def test_why_a_colleague_is_away_reaches_the_office_alone(
    cover: str, supervisor: Phone, phone: Phone, office: Office
) -> None:
    administrator = office.phone(office.add("administrator"))
    for each in (supervisor, phone, administrator):
        each.sync()
    assert supervisor.fields(cover)["reason"] == administrator.fields(cover)["reason"] == "training"
    assert "reason" not in phone.fields(cover)
    assert phone.fields(cover)["for_member"] == phone.member


def test_what_lost_by_rule_is_withheld_too(
    cover: str, supervisor: Phone, phone: Phone, office: Office
) -> None:
    second = office.phone(office.add("supervisor", "North"))
    second.sync()
    supervisor.sync()
    supervisor.change(cover, "cover", None, set={"reason": "leave"})
    second.change(cover, "cover", None, set={"reason": "vacant"}, at=second.now() + 500)
    supervisor.sync()
    second.sync()
    phone.sync()
    assert second.held[cover]["overruled"].keys() == {"reason"}
    assert phone.held[cover]["overruled"] == {}
    assert "vacant" not in str(phone.held[cover])
    assert "leave" not in str(phone.held[cover])


def test_its_history_tells_only_what_one_may_read(
    cover: str, supervisor: Phone, phone: Phone
) -> None:
    supervisor.sync()
    supervisor.change(cover, "cover", None, set={"reason": "bored", "for_member": "x"})
    supervisor.change(cover, "cover", None, set=["reason"])
    supervisor.sync()  # both refused, and so told in the history
    path = f"/api/records/{cover}/history"
    told = supervisor.session.get(path).json["changes"]
    assert [each["outcome"] for each in told] == ["applied", "applied", "refused", "refused"]
    assert told[1]["set"] == {"reason": "training"}
    told = phone.session.get(path).json["changes"]
    assert [each["outcome"] for each in told] == ["applied", "refused"]
    assert told[0]["set"].keys() == {"member", "for_member", "starts", "ends"}
    assert told[1]["set"] == {"for_member": "x"}


def test_a_body_without_withheld_fields_is_passed_on_as_it_is() -> None:
    body = '{"fields": {"reason":  "as it stands"}}'
    assert body_for("coordinator", "medication", body) is body
    assert body_for("supervisor", "cover", body) is body


@pytest.mark.parametrize("role", ["coordinator", "clinician", "supervisor", "administrator"])
def test_no_role_pulls_what_it_may_not_read_or_what_is_the_offices(role: str) -> None:
    never = kinds_never_pulled(role)
    for kind in CATALOGUE.kinds.values():
        assert (kind.name in never) is (role not in kind.read or kind.scope == "office")
        assert withheld_fields(role).get(kind.name, frozenset()) == kind.withheld_from(role)
