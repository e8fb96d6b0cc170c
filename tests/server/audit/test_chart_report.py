"""The report on a chart: who saw it, who changed it, who opened it, and on which phones it was."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import update
from werkzeug.test import TestResponse

from server.database import begin
from server.tables import device, grants
from tests.server.office import Office, Phone, Session, new_id
from tests.server.sync.test_pull import end, give, own_assignment


def report(session: Session, patient: str, **asked: str) -> dict[str, list[dict[str, object]]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = session.get(f"/api/charts/{patient}/access?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def table(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_chart_says_who_has_seen_it_and_how(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    other = phone.new_patient("Okafor")
    phone.sync()
    phone.session.get(f"/api/records/{patient}/history")
    phone.session.get(f"/api/records/{other}/history")
    at = phone.now() - 3_600_000
    phone.sync(reads=[{"id": new_id(), "patient": patient, "at": at, "what": "chart"}])
    office.program(supervisor.member).get(f"/api/records/{patient}/history")
    seen = report(supervisor.session, patient)["seen"]
    assert [(each["member"], each["what"], each["offline"], each["device_name"]) for each in seen] \
        == [
            (supervisor.member, "access_report", False, "Pixel 8"),
            (supervisor.member, "history", False, None),
            (phone.member, "history", False, "Pixel 8"),
            (phone.member, "chart", True, "Pixel 8"),
        ]  # fmt: skip
    assert seen[-1]["at"] == at
    assert {each["member_name"] for each in seen} == {"Coordinator 1", "Supervisor 2"}


def test_what_was_seen_comes_in_pages(phone: Phone, monkeypatch: object) -> None:
    monkeypatch.setattr("server.audit.chart_report.PAGE", 3)
    patient = phone.new_patient()
    phone.sync()
    at = phone.now()
    reads = [
        {"id": new_id(), "patient": patient, "at": at - each // 2, "what": "chart"}
        for each in range(8)
    ]
    phone.sync(reads=reads)
    seen: list[tuple[object, object]] = []
    pages, after = 0, None
    while True:
        answer = report(phone.session, patient, **({"after": after} if after else {}))
        assert (answer["changed"] == []) is (after is not None)
        seen += [each["at"] for each in answer["seen"] if each["what"] == "chart"]
        pages, after = pages + 1, answer["next"]
        if after is None:
            break
    assert seen == sorted((each["at"] for each in reads), reverse=True)
    assert pages >= 3


def test_a_page_after_nothing_that_we_gave_is_malformed(phone: Phone) -> None:
    patient = phone.new_patient()
    phone.sync()
    for after in ("", "x", "1", "-1.x", f"{10**20}.{new_id()}", f"1.{new_id()}x", "\u0661.x"):
        answer = phone.session.get(f"/api/charts/{patient}/access?after={after}")
        assert (answer.status_code, answer.json["code"]) == (400, "malformed"), after


def test_a_chart_says_who_has_changed_what(phone: Phone, supervisor: Phone) -> None:
    patient = phone.new_patient()
    for number in range(3):
        phone.new("medication", patient, name=f"Lisinopril {number}")
    yesterday = phone.now() - 24 * 3_600_000
    phone.change(new_id(), "goal", patient, set={"description": "Walk"}, at=yesterday)
    phone.sync()
    assert phone.refused == []
    changed = report(supervisor.session, patient)["changed"]
    assert sorted((each["kind"], each["changes"]) for each in changed) == [
        ("assignment", 1),
        ("goal", 1),
        ("medication", 3),
        ("patient", 1),
    ]
    assert {each["member"] for each in changed} == {phone.member}
    assert changed[-1]["at"] == yesterday


def test_a_chart_says_which_phones_held_it(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    """One phone that holds it, one that gave it back, one whose member never was in touch since."""
    patient = phone.new_patient()
    before = phone.now()
    phone.sync()
    colleague.sync()
    idle = office.phone(office.add("coordinator", "North"))
    assignment = give(supervisor, patient, colleague.member)
    give(supervisor, patient, idle.member)
    colleague.sync()
    end(supervisor, assignment, patient)
    held = {each["device"]: each for each in report(supervisor.session, patient)["held"]}
    assert held.keys() == {phone.device, colleague.device}
    own, given = held[phone.device], held[colleague.device]
    assert before - 1 <= own["from"] <= phone.now()
    assert (own["to"], own["gone"], own["member_name"]) == (None, False, "Coordinator 1")
    assert given["from"] <= given["to"]
    assert given["gone"] is False
    age_contact(office, colleague.device, given["to"] + 1)
    assert report(supervisor.session, patient)["held"][0]["gone"] is True


def test_a_phone_that_forgot_the_chart_before_it_was_revoked_has_it_no_longer(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    end(supervisor, own_assignment(phone, patient), patient)
    ended = report(supervisor.session, patient)["held"][0]["to"]
    for last_contact, is_gone in ((ended, False), (ended + 5, True), (ended + 11, False)):
        set_device(office, phone.device, revoked_at=ended + 10, last_contact=last_contact)
        (held,) = report(supervisor.session, patient)["held"]
        assert (held["to"], held["gone"]) == (ended, is_gone), last_contact


def test_a_first_day_said_later_does_not_shorten_what_was_held(
    phone: Phone, colleague: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    assignment = give(supervisor, patient, colleague.member)
    month_ago = phone.now() - 30 * 86_400_000
    with begin(office.organisation, write=True) as connection:
        given = grants.c.member == colleague.member
        connection.execute(update(grants).where(given).values(id=id_made_at(month_ago)))
    set_device(office, colleague.device, enrolled_at=month_ago - 1)
    colleague.sync()
    assert held_since(supervisor, patient, colleague) == month_ago
    yesterday = datetime.fromtimestamp(phone.now() / 1000 - 86_400, UTC)
    seen = version_of(supervisor, assignment)
    supervisor.change(
        assignment, "assignment", patient, set={"starts": f"{yesterday:%F}"}, seen=seen
    )
    supervisor.sync()
    assert supervisor.refused == []
    assert held_since(supervisor, patient, colleague) == month_ago


def id_made_at(moment: int) -> str:
    """A UUID of version 7."""
    return str(UUID(int=moment << 80 | 7 << 76 | 2 << 62))


def held_since(supervisor: Phone, patient: str, holder: Phone) -> object:
    (held,) = (
        each
        for each in report(supervisor.session, patient)["held"]
        if each["device"] == holder.device
    )
    return held["from"]


def version_of(supervisor: Phone, record: str) -> int:
    history = supervisor.session.get(f"/api/records/{record}/history").json["changes"]
    return max(each["seq"] for each in history)


def test_a_revoked_phone_may_hold_it_until_it_says_that_it_is_erased(
    phone: Phone, supervisor: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    set_device(office, phone.device, revoked_at=phone.now() + 5)
    (held,) = report(supervisor.session, patient)["held"]
    assert (held["to"] is not None, held["gone"]) == (True, False)
    age_contact(office, phone.device, phone.now() + 10)  # it knocked, and was told to erase itself
    assert report(supervisor.session, patient)["held"][0]["gone"] is False
    set_device(office, phone.device, erased_at=phone.now() + 20)
    assert report(supervisor.session, patient)["held"][0]["gone"] is True


def test_a_chart_says_who_opened_it_and_why(phone: Phone, colleague: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    at = phone.now()
    said = {"reason": "=She called me"}
    opened = colleague.session.post(f"/api/charts/{patient}/open", said)
    assert opened.status_code == 201, opened.text
    (opening,) = report(phone.session, patient)["openings"]
    assert at - 1 <= opening["at"] <= phone.now()
    assert (opening["until"], opening["reason"]) == (opened.json["until"], "=She called me")
    assert opening["member"] == colleague.member
    assert opening["member_name"]
    (line,) = [
        each
        for each in table(phone.session.get(f"/api/charts/{patient}/access.csv"))
        if each["List"] == "Opened"
    ]
    assert line["What"] == "'=She called me"


def test_the_file_holds_the_whole_report_in_the_reader_s_language(
    phone: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.session.get(f"/api/records/{patient}/history")
    answer = supervisor.session.get(
        f"/api/charts/{patient}/access.csv", **{"Accept-Language": "es"}
    )
    rows = table(answer)
    assert [(row["Lista"], row["Persona"], row["Qué"], row["Cambios"]) for row in rows] == [
        ("Visto", "Supervisor 2", "Exportó un informe", ""),
        ("Visto", "Coordinator 1", "Consultó el historial de un registro", ""),
        ("Cambiado", "Coordinator 1", "Asignación", "1"),
        ("Cambiado", "Coordinator 1", "Paciente", "1"),
        ("En un teléfono", "Coordinator 1", "Lo tiene", ""),
    ]
    assert all(len(row["Desde (UTC)"]) == 19 for row in rows)


def test_only_who_may_read_the_chart_is_told(
    phone: Phone, colleague: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    administrator = office.phone(office.add("administrator"))
    for path in (f"/api/charts/{patient}/access", f"/api/charts/{patient}/access.csv"):
        assert phone.session.get(path).status_code == 200
        assert colleague.session.get(path).status_code == 404
        assert administrator.session.get(path).status_code == 403


def set_device(office: Office, id_: str, **values: object) -> None:
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(device).where(device.c.id == id_).values(**values))


def age_contact(office: Office, id_: str, at: int) -> None:
    set_device(office, id_, last_contact=at)
