"""What findings keep in the open or folded; links into what is folded; paper and navigation."""

import pytest

from conftest import PHONE, TOPICS, WIDE, label_of

FOLD = ".finding > .fold"
HIDDEN = "element => getComputedStyle(element).display === 'none'"


def test_on_a_phone_a_line_opens_by_keyboard(open_page) -> None:
    page = open_page("treaty/", viewport=PHONE)
    fold = page.locator(FOLD).first
    assert not fold.locator("dl").is_visible()
    fold.locator("> summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("dl").is_visible()
    assert fold.locator("> summary").bounding_box()["height"] >= 24


@pytest.mark.parametrize("width", [1220, 1440])
def test_a_wide_screen_has_it_in_the_margin(open_page, width: int) -> None:
    page = open_page("treaty/", viewport=WIDE | {"width": width})
    finding = page.locator(".finding").first
    text, note = (finding.locator(part).bounding_box() for part in ("> p:nth-child(2)", "> .fold dl"))
    assert note["x"] >= text["x"] + text["width"] and note["y"] < text["y"]
    assert not finding.locator("> .fold > summary").is_visible()
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = [node["name"]["value"] for node in tree if not node["ignored"] and "name" in node]
    assert sum(name.startswith(label_of("attribution")) for name in heard) >= page.locator(FOLD).count()
    mark, story = (page.locator(part).first.bounding_box() for part in (".story .evidence", ".story > p"))
    assert mark["x"] >= story["x"] + story["width"]


ARGUED = ".argument sup"


def test_the_argument_of_a_finding_folds_on_a_phone_alone(open_page) -> None:
    for width in (700, 1100, 1440):
        page = open_page("crises/", viewport=WIDE | {"width": width})
        assert page.locator(ARGUED).first.is_visible()
        assert not page.locator(".argument > summary").first.is_visible()
    page = open_page("crises/", viewport=PHONE)
    line, note = page.locator(".argument > summary").first, page.locator(ARGUED)
    assert not note.first.is_visible() and line.bounding_box()["height"] >= 24
    line.click()
    assert note.first.is_visible() and not note.last.is_visible()
    page = open_page(f"crises/#{note.last.get_attribute('id')}", viewport=PHONE)  # the way back from a note
    assert page.locator(ARGUED).last.is_visible()
    page.emulate_media(media="print")
    assert all(each.is_visible() for each in page.locator(ARGUED).all())


@pytest.mark.parametrize("scripts", [True, False])
def test_links_into_folded_notes_open_them(open_page, scripts: bool) -> None:
    """With scripts a mark opens its source beside the line; only an address leads to the list."""
    page = open_page("treaty/", viewport=PHONE, java_script_enabled=False)
    assert not page.locator(".footnote").is_visible()
    link = page.locator(".md-content__inner > p a.footnote-ref").first
    note = page.locator(f"[id='{link.get_attribute('href')[1:]}']")
    link.click()
    page.wait_for_timeout(300)
    assert note.is_visible() and 0 <= note.bounding_box()["y"] < PHONE["height"]
    page = open_page(f"treaty/#{note.get_attribute('id')}", java_script_enabled=scripts)
    assert page.locator(".footnote").is_visible()


def test_paper_has_everything_or_no_sources_as_the_reader_chooses(open_page) -> None:
    for scripts in (False, True):
        page = open_page("treaty/", java_script_enabled=scripts)
        page.emulate_media(media="print")
        for part in (".footnote", ".events", f"{FOLD} dl", ".verdict .fold dl"):
            assert page.locator(part).first.is_visible(), part
        assert not page.locator(".fold > summary").first.is_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { window.printed = document.documentElement.dataset.paper }")
    page.get_by_role("button", name="Print without notes").click()
    assert page.evaluate("printed") == "short"
    page.emulate_media(media="print")
    for part in (
        ".footnote",
        ".gathered-events",
        "#events",
        "#sources",
        "sup:has(.footnote-ref) a",
        ".cites",
    ):
        assert page.locator(part).first.evaluate(HIDDEN), part
    assert page.locator(f"{FOLD} dl").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".footnote").is_visible(), "it holds for one time"


def test_a_threshold_stays_on_paper_without_notes_and_in_the_margin_of_a_wide_screen(open_page) -> None:
    page = open_page("watchlist/")
    threshold, reading = page.locator("#su-35 .flips dl").first, page.locator("#su-35 .reading")
    assert threshold.bounding_box()["x"] > reading.bounding_box()["x"] + reading.bounding_box()["width"]
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.dataset.paper = 'short'")
    assert threshold.is_visible()


@pytest.mark.parametrize("width", [960, 1100, 1220])
def test_tabs_and_their_line_are_not_cut(open_page, width: int) -> None:
    page = open_page("crises/", viewport=WIDE | {"width": width})
    for link in page.locator(".md-tabs a, .group a").all():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 24
    assert not page.locator(".contents").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_has_a_menu_in_groups_and_a_list_of_sections(open_page) -> None:
    page = open_page("crises/", viewport=PHONE)
    assert not page.locator(".md-tabs").is_visible() and not page.locator(".group").is_visible()
    page.locator(".contents summary").click()
    sections = page.locator(".contents a")
    assert sections.count() == page.locator(".md-content__inner h2[id]:not(.page-foot h2)").count()
    assert all(link.bounding_box()["height"] >= 24 for link in sections.all())
    page.locator(".md-header button[aria-label=Menu]").click()
    page.wait_for_timeout(400)
    links = page.locator(".menu a")
    assert links.count() >= 16 and all(link.bounding_box()["height"] >= 24 for link in links.all())
    assert page.get_by_role("list", name="The record").is_visible()


@pytest.mark.parametrize("page", TOPICS)
def test_a_story_begins_within_three_screens(open_page, page: str) -> None:
    top = open_page(f"{page}/", viewport=PHONE).locator(".story").bounding_box()["y"]
    assert top < 3 * PHONE["height"]
