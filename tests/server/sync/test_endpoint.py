"""POST /api/sync as a whole: whom it answers, how it fails, and what else it carries."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, update

from server import devices
from server.body import MOST_BYTES
from server.database import begin
from server.sync import endpoint
from server.tables import access_log, changes, device, organisation, refusals
from tests.server.office import ORIGIN, Office, Phone, Session, new_id
from tests.server.sync.test_pull import end, own_assignment


def raw(phone: Phone, body: bytes, **headers: str) -> tuple[int, str]:
    """Status and code of what a body of bytes is answered with."""
    answer = phone.session.client.post(
        "/api/sync",
        data=body,
        headers={"Content-Type": "application/json"} | phone.session.headers | headers,
    )
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, (answer.json or {}).get("code", "")


def rows(office: Office) -> int:
    """How many changes and refusals are stored of phones."""
    with begin(office.organisation) as connection:
        mine = select(organisation.c.device)
        counts = [
            connection.scalar(
                select(func.count()).select_from(table).where(table.c.device.not_in(mine))
            )
            for table in (changes, refusals)
        ]
    return sum(count or 0 for count in counts)


def malformed(phone: Phone) -> dict[str, bytes]:
    whole = phone.request()
    change = whole["changes"][0]
    without = {name: value for name, value in whole.items() if name != "device"}
    bodies: dict[str, Any] = {
        "a list": [],
        "a number": 7,
        "no device": without,
        "device no id": whole | {"device": "phone"},
        "device upper case": whole | {"device": phone.device.upper()},
        "now text": whole | {"now": "noon"},
        "now fraction": whole | {"now": 1.5},
        "now negative": whole | {"now": -1},
        "limit text": whole | {"limit": "all"},
        "limit true": whole | {"limit": True},
        "epoch number": whole | {"epoch": 7},
        "cursor without epoch": whole | {"epoch": None, "cursor": "x"},
        "changes object": whole | {"changes": {}},
        "change text": whole | {"changes": ["x"]},
        "n missing": whole | {"changes": [change | {"n": None}]},
        "n zero": whole | {"changes": [change | {"n": 0}]},
        "n huge": whole | {"changes": [change | {"n": 2**60}]},
        "n fraction": whole | {"changes": [change | {"n": 1.5}]},
        "n twice": whole | {"changes": [change, change]},
        "n descending": whole | {"changes": [change | {"n": 2}, change]},
        "status text": whole | {"status": "fine"},
        "reads object": whole | {"reads": {}},
        "read without patient": whole | {"reads": [{"id": new_id(), "at": 1, "what": "chart"}]},
        "NUL in the epoch": whole | {"epoch": "a\0b"},
    }
    texts = {name: json.dumps(body).encode() for name, body in bodies.items()}
    return texts | {
        "empty": b"",
        "cut": texts["no device"][:-5],
        "NaN": texts["now text"].replace(b'"noon"', b"NaN"),
        "infinity": texts["now text"].replace(b'"noon"', b"Infinity"),
        "an endless number": texts["now text"].replace(b'"noon"', b"9" * 5000),
        "deep": b"[" * 100_000 + b"]" * 100_000,
        "deep in a change": orjson.dumps(whole).replace(b'"Rivera"', b"[" * 5000 + b"]" * 5000),
        "not UTF-8": b'{"device": "\xff"}',
        "UTF-16": json.dumps(whole).encode("utf-16"),
        "half a surrogate pair in the envelope": json.dumps(whole | {"epoch": "\ud800"}).encode(),
    }


def test_a_malformed_request_is_refused_as_a_whole(phone: Phone, office: Office) -> None:
    phone.new_patient()
    for name, body in malformed(phone).items():
        assert raw(phone, body) == (400, "malformed"), name
    assert rows(office) == 0
    assert phone.sync()["accepted"]


def test_a_body_that_is_too_large_is_refused(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    bomb = gzip.compress(b" " * (MOST_BYTES + 1))
    assert len(bomb) < 10_000
    assert raw(phone, b" " * (MOST_BYTES + 1)) == (413, "too_large")
    assert raw(phone, bomb, **{"Content-Encoding": "gzip"}) == (413, "too_large")
    many = [phone.change(patient, "patient", patient, set={}) for _ in range(1_001)]
    assert raw(phone, orjson.dumps(phone.request(changes=many))) == (413, "too_large")
    assert rows(office) == 0


def test_a_body_that_is_too_large_is_read_to_its_end_before_it_is_refused(phone: Phone) -> None:
    """A sender that still writes when the connection closes never hears why."""
    for headers, told in (({}, True), ({"Transfer-Encoding": "chunked"}, False)):
        body = io.BytesIO(b" " * (MOST_BYTES + 100_000))
        answer = phone.session.client.post(
            "/api/sync",
            input_stream=body,
            content_length=len(body.getbuffer()) if told else None,
            environ_overrides={"wsgi.input_terminated": True},
            headers={"Content-Type": "application/json"} | phone.session.headers | headers,
        )
        assert (answer.status_code, answer.json["code"]) == (413, "too_large")
        assert body.read() == b""


def test_requests_come_with_gzip_or_plain_and_as_nothing_else(phone: Phone) -> None:
    phone.new_patient()
    plain = orjson.dumps(phone.request())
    packed = gzip.compress(plain)
    as_gzip = {"Content-Encoding": "gzip"}
    assert raw(phone, packed, **as_gzip)[0] == 200
    assert raw(phone, plain, **as_gzip) == (400, "malformed")
    assert raw(phone, packed[:-9], **as_gzip) == (400, "malformed")
    assert raw(phone, packed + b"more", **as_gzip) == (400, "malformed")
    assert raw(phone, packed[:20] + b"x" * 9 + packed[29:], **as_gzip) == (400, "malformed")
    assert raw(phone, plain, **{"Content-Encoding": "br"}) == (415, "unsupported_type")
    assert raw(phone, plain, **{"Content-Type": "text/plain"}) == (415, "unsupported_type")
    latin = {"Content-Type": "application/json; charset=latin-1"}
    assert raw(phone, plain, **latin) == (415, "unsupported_type")
    assert raw(phone, plain, **{"Content-Type": "application/json; charset=UTF-8"})[0] == 200


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_answers_are_packed_where_that_is_offered(phone: Phone, coding: str) -> None:
    patient = phone.new_patient()
    for number in range(20):
        phone.new("medication", patient, name=f"No. {number}")
    phone.session.headers["Accept-Encoding"] = coding
    answer = phone.send(phone.request())
    assert answer.headers["Content-Encoding"] == coding


@pytest.mark.parametrize("value", ["half \ud800 a pair", "a NUL \0 byte"])
def test_text_that_cannot_be_stored_is_refused_alone(
    phone: Phone, office: Office, value: str
) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name=value)
    phone.new("medication", patient, name="Aspirin")
    body = json.dumps(phone.request()).encode()
    answers = [
        phone.session.client.post(
            "/api/sync",
            data=body,
            headers={"Content-Type": "application/json"} | phone.session.headers,
        )
        for _ in range(2)
    ]
    for answer in answers:
        assert [each["n"] for each in answer.json["accepted"]] == [1, 3]
        assert [each["code"] for each in answer.json["refused"]] == ["invalid"]
    assert answers[0].json["refused"] == answers[1].json["refused"]
    history = phone.session.get(f"/api/records/{phone.outbox[1]['record']}/history")
    assert history.status_code == 404


@pytest.mark.parametrize("depth", [100, 240, 260, 500, 900, 1_000])
def test_deep_nesting_is_refused_alone_or_with_its_request(phone: Phone, depth: int) -> None:
    patient = phone.new_patient()
    phone.new("medication", patient, name="deep")
    body = orjson.dumps(phone.request()).replace(b'"deep"', b"[" * depth + b"]" * depth)
    answer = phone.session.client.post(
        "/api/sync",
        data=body,
        headers={"Content-Type": "application/json"} | phone.session.headers,
    )
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        assert [each["n"] for each in answer.json["refused"]] == [2]


def test_an_old_protocol_is_told_so(phone: Phone) -> None:
    assert raw(phone, orjson.dumps(phone.request(protocol=0))) == (426, "protocol")
    assert raw(phone, orjson.dumps(phone.request(protocol=1)))[0] == 200


def test_only_the_members_own_device_with_its_secret_syncs(
    phone: Phone, colleague: Phone, office: Office
) -> None:
    body = orjson.dumps(phone.request())
    headers = dict(phone.session.headers)
    phone.session.headers.pop("Doorstep-Device")
    assert raw(phone, body) == (401, "device_secret")
    phone.session.headers["Doorstep-Device"] = "made up"
    assert raw(phone, body) == (404, "unknown_device")
    phone.session.headers["Doorstep-Device"] = colleague.session.headers["Doorstep-Device"]
    assert raw(phone, body) == (404, "unknown_device")
    phone.session.headers = headers | {"Cookie": "doorstep_session=made up"}
    assert raw(phone, body) == (401, "signed_out")
    phone.session.headers = headers
    assert raw(phone, orjson.dumps(phone.request(device=colleague.device)))[0] == 404
    assert raw(phone, orjson.dumps(phone.request(device=new_id())))[0] == 404
    assert raw(phone, body)[0] == 200


def test_a_write_from_another_site_is_refused(phone: Phone) -> None:
    body = orjson.dumps(phone.request())
    assert raw(phone, body, Origin="https://evil.example") == (403, "origin")
    phone.session.headers.pop("Origin")
    assert raw(phone, body) == (403, "origin")
    assert raw(phone, body, Origin=ORIGIN)[0] == 200


def test_a_program_needs_no_secret_and_a_read_only_one_writes_nothing(office: Office) -> None:
    member = office.add("coordinator")
    program = as_phone(office.program(member))
    patient = program.new_patient()
    assert program.sync()["accepted"]
    reader = as_phone(office.program(member, read_only=True))
    reader.sync()
    assert reader.charts() == {patient}
    reader.new("medication", patient, name="Aspirin")
    assert raw(reader, orjson.dumps(reader.request())) == (403, "read_only")


def as_phone(program: Session) -> Phone:
    answer = program.post("/api/devices", {"name": "script"})
    assert answer.json.keys() == {"device"}
    return Phone(program, answer.json["device"])


def test_a_revoked_phone_is_told_to_erase_itself_and_its_changes_are_kept(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    unsent = phone.new("medication", patient, name="Aspirin")
    with begin(office.organisation, write=True) as connection:
        assert devices.revoke(connection, office.organisation, id_=phone.device) == 1
    assert phone.session.get(f"/api/devices/{phone.device}/state").json == {"revoked": True}
    phone.session.headers["Cookie"] = "doorstep_session=ended"
    for _ in range(2):
        answer = phone.send(phone.request())
        assert (answer.status_code, answer.json["code"]) == (403, "device_revoked")
        assert answer.json["wipe"] is True
    with begin(office.organisation) as connection:
        kept = connection.execute(select(refusals.c.record, refusals.c.answer)).all()
    assert [row.record for row in kept] == [unsent]
    assert orjson.loads(kept[0].answer)["code"] == "device_revoked"
    other = phone.session.get(f"/api/records/{patient}/history")
    assert (other.status_code, other.json["wipe"]) == (403, True)


def revoke(office: Office, phone: Phone) -> None:
    with begin(office.organisation, write=True) as connection:
        assert devices.revoke(connection, office.organisation, id_=phone.device) == 1


def test_a_revoked_phone_erases_itself_whoever_is_signed_in_beside_it(
    phone: Phone, colleague: Phone, office: Office
) -> None:
    """Two people use one phone: the store that is open is not that of the session."""
    phone.new_patient()
    colleague.session.headers["Doorstep-Device"] = phone.session.headers["Doorstep-Device"]
    answer = colleague.send(phone.request())
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_device")
    revoke(office, phone)
    for _ in range(2):
        answer = colleague.send(phone.request())
        assert (answer.status_code, answer.json["wipe"]) == (403, True)
    answer = colleague.session.get("/api/me")
    assert (answer.status_code, answer.json["wipe"]) == (403, True)
    with begin(office.organisation) as connection:
        kept = connection.execute(select(refusals.c.member, refusals.c.device)).all()
    assert kept == [(phone.member, phone.device)]


def test_a_phone_revoked_while_it_waits_for_the_counter_changes_nothing(
    phone: Phone, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = phone.new_patient()

    def revoked_first(*given: Any) -> Any:
        if phone.device not in asked:
            asked.append(phone.device)
            revoke(office, phone)
        return find(*given)

    asked: list[str] = []
    find = endpoint._Sync.read_cursors
    monkeypatch.setattr(endpoint._Sync, "read_cursors", revoked_first)
    answer = phone.send(phone.request())
    assert (answer.status_code, answer.json["wipe"]) == (403, True)
    with begin(office.organisation) as connection:
        assert connection.scalars(select(refusals.c.record)).all() == [patient]
        assert not connection.scalars(select(changes.c.n).filter_by(record=patient)).all()


def test_what_a_revoked_phone_brings_is_no_longer_unsent_and_its_reads_are_noted(
    phone: Phone, office: Office
) -> None:
    patient = phone.new_patient()
    phone.sync()
    revoke(office, phone)
    phone.new("medication", patient, name="Aspirin")
    read = {"id": new_id(), "patient": patient, "at": phone.now(), "what": "chart"}
    phone.send(phone.request(reads=[read], status={"unsent": 3}))
    with begin(office.organisation) as connection:
        told = connection.scalar(select(device.c.status).filter_by(id=phone.device))
        noted = select(access_log.c.is_offline).filter_by(patient=patient, what="chart")
        assert connection.scalars(noted).all() == [True]
    assert orjson.loads(told or "")["unsent"] == 2


def test_the_wrong_clock_of_a_revoked_phone_is_put_right_as_any_others(
    phone: Phone, office: Office
) -> None:
    phone.clock = 24 * 3600 * 1000
    phone.new_patient()
    revoke(office, phone)
    phone.send(phone.request())
    with begin(office.organisation) as connection:
        kept = connection.execute(select(refusals.c.at, refusals.c.refused_at)).one()
    assert kept.refused_at - 60_000 < kept.at <= kept.refused_at


def test_a_token_makes_a_program_none_of_its_members_phones(phone: Phone, office: Office) -> None:
    phone.new_patient()
    program = office.program(phone.member)
    stranger = Phone(program, phone.device)
    assert raw(stranger, orjson.dumps(stranger.request())) == (404, "unknown_device")
    assert raw(stranger, orjson.dumps(phone.request())) == (404, "unknown_device")
    revoke(office, phone)
    assert raw(stranger, orjson.dumps(phone.request())) == (404, "unknown_device")
    assert rows(office) == 0
    own = as_phone(program)
    assert office.phone(phone.member).send(own.request()).status_code == 404


def test_another_epoch_is_answered_before_anything_else(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    phone.new("medication", patient, name="Aspirin")
    for parts in ({}, {"device": new_id()}):
        answer = phone.send(phone.request(epoch="of another history", **parts)).json
        assert answer["epoch"] == phone.epoch
        assert answer["cursor"] is None
        assert answer["restored"].keys() == {"head", "start"}
        assert answer["accepted"] == answer["refused"] == answer["records"] == []
    phone.session.headers["Doorstep-Device"] = "of a device that the restore took away"
    assert phone.send(phone.request(epoch="of another history")).json["epoch"] == phone.epoch
    assert rows(office) == 1


def test_a_cursor_beyond_the_counter_proves_lost_history(phone: Phone, office: Office) -> None:
    phone.new_patient()
    phone.sync()
    with begin(office.organisation, write=True) as connection:
        connection.execute(update(organisation).values(head=1))
    phone.new_patient()
    answer = phone.send(phone.request())
    assert (answer.status_code, answer.json["code"]) == (503, "lost_history")
    assert answer.headers["Retry-After"]
    assert rows(office) == 1


def test_a_cursor_of_this_epoch_that_was_never_given_is_malformed(phone: Phone) -> None:
    phone.sync()
    for cursor in ("", "x", "0.0.0", f"{phone.cursor}x", "ffffffff.1.~"):
        body = phone.request(cursor=cursor)
        assert raw(phone, orjson.dumps(body)) == (400, "malformed"), cursor


def test_status_and_offline_reads_are_kept_once(phone: Phone, office: Office) -> None:
    patient = phone.new_patient()
    phone.sync()
    status = {"app": "1.4.0", "unsent": 3, "oldest": 17, "storage": 0.12, "persisted": True}
    read = {"id": new_id(), "patient": patient, "at": phone.now() - 5_000, "what": "chart"}
    again = read | {"id": new_id()}
    body = phone.request(status=status | {"mood": "\0"}, reads=[read, again])
    for _ in range(2):
        assert phone.send(body).status_code == 200
    with begin(office.organisation) as connection:
        kept = connection.execute(
            select(device.c.status, device.c.last_contact).where(device.c.id == phone.device)
        ).one()
        logged = connection.execute(select(access_log).filter_by(what="chart")).all()
    assert orjson.loads(kept.status) == status
    assert kept.last_contact is not None
    assert [(row.patient, row.record, row.what, row.is_offline, row.at) for row in logged] == [
        (patient, None, "chart", True, read["at"])
    ] * 2


def test_a_request_with_no_news_writes_nothing(
    phone: Phone, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.sync()

    def written(*_: object) -> None:
        raise AssertionError("a request that brings nothing waited for the counter")

    monkeypatch.setattr("server.sync.endpoint.take_counter", written)
    assert phone.sync()["records"] == []


def test_a_handed_over_chart_is_still_told_of(
    phone: Phone, colleague: Phone, supervisor: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    assignment = own_assignment(phone, patient)
    supervisor.change(
        new_id(), "assignment", patient, set={"status": "active", "member": colleague.member}
    )
    supervisor.sync()
    colleague.sync()
    early = phone.change(patient, "patient", patient, set={"pronouns": "she"})
    phone.sync()
    colleague.change(patient, "patient", patient, set={"pronouns": "they"}, at=colleague.now() + 5)
    end(supervisor, assignment, patient)
    colleague.sync()
    answer = phone.sync()
    assert answer["forget"] == [patient]
    assert phone.told == [
        {
            "device": phone.device,
            "n": early["n"],
            "record": patient,
            "field": "pronouns",
            "value": "she",
        }
    ]
