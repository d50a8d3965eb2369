"""Templates draw blocks: looks change without data, values stay text, a fault names template and line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import markdown
import pytest
from selectolax.lexbor import LexborHTMLParser

from conftest import ROOT, words
from explainer.draw import TemplateFault, draw
from explainer.judged import read_content
from explainer.kinds import GATHERED, RECORDS

DOCS, TEMPLATES = ROOT / "docs", ROOT / "overrides" / "records"
HOSTILE = "a \"b\" 'c' <script>alert(1)</script> & ]]> {{ id }} {% x %} <!-- d --> &amp;"
READ = HOSTILE.replace("&amp;", "&").replace('"b"', "“b”").replace("'c'", "‘c’")  # what Markdown makes of it


def page_html(name: str, docs: Path = DOCS, templates: Path = TEMPLATES) -> str:
    """A page's text as HTML, drawn with the package alone."""
    text = (docs / name).read_text(encoding="utf-8-sig").partition("\n---\n")[2]
    settings = {
        "smarty": {"smart_dashes": False, "smart_ellipses": False},
        "explainer": {
            "docs_dir": str(docs),
            "templates": str(templates),
            "site_url": "https://host.example/",
        },
    }
    extensions = ["abbr", "attr_list", "smarty", "tables", "toc", "explainer"]
    return markdown.markdown(text, extensions=extensions, extension_configs=settings)


def parsed(*arguments: str | Path) -> LexborHTMLParser:
    """The same, to look into."""
    return LexborHTMLParser(page_html(*arguments))


def edit(path: Path, pattern: str, new: str, count: int = 1) -> None:
    """Replace what must be there."""
    text, replaced = re.subn(pattern, lambda _: new, path.read_text(encoding="utf-8"), count=count)
    assert replaced, pattern
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A copy of the content, for tests that change it."""
    return Path(shutil.copytree(DOCS, tmp_path / "docs"))


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A copy of the templates, likewise."""
    return Path(shutil.copytree(TEMPLATES, tmp_path / "overrides" / "records"))


def test_each_kind_has_its_template_and_each_template_is_used() -> None:
    others = {"_macros", "argument", "history", "notes", "retired"}
    assert {path.stem for path in TEMPLATES.glob("*.html")} == {*RECORDS, *GATHERED} | others


def test_each_macro_is_used() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    for name in re.findall(r"\{% macro (\w+)", texts):
        assert len(re.findall(rf"\b{name}\(", texts)) > 1, name


def test_a_template_can_be_laid_out_in_any_way(templates: Path) -> None:
    path = templates / "finding.html"
    text = re.sub(r"(</?(?:dl|dt|dd|div|slot)[^>]*>)", r"\n\n      \1\n  ", path.read_text(encoding="utf-8"))
    path.write_text(text.replace('" data-', '"\n   data-'), encoding="utf-8")
    assert page_html("treaty.md", DOCS, templates) == page_html("treaty.md")


def test_text_stands_at_the_slot_and_values_keep_their_line_breaks(docs: Path) -> None:
    edit(docs / "treaty.md", r"    attribution: .*", "    attribution: |-\n      one\n        two")
    finding = parsed("treaty.md", docs).css_first("article.finding")
    assert finding.css_first("dd").text() == "one\n  two"
    tags = [child.tag for child in finding.iter()]
    assert tags[0] == "p" and tags[-1] == "details" and set(tags[1:-1]) == {"p"} and not finding.css("slot")


def test_hostile_text_is_text_in_records_lists_attributes_drawings_and_front_matter(docs: Path) -> None:
    edit(docs / "data" / "sources.yml", r"  stance: .*", "  stance: independent", 0)
    for name, field in (
        ("data/sources.yml", "  publisher: "),
        ("data/glossary.yml", "  definition: "),
        ("data/events.yml", "  what: "),
        ("treaty.md", "\nanswer: "),
        ("treaty.md", "    attribution: "),
        ("treaty.md", "    caveat: "),
        ("watchlist.md", "    title: "),
        ("watchlist.md", "    description: "),
    ):
        quoted = HOSTILE.replace("'", "''")
        edit(docs / name, rf"{field}.*", f"{field}'{quoted}'", 0)
    for name in ["index", "sources", "glossary", "timeline", "treaty", "watchlist", "brief"]:
        assert "<script>" not in re.sub(r'="[^"]*"', "", page_html(f"{name}.md", docs)), name
    facts = [words(row) for row in parsed("treaty.md", docs).css_first("article.finding").css("dd")]
    assert facts.count(READ) == 2
    home, watch = parsed("index.md", docs), parsed("watchlist.md", docs)
    plain = HOSTILE.replace("&amp;", "&")  # as it is, with straight quotes
    assert READ in [words(row) for row in home.css(".glance tbody th")]
    assert READ[:-1] + "&amp;" in [words(row) for row in home.css(".doors p")]  # text, no Markdown
    assert watch.css_first("article.indicator").attributes["aria-label"].endswith(plain)
    assert watch.css_first("figure svg").attributes["aria-label"] == plain
    assert READ in [words(title) for title in watch.css(".figure-title")]


def test_text_of_a_page_may_hold_html_also_where_another_page_shows_it(docs: Path) -> None:
    edit(docs / "about.md", r"#licence \}\n\n", "#licence }\n\nAll <em>of</em> it. ")
    assert "<p>All <em>of</em> it." in page_html("brief.md", docs)


def test_absence_says_what_was_looked_for_and_how_far_sources_reach(docs: Path) -> None:
    look = '- {date: "2026-11-29", reach: "2026-11-02", languages: [en, fa], scope: "x", moved: "y"}\n'
    (docs / "data" / "looks.yml").write_text(look, encoding="utf-8")
    edit(docs / "treaty.md", r"    status: .*", '    status: not-found\n    looked_for: "Images of it."')
    edit(docs / "treaty.md", r"\n\n## ", "\n\nNone up to {horizon}.\n\n## ")
    page = parsed("treaty.md", docs)
    finding = page.css_first("article.finding")
    assert words(finding.css_first(".status")) == "Not found"
    reach = "in sources up to 2 November 2026"
    assert words(finding.css_first("dd")) == f"Images of it, {reach} (English, Persian)"
    assert "None up to 2 November 2026." in [words(paragraph) for paragraph in page.css("p")]
    edit(docs / "treaty.md", "Images of it", "Images in English")
    shown = words(parsed("treaty.md", docs).css_first("article.finding dd"))
    assert shown == f"Images in English, {reach}"  # what it says itself is not said again


def test_what_folds_behind_a_row_of_the_home_page_has_a_name_of_its_own() -> None:
    home = parsed("index.md")
    rows = home.css("table.verdicts tbody tr")
    names = [words(row.css_first("summary")) for row in rows]
    assert len({*names}) == len(names) and all(words(row.css_first("th")) in words(row) for row in rows)
    assert all(row.css_first(".why > p a") and not row.css("details[open]") for row in rows)


FINDING = {
    **dict.fromkeys(read_content(DOCS).schemas["finding"]["properties"]),
    **{"id": "x", "code": "T1", "status": "confirmed", "attribution": "a", "sources": ["s"]},
    **{"as_of": "2026-11-24"},
}


WORD = "{{ SPELT.get(word, word) | capitalize }}"


@pytest.mark.parametrize(("template", "old", "new", "said"), [
    ("finding", "<dt>Sources</dt>", "<dt>Sources</dl>", "not well-formed XML: mismatched tag"),
    ("finding", "{{ attribution }}", "{{ atribution }}", "UndefinedError: 'atribution' is undefined"),
    ("finding", "{{ attribution }}", "{{ attribution }", "unexpected '}'"),
    ("_macros", WORD, "{{ word | capitalise }}", "No filter named 'capitalise'."),
    ("_macros", WORD, "{{ wort }}", "UndefinedError: 'wort' is undefined"),
])  # fmt: skip
def test_a_fault_in_a_template_is_one_line_with_its_place(
    templates: Path, template: str, old: str, new: str, said: str
) -> None:
    path = templates / f"{template}.html"
    text = path.read_text(encoding="utf-8")
    assert draw(templates, "finding", FINDING).tag == "article" and old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = 1 if "XML" in said else text[: text.index(old)].count("\n") + 1
    with pytest.raises(TemplateFault) as raised:
        draw(templates, "finding", FINDING)
    where = f"overrides/records/{template}.html:{line}:1"
    assert raised.value.message == f"{where}: error TPL001 {said}; correct the template"


def test_a_build_stops_with_that_line_and_without_a_traceback(templates: Path, docs: Path) -> None:
    edit(templates / "finding.html", "attribution", "atribution")
    settings = "site_name: x\nmarkdown_extensions: [attr_list, tables, explainer]\n"
    (docs.parent / "mkdocs.yml").write_text(settings, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(docs.parent / "site")]
    done = subprocess.run(command, cwd=docs.parent, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.count("finding.html:16:1: error TPL001 UndefinedError: 'atribution' is undefined") == 1


def give_up(docs: Path, successor: str, lost: str = "/treaty/#lost") -> None:
    """Add an id that a page has lost to the list of addresses."""
    record = (
        f'{lost}:\n  since: "2026-11-24"\n  retired: "2026-11-27"\n  note: "Was <b>wrong</b> *and* old"\n'
    )
    with (docs / "data" / "permalinks.yml").open("a", encoding="utf-8") as stream:
        stream.write(record + (f'  successor: "{successor}"\n' if successor else ""))


@pytest.mark.parametrize(("page", "selector"), [
    ("treaty", "h2[id]:not(#story)"), ("treaty", "article[id]"),
    ("timeline", "li[id]"), ("glossary", "dt[id]"),
])  # fmt: skip
def test_a_lost_id_stands_before_what_took_its_place_or_inside(docs: Path, page: str, selector: str) -> None:
    new = parsed(f"{page}.md").css_first(selector)
    give_up(docs, f"/{page}/#{new.attributes['id']}", f"/{page}/#lost")
    mark = parsed(f"{page}.md", docs).css_first("#lost")
    assert mark.attributes == {"id": "lost", "class": "retired", "data-unrecorded": "", "data-retired": ""}
    inside = new.tag in ("li", "dt")  # before which no span may stand
    assert mark.tag == "span" and mark.text() == "" and (mark.prev is None or not inside)
    assert (mark.parent if inside else mark.next).attributes == new.attributes


def test_a_lost_id_whose_successor_is_elsewhere_is_told_at_the_end(docs: Path) -> None:
    give_up(docs, "/treaty/#lost-too")
    give_up(docs, "/watchlist/", "/treaty/#lost-too")  # which is followed
    line = parsed("treaty.md", docs).css_first("#lost")
    title = read_content(docs).pages["watchlist.md"].meta["title"]
    said = f"“lost” was given up on 27 November 2026: Was <b>wrong</b> *and* old. In its place: {title}."
    assert line.tag == "p" and words(line) == said and line.parent.css("article")
    assert line.css_first("a").attributes["href"] == "watchlist.md"
    assert {"data-retired", "data-unrecorded"} < line.attributes.keys()


@pytest.mark.parametrize(("successor", "end"), [("", "old."), ("/gone/#x", "In its place: /gone/#x.")])
def test_a_lost_id_without_a_place_to_lead_to_has_no_link(docs: Path, successor: str, end: str) -> None:
    give_up(docs, successor)
    line = parsed("treaty.md", docs).css_first("#lost")
    assert words(line).endswith(end) and not line.css("a")


def test_an_id_that_is_still_there_is_left_alone(docs: Path) -> None:
    give_up(docs, "")
    edit(docs / "treaty.md", r"\Z", "\n## Found again { #lost }\n\nText.\n")
    page = parsed("treaty.md", docs)
    assert [node.tag for node in page.css("#lost")] == ["h2"] and not page.css("[data-retired]")


def test_pages_are_found_by_what_they_hold_not_by_their_names(docs: Path) -> None:
    for old, new in (("sources", "works"), ("timeline", "when"), ("data", "downloads"), ("index", "start")):
        (docs / f"{old}.md").rename(docs / f"{new}.md")
        for path in [*docs.glob("*.md"), docs / "data" / "events.yml"]:
            text = path.read_text(encoding="utf-8").replace(f"{old}.md", f"{new}.md")
            path.write_text(text, encoding="utf-8")
    html = page_html("treaty.md", docs)
    assert all(link in html for link in ("works.md#", "when.md#", "downloads.md#promises-columns"))
    assert not re.search(r"\b(sources|timeline|data|index)\.md", html)
    assert 'class="answer-line"' in page_html("brief.md", docs)
