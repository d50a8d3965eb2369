"""The brief as `make brief` prints it, and every page on paper."""

import ctypes
from pathlib import Path

import pypdfium2 as pdfium
import pytest

import print_site
from conftest import EVERY, SITE_URL
from explainer.content import Content
from explainer.forecasts import standing
from explainer.views import moves
from explainer.words import long_date
from paper import sheets

HEADINGS = "article :is(h1, h2, h3, h4, dt, .finding-head, .indicator-question, .figure-title, thead tr)"


@pytest.fixture(scope="module")
def brief(printed: Path) -> Path:
    """The brief as PDF."""
    return printed / print_site.BRIEF


def test_paper_is_black_on_white_and_nothing_is_torn(open_page) -> None:
    for scheme in ("light", "dark"):
        page = open_page("treaty/", color_scheme=scheme)
        page.emulate_media(media="print", color_scheme=scheme)
        text = "article > p:not([class]), article > p:not([class]) a"
        for selector, name, value in (
            ("html, body", "backgroundColor", "rgb(255, 255, 255)"),
            (text, "color", "rgb(0, 0, 0)"),
            (".finding, .verdict, article tr, .footnote li", "breakInside", "avoid"),
            ("article h2, article h3", "breakAfter", "avoid"),
        ):
            assert page.evaluate(f"probes.styles('{selector}', '{name}')") == [value]
    written = "probes.styles(`{}`, 'content', '::after')"
    notes = page.evaluate(written.format('.footnote a[href^="http"]'))
    assert all("http" in content for content in notes), "addresses are written out in the notes"
    elsewhere = page.evaluate(written.format("article p:not(.footnote p) a"))
    assert not any("http" in content for content in elsewhere), "and only there"


@pytest.mark.weekly
@pytest.mark.parametrize("paper", ["all", "short"])
@pytest.mark.parametrize("address", EVERY)
def test_sheets_are_full_and_nothing_collides(open_page, address: str, paper: str) -> None:
    page = open_page(address)
    page.evaluate("paper => document.documentElement.dataset.paper = paper", paper)
    headings = page.evaluate(f"[...document.querySelectorAll(`{HEADINGS}`)].map((each) => each.textContent)")
    # labels in drawings have halos, which are drawn as letters
    page.evaluate("document.querySelectorAll('svg text').forEach((each) => each.remove())")
    printed = sheets(page.pdf(prefer_css_page_size=True))
    ends = ["".join(heading.split()) for heading in headings]
    for number, sheet in enumerate(printed, 1):
        assert sheet.collisions == [], number
        if number < len(printed):
            assert sheet.filled > 1 / 3, number
            last = "".join(sheet.last.split())
            stranded = len(last) > 4 and any(heading.endswith(last) for heading in ends)  # a year ends much
            assert not stranded, (number, sheet.last)


def test_brief_has_every_answer_its_dissent_and_what_moved_on_two_full_sides(
    brief: Path, content: Content
) -> None:
    printed = sheets(brief.read_bytes())
    assert len(printed) == 2 and all(sheet.filled > 0.85 and not sheet.collisions for sheet in printed)
    text = " ".join(sheet.text for sheet in printed)
    home = content.pages["index.md"].meta
    assert home["answer"] in text
    assert long_date(home["as_of"]) in printed[0].text
    assert home["likelihood"] in text and home["confidence"] in text
    for block in content.blocks("verdict"):
        assert block.argument in text and block.fields["otherwise"] in text
        assert f"{block.body.split()[-1]} {block.fields['finding']} " in text
        assert all(f"{judged['confidence']}" in text for judged in block.fields["judgements"])
    for block in content.blocks("indicator"):
        assert block.fields["title"] in text and f" {block.argument} " in text
        assert long_date(block.fields["as_of"]) in text
        forecast = standing(content, block.argument)
        assert f"{forecast['chance']} per cent by {long_date(forecast['by'])}" in text
    assert long_date(moves(content)[0][0]) in text and long_date(content.listed["look"][-1]["date"]) in text
    assert "publisher" in text.lower() and "Creative Commons Attribution" in text
    assert f"{SITE_URL}brief/" in text and f"{SITE_URL}T3/" in text


def test_brief_as_pdf_has_title_language_structure_and_size(brief: Path) -> None:
    document = pdfium.PdfDocument(brief)
    assert document.get_metadata_value("Title") == "The brief · Is Russia an ally of Iran?"
    assert document.is_tagged()
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [210, 297]
    language = ctypes.create_string_buffer(16)
    pdfium.raw.FPDFCatalog_GetLanguage(document, ctypes.cast(language, ctypes.POINTER(ctypes.c_ushort)), 16)
    assert language.raw.decode("utf-16-le").startswith("en\0")
