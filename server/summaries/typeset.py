"""HTML to PDF, in a process of the pool. Nothing is fetched, from network or disk; the same page
gives the same bytes. In a process that only asks the pool, WeasyPrint stays unloaded."""

import resource
from functools import cache
from importlib import import_module
from multiprocessing import parent_process
from typing import Any

CPU_SECONDS = 60
"""What one page may cost; a page beyond that ends its process, and the pool starts another."""

PACKAGES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-noto-core",
    "fonts-noto-cjk",
)
"""What Debian calls the libraries and fonts that setting a page takes."""


class LibrariesMissing(RuntimeError):
    """This machine lacks what WeasyPrint stands on; the message is the loader's."""


def typeset(html: str, running: str) -> bytes:
    """PDF/UA-1 of a page. A usual page that overflows is tried snugly before it takes a second
    sheet; the further sheets' heads get the room that they need."""
    _allow(CPU_SECONDS)
    document = _render(html)
    if len(document.pages) > 1 and USUAL in html:
        document = _render(html.replace(USUAL, SNUG, 1))
    if len(document.pages) > 1:
        end = _render(running).pages[0].anchors["end-of-running"][1]
        room = (
            f"@page {{ margin-top: calc({end:.0f}px + 1mm) }} @page :first {{ margin-top: 12mm }}"
        )
        document = _render(html.replace("</style>", room + "</style>", 1))
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


USUAL, SNUG = '<body class="usual">', '<body class="snug">'


def _render(html: str) -> Any:
    weasyprint, fetcher = libraries()
    return weasyprint.HTML(string=html, url_fetcher=fetcher).render(pdf_variant="pdf/ua-1")


@cache
def libraries() -> tuple[Any, Any]:
    """WeasyPrint, and a fetcher for what a page holds itself. Raises LibrariesMissing."""
    try:
        weasyprint = import_module("weasyprint")
    except OSError as error:
        raise LibrariesMissing(str(error)) from None
    urls = import_module("weasyprint.urls")
    return weasyprint, urls.URLFetcher(allowed_protocols=["data"], fail_on_errors=True)


def _allow(seconds: int) -> None:
    """Let this process use so much more CPU time, if it is one of the pool's."""
    if parent_process() is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, most))
