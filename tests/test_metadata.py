"""What pages say of themselves to machines, and what they say has changed, on real builds."""
from __future__ import annotations

import functools
import json
import shutil
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from conftest import PAGES, PREFIX, ROOT, PagesHandler, run_mkdocs
from selectolax.lexbor import LexborHTMLParser

from checks.addresses import published
from checks.project import Project
from explainer.content import ContentError, Permalink, read_content

ADDRESSES = (*PAGES, "changes/")
HOSTILE = 'Say "yes" & </script>'
TEXTS = ("title", "description", "answer", "likelihood", "confidence", "would_change")
MARKUP = HOSTILE + ' <x-{name} onclick="x()"> <img src=x onerror=x()> [{page}](javascript:x) {{{{ 7 }}}} *s*'
NOTE = 'Two outlets "confirm" it & [one] <b>doubts</b>'
SITE = "https://host.example/"


def named(page: LexborHTMLParser, name: str) -> str:
    """The content of a page's one `meta` tag of this name."""
    tags = page.css(f'meta[name="{name}"]')
    assert len(tags) == 1, f"{len(tags)} tags {name}"
    return tags[0].attributes["content"]


def article(page: LexborHTMLParser) -> dict:
    """A page's JSON-LD."""
    return json.loads(page.css_first('script[type="application/ld+json"]').text())


def parse(site: Path, address: str) -> LexborHTMLParser:
    return LexborHTMLParser((site / address / "index.html").read_text(encoding="utf-8"))


def words(node) -> str:
    return " ".join(node.text().split())


def copied(project: Path) -> Path:
    """A copy of the project in this folder."""
    for name in ("docs", "overrides", "scripts"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", project)
    return project


@pytest.fixture(scope="module")
def config() -> dict:
    """The settings that tests need; the file has tags that plain YAML does not know."""
    lines = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines) if key in ("site_name", "copyright")}


@pytest.fixture(scope="module")
def changed_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a hostile title, two changes and one retired address, built."""
    project = copied(tmp_path_factory.mktemp("changed"))
    page = project / "docs" / "treaty.md"
    text = page.read_text(encoding="utf-8")
    title = yaml.safe_load(text.split("---")[1])["title"]
    page.write_text(text.replace(f'title: "{title}"', f"title: '{HOSTILE}'", 1), encoding="utf-8")
    content = read_content(ROOT / "docs")
    finding = next(block for block in content.blocks("finding") if block.page == "treaty.md")
    section = next(name for _, _, name in content.pages["treaty.md"].headings)
    indicator = content.blocks("indicator")[0]
    path = project / "docs" / "data" / "permalinks.yml"
    records = yaml.safe_load(path.read_text(encoding="utf-8"))
    for record in records.values():
        record.pop("changes", None)  # what the real site has gone through is not the matter here
    first, second = {"date": "2027-01-05", "note": "A new reading"}, {"date": "2027-03-02", "note": NOTE}
    for address, changes in ((f"/treaty/#{finding.fields['id']}", [first, second]), (f"/treaty/#{section}", [second]),
                             (f"/watchlist/#{indicator.fields['id']}", [first]), ("/crises/", [first])):
        records[address]["changes"] = changes
    records["/treaty/#old-claim"] = {"since": "2026-11-24", "retired": "2027-02-01", "note": "The claim was withdrawn",
                                     "successor": f"/treaty/#{finding.fields['id']}"}
    path.write_text(yaml.safe_dump(records), encoding="utf-8")
    done = run_mkdocs(project, project / "site", SITE, "--strict", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    (project / "site" / "ids.json").write_text(json.dumps({"finding": finding.fields["id"], "code": finding.argument,
                                                           "section": section, "indicator": indicator.fields["id"]}))
    return project / "site"


@pytest.fixture(scope="module")
def ids(changed_site: Path) -> dict[str, str]:
    """Ids of what has changed in the copy."""
    return json.loads((changed_site / "ids.json").read_text())


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_describes_itself_to_reference_managers(html, site_url: str, config: dict, address: str) -> None:
    page, meta = html(address), read_content(ROOT / "docs").pages[f"{address.strip('/') or 'index'}.md"].meta
    title = meta["title"] if address else config["site_name"]
    assert named(page, "citation_title") == named(page, "DC.title") == title
    assert named(page, "citation_author") == named(page, "DC.creator") == config["site_name"]
    assert named(page, "citation_publication_date") == meta["published"].replace("-", "/")
    assert named(page, "citation_online_date") == meta["changed"].replace("-", "/")
    assert named(page, "DC.date") == meta["changed"]
    assert named(page, "citation_language") == named(page, "DC.language") == page.css_first("html").attributes["lang"]
    for name in ("citation_public_url", "citation_fulltext_html_url", "DC.identifier"):
        assert named(page, name) == site_url + address


@pytest.mark.parametrize("address", ADDRESSES)
def test_json_ld_agrees_with_front_matter(html, site_url: str, config: dict, address: str) -> None:
    meta = read_content(ROOT / "docs").pages[f"{address.strip('/') or 'index'}.md"].meta
    data = article(html(address))
    assert (data["@context"], data["@type"]) == ("https://schema.org", "Article")
    assert data["headline"] == (meta["title"] if address else config["site_name"])
    assert (data["datePublished"], data["dateModified"]) == (meta["published"], meta["changed"])
    assert (data["url"], data["license"]) == (site_url + address, named(html(address), "DC.rights"))
    assert data["@id"] == data["url"] and data["isPartOf"]["url"] == site_url
    assert data["author"]["name"] == data["publisher"]["name"] == config["site_name"]


def test_json_ld_names_the_works_that_a_page_cites(html, site_url: str) -> None:
    page = html("treaty/")
    head, cited = (json.loads(script.text()) for script in page.css('script[type="application/ld+json"]'))
    assert cited["@id"] == head["@id"] == site_url + "treaty/"
    notes = {note.attributes["id"].removeprefix("fn:") for note in page.css(".footnote li")}
    assert {work["url"] for work in cited["citation"]} == {f"{site_url}sources/#{source}" for source in notes}
    assert len(html("changes/").css('script[type="application/ld+json"]')) == 1  # it cites nothing


def test_the_page_for_lost_readers_claims_no_authorship(html) -> None:
    assert not html("404.html").css('meta[name^="citation_"], script[type="application/ld+json"]')


@pytest.mark.parametrize("address", ADDRESSES)
def test_foot_and_head_give_the_dates(html, address: str) -> None:
    page, meta = html(address), read_content(ROOT / "docs").pages[f"{address.strip('/') or 'index'}.md"].meta
    assert [time.attributes["datetime"] for time in page.css(".page-foot .dates time")] == [
        meta["published"], meta["changed"], meta["review_by"]]
    overdue = page.css_first(".page-head .overdue")
    assert overdue.attributes["data-review-by"] == meta["review_by"]
    assert "hidden" in overdue.attributes and "data-unrecorded" in overdue.attributes
    assert words(overdue).startswith("The review of this page was due on")


def test_no_page_was_published_after_it_changed() -> None:
    for page in read_content(ROOT / "docs").pages.values():
        assert page.meta["published"] <= page.meta["changed"] <= page.meta["review_by"]


def test_citation_file_agrees_with_the_site(config: dict) -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["title"] == cited["authors"][0]["name"] == config["site_name"]
    assert cited["license"].replace("-", " ").removesuffix(".0") in config["copyright"].replace("-", " ")
    assert cited["date-released"] == max(page.meta["changed"] for page in read_content(ROOT / "docs").pages.values())


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which every text of every front matter holds markup, built."""
    project = copied(tmp_path_factory.mktemp("hostile"))
    for path in (project / "docs").glob("*.md"):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(head)
        meta |= {name: MARKUP.format(name=name, page=path.stem) for name in TEXTS if name in meta}
        path.write_text(f"---\n{yaml.safe_dump(meta)}---\n{body}", encoding="utf-8")
    done = run_mkdocs(project, project / "site", SITE, "--strict", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "site"


@pytest.mark.parametrize("address", [*ADDRESSES, "brief/", "404.html"])
def test_markup_in_front_matter_stays_text(hostile_site: Path, address: str) -> None:
    path = hostile_site / address
    page = LexborHTMLParser((path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8"))
    made = [node.html for node in page.css("*") if node.tag.startswith("x-") or {"onclick", "onerror"} & set(node.attributes)]
    assert made == [] and not page.css('a[href^="javascript:"], img[src="x"]')
    for script in page.css('script[type="application/ld+json"]'):
        assert json.loads(script.text())


def test_texts_of_front_matter_are_shown_as_they_were_written(hostile_site: Path) -> None:
    def text(name: str, page: str) -> str:
        return " ".join(MARKUP.format(name=name, page=page).split())

    def straight(node) -> str:
        return words(node).replace("“", '"').replace("”", '"')

    page, home = parse(hostile_site, "treaty"), parse(hostile_site, "")
    title, answer = text("title", "treaty"), text("answer", "treaty")
    assert named(page, "citation_title") == named(page, "DC.title") == article(page)["headline"] == title
    assert named(page, "description") == article(page)["description"] == text("description", "treaty")
    assert page.css_first('meta[property="og:description"]').attributes["content"] == answer
    assert words(page.css_first("title")).startswith(title) and words(page.css_first("h1")) == title
    assert words(page.css_first(".answer-line")) == answer
    assert [words(value) for value in page.css(".page-head dd")] == [text(name, "treaty") for name in TEXTS[3:]]
    # In Markdown quotation marks become curly
    assert title in [straight(link) for link in home.css(".doors a")]
    assert text("answer", "index") == straight(parse(hostile_site, "brief").css("p.answer-line")[-1])
    assert [straight(value) for value in home.css("dl.facts dd")] == [text(name, "index") for name in TEXTS[3:]]


def test_a_hostile_title_makes_no_element_among_the_results_of_a_search(hostile_site: Path, chromium) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PagesHandler, directory=str(hostile_site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}{PREFIX}")
        page.keyboard.press("/")
        page.keyboard.type("treaty")
        page.wait_for_selector(".md-search-result__link")
        made = page.eval_on_selector_all(".md-search-result *", """all => all.filter(one => one.localName.startsWith('x-')
            || one.localName === 'img' || one.onclick || one.onerror).map(one => one.outerHTML)""")
        context.close()
        server.shutdown()
    assert made == []


def test_changes_page_of_a_young_site_gives_its_first_day(html) -> None:
    first = min(record.since for record in read_content(ROOT / "docs").permalinks.values())
    box = html("changes/").css_first(".gathered-changes")
    if not any(record.changes or record.retired for record in read_content(ROOT / "docs").permalinks.values()):
        assert box.css_first("time").attributes["datetime"] == first and "Nothing of substance" in words(box)


def test_changes_page_lists_what_changed_newest_first(changed_site: Path, ids: dict) -> None:
    box = parse(changed_site, "changes").css_first(".gathered-changes")
    assert "data-unrecorded" in box.attributes
    assert [time.attributes["datetime"] for time in box.css("h3 time")] == ["2027-03-02", "2027-02-01", "2027-01-05"]
    newest, retired, oldest = box.css("ul.changes")
    assert len(newest.css("li")) == 1  # one note for two addresses
    assert words(newest).startswith("Two outlets “confirm” it & [one] <b>doubts</b>.")
    links = {words(link): link.attributes["href"] for link in newest.css("a")}
    assert set(links.values()) == {f"../treaty/#{ids['finding']}", f"../treaty/#{ids['section']}"}
    assert any(name.startswith(f"{ids['code']}, Say “yes” & </script>: ") for name in links)
    assert words(retired).startswith("Given up: /treaty/#old-claim. The claim was withdrawn. In its place: ")
    assert retired.css_first("a").attributes["href"] == f"../treaty/#{ids['finding']}"
    assert {link.attributes["href"] for link in oldest.css("a")} == {
        f"../treaty/#{ids['finding']}", f"../watchlist/#{ids['indicator']}", "../crises/"}


def test_history_stands_where_the_change_was(changed_site: Path, ids: dict) -> None:
    page = parse(changed_site, "treaty")
    last = NOTE + "."
    finding = page.css_first(f"#{ids['finding']} > .history")
    assert words(finding) == f"Changed on 2 March 2027: {last} Earlier, on 5 January 2027: A new reading."
    assert "data-unrecorded" in finding.attributes and not finding.css("b")
    assert words(page.css_first(f"#{ids['section']} + .history")) == f"Changed on 2 March 2027: {last}"
    assert len(page.css(".history")) == 2
    assert words(parse(changed_site, "watchlist").css_first(f"#{ids['indicator']} > .history")) == (
        "Changed on 5 January 2027: A new reading.")
    assert words(parse(changed_site, "crises").css_first(".page-head + .history")) == "Changed on 5 January 2027: A new reading."
    assert not parse(changed_site, "transfers").css(".history")


def test_a_history_is_no_change_of_the_text(changed_site: Path, site: Path) -> None:
    def digests(folder: Path) -> dict[str, str]:
        project = Project(ROOT / "mkdocs.yml")
        project.read_site(folder)
        other_title = ("/treaty/", "/#evidence")  # the page whose title the copy changes, and the list that names it
        return {address: entry.digest for address, entry in published(project).items() if address not in other_title}

    assert digests(changed_site) == digests(site)


@pytest.mark.parametrize("text", ["a: [", "- /treaty/", '"/": text', '"/": {since: "soon"}',
                                  '"/": {since: "2026-11-24", changes: [{date: "2027-01-05"}]}'])
def test_a_damaged_list_is_one_problem(tmp_path: Path, text: str) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / "docs" / "data" / "permalinks.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_content(tmp_path / "docs")
    assert [problem.file for problem in caught.value.problems] == ["docs/data/permalinks.yml"]
    assert "is damaged" in str(caught.value)


def test_dates_without_quotes_and_no_list_at_all_are_fine(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    path = tmp_path / "docs" / "data" / "permalinks.yml"
    path.write_text('"/": {since: 2026-11-24, changes: [{date: 2027-01-05, note: Why}]}', encoding="utf-8")
    assert read_content(tmp_path / "docs").permalinks == {"/": Permalink("2026-11-24", (("2027-01-05", "Why"),))}
    path.unlink()
    assert read_content(tmp_path / "docs").permalinks == {}
