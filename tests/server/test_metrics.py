"""What is counted, for whom, and that it names nobody. Several real processes are added up in
tests/faults/test_counts.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from server import build_app, counts, metrics
from server.catalogue import CATALOGUE
from server.database import begin, db
from server.routes import ROUTES
from server.settings import Settings
from server.tables import device, salvage
from server.who import now_ms
from tests.server.furnished import furnish
from tests.server.office import Office, Phone, new_id

README = (Path(metrics.__file__).parent / "README.md").read_text("utf-8")
TOKEN = "for-those-who-watch"
Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture(autouse=True)
def with_token(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = replace(app.config["SETTINGS"], metrics_token=TOKEN)
    monkeypatch.setitem(app.config, "SETTINGS", watched)


def scrape(app: Flask) -> dict[Sample, float]:
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(samples: dict[Sample, float], name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0)


class Since:
    """What was counted since: the counts of a process go on through its tests."""

    def __init__(self, app: Flask) -> None:
        self.app, self.before = app, scrape(app)

    def __call__(self, name: str, **labels: str) -> float:
        return of(scrape(self.app), name, **labels) - of(self.before, name, **labels)


def test_only_the_token_opens_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    for sent in (None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xe9"):
        headers = {} if sent is None else {"Authorization": sent}
        assert client.get("/metrics", headers=headers).status_code == 404, sent
    closed = replace(app.config["SETTINGS"], metrics_token=None)
    monkeypatch.setitem(app.config, "SETTINGS", closed)
    for sent in ("Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404


@pytest.mark.parametrize(
    "written", ["short", "sixteen letters and a space", "ñ" * 20, "a" * 20 + "\n"]
)
def test_a_token_that_no_header_carries_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="METRICS_TOKEN"):
        Settings.read({"METRICS_TOKEN": written})


def test_changes_are_counted_by_kind_and_by_what_became_of_them(phone: Phone, app: Flask) -> None:
    since = Since(app)
    patient = phone.new_patient()
    goal = phone.new("goal", patient, description="Walk to the shop.")
    phone.new("goal", new_id(), description="In nobody's chart.")
    phone.new("no such kind", patient, description="Unknown.")
    again = phone.request()
    phone.sync()
    assert phone.held[goal]
    assert phone.send(again).status_code == 200
    assert since("doorstep_changes_total", kind="patient", outcome="accepted") == 1
    assert since("doorstep_changes_total", kind="goal", outcome="accepted") == 1
    assert since("doorstep_changes_total", kind="goal", outcome="refused") == 1
    assert since("doorstep_changes_total", kind="goal", outcome="known") == 2
    assert since("doorstep_changes_total", kind="unknown", outcome="refused") == 1
    assert since("doorstep_refused_total", code="not_yours") == 1
    assert since("doorstep_refused_total", code="unknown_kind") == 1
    assert since("doorstep_syncs_total", outcome="ok") == 2


def test_a_contest_is_counted_where_a_push_leaves_one(
    phone: Phone, supervisor: Phone, app: Flask
) -> None:
    patient = phone.new_patient()
    medication = phone.new("medication", patient, name="Lisinopril", dose="5 mg", status="active")
    phone.sync_all()
    since = Since(app)
    phone.change(medication, "medication", patient, set={"dose": "10 mg"})
    phone.sync()
    assert since("doorstep_contested_total", kind="medication") == 0
    seen = phone.held[medication]["version"] - 1
    supervisor.change(medication, "medication", patient, seen=seen, set={"dose": "2 mg"})
    supervisor.sync()
    assert supervisor.refused == []
    assert since("doorstep_contested_total", kind="medication") == 1


def test_what_is_undone_is_not_counted(phone: Phone, app: Flask) -> None:
    phone.new_patient()
    body = phone.request()
    phone.sync()
    since = Since(app)
    copied = body | {"changes": [*body["changes"], {**body["changes"][0], "n": 2}]}
    copied["changes"][0] = {**copied["changes"][0], "at": 5}
    assert phone.send(copied).status_code == 409
    assert since("doorstep_syncs_total", outcome="device_copied") == 1
    assert since("doorstep_changes_total", kind="patient", outcome="accepted") == 0


def test_every_request_is_timed_by_its_route(phone: Phone, app: Flask) -> None:
    since = Since(app)
    assert phone.session.get(f"/api/records/{new_id()}/history").status_code == 404
    route = "GET /api/records/<record_id>/history"
    assert since("doorstep_request_seconds_count", route=route, status="4xx") == 1
    assert since("doorstep_request_seconds_bucket", route=route, status="4xx", le="+Inf") == 1
    assert of(scrape(app), "doorstep_requests_running") == 1, "the one that asks"


def test_phones_are_counted_by_their_last_contact(office: Office, app: Flask) -> None:
    other = Office.open(app, "Hillside Care")
    hour = 3_600_000
    ages = [0, 2 * hour, 3 * 24 * hour, 9 * 24 * hour]
    phones = [
        each.phone(each.add("coordinator", "North")) for each in (office, other) for _ in ages
    ]
    never = office.phone(office.add("coordinator", "North"))
    gone = office.phone(never.member)
    assert gone.session.post(f"/api/devices/{gone.device}/revoke", {}).status_code == 204
    for phone, age in zip(phones, ages * 2, strict=True):
        phone.sync(status={"unsent": 3})
        organisation = office.organisation if phones.index(phone) < 4 else other.organisation
        with begin(organisation, write=True) as connection:
            connection.execute(
                device.update()
                .where(device.c.id == phone.device)
                .values(last_contact=now_ms() - age)
            )
    found = scrape(app)
    for name, count in {"hour": 2, "day": 2, "week": 2, "longer": 2, "never": 1}.items():
        assert of(found, "doorstep_phones", last_contact=name) == count, name
    assert of(found, "doorstep_unsent_changes") == 24
    assert of(found, "doorstep_database_up") == 1


def test_what_waits_for_people_is_counted(app: Flask) -> None:
    furnished = furnish(app)
    with begin(furnished.office.organisation, write=True) as connection:
        offer: dict[str, Any] = {
            "organisation": furnished.office.organisation,
            "version": 5,
            "kind": "goal",
            "patient": furnished.ids["patient_id"],
            "member": furnished.ids["member_id"],
            "device": furnished.ids["device_id"],
            "body": "{}",
            "offered_at": 1,
        }
        for outcome in (None, "dismissed"):
            row = {"record": new_id(), "hash": "0" * 64, "outcome": outcome}
            connection.execute(salvage.insert(), offer | row)
    found = scrape(app)
    assert of(found, "doorstep_waiting", what="review") == 2
    assert of(found, "doorstep_waiting", what="salvage") == 1 + 2  # that the office began with
    assert of(found, "doorstep_waiting", what="taking_back") == 0
    assert of(found, "doorstep_restoring_organisations") == 1


def test_no_label_names_anybody_or_anything_of_theirs(app: Flask) -> None:
    furnished = furnish(app)
    furnished.office.app.test_client().get(f"/{new_id()}/Rivera")
    words = {
        "route": {route.endpoint for route in ROUTES} | {counts.UNKNOWN},
        "kind": {*CATALOGUE.kinds, counts.UNKNOWN},
    }
    said = {label for _, labels in scrape(app) for label in labels}
    assert {name for name, _ in said} <= {
        *("route", "status", "le", "kind", "outcome", "code"),
        *("last_contact", "what", "version", "catalogue"),
        *("implementation", "major", "minor", "patchlevel", "generation"),  # of Python itself
    }
    for name, value in said:
        assert value in words.get(name, {value})
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|@|Rivera|North|Riverside", value), value


def test_every_figure_stands_in_the_readme(app: Flask) -> None:
    furnish(app)
    names = {name for name, _ in scrape(app) if name.startswith("doorstep_")}
    assert len(names) > 8
    for name in names - {each for each in names if each.endswith("_created")}:
        assert f"`{re.sub('_(bucket|count|sum)$', '', name)}`" in README, name


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[Flask]:
    address = f"postgresql+psycopg://nobody@/nothing?host={tmp_path}"
    made = build_app(Settings(home=tmp_path, database_url=address, metrics_token=TOKEN))
    yield made
    with made.app_context():
        db.engine.dispose()


def test_a_database_that_is_away_is_a_figure_and_hides_no_other(without_database: Flask) -> None:
    without_database.test_client().get("/healthz")
    found = scrape(without_database)
    assert of(found, "doorstep_database_up") == 0
    assert of(found, "doorstep_request_seconds_count", route="GET /healthz", status="2xx") >= 1
    assert not any(name == "doorstep_phones" for name, _ in found)
