"""The Markdown package on small projects: what it draws, and that each fault stops the build with file and line."""
from __future__ import annotations

import shutil
from pathlib import Path

import markdown
import pytest
import yaml
from conftest import ROOT, run_mkdocs
from selectolax.lexbor import LexborHTMLParser

from explainer.content import ContentError, read_content

HEAD = """---
title: "The treaty"
description: "A page that is long enough to be described in one line."
letter: "T"
as_of: "2026-04-27"
published: "2026-11-24"
changed: "2026-11-24"
review_by: "2027-02-24"
---
"""
FINDING = """
## No duty { #no-duty }

Prose with a note.[^kremlin-text]

/// finding | T1
    id: no-aid
    status: confirmed
    attribution: "Treaty text"
    as_of: "2025-04-08"
    sources: [kremlin-text]
    caveat: "Read in a mirror."

Russia must not help the attacker.
///
"""
SOURCE = {"id": "kremlin-text", "type": "webpage", "title": "Text & <b>[notes]</b> *1*", "publisher": "Kremlin",
          "issued": "2025-01-17", "accessed": "2026-11-23", "URL": "https://example.org/treaty_text_(en)", "language": "ru",
          "kind": "primary", "stance": "state-media-russia"}
TERM = {"id": "snapback", "term": "snapback", "definition": "A procedure in resolution 2231."}


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A docs folder with one page, one source and one term; tests change it."""
    folder = tmp_path / "docs"
    shutil.copytree(ROOT / "docs" / "data" / "schemas", folder / "data" / "schemas")
    (folder / "data" / "sources.yml").write_text(yaml.safe_dump([SOURCE]), encoding="utf-8")
    (folder / "data" / "glossary.yml").write_text(yaml.safe_dump([TERM]), encoding="utf-8")
    (folder / "treaty.md").write_text(HEAD + FINDING, encoding="utf-8")
    return folder


def convert(docs: Path, text: str) -> LexborHTMLParser:
    """A page's text as HTML, drawn with the package alone."""
    extensions = ["attr_list", "tables", "toc", "explainer"]
    settings = {"explainer": {"docs_dir": str(docs), "templates": str(ROOT / "overrides" / "records")}}
    return LexborHTMLParser(markdown.markdown(text, extensions=extensions, extension_configs=settings))


def problems(docs: Path) -> list[str]:
    """What the package says about a docs folder."""
    try:
        read_content(docs)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_the_sample_is_without_fault(docs: Path) -> None:
    assert problems(docs) == []


def test_finding_follows_the_html_contract(docs: Path) -> None:
    finding = convert(docs, FINDING).css_first("article.finding")
    assert finding.attributes | {"aria-label": ""} == {
        "class": "finding", "id": "no-aid", "data-code": "T1", "data-status": "confirmed", "data-as-of": "2025-04-08",
        "data-sources": "kremlin-text", "aria-label": ""}
    assert finding.css_first(".status").text() == "Confirmed"
    assert finding.css_first("a.footnote-ref").attributes["href"] == "#fn:kremlin-text"


def test_footnote_comes_from_the_record_and_means_its_own_text(docs: Path) -> None:
    note = convert(docs, FINDING).css_first(".footnote li")
    assert note.attributes["id"] == "fn:kremlin-text"
    assert "“Text & <b>[notes]</b> *1*”, Kremlin, 17 January 2025, in Russian. Russian state media." in note.text()
    assert note.css_first("a").attributes["href"] == SOURCE["URL"]


def test_notes_are_numbered_in_reading_order_also_across_tables(docs: Path) -> None:
    other = {**SOURCE, "id": "other-text", "title": "Other"}
    (docs / "data" / "sources.yml").write_text(yaml.safe_dump([SOURCE, other]), encoding="utf-8")
    page = convert(docs, "| A | B |\n| - | - |\n| x | y[^other-text] |\n\nThen.[^kremlin-text]\n")
    assert [link.text() for link in page.css("a.footnote-ref")] == ["1", "2"]


def test_only_the_first_use_of_a_term_gets_a_tooltip(docs: Path) -> None:
    page = convert(docs, "## The snapback vote { #vote }\n\nThe snapback, *then* snapback again.\n")
    assert [(node.text(), node.attributes["title"], node.attributes["tabindex"]) for node in page.css("abbr")] == [
        ("snapback", TERM["definition"], "0")]
    assert page.css_first("p").text() == "The snapback, then snapback again."


def test_code_in_brackets_becomes_a_link(docs: Path) -> None:
    link = convert(docs, "See [T1].\n").css_first("a")
    assert (link.text(), link.attributes["href"]) == ("T1", "treaty.md#no-aid")


def test_table_cells_name_their_column(docs: Path) -> None:
    page = convert(docs, "| State | Oil |\n| - | - |\n| Russia | *some* |\n")
    assert page.css_first("tbody th").attributes == {"scope": "row"}
    assert page.css_first("td").attributes["data-label"] == "Oil: "


FAULTS = {
    "unknown source in prose": ("[^kremlin-text]\n", "[^kremlin-tex]\n", 13, 'unknown source "kremlin-tex"; did you mean "kremlin-text"?'),
    "unknown source in a finding": ("sources: [kremlin-text]", "sources: [nowhere]", 20, 'unknown source "nowhere"'),
    "missing field": ("    status: confirmed\n", "", 15, "finding T1 has no `status`"),
    "no source": ("sources: [kremlin-text]", "sources: []", 20, "sources"),
    "unknown field": ("    caveat:", "    caveats:", 21, 'unknown field `caveats`; did you mean "caveat"?'),
    "unknown status": ("status: confirmed", "status: confirmd", 17, 'did you mean "confirmed"?'),
    "impossible date": ('"2025-04-08"', '"2025-02-30"', 19, "is not a date"),
    "date in words": ('"2025-04-08"', '"April 2025"', 19, "is not a date"),
    "date without quotes": ('"2025-04-08"', "2025-04-08", 19, "as_of"),
    "bad front-matter date": ('review_by: "2027-02-24"', 'review_by: "soon"', 1, "is not a date"),
    "missing front matter": ('title: "The treaty"\n', "", 1, "the front matter has no `title`"),
    "front matter not YAML": ('title: "The treaty"', 'title: "The treaty', 2, "not valid YAML"),
    "field not YAML": ('"Treaty text"', '"Treaty" text: x', 18, "not valid YAML"),
    "letter of another page": ("finding | T1", "finding | X1", 15, "must be the letter of the page"),
    "block without end": ("attacker.\n///\n", "attacker.\n", 15, "never ends"),
    "finding without text": ("Russia must not help the attacker.\n", "", 15, "has no text"),
    "heading without id": (" { #no-duty }", "", 11, "this heading has no id"),
    "id used twice": ("{ #no-duty }", "{ #no-aid }", 15, "is used on line 11 already"),
    "unknown code": ("Prose with", "As [T9] says, prose with", 13, "[T9] is the code of no finding"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_file_line_and_remedy(docs: Path, fault: str) -> None:
    old, new, line, words = FAULTS[fault]
    text = (docs / "treaty.md").read_text(encoding="utf-8")
    assert old in text
    (docs / "treaty.md").write_text(text.replace(old, new, 1), encoding="utf-8")
    found = problems(docs)
    assert any(problem.startswith(f"docs/treaty.md:{line}: ") and words in problem for problem in found), found


def test_code_given_twice_is_a_fault(docs: Path) -> None:
    second = FINDING.replace("#no-duty", "#second").replace("id: no-aid", "id: second-finding")
    (docs / "treaty.md").write_text(HEAD + FINDING + second, encoding="utf-8")
    assert any("the code T1 is given already (docs/treaty.md:15)" in problem for problem in problems(docs))


@pytest.mark.parametrize("change, words", [
    ({"stance": "friendly"}, "stance: friendly"),
    ({"issued": "yesterday"}, "is not a date"),
    ({"URL": "example.org"}, "URL"),
    ({"colour": "red"}, "unknown field `colour`"),
])
def test_faulty_source_record_is_named(docs: Path, change: dict, words: str) -> None:
    (docs / "data" / "sources.yml").write_text(yaml.safe_dump([{**SOURCE, **change}]), encoding="utf-8")
    assert any(problem.startswith("docs/data/sources.yml:1: ") and words in problem for problem in problems(docs))


def test_all_faults_are_reported_at_once(docs: Path) -> None:
    text = (HEAD + FINDING).replace("status: confirmed", "status: sure").replace("[^kremlin-text]", "[^gone]")
    (docs / "treaty.md").write_text(text, encoding="utf-8")
    assert len(problems(docs)) == 2


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of this project's content and theme, for tests that break it."""
    for name in ("docs", "overrides", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def test_a_fault_stops_the_real_build_without_a_traceback(project: Path) -> None:
    page = project / "docs" / "treaty.md"
    text = page.read_text(encoding="utf-8")
    line = text[:text.index("    status: confirmed")].count("\n") + 1
    page.write_text(text.replace("    status: confirmed", "    status: certain", 1), encoding="utf-8")
    done = run_mkdocs(project, project / "site", "http://127.0.0.1/")
    assert done.returncode == 1
    assert f"docs/treaty.md:{line}: " in done.stderr and "allowed: confirmed" in done.stderr
    assert "Traceback" not in done.stderr


def test_home_page_follows_a_changed_verdict_and_reading(project: Path) -> None:
    page = project / "docs" / "treaty.md"
    page.write_text(page.read_text(encoding="utf-8").replace('answer: "no"', 'answer: "partly"', 1), encoding="utf-8")
    watch = project / "docs" / "watchlist.md"
    watch.write_text(watch.read_text(encoding="utf-8").replace('title: "Su-35 fighters"', 'title: "Jets"', 1), encoding="utf-8")
    done = run_mkdocs(project, project / "site", "http://127.0.0.1/")
    assert done.returncode == 0, done.stderr
    home = LexborHTMLParser((project / "site" / "index.html").read_text(encoding="utf-8"))
    for row in (home.css_first("table.verdicts [data-verdict=treaty-ally]"), home.css_first(".strip [data-verdict=treaty-ally]")):
        assert row.css_first(".answer").text().strip() == "Partly"
    assert home.css_first("table.glance [data-indicator=su-35] th").text() == "Jets"


def test_site_builds_at_a_root_and_in_a_path_with_spaces(tmp_path: Path) -> None:
    place = tmp_path / "a folder, größer"
    done = run_mkdocs(ROOT, place, "https://host.example/", "--strict", "--quiet")
    assert done.returncode == 0, done.stderr
    assert '"https://host.example/treaty/"' in (place / "treaty" / "index.html").read_text(encoding="utf-8")
    assert 'href="/assets/' in (place / "404.html").read_text(encoding="utf-8")
