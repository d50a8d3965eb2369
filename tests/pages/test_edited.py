"""What a site says of its changes, and what hostile front matter comes to, on a built copy (edited.py)."""

import json

import pytest
from selectolax.lexbor import LexborNode

from conftest import EVERY, words
from edited import MARKUP, NOTE, TEXTS, places
from explainer.content import Content


def as_written(name: str, page: str) -> str:
    """A text of the copy's front matter with single spaces."""
    return " ".join(MARKUP.format(name=name, page=page).split())


def straight(node: LexborNode) -> str:
    """The text of an element; in Markdown quotation marks have become curly."""
    return words(node).replace("“", '"').replace("”", '"')


@pytest.mark.parametrize("address", [*EVERY, "404.html"])
def test_markup_in_front_matter_stays_text(edited_html, address: str) -> None:
    page = edited_html(address)
    odd = [node for node in page.css("*") if {"onclick", "onerror"} & set(node.attributes)]
    assert [node.html for node in odd + [node for node in page.css("*") if node.tag.startswith("x-")]] == []
    assert not page.css('a[href^="javascript:"], img[src="x"]')
    for script in page.css('script[type="application/ld+json"]'):
        assert json.loads(script.text())


def test_texts_of_front_matter_are_shown_as_they_were_written(edited_html) -> None:
    page, home, brief = edited_html("treaty/"), edited_html(""), edited_html("brief/")
    title, answer = as_written("title", "treaty"), as_written("answer", "treaty")
    data = json.loads(page.css_first('script[type="application/ld+json"]').text())
    about = {
        tag.attributes.get("name") or tag.attributes.get("property"): tag.attributes["content"]
        for tag in page.css("meta[content]")
    }
    assert about["citation_title"] == about["DC.title"] == data["headline"] == title
    assert about["description"] == data["description"] == as_written("description", "treaty")
    assert about["og:description"] == words(page.css_first(".answer-line")) == answer
    assert words(page.css_first("title")).startswith(title)
    assert words(page.css_first("h1")) == title
    assert [words(value) for value in page.css(".page-head dd")] == [
        as_written(name, "treaty") for name in TEXTS[3:]
    ]
    assert title in [straight(link) for link in home.css(".doors a")]
    assert as_written("answer", "index") == straight(brief.css("p.answer-line")[-1])
    assert [straight(value) for value in home.css(".gathered-assessment dd")] == [
        as_written(name, "index") for name in TEXTS[3:]
    ]


def test_changes_page_lists_what_changed_newest_first(edited_html, content: Content) -> None:
    finding, section, indicator = places(content)
    at = f"../treaty/#{finding.fields['id']}"
    box = edited_html("changes/").css_first(".gathered-changes")
    assert "data-unrecorded" in box.attributes
    days = [time.attributes["datetime"] for time in box.css("h3 time")]
    assert days == ["2026-11-28", "2026-11-27", "2026-11-26"]
    newest, retired, oldest = box.css("ul.changes")
    assert len(newest.css("li")) == 1  # one note for two addresses
    assert words(newest).startswith("Two outlets “confirm” it & [one] <b>doubts</b>.")
    links = {straight(link): link.attributes["href"] for link in newest.css("a")}
    assert set(links.values()) == {at, f"../treaty/#{section}"}
    title = as_written("title", "treaty")
    assert any(name.startswith(f"{finding.argument}, {title}: ") for name in links)
    given_up = [words(item) for item in retired.css("li")]
    assert "Given up: /gone/deep/. Never true." in given_up
    assert any(
        said.startswith("Given up: /treaty/#old-claim. The claim was withdrawn. In its place: ")
        for said in given_up
    )
    assert at in [link.attributes["href"] for link in retired.css("a")]
    watched = f"../watchlist/#{indicator.fields['id']}"
    assert {link.attributes["href"] for link in oldest.css("a")} == {at, watched, "../crises/"}


def test_what_changed_on_a_page_is_told_once_at_its_end(edited_html, content: Content) -> None:
    finding, section, _ = places(content)
    [told] = edited_html("treaty/").css(".history")
    assert words(told.css_first("summary")) == "What has changed on this page, last on 28 November 2026"
    newest, oldest = told.css("li")  # one note for two addresses
    assert words(newest).startswith(f"28 November 2026: {NOTE}. ") and not told.css("b")
    linked = {link.attributes["href"]: words(link) for link in newest.css("a[href^='#']")}
    assert linked.keys() == {f"#{finding.fields['id']}", f"#{section}"}
    assert words(oldest) == f"26 November 2026: A new reading. {finding.argument}"
    assert "data-unrecorded" in told.attributes and linked[f"#{finding.fields['id']}"] == finding.argument
    for address, where in (("watchlist/", "W"), ("crises/", "The page")):
        assert f"26 November 2026: A new reading. {where}" in words(
            edited_html(address).css_first(".history")
        )
    assert not edited_html("transfers/").css(".history")
