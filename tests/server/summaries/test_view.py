"""GET /api/visits/ID/summary.pdf, by the phone that holds the chart and by others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from server.database import begin
from server.summaries import pool as pools
from server.summaries.page import Page
from server.summaries.typeset import LibrariesMissing, typeset
from server.summaries.view import EXTENSION
from server.tables import access_log
from tests.server.office import Office, Phone


class Visited:
    """A finished visit to a patient, synced from a coordinator's phone."""

    def __init__(self, phone: Phone, **patient: Any) -> None:
        self.phone = phone
        self.patient = phone.new_patient("Delgado", **patient)
        self.medication = phone.new("medication", self.patient, name="Lisinopril", dose="10 mg")
        self.visit = phone.new(
            "visit", self.patient, member=phone.member, status="finished",
            actual_start="2026-11-21T10:05:00-05:00", plain_summary="All is well.",
        )  # fmt: skip
        phone.sync_all()
        assert not phone.refused

    def path(self, query: str = "") -> str:
        return f"/api/visits/{self.visit}/summary.pdf{query}"


@pytest.fixture
def visited(phone: Phone) -> Visited:
    return Visited(phone)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are set in this process: the pool's own processes have their tests in test_pool.py."""
    monkeypatch.setattr(pools, "_executor", AtOnce)


class AtOnce:
    """An executor that does the work before it answers."""

    def submit(self, do: Any, *given: Any) -> Future[bytes]:
        future: Future[bytes] = Future()
        try:
            future.set_result(do(*given))
        except Exception as error:
            future.set_exception(error)
        return future


def test_the_summary_of_a_finished_visit_is_a_pdf(visited: Visited) -> None:
    answer = visited.phone.session.get(visited.path("?lang=en&audience=patient"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == (
        'inline; filename="visit-summary-2026-11-21.pdf"'
    )
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Delgado" in text
    assert "All is well." in text


def test_a_dose_contested_between_two_phones_is_printed_twice(
    visited: Visited, office: Office, colleague: Phone, supervisor: Phone
) -> None:
    supervisor.new("assignment", visited.patient, status="active", member=colleague.member)
    supervisor.sync_all()
    colleague.sync_all()
    for phone, dose in ((visited.phone, "5 mg"), (colleague, "20 mg")):
        phone.change(visited.medication, "medication", visited.patient, set={"dose": dose})
    visited.phone.sync_all()
    colleague.sync_all()
    answer = colleague.session.get(visited.path())
    text = " ".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    assert "20 mg or 5 mg being checked" in text


@pytest.mark.parametrize(
    ("own", "query", "expected"),
    [
        ("es-MX", "", "es"),
        ("en", "", "en"),
        ("ht", "", "en"),
        ("en", "?lang=es", "es"),
        ("es", "?lang=en-US", "en"),
    ],
)
def test_it_speaks_the_language_asked_for_and_else_the_patients_own(
    phone: Phone, own: str, query: str, expected: str
) -> None:
    visited = Visited(phone, language=own)
    answer = phone.session.get(visited.path(query))
    assert answer.headers["Content-Language"] == expected
    root = PdfReader(io.BytesIO(answer.data)).root_object
    assert root["/Lang"] == expected


@pytest.mark.parametrize(
    ("query", "code"),
    [("?lang=tlh", "unknown_language"), ("?audience=press", "unknown_audience")],
)
def test_a_language_or_audience_that_there_is_none_of_is_refused(
    visited: Visited, query: str, code: str
) -> None:
    answer = visited.phone.session.get(visited.path(query))
    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_a_visit_that_is_not_finished_has_no_summary(visited: Visited) -> None:
    phone = visited.phone
    begun = phone.new("visit", visited.patient, member=phone.member, status="in-progress")
    phone.sync_all()
    answer = phone.session.get(f"/api/visits/{begun}/summary.pdf")
    assert (answer.status_code, answer.json["code"]) == (409, "visit_unfinished")


def test_a_visit_that_there_is_none_of_is_not_found(visited: Visited) -> None:
    for id_ in (visited.medication, visited.patient, "nothing"):
        answer = visited.phone.session.get(f"/api/visits/{id_}/summary.pdf")
        assert answer.status_code == 404, id_


def test_a_chart_not_held_has_no_summary_to_be_seen(visited: Visited, colleague: Phone) -> None:
    assert colleague.session.get(visited.path()).status_code == 404


def test_an_administrator_reads_no_summary(visited: Visited, office: Office) -> None:
    phone = office.phone(office.add("administrator"))
    assert phone.session.get(visited.path()).status_code == 403


def test_without_the_phones_secret_a_session_reads_no_summary(
    visited: Visited, office: Office
) -> None:
    session = office.session(visited.phone.member)
    assert session.get(visited.path()).status_code == 401


def test_the_reading_is_noted(visited: Visited, office: Office) -> None:
    visited.phone.session.get(visited.path())
    with begin(office.organisation) as connection:
        rows = connection.execute(select(access_log).where(access_log.c.what == "summary")).all()
    assert [(row.member, row.patient, row.record) for row in rows] == [
        (visited.phone.member, visited.patient, visited.visit)
    ]


def test_a_pdf_is_made_once_and_kept_where_only_the_server_reads(
    visited: Visited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = visited.phone.session.get(visited.path()).data

    def never(*_: Any) -> bytes:
        pytest.fail("It was made already.")

    monkeypatch.setattr(pools, "typeset", never)
    assert visited.phone.session.get(visited.path()).data == first
    (folder,) = (tmp_path / "summaries").iterdir()
    (kept,) = folder.iterdir()
    assert folder.name == visited.patient
    assert kept.stat().st_mode & 0o777 == 0o600
    for path in (folder, folder.parent):
        assert path.stat().st_mode & 0o777 == 0o700


def test_a_later_change_of_the_chart_makes_another_pdf(visited: Visited) -> None:
    phone = visited.phone
    first = phone.session.get(visited.path()).data
    phone.change(visited.medication, "medication", visited.patient, set={"dose": "40 mg"})
    phone.sync_all()
    assert phone.session.get(visited.path()).data != first


def test_a_busy_pool_asks_the_phone_to_come_again_and_then_has_it(
    visited: Visited, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def __init__(self) -> None:
            self.begun: list[tuple[Future[bytes], Page]] = []

        def submit(self, _do: Any, html: str, running: str) -> Future[bytes]:
            future: Future[bytes] = Future()
            self.begun.append((future, Page(html, running)))
            return future

    slow = Slow()
    monkeypatch.setattr(pools, "_executor", lambda: slow)
    monkeypatch.setattr(pools, "PATIENCE_SECONDS", 0.01)
    session = visited.phone.session
    for _ in range(2):
        answer = session.get(visited.path())
        assert answer.status_code == 202
        assert int(answer.headers["Retry-After"]) > 0
    assert len(slow.begun) == 1  # asking again begins nothing new
    future, page = slow.begun[0]
    future.set_result(typeset(page.html, page.running))
    assert session.get(visited.path()).status_code == 200


def test_a_server_without_the_libraries_names_the_packages(
    visited: Visited, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any) -> bytes:
        raise LibrariesMissing("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pools, "typeset", missing)
    answer = visited.phone.session.get(visited.path())
    assert (answer.status_code, answer.json["code"]) == (503, "cannot_set_pages")
    assert "libpango-1.0-0" in answer.json["packages"]
    assert "libpango" not in answer.json["detail"]


@pytest.fixture(autouse=True)
def nothing_left_running(app: Flask) -> Iterator[None]:
    yield
    app.extensions.pop(EXTENSION, None)
