"""On paper: every page as a document one would staple, and the brief as one sheet, printed by the browser."""
from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from conftest import PAGES, ROOT
from pypdf import PdfReader

import print_brief
from explainer.content import current_content
from explainer.words import long_date, short_reading

SHEETS = {"sources/": 60, "": 6, "about/": 6}  # more than these, and something has gone wrong; other pages 30
PRINTED = (*PAGES, "changes/", "briefing/", "brief/")


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces and without ligatures."""
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [" ".join(unicodedata.normalize("NFKC", text).split()) for text in texts]


@pytest.fixture(scope="module")
def content():
    return current_content(ROOT / "docs")


@pytest.fixture(scope="module")
def brief(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The brief as `make brief` prints it, in a copy of the site."""
    copy = tmp_path_factory.mktemp("printed") / "site"
    shutil.copytree(site, copy)
    done = subprocess.run([sys.executable, ROOT / "scripts" / "print_brief.py", copy], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.mark.parametrize("address", PRINTED)
def test_a_printed_page_says_what_it_is_and_leaves_the_screen_behind(open_page, content, address: str) -> None:
    page = open_page(address)
    meta = content.pages[f"{address.strip('/') or 'index'}.md"].meta
    name = re.search(r"^site_name: (.+)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)[1]
    sheets = pages_of(page.pdf(prefer_css_page_size=True))
    assert len(sheets) <= SHEETS.get(address, 30)
    assert (meta["title"] if address else name) in sheets[0]
    assert f"Evidence found to {long_date(meta['as_of'])}" in sheets[0]
    assert all(name in text and f"{number} / {len(sheets)}" in text for number, text in enumerate(sheets, 1))
    text = " ".join(sheets)
    for word in ("Skip to content", "Table of contents", "Method and labels", "Switch to the", "No cookies", "¶", "Back to top"):
        assert word not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_black_on_white_and_nothing_is_torn(open_page, scheme: str) -> None:
    page = open_page("treaty/", color_scheme=scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    style = """([selector, name]) => [...new Set([...document.querySelectorAll(selector)].map(e => getComputedStyle(e)[name]))]"""
    assert page.evaluate(style, ["html, body", "backgroundColor"]) == ["rgb(255, 255, 255)"]
    assert page.evaluate(style, ["article > p:not([class]), article > p:not([class]) a", "color"]) == ["rgb(0, 0, 0)"]
    assert page.evaluate(style, [".finding, .verdict, article tr, .footnote li", "breakInside"]) == ["avoid"]
    assert page.evaluate(style, ["article h2, article h3", "breakAfter"]) == ["avoid"]
    assert page.evaluate("""() => [...document.querySelectorAll('button, .headerlink, .cite, nav, dialog, .md-sidebar')]
        .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))""") == []


def test_addresses_are_written_out_in_the_notes_only(open_page) -> None:
    page = open_page("treaty/")
    page.emulate_media(media="print")
    written = """selector => [...document.querySelectorAll(selector)].map(e => getComputedStyle(e, '::after').content)"""
    assert all("http" in content for content in page.evaluate(written, '.footnote a[href^="http"]'))
    assert not any("http" in content for content in page.evaluate(written, "article p:not(.footnote p) a"))


@pytest.mark.parametrize("address", PRINTED)
def test_nothing_is_cut_off_at_the_width_of_a4(open_page, address: str) -> None:
    page = open_page(address, viewport={"width": 642, "height": 975})  # A4 without the margins
    page.emulate_media(media="print")
    assert page.evaluate("""() => [...document.querySelectorAll('article.md-content__inner *')].filter(e =>
        e.checkVisibility() && !e.closest('caption, svg') && e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => e.outerHTML.slice(0, 120))""") == []


def test_brief_is_one_sheet_with_every_answer_code_and_address(brief: Path, content, site_url: str) -> None:
    sheets = pages_of(brief.read_bytes())
    assert len(sheets) <= 2
    text = " ".join(sheets)
    solid = text.replace(" ", "")  # long addresses break across lines
    home = content.pages["index.md"].meta
    assert home["answer"] in text and long_date(home["as_of"]) in sheets[0]
    codes = content.codes()
    for block in [*(codes[verdict.fields["finding"]] for verdict in content.blocks("verdict")), *content.blocks("indicator")]:
        page = block.page.removesuffix(".md")
        assert f"{block.argument}{site_url.partition('://')[2]}{page}/#{block.fields['id']}" in solid
    assert all(verdict.argument in text for verdict in content.blocks("verdict"))
    assert all(long_date(indicator.fields["as_of"]) in text for indicator in content.blocks("indicator"))
    assert "Creative Commons Attribution" in text and f"{site_url}brief/" in solid


def test_brief_types_nothing_again(html, content) -> None:
    assert content.pages["brief.md"].meta["as_of"] == content.pages["index.md"].meta["as_of"]
    home = [(row.css_first("th").text(strip=True), row.css_first(".answer").text(strip=True)) for row in html("").css(".verdicts tbody tr")]
    rows = html("brief/").css("table.brief")[0].css("tbody tr")
    assert [(row.css_first("th").text(strip=True), row.css_first(".answer").text(strip=True)) for row in rows] == home
    assert not html("brief/").css(".footnote")


def test_short_readings_are_whole_sentences_without_notes(content) -> None:
    assert short_reading("One veto of two. It came in April.[^un] More.") == "One veto of two. It came in April."
    assert short_reading("No track is known to have been laid.[^a][^b] Work was to start.") == "No track is known to have been laid."
    for indicator in content.blocks("indicator"):
        assert re.fullmatch(r"[A-Z“][^\[]+[.?!]", short_reading(indicator.fields["reading"]))


def test_brief_as_pdf_has_title_language_and_structure(brief: Path) -> None:
    reader = PdfReader(brief)
    assert reader.metadata.title == "The brief · Is Russia an ally of Iran?"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]


def test_page_links_the_pdf_only_once_it_is_there(brief: Path, site: Path) -> None:
    assert "Print this page" in (site / "brief" / "index.html").read_text(encoding="utf-8")
    assert not list((site / "brief").glob("*.pdf"))
    page = brief.with_name("index.html")
    for _ in range(2):  # also when it is printed again
        assert page.read_text(encoding="utf-8").count(f'href="{brief.name}"') == 1
        print_brief.replace_file(page, print_brief.OFFER.sub(r"\g<0>", page.read_text(encoding="utf-8")).encode())
    assert sorted(path.name for path in brief.parent.iterdir()) == ["index.html", brief.name]


def test_it_says_what_is_missing(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(print_brief.CannotPrint, match="build the site first"):
        print_brief.print_brief(tmp_path)
    monkeypatch.setattr(print_brief, "find", lambda: None)
    with pytest.raises(print_brief.CannotPrint, match="no browser found"):
        print_brief.print_brief(site)
