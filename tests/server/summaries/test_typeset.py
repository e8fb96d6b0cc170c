"""The PDF itself: one page, readable by people and by machines, the same bytes each time."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from weasyprint.urls import FatalURLFetchingError

from server.summaries import typeset as module
from server.summaries.typeset import LibrariesMissing, typeset
from tests.server.summaries.charts import chart, contest, record
from tests.server.summaries.conftest import pages_of, pdf_of, text_of


@pytest.fixture(scope="module")
def usual() -> bytes:
    bodies = chart()
    contest(bodies["lisinopril"], "dose", "10 mg", "5 mg")
    return pdf_of(bodies)


def test_a_usual_visit_fills_one_page(usual: bytes) -> None:
    assert len(pages_of(usual)) == 1


def test_everything_that_the_patient_needs_is_on_it(usual: bytes) -> None:
    text = text_of(usual)
    for part in (
        "Rosa María Delgado Fuentes", "Saturday, November 21, 2026", "Ana Ruiz", "daughter Lucía",
        "swelling in your ankles", "Book the ride to dialysis", "Furosemide 40 MG", "each morning",
        "128 / 82 mmHg", "71.2 kg", "Walk to the corner shop", "Getting better", "second bench",
        "Order a shower chair", "Friday, November 27, 2026", "medicine bottles on the table",
        "(617) 555-0142", "Harbor Home Health",
    ):  # fmt: skip
        assert part in text, part


def test_contested_doses_both_stand_and_are_marked(usual: bytes) -> None:
    assert re.search(r"10 mg or 5 mg being checked", text_of(usual))


def test_without_a_contest_nothing_is_marked() -> None:
    assert "being checked" not in text_of(pdf_of(chart())).lower()


def test_the_same_page_gives_the_same_bytes(usual: bytes) -> None:
    bodies = chart()
    contest(bodies["lisinopril"], "dose", "10 mg", "5 mg")
    assert pdf_of(bodies) == usual


def test_it_is_a_tagged_pdf_ua_with_language_and_title(usual: bytes) -> None:
    reader = PdfReader(io.BytesIO(usual))
    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    title = "Visit summary: Rosa María Delgado Fuentes, Saturday, November 21, 2026"
    assert reader.metadata is not None
    assert reader.metadata.title == title
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part\D+1\b", xmp)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI"} <= roles(root["/StructTreeRoot"])


def test_every_font_is_embedded_and_none_stands_in_for_noto(usual: bytes) -> None:
    found = fonts(usual)
    assert found
    for name, is_embedded in found.items():
        assert is_embedded, name
        assert "Noto-Sans" in name


def test_allergies_head_every_page_of_a_long_summary() -> None:
    bodies = chart()
    for number in range(20):
        bodies[f"m{number}"] = record(
            100 + number, "medication", status="active", dose="25 mg",
            name=f"Medicine {number} 25 MG Extended Release Oral Capsule",
            instructions="Swallow whole with a full glass of water, and stay upright for a while.",
        )  # fmt: skip
    pages = pages_of(pdf_of(bodies))
    assert len(pages) > 1
    for page in pages:
        assert "Allergies: Penicillin" in page
    assert all("Rosa María" in page for page in pages)


def test_a_long_banner_pushes_the_text_of_further_pages_down_and_covers_none() -> None:
    bodies = chart()
    for number in range(24):
        bodies[f"a{number}"] = record(
            200 + number, "allergy", substance=f"Substance {number} of a long list",
            criticality="high", reactions=[{"manifestation": "hives"}],
        )  # fmt: skip
        bodies[f"m{number}"] = record(
            300 + number, "medication", name=f"Medicine number {number}", status="active"
        )
    document = pypdfium2.PdfDocument(pdf_of(bodies))
    second = document[1].get_textpage()
    banner_ends = bottom_of(second, "Latex")
    first_line = top_of(second, "Medicine")
    assert first_line < banner_ends


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("王小明", "CJK"),
        ("محمد الحسيني", "Arabic"),
        ("सुनीता शर्मा", "Devanagari"),
        ("Ngọc Trâm Đặng", "Sans"),
    ],
)
def test_names_in_any_script_have_their_glyphs(
    name: str, font: str, caplog: pytest.LogCaptureFixture
) -> None:
    bodies = chart()
    bodies["coordinator"]["fields"]["name"] = name
    pdf = pdf_of(bodies)
    assert any(font in each for each in fonts(pdf)), fonts(pdf)
    assert ".notdef" not in caplog.text


def test_a_character_that_no_font_has_would_be_noticed_by_that_check(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bodies = chart()
    bodies["coordinator"]["fields"]["name"] = "\ue000"
    pdf_of(bodies)
    assert ".notdef" in caplog.text


def test_spanish_is_spanish_throughout() -> None:
    text = text_of(pdf_of(chart(), "es"))
    for part in ("Resumen de su visita", "Sábado, 21 de noviembre de 2026", "Presión arterial",
                 "Sus medicinas", "Igual que en la lista", "Va mejor", "Página 1 / 1"):  # fmt: skip
        assert part in text, part
    for part in ("Allergies", "medicines", "What ", "Questions", "Page"):
        assert part not in text, part


def test_large_print_is_large() -> None:
    assert text_size(pdf_of(chart(), large=True)) >= 16 > text_size(pdf_of(chart()))


def test_text_that_looks_like_markup_is_text() -> None:
    bodies = chart()
    bodies["visit"]["fields"]["plain_summary"] = '<b>5 < 6</b> & <img src="file:///etc/passwd">'
    assert '<b>5 < 6</b> & <img src="file:///etc/passwd">' in text_of(pdf_of(bodies))


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/x.png"])
def test_a_page_that_points_outside_itself_is_not_set(address: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        typeset(f'<html lang="en"><title>x</title><img src="{address}" alt="x">', "")


def test_missing_libraries_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(module, "import_module", missing)
    module.libraries.cache_clear()
    try:
        with pytest.raises(LibrariesMissing, match="libpango"):
            typeset("<html>", "")
    finally:
        module.libraries.cache_clear()


def roles(element: DictionaryObject) -> set[str]:
    """Every role in a structure tree."""
    found = {str(element["/S"])} if "/S" in element else set()
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        each = child.get_object()
        if isinstance(each, DictionaryObject):
            found |= roles(each)
    return found


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font's name, and whether its outlines are in the file."""
    found = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            is_embedded = "/FontFile2" in descriptor or "/FontFile3" in descriptor
            found[str(descriptor["/FontName"])] = is_embedded
    return found


def text_size(pdf: bytes) -> float:
    """The size, in points, of the first word of what was talked about."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    index = page.search("Your blood").get_next()[0]
    _, bottom, _, top = page.get_charbox(index, loose=True)
    return float(top - bottom) / 1.36


def bottom_of(page: pypdfium2.PdfTextPage, word: str) -> float:
    return float(page.get_charbox(page.search(word).get_next()[0])[1])


def top_of(page: pypdfium2.PdfTextPage, word: str) -> float:
    return float(page.get_charbox(page.search(word).get_next()[0])[3])
