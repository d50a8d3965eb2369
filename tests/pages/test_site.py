"""Every page: its anatomy, its dates, what it says of itself to machines, and nothing left unresolved."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from conftest import EVERY, PREFIX, ROOT, SITE_URL, TOPICS, words
from explainer.content import Content
from zotero import saved

LIKELIHOOD = re.compile(r"\b(almost certain(ly)?|very likely|likely|unlikely|remote)\b", re.I)
CONFIDENCE = re.compile(r"\bconfidence\b", re.I)
NAME = re.search(r"^site_name: &site_name (.+)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)[1]


def meta_of(content: Content, address: str) -> dict:
    """The front matter of the page at an address; the home page has the site's name for a title."""
    meta = content.pages[f"{address.strip('/') or 'index'}.md"].meta
    return meta if address else meta | {"title": NAME}


def named(page: LexborHTMLParser, name: str) -> str:
    """The content of a page's one `meta` tag of this name."""
    [tag] = page.css(f'meta[name="{name}"]')
    return tag.attributes["content"]


def test_strict_build_has_nothing_to_say(built: Path) -> None:
    said = (built / "said.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in said if not line.startswith("INFO")] == []


@pytest.mark.parametrize("address", [*EVERY, "404.html"])
def test_page_has_landmarks_headings_in_steps_and_tables_with_heads(html, address: str) -> None:
    page = html(address)
    assert page.css_first("html[lang=en] main") and page.css_first("#start h1")
    assert page.css_first("a.md-skip[href='#start']")
    levels = [int(heading.tag[1]) for heading in page.css("h1, h2, h3, h4, h5, h6")]
    assert levels[0] == 1 == levels.count(1)
    assert all(following <= level + 1 for level, following in zip(levels, levels[1:], strict=False))
    for table in page.css("table:not([hidden])"):
        assert table.css("th[scope=col]")
        assert table.css("tbody tr")
        for row in table.css("tbody tr"):
            assert row.css("th[scope=row]") or row.parent.css("th[scope=rowgroup]")


@pytest.mark.parametrize("address", EVERY)
def test_page_gives_its_dates_and_its_address(html, content: Content, address: str) -> None:
    page, meta = html(address), meta_of(content, address)
    dates = [time.attributes["datetime"] for time in page.css(".page-foot .dates time")]
    assert dates == [meta["published"], meta["changed"], meta["review_by"]]
    assert len(page.css(".page-head .dates time[datetime]")) == 3
    overdue = page.css_first(".page-head .overdue")
    assert overdue.attributes["data-review-by"] == meta["review_by"]
    assert {"hidden", "data-unrecorded"} <= set(overdue.attributes)
    assert words(overdue).startswith("The review of this page was due on")
    if address != "brief/":  # which gives the address of each part
        assert SITE_URL + address in words(page.css_first("#cite-this-page").parent)


@pytest.mark.parametrize("address", EVERY)
def test_page_describes_itself_to_machines(html, content: Content, address: str) -> None:
    page, meta, at = html(address), meta_of(content, address), SITE_URL + address
    for names, value in {
        ("citation_title", "DC.title"): meta["title"],
        ("DC.creator",): NAME,
        ("citation_author",): f"{NAME},",  # Zotero parts a name that has no comma
        ("citation_publication_date",): meta["changed"].replace("-", "/"),
        ("DC.date",): meta["changed"],
        ("citation_language", "DC.language"): "en",
        ("citation_public_url", "citation_fulltext_html_url", "DC.identifier"): at,
    }.items():
        assert [named(page, name) for name in names] == [value] * len(names)
    assert page.css_first("link[rel=canonical]").attributes["href"] == at
    graph = {
        name: page.css_first(f'meta[property="og:{name}"]').attributes["content"]
        for name in ("type", "title", "description", "image", "url")
    }
    assert all(graph.values()) and graph["type"] == "website"
    assert graph["image"].startswith(SITE_URL)
    data = json.loads(page.css_first('script[type="application/ld+json"]').text())
    assert (data["@type"], data["headline"]) == ("Article", meta["title"])
    assert (data["datePublished"], data["dateModified"]) == (meta["published"], meta["changed"])
    assert (data["@id"], data["url"], data["isPartOf"]["url"]) == (at, at, SITE_URL)
    assert data["license"] == named(page, "DC.rights")
    assert data["author"]["name"] == data["publisher"]["name"] == NAME


@pytest.mark.parametrize("address", EVERY)
def test_zotero_saves_a_web_page_with_its_title_maker_and_date(html, content: Content, address: str) -> None:
    meta = meta_of(content, address)
    assert saved(html(address)) == {
        **{"type": "webpage", "title": meta["title"], "date": meta["changed"].replace("-", "/")},
        **{"creators": [("author", NAME, "")], "website": NAME, "url": SITE_URL + address, "language": "en"},
        "rights": "https://creativecommons.org/licenses/by/4.0/",
    }


def test_microdata_names_the_works_that_a_page_cites(html, content: Content) -> None:
    page = html("treaty/")
    head = json.loads(page.css_first('script[type="application/ld+json"]').text())
    article = page.css_first('[itemscope][itemtype="https://schema.org/Article"]')
    assert urljoin(SITE_URL + "treaty/", article.attributes["itemid"]) == head["@id"]
    works = [words(work) for work in article.css("li > [itemprop=citation]")]
    assert len(set(works)) == len(page.css(".footnote li")) and not any("↑" in work for work in works)


def test_data_and_article_describe_themselves_to_search_engines(site: Path, html, content: Content) -> None:
    def told(address: str) -> list[dict]:
        scripts = html(address).css('script[type="application/ld+json"]')
        return [json.loads(script.text()) for script in scripts]

    data = next(each for each in told("data/") if each["@type"] == "Dataset")
    assert data["license"] in html("data/").css_first("head").html and data["creator"]["name"] == NAME
    for each in data["distribution"]:
        assert (site / each["contentUrl"].removeprefix(SITE_URL)).is_file()
    reviewer, *reviews = next(each["@graph"] for each in told("article/") if "@graph" in each)
    statements = content.blocks("statement")
    assert reviewer["name"] == NAME and len(reviews) == len(statements)
    for review, block in zip(reviews, statements, strict=True):
        assert review["reviewRating"] == {"@type": "Rating", "alternateName": block.fields["verdict"]}
        assert review["url"] == f"{SITE_URL}article/#{block.fields['id']}"
        assert "author" not in review["itemReviewed"]


def test_citation_file_agrees_with_the_site(content: Content) -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["title"] == cited["authors"][0]["name"] == NAME
    assert cited["license"].replace("-", " ").removesuffix(".0") in (ROOT / "mkdocs.yml").read_text(
        encoding="utf-8"
    )
    assert cited["date-released"] == max(page.meta["changed"] for page in content.pages.values())


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_page_has_the_whole_anatomy(html, topic: str) -> None:
    page = html(f"{topic}/")
    assert words(page.css_first(".answer-line"))
    labels = [words(name) for name in page.css(".page-head dt")]
    assert labels == ["Likelihood", "Confidence", "What would change this"]
    ids = [heading.attributes.get("id") for heading in page.css("h2")]
    wanted = ["who-says-otherwise", "gaps", "what-to-watch", "sources", "cite-this-page"]
    if topic == "watchlist":
        wanted.remove("what-to-watch")
    assert [name for name in ids if name in wanted] == wanted, "sections are missing or out of order"
    assert len(page.css(".footnote li")) >= 20
    assert page.css("article.indicator" if topic == "watchlist" else ".verdict")
    terms = page.css("abbr[title]:not(.person)")  # two people may have the same role
    explained = [node.attributes["title"] for node in terms]
    assert len(explained) == len(set(explained)) > 0, "a term is explained once on a page"


@pytest.mark.parametrize("address", EVERY)
def test_nothing_is_left_unresolved(html, address: str) -> None:
    article = LexborHTMLParser(html(address).css_first("article.md-content__inner").html)
    article.strip_tags(["script"])  # JSON-LD is not for readers
    body = words(article.body)
    assert [leftover for leftover in ("[^", "///", "{ #", "](") if leftover in body] == []
    assert not re.search(r"\[[A-Z]\d+\]", body), "a code that is no link"


@pytest.mark.parametrize("address", [address for address in EVERY if address != "about/"])  # it explains both
def test_likelihood_and_confidence_never_share_a_sentence(html, address: str) -> None:
    for part in html(address).css_first("article.md-content__inner").css("p, li, dd, td"):
        for sentence in re.split(r"(?<=[.!?])\s+", part.text(separator=" ")):
            assert not (LIKELIHOOD.search(sentence) and CONFIDENCE.search(sentence)), sentence


def test_sitemap_has_the_pages_own_dates(site: Path, content: Content) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    entries = dict(re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", sitemap))
    assert entries == {SITE_URL + address: meta_of(content, address)["changed"] for address in EVERY}


def test_robots_may_list_every_page_but_those_that_hold_nothing(edited_site: Path, edited_html) -> None:
    for path in edited_site.rglob("*.html"):
        page = edited_html(path.relative_to(edited_site).as_posix())
        said = [tag.attributes["content"] for tag in page.css("meta[name=robots]")]
        empty = {"404.html", "figures"} & {*path.parts} or "data-address" in page.css_first("html").attributes
        assert said == (["noindex"] if empty else []), path
        alone = path.name == "404.html" or {"gone", "v"} & {*path.relative_to(edited_site).parts}
        assert bool(page.css("link[rel=canonical]")) != bool(alone), path


def test_page_for_lost_readers_works_at_any_depth_and_claims_no_authorship(html) -> None:
    page = html("404.html")
    assert not page.css('meta[name^="citation_"], script[type="application/ld+json"]')
    for node in page.css("[href], [src]"):
        link = node.attributes.get("href") or node.attributes["src"]
        assert link.startswith((PREFIX, "#", "https://host.example/"))
    listed = {urljoin(PREFIX, link.attributes["href"]): link.text() for link in page.css("article li a")}
    assert listed.keys() == {PREFIX + address for address in EVERY}
    assert all(listed.values())
