"""Papers set from a chart, and what can be read off them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from pypdf import PdfReader

from server.summaries.chart import read_chart_from
from server.summaries.page import lay_out
from server.summaries.paper import PatientPaper
from server.summaries.patient import compose
from server.summaries.typeset import typeset
from tests.server.summaries.charts import VISIT


def paper(bodies: Mapping[str, Any], language: str = "en", *, large: bool = False) -> PatientPaper:
    chart = read_chart_from(bodies.values())
    visit = chart.get(VISIT)
    assert visit is not None
    return compose(chart, visit, "Harbor Home Health", language, large=large)


def pdf_of(bodies: Mapping[str, Any], language: str = "en", *, large: bool = False) -> bytes:
    page = lay_out(paper(bodies, language, large=large))
    return typeset(page.html, page.running)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))
