"""The site in a real browser: search, schemes, notes, narrow screens, and no request to anybody else."""
from __future__ import annotations

import pytest
from conftest import PAGES, PREFIX


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [*PAGES, "no/such/page/"])
def test_page_loads_without_complaint_or_foreign_request(open_page, server: str, address: str, scheme: str) -> None:
    page = open_page(address, color_scheme=scheme)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(100)
    faults = [fault for fault in page.faults if not (address.startswith("no/") and "404" in fault)]
    assert faults == []
    shown = page.evaluate("document.body.dataset.mdColorScheme")
    assert shown == {"light": "default", "dark": "slate"}[scheme]


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("address", [*PAGES, "no/such/page/"])
def test_nothing_scrolls_sideways(open_page, address: str, width: int) -> None:
    page = open_page(address, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate("""() => [...document.querySelectorAll('article.md-content__inner *')].filter(e =>
        e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility() && !e.closest('caption, thead, svg svg'))
        .map(e => e.outerHTML.slice(0, 120))""")
    assert wide == []


@pytest.mark.parametrize("query, sections", [
    ("Su-35", ["watchlist/#watch-su-35", "transfers/#"]),
    ("Article 5", ["treaty/#"]),
    ("Rasht", ["watchlist/#watch-rasht-astara", "transfers/#"]),
    ("snapback", ["crises/#"]),
])
def test_search_finds_the_section(open_page, server: str, query: str, sections: list[str]) -> None:
    page = open_page("")
    page.keyboard.press("/")
    page.keyboard.type(query)
    page.wait_for_selector(".md-search-result__item a")
    page.wait_for_timeout(500)
    found = page.eval_on_selector_all(".md-search-result__item a", "links => links.map(link => link.href)")[:6]
    found = [address.removeprefix(server).split("?")[0] + "#" + address.partition("#")[2] for address in found]
    assert any(address.startswith(section) for section in sections for address in found), found
    assert not any(address.startswith("sources/") for address in found)


def test_a_search_result_leads_to_its_section(open_page) -> None:
    page = open_page("about/")
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.wait_for_selector(".md-search-result__item a")
    page.wait_for_timeout(500)
    target = page.locator(".md-search-result__item a[href*='#']").first
    anchor = target.get_attribute("href").partition("#")[2]
    target.click()
    page.wait_for_url(f"**#{anchor}")
    assert page.locator(f"[id='{anchor}']").is_visible()


def test_colour_scheme_can_be_switched_and_is_remembered(open_page) -> None:
    page = open_page("treaty/", color_scheme="light")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_title("Switch to the dark scheme").click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_focused_note_shows_its_source(open_page) -> None:
    page = open_page("treaty/")
    page.locator("a.footnote-ref").first.focus()
    page.wait_for_selector(".md-tooltip2--active")
    assert len(page.locator(".md-tooltip2--active").inner_text()) > 20


def test_focused_term_shows_its_definition(open_page) -> None:
    page = open_page("treaty/")
    term = page.locator("abbr[tabindex]").first
    definition = term.get_attribute("title")
    term.focus()
    page.wait_for_selector(".md-tooltip2--active")
    assert definition[:30] in page.locator(".md-tooltip2--active").inner_text()


def test_answer_and_strip_fit_the_first_screen(open_page) -> None:
    page = open_page("", viewport={"width": 1440, "height": 900})
    assert page.locator(".answer-line").bounding_box()["y"] < 450
    last = page.locator(".strip li").last.bounding_box()
    assert last["y"] + last["height"] <= 900


def test_row_of_the_table_leads_to_its_finding_in_one_click(open_page) -> None:
    page = open_page("")
    for number in range(page.locator("table.verdicts tbody tr").count()):
        link = page.locator("table.verdicts tbody tr").nth(number).locator(".why a").last
        target = link.get_attribute("href")
        link.click()
        page.wait_for_url(f"**/{target}")
        assert page.locator("article.finding:target, article.indicator:target").is_visible()
        page.go_back()


def test_pages_read_without_javascript(open_page) -> None:
    page = open_page("", java_script_enabled=False)
    assert page.locator("table.verdicts tbody tr").first.is_visible()
    page = open_page("treaty/", java_script_enabled=False)
    assert page.locator("article.finding").first.is_visible() and page.locator(".footnote li a").first.is_visible()


def test_missing_address_at_any_depth_gets_a_styled_page_with_ways_on(open_page, server: str) -> None:
    page = open_page("treaty/old/deep/")
    assert page.locator("h1").inner_text() == "This address leads nowhere"
    assert "Palatino" in page.evaluate("getComputedStyle(document.body).fontFamily")
    page.locator("article.md-content__inner").get_by_role("link", name="Watchlist").click()
    page.wait_for_url(f"**{PREFIX}watchlist/")


@pytest.mark.parametrize("address", ["", "treaty/"])
def test_print_leaves_out_navigation_and_writes_addresses(open_page, address: str) -> None:
    page = open_page(address)
    page.emulate_media(media="print")
    for hidden in (".md-header", ".md-tabs", ".site-foot"):
        assert not page.locator(hidden).is_visible()
    if address:
        shown = page.evaluate("""() => getComputedStyle(document.querySelector('.footnote a[href^="http"]'), '::after').content""")
        assert "http" in shown
    assert page.pdf(format="A4").startswith(b"%PDF")
