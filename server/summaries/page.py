"""From a paper to the HTML that is set: the Jinja template family. Every text is escaped, and text
that runs the other way is isolated, so that a name in Arabic does not turn the sentence around
it."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from server.summaries.paper import PatientPaper
from server.summaries.words import RIGHT_TO_LEFT, Words

TEMPLATES = Path(__file__).parent / "templates"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Page:
    """What is set, and apart from it what stands at the head of every further page, to be
    measured."""

    html: str
    running: str


def lay_out(paper: PatientPaper) -> Page:
    words = Words(paper.language, "UTC")
    template = _environment().get_template("patient.html.jinja")
    css = Markup((TEMPLATES / "summary.css").read_text())
    given = {
        "summary": paper,
        "t": words.say,
        "css": css,
    }
    return Page(
        template.render(given, running_only=False), template.render(given, running_only=True)
    )


def isolate(text: str, language: str) -> Markup:
    """Text, escaped, between isolating marks where it runs another way than the paper does."""
    against = ("L",) if language in RIGHT_TO_LEFT else ("R", "AL")
    escaped = escape(text)
    if any(unicodedata.bidirectional(each) in against for each in text):
        return FIRST_STRONG_ISOLATE + escaped + POP_ISOLATE
    return escaped


@pass_context
def _isolated(context: Context, text: str) -> Markup:
    return isolate(text, context["summary"].language)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["isolate"] = _isolated
    return environment
