"""The timeline: events in order, sourced and treated; its filters are plain links; topic pages draw theirs from it."""
from __future__ import annotations

from datetime import date

import pytest
from conftest import ROOT

from explainer.content import read_content
from explainer.words import THEMES

OLDER = {"1813", "1828", "1907", "1941", "1946", "2001"}


@pytest.fixture(scope="module")
def content():
    return read_content(ROOT / "docs")


def test_every_event_stands_once_and_in_order(html, content) -> None:
    items = html("timeline/").css(".timeline > li")
    assert [item.attributes["id"] for item in items] == [event["id"] for event in content.events]
    dates = [item.css_first("time").attributes["datetime"] for item in items]
    assert dates == sorted(dates) and dates == [event["date"] for event in content.events]
    assert {day[:4] for day in dates} >= OLDER
    for day in dates:
        date.fromisoformat((day + "-01-01")[:10])


def test_every_event_has_sources_and_a_section_that_lands(html) -> None:
    for item in html("timeline/").css(".timeline > li"):
        section, *sources = [link.attributes["href"].removeprefix("../").partition("#") for link in item.css(".more a")]
        assert not section[2] or html(section[0]).css_first(f"[id='{section[2]}']") is not None
        assert sources and all(page == "sources/" and html(page).css_first(f"[id='{source}']") for page, _, source in sources)


@pytest.mark.parametrize("theme", THEMES)
def test_a_filter_is_a_plain_link(open_page, content, theme: str) -> None:
    page = open_page("timeline/", java_script_enabled=False)
    page.locator(f"nav.filter a[href$='#only-{theme}']").click()
    shown = page.eval_on_selector_all(".timeline > li", "all => all.filter(one => one.checkVisibility()).map(one => one.id)")
    assert shown == [event["id"] for event in content.events if theme in event["themes"]]
    years = page.eval_on_selector_all(".year", "all => all.filter(one => one.checkVisibility()).map(one => one.innerText.slice(0, 4))")
    label = {year: "Up t" if year <= "2000" else year for year in sorted(event["date"][:4] for event in content.events)}
    assert years == list(dict.fromkeys(label[event["date"][:4]] for event in content.events if theme in event["themes"]))
    page.locator("nav.filter a[href$='#only-all']").click()
    assert page.locator(".timeline > li:visible").count() == len(content.events)


def test_topic_pages_draw_theirs_from_the_timeline(html, content) -> None:
    told = []
    for name in ("treaty", "transfers", "crises", "rivalry"):
        links = [link.attributes["href"] for link in html(f"{name}/").css(".events > li > a")]
        assert all(link.startswith("../timeline/#") for link in links)
        told += [link.partition("#")[2] for link in links]
    elsewhere = {event["id"] for event in content.events if event["section"].partition("#")[0] not in (
        "treaty.md", "transfers.md", "crises.md", "rivalry.md")}
    assert set(told) == {event["id"] for event in content.events} - elsewhere and len(told) == len(set(told))


def test_a_link_to_an_event_marks_it(open_page, content) -> None:
    event = content.events[-1]["id"]
    page = open_page(f"timeline/#{event}")
    page.wait_for_function(f"document.getElementById('{event}').getBoundingClientRect().top < innerHeight")
    assert page.locator(".timeline > li:visible").count() == len(content.events)
    assert page.evaluate(f"getComputedStyle(document.getElementById('{event}')).backgroundColor") != "rgba(0, 0, 0, 0)"
