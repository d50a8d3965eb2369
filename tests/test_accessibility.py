"""Accessibility: axe with all its rules on every page in every view, the keyboard, large text, headings and targets."""
from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import PAGES
from test_briefing import CONTRACT, TEXT

EVERY = (*PAGES, "brief/", "no/such/page/")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
VIEWS = {
    **{f"{scheme}, {size['width']} px": {"color_scheme": scheme, "viewport": size}
       for scheme in ("light", "dark") for size in (WIDE, PHONE)},
    "forced colours, reduced motion": {"forced_colors": "active", "reduced_motion": "reduce", "viewport": PHONE},
}
CLOSE = [(1440, 2), (390, 2), (640, 1), (320, 1)]  # width and text size; 640 is a window of 1280 at 200 %

# Best practices, experimental rules and those of level AAA are off by default: here every rule is on
START_AXE = """() => {
  const rules = Object.fromEntries(axe.getRules().map(({ruleId}) => [ruleId, {enabled: true}]));
  window.found = new Promise(later => setTimeout(later)).then(() => axe.run({rules, resultTypes: ['violations']}));
}"""
AXE_FOUND = """async () => (await found).violations.flatMap(({id, nodes}) =>
  nodes.map(({target, failureSummary}) => `${id}: ${target.join(' ')}: ${failureSummary.replace(/\\s+/g, ' ')}`))"""
ONCE_STILL = "() => Promise.allSettled(document.getAnimations().map(each => each.finished))"


# Text boxes of different elements that lie over each other, and text that is cut off. A line is shrunk to its letters first.
CROWDED = """() => {
  const boxes = [], faults = [], walker = document.createTreeWalker(document.querySelector('.md-container'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.data.trim() || e.closest('svg, .md-sidebar, sup, [aria-hidden]')
      || !e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) || e.closest('caption, thead')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const {left, right, top, bottom} of range.getClientRects())
      if (right - left > 2) boxes.push({e, left, right, top: top + (bottom - top) * .25, bottom: bottom - (bottom - top) * .25});
    for (let box = e; box; box = box.parentElement)
      if (['hidden', 'clip'].includes(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth + 1 && box.clientWidth)
        { faults.push('cut: ' + node.data.trim().slice(0, 60)); break; }
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((one, index) => {
    for (let next = index + 1; boxes[next]?.top < one.bottom; next++) {
      const other = boxes[next];
      if (other.e !== one.e && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2)
        faults.push(`over each other: ${one.e.textContent.slice(0, 60)} | ${other.e.textContent.slice(0, 60)}`);
    }
  });
  if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways');
  return faults;
}"""

# Links inside sentences are exempt, as WCAG 2.2 has it: beside them stands text of the same block
SMALL = """() => [...document.querySelectorAll('a[href], button, summary, input, textarea')].filter(e => {
  const {width, height} = e.getBoundingClientRect();
  const inline = getComputedStyle(e).display === 'inline' && !!e.closest('p, li, td, th, dd, dt, figcaption')
    && [...e.closest('p, li, td, th, dd, dt, figcaption').childNodes].some(each => each.nodeType === 3 && each.data.trim());
  return e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && width && !inline && (width < 24 || height < 24);
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def tabs(chromium, server: str):
    """One page for each view; the list of published addresses is made up, as in the tests of the briefing page."""
    contexts = {name: chromium.new_context(**options) for name, options in VIEWS.items()}
    for context in contexts.values():
        context.route("**/data/permalinks.json", lambda route: route.fulfill(json=CONTRACT))
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()


def violations(tabs: dict, server: str, address: str, act=lambda page: None) -> list[str]:
    """What axe finds at an address in each view after `act`; the views are looked at side by side, which is faster."""
    for page in tabs.values():
        page.goto(server + address)
        act(page)
        page.evaluate(ONCE_STILL)
        page.evaluate(AXE_SCRIPT)
        page.evaluate(START_AXE)
    return [f"{view}: {fault}" for view, page in tabs.items() for fault in page.evaluate(AXE_FOUND)]


def open_tables(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def open_cite(page) -> None:
    page.locator("button.cite").first.click()
    page.get_by_role("dialog", name="Cite: ").wait_for()


def open_search(page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.locator(".md-search-result__item a").first.wait_for()


def open_menu(page) -> None:
    if (menu := page.get_by_role("button", name="Menu")).is_visible():
        menu.click()
        page.get_by_role("button", name="About", exact=True).click()  # and its table of contents


def open_note(page) -> None:
    page.locator("a.footnote-ref").first.focus()
    page.locator(".md-tooltip2--active").wait_for()


def check_briefing(page) -> None:
    page.fill("#briefing-memo", TEXT)
    page.click("#briefing-form button")
    page.locator("#briefing-rows tr").first.wait_for()


@pytest.mark.parametrize("address", EVERY)
def test_page_has_no_barrier(tabs, server: str, address: str) -> None:
    """Axe, the size of targets, and text that is large or has little room: in one visit, for visits are what costs time."""
    faults = violations(tabs, server, address, open_tables)
    for view, page in tabs.items():
        faults += [f"{view}: smaller than 24 px: {element}" for element in page.evaluate(SMALL)]
    for width, times in CLOSE:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("times => document.documentElement.style.fontSize = `${20 * times}px`", times)
        faults += [f"{width} px, text × {times}: {fault}" for fault in page.evaluate(CROWDED)]
    page.set_viewport_size(PHONE)
    assert faults == []


@pytest.mark.parametrize("address, act", [
    ("about/", open_cite), ("about/", open_search), ("about/", open_menu), ("watchlist/", open_note), ("briefing/", check_briefing),
])
def test_axe_finds_nothing_in_what_opens(tabs, server: str, address: str, act) -> None:
    assert violations(tabs, server, address, act) == []


def test_axe_would_find_something(tabs, server: str) -> None:
    found = violations(tabs, server, "changes/", lambda page: page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<p id=\"grey\">grey</p><h5>Five</h5><img>');"
        "document.getElementById('grey').style.color = '#888'"))
    for rule in ("color-contrast", "heading-order", "image-alt"):
        assert any(f": {rule}: " in fault for fault in found), rule


@pytest.mark.parametrize("address", EVERY[:-1])
def test_language_headings_and_skip_link(html, address: str) -> None:
    page = html(address)
    levels = [int(heading.tag[1]) for heading in page.css("h1, h2, h3, h4, h5, h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(following <= level + 1 for level, following in zip(levels, levels[1:]))
    assert page.css_first("html").attributes["lang"] == "en"
    assert page.css_first("#start h1") and page.css_first("a.md-skip[href='#start']")
    for table in page.css("table:not([hidden])"):
        assert table.css("th[scope=col]") and table.css("tbody tr") and all(row.css("th[scope=row]") for row in table.css("tbody tr"))


REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')].filter(e =>
  e.checkVisibility({checkVisibilityCSS: true}) && e.tabIndex >= 0 && !e.closest('[inert]')
  && (e.type !== 'radio' || !e.nextElementSibling.hidden)).map((e, number) => [e.dataset.walk = number, e.outerHTML.slice(0, 160)])"""
STOP = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const shown = e.type === 'radio' ? e.nextElementSibling : e;  // the theme shows the label in its place
  const {outlineStyle, outlineWidth, outlineColor} = getComputedStyle(shown);
  const faults = [];
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2 || outlineColor.endsWith(', 0)')) faults.push('no outline');
  if (!shown.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) faults.push('invisible');
  if (![...shown.getClientRects()].some(({left, right, top, bottom}) => {
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return hit && (shown.contains(hit) || hit.contains(shown));
  })) faults.push('out of sight or covered');
  return [Number(e.dataset.walk ?? -1), e.outerHTML.slice(0, 160), faults.join(', ')];
}"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("address", ["", "treaty/"])
def test_keyboard_walks_the_whole_page_in_order_and_is_seen(open_page, address: str, size: dict) -> None:
    page = open_page(address, viewport=size, reduced_motion="reduce")
    expected, stops = page.evaluate(REACHABLE), []
    while len(stops) < len(expected) + 9:
        page.keyboard.press("Tab")
        for _ in range(20):
            if (stop := page.evaluate(STOP)) is None or not stop[2]:
                break
            page.wait_for_timeout(250)  # the note of the stop before, or the search, has not gone yet
        if stop is None:
            break
        stops.append(stop)
    assert stop is None, "the walk does not end"
    assert [stop for stop in stops if stop[2]] == []
    assert "md-skip" in stops[0][1]
    assert [number for number, *_ in stops] == [number for number, _ in expected], "everything, in the order of the document"


def test_skip_link_moves_the_focus_to_the_answer(open_page) -> None:
    for address in ("treaty/", "no/such/page/"):
        page = open_page(address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "start"
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('article.md-content__inner')")


@pytest.mark.parametrize("move", [[], ["ArrowDown", "ArrowDown"]], ids=["field", "result"])
def test_escape_closes_the_search_and_gives_the_focus_back(open_page, move: list[str]) -> None:
    page = open_page("about/")
    page.locator("article a").nth(2).focus()
    before = page.evaluate("document.activeElement.getAttribute('href')")
    open_search(page)
    for key in [*move, "Escape"]:
        page.keyboard.press(key)
    page.wait_for_function("!document.getElementById('__search').checked")
    assert page.evaluate("document.activeElement.getAttribute('href')") == before
    assert page.locator(".md-search-result").is_hidden()


def test_search_opens_from_its_button_on_a_phone(open_page) -> None:
    page = open_page("about/", viewport=PHONE)
    page.get_by_role("button", name="Search").press("Enter")
    page.wait_for_function("document.activeElement.matches('.md-search__input')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.ariaLabel") == "Search"
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_menu_on_a_phone_takes_the_focus_and_gives_it_back(open_page) -> None:
    page = open_page("treaty/", viewport=PHONE)
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')")
    page.get_by_role("button", name="Treaty", exact=True).press("Enter")
    contents = page.get_by_role("navigation", name="Table of contents").get_by_role("link").first
    contents.wait_for()
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.ariaLabel") == "Menu"
    menu.press("Enter")
    page.locator("article a").first.focus()
    assert menu.get_attribute("aria-expanded") == "false", "the menu does not stay in front of what has the focus"


def test_escape_puts_a_note_away_and_leaves_the_focus(open_page) -> None:
    page = open_page("treaty/")
    open_note(page)
    page.keyboard.press("Escape")
    page.locator(".md-tooltip2").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('a.footnote-ref')")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(".md-tooltip2--active").wait_for()
