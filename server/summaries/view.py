"""GET /api/visits/ID/summary.pdf?lang=es&audience=patient&large=1: the paper of a finished visit.

200 the PDF · 202 it is being set, ask again after Retry-After · 400 an audience or language that
there is none of · 404 no such visit, or not yours to see · 409 the visit is not finished · 503
this server cannot set pages. Without `lang` it is in the patient's own language where we speak it,
else in English."""

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from server.access import caller, read_chart
from server.database import begin
from server.logs import get_logger
from server.problems import Problem
from server.settings import Settings
from server.summaries.chart import Chart, Record, load_chart, load_visit
from server.summaries.kept import Kept, key_of
from server.summaries.page import lay_out
from server.summaries.patient import compose
from server.summaries.pool import Busy, Pool
from server.summaries.typeset import PACKAGES, LibrariesMissing
from server.summaries.words import LANGUAGES

log = get_logger("summaries")

AUDIENCES = ("patient",)
RETRY_SECONDS = 2
EXTENSION = "doorstep.summaries"


def summary(visit_id: str) -> ResponseReturnValue:
    """The summary of a visit as a PDF; the reading is noted."""
    if request.args.get("audience", "patient") not in AUDIENCES:
        raise Problem(400, "unknown_audience")
    reader = caller()
    with begin(reader.organisation, write=True) as connection:
        patient = load_visit(connection, reader.organisation, visit_id)
        if patient is None:
            raise Problem(404, "not_found")
        read_chart(connection, patient, visit_id)
    with begin(reader.organisation) as connection:
        chart = load_chart(connection, reader.organisation, patient)
    visit = chart.get(visit_id)
    if visit is None or visit.get("status") != "finished":
        raise Problem(409, "visit_unfinished")
    large = request.args.get("large") == "1"
    paper = compose(chart, visit, reader.organisation_name, _language(chart), large=large)
    page = lay_out(paper)
    kept, pool = _studio(current_app)
    key = key_of(patient, page)
    try:
        pdf = kept.get(key) or pool.set(key, page)
    except Busy:
        return {"status": "being_set"}, 202, {"Retry-After": str(RETRY_SECONDS)}
    except LibrariesMissing as error:
        log.error("libraries are missing", error=type(error).__name__)
        raise Problem(503, "cannot_set_pages", packages=list(PACKAGES)) from None
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{_file_name(visit)}"'
    answer.headers["Content-Language"] = paper.language
    return answer


def _language(chart: Chart) -> str:
    asked = request.args.get("lang")
    if asked is not None:
        if asked.partition("-")[0] not in LANGUAGES:
            raise Problem(400, "unknown_language", languages=list(LANGUAGES))
        return asked.partition("-")[0]
    patient = next(chart.of("patient"))
    own = (patient.get("language") or "").partition("-")[0]
    return own if own in LANGUAGES else LANGUAGES[0]


def _file_name(visit: Record) -> str:
    """Without a name: a file name is often seen by others."""
    day = (visit.get("actual_start") or visit.get("actual_end") or "")[:10]
    return f"visit-summary-{day}.pdf" if day else "visit-summary.pdf"


def _studio(app: Flask) -> tuple[Kept, Pool]:
    """What this application keeps and sets pages with, made at its first page."""
    found: tuple[Kept, Pool] | None = app.extensions.get(EXTENSION)
    if found is None:
        settings: Settings = app.config["SETTINGS"]
        kept = Kept(settings.home)
        found = app.extensions.setdefault(EXTENSION, (kept, Pool(kept.put)))
    return found
