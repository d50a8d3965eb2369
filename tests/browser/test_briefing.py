"""Check a briefing: the page and the script find the same links and states in the same memos."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

import briefing
import memo_text
from conftest import PHONE, WIDE
from explainer.words import long_date
from memos import CONTRACT, DAMAGED, HOSTILE, MARKDOWN, MEGABYTES, SITE, SUMMARY, corpus, damaged, docx

RULES = memo_text.RULES
RETIRED, NOW = f"{SITE}crises/#gone", f"{SITE}treaty/#no-aid-to-the-aggressor"
# The rows of the page, each as the script has it
PAGE_ROWS = """root => [...document.querySelectorAll('#briefing-rows tr')].map(row => ({
  address: row.querySelector('th .address').textContent,
  state: row.querySelector('td.status').textContent,
  facts: [...row.querySelectorAll('th small')].map(each => each.textContent),
  says: row.querySelector('td:last-child p').textContent,
  notes: [...row.querySelectorAll('td:last-child p')].map(each => each.textContent)
    .filter(each => /^\\d+ \\w+ \\d{4}: /.test(each)),
  successors: [...row.querySelectorAll('td .address')].map(each => each.textContent),
  leads: row.querySelector('td:last-child a')?.href.replace(root, '/') ?? ''}))"""
# Gives the page one file after another and gathers what it says
READ_ALL = """async ([root, files]) => {
  const said = document.getElementById('briefing-summary'), input = document.getElementById('briefing-file');
  const rows = %s, all = [];
  for (const [name, base64] of files) {
    const held = new DataTransfer();
    held.items.add(new File([Uint8Array.from(atob(base64), sign => sign.charCodeAt())], name));
    said.textContent = '';
    input.files = held.files;
    input.dispatchEvent(new Event('change'));
    while (['', 'Reading …'].includes(said.textContent)) await new Promise(done => setTimeout(done, 2));
    all.push([said.textContent, rows(root)]);
  }
  return all;
}"""


def script_says(name: str, data: bytes, *roots: str) -> tuple[str, list[dict]]:
    """What scripts/briefing.py says about a memo, in the words of the page."""
    rows = briefing.check(memo_text.read(name, data), CONTRACT, *roots)
    return briefing.summary(rows), [
        {
            "address": row["address"],
            "state": RULES["states"][row["state"]][0],
            "facts": [
                *([f"cited {long_date(row['cited'])}"] if row["cited"] else []),
                *([f"{row['count']} times"] if row["count"] > 1 else []),
            ],
            "says": RULES["says"][row["says"]],
            "notes": [f"{long_date(change['date'])}: {change['note']}" for change in row.get("changes", [])],
            "successors": [SITE + place[1:] for place in row.get("successors", [])],
            "leads": row.get("nearest") or row.get("as_cited", ""),
        }
        for row in rows
    ]


@pytest.fixture
def briefed(open_page) -> Callable[..., Page]:
    """The page with the made-up list. Every address that it asked for is in `page.asked`."""

    def visit(**options) -> Page:
        asked: list[str] = []

        def prepare(page: Page) -> None:
            page.context.route("**/data/permalinks.json", lambda route: route.fulfill(json=CONTRACT))
            page.on("request", lambda request: asked.append(request.url))

        page = open_page("briefing/", before=prepare, **options)
        page.asked = asked
        return page

    return visit


def settle(page: Page) -> str:
    """The summary, once it is there."""
    box = "document.getElementById('briefing-summary')"
    page.wait_for_function(f"!['', 'Reading …'].includes({box}.textContent)")
    return page.inner_text("#briefing-summary")


def page_says(page: Page, server: str, memo: Path | str) -> tuple[str, list[dict]]:
    """What the page says about a file, or about a pasted text."""
    page.evaluate("document.getElementById('briefing-summary').textContent = ''")
    if isinstance(memo, Path):
        page.set_input_files("#briefing-file", memo)
    else:
        page.fill("#briefing-memo", memo)
        page.click("#briefing-form button")
    return settle(page), page.evaluate(PAGE_ROWS, server)


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_page_and_script_agree_on_the_corpus(briefed, server: str) -> None:
    cases = list(corpus())
    page = briefed()
    files = [[name, base64.b64encode(data).decode("ascii")] for _, name, data, _ in cases]
    said = page.evaluate(READ_ALL % PAGE_ROWS, [server, files])
    wrong = []
    for (tried, name, data, _), (summary, rows) in zip(cases, said, strict=True):
        expected = script_says(name, data, server)
        if (summary, rows) != expected:
            wrong.append((tried, summary, rows, *expected))
    assert wrong == []


def test_page_and_script_agree_on_hostile_text(briefed, server: str, tmp_path: Path) -> None:
    page = briefed()
    in_word = docx({"document": f"<w:p><w:t>{HOSTILE}</w:t></w:p>"})
    for kind in ("md", "html", "docx", "rtf", "eml"):
        data = in_word if kind == "docx" else b"\n\n" + HOSTILE.encode() + b"\xff\xfe\x80"
        expected = script_says(f"memo.{kind}", data)
        assert page_says(page, server, saved(tmp_path, f"memo.{kind}", data)) == expected
        addresses = {row["address"] for row in expected[1]}
        assert {"/treaty/#duty", "/treaty/#a_(b)"} <= addresses
        assert len(addresses) > 20
        assert not any("evil" in address or "two" in address for address in addresses)
        assert page.locator("#briefing-rows :is(img, script, i, b)").count() == 0
    assert page_says(page, server, HOSTILE) == script_says("memo.md", HOSTILE.encode()), "pasted"


@pytest.mark.parametrize("case", MEGABYTES)
def test_a_megabyte_does_not_hang(briefed, server: str, tmp_path: Path, case: str) -> None:
    data = docx({"document": f"<w:p><w:t>{MEGABYTES[case]}</w:t></w:p>"})
    (summary, rows), page = script_says("memo.docx", data), briefed()
    said = page_says(page, server, saved(tmp_path, "memo.docx", data))
    assert said == (summary + " The first 1000 are listed." * (case == "links"), rows[:1000])


def test_files_that_cannot_be_read_are_named(briefed, server: str, tmp_path: Path) -> None:
    page = briefed()
    for name in (*DAMAGED, "memo.pdf", "memo.pages"):
        fault = {"memo.pdf": "pdf", "memo.pages": "unknown"}.get(name, "damaged")
        path = saved(tmp_path, name, damaged(name) if name in DAMAGED else b"%PDF-1.7")
        assert page_says(page, server, path) == (f"{name} {RULES['faults'][fault]}.", [])
        assert page.is_hidden("#briefing-table")


def test_links_of_the_served_root_count_too(briefed, server: str) -> None:
    memo = f"{server}treaty/#duty and {SITE}treaty/#duty"
    expected = script_says("memo.txt", memo.encode(), server)
    assert [(row["address"], row["facts"]) for row in expected[1]] == [("/treaty/#duty", ["2 times"])]
    assert page_says(briefed(), server, memo) == expected


def test_the_keyboard_alone_checks_and_copies_the_successor(briefed) -> None:
    page = briefed(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Paste the memo").focus()
    page.keyboard.insert_text(RETIRED)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check the links"
    page.keyboard.press("Enter")
    assert settle(page) == "1 link into this site: 1 is retired."
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "briefing-file"
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Copy":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == NOW
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Copy {NOW}"


def test_a_refused_clipboard_selects_the_address(briefed, server: str) -> None:
    page = briefed()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page_says(page, server, RETIRED)
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Selected: copy it with the keyboard.").wait_for()
    assert page.evaluate("getSelection().toString()") == NOW


def test_nothing_leaves_the_browser_also_from_a_dropped_file(briefed, server: str) -> None:
    page = briefed()
    page.asked.clear()
    dropped = page.evaluate_handle(
        """text => { const held = new DataTransfer();
        held.items.add(new File([text], 'memo.md')); return held; }""",
        MARKDOWN,
    )
    page.dispatch_event("#briefing-memo", "drop", {"dataTransfer": dropped})
    assert settle(page) == SUMMARY
    page.wait_for_timeout(200)
    own = ("data/permalinks.json", "assets/memo-rules.json", "assets/memo-text.js", "assets/memo-links.js")
    assert set(page.asked) == {f"{server}{file}" for file in own}
    assert page.url == f"{server}briefing/"


def test_links_behind_pasted_words_are_added(briefed) -> None:
    page = briefed()
    page.evaluate(
        """link => { const held = new DataTransfer();
        held.setData('text/html', `<a href="${link}">Duty</a> <a href="#x">x</a>`);
        const paste = new ClipboardEvent('paste', {clipboardData: held});
        document.getElementById('briefing-memo').dispatchEvent(paste); }""",
        f"{SITE}treaty/#duty",
    )
    page.wait_for_function("document.getElementById('briefing-memo').value.length > 0")
    page.click("#briefing-form button")
    assert settle(page) == "1 link into this site: 1 lands."


def test_no_links_and_no_list_are_said(briefed, server: str) -> None:
    page = briefed(excuse="404")
    assert page_says(page, server, "nothing here") == ("No links into this site.", [])
    assert page.is_hidden("#briefing-table")
    page.context.route("**/data/permalinks.json", lambda route: route.fulfill(status=404, body=""))
    assert "The list of addresses cannot be read" in page_says(page, server, SITE)[0]


def test_results_are_a_table_that_reads_well_and_fits(briefed, server: str) -> None:
    page = briefed()
    page_says(page, server, MARKDOWN + f" {SITE}{'long' * 60} https://bit.ly/{'long' * 60}")
    table = page.get_by_role("table", name="Links into this site")
    assert table.get_by_role("row").count() == 10
    assert table.get_by_role("rowheader").count() == 9
    assert page.get_attribute("#briefing-summary", "role") == "status"
    for size in ({"width": 320, "height": 900}, PHONE, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
