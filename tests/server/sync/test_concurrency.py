"""A reader misses nothing (property 8): under writers at once, no cursor skips a change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from server.database import db
from server.sync.local import LocalDevice
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
