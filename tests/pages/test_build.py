"""What completes a built site: the list as JSON, the feed, pages for what was given up."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from mkdocs.config import load_config
from selectolax.lexbor import LexborHTMLParser

import build
from book import URL as BASE
from book import Book
from conftest import ROOT, label_of, must_succeed, run_mkdocs
from edited import tell
from search_index import read_spellings

ATOM = "{http://www.w3.org/2005/Atom}"
HOOK = str(ROOT / "scripts" / "build.py")
NOTE = 'Less <b>bold</b> & "shorter"'
RETIRED = """
"/#before": {since: "2025-01-02", retired: "2025-03-05", note: "Reworded.", successor: "/#aim"}
"/#earlier": {since: "2025-01-02", retired: "2025-02-05", note: "Reworded", successor: "/#before"}
"/old/": {since: "2025-01-02", retired: "2025-03-06", note: "Merged", successor: "/glossary/"}
"/old/#part": {since: "2025-01-02", retired: "2025-03-06", note: "Merged", successor: "/#aim"}
"/gone/deep/": {since: "2025-01-02", retired: "2025-03-06", note: "It was <never> true"}
"/../out/": {since: "2025-01-02", retired: "2025-03-06", note: "No page of this site"}
"/#vanished": {since: "2025-01-02"}
"""


def lay_out(root: Path) -> Book:
    """The small project with changes and retired addresses, and a folder in which it was built."""
    book = Book(root)
    book.list.write_text(book.list.read_text(encoding="utf-8") + RETIRED, encoding="utf-8")
    tell(book.docs, {"/#aim": [("2025-01-20", NOTE), ("2025-01-10", "First")]})
    site = root / "site"
    (site / "search").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><html><head></head><body>Home</body></html>")
    (book.docs / "assets").mkdir(exist_ok=True)
    (book.docs / "assets" / "lead-on.js").touch()
    (site / "sitemap.xml.gz").touch()
    docs = [
        {"location": "", "title": "<b>", "text": ""},
        {"location": "#a", "title": "<em>a</em>", "text": "#<p><sub>pact</sub></p><p>Text</p>"},
    ]
    (site / "search" / "search_index.json").write_text(json.dumps({"docs": docs}), encoding="utf-8")
    return book


def completed(book: Book) -> Path:
    assert build.main([str(book.root / "site"), "--config", str(book.root / "mkdocs.yml")]) == 0
    return book.root / "site"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return completed(lay_out(tmp_path_factory.mktemp("build")))


def page(site: Path, address: str) -> LexborHTMLParser:
    return LexborHTMLParser((site / address / "index.html").read_text(encoding="utf-8"))


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# Lists -----------------------------------------------------------------------------------------------------


def test_the_list_is_published(small: Path) -> None:
    data = json.loads((small / "data" / "permalinks.json").read_text(encoding="utf-8"))
    addresses = data["addresses"]
    assert (data["title"], data["site"]) == ("A book", BASE)
    assert addresses["/"]["title"] == "A book"  # as its head has it
    assert addresses["/topic/#no-duty"]["code"] == "T1"
    assert [change["date"] for change in addresses["/#aim"]["changes"]] == ["2025-01-10", "2025-01-20"]
    assert addresses["/#earlier"]["successor"] == "/#aim"
    assert {"date": "2025-03-05", "note": "“/#before” was given up: Reworded."} in addresses["/"]["changes"]
    assert "/#vanished" not in addresses
    assert list(addresses) == sorted(addresses)


def test_what_else_is_made_of_the_whole_site(small: Path) -> None:
    findings = json.loads((small / "data" / "findings.json").read_text(encoding="utf-8"))
    assert [record["url"] for record in findings] == [f"{BASE}topic/#no-duty", f"{BASE}topic/#no-help"]
    assert (small / "data" / "sources.bib").is_file() and not (small / "sitemap.xml.gz").exists()


def test_the_words_for_the_search_are_made_ready(small: Path) -> None:
    """Titles as text, hidden words apart from excerpts, an entry for each code, usable spellings."""
    index = json.loads((small / "search" / "search_index.json").read_text(encoding="utf-8"))
    home, section, *own = index["docs"]
    assert (home["title"], section["title"]) == ("&lt;b>", "<em>a</em>")
    assert (section["text"], section["words"]) == ("<p>Text</p>", "pact")
    assert [entry["location"] for entry in own if entry.get("code") == "T1"] == ["topic/#no-duty"]
    spellings = small.parent / "spellings.yml"
    spellings.write_text("defence: [defense]\n", encoding="utf-8")
    assert read_spellings(spellings) == {"defense": "defence"}
    for fault in ("defence: defense\n", "- defense\n", "defence: [\n"):
        spellings.write_text(fault, encoding="utf-8")
        with pytest.raises(ValueError, match=r"spellings\.yml"):
            read_spellings(spellings)


def test_completing_again_changes_nothing_and_two_builds_agree(small: Path, tmp_path: Path) -> None:
    before = files_of(small)
    again = shutil.copytree(small.parent, tmp_path / "again")  # recordings hold their time
    for project in (small.parent, again):
        assert build.main([str(project / "site"), "--config", str(project / "mkdocs.yml")]) == 0
        assert files_of(project / "site") == before


# The feed --------------------------------------------------------------------------------------------------


def test_the_feed_has_what_atom_requires_and_says_what_changed(small: Path) -> None:
    feed = ElementTree.fromstring((small / "changes.xml").read_bytes())
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1 and element.findtext(ATOM + name)
        assert str(element.findtext(f"{ATOM}updated")).endswith("T00:00:00Z")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A book"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{BASE}changes.xml", "alternate": BASE}
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids)) == 8
    days = [str(entry.findtext(f"{ATOM}updated")) for entry in entries]
    assert days == sorted(days, reverse=True) and feed.findtext(f"{ATOM}updated") == days[0]
    entries = {entry.findtext(f"{ATOM}id"): entry for entry in entries}
    changed = entries["tag:host.example,2025-01-20:/book/#aim"]
    assert changed.findtext(f"{ATOM}summary") == NOTE and changed.findtext(f"{ATOM}title") == "Aim"
    assert [link.get("href") for link in changed.findall(f"{ATOM}link")] == [f"{BASE}#aim"]
    given_up = entries["tag:host.example,2025-03-06:/book/gone/deep/"]
    assert given_up.findtext(f"{ATOM}summary") == "Given up: It was <never> true"


# Retired pages ---------------------------------------------------------------------------------------------


def test_a_retired_page_leads_on(small: Path) -> None:
    old = page(small, "old")
    attributes = {
        node.attributes.get("http-equiv") or node.attributes.get("name"): node.attributes["content"]
        for node in old.css("meta[content]")
    }
    assert "refresh" not in attributes and attributes["robots"] == "noindex"
    assert old.css_first("link[rel=canonical]").attributes["href"] == f"{BASE}glossary/"
    assert old.css_first("h1 + p a").attributes["href"] == "../glossary/"
    assert old.css_first("h1 + p a").text() == "Glossary"
    assert old.css_first("p#part a").attributes["href"] == "../#aim"
    assert old.css_first("script").attributes["src"] == "../assets/lead-on.js"


def test_a_retired_page_without_a_successor_says_when_and_why(small: Path) -> None:
    gone = page(small, "gone/deep")
    assert gone.css_first("meta[http-equiv=refresh]") is None and gone.css_first("h1 + p a") is None
    assert "was given up on 6 March 2025: It was <never> true." in gone.css_first("h1 + p").text()
    assert gone.css_first(".home a").attributes["href"] == "../../"


def test_every_code_and_every_version_has_a_page(tmp_path: Path) -> None:
    book = lay_out(tmp_path)
    book.list.write_text(book.list.read_text(encoding="utf-8").partition('"/#vanished"')[0], encoding="utf-8")
    first = book.places()["/topic/#no-duty"].content_digest
    book.edit("topic.md", "It holds no duty.", "It holds a <b>duty</b>.")
    book.edit("topic.md", "/// statement.*?///\n", "")
    more = ["--date", "2025-04-01", "--note", "Why"]
    assert book.record(*more, "--retire", "/topic/#said") == 0 and book.record(*more) == 0
    (tmp_path / "site" / "topic").mkdir()
    (tmp_path / "site" / "topic" / "index.html").write_text('<head></head><p id="no-duty">', encoding="utf-8")
    site, now = completed(book), book.places()
    here = page(site, "topic")
    second, whole = (now[address].content_digest for address in ("/topic/#no-duty", "/topic/"))
    memento = here.css_first("link[rel=memento]").attributes["href"]
    assert memento == f"../v/{whole}/"
    assert json.loads((site / "topic" / memento / "places.json").read_text())["no-duty"] == second
    times = here.css_first("link[rel=timemap]").attributes["href"]
    known = (site / "topic" / times).read_text()
    mementos = re.findall(r'<(\S+)>; rel="[a-z ]*memento"; datetime="(.*?)"', known)
    assert [link.split("/v/")[1] for link, _ in mementos][-1] == f"{whole}/"
    assert mementos[0][1].startswith("Thu, 02 Jan 2025 ")
    old = page(site, f"v/{first}")
    assert old.css("meta[name=robots][content=noindex]") and not old.css("nav")
    stood = " ".join(old.css_first(".stood").text().split())
    assert "as they stood from 2 January 2025 to 1 April 2025" in stood and "The page today" in stood
    led = [link.attributes["href"] for link in old.css(".stood a")]
    assert led == ["../../topic/#no-duty", f"../{second}/"]
    assert "It holds no duty." in old.css_first(".words").text()
    assert "It holds a duty." in page(site, f"v/{second}").css_first(".words").text()
    assert [part.attributes["href"] for part in page(site, f"v/{whole}").css(".part a")][0].startswith("../")
    counts = now["/topic/#figure-counts"].content_digest
    assert [cell.text() for cell in page(site, f"v/{counts}").css("td")][-1] != ""
    code = page(site, "T1")
    assert code.css_first("meta[http-equiv=refresh]").attributes["content"] == "0; url=../topic/#no-duty"
    gone = page(site, "T4")
    assert "was given up on 1 April 2025: Why." in gone.css_first("h1 + p").text()
    assert gone.css_first("h1 + p a").text() == "The words as they stood last"
    assert not gone.css("[http-equiv=refresh]")


def test_nothing_is_written_outside_the_site_or_over_a_page(small: Path) -> None:
    assert not (small.parent / "out").exists() and "Home" in (small / "index.html").read_text("utf-8")
    assert set(files_of(small)) & {"glossary/index.html", "topic/index.html"} == set()


# Settings and failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["list", "config", "site", "slash"])
def test_what_stands_in_the_way_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    book = lay_out(tmp_path)
    config = book.root / "mkdocs.yml"
    if damage == "site":
        (book.root / "site" / "index.html").unlink()
    elif damage == "slash":
        config.write_text(config.read_text(encoding="utf-8").replace(BASE, BASE[:-1]), encoding="utf-8")
    else:
        (book.list if damage == "list" else config).write_text('"/": [', encoding="utf-8")
    capsys.readouterr()
    assert build.main([str(book.root / "site"), "--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("the site cannot be completed: ") and said.count("\n") == 1


# By MkDocs -------------------------------------------------------------------------------------------------


def test_the_words_and_separators_of_templates_are_in_no_download(tmp_path: Path) -> None:
    """Every printed label and separator is another: pages differ, the data are the same to the byte."""
    book = Book(tmp_path)
    book.furnish(hooks=[HOOK])
    must_succeed(run_mkdocs(book.root, tmp_path / "before", BASE))
    for path in (book.root / "overrides" / "records").glob("*.html"):
        path.write_text(reworded(path.read_text(encoding="utf-8")), encoding="utf-8")
    must_succeed(run_mkdocs(book.root, tmp_path / "after", BASE))
    before, after = (files_of(tmp_path / name) for name in ("before", "after"))
    text, says = after["topic/index.html"].decode(), label_of("attribution")
    assert says in before["topic/index.html"].decode() and says not in text and "Label" in text
    data = {"changes.xml"} | {name for name in before if re.match(r"data/.*(?<!\.html)$", name)}
    assert len(data) > 20 and {name for name in data if before[name] != after[name]} == set()


def reworded(template: str) -> str:
    """A template whose words between tags are others, and whose separators are."""
    parts = re.split(r"(\{[{%#].*?[}%#]\}|<[^>]*>)", template, flags=re.S)
    for index, part in enumerate(parts):
        if index % 2 == 0:
            parts[index] = re.sub(r"[A-Za-z]{2,}", "Label", part).replace(".", " ~").replace(":", " ~")
    return "".join(parts)


def test_a_preview_has_no_policy_because_its_server_adds_a_script(small: Path, tmp_path: Path) -> None:
    """The hooks as `mkdocs serve` and `mkdocs build` call them."""
    project = shutil.copytree(small.parent, tmp_path / "project")
    config = load_config(str(project / "mkdocs.yml"), site_dir=str(project / "site"))
    config.extra["content_security_policy"] = True
    for command in ("serve", "build"):
        build.on_startup(command=command, dirty=False)
        build.on_post_build(config)
        there = "Content-Security-Policy" in (project / "site" / "index.html").read_text(encoding="utf-8")
        assert there == (command == "build")


def test_a_build_that_fails_says_so_in_a_line(tmp_path: Path) -> None:
    book = Book(tmp_path / "project")
    book.furnish(hooks=[HOOK], extra={"content_security_policy": True})
    book.edit("index.md", "Welcome.", '<p style="color: red">Red</p>')
    done = run_mkdocs(book.root, tmp_path / "site", BASE, "--strict")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "index.html has <p style>" in done.stderr and "content security policy" in done.stderr
    shutil.rmtree(tmp_path / "site")
    (tmp_path / "site").touch()
    done = run_mkdocs(book.root, tmp_path / "site", BASE)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Traceback" not in said
    assert f"the build stopped: Not a directory: {tmp_path / 'site'}" in said


def test_the_page_of_data_names_every_download(site: Path) -> None:
    links = [link.attributes["href"] or "" for link in page(site, "data").css("article a[href]")]
    linked = {link.removeprefix("../data/") for link in links}
    made = {path.relative_to(site / "data").as_posix() for path in (site / "data").rglob("*")}
    assert {name for name in made if name.endswith((".csv", ".bib", ".csl.json"))} <= linked
    for path in (site / "data" / "schemas" / "exports").iterdir():
        assert {f"{path.name.split('.')[0]}.json", f"schemas/exports/{path.name}"} <= linked
