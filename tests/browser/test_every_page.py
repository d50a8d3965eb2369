"""Every page in every view: axe, targets, room for text and drawings, print. One visit each: visits cost."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from conftest import EVERY, PHONE, WIDE, visiting
from explainer.content import Content
from explainer.words import long_date
from memos import CONTRACT, MARKDOWN
from paper import sheets

LOST = "no/such/page/"
# Between them these show every kind of thing: the rules of contrast look at these in every view
OF_EACH_KIND = [
    "",
    "treaty/",
    "transfers/",
    "watchlist/",
    "timeline/",
    "article/",
    "sources/",
    "briefing/",
    LOST,
]
CONTRAST = ["color-contrast", "color-contrast-enhanced"]
FORCED = {"forced_colors": "active", "reduced_motion": "reduce"}
CLOSE = [(1440, 2), (390, 2), (640, 1), (320, 1)]  # width and text size; 640 is a window of 1280 at 200 %
SHEETS = {"": 8, "about/": 6}  # more, and something has gone wrong; others 36
LISTS = ("sources/", "changes/")  # that one template fills over a hundred sheets
OF_THE_SCREEN = (
    "button, .headerlink, .cite, nav, dialog, .md-sidebar, .md-header, .md-tabs, .md-skip, .site-foot"
)


def answer_with_made_up_list(page: Page) -> None:
    page.route("**/data/permalinks.json", lambda route: route.fulfill(json=CONTRACT))


def open_tables(page: Page, to: bool) -> None:
    page.evaluate("to => document.querySelectorAll('details').forEach(each => each.open = to)", to)


def faults_of(page: Page, only: list[str] | None = None) -> list[str]:
    """What axe finds on a page as it is."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("only => probes.axeFaults(only)", only)


def switch(page: Page, scheme: str) -> None:
    """Use the page's own switch until it has this scheme."""
    while page.evaluate("document.body.dataset.mdColorScheme") != scheme:
        page.evaluate("document.querySelector('[data-md-component=palette] label:not([hidden])').click()")


@pytest.fixture(scope="module", params=[*EVERY, LOST])
def page(request: pytest.FixtureRequest, chromium, server: str) -> Iterator[Page]:
    """Each page in turn, all its tables open."""
    with visiting(chromium, server) as visit:
        excuse = "404" if request.param == LOST else r"\A\Z"
        options = {"color_scheme": "light", "viewport": PHONE, "before": answer_with_made_up_list}
        opened = visit(request.param, excuse=excuse, **options)
        opened.address = request.param
        opened.evaluate("probes.freeze()")
        open_tables(opened, True)
        yield opened


def test_text_and_drawings_have_room(page: Page) -> None:
    found = []
    for width in (390, 1440, 1920):  # the text of the page grows with the window, and drawings with it
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {fault}" for fault in page.evaluate("probes.labels()")]
    open_tables(page, False)
    for width in (320, 390, 768):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} px: {fault}" for fault in page.evaluate("probes.wide()")]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width} px: scrolls sideways")
    open_tables(page, True)
    for width, times in CLOSE:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("times => document.documentElement.style.fontSize = `${20 * times}px`", times)
        found += [f"{width} px, text × {times}: {fault}" for fault in page.evaluate("probes.crowded()")]
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert found == []


def test_a_printed_page_says_what_it_is_and_leaves_the_screen_behind(page: Page, content: Content) -> None:
    if page.address == LOST:
        pytest.skip("nobody prints it")
    if page.address in LISTS:
        page.evaluate("probes.thin()")  # test_brief.py looks at all sheets once a week
    page.set_viewport_size({"width": 642, "height": 975})  # A4 without the margins
    page.emulate_media(media="print")
    assert page.evaluate("probes.wide()") == [], "cut off"
    assert page.evaluate(f"probes.shown('{OF_THE_SCREEN}').map(probes.start)") == []
    texts = [sheet.text for sheet in sheets(page.pdf(prefer_css_page_size=True))]
    page.emulate_media(media="screen")
    meta = content.pages[f"{page.address.strip('/') or 'index'}.md"].meta
    name = page.evaluate("document.querySelector('meta[name=\"DC.creator\"]').content")
    assert len(texts) <= SHEETS.get(page.address, 36)
    assert (meta["title"] if page.address else name) in texts[0]
    assert f"Evidence found to {long_date(meta['as_of'])}" in texts[0]
    assert all(name in text and f"{at} / {len(texts)}" in text for at, text in enumerate(texts, 1))
    assert not re.search("Skip to content|Table of contents|Switch to the|No cookies|¶", " ".join(texts))


def test_axe_finds_no_barrier(page: Page) -> None:
    """All rules on a phone by day and on a desk by night. The other views differ in their colours."""
    page.evaluate("probes.thin()")
    found = []
    for scheme, size, forced in (
        ("default", PHONE, False),
        ("slate", PHONE, False),
        ("slate", WIDE, False),
        ("default", WIDE, False),
        ("default", PHONE, True),
    ):
        every_rule = (scheme, size, forced) in (("default", PHONE, False), ("slate", WIDE, False))
        if not every_rule and page.address not in OF_EACH_KIND:
            continue
        switch(page, scheme)
        page.set_viewport_size(size)
        page.emulate_media(**(FORCED if forced else {"forced_colors": "none"}))
        faults = faults_of(page, None if every_rule else CONTRAST) + page.evaluate("probes.small()")
        found += [f"{scheme}, {size['width']} px, {'forced colours' * forced}: {fault}" for fault in faults]
    assert found == []


def open_cite(page: Page) -> None:
    page.locator("button.cite").first.click()
    page.get_by_role("dialog", name="Cite: ").wait_for()


def open_search(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.locator(".md-search-result__item a").first.wait_for()


def open_menu(page: Page) -> None:
    if (menu := page.get_by_role("button", name="Menu")).is_visible():
        menu.click()
        page.get_by_role("navigation", name="All pages").get_by_role("link").first.wait_for()


def open_note(page: Page) -> None:
    page.locator("a.footnote-ref").first.focus()
    page.locator(".tip").wait_for()


def check_memo(page: Page) -> None:
    page.fill("#briefing-memo", MARKDOWN)
    page.click("#briefing-form button")
    page.locator("#briefing-rows tr").first.wait_for()


@pytest.mark.parametrize(
    ("address", "act", "size"),
    [
        ("about/", open_cite, PHONE),
        ("about/", open_menu, PHONE),
        ("about/", open_search, PHONE),
        ("about/", open_search, WIDE),
        ("watchlist/", open_note, WIDE),
        ("briefing/", check_memo, WIDE),
    ],
)
def test_axe_finds_nothing_in_what_opens(open_page, address: str, act, size: dict) -> None:
    scheme = "light" if size == PHONE else "dark"
    page = open_page(address, before=answer_with_made_up_list, color_scheme=scheme, viewport=size)
    act(page)
    assert faults_of(page) == []


def test_axe_would_find_something(open_page) -> None:
    page = open_page("changes/")
    page.evaluate("""document.querySelector('article').insertAdjacentHTML('beforeend',
        '<h5>Five</h5><p id="grey">grey</p><img>');
        document.getElementById('grey').style.color = '#888'""")
    found = faults_of(page)
    for rule in ("color-contrast", "heading-order", "image-alt"):
        assert any(fault.startswith(f"{rule}: ") for fault in found), rule


@pytest.mark.weekly
@pytest.mark.parametrize("address", [*EVERY, LOST])
def test_axe_finds_nothing_in_any_view_of_the_whole_page(open_page, address: str) -> None:
    views = [
        {"color_scheme": scheme, "viewport": size} for scheme in ("light", "dark") for size in (WIDE, PHONE)
    ]
    for view in [*views, FORCED | {"viewport": PHONE}]:
        page = open_page(address, before=answer_with_made_up_list, excuse="404|about:blank", **view)
        open_tables(page, True)
        assert faults_of(page) == [], view
