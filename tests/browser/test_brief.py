"""The brief as `make brief` prints it, and what paper does to a page."""

import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

import print_site
from conftest import SITE_URL
from explainer.content import Content
from explainer.words import long_date


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


def test_brief_has_every_answer_code_and_address(brief: Path, content: Content) -> None:
    sheets = [unicodedata.normalize("NFKC", page.extract_text()) for page in PdfReader(brief).pages]
    assert len(sheets) <= 2
    text = " ".join(" ".join(sheets).split())
    solid = text.replace(" ", "")  # long addresses break across lines
    home, codes = content.pages["index.md"].meta, content.codes()
    assert home["answer"] in text
    assert long_date(home["as_of"]) in " ".join(sheets[0].split())
    verdicts, indicators = content.blocks("verdict"), content.blocks("indicator")
    for block in [*(codes[verdict.fields["finding"]] for verdict in verdicts), *indicators]:
        page = block.page.removesuffix(".md")
        assert f"{block.argument}{SITE_URL.partition('://')[2]}{page}/#{block.fields['id']}" in solid
    assert all(verdict.argument in text for verdict in verdicts)
    assert all(long_date(indicator.fields["as_of"]) in text for indicator in indicators)
    assert "Creative Commons Attribution" in text
    assert f"{SITE_URL}brief/" in solid


def test_brief_as_pdf_has_title_language_structure_and_size(brief: Path) -> None:
    reader = PdfReader(brief)
    assert reader.metadata.title == "The brief · Is Russia an ally of Iran?"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
