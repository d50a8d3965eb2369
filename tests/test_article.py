"""The source article, checked: every statement has its verdict, its reason, its sources and its finding."""
from __future__ import annotations

import re
from collections import Counter

import pytest
from conftest import ROOT
from selectolax.lexbor import LexborHTMLParser, LexborNode

from explainer.content import read_content
from explainer.words import VERDICT_MARKS

IDS = [f"A{number:02}" for number in range(1, 38)]


@pytest.fixture(scope="module")
def rows(html) -> dict[str, LexborNode]:
    return {row.attributes["data-article"]: row for row in html("article/").css("[data-article]")}


def words(node: LexborNode) -> str:
    copy = LexborHTMLParser(node.html)
    copy.strip_tags(["sup"])
    return " ".join(copy.text().split())


def test_every_statement_has_a_row_in_order(rows) -> None:
    assert list(rows) == IDS
    assert [row.attributes["id"] for row in rows.values()] == [code.lower() for code in IDS]
    assert {row.attributes["data-verdict"] for row in rows.values()} == set(VERDICT_MARKS)


@pytest.mark.parametrize("code", IDS)
def test_a_row_says_what_why_and_on_what_it_rests(rows, html, code: str) -> None:
    row = rows[code]
    assert words(row.css_first(".status")).lower() == row.attributes["data-verdict"]
    assert len(row.css("p.says")) == 1
    [reason] = [child for child in row.css("p:not(.finding-head):not(.says)")]
    assert 6 <= len(words(reason).split()) <= 45
    assert row.css(".facts .footnote-ref") and row.css_first("time[datetime]")
    link = next(link for link in row.css(".facts a") if re.fullmatch(r"[A-Z]\d+", link.text()))
    page, _, anchor = link.attributes["href"].removeprefix("../").partition("#")
    assert html(page).css_first(f"[id='{anchor}']").attributes["data-code"] == link.text()


def test_the_summary_counts_what_is_there(html, rows) -> None:
    page, counts = html("article/"), Counter(row.attributes["data-verdict"] for row in rows.values())
    shown = {row.attributes["data-verdict"]: row for row in page.css(".tally > [data-verdict]")}
    assert {verdict: int(row.attributes["data-count"]) for verdict, row in shown.items()} == counts
    for verdict, row in shown.items():
        assert [link.text() for link in row.css("a")] == [code for code in IDS if rows[code].attributes["data-verdict"] == verdict]
    answer = read_content(ROOT / "docs").pages["article.md"].meta["answer"]
    said = [int(number) for number in re.findall(r"\d+", answer)]
    assert said == [len(IDS), *(counts[verdict] for verdict in ("holds", "overstated", "wrong", "overtaken", "unproven"))]


def test_five_corrections_lead_to_their_statements(html, rows) -> None:
    items = html("article/").css_first("h2#corrections ~ ol").css("li")
    assert len(items) == 5
    for item in items:
        codes = [link.text() for link in item.css("a") if link.text() in rows]
        assert codes and all(rows[code].attributes["data-verdict"] != "holds" for code in codes)
        assert item.css(".footnote-ref")


def test_on_its_central_question_the_article_is_right(rows) -> None:
    assert {rows[code].attributes["data-verdict"] for code in ("A02", "A09", "A11", "A19", "A28")} == {"holds"}
