"""What the policy is for: injected code, and hostile addresses, come to nothing.

That pages work under their policy shows in all other tests: they fail if a page has anything refused.
"""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page

MARKUP = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\"'><svg onload=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}",
    "__proto__",
    "\0\x1b",
    "%",
    "%E0%A4%A",
    "[",
    "x" * 3000,
]
WATCH = """document.addEventListener('securitypolicyviolation', violation =>
    console.error(`refused: ${violation.effectiveDirective} ${violation.blockedURI} ${violation.sample}`))"""
ELSEWHERE = "https://elsewhere.example/"
INJECTED = {
    "<script>window.hacked = 1</script>": "script-src-elem",
    f'<script src="{ELSEWHERE}x.js"></script>': "script-src-elem",
    '<script src="data:text/javascript,window.hacked=1"></script>': "script-src-elem",
    '<img src="data:," alt="" onerror="window.hacked = 1">': "script-src-attr",
    '<a class="press" href="javascript:window.hacked = 1">x</a>': "script-src-elem",
    '<p style="color: red">x</p>': "style-src-attr",
    "<style>p { color: red }</style>": "style-src-elem",
    f'<img src="{ELSEWHERE}x.png" alt="">': "img-src",
    f'<iframe src="{ELSEWHERE}"></iframe>': "frame-src",
    f'<object data="{ELSEWHERE}"></object>': "object-src",
    f'<base href="{ELSEWHERE}">': "base-uri",
    f'<form action="{ELSEWHERE}"><button class="press"></button></form>': "form-action",
}
ELEMENTS = "document.querySelectorAll('script, img, svg, iframe, object, embed, [onerror], [onload]').length"


def test_what_is_injected_is_refused(open_page, server: str) -> None:
    injected = ""

    def write_anew(route) -> None:
        body = route.fetch().text().replace("<h1", f"{injected}<h1", 1)
        route.fulfill(content_type="text/html", body=body)

    def prepare(page: Page) -> None:
        page.add_init_script(WATCH)
        page.route("**/changes/", write_anew)

    page = open_page("changes/", before=prepare, excuse="refused|Refused|violates|policy|elsewhere.example")
    for injected, directive in INJECTED.items():
        page.faults.clear()
        page.goto(f"{server}changes/", wait_until="load")
        page.evaluate("document.querySelector('.press')?.click()")
        page.wait_for_timeout(200)
        assert any(fault.startswith(f"refused: {directive}") for fault in page.faults), injected
        assert page.evaluate("window.hacked") is None
        assert page.url == f"{server}changes/"


def test_a_script_of_ours_could_not_send_anything_elsewhere(open_page) -> None:
    page = open_page(
        "changes/", before=lambda page: page.add_init_script(WATCH), excuse="efused|violates|policy"
    )
    with page.expect_console_message(lambda message: message.text.startswith("refused: connect-src")):
        assert page.evaluate(f"fetch('{ELSEWHERE}').then(() => 'sent', () => 'refused')") == "refused"


@pytest.mark.parametrize("where", ["about/?q={0}&h={0}&cited={0}&{0}#{0}", "timeline/?cited=2026-11-25#{0}"])
def test_hostile_addresses_do_nothing(open_page, server: str, where: str) -> None:
    # Of a query that the theme's search cannot read it says so, sooner or later, and finds nothing
    # Words in an address that are to be marked bring its script
    harmless = where.partition("?")[0] + ("?h=zzz" if "h=" in where else "")
    page = open_page(harmless, excuse=r"^(Invalid query|t\.QueryParseError)")
    usual = page.evaluate(ELEMENTS)
    for value in [*MARKUP, *map(quote, MARKUP[:3])]:
        page.goto("about:blank")
        page.goto(server + where.format(value))
        page.wait_for_timeout(50)
        assert page.evaluate(ELEMENTS) == usual, value
        assert page.evaluate("window.hacked") is None, value
