"""Citing from the page, and following a dated link, on a day that does not move."""

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pybtex.database
import pytest
import rispy
import yaml
from playwright.sync_api import Page
from selectolax.lexbor import LexborHTMLParser

from conftest import PHONE, SITE_URL, words
from explainer.content import Content
from explainer.words import long_date
from memos import BROWSER, CONTRACTS

TODAY = "2026-12-10"
SITE = "Is Russia an ally of Iran?"
VERDICT = "Is Russia bound by treaty to defend Iran?"
FORMATS = [
    *("Link", "Plain text", "With its sources", "Chicago", "HTML", "Markdown", "Wikipedia", "BibTeX", "RIS"),
    *("CSL-JSON", "Link to these words"),
]
LISTED = ".timeline > li[id], .bibliography > li[id], .terms dt[id], .verdicts [data-cites]"
COPY, LABELS = "dialog [role=group] button", "all => all.map(one => one.ariaLabel)"
RICH = """navigator.clipboard.read().then(([item]) => item.types.includes("text/html")
    ? item.getType("text/html").then((blob) => blob.text()) : "")"""
DATED = yaml.safe_load((BROWSER / "dated.yml").read_text(encoding="utf-8"))
HOSTILE = [
    *("", "cited=", "cited=2026-12-11", "cited=2026-02-30", "cited=0001-01-01", "cited=2026-1-2", "cited=-1"),
    *("cited=2026-11-23T00:00", "cited=2026-11-23%0A", "cited=%00", "cited=%E0%A4%A", "cited[]=2026-11-23"),
    *("cited=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "Cited=2026-11-23", "cited=١٢٣٤-١١-٢٣"),
]


@pytest.fixture
def visit(open_page, server: str) -> Callable[..., Page]:
    """Opens an address on TODAY, with a made-up list; `edit` changes a page's HTML before it is read."""

    def go(
        address: str, contract: dict | str | None = CONTRACTS["dated"], edit=None, time="", **options
    ) -> Page:
        asked: list[str] = []

        def answer(route) -> None:
            asked.append(route.request.url)
            if contract is None:
                return route.abort()
            return route.fulfill(body=contract if isinstance(contract, str) else json.dumps(contract))

        def tell(route) -> None:  # two words of a version
            number = ["Zero", "One", "Two", "Three", "Four", "Five"][int(route.request.url[-2])]
            route.fulfill(body=f"<div class=words><p>{number} two</p></div>", content_type="text/html")

        def write_anew(route) -> None:
            route.fulfill(body=edit(route.fetch().text()), content_type="text/html")

        def prepare(page: Page) -> None:
            page.clock.set_fixed_time(time or f"{TODAY}T12:00:00")
            if contract != "as it is":
                page.route("**/data/permalinks.json", answer)
                page.route(re.compile("/v/([0-9])\\1+/$"), tell)
            if edit:
                page.route(re.compile(r"/treaty/$"), write_anew)

        allowed = ["clipboard-read", "clipboard-write"]
        page = open_page(address, before=prepare, excuse="ERR_FAILED", permissions=allowed, **options)
        page.asked = asked
        return page

    return go


def button(page: Page, name: str = "Finding T3"):
    return page.get_by_role("button", name=f"Cite: {name}", exact=True)


def label_of(page: Page, start: str) -> str:
    """What the one Cite button says that begins with a text."""
    labels = page.locator("button.cite").evaluate_all(LABELS)
    [found] = [label.removeprefix("Cite: ") for label in labels if label.startswith(f"Cite: {start}")]
    return found


def open_dialog(page: Page, name: str = "Finding T3") -> None:
    """Press a Cite button by key; what it opens is fetched for the first."""
    button(page, name).press("Enter")
    page.get_by_role("dialog", name="Cite: ").wait_for()


def wait_for_status(page: Page, text: str) -> None:
    page.get_by_role("status").filter(has_text=text).wait_for()


def named(page: LexborHTMLParser, name: str) -> str:
    """What a page's head says under a name."""
    return page.css_first(f'meta[name="{name}"]').attributes["content"]


def link_to(site: Path, address: str, anchor: str) -> str:
    """The dated link to a place as it stands on its page."""
    listed = json.loads((site / "data" / "permalinks.json").read_text(encoding="utf-8"))
    version = listed["addresses"][f"/{address}#{anchor}"]["digest"]
    return f"{SITE_URL}{address}?cited={TODAY}.{version}#{anchor}"


def citations(page: Page, name: str) -> dict[str, str]:
    """What each format of a Cite button puts on the clipboard, by key alone; with `, rich` its HTML."""
    open_dialog(page, name)
    copied = {}
    offered = [label.removeprefix("Copy: ") for label in page.locator(COPY).evaluate_all(LABELS)]
    assert [form for form in FORMATS if form in offered] == offered
    for form in offered:  # the first Copy button has the focus, the next ones follow
        assert page.evaluate("document.activeElement.ariaLabel") == f"Copy: {form}"
        page.keyboard.press("Enter")
        wait_for_status(page, f"Copied: {form}")
        copied[form] = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
        copied[f"{form}, rich"] = page.evaluate(RICH)
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    return copied


def parsed(copied: dict[str, str]) -> tuple[str, dict, dict]:
    """Key and fields of the BibTeX entry, fields of the RIS record, as libraries made for these read them."""
    [(key, entry)] = pybtex.database.parse_string(copied["BibTeX"], "bibtex").entries.items()
    assert entry.type == "misc"
    assert "\r" not in copied["RIS"]
    [record] = rispy.loads(copied["RIS"])
    return key, {**entry.fields, "author": str(entry.persons["author"][0])}, record


def plain(tex: str) -> str:
    """The text that a BibTeX field in braces stands for."""
    for sign, name in (("~", "textasciitilde"), ("^", "textasciicircum"), ("\0", "textbackslash")):
        tex = tex.replace(f"\\{name}{{}}", sign)
    return re.sub(r"\\([{}$&#%_])", r"\1", tex.removeprefix("{").removesuffix("}")).replace("\0", "\\")


def test_every_format_of_a_finding_is_copied_from_the_keyboard(visit, html, site) -> None:
    whole = html("treaty/").css_first("#no-aid-to-the-aggressor").html
    finding = LexborHTMLParser(whole).css_first("article")
    for note in finding.css("sup"):
        note.decompose()
    title = "Finding T3: " + words(finding.css_first("p:not(.finding-head)")).split(". ")[0].removesuffix(".")
    as_of = finding.css_first("time").text()
    t3 = link_to(site, "treaty/", "no-aid-to-the-aggressor")
    page = visit("treaty/")
    copied = citations(page, "Finding T3")
    version = f"{SITE_URL}v/{t3.partition('#')[0][-12:]}/"
    robust = {"href": t3, "data-versionurl": version, "data-versiondate": TODAY}
    changed = named(html("treaty/"), "DC.date")
    day = long_date(changed)
    assert (copied["Link"], copied["Link to these words"]) == (t3, version)
    assert copied["Plain text"] == f"“{title}”, in {SITE}, evidence as of {as_of}, {t3}"
    assert copied["Markdown"] == f"[{title}]({t3}) ({SITE}, evidence as of {as_of})"
    assert copied["Chicago"] == (
        f"“{title},” {SITE}, last modified {day}, evidence as of {as_of}, accessed 10 December 2026, {t3}."
    )
    assert copied["Wikipedia"] == (
        f"{{{{cite web |url={t3} |title={title} |website={SITE} |date={day} |access-date=10 December 2026}}}}"
    )
    for form in ("Link", "Plain text", "Chicago", "HTML", "With its sources"):
        link = LexborHTMLParser(copied[f"{form}, rich"]).css_first("a")
        assert link.attributes == robust, form
    assert link.text() == "T3" and f"<i>{SITE}</i>" in copied["Chicago, rich"]
    key, bibtex, ris = parsed(copied)
    assert key == "explainer-treaty-no-aid-to-the-aggressor-2026"
    about = f"Evidence as of {as_of}"
    assert bibtex == {
        **{"title": f"{{{title}}}", "author": f"{{{SITE}}}", "year": "2026", "date": changed},
        **{"url": t3, "urldate": TODAY, "note": about},
    }
    assert ris == {
        **{"type_of_reference": "ELEC", "title": title, "secondary_title": SITE, "authors": [SITE]},
        **{"year": "2026", "date": changed.replace("-", "/"), "urls": [t3], "access_date": "2026/12/10"},
        "notes": [about],
    }
    [csl] = json.loads(copied["CSL-JSON"])
    parts = [int(part) for part in changed.split("-")]
    assert csl == {
        **{"id": key, "type": "webpage", "title": title, "container-title": SITE, "URL": t3, "note": about},
        **{"author": [{"literal": SITE}], "issued": {"date-parts": [parts]}},
        "accessed": {"date-parts": [[2026, 12, 10]]},
    }


def test_a_finding_is_copied_with_status_date_and_sources(visit, site, content: Content) -> None:
    t3 = content.codes()["T3"].fields
    copied = citations(visit("treaty/"), "Finding T3")
    first, second, *rest = copied["With its sources"].splitlines()
    assert first.startswith(f"T3 (confirmed, evidence as of {long_date(t3['as_of'])}): If Iran is attacked,")
    assert second == link_to(site, "treaty/", t3["id"]) and rest[0] == "Sources:"
    urls = {content.sources[source].get("URL") for source in t3["sources"]}
    assert {line for line in rest if line.startswith("http")} == urls - {None}
    assert sum(bool(re.match(r"\d+\. ", line)) for line in rest) == len(t3["sources"])
    links = LexborHTMLParser(copied["With its sources, rich"]).css("ol > li > a")
    assert {link.attributes["href"] for link in links} == urls - {None}


def test_who_publishes_and_edits_stands_in_every_citation(visit) -> None:
    makers = {"publisher": "Press & Co", "editor": "Ann | Editor"}

    def edit(html: str) -> str:
        tags = [f'<meta name="citation_{role}" content="{escape(who)}">' for role, who in makers.items()]
        return html.replace("</head>", "".join(tags) + "</head>")

    copied = citations(visit("treaty/", edit=edit), "Finding T3")
    _, bibtex, ris = parsed(copied)
    assert (plain(bibtex["publisher"]), ris["publisher"]) == ("Press & Co", "Press & Co")
    assert f"{SITE}, edited by Ann | Editor, Press & Co, last modified" in copied["Chicago"]
    assert "|editor=Ann &#124; Editor |publisher=Press & Co |" in copied["Wikipedia"]
    assert json.loads(copied["CSL-JSON"])[0]["publisher"] == "Press & Co"


@pytest.mark.parametrize(
    ("address", "name", "title", "fragment"),
    [
        ("watchlist/", "Indicator W1", "Indicator W1: ", "#su-35"),
        ("treaty/", None, VERDICT, "#treaty-ally"),
        ("timeline/", None, "1813: The Treaty of Gulistan ends a war", "#gulistan"),
        ("glossary/", None, "Anzali", "#anzali"),
        ("sources/", None, "“Ugovor o sveobuhvatnom strateškom partnerstvu", "#crnopile-treaty-text"),
        ("questions/", None, "Would Russia fight for Iran?", "#fight-for-iran"),
        ("", SITE, SITE, ""),
    ],
)
def test_whatever_has_an_address_can_be_cited(
    visit, site, content: Content, address: str, name: str | None, title: str, fragment: str
) -> None:
    page = visit(address)
    if name == "Indicator W1":
        title += content.codes()["W1"].fields["question"]
    copied = citations(page, name or (title := label_of(page, title)))
    title = title.removesuffix(".")
    version = r"\.[0-9a-f]{12}"
    assert re.fullmatch(re.escape(f"{SITE_URL}{address}?cited={TODAY}") + version + fragment, copied["Link"])
    _, bibtex, ris = parsed(copied)
    assert (plain(bibtex["title"]), ris["title"], bibtex["url"]) == (title, title, copied["Link"])
    assert copied["Plain text"].count(SITE) == copied["Chicago"].count(SITE) == 1
    if fragment:
        assert copied["Link"] == link_to(site, address, fragment.removeprefix("#"))


def test_a_row_of_the_home_page_is_cited_where_it_is_argued(visit, site) -> None:
    page = visit("")
    copied = citations(page, label_of(page, VERDICT))
    assert copied["Link"] == link_to(site, "treaty/", "treaty-ally")


def test_special_characters_survive_every_format(visit) -> None:
    title = r"50% of {A} & B_C: #1, $2, ~x^2, a\b, [c] *d* “e” `f`"
    written = title.replace("&", "&amp;")

    def edit(html: str) -> str:
        return re.sub(r'(<h2 id="framework"[^>]*>)[^<]*', lambda match: match[1] + written, html)

    copied = citations(visit("treaty/", edit=edit), title)
    key, bibtex, ris = parsed(copied)
    assert (key, plain(bibtex["title"]), ris["title"]) == ("explainer-treaty-framework-2026", title, title)
    assert "~x^2, a\\b, &#91;c&#93; *d* “e” `f` |website=" in copied["Wikipedia"]
    assert r"a\\b, \[c\] \*d\* “e” \`f\`](" in copied["Markdown"]
    assert copied["Chicago"].startswith(r"“50% of {A} & B_C: #1, $2, ~x^2, a\b, [c] *d* ‘e’ `f`,” Is Russia")


@pytest.mark.parametrize("address", ["", "watchlist/", "timeline/", "sources/", "glossary/", "questions/"])
def test_each_place_has_one_button_outside_its_heading(visit, address: str) -> None:
    page = visit(address)
    headings = ".md-content__inner :is(h2, h3)[id]:not(.page-foot *)"
    cited = f"{headings}, article.finding, article.indicator, .verdict[id], figure[id], {LISTED}"
    expected = len(page.query_selector_all(cited)) + 1
    assert page.locator("button.cite").count() == expected > 1
    assert page.locator(":is(h2, h3) button.cite, button.cite:not([data-unrecorded])").count() == 0
    names = page.eval_on_selector_all("button.cite", "all => all.map(one => one.ariaLabel)")
    assert all(name.startswith("Cite: ") and len(name) > 6 for name in names)


def test_the_dialog_has_a_name_and_gives_the_focus_back(visit) -> None:
    page = visit("treaty/")
    dialog = page.get_by_role("dialog", name="Cite: Finding T3")
    close = dialog.get_by_role("button", name="Close")
    for leave in (close.click, lambda: page.keyboard.press("Escape")):
        button(page).focus()
        assert button(page).evaluate("one => getComputedStyle(one).opacity") == "1"
        page.keyboard.press("Enter")
        dialog.wait_for()
        assert dialog.get_by_role("button").count() == len(FORMATS) + 1
        leave()
        assert not page.locator("dialog").is_visible()
        assert page.evaluate("document.activeElement.ariaLabel") == "Cite: Finding T3"


@pytest.mark.parametrize(
    "clipboard", ["undefined", "{writeText: () => Promise.reject(new Error('refused'))}"]
)
def test_copying_falls_back_where_the_clipboard_is_refused_or_absent(visit, site, clipboard: str) -> None:
    t3 = link_to(site, "treaty/", "no-aid-to-the-aggressor")
    page = visit("treaty/")
    replace = "Object.defineProperty(navigator, 'clipboard', {value: VALUE, configurable: true})"
    page.evaluate(replace.replace("VALUE", clipboard))
    open_dialog(page)
    page.keyboard.press("Enter")
    wait_for_status(page, "Copied: Link")
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == t3
    page.evaluate("document.execCommand = () => false")
    page.evaluate(replace.replace("VALUE", "undefined"))
    page.keyboard.press("Enter")
    wait_for_status(page, "The text is selected")
    assert page.evaluate("getSelection().toString().trim()") == t3


def test_a_phone_shows_the_buttons_and_the_dialog_fits(visit) -> None:
    page = visit("treaty/", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    for cite in page.locator("button.cite").all():
        box = cite.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert box["x"] + box["width"] <= 390
        assert cite.evaluate("one => getComputedStyle(one).opacity") == "1"
    button(page).tap()
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] <= 800
    assert page.locator("dialog").evaluate("one => one.scrollWidth <= one.clientWidth")
    page.get_by_role("button", name="Copy: RIS").tap()
    wait_for_status(page, "Copied: RIS")


def test_today_is_the_day_of_the_readers_calendar(visit) -> None:
    for zone, today in (("Pacific/Kiritimati", "2026-12-11"), ("America/Los_Angeles", "2026-12-10")):
        page = visit("treaty/", timezone_id=zone, time="2026-12-10T23:00:00Z")
        open_dialog(page)
        assert f"?cited={today}." in page.locator("dialog pre").first.inner_text()


def test_an_overdue_review_is_shown_from_the_day_after(visit) -> None:
    days = {"2026-12-09": True, "2026-12-10": False, "2026-12-11": False}
    made_up = [f'<p class="overdue" id="d{day}" data-review-by="{day}" hidden>Overdue</p>' for day in days]
    foot = '<footer class="site-foot">'
    page = visit("treaty/", edit=lambda html: html.replace(foot, "".join(made_up) + foot))
    assert {day: page.locator(f"#d{day}").is_visible() for day in days} == days


@pytest.mark.parametrize("case", DATED, ids=lambda case: f"{case['cited']}{case['fragment']}")
def test_whoever_follows_a_dated_link_reads_what_has_changed(visit, case: dict) -> None:
    page = visit(f"treaty/?cited={case['cited']}{case['fragment']}")
    note = page.locator(f"{case['beside']} + .cited-note[data-unrecorded]")
    note.locator("[role=status]", has_text=re.compile(".")).wait_for()
    assert " ".join(note.inner_text().split()).startswith(case["said"])
    assert page.locator(".cited-note").count() == len(page.asked) == 1
    assert "cited=" not in page.url  # what is copied from here claims no old date


def test_words_as_cited_stand_beside_those_of_now(visit, server: str) -> None:
    by_name, by_code = "treaty/?cited=2026-11-25#no-aid-to-the-aggressor", "T3/?cited=2026-11-25"
    for link, width, columns in ((by_name, 1440, 2), (by_code, 390, 1)):
        page = visit(link, "as it is", viewport={"width": width, "height": 800})
        fold = page.locator("#no-aid-to-the-aggressor .cited-note details")
        fold.locator("del").first.wait_for(state="attached")
        assert (fold.get_attribute("open") is None) == (width == 390)  # more than a screen of a phone
        if width == 390:
            fold.locator("summary").press("Enter")
        assert "2025-04-08" in fold.locator("section").first.locator("del").all_inner_texts()[2]
        assert fold.locator("ins").count() > 1 and fold.locator("section").first.locator("ins").count() == 0
        marks = "all => all.map((one) => getComputedStyle(one).textDecorationLine)"
        assert set(fold.locator("del").evaluate_all(marks)) == {"line-through"}
        assert set(fold.locator("ins").evaluate_all(marks)) == {"underline"}
        edges = "all => new Set(all.map((one) => one.getBoundingClientRect().x)).size"
        assert fold.locator("section").evaluate_all(edges) == columns
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        fold.locator("summary").press("Enter")
        assert not fold.locator("section").first.is_visible()
    fold.locator("summary").press("Enter")
    fold.get_by_role("link", name="As cited").click()
    page.wait_for_url(re.compile("/v/[0-9a-f]{12}/$"))
    assert "as they stood from 24 November 2026" in page.locator(".stood").inner_text()
    page.get_by_role("link", name="The page today").click()
    page.wait_for_url(f"{server}treaty/#no-aid-to-the-aggressor")


def test_what_a_dated_link_tells_leaves_the_page_in_sight(visit) -> None:
    page = visit("timeline/?cited=2026-11-24#events", "as it is", viewport=PHONE)
    folds = page.locator(".cited-note details")
    folds.nth(1).wait_for()
    assert re.fullmatch(r"The first \d+ of \d+ changes since", folds.first.inner_text())
    assert page.locator(".cited-note > ol > li").count() == 3
    assert page.locator(".cited-note").bounding_box()["height"] < PHONE["height"] / 2


@pytest.mark.parametrize("fragment", ["#picture", "#figure-events"])
def test_what_took_the_place_of_another_kind_of_part_is_not_compared(visit, fragment: str) -> None:
    page = visit(f"timeline/?cited=2026-11-25{fragment}", "as it is")
    page.locator(".cited-note summary", has_text=re.compile("^The words as cited$")).wait_for()
    assert page.locator(".as-cited section").count() == 1 and page.locator(".as-cited del").count() == 0
    assert page.locator(".cited-note").inner_text().count("The picture is gone") == 1
    top = "one => one.getBoundingClientRect().top - document.querySelector('.md-header').clientHeight"
    assert page.locator("#events").evaluate(top) > 0


def test_the_note_of_a_retired_address_leads_to_its_successor(visit, server: str) -> None:
    page = visit("treaty/?cited=2026-11-23#old-away")
    page.locator(".cited-note a").first.click()
    page.wait_for_url(f"{server}watchlist/#su-35")
    page.goto(f"{server}treaty/index.html?cited=2026-11-23#old-here")
    page.locator(".cited-note").wait_for()
    seen = "one => Math.abs(one.getBoundingClientRect().top) < innerHeight"
    assert page.locator("#in-force-after-the-war").evaluate(seen)


def test_hostile_or_malformed_dates_do_nothing(visit, server: str) -> None:
    page = visit("about/")
    for query in HOSTILE:
        page.goto(f"{server}changes/?{query}#changes")
        assert page.locator("button.cite").count() > 1, query
        assert page.locator(".cited-note").count() == len(page.asked) == 0, query


@pytest.mark.parametrize("contract", [None, "{", "{}", '{"addresses": {}}'])
def test_without_a_list_that_can_be_read_nothing_is_said(visit, contract: str | None) -> None:
    page = visit("treaty/?cited=2026-11-23#framework", contract=contract)
    assert page.locator(".cited-note").count() == 0
