"""The keyboard: everything can be reached in order and is seen, and what opens can be closed again."""

import pytest

from conftest import PHONE, WIDE

WEEKLY = [(address, size) for address in ("", "treaty/") for size in (WIDE, PHONE)]


@pytest.mark.parametrize(
    ("address", "size"),
    [("", WIDE), ("data/", PHONE), *(pytest.param(*walk, marks=pytest.mark.weekly) for walk in WEEKLY)],
)
def test_the_keyboard_walks_the_page_in_order_and_is_seen(open_page, address: str, size: dict) -> None:
    page = open_page(address, viewport=size, reduced_motion="reduce")
    page.wait_for_timeout(500)  # scripts add buttons late on a busy machine, and move what has the focus
    expected, stops = page.evaluate("probes.reachable()"), []
    while len(stops) < len(expected) + 9:
        page.keyboard.press("Tab")
        for _ in range(20):
            if (stop := page.evaluate("probes.stop()")) is None or not stop[2]:
                break
            page.wait_for_timeout(250)  # the note of the stop before, or the search, has not gone yet
        if stop is None:
            break
        stops.append(stop)
    assert stop is None, "the walk does not end"
    assert [stop for stop in stops if stop[2]] == []
    assert "md-skip" in stops[0][1]
    assert [number for number, *_ in stops] == [number for number, _ in expected], "in the document's order"


@pytest.mark.parametrize(("address", "excuse"), [("treaty/", "-"), ("no/such/page/", "404")])
def test_skip_link_moves_the_focus_to_the_answer(open_page, address: str, excuse: str) -> None:
    page = open_page(address, excuse=excuse)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "start"
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article.md-content__inner')")


def test_escape_closes_the_search_and_gives_the_focus_back(open_page) -> None:
    page = open_page("about/")
    page.locator("article a").nth(2).focus()
    before = page.evaluate("document.activeElement.getAttribute('href')")
    for move in ([], ["ArrowDown", "ArrowDown"]):  # from the field, and from a result
        page.keyboard.press("/")
        page.keyboard.type("Rasht")
        page.locator(".md-search-result__item a").first.wait_for()
        for key in [*move, "Escape"]:
            page.keyboard.press(key)
        page.wait_for_function("!document.getElementById('__search').checked")
        assert page.evaluate("document.activeElement.getAttribute('href')") == before
        assert page.locator(".md-search-result").is_hidden()


def test_menu_on_a_phone_takes_the_focus_and_gives_it_back(open_page) -> None:
    page = open_page("treaty/", viewport=PHONE)
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert page.evaluate("!!document.activeElement.closest('.md-sidebar--primary')")
    here = page.get_by_role("navigation", name="All pages").locator("[aria-current=page]")
    here.focus()
    assert here.get_attribute("href") in ("./", "../treaty/")
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.ariaLabel") == "Menu"
    menu.press("Enter")
    page.locator("article a:visible").first.focus()
    assert menu.get_attribute("aria-expanded") == "false", "it does not stay in front of what has the focus"


def test_a_phone_has_a_button_for_the_search_and_the_page_can_be_read_on_after_it(open_page) -> None:
    """The theme holds the page while its search covers it, and lets go when it is closed."""
    page = open_page("about/", viewport=PHONE)
    search = page.get_by_role("button", name="Search")
    search.press("Enter")
    page.wait_for_function("document.activeElement.matches('.md-search__input')")
    page.keyboard.type("Rasht")
    page.locator(".md-search-result__item a").first.wait_for()
    page.wait_for_function("document.body.hasAttribute('data-md-scrolllock')")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.body.hasAttribute('data-md-scrolllock')")
    assert search.get_attribute("aria-expanded") == "false"
    assert search.evaluate("each => each === document.activeElement")
