"""A reader misses nothing (property 8): under writers at once, no cursor skips a change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import Connection, text, update

from server.database import begin, db
from server.organisations import leave
from server.sync.local import LocalDevice
from server.sync.stored import take_counter
from server.tables import device
from tests.server.office import Office, Phone, new_id

WRITERS = 4
PUSHES = 6


def test_no_change_is_skipped_by_a_cursor_while_several_write(
    app: Flask, office: Office, phone: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    devices = [
        LocalDevice.enrol(office.organisation, phone.member, f"writer {number}")
        for number in range(WRITERS)
    ]
    is_over = threading.Event()

    def write(device: LocalDevice) -> set[str]:
        made = [new_id() for _ in range(PUSHES * 3)]
        with app.app_context():
            for first in range(0, len(made), 3):
                answer = device.push(
                    [
                        {
                            "record": id_,
                            "kind": "medication",
                            "patient": patient,
                            "set": {"name": id_},
                        }
                        for id_ in made[first : first + 3]
                    ]
                )
                assert not answer.refused
        return set(made)

    def read() -> None:
        while not is_over.is_set():
            phone.sync(limit=2)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read)
        written: set[str] = set().union(*pool.map(write, devices))
        is_over.set()
        reading.result()
    phone.sync_all()
    assert written <= phone.held.keys()
    seqs = [record["version"] for record in phone.held.values()]
    assert len(seqs) == len(set(seqs))
    db.engine.dispose()


def test_two_pushes_that_fold_the_same_record_lose_neither(
    app: Flask, office: Office, phone: Phone
) -> None:
    patient = phone.new_patient()
    phone.sync()
    devices = [
        LocalDevice.enrol(office.organisation, phone.member, f"writer {number}")
        for number in range(WRITERS)
    ]

    def write(device: LocalDevice) -> None:
        with app.app_context():
            for number in range(PUSHES):
                language = {"system": "phone", "value": f"{device.id} {number}"}
                change = {"record": patient, "kind": "patient", "patient": patient}
                device.push([change | {"add": {"telecom": [language]}}])

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, devices))
    phone.sync_all()
    assert len(phone.fields(patient)["telecom"]) == WRITERS * PUSHES
    db.engine.dispose()


def test_a_member_leaves_while_their_phone_pushes(
    app: Flask, office: Office, phone: Phone, database: str
) -> None:
    """Whoever takes the counter has the phone's row next: the other waits, and neither fails."""
    address = office.email(phone.member)

    def go() -> int:
        with app.app_context():
            return leave(office.organisation, address)

    with ThreadPoolExecutor(1) as pool:
        with begin(office.organisation, write=True) as connection:
            take_counter(connection, office.organisation)
            going = pool.submit(go)
            while database.startswith("postgresql") and not is_one_waiting(connection):
                assert not going.done()
            connection.execute(
                update(device).where(device.c.id == phone.device).values(last_contact=1)
            )
        assert going.result() == 1
    db.engine.dispose()


def is_one_waiting(connection: Connection) -> bool:
    """Whether another transaction of PostgreSQL waits for a lock."""
    return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
