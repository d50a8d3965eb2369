"""Citing from the page, and following a dated link, in a real browser on a day that does not move."""
from __future__ import annotations

import json
import re

import pybtex.database
import pytest
import rispy
from selectolax.lexbor import LexborHTMLParser

from finish import with_changes_inside

TODAY = "2026-12-10"
SITE = "Is Russia an ally of Iran?"
ADDRESS = f"https://host.example/explainer/treaty/?cited={TODAY}#"
FORMATS = ["Link", "Plain text", "Markdown", "Chicago", "BibTeX", "RIS"]

OLD = {"kind": "section", "title": "Old", "within": "/treaty/", "since": "2026-11-20", "retired": "2026-12-01"}
CONTRACT = {"title": SITE, "site": "https://host.example/explainer/", "addresses": {
    "/treaty/": {"kind": "page", "title": "The treaty", "within": "", "since": "2026-11-20"},
    "/treaty/#framework": {"kind": "section", "title": "A framework", "within": "/treaty/", "since": "2026-11-20"},
    "/treaty/#signed-for-twenty-years": {
        "kind": "finding", "title": "T1", "code": "T1", "within": "/treaty/#framework", "since": "2026-11-20", "changes": [
            {"date": "2026-11-25", "note": "The wording was made plainer."},
            {"date": "2026-12-03", "note": "A protocol was signed. <b>Not markup</b>"}]},
    "/treaty/#in-force-after-the-war": {
        "kind": "finding", "title": "T2", "code": "T2", "within": "/treaty/#framework", "since": "2026-11-20"},
    "/treaty/#old-here": {**OLD, "note": "It was merged.", "successor": "/treaty/#in-force-after-the-war"},
    "/treaty/#old-away": {**OLD, "note": "It moved.", "successor": "/watchlist/#su-35"},
    "/treaty/#old-gone": {**OLD, "note": "It was wrong."},
    "/glossary/": {"kind": "page", "title": "Glossary", "within": "", "since": "2026-11-20"},
    "/watchlist/": {"kind": "page", "title": "Watchlist", "within": "", "since": "2026-11-20"},
    "/watchlist/#su-35": {
        "kind": "indicator", "title": "W1", "code": "W1", "within": "/watchlist/", "since": "2026-11-20"}}}
CONTRACT["addresses"] = with_changes_inside(CONTRACT["addresses"])

HOSTILE = ["", "cited=", "cited=2026-12-11", "cited=2026-02-30", "cited=2026-13-01", "cited=2026-00-00", "cited=0001-01-01",
           "cited=2026-1-2", "cited=2026-11-23T00:00", "cited=%202026-11-23", "cited=2026-11-23%0A", "cited=20261123",
           "cited=NaN", "cited=yesterday", "cited=<script>alert(1)</script>",
           "cited=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "cited=%26lt%3Bb",
           "cited=" + "2026-11-23" * 300, "cited=%E0%A4%A", "cited=%00", "cited[]=2026-11-23",
           "Cited=2026-11-23", "cited=-1", "cited=١٢٣٤-١١-٢٣", "cited=javascript:alert(1)"]


@pytest.fixture
def visit(chromium, server: str):
    """Opens an address of the site on TODAY, with a made-up contract; `edit` changes a page's HTML before it is read."""
    contexts = []

    def go(address: str, contract: dict | str | None = CONTRACT, edit=None, time: str = f"{TODAY}T12:00:00", **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.partition("/explainer")[0])
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("console", lambda message: message.type in ("error", "warning") and page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.clock.set_fixed_time(time)

        def answer(route) -> None:
            page.asked.append(route.request.url)
            if contract is None:
                return route.abort()
            route.fulfill(body=contract if isinstance(contract, str) else json.dumps(contract))

        page.route("**/data/permalinks.json", answer)
        if edit:
            page.route(re.compile(r"/treaty/$"), lambda route: route.fulfill(
                body=edit(route.fetch().text()), content_type="text/html"))
        page.goto(server + address)
        return page

    yield go
    for context in contexts:
        context.close()


def citations(page, name: str) -> dict[str, str]:
    """What each format of one Cite button puts on the clipboard, from the keyboard alone."""
    page.get_by_role("button", name=f"Cite: {name}", exact=True).focus()
    page.keyboard.press("Enter")
    copied = {}
    for form in FORMATS:  # the first Copy button has the focus, the next ones follow
        assert page.evaluate("document.activeElement.ariaLabel") == f"Copy: {form}"
        page.keyboard.press("Enter")
        page.get_by_role("status").filter(has_text=f"Copied: {form}").wait_for()
        copied[form] = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    return copied


def parsed(copied: dict[str, str]) -> tuple[str, dict, dict]:
    """Key and fields of the BibTeX entry, fields of the RIS record, each as a library made for it reads them."""
    [(key, entry)] = pybtex.database.parse_string(copied["BibTeX"], "bibtex").entries.items()
    assert entry.type == "misc" and "\r" not in copied["RIS"]
    [record] = rispy.loads(copied["RIS"])
    return key, {**entry.fields, "author": str(entry.persons["author"][0])}, record


def plain(tex: str) -> str:
    """The text that a BibTeX field in braces stands for."""
    for sign, name in (("~", "textasciitilde"), ("^", "textasciicircum"), ("\0", "textbackslash")):
        tex = tex.replace(f"\\{name}{{}}", sign)
    return re.sub(r"\\([{}$&#%_])", r"\1", tex.removeprefix("{").removesuffix("}")).replace("\0", "\\")


def test_every_format_of_a_finding_is_copied_from_the_keyboard(visit, html) -> None:
    finding = LexborHTMLParser(html("treaty/").css_first("#no-aid-to-the-aggressor").html).css_first("article")
    for note in finding.css("sup"):
        note.decompose()
    sentence = " ".join(finding.css_first("p:not(.finding-head)").text().split()).split(". ")[0].removesuffix(".")
    as_of = finding.css_first("time").text()
    assert finding.css_first("time").attributes["datetime"] == finding.attributes["data-as-of"]
    page = visit("treaty/")
    copied = citations(page, "Finding T3")
    address = ADDRESS + "no-aid-to-the-aggressor"
    title = f"Finding T3: {sentence}"
    assert copied["Link"] == address
    assert copied["Plain text"] == f"“{title}”, in {SITE}, evidence as of {as_of}, {address}"
    assert copied["Markdown"] == f"[{title}]({address}) ({SITE}, evidence as of {as_of})"
    assert copied["Chicago"] == f"“{title},” {SITE}, evidence as of {as_of}, accessed 10 December 2026, {address}."
    key, bibtex, ris = parsed(copied)
    assert key == "explainer-treaty-no-aid-to-the-aggressor"
    assert bibtex == {"title": f"{{{title}}}", "author": f"{{{SITE}}}", "year": "2026", "url": address, "urldate": TODAY,
                      "note": f"Evidence as of {as_of}"}
    assert ris == {"type_of_reference": "ELEC", "title": title, "authors": [SITE], "year": "2026", "urls": [address],
                   "access_date": "2026/12/10", "notes": [f"Evidence as of {as_of}"]}
    assert page.faults == []


@pytest.mark.parametrize("address, name, title, fragment", [
    ("watchlist/", "Indicator W1", "Indicator W1: Has Russia delivered the jets that Iran ordered?", "#su-35"),
    ("treaty/", "Treaty ally? No.", "Treaty ally? No", "#treaty-ally"),
    ("treaty/", "The treaty", "The treaty", ""),
    ("", SITE, SITE, ""),
])
def test_indicators_verdicts_and_pages_can_be_cited(visit, address: str, name: str, title: str, fragment: str) -> None:
    copied = citations(visit(address), name)
    assert copied["Link"] == f"https://host.example/explainer/{address}?cited={TODAY}{fragment}"
    _, bibtex, ris = parsed(copied)
    assert (plain(bibtex["title"]), ris["title"], bibtex["url"]) == (title, title, copied["Link"])
    assert copied["Plain text"].count(SITE) == copied["Chicago"].count(SITE) == 1


def test_special_characters_survive_every_format(visit) -> None:
    title = r"50% of {A} & B_C: #1, $2, ~x^2, a\b, [c] *d* “e” `f`"
    written = title.replace("&", "&amp;")
    copied = citations(visit("treaty/", edit=lambda html: re.sub(
        r'(<h2 id="framework">)[^<]*', lambda match: match[1] + written, html)), title)
    key, bibtex, ris = parsed(copied)
    assert (key, plain(bibtex["title"]), ris["title"]) == ("explainer-treaty-framework", title, title)
    assert r"a\\b, \[c\] \*d\* “e” \`f\`](" in copied["Markdown"]
    assert copied["Chicago"].startswith(r"“50% of {A} & B_C: #1, $2, ~x^2, a\b, [c] *d* ‘e’ `f`,” Is Russia")


@pytest.mark.parametrize("address", ["", "treaty/", "watchlist/", "about/"])
def test_each_section_finding_and_verdict_has_one_button_outside_its_heading(visit, address: str) -> None:
    page = visit(address)
    expected = page.evaluate("""() => document.querySelectorAll('article.md-content__inner > :is(h2, h3)[id], article.finding,'
        + 'article.indicator, .verdict[id]').length + 1""")
    assert page.locator("button.cite").count() == expected > 1
    assert page.locator(":is(h2, h3) button.cite, button.cite:not([data-unrecorded])").count() == 0
    names = page.eval_on_selector_all("button.cite", "all => all.map(one => one.ariaLabel)")
    assert all(name.startswith("Cite: ") and len(name) > 6 for name in names)


@pytest.mark.parametrize("leave", ["Escape", "Close"])
def test_the_dialog_has_a_name_and_gives_the_focus_back(visit, leave: str) -> None:
    page = visit("treaty/")
    button = page.get_by_role("button", name="Cite: Finding T3", exact=True)
    button.focus()
    assert button.evaluate("one => getComputedStyle(one).opacity") == "1"
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Cite: Finding T3")
    assert dialog.is_visible() and dialog.locator("pre").count() == len(FORMATS)
    if leave == "Close":
        dialog.get_by_role("button", name="Close").click()
    else:
        page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    assert page.evaluate("document.activeElement.ariaLabel") == "Cite: Finding T3"


@pytest.mark.parametrize("clipboard", ["undefined", "{writeText: () => Promise.reject(new Error('refused'))}"])
def test_copying_falls_back_where_the_clipboard_is_refused_or_absent(visit, clipboard: str) -> None:
    page = visit("treaty/")
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{value: {clipboard}, configurable: true}})")
    page.get_by_role("button", name="Cite: Finding T3", exact=True).press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="Copied: Link").wait_for()
    page.evaluate("delete navigator.clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == ADDRESS + "no-aid-to-the-aggressor"
    page.evaluate("document.execCommand = () => false")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="The text is selected").wait_for()
    assert page.evaluate("getSelection().toString().trim()") == ADDRESS + "no-aid-to-the-aggressor"


def test_a_phone_shows_the_buttons_and_the_dialog_fits(visit) -> None:
    page = visit("treaty/", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    for button in page.locator("button.cite").all():
        box = button.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24 and box["x"] + box["width"] <= 390
        assert button.evaluate("one => getComputedStyle(one).opacity") == "1"
    page.get_by_role("button", name="Cite: Finding T3", exact=True).tap()
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] <= 800
    assert page.locator("dialog").evaluate("one => one.scrollWidth <= one.clientWidth")
    page.get_by_role("button", name="Copy: RIS").tap()
    page.get_by_role("status").filter(has_text="Copied: RIS").wait_for()


@pytest.mark.parametrize("cited, fragment, beside, said", [
    ("2026-11-23", "#in-force-after-the-war", "#in-force-after-the-war .finding-head",
     "Unchanged since it was cited on 23 November 2026."),
    ("2026-11-23", "#signed-for-twenty-years", "#signed-for-twenty-years .finding-head",
     "Changed since it was cited on 23 November 2026: on 3 December 2026: A protocol was signed. <b>Not markup</b> "
     "Earlier: 25 November 2026: The wording was made plainer."),
    ("2026-12-03", "#signed-for-twenty-years", "#signed-for-twenty-years .finding-head",
     "Unchanged since it was cited on 3 December 2026."),
    ("2026-12-02", "#framework", "#framework + .cite",
     "Changed since it was cited on 2 December 2026: on 3 December 2026:"),
    ("2026-12-02", "", ".page-head h1", "Changed since it was cited on 2 December 2026: on 3 December 2026:"),
    ("2026-12-04", "#cite-this-page", ".page-head h1", "Unchanged since it was cited on 4 December 2026."),
    ("2026-11-23", "#old-here", "#in-force-after-the-war .finding-head",
     "What this link cites was given up on 1 December 2026: It was merged. In its place: T2"),
    ("2026-11-23", "#old-away", ".page-head h1",
     "What this link cites was given up on 1 December 2026: It moved. In its place: W1"),
    ("2026-11-23", "#old-gone", ".page-head h1", "What this link cites was given up on 1 December 2026: It was wrong."),
    ("2026-11-23", "#never-was", ".page-head h1", "The link that you followed names a part that this page never had."),
])
def test_whoever_follows_a_dated_link_reads_what_has_changed(visit, cited: str, fragment: str, beside: str, said: str) -> None:
    page = visit(f"treaty/?cited={cited}{fragment}")
    note = page.locator(f"{beside} + .cited-note[role=status][data-unrecorded]")
    note.wait_for()
    note.locator("p").wait_for()
    assert " ".join(note.inner_text().split()).startswith(said)
    assert page.locator(".cited-note").count() == len(page.asked) == 1
    assert page.faults == []


def test_the_note_of_a_retired_address_leads_to_its_successor(visit, server: str) -> None:
    page = visit("treaty/?cited=2026-11-23#old-away")
    page.locator(".cited-note a").click()
    page.wait_for_url(server + "watchlist/#su-35")
    page = visit("treaty/index.html?cited=2026-11-23#old-here")
    page.locator(".cited-note").wait_for()
    assert page.locator("#in-force-after-the-war").evaluate(
        "one => Math.abs(one.getBoundingClientRect().top) < innerHeight")


def test_hostile_or_malformed_dates_do_nothing(visit, server: str) -> None:
    page = visit("about/")
    for query in HOSTILE:
        page.goto(f"{server}treaty/?{query}#framework")
        assert page.locator("button.cite").count() > 5, query
        assert page.locator(".cited-note").count() == len(page.asked) == 0, query
        assert page.faults == [], query


@pytest.mark.parametrize("fragment", ["%3Cscript%3Ealert(1)%3C/script%3E", "__proto__", "x" * 5000])
def test_hostile_fragments_are_never_shown(visit, fragment: str) -> None:
    page = visit(f"treaty/?cited=2026-11-23#{fragment}")
    page.locator(".cited-note p").wait_for()
    assert page.locator(".cited-note").inner_text() == (
        "The link that you followed names a part that this page never had. It may still lead to what you need: The treaty.")
    assert page.faults == []


@pytest.mark.parametrize("contract", [None, "{", "{}", '{"addresses": {}}'])
def test_without_a_list_that_can_be_read_nothing_is_said(visit, contract: str | None) -> None:
    page = visit("treaty/?cited=2026-11-23#framework", contract=contract)
    page.wait_for_load_state("networkidle")
    assert page.locator(".cited-note").count() == 0
    assert [fault for fault in page.faults if "ERR_FAILED" not in fault] == []


@pytest.mark.parametrize("zone, today", [("Pacific/Kiritimati", "2026-12-11"), ("America/Los_Angeles", "2026-12-10")])
def test_today_is_the_day_of_the_readers_calendar(visit, zone: str, today: str) -> None:
    page = visit("treaty/", timezone_id=zone, time="2026-12-10T23:00:00Z")
    page.get_by_role("button", name="Cite: Finding T3", exact=True).press("Enter")
    assert f"?cited={today}#" in page.locator("dialog pre").first.inner_text()


@pytest.mark.parametrize("review_by, shown", [("2026-12-09", True), ("2026-12-10", False), ("2026-12-11", False)])
def test_an_overdue_review_is_shown_from_the_day_after(visit, review_by: str, shown: bool) -> None:
    overdue = f'<p class="overdue" id="made-up" data-review-by="{review_by}" hidden>Overdue</p><footer class="site-foot">'
    page = visit("treaty/", edit=lambda html: html.replace('<footer class="site-foot">', overdue))
    assert page.locator("#made-up").is_visible() is shown


def test_without_javascript_the_links_are_there(open_page) -> None:
    page = open_page("treaty/?cited=2026-11-23#framework", java_script_enabled=False)
    assert page.locator("#framework a.headerlink").get_attribute("href") == "#framework"
    assert page.locator("#no-aid-to-the-aggressor a.code").get_attribute("href") == "#no-aid-to-the-aggressor"
    assert page.locator("button.cite, .cited-note").count() == 0
