"""The home page at a glance, the figures and readings that it borrows, and who stands for the site."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from conftest import ROOT, words
from explainer.judged import read_content
from explainer.words import long_date
from zotero import saved

SCREEN = 844  # the height of a phone


def test_a_phone_shows_answer_lead_and_first_question_within_two_screens(open_page) -> None:
    page = open_page("", viewport={"width": 390, "height": SCREEN})
    for part in (".answer-line", ".lead", ".words > ol > li:first-child"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= 2 * SCREEN, part


def test_wide_screens_show_lead_and_figure_side_by_side_on_the_first(open_page) -> None:
    page = open_page("", viewport={"width": 1440, "height": 900})
    lead, figure = (page.locator(part).first.bounding_box() for part in (".lead", ".gathered-beside figure"))
    assert figure["x"] >= lead["x"] + lead["width"] and abs(figure["y"] - lead["y"]) < 40
    assert lead["y"] + lead["height"] <= 900


def test_a_borrowed_figure_is_that_of_its_place_and_publishes_no_second_address(html) -> None:
    borrowed = html("").css(".gathered-beside figure")
    assert len(borrowed) == 2
    for figure in borrowed:
        path, _, anchor = figure.css_first("figcaption a").attributes["href"].partition("#")
        own = html(path).css_first(f"figure#{anchor}")
        assert words(figure.css_first(".figure-title")) == words(own.css_first(".figure-title"))
        marks = ("svg path[class], svg circle", "svg text")
        for mark in marks:
            assert [each.html for each in figure.css(mark)] == [each.html for each in own.css(mark)]
        assert "id" not in figure.attributes


def test_what_moved_last_and_when_the_record_was_searched_come_from_the_record(html) -> None:
    content, home = read_content(ROOT / "docs"), html("")
    days = []
    for block in content.blocks("indicator"):
        log = [(entry["date"], entry["position"]) for entry in block.fields["log"]]
        log.append((block.fields["as_of"], block.fields["position"]))
        days += [log[at][0] for at in range(1, len(log)) if log[at][1] != log[at - 1][1]]
    look = content.listed["look"][-1]
    for page in (home, html("watchlist/")):
        times = [each.attributes["datetime"] for each in page.css(".moves time")]
        assert times == [look["date"], look["reach"], *sorted(days, reverse=True)[:3]]
    newest = home.css_first(".looks:not(.moves) > li")
    assert words(newest).startswith(long_date(content.listed["look"][-1]["date"]))
    assert newest.parent.parent.css_matches(".gathered-looks") and home.css_first("#how-old")


def test_people_have_an_address_and_their_names_a_tip_by_keyboard_and_touch(html, open_page) -> None:
    people = read_content(ROOT / "docs").listed["person"]
    entries = {each.attributes["id"]: each for each in html("glossary/").css(".people dt[id]")}
    assert list(entries) == [person["id"] for person in people]
    roles = {form: person["role"] for person in people for form in (person["name"], *person.get("also", []))}
    tips = html("questions/").css("abbr.person")
    assert tips and len({words(tip) for tip in tips}) == len(tips)
    for tip in tips:
        assert tip.attributes["title"].lower() == roles[words(tip)].lower()
    for options in ({}, {"viewport": {"width": 390, "height": SCREEN}, "has_touch": True}):
        name = (page := open_page("questions/", **options)).locator("abbr.person").first
        role = name.get_attribute("data-title")
        name.tap() if options else name.focus()
        assert page.locator(".tip:popover-open").inner_text() == role


def test_who_is_not_named_is_told_and_not_made_up(html) -> None:
    for address in ("", "treaty/"):
        foot = words(html(address).css_first(".page-foot"))
        assert "No publisher, editor or reviewer is named." in foot
        assert not html(address).css("meta[name=citation_publisher], meta[name=citation_editor]")


def test_a_named_publisher_stands_in_foot_citations_metadata_and_feed(edited_html, edited_site: Path) -> None:
    page = edited_html("treaty/")
    foot = words(page.css_first(".page-foot"))
    told = "Published by Review & Co. Edited by Ada Writer. No reviewer is named."
    assert told in foot and told in words(page.css_first(".site-foot"))
    assert "edited by Ada Writer, Review & Co, evidence" in words(page.css_first(".citation"))
    assert page.css_first(".page-foot a[href='mailto:desk@host.example']")
    tags = {each.attributes.get("name"): each.attributes.get("content") for each in page.css("meta[name]")}
    assert tags["citation_author"] == "Review & Co,"
    assert tags["citation_publisher"] == tags["DC.publisher"] == "Review & Co"
    assert tags["citation_editor"] == "Ada Writer"
    item = saved(page)
    assert (item["type"], item["publisher"]) == ("webpage", "Review & Co")
    assert item["creators"] == [("author", "Review & Co", ""), ("editor", "Writer", "Ada")]
    article = page.css_first('script[type="application/ld+json"]').text()
    assert '"editor":{"@type":"Person","name":"Ada Writer"}' in re.sub(r"(?<=[:,{])\s+", "", article)
    feed = ElementTree.parse(edited_site / "changes.xml").getroot()
    atom = "{http://www.w3.org/2005/Atom}author/{http://www.w3.org/2005/Atom}"
    assert [feed.findtext(atom + part) for part in ("name", "email")] == ["Review & Co", "desk@host.example"]
