"""The Content-Security-Policy, and what hostile addresses and values come to, in a real browser under that policy."""
from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
import test_finish
from checker_project import project
from conftest import PAGES, ROOT, run_mkdocs
from playwright.sync_api import Error
from selectolax.lexbor import LexborHTMLParser
from test_briefing import HOSTILE as MEMO
from test_briefing import docx
from test_cite import HOSTILE as DATES
from test_finish import BASE, FILES, HOOK, LIST, content

from policy import digest_of, refused, with_policy

# What a page may do. 'sha256-…' stands for the digests of its own inline scripts.
ALLOWED = {
    "default-src": ["'none'"], "script-src": ["'self'", "'sha256-…'"], "style-src": ["'self'"], "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"], "worker-src": ["'self'"], "base-uri": ["'none'"], "form-action": ["'none'"],
}
EVERY = [*PAGES, "brief/", "404.html"]
MARKUP = ["<script>window.hacked = 1</script>", "<img src=x onerror=window.hacked=1>", "\"'><svg onload=window.hacked=1>",
          "javascript:window.hacked=1", "{{ 7 * 7 }}", "__proto__", "\0\x1b", "%", "%E0%A4%A", "[", "*", "x" * 3000]
WATCH = """document.addEventListener('securitypolicyviolation', violation =>
    console.error(`refused: ${violation.effectiveDirective} ${violation.blockedURI} ${violation.sample}`))"""


def policy_of(page: LexborHTMLParser) -> dict[str, list[str]]:
    """The directives of a page's one policy."""
    [tag] = page.css('meta[http-equiv="Content-Security-Policy"]')
    return {name: values for name, *values in (part.split() for part in tag.attributes["content"].split(";"))}


@pytest.fixture
def watched(open_page, server: str):
    """Opens a page whose violations of the policy are in `page.faults` too, and which may use the clipboard."""
    def visit(address: str = "", **options):
        page = open_page("about/", permissions=["clipboard-read", "clipboard-write"], **options)
        page.add_init_script(WATCH)
        page.goto(server + address, wait_until="networkidle")
        return page
    return visit


# The policy itself -------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("address", EVERY)
def test_a_page_allows_its_own_inline_scripts_and_no_more(html, address: str) -> None:
    page, policy = html(address), policy_of(html(address))
    digests = [value.strip("'") for value in policy["script-src"] if "sha256" in value]
    scripts = [script.text() for script in page.css("script:not([src])") if "json" not in (script.attributes.get("type") or "")]
    assert digests == list(dict.fromkeys(map(digest_of, scripts))) and digests
    assert {name: list(dict.fromkeys(re.sub("sha256-[^']+", "sha256-…", value) for value in values))
            for name, values in policy.items()} == ALLOWED
    assert refused(page.html) == []


@pytest.mark.parametrize("address", EVERY)
def test_only_the_charset_stands_before_the_policy(site: Path, address: str) -> None:
    path = site / address
    text = (path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8")
    before = text[text.index("<head>") + len("<head>"):text.index('<meta http-equiv="Content-Security-Policy"')]
    assert re.fullmatch(r'\s*<meta charset="utf-8">\s*', before)
    assert with_policy(text) == text


def test_a_policy_follows_the_page() -> None:
    page = "<!doctype html>\n<html><head>\n<meta charset=utf-8><title>T</title><script>one()</script></head><body></body></html>"
    first = with_policy(page)
    assert digest_of("one()") in first and with_policy(first) == first
    changed = with_policy(first.replace("one()", "two()"))
    assert digest_of("one()") not in changed and digest_of("two()") in changed and changed.count("http-equiv") == 1
    assert digest_of("a\r\nb\rc") == digest_of("a\nb\nc")
    assert digest_of("doSomething();") == "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc="  # as the standard has it


@pytest.mark.parametrize("written, said", [
    ('<p style="color: red">', "<p style>"), ("<style>p {}</style>", "<style>"), ("<b onclick=x()>", "<b onclick>"),
    ('<a href="JavaScript:x()">', '<a href="javascript:">'),
])
def test_what_the_policy_refuses_is_named(written: str, said: str) -> None:
    assert refused(f"<html><head></head><body>{written}</body></html>") == [said]
    assert refused("<p>A fragment</p>") == ["no <head>"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with retired pages that asks for the policy."""
    root = tmp_path_factory.mktemp("guarded")
    extra = {"check": {"permalinks": "permalinks.yml", "published": "h2[id], .terms dt[id]"}, "content_security_policy": True}
    project(root, FILES, site_url=BASE, hooks=[str(HOOK)], site_name="A book", extra=extra)
    (root / "permalinks.yml").write_text(LIST, encoding="utf-8")
    return root


def test_retired_pages_have_it_too_and_finishing_again_changes_nothing(guarded: Path) -> None:
    site = guarded / "site"
    done = run_mkdocs(guarded, site, BASE, "--strict", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    for address in ("old/index.html", "gone/deep/index.html", "index.html"):
        policy = policy_of(LexborHTMLParser((site / address).read_text(encoding="utf-8")))
        assert policy == ALLOWED | {"script-src": ["'self'"]}
    before = content(site)
    subprocess.run([sys.executable, str(ROOT / "scripts" / "finish.py"), "site"], cwd=guarded, check=True)
    assert content(site) == before


def test_a_damaged_list_leaves_no_page_without_a_policy(guarded: Path, tmp_path: Path) -> None:
    records = guarded / "permalinks.yml"
    records.write_text('"/": [', encoding="utf-8")
    done = run_mkdocs(guarded, tmp_path, BASE)
    records.write_text(LIST, encoding="utf-8")
    assert done.returncode == 0 and "permalinks.yml cannot be read" in done.stderr
    assert policy_of(LexborHTMLParser((tmp_path / "index.html").read_text(encoding="utf-8")))


def test_a_strict_build_stops_at_what_the_policy_refuses(guarded: Path, tmp_path: Path) -> None:
    page = guarded / "docs" / "styled.md"
    page.write_text('# Styled\n\n<p style="color: red">Red</p>\n', encoding="utf-8")
    done = run_mkdocs(guarded, tmp_path, BASE, "--strict")
    page.unlink()
    assert done.returncode == 1 and "styled/index.html has <p style>" in done.stderr and "Traceback" not in done.stderr


def test_a_preview_has_no_policy_and_reloads(guarded: Path, tmp_path: Path, chromium) -> None:
    """The server of MkDocs writes a script into each page that it sends, after the hook has run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with (tmp_path / "serve.log").open("wb") as log:
        command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", host]
        server = subprocess.Popen(command, cwd=guarded, stdout=log, stderr=log)
    context, home = chromium.new_context(), guarded / "docs" / "index.md"
    try:
        page = context.new_page()
        for _ in range(150):  # until the server answers
            with contextlib.suppress(Error):
                page.goto(f"http://{host}/book/")
                break
            page.wait_for_timeout(200)
        assert page.locator('meta[http-equiv="Content-Security-Policy"]').count() == 0
        home.write_text(FILES["index.md"] + "\nA new line.\n", encoding="utf-8")
        page.get_by_text("A new line.").wait_for()
    finally:
        home.write_text(FILES["index.md"], encoding="utf-8")
        context.close()
        server.terminate()
        server.wait()


# Everything that a reader does, under the policy ------------------------------------------------------------------------

def test_every_page_loads(watched, server: str) -> None:
    page = watched()
    for address in EVERY:
        page.goto(server + address, wait_until="networkidle")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(50)
        assert page.faults == [], address


def test_search_finds_and_opens(watched) -> None:
    page = watched("about/")
    page.keyboard.press("/")
    page.keyboard.type("Rasht")
    page.wait_for_selector(".md-search-result__link")
    page.keyboard.press("Enter")  # opens the first result; the form itself is sent nowhere
    page.wait_for_url("**h=rasht**")
    page.locator("mark:visible").first.wait_for()
    assert page.faults == []


def test_colours_notes_terms_and_tables(watched) -> None:
    page = watched("transfers/", color_scheme="light")
    for scheme in ("slate", "default"):
        page.locator("form[data-md-component=palette] label:visible").click()
        page.wait_for_function(f"document.body.dataset.mdColorScheme === '{scheme}'")
    for selector in ("a.footnote-ref", "abbr[tabindex]"):
        page.locator(selector).first.focus()
        page.wait_for_selector(".md-tooltip2--active")
    page.get_by_text("The same as a table").first.click()
    page.locator("table.data").first.wait_for(state="visible")
    assert page.faults == []


def test_citing_and_copying(watched) -> None:
    page = watched("treaty/")
    page.get_by_role("button", name="Cite: Finding T3", exact=True).click()
    for form in ("Link", "Plain text", "Markdown", "Chicago", "BibTeX", "RIS"):
        page.get_by_role("button", name=f"Copy: {form}").click()
        page.get_by_role("status").filter(has_text=f"Copied: {form}").wait_for()
    page.keyboard.press("Escape")
    assert page.faults == []


def test_following_a_dated_link(watched, server: str) -> None:
    page = watched()
    page.clock.set_fixed_time("2026-12-10T12:00:00")
    page.goto(f"{server}treaty/?cited=2026-11-25#framework")
    page.locator(".cited-note p").wait_for()
    assert page.faults == []


def test_checking_a_briefing(watched, server: str, tmp_path: Path) -> None:
    page = watched("briefing/")
    (tmp_path / "memo.docx").write_bytes(docx([f"{server}treaty/#framework", f"{server}no-such/", server]))
    for memo, rows in ((f"See {server}treaty/.", 1), (MEMO, None), (tmp_path / "memo.docx", 3)):
        if isinstance(memo, str):
            page.fill("#briefing-memo", memo)
            page.click("#briefing-form button")
        else:
            page.set_input_files("#briefing-file", memo)
        page.wait_for_function("document.getElementById('briefing-summary').textContent.includes('into this site')")
        if rows:
            page.wait_for_function(f"document.querySelectorAll('#briefing-rows tr').length === {rows}")
    assert page.faults == []


def test_filtering_the_timeline(watched) -> None:
    page = watched("timeline/")
    everything = page.locator(".timeline > li:visible").count()
    page.locator("nav.filter a[href$='#only-arms']").click()
    assert 0 < page.locator(".timeline > li:visible").count() < everything
    assert page.faults == []


@pytest.mark.parametrize("script", [True, False])
def test_old_links_land(guarded: Path, chromium, script: bool) -> None:
    run_mkdocs(guarded, guarded / "site", BASE, "--strict", "--quiet")
    test_finish.test_old_links_land_in_a_browser(guarded / "site", chromium, script)


# What the policy is for -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("directive, injected", [
    ("script-src-elem", "<script>window.hacked = 1</script>"),
    ("script-src-elem", '<script src="https://elsewhere.example/x.js"></script>'),
    ("script-src-elem", '<script src="data:text/javascript,window.hacked=1"></script>'),
    ("script-src-attr", '<img src="data:," alt="" onerror="window.hacked = 1">'),
    ("script-src-elem", '<a id="press" href="javascript:window.hacked = 1">x</a>'),
    ("style-src-attr", '<p style="color: red">x</p>'),
    ("style-src-elem", "<style>p { color: red }</style>"),
    ("img-src", '<img src="https://elsewhere.example/x.png" alt="">'),
    ("frame-src", '<iframe src="https://elsewhere.example/"></iframe>'),
    ("object-src", '<object data="https://elsewhere.example/"></object>'),
    ("base-uri", '<base href="https://elsewhere.example/">'),
    ("form-action", '<form action="https://elsewhere.example/"><button id="press">x</button></form>'),
])
def test_what_is_injected_is_refused(watched, server: str, directive: str, injected: str) -> None:
    page = watched()
    page.route("**/treaty/", lambda route: route.fulfill(
        content_type="text/html", body=route.fetch().text().replace('<p class="answer-line">', injected + '<p class="answer-line">')))
    page.goto(server + "treaty/", wait_until="networkidle")
    page.evaluate("document.getElementById('press')?.click()")
    page.wait_for_timeout(200)
    assert any(fault.startswith(f"refused: {directive}") for fault in page.faults), page.faults
    assert page.evaluate("window.hacked") is None and page.url == server + "treaty/"


def test_a_script_of_ours_could_not_send_anything_elsewhere(watched) -> None:
    page = watched("treaty/")
    with page.expect_console_message(lambda message: message.text.startswith("refused: connect-src")):
        assert page.evaluate("fetch('https://elsewhere.example/').then(() => 'sent', () => 'refused')") == "refused"


# Hostile addresses ------------------------------------------------------------------------------------------------------

ELEMENTS = "document.querySelectorAll('script, img, svg, iframe, object, embed, [onerror], [onload]').length"


@pytest.mark.parametrize("where", ["changes/?q={0}&h={0}&cited={0}&{0}#{0}", "timeline/?cited=2026-11-25#{0}"])
def test_hostile_addresses_do_nothing(watched, server: str, where: str) -> None:
    page = watched(where.partition("?")[0])
    usual = page.evaluate(ELEMENTS)
    for value in [*MARKUP, *map(quote, MARKUP), *(date.partition("=")[2] for date in DATES)]:
        page.goto("about:blank")
        page.goto(server + where.format(value))
        page.wait_for_timeout(50)
        assert page.evaluate(ELEMENTS) == usual and page.evaluate("window.hacked") is None, value
        # Of a query that the theme's search cannot read it says so on the console, sooner or later, and finds nothing
        assert [fault for fault in page.faults if not fault.startswith(("Invalid query", "t.QueryParseError"))] == [], value
