"""What readers do: search, switch colours, follow notes, rows and old links, with and without scripts."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml

from conftest import PHONE, PREFIX, WIDE
from explainer.content import Content
from explainer.words import THEMES

QUERIES = yaml.safe_load((Path(__file__).parent / "queries.yml").read_text(encoding="utf-8"))
VISIBLE = "all => all.filter(e => e.checkVisibility())"
RESULTS = ".md-search-result__link"
FETCHED = """performance.getEntriesByType("resource").map(({name}) => name.split("/").at(-1))
    .filter((name) => !/^(main|palette)\\.|svg$/.test(name)).sort()"""
ASK = """async (queries) => {
    const { base, search } = JSON.parse(document.getElementById("__config").textContent);
    const worker = new Worker(search), heard = [];
    const ask = (type, data) => new Promise((done) => {
        worker.onmessage = (event) => done(event.data.data);
        worker.postMessage({ type, data });
    });
    const index = await (await fetch(`${base}/search/search_index.json`)).json();
    await ask(0, { ...index, options: {} });
    for (const query of queries) {
        const { items } = await ask(2, query);
        heard.push([query, items.map(([best]) => best.location)]);
    }
    return Object.fromEntries(heard);
}"""
INDEX = "performance.getEntriesByType('resource').filter(each => each.name.includes('search_index')).length"


def test_what_people_type_finds_its_section(open_page) -> None:
    """The search's own worker is asked, as the theme asks it."""
    lists = [(count, *each) for count, name in ((1, "first"), (3, "three")) for each in QUERIES[name].items()]
    wanted = [(str(query), place, count) for count, place, queries in lists for query in queries]
    found, missed = open_page("treaty/").evaluate(ASK, [query for query, _, _ in wanted]), {}
    for query, place, count in wanted:
        first = found[query][:count]
        if place not in first and not (place[-1:] == "/" and any(each.startswith(place) for each in first)):
            missed[query] = place, found[query][:4]
    assert len(wanted) >= 250 and missed == {}


CODED = [
    *("t3", "t3/", "T3/", "T3/#%", "treaty/T3", "treaty/#T3", "treaty/#t3", "t3/?cited=2026-11-25"),
    *("treaty/T3?cited=2026-11-25", "treaty/?cited=2026-11-25#t3", "about/?cited=2026-11-25#T3"),
]


@pytest.mark.parametrize("address", CODED)
def test_a_code_in_any_letters_leads_to_its_finding(open_page, address: str) -> None:
    page = open_page(address, excuse="404")
    page.wait_for_url("**/treaty/#no-aid-to-the-aggressor")
    assert page.locator("#no-aid-to-the-aggressor .cited-note").count() == ("cited" in address)
    page.evaluate("location.hash = 't1'")
    page.wait_for_url("**/treaty/#signed-for-twenty-years")


def test_the_contents_mark_the_section_that_a_jump_leads_into(open_page) -> None:
    page = open_page("treaty/")
    active = ".md-nav--secondary .md-nav__link--active"
    for link in page.locator(".md-nav--secondary a").all()[1:-3]:  # the last reach no third of the screen
        page.evaluate(
            "id => scrollTo(0, document.getElementById(id).getBoundingClientRect().top + scrollY - 10)",
            link.get_attribute("href")[1:],
        )
        page.wait_for_function(
            f"document.querySelector('{active}')?.hash === '{link.get_attribute('href')}'", 40
        )


def test_a_code_that_nothing_has_says_so(open_page) -> None:
    page = open_page("t9999/", excuse="404")
    page.wait_for_url("**/T9999/")
    assert page.locator("h1").inner_text() == "This address leads nowhere"


def test_words_that_are_pasted_find_a_code_and_its_excerpt_is_clean(open_page) -> None:
    page = open_page("about/")
    page.keyboard.press("/")
    page.fill(".md-search__input", "teapots")  # no key is pressed, as when words are pasted or dictated
    page.locator(RESULTS, has_text="same private refiners").first.wait_for()
    assert "customers teapots" not in page.locator(".md-search-result__list").inner_text()  # data-words
    page.fill(".md-search__input", "finding t3")
    page.locator(RESULTS, has_text="T3: ").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/treaty/?h=*#no-aid-to-the-aggressor")


def test_a_result_leads_to_its_section_and_marks_what_was_sought(open_page) -> None:
    page = open_page("about/")
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.wait_for_selector(f"{RESULTS}[href*='#']")
    page.wait_for_timeout(500)
    target = page.locator(f"{RESULTS}[href*='#']").first
    anchor = target.get_attribute("href").partition("#")[2]
    target.click()
    page.wait_for_url(f"**h=rasht#{anchor}")
    assert page.locator(f"[id='{anchor}']").is_visible()
    page.locator("mark:visible").first.wait_for()
    page.go_back(wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.wait_for_selector(RESULTS)
    page.keyboard.press("Enter")  # opens the first result; the form itself is sent nowhere
    page.wait_for_url("**h=rasht**")


def test_the_search_and_the_script_of_the_theme_wait_until_somebody_searches(open_page) -> None:
    page = open_page("about/")
    page.locator("article a").nth(2).focus()
    page.wait_for_timeout(300)
    assert page.evaluate(FETCHED) == ["cite.js", "explainer.css", "frame.js", "notes.js"]
    page.keyboard.press("/")
    page.wait_for_function(f"{INDEX} === 1")
    assert page.evaluate("performance.getEntriesByName(new URL('../sitemap.xml', location)).length") == 0
    page = open_page("treaty/?h=treaty")  # marks what was searched for
    page.locator("article mark").first.wait_for()
    assert page.evaluate(INDEX) == 1


def test_a_hostile_title_makes_no_element_among_the_results(open_edited_page) -> None:
    page = open_edited_page()
    page.keyboard.press("/")
    page.keyboard.type("treaty")
    page.wait_for_selector(RESULTS)
    odd = ":is(img, x-title, x-description, x-answer, x-likelihood, x-confidence, x-would_change, [onclick])"
    assert page.locator(f".md-search-result {odd}").count() == 0


def test_colour_scheme_follows_the_system_can_be_switched_and_is_remembered(open_page) -> None:
    assert open_page(color_scheme="dark").evaluate("document.body.dataset.mdColorScheme") == "slate"
    page = open_page("treaty/", color_scheme="light")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"
    page.get_by_title("Switch to the dark scheme").click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    page.reload()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_the_two_states_have_colours_of_their_own(open_page) -> None:
    for scheme in ("light", "dark"):
        page = open_page("transfers/", color_scheme=scheme)
        lines = "probes.styles('#figure-transfers caption', 'borderBottomColor')"
        assert len({*page.evaluate(lines), *page.evaluate("probes.styles('article p > a', 'color')")}) == 3


def test_answer_and_first_question_fit_the_first_screen(open_page) -> None:
    page = open_page("", viewport=WIDE)
    assert page.locator(".answer-line").bounding_box()["y"] < 450
    for part in (page.locator(".lead"), page.locator(".words > ol > li")):
        box = part.first.bounding_box()
        assert box["y"] + box["height"] <= WIDE["height"]


def test_row_of_the_table_leads_to_its_finding_in_one_click(open_page) -> None:
    page = open_page("")
    for row in (page.locator("table.verdicts tbody tr").first, page.locator("table.verdicts tbody tr").last):
        link = row.locator(".why > p a").last
        target = link.get_attribute("href")
        link.click()
        page.wait_for_url(f"**/{target}")
        assert page.locator("article.finding:target, article.indicator:target").is_visible()
        page.go_back()


def test_filters_of_the_timeline_are_plain_links(open_page, content: Content) -> None:
    page = open_page("timeline/", java_script_enabled=False)
    years = sorted(event["date"][:4] for event in content.listed["event"])
    label = {year: "Up t" if year <= "2000" else year for year in years}
    for theme in THEMES:
        page.locator(f"nav.filter a[href$='#only-{theme}']").click()
        wanted = [event for event in content.listed["event"] if theme in event["themes"]]
        shown = page.eval_on_selector_all(".timeline > li", VISIBLE + ".map(e => e.id)")
        assert shown == [event["id"] for event in wanted]
        said = page.eval_on_selector_all(".year", VISIBLE + ".map(e => e.innerText.slice(0, 4))")
        assert said == list(dict.fromkeys(label[event["date"][:4]] for event in wanted))
        page.locator("nav.filter a[href$='#only-all']").click()
    assert page.locator(".timeline > li:visible").count() == len(content.listed["event"])


def test_a_link_to_an_event_marks_it(open_page, content: Content) -> None:
    event = content.listed["event"][-1]["id"]
    page = open_page(f"timeline/#{event}")
    page.wait_for_function(f"document.getElementById('{event}').getBoundingClientRect().top < innerHeight")
    assert page.locator(".timeline > li:visible").count() == len(content.listed["event"])
    assert page.evaluate(f"probes.styles('#{event}', 'backgroundColor')") != ["rgba(0, 0, 0, 0)"]


@pytest.mark.parametrize("script", [True, False])
def test_old_links_land(open_edited_page, edited_server: str, script: bool) -> None:
    """With scripts a section of a retired page leads to its own successor and tells who cited it; without
    them the page tells what became of each, because nobody knows which was asked for."""
    page = open_edited_page("old/", excuse="404", java_script_enabled=script)  # no icon
    if script:
        page.wait_for_url(f"{edited_server}glossary/")
        page.goto(f"{edited_server}old/?cited=2026-11-25#part")
        page.wait_for_url(f"{edited_server}treaty/**")
        page.locator(".cited-note", has_text="was given up on 27 November 2026: Merged").wait_for()
        assert re.fullmatch(r".*/treaty/#[a-z-]+", page.url)
    else:
        page.locator("#part a.onward").click()
        page.wait_for_url(f"{edited_server}treaty/#*")
    page.goto(f"{edited_server}gone/deep/", wait_until="networkidle")
    assert page.url == f"{edited_server}gone/deep/"


def test_missing_address_at_any_depth_gets_a_styled_page_with_ways_on(open_page, server: str) -> None:
    page = open_page("no/such/deep/page/", excuse="404")
    assert len(page.faults) == 1  # that the page itself is not there
    assert page.locator("h1").inner_text() == "This address leads nowhere"
    assert "Palatino" in page.evaluate("getComputedStyle(document.body).fontFamily")
    loaded = page.evaluate("[...document.styleSheets].filter(sheet => sheet.cssRules.length).length")
    assert loaded == page.locator("link[rel=stylesheet]").count() > 1
    page.keyboard.press("f")
    page.keyboard.type("treaty")
    page.wait_for_selector(RESULTS)
    found = page.locator(RESULTS).first.get_attribute("href")
    assert urlsplit(urljoin(page.url, found)).path.startswith(PREFIX)
    page.keyboard.press("Escape")
    page.locator("article.md-content__inner").get_by_role("link", name="Watchlist").click()
    page.wait_for_url(f"**{PREFIX}watchlist/")


def test_pages_read_without_scripts(open_page) -> None:
    page = open_page("", java_script_enabled=False)
    assert page.locator("table.verdicts tbody tr").first.is_visible()
    page = open_page("treaty/?cited=2026-11-23#framework", java_script_enabled=False, viewport=PHONE)
    assert page.locator("article.finding").first.is_visible()
    notes = page.locator(".footnote li a").first
    assert not notes.is_visible()
    page.locator("details:has(> .footnote) > summary").press("Enter")
    assert notes.is_visible()
    assert page.locator("#framework + a.headerlink").get_attribute("href") == "#framework"
    assert page.locator("#no-aid-to-the-aggressor a.code").get_attribute("href") == "#no-aid-to-the-aggressor"
    assert page.locator("button.cite, .cited-note").count() == 0
    table = page.locator("#figure-promises table.data")
    assert not table.is_visible()
    page.locator("#figure-promises .figure-data summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    page = open_page("briefing/", java_script_enabled=False)
    assert "scripts/briefing.py" in page.inner_text("noscript")
    assert "one by one" in page.inner_text("noscript")
    assert page.is_hidden("#briefing-form")
    page = open_page("nowhere/", excuse="404", java_script_enabled=False)
    assert "Start from one of these pages" in page.inner_text("article")
    assert "Search" not in page.inner_text("article")


def test_a_site_on_a_disk_leads_from_page_to_page(site, chromium) -> None:
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator(".md-tabs").get_by_role("link", name="Watchlist").click()
    assert page.url == (site / "watchlist" / "index.html").as_uri()
    page.locator("article.md-content__inner").get_by_role("link", name="T3", exact=True).first.click()
    t3 = (site / "treaty" / "index.html").as_uri() + "#no-aid-to-the-aggressor"
    assert page.url == t3
    page.goto((site / "T3" / "index.html").as_uri())
    page.wait_for_url(t3)
    version = page.locator("link[rel=memento]").evaluate("one => one.href")
    for address in (f"{version}index.html", (site / "figures" / "oil" / "index.html").as_uri()):
        page.goto(address)
        links = page.locator("a[href]").evaluate_all("all => all.map(({ href }) => href.split('#')[0])")
        assert [link for link in links if link.startswith("file:") and not link.endswith(".html")] == []
    page.goto((site / "briefing" / "index.html").as_uri())
    assert page.locator("#briefing-form").count() == 0
    assert "scripts/briefing.py" in page.inner_text("#briefing-summary")
    page.close()
