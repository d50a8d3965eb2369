"""Notes, terms and people open beside their mark, and whoever leaves comes back to the line."""

import re

import pytest
from playwright.sync_api import Page

from conftest import PHONE, WIDE
from explainer.content import Content

LONGEST = ["transfers/", "rivalry/"]
TOUCH = {"viewport": PHONE, "has_touch": True}
MARK = ".md-content__inner a.footnote-ref"
SEEN = "all => all.map((e, n) => e.checkVisibility() ? n : -1).filter(n => n >= 0)"
# How many targets lie over each other, how many are too small, how many marks part from the word before
TARGETS = """() => {
  const marks = [...document.querySelectorAll(".footnote-ref")].filter((e) => e.checkVisibility());
  const boxes = marks.map((e) => e.getBoundingClientRect());
  const both = (p, q, start, end) => Math.min(p[end], q[end]) - Math.max(p[start], q[start]) > .5;
  const over = boxes.flatMap((p, index) => boxes.slice(index + 1).filter((q) =>
    both(p, q, "left", "right") && both(p, q, "top", "bottom")));
  const first = marks.filter((e) => {
    const before = e.parentElement.previousSibling;
    if (!before?.data?.trim() || /\\s$/.test(before.data)) return false;
    const range = document.createRange();
    range.setStart(before, before.length - 1);
    range.setEnd(before, before.length);
    return e.getBoundingClientRect().top > range.getBoundingClientRect().bottom - 2;
  });
  return [over.length, boxes.filter(({width, height}) => width < 24 || height < 24).length, first.length];
}"""
COPIED = """() => {
  getSelection().selectAllChildren(document.querySelector("article"));
  return getSelection().toString();
}"""


def five_marks(page: Page) -> list:
    """Marks of notes from five places of a page, in the order of the text."""
    seen = page.locator(MARK).evaluate_all(SEEN)
    return [page.locator(MARK).nth(seen[len(seen) * part // 5]) for part in range(5)]


@pytest.mark.parametrize("address", LONGEST)
def test_a_tap_opens_the_source_beside_the_line_and_the_page_stays(open_page, address: str) -> None:
    page = open_page(address, **TOUCH)
    assert page.locator(".tip, .md-tooltip2").count() == 0, "nothing is prepared before it is asked for"
    tip = page.locator(".tip:popover-open")
    for mark in five_marks(page):
        mark.scroll_into_view_if_needed()
        before, name = page.evaluate("[scrollY, location.href]"), mark.get_attribute("aria-label")
        mark.tap()
        box, place = tip.bounding_box(), mark.bounding_box()
        assert page.evaluate("[scrollY, location.href]") == before
        assert name.rpartition(", ")[2] in tip.inner_text() and re.match(r"Source \d+: \S", name)
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
        gap = max(box["y"] - place["y"] - place["height"], place["y"] - box["y"] - box["height"])
        assert 0 <= gap < 10, "beside the line, and not over it"
        page.locator("h1").dispatch_event("click")
        page.touchscreen.tap(PHONE["width"] - 2, 80 if box["y"] > 200 else PHONE["height"] - 20)
        assert tip.count() == 0


@pytest.mark.parametrize("address", LONGEST)
@pytest.mark.parametrize("script", [True, False])
def test_back_returns_to_the_line_that_was_left(open_page, server: str, address: str, script: bool) -> None:
    """By a note without scripts, by the link of a code with them; scrolling writes no address."""
    page = open_page(address, java_script_enabled=script, **TOUCH)
    links = page.locator(MARK if not script else ".md-content__inner > p > a:not([class])[href*='#']")
    seen = links.evaluate_all(SEEN)
    for place in [seen[len(seen) * part // 5] for part in range(5)]:
        link = links.nth(place)
        link.scroll_into_view_if_needed()
        page.mouse.wheel(0, 40)
        page.wait_for_timeout(200)
        top = link.bounding_box()["y"]
        assert page.url == server + address
        link.click()
        page.wait_for_url("**#*")
        page.wait_for_timeout(100)
        page.go_back()
        page.wait_for_timeout(300)
        assert abs(link.bounding_box()["y"] - top) < 10


def test_a_note_leads_back_to_its_first_mark_and_to_the_one_last_opened(open_page) -> None:
    page = open_page("treaty/")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    again = page.locator(".footnote-ref[href='#fn2']")
    assert again.count() > 2 and page.locator("#fnref2").count() == 1
    page.locator("#fn2 .back").click()
    page.wait_for_url("**#fnref2")
    again.nth(2).click()
    page.keyboard.press("Escape")
    page.locator("#fn2 .back").click()
    assert again.nth(2).evaluate("e => e === document.activeElement")
    assert 0 < again.nth(2).bounding_box()["y"] < WIDE["height"]


def test_keys_open_a_note_lead_into_it_and_put_it_away(open_page) -> None:
    page = open_page("treaty/")
    tip, marks = page.locator(".tip:popover-open"), page.locator(f"{MARK}:visible")
    marks.nth(1).focus()
    assert tip.get_attribute("role") == "note"
    assert marks.nth(1).get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.tip a[href^=http]')")
    page.keyboard.press("Escape")
    assert tip.count() == 0 and marks.nth(1).evaluate("e => e === document.activeElement")
    page.keyboard.press("Tab")
    assert marks.nth(2).evaluate("e => e === document.activeElement") and tip.count() == 1
    page.locator("h1 + p").click()
    assert tip.count() == 0


def test_terms_and_people_show_what_they_are_and_keep_their_words(open_page, content: Content) -> None:
    page = open_page("treaty/")
    tip, term = page.locator(".tip:popover-open"), page.locator("abbr:not(.person):visible").first
    assert not page.locator("abbr[title]").count()  # Orca says a title in place of the words
    term.hover()
    tip.wait_for()
    assert tip.inner_text() in {each["definition"] for each in content.listed["term"]}
    page.mouse.move(2, 2)
    tip.wait_for(state="detached")


@pytest.mark.parametrize("size", [PHONE, WIDE])
@pytest.mark.parametrize("address", LONGEST)
def test_numbers_of_notes_can_be_hit_and_fuse_with_nothing(open_page, address: str, size: dict) -> None:
    page = open_page(address, viewport=size)
    assert page.evaluate(TARGETS) == [0, 0, 0]
    page.evaluate("document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    assert page.evaluate(TARGETS) == [0, 0, 0]
    assert not re.search(r"\[\d+\]", page.evaluate(COPIED))
