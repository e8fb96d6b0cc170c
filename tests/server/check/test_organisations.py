"""What is wrong with an organisation, or waits in it, is found."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server.audit.heads import FILE as HEADS
from server.database import begin
from server.tables import access_log, device, escrow, organisation
from server.who import now_ms
from tests.server.check.conftest import Checked
from tests.server.office import Office, Phone
from tests.server.operator import Operator

DAY_MS = 24 * 3_600_000


@pytest.fixture(autouse=True)
def _without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.check.here.FAMILIES", {})


def test_an_organisation_at_work_is_well(
    operator: Operator, checked: Checked, office: Office, phone: Phone
) -> None:
    phone.new_patient()
    phone.sync_all()
    assert checked()["access log"] == [
        ("warn", "Riverside Home Care: never looked through; run `doorstep audit verify`.")
    ]
    assert operator.run("audit", "verify").exit_code == 0
    found = checked()
    assert [level for level, _ in found["access log"]] == ["ok"]
    assert found["phones"] == [("ok", "Riverside Home Care: all 1 in touch within 7 days.")]
    assert found["schema"][0][0] == found["clock"][0][0] == "ok"
    assert "restore" not in found


def test_an_access_log_that_was_changed_or_cut_off_is_found(
    operator: Operator, checked: Checked, office: Office, phone: Phone
) -> None:
    assert operator.run("audit", "verify").exit_code == 0
    heads = operator.home / HEADS
    right = heads.read_text()
    heads.write_text(right.replace(right.rpartition(":")[2], "0" * 64 + "\n"))
    ((level, says),) = checked()["access log"]
    assert (level, "is not in it any more" in says) == ("FAIL", True)
    heads.write_text(right)
    with begin(office.organisation, write=True) as connection:
        last = connection.scalars(
            select(access_log.c.id).order_by(access_log.c.link.desc()).limit(1)
        ).one()
        connection.execute(
            update(access_log).where(access_log.c.id == last).values(detail="another")
        )
    ((level, says),) = checked()["access log"]
    assert (level, "its last link was changed" in says) == ("FAIL", True)


def test_a_server_key_that_opens_no_copy_is_found(
    checked: Checked, office: Office, phone: Phone
) -> None:
    assert len(checked()["server key"]) == 1
    with begin(office.organisation, write=True) as connection:
        row = {"organisation": office.organisation, "device": phone.device, "created_at": 1}
        connection.execute(escrow.insert(), row | {"member": phone.member, "sealed": COPY})
    _, (level, says) = checked()["server key"]
    assert (level, says) == (
        "FAIL",
        "Riverside Home Care: of the last 1 copies of phones' keys it opens 0: is it the one that"
        " there was?",
    )


COPY = (
    # A point of P-256 (its generator), and a box that nothing opens.
    "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
    + "A" * 79
)


def test_phones_that_stay_away_are_counted(
    checked: Checked, office: Office, phone: Phone, colleague: Phone
) -> None:
    phone.sync(status={"unsent": 4})
    colleague.sync()
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            update(device)
            .where(device.c.id == phone.device)
            .values(last_contact=now_ms() - 8 * DAY_MS)
        )
    assert checked()["phones"] == [
        (
            "warn",
            "Riverside Home Care: 1 of 2 not in touch for 7 days, with 4 changes not sent;"
            " `doorstep device list` says whose.",
        )
    ]


def test_a_contact_in_the_future_tells_of_a_wrong_clock(
    checked: Checked, office: Office, phone: Phone
) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(
            update(device)
            .where(device.c.id == phone.device)
            .values(last_contact=now_ms() + 3 * DAY_MS)
        )
    ((level, says),) = checked()["clock"]
    assert (level, says.partition(" after now")[0]) == ("FAIL", "A phone was in touch 2 days")


def test_an_open_restore_and_rules_of_before_are_told(checked: Checked, office: Office) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(organisation.update().values(is_restoring=True, folded_with="0" * 64))
    found = checked()
    assert found["restore"][0][0] == "warn"
    assert "`doorstep restore --end`" in found["restore"][0][1]
    assert found["catalogue"] == [
        (
            "warn",
            "Riverside Home Care: records may stand by other rules; run `doorstep refold`.",
        )
    ]
