"""Findings, verdicts, indicators, sources, terms, events and the article's statements, as pages show them."""

import re
from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import TOPICS, words
from explainer.content import Content
from explainer.forecasts import standing
from explainer.views import note_name
from explainer.words import STANCES, VERDICT_MARKS, long_date

JUDGED = ("likelihood", "confidence")
FACTS = [
    "Threshold",
    "Chance that it is shown to be crossed",
    "What is observed",
    "Ally-like would be",
    "Hedging would be",
    "Confidence",
    "What would change",
    "Look again by",
    "Follow it",
    "Earlier readings",
]


def without_notes(node: LexborNode) -> str:
    """The text of an element without the numbers of notes."""
    copy = LexborHTMLParser(node.html)
    copy.strip_tags(["sup"])
    return words(copy)


def target_of(link: LexborNode) -> tuple[str, str]:
    """Page and anchor of a link from one page of the site to another."""
    page, _, anchor = link.attributes["href"].removeprefix("../").partition("#")
    return page, anchor


@pytest.mark.parametrize("topic", TOPICS)
def test_every_finding_has_an_id_a_status_and_its_sources(html, content: Content, topic: str) -> None:
    findings = html(f"{topic}/").css("article.finding")
    assert findings
    for finding in findings:
        attributes = finding.attributes
        assert words(finding.css_first(".status")).lower().replace(" ", "-") == attributes["data-status"]
        assert finding.css_first("time").attributes["datetime"] == attributes["data-as-of"]
        cited = content.codes()[attributes["data-code"]].fields["sources"]
        sources = [content.sources[source] for source in cited]
        marks = [(link.attributes["aria-label"], words(link)) for link in finding.css("a.footnote-ref")]
        named = {(note_name(source, int(mark[1:-1])), mark) for source in sources for _, mark in marks}
        assert {name.partition(":")[2] for name, _ in marks} == {name.partition(":")[2] for name, _ in named}
        assert set(marks) <= named != set()
        said = " ".join(part.text(separator=" ") for part in finding.css("p:not(.finding-head)"))
        assert 8 <= len(said.split()) <= 110, f"{attributes['data-code']} is not one to three sentences"


def test_home_table_is_made_of_the_verdicts(html, content: Content) -> None:
    rows = {row.attributes["data-verdict"]: row for row in html("").css("table.verdicts tbody tr")}
    verdicts = sorted(content.blocks("verdict"), key=lambda block: block.fields["order"])
    assert list(rows) == [block.fields["id"] for block in verdicts]
    for block in verdicts:
        row, page = rows[block.fields["id"]], block.page.replace(".md", "/")
        assert row.css_first("th a").attributes["href"] == f"{page}#{block.fields['id']}"
        assert words(row.css_first(".answer")) == block.fields["answer"].capitalize()
        finding = content.codes()[block.fields["finding"]].fields["id"]
        assert finding in row.css_first(".why a:last-of-type").attributes["href"]
        levels = [[words(level).lower() for level in row.css(f".{name} strong")] for name in JUDGED]
        assert levels == [[judged[name] for judged in block.fields["judgements"]] for name in JUDGED]


def test_brief_types_nothing_again(html) -> None:
    def answers(table: LexborNode) -> list[tuple[str, str]]:
        rows = table.css("tbody tr")
        return [(words(row.css_first("th")), words(row.css_first(".answer"))) for row in rows]

    assert answers(html("brief/").css("table.brief")[0]) == answers(html("").css_first("table.verdicts"))
    assert not html("brief/").css(".footnote")


def test_indicators_show_every_field_and_the_home_page_their_newest(html, content: Content) -> None:
    indicators = {node.attributes["id"]: node for node in html("watchlist/").css("article.indicator")}
    assert len(indicators) >= 8
    for indicator in indicators.values():
        assert [words(name) for name in indicator.css("dt")] in (FACTS, [*FACTS, "Changed"])
        assert indicator.css(".log li") and all(words(value) for value in indicator.css("dd"))
    rows = html("").css("table.glance tbody tr")
    assert [row.attributes["data-indicator"] for row in rows] == list(indicators)
    for row in rows:
        attributes = indicators[row.attributes["data-indicator"]].attributes
        assert words(row.css_first(".position")).lower() == attributes["data-position"]
        dates = [time.attributes["datetime"] for time in row.css("time")]
        assert dates == [attributes["data-as-of"]]


def test_forecasts_stand_with_reasons_and_the_brief_knows_them(html, content: Content) -> None:
    entries = {node.attributes["id"]: node for node in html("watchlist/").css(".forecasts > li")}
    assert set(entries) == {forecast["id"] for forecast in content.listed["forecast"]}
    for forecast in content.listed["forecast"]:
        entry = entries[forecast["id"]]
        assert f"{forecast['chance']} per cent by {long_date(forecast['by'])}" in words(entry)
        assert [words(name) for name in entry.css("dt")][:3] == ["Made on", "So far", "Why this number"]
        assert entry.css("dd a[href]")
    for row, block in zip(
        html("brief/").css("table.brief")[1].css("tbody tr"), content.blocks("indicator"), strict=True
    ):
        assert f"{standing(content, block.argument)['chance']} per cent" in words(row.css_first(".chance"))


def test_each_source_shows_its_stance_and_where_it_is_cited_and_terms_are_all_there(
    html, content: Content
) -> None:
    items = {node.attributes["id"]: node for node in html("sources/").css(".bibliography > li")}
    cited = content.cited()
    assert set(items) == set(content.sources)
    for name, source in content.sources.items():
        links = items[name].css(".cited-in a")
        assert len(links) == len(cited.get(name, [])), name
        assert links or "glossary" in words(items[name].css_first(".cited-in"))
        assert f", {STANCES[source['stance']]}." in words(items[name]), name
        address = items[name].css_first("p:not(.cited-in) a")
        assert (address.attributes["href"] if address else None) == source.get("URL")
    terms = {
        node.attributes["id"] for node in html("glossary/").css(".gathered-glossary dt, .gathered-people dt")
    }
    assert terms == {term["id"] for term in content.listed["term"] + content.listed["person"]}


def test_every_event_stands_once_in_order_with_its_sources_and_its_section(html, content: Content) -> None:
    items = html("timeline/").css(".timeline > li")
    assert [item.attributes["id"] for item in items] == [event["id"] for event in content.listed["event"]]
    dates = [item.css_first("time").attributes["datetime"] for item in items]
    assert dates == sorted(event["date"] for event in content.listed["event"])
    assert all(len(item.css(".more a")) > 1 for item in items)


def test_topic_pages_draw_their_events_from_the_timeline(html, content: Content) -> None:
    pages = TOPICS[:4]
    links = [target_of(link) for name in pages for link in html(f"{name}/").css(".events > li > a")]
    assert {page for page, _ in links} == {"timeline/"}
    theirs = [event["id"] for event in content.listed["event"] if event["section"].partition(".")[0] in pages]
    assert sorted(event for _, event in links) == sorted(theirs)


@pytest.fixture(scope="module")
def statements(html) -> dict[str, LexborNode]:
    return {row.attributes["data-article"]: row for row in html("article/").css("[data-article]")}


def test_every_statement_says_what_why_and_on_what_it_rests(statements, html) -> None:
    assert list(statements) == [f"A{number:02}" for number in range(1, 38)]
    for row in statements.values():
        assert without_notes(row.css_first(".status")).lower() == row.attributes["data-verdict"]
        assert len(row.css("p.says")) == 1
        [reason] = row.css("p:not(.finding-head):not(.says)")
        assert 6 <= len(without_notes(reason).split()) <= 55
        assert row.css_first("time[datetime]")
        assert row.css(".facts .footnote-ref")
        link = next(link for link in row.css(".facts a") if re.fullmatch(r"[A-Z]\d+", link.text()))
        page, anchor = target_of(link)
        assert html(page).css_first(f"[id='{anchor}']").attributes["data-code"] == link.text()


def test_the_summary_counts_what_is_there(html, statements) -> None:
    counts = Counter(row.attributes["data-verdict"] for row in statements.values())
    shown = {row.attributes["data-verdict"]: row for row in html("article/").css(".tally > [data-verdict]")}
    assert shown.keys() == set(VERDICT_MARKS)
    for verdict, row in shown.items():
        assert int(row.attributes["data-count"]) == counts[verdict]
        codes = [code for code, one in statements.items() if one.attributes["data-verdict"] == verdict]
        assert [link.text() for link in row.css("a")] == codes


def test_corrections_lead_to_statements_that_do_not_hold(html, statements) -> None:
    items = html("article/").css_first("h2#corrections ~ ol").css("li")
    assert items
    for item in items:
        codes = [link.text() for link in item.css("a") if link.text() in statements]
        assert codes
        assert all(statements[code].attributes["data-verdict"] != "holds" for code in codes)
