"""The built site: every page with its anatomy, every finding with what a citation needs, nothing unresolved."""
from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from conftest import PAGES, PREFIX, ROOT, TOPICS
from selectolax.lexbor import LexborHTMLParser

from explainer.content import read_content
from explainer.words import STANCES

STATUS_WORDS = {"confirmed", "reported", "disputed", "judgement", "forecast"}
LIKELIHOOD = re.compile(r"\b(almost certain(ly)?|very likely|likely|unlikely|remote)\b", re.I)
CONFIDENCE = re.compile(r"\bconfidence\b", re.I)
WORKING_NOTES = re.compile(r"\b(tests-\w+-|transfers-\w+-|treaty-\w+-\w+-|this (dossier|file)|see tests|looked for:|do not quote|"
                           r"check again before|judged elsewhere|in the pages seen|title not shown)", re.I)


@pytest.fixture(scope="module")
def content():
    return read_content(ROOT / "docs")


def text(node) -> str:
    return " ".join(node.text(separator=" ").split()) if node else ""


def test_strict_build_has_nothing_to_say(build) -> None:
    _, done = build
    assert all(line.startswith("INFO") for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.parametrize("address", [*PAGES, "404.html"])
def test_page_exists_with_one_heading_and_a_main_landmark(html, address: str) -> None:
    page = html(address)
    assert len(page.css("h1")) == 1 and text(page.css_first("h1"))
    assert page.css_first("main") and page.css_first("html").attributes["lang"] == "en"


@pytest.mark.parametrize("address", PAGES)
def test_page_is_dated_and_citable(html, site_url: str, address: str) -> None:
    page = html(address)
    assert len(page.css(".page-head .dates time[datetime]")) == 3
    assert urljoin(site_url, address) in text(page.css_first("#cite-this-page").parent)
    assert page.css_first("link[rel=canonical]").attributes["href"] == urljoin(site_url, address)
    for name in ("og:title", "og:description", "og:image", "og:url"):
        assert page.css_first(f'meta[property="{name}"]').attributes["content"]
    assert (page.css_first('meta[property="og:image"]').attributes["content"]).startswith(site_url)


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_page_has_the_whole_anatomy(html, topic: str) -> None:
    page = html(f"{topic}/")
    assert text(page.css_first(".answer-line"))
    assert [text(name) for name in page.css(".page-head dt")] == ["Likelihood", "Confidence", "What would change this"]
    ids = [heading.attributes.get("id") for heading in page.css("h2")]
    wanted = ["who-says-otherwise", "gaps", "what-to-watch", "sources", "cite-this-page"]
    if topic == "watchlist":
        wanted.remove("what-to-watch")
    assert [name for name in ids if name in wanted] == wanted, "sections are missing or out of order"
    assert len(page.css(".footnote li")) >= 20
    assert page.css("article.indicator" if topic == "watchlist" else ".verdict")


def test_titles_and_descriptions_are_unique(html) -> None:
    titles = Counter(text(html(address).css_first("title")) for address in PAGES)
    descriptions = Counter(html(address).css_first("meta[name=description]").attributes["content"] for address in PAGES)
    assert max(titles.values()) == max(descriptions.values()) == 1


@pytest.mark.parametrize("topic", TOPICS)
def test_every_finding_has_an_id_a_status_and_sources_that_resolve(html, topic: str) -> None:
    page = html(f"{topic}/")
    findings = page.css("article.finding")
    assert findings
    for finding in findings:
        attributes = finding.attributes
        assert re.fullmatch(r"[a-z0-9-]+", attributes["id"]) and re.fullmatch(r"[A-Z]\d+", attributes["data-code"])
        assert attributes["data-status"] in STATUS_WORDS
        assert attributes["data-status"] == text(finding.css_first(".status")).lower(), "the status is readable text"
        assert finding.css_first("time").attributes["datetime"] == attributes["data-as-of"]
        noted = {link.attributes["href"].removeprefix("#fn:") for link in finding.css("a.footnote-ref")}
        assert noted == set(attributes["data-sources"].split()) and noted
        statement = " ".join(text(part) for part in finding.css("p") if "finding-head" not in (part.attributes.get("class") or ""))
        assert 8 <= len(statement.split()) <= 110, f"{attributes['data-code']} does not read as one to three sentences"


def test_findings_are_fifty_to_eighty_with_codes_given_once(html) -> None:
    codes = [node.attributes["data-code"] for topic in TOPICS
             for node in html(f"{topic}/").css("article.finding, article.indicator")]
    assert len(codes) == len(set(codes))
    assert 50 <= len([node for topic in TOPICS for node in html(f"{topic}/").css("article.finding")]) <= 85


def test_indicators_show_every_field(html) -> None:
    indicators = html("watchlist/").css("article.indicator")
    assert len(indicators) >= 8
    for indicator in indicators:
        assert {"data-direction", "data-as-of", "data-review-by", "data-sources", "id"} <= set(indicator.attributes)
        assert [text(name) for name in indicator.css("dt")] == [
            "What is observed", "Ally-like would be", "Hedging would be", "What flips it", "Confidence", "What would change",
            "Look again by", "Earlier readings"]
        assert all(text(value) for value in indicator.css("dd")) and indicator.css(".log li")
        assert indicator.attributes["data-review-by"] > indicator.attributes["data-as-of"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_left_unresolved(html, address: str) -> None:
    page = html(address)
    body = text(page.css_first("article.md-content__inner"))
    for leftover in ("[^", "///", "{ #", "]("):
        assert leftover not in body
    assert not re.search(r"\[[A-Z]\d+\]", body), "a code that is no link"
    ids = {node.attributes["id"] for node in page.css("[id]")}
    for link in page.css("a.footnote-ref, a.footnote-backref"):
        assert unquote(link.attributes["href"]).removeprefix("#") in ids


@pytest.mark.parametrize("address", [*PAGES, "404.html"])
def test_ids_are_unique_and_internal_links_land(site: Path, html, address: str) -> None:
    page = html(address)
    ids = Counter(node.attributes["id"] for node in page.css("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    here = f"https://host.example{PREFIX}{address}"
    for link in page.css("a[href]"):
        target = urlsplit(urljoin(here, link.attributes["href"]))
        if target.netloc != "host.example":
            continue
        inside = unquote(target.path.removeprefix(PREFIX))
        assert (site / inside / "index.html").is_file() or (site / inside).is_file(), link.attributes["href"]
        if target.fragment:
            names = {node.attributes["id"] for node in html(inside).css("[id]")}
            assert unquote(target.fragment) in names, link.attributes["href"]


@pytest.mark.parametrize("address", [*PAGES, "404.html"])
def test_pages_load_nothing_from_other_hosts(html, address: str) -> None:
    for node in html(address).css("script[src], link[rel=stylesheet], link[rel=icon], img[src]"):
        target = node.attributes.get("src") or node.attributes.get("href")
        assert urlsplit(target).netloc == "", target


def test_home_table_is_made_of_the_verdicts(html, content) -> None:
    rows = {row.attributes["data-verdict"]: row for row in html("").css("table.verdicts tbody tr")}
    verdicts = {block.fields["id"]: block for block in content.blocks("verdict")}
    assert list(rows) == [block.fields["id"] for block in sorted(verdicts.values(), key=lambda block: block.fields["order"])]
    assert {"treaty-ally", "fights-alongside", "votes-together", "shares-an-enemy", "trusts"} <= set(rows)
    for name, row in rows.items():
        block = verdicts[name]
        page = block.page.replace(".md", "/")
        assert row.css_first("th a").attributes["href"] == f"{page}#{name}"
        assert text(row.css_first(".answer")) == block.fields["answer"].capitalize()
        assert content.codes()[block.fields["finding"]].fields["id"] in row.css_first(".why a:last-of-type").attributes["href"]
        assert text(row.css_first(".otherwise")) and text(row.css_first(".confidence")).lower() == block.fields["confidence"]
        on_topic_page = html(page).css_first(f"#{name}")
        assert on_topic_page.attributes["data-answer"] == row.attributes["data-answer"]


def test_watchlist_at_a_glance_is_made_of_the_indicators(html) -> None:
    indicators = {node.attributes["id"]: node for node in html("watchlist/").css("article.indicator")}
    rows = html("").css("table.glance tbody tr")
    assert [row.attributes["data-indicator"] for row in rows] == list(indicators)
    for row in rows:
        indicator = indicators[row.attributes["data-indicator"]]
        assert text(row.css_first(".position")).lower() == indicator.attributes["data-position"]
        assert [time.attributes["datetime"] for time in row.css("time")] == [
            indicator.attributes["data-as-of"], indicator.attributes["data-review-by"]]


def test_sources_page_shows_each_source_with_its_stance_and_where_it_is_cited(html, content) -> None:
    page, cited = html("sources/"), content.cited()
    items = {node.attributes["id"]: node for node in page.css(".bibliography > li")}
    assert set(items) == set(content.sources)
    for name, source in content.sources.items():
        item = items[name]
        links = item.css(".cited-in a")
        assert len(links) == len(cited.get(name, [])), name
        assert links or "glossary" in text(item.css_first(".cited-in"))
        assert f", {STANCES[source['stance']]}." in text(item), name
        address = item.css_first("p:not(.cited-in) a")
        assert (address.attributes["href"] if address else None) == source.get("URL")


def test_every_source_is_used(content) -> None:
    used = set(content.cited()) | {source for term in content.terms for source in term.get("sources", [])}
    assert set(content.sources) == used


def test_glossary_shows_every_term_and_pages_explain_terms_once(html, content) -> None:
    assert {node.attributes["id"] for node in html("glossary/").css(".terms dt")} == {term["id"] for term in content.terms}
    for topic in TOPICS:
        titles = [node.attributes["title"] for node in html(f"{topic}/").css("abbr[title]")]
        assert titles and len(titles) == len(set(titles))


@pytest.mark.parametrize("address", PAGES)
def test_likelihood_and_confidence_never_share_a_sentence(html, address: str) -> None:
    article = html(address).css_first("article.md-content__inner")
    for part in article.css("p, li, dd, td"):
        if address == "about/":
            continue  # the page that explains the two scales
        for sentence in re.split(r"(?<=[.!?])\s+", text(part)):
            assert not (LIKELIHOOD.search(sentence) and CONFIDENCE.search(sentence)), sentence


@pytest.mark.parametrize("address", PAGES)
def test_working_notes_never_reach_readers(html, address: str) -> None:
    article = LexborHTMLParser(html(address).css_first("article.md-content__inner").html)
    article.strip_tags(["script"])  # JSON-LD is not for readers
    assert not WORKING_NOTES.search(text(article.body))


def test_sitemap_has_the_pages_own_dates(site: Path, site_url: str, content) -> None:
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    entries = dict(re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", sitemap))
    assert entries == {urljoin(site_url, "" if name == "index.md" else name.replace(".md", "/")): page.meta["changed"]
                       for name, page in content.pages.items()}
