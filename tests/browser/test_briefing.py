"""Check a briefing: the page and the script find the same links and states in the same memos."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

import briefing
from conftest import PHONE, WIDE
from explainer.words import long_date
from memos import CONTRACT, DAMAGED, HOSTILE, MARKDOWN, MEGABYTES, MEMOS, SITE, TEN, TEXT, damaged, docx

STATES = {"lands": "lands", "changed": "has changed", "retired": "is retired", "never": "never existed"}
# The rows of the page, each as the script has it
PAGE_ROWS = """root => [...document.querySelectorAll('#briefing-rows tr')].map(row => ({
  address: row.querySelector('th .address').textContent,
  state: row.querySelector('td.status').textContent,
  facts: [...row.querySelectorAll('th small')].map(each => each.textContent),
  notes: [...row.querySelectorAll('td:last-child p')].map(each => each.textContent)
    .filter(each => /^\\d+ \\w+ \\d{4}: /.test(each)),
  successor: row.querySelector('td .address')?.textContent ?? '',
  nearest: row.querySelector('td:last-child a')?.href.replace(root, '/') ?? ''}))"""


def script_rows(name: str, data: bytes, *roots: str) -> list[dict]:
    """What scripts/briefing.py says about a memo, in the words of the page."""
    return [
        {
            "address": row["address"],
            "state": STATES[row["state"]],
            "facts": [
                *([f"cited {long_date(row['cited'])}"] if row["cited"] else []),
                *([f"{row['count']} times"] if row["count"] > 1 else []),
            ],
            "notes": [f"{long_date(change['date'])}: {change['note']}" for change in row.get("changes", [])],
            "successor": SITE + row["successor"][1:] if row.get("successor") else "",
            "nearest": row.get("nearest", ""),
        }
        for row in briefing.check(briefing.read(name, data), CONTRACT, *roots)
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


def page_rows(page: Page, server: str, memo: Path | str) -> list[dict]:
    """What the page says about a file, or about a pasted text."""
    page.evaluate("document.getElementById('briefing-summary').textContent = ''")
    if isinstance(memo, Path):
        page.set_input_files("#briefing-file", memo)
    else:
        page.fill("#briefing-memo", memo)
        page.click("#briefing-form button")
    settle(page)
    return page.evaluate(PAGE_ROWS, server)


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_page_and_script_agree_on_ten_links_in_each_format(briefed, server: str, tmp_path: Path) -> None:
    page = briefed()
    for name, data in MEMOS.items():
        rows = script_rows(name, data)
        assert [(row["address"], row["state"]) for row in rows] == [
            (address, STATES[state]) for _, address, _, state in TEN
        ]
        assert page_rows(page, server, written(tmp_path, name, data)) == rows
        said = "10 links into this site: 4 land, 2 have changed, 2 are retired, 2 never existed."
        assert page.inner_text("#briefing-summary") == said


def test_page_and_script_agree_on_hostile_text(briefed, server: str, tmp_path: Path) -> None:
    page = briefed()
    in_word = docx([], extra=f"<w:p><w:t>{HOSTILE}</w:t></w:p>")
    for kind in ("md", "html", "docx"):
        data = in_word if kind == "docx" else HOSTILE.encode() + b"\xff\xfe\x80"
        rows = script_rows(f"memo.{kind}", data)
        assert page_rows(page, server, written(tmp_path, f"memo.{kind}", data)) == rows
        addresses = {row["address"] for row in rows}
        assert {"/treaty/#duty", "/treaty/#a_(b)"} <= addresses
        assert len(addresses) > 20
        assert not any("evil" in address or "two" in address for address in addresses)
        assert page.locator("#briefing-rows :is(img, script, i, b)").count() == 0
    assert page_rows(page, server, HOSTILE) == script_rows("memo.md", HOSTILE.encode()), "pasted"


@pytest.mark.parametrize("case", MEGABYTES)
def test_a_megabyte_does_not_hang(briefed, server: str, tmp_path: Path, case: str) -> None:
    text = MEGABYTES[case]
    data = docx([], extra=f"<w:p><w:t>{text}</w:t></w:p>")
    rows, page = script_rows("memo.docx", data), briefed()
    assert len(rows) == {"links": 28_000}.get(case, int(SITE in text))
    assert page_rows(page, server, written(tmp_path, "memo.docx", data)) == rows[:1000]
    assert ("The first 1000 are listed." in page.inner_text("#briefing-summary")) == (case == "links")


def test_files_that_cannot_be_read_are_named(briefed, server: str, tmp_path: Path) -> None:
    page = briefed()
    for name in (*DAMAGED, "memo.pdf"):
        reason = "is damaged, too large, protected by a password or not a .docx file"
        if name == "memo.pdf":
            reason = "is not a .md, .txt, .html or .docx file"
        with pytest.raises(ValueError, match=reason):
            briefing.read(name, damaged(name))
        assert page_rows(page, server, written(tmp_path, name, damaged(name))) == []
        assert f"{name} {reason}" in page.inner_text("#briefing-summary")
        assert page.is_hidden("#briefing-table")


def test_links_of_the_served_root_count_too(briefed, server: str) -> None:
    memo = f"{server}treaty/#duty and {SITE}treaty/#duty"
    rows = script_rows("memo.txt", memo.encode(), server)
    assert [(row["address"], row["facts"]) for row in rows] == [("/treaty/#duty", ["2 times"])]
    assert page_rows(briefed(), server, memo) == rows


def test_the_keyboard_alone_checks_and_copies_the_successor(briefed) -> None:
    page = briefed(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Paste the memo").focus()
    page.keyboard.insert_text(TEN[5][0])
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
    assert page.evaluate("navigator.clipboard.readText()") == f"{SITE}treaty/#t3"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Copy {SITE}treaty/#t3"


def test_a_refused_clipboard_selects_the_address(briefed, server: str) -> None:
    page = briefed()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page_rows(page, server, TEN[5][0])
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Selected: copy it with the keyboard.").wait_for()
    assert page.evaluate("getSelection().toString()") == f"{SITE}treaty/#t3"


def test_nothing_leaves_the_browser_also_from_a_dropped_file(briefed, server: str) -> None:
    page = briefed()
    page.asked.clear()
    dropped = page.evaluate_handle(
        """text => { const held = new DataTransfer();
        held.items.add(new File([text], 'memo.md')); return held; }""",
        MARKDOWN,
    )
    page.dispatch_event("#briefing-memo", "drop", {"dataTransfer": dropped})
    assert settle(page).startswith("10 links")
    page_rows(page, server, TEXT)
    page.wait_for_timeout(200)
    assert set(page.asked) == {f"{server}data/permalinks.json"}
    assert page.url == f"{server}briefing/"


def test_no_links_and_no_list_are_said(briefed, server: str) -> None:
    page = briefed(excuse="404")
    assert page_rows(page, server, "nothing here") == []
    assert page.inner_text("#briefing-summary") == "No links into this site."
    assert page.is_hidden("#briefing-table")
    page.context.route("**/data/permalinks.json", lambda route: route.fulfill(status=404, body=""))
    page_rows(page, server, SITE)
    assert "cannot be read" in page.inner_text("#briefing-summary")


def test_results_are_a_table_that_reads_well_and_fits(briefed, server: str) -> None:
    page = briefed()
    page_rows(page, server, TEXT + f" {SITE}{'long' * 60}")
    table = page.get_by_role("table", name="Links into this site")
    assert table.get_by_role("row").count() == 12
    assert table.get_by_role("rowheader").count() == 11
    assert page.get_attribute("#briefing-summary", "role") == "status"
    for size in ({"width": 320, "height": 900}, PHONE, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
