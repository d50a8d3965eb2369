"""Check a briefing: the page and the script find the same links and states in the same memos."""
from __future__ import annotations

import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from html import escape
from pathlib import Path

import pytest
from conftest import ROOT

from finish import with_changes_inside

SITE = "https://host.example/explainer/"
CHANGE = {"date": "2026-06-01", "note": "A second source <b>was</b> found"}
CONTRACT = {"title": "Made up", "site": SITE, "addresses": {
    "/": {"kind": "page", "title": "The answer", "within": "", "since": "2026-01-01"},
    "/treaty/": {"kind": "page", "title": "Treaty", "within": "", "since": "2026-01-01"},
    "/treaty/#duty": {"kind": "section", "title": "No duty", "within": "/treaty/", "since": "2026-01-01",
                      "changes": [{"date": "2026-02-01", "note": "Early"}, CHANGE]},
    "/treaty/#t3": {"kind": "finding", "code": "T3", "title": "No <i>aid</i>", "within": "/treaty/#duty",
                    "since": "2026-01-01", "changes": [CHANGE, {"date": "2026-07-02", "note": "Late"}]},
    "/crises/": {"kind": "page", "title": "Crises", "within": "", "since": "2026-01-01"},
    "/crises/#été": {"kind": "section", "title": "Été", "within": "/crises/", "since": "2026-01-01"},
    "/crises/#gone": {"kind": "section", "title": "Gone", "within": "/crises/", "since": "2026-01-01",
                      "retired": "2026-05-05", "note": "Merged", "successor": "/treaty/#t3"},
    "/past/": {"kind": "page", "title": "Past", "within": "", "since": "2026-01-01",
               "retired": "2026-05-06", "note": "Wrong"},
}}
CONTRACT["addresses"] = with_changes_inside(CONTRACT["addresses"])
# Ten links, as they stand in a memo, with what they come to: address, date of citing, state
TEN = [
    (SITE, "/", "", "lands"),
    (f"{SITE}treaty/?cited=2026-07-02", "/treaty/", "2026-07-02", "lands"),
    (f"{SITE}treaty?cited=2026-05-01#duty", "/treaty/#duty", "2026-05-01", "changed"),
    (f"{SITE}treaty/index.html?x=1&cited=2026-06-30#t3", "/treaty/#t3", "2026-06-30", "changed"),
    (f"{SITE.replace('https', 'http')}crises/#%C3%A9t%C3%A9", "/crises/#été", "", "lands"),
    (f"{SITE}crises/?cited=2026-01-02#gone", "/crises/#gone", "2026-01-02", "retired"),
    (f"{SITE}past/", "/past/", "", "retired"),
    (f"{SITE}treaty/#no-such", "/treaty/#no-such", "", "never"),
    (f"{SITE.upper().replace('EXPLAINER', 'explainer')}nowhere/", "/nowhere/", "", "never"),
    (f"{SITE}crises/?cited=2026-99-99", "/crises/", "", "lands"),
]
MARKDOWN = "\n".join([
    "# Memo", *(f"{number}. See [this]({link}), or not." for number, (link, *_) in enumerate(TEN[:6])),
    f"Also **{TEN[6][0]}**, <{TEN[7][0]}>; (and {TEN[8][0]}).", f"[1]: {TEN[9][0]} \"Title\"",
    f"![](https://elsewhere.example/?to={SITE}) and https://host.example.evil.example/explainer/treaty/"])
TEXT = "\n".join(f"({number}) “{link}”, or '{link}'." for number, (link, *_) in enumerate(TEN))
HTML = "<!doctype html><title>Memo</title><body>" + "".join(
    f"<p><a href={quote}{escape(link).replace('/', slash)}{quote}>{number}</a></p>"
    for number, (link, *_) in enumerate(TEN)
    for quote, slash in [("\"'"[number % 2], ("/", "&#x2F;", "&#47;")[number % 3])])
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(links: list[str], method: int = zipfile.ZIP_DEFLATED, extra: str = "") -> bytes:
    """A Word file with links as Word writes them: targets apart, fragments in the anchor, fields, and split text."""
    body, relations = [], []
    for number, link in enumerate(links):
        target, _, anchor = link.partition("#")
        if number % 3 == 0:
            at_anchor = f' w:anchor="{escape(anchor)}"' if anchor else ""
            body.append(f'<w:hyperlink r:id="rId{number}"{at_anchor}><w:r><w:t>link</w:t></w:r></w:hyperlink>')
            relations.append(f'<Relationship Id="rId{number}" Target="{escape(target)}" TargetMode="External"/>')
        elif number % 3 == 1:
            half = len(link) // 2
            body.append(f"<w:r><w:t>see {escape(link[:half])}</w:t></w:r>"
                        f"<w:r><w:rPr><w:b/></w:rPr><w:t>{escape(link[half:])}</w:t></w:r>")
        else:
            field = f' HYPERLINK "{target}" \\l "{anchor}" ' if anchor else f' HYPERLINK "{target}" '
            body.append(f"<w:r><w:instrText>{escape(field)}</w:instrText></w:r>")
    text = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in body)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        document = f'<w:document xmlns:w="w" xmlns:r="{RELATION}"><w:body>{text}{extra}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{''.join(relations)}</Relationships>")
    return stream.getvalue()


def flag_encrypted(data: bytes) -> bytes:
    """The same archive with every entry marked as encrypted."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(re.escape(signature), data):
            marked[match.start() + offset] |= 1
    return bytes(marked)


def flip(data: bytes, at: int) -> bytes:
    """The same with one byte damaged."""
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1:]


HOSTILE = "\n".join([
    f"<script>alert(1)</script><img src=x onerror=alert(1)> {SITE}treaty/#<img/src=x>",
    f"{SITE}treaty/#%3Cimg%20src=x%20onerror=alert(1)%3E", f"{SITE}treaty/#%E0%A4%A and {SITE}treaty/#%zz "
    f"{SITE}treaty/#%ED%A0%80",
    f"{SITE}treaty/#%00%1b[31m", f"{SITE}treaty/#duty\u200b, {SITE}treaty/#duty\u2014so {SITE}treaty/#duty\u00a0x "
    f"{SITE}treaty/#duty\x85x",
    f"{SITE}treaty/#%E2%80%AEdrow {SITE}treaty/#\U0001f600 {SITE}treaty/#e\u0301 {SITE}treaty/#\ud7ff\ufffd",
    f"https://evil.example/{SITE}treaty/ https://evil.example/?u={SITE} https://evil.example#{SITE} "
    f"https://user@host.example/explainer/",
    "https://host.example.evil.example/explainer/ https://host.example/explainer-two/ "
    "https://host.example/Explainer/ httpſ://host.example/explainer/",
    f"{SITE}__proto__/ {SITE}constructor {SITE}treaty/#__proto__ {SITE}treaty/?cited=2026-01-01&cited=x#constructor",
    f"{SITE}treaty/#duty(a)b). ({SITE}treaty/_(x)) {SITE}treaty/((x {SITE}treaty/#a_(b)... {SITE}treaty/#duty'x "
    f"{SITE}treaty/#duty~~**",
    f"{SITE}treaty/?cited=2026-07-01%00#duty {SITE}treaty/?cited=２026-01-01#duty {SITE}treaty/?cited=<2026-01-01>",
    f"{SITE}treaty/#duty:~:text=any%20words {SITE}treaty/#:~:text=x {SITE[:-1]} {SITE[:-1]}?cited=2026-01-01 "
    f"{SITE[:-1]}#duty",
    f"{SITE}treaty/&#35;duty {SITE}treaty/&#x110000; {SITE}treaty/&#xD800; {SITE}treaty/&#0;&nosuch; "
    f"{SITE}treaty/?a&amp;cited=2026-01-01&#x23;t3",
    f"{SITE}//treaty/ {SITE}treaty//index.html {SITE}./treaty/ {SITE}%74reaty/ {SITE}treaty%2F%23duty "
    f"{SITE}index.html {SITE}xindex.html",
    "https:// http://) https://( https://... HYPERLINK \"", f"{SITE}" + "a" * 5000, f"{SITE}" + "\U0001f600" * 400,
    "(" * 3000, "<" * 3000])


def script_rows(memo: Path, *options: str) -> list[dict]:
    """What scripts/briefing.py says about a memo."""
    listed = memo.parent / "permalinks.json"
    listed.write_text(json.dumps(CONTRACT), encoding="utf-8")
    done = run(str(memo), "--permalinks", str(listed), "--format", "json", *options)
    assert done.returncode in (0, 1), done.stderr
    rows = json.loads(done.stdout)
    assert done.returncode == int(any(row["state"] != "lands" for row in rows))
    return rows


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "scripts" / "briefing.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=60)


def long_date(iso: str) -> str:
    day = datetime.date.fromisoformat(iso or "2026-01-01")
    return f"{day.day} {day:%B} {day.year}"


def as_shown(row: dict) -> dict:
    """A row of the script in the words of the page."""
    words = {"lands": "lands", "changed": "has changed", "retired": "is retired", "never": "never existed"}
    return {
        "address": row["address"], "state": words[row["state"]],
        "facts": [*([f"cited {long_date(row['cited'])}"] if row["cited"] else []),
                  *([f"{row['count']} times"] if row["count"] > 1 else [])],
        "notes": [f"{long_date(change['date'])}: {change['note']}" for change in row.get("changes", [])],
        "successor": SITE + row["successor"][1:] if row.get("successor") else "",
        "nearest": row.get("nearest", "")}


PAGE_ROWS = """root => [...document.querySelectorAll('#briefing-rows tr')].map(row => ({
  address: row.querySelector('th .address').textContent,
  state: row.querySelector('td.status').textContent,
  facts: [...row.querySelectorAll('th small')].map(each => each.textContent),
  notes: [...row.querySelectorAll('td:last-child p')].map(each => each.textContent)
    .filter(each => /^\\d+ \\w+ \\d{4}: /.test(each)),
  successor: row.querySelector('td .address')?.textContent ?? '',
  nearest: row.querySelector('td:last-child a')?.href.replace(root, '/') ?? ''}))"""


@pytest.fixture
def briefing(open_page, server: str):
    """The page with the made-up contract. Every address that it asked for is in `page.asked`."""
    def visit(**options):
        page = open_page("about/", **options)
        page.context.route("**/data/permalinks.json", lambda route: route.fulfill(json=CONTRACT))
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(server + "briefing/", wait_until="networkidle")
        return page
    return visit


def settle(page) -> str:
    """The summary, once it is there."""
    page.wait_for_function("!['', 'Reading …'].includes(document.getElementById('briefing-summary').textContent)")
    return page.inner_text("#briefing-summary")


def page_rows(page, server: str, memo: Path | str) -> list[dict]:
    """What the page says about a file, or about a pasted text."""
    if isinstance(memo, Path):
        page.set_input_files("#briefing-file", memo)
    else:
        page.fill("#briefing-memo", memo)
        page.click("#briefing-form button")
    settle(page)
    return page.evaluate(PAGE_ROWS, server)


MEMOS = {"memo.md": MARKDOWN.encode(), "memo.txt": b"\xef\xbb\xbf" + TEXT.encode(), "memo.html": HTML.encode(),
         "memo.docx": docx([link for link, *_ in TEN]),
         "stored.docx": docx([link for link, *_ in TEN], zipfile.ZIP_STORED)}


@pytest.mark.parametrize("name", MEMOS)
def test_page_and_script_agree_on_ten_links_in_each_format(briefing, server: str, tmp_path: Path, name: str) -> None:
    memo = tmp_path / name
    memo.write_bytes(MEMOS[name])
    rows = script_rows(memo)
    assert [(row["address"], row["cited"], row["state"]) for row in rows] == [tuple(expected) for _, *expected in TEN]
    page = briefing()
    assert page_rows(page, server, memo) == [as_shown(row) for row in rows]
    said = "10 links into this site: 4 land, 2 have changed, 2 are retired, 2 never existed."
    assert page.inner_text("#briefing-summary") == said
    assert run(str(memo), "--permalinks", str(tmp_path / "permalinks.json")).stdout.splitlines()[0] == said
    assert page.faults == []


def test_notes_are_those_after_the_date_of_what_lies_inside_each_once(tmp_path: Path) -> None:
    memo = tmp_path / "memo.md"
    links = ("?cited=2026-01-31", "?cited=2026-02-01#duty", "?cited=2026-07-01#duty")
    memo.write_text(" ".join(f"{SITE}treaty/{link}" for link in links), encoding="utf-8")
    notes = [[change["note"] for change in row["changes"]] for row in script_rows(memo)]
    assert notes == [["Early", CHANGE["note"], "Late"], [CHANGE["note"], "Late"], ["Late"]]


@pytest.mark.parametrize("kind", ["md", "html", "docx"])
def test_page_and_script_agree_on_hostile_text(briefing, server: str, tmp_path: Path, kind: str) -> None:
    memo = tmp_path / f"memo.{kind}"
    in_word = docx([], extra=f"<w:p><w:t>{HOSTILE}</w:t></w:p>")
    memo.write_bytes(in_word if kind == "docx" else HOSTILE.encode() + b"\xff\xfe\x80")
    rows = script_rows(memo)
    page = briefing()
    assert page_rows(page, server, memo) == [as_shown(row) for row in rows]
    addresses = [row["address"] for row in rows]
    assert "/treaty/#duty" in addresses and "/treaty/#a_(b)" in addresses and len(addresses) > 20
    assert not any("evil" in address or "two" in address for address in addresses)
    assert page.locator("#briefing-rows :is(img, script, i, b)").count() == 0
    assert page.faults == []
    if kind == "md":
        assert page_rows(page, server, HOSTILE) == [as_shown(row) for row in rows], "pasted as from a file"
        shown = run(str(memo), "--permalinks", str(tmp_path / "permalinks.json")).stdout
        assert "\x1b" not in shown and "\u202e" not in shown, "the terminal obeys nothing"


MEGABYTES = {
    "links": "".join(f"{SITE}treaty/#{number} " for number in range(28_000)), "one link": SITE + "a" * 1_500_000,
    "schemes": "http://" * 200_000, "parentheses": "https://x(" * 150_000, "brackets": "<" * 1_500_000,
    "points": SITE + "." * 1_500_000, "references": "&#" * 700_000, "fields": 'HYPERLINK "' * 130_000,
    "same link": f"({SITE})" * 40_000}


@pytest.mark.parametrize("case", MEGABYTES)
def test_a_megabyte_does_not_hang(briefing, server: str, tmp_path: Path, case: str) -> None:
    memo = tmp_path / "memo.docx"
    text = MEGABYTES[case]
    memo.write_bytes(docx([], extra=f"<w:p><w:t>{text}</w:t></w:p>"))
    rows = script_rows(memo)
    page = briefing()
    assert len(rows) == {"links": 28_000}.get(case, int(SITE in text))
    assert page_rows(page, server, memo) == [as_shown(row) for row in rows[:1000]]
    assert ("The first 1000 are listed." in page.inner_text("#briefing-summary")) == (case == "links")


@pytest.mark.parametrize("name, data", [
    ("cut.docx", docx([SITE])[:-30]), ("empty.docx", b""), ("text.docx", b"no archive"),
    ("flagged.docx", flag_encrypted(docx([SITE]))), ("word.docx", b"\xd0\xcf\x11\xe0" + bytes(600)),
    ("flagged-stored.docx", flag_encrypted(docx([SITE], zipfile.ZIP_STORED))),
    ("broken.docx", docx([SITE] * 50).replace(b"word/document.xml", b"word/document.txt")),
    ("flipped.docx", flip(docx([f"{SITE}{number}" for number in range(80)]), 400)),
    ("bomb.docx", docx([], extra=" " * 50_000_001)), ("memo.pdf", b"%PDF-1.7"),
])
def test_files_that_cannot_be_read_are_named(briefing, server: str, tmp_path: Path, name: str, data: bytes) -> None:
    memo = tmp_path / name
    memo.write_bytes(data)
    reason = "is damaged, too large, protected by a password or not a .docx file"
    if name == "memo.pdf":
        reason = "is not a .md, .txt, .html or .docx file"
    page = briefing()
    assert page_rows(page, server, memo) == [] and f"{name} {reason}" in page.inner_text("#briefing-summary")
    assert page.is_hidden("#briefing-table") and page.faults == []
    (tmp_path / "permalinks.json").write_text(json.dumps(CONTRACT), encoding="utf-8")
    done = run(str(memo), "--permalinks", str(tmp_path / "permalinks.json"))
    assert done.returncode == 2 and f"{name} {reason}" in done.stderr and "Traceback" not in done.stderr


def test_links_of_the_served_root_count_too(briefing, server: str, tmp_path: Path) -> None:
    memo = tmp_path / "memo.txt"
    memo.write_text(f"{server}treaty/#duty and {SITE}treaty/#duty", encoding="utf-8")
    rows = script_rows(memo, "--site", server)
    assert rows == [{"address": "/treaty/#duty", "cited": "", "count": 2, "state": "lands", "changes": []}]
    assert page_rows(briefing(), server, memo) == [as_shown(row) for row in rows]


def test_the_keyboard_alone_checks_and_copies_the_successor(briefing) -> None:
    page = briefing(permissions=["clipboard-read", "clipboard-write"])
    page.keyboard.press("Tab")
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


def test_a_refused_clipboard_selects_the_address(briefing, server: str) -> None:
    page = briefing()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page_rows(page, server, TEN[5][0])
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Selected: copy it with the keyboard.").wait_for()
    assert page.evaluate("getSelection().toString()") == f"{SITE}treaty/#t3"


def test_a_dropped_file_is_checked(briefing) -> None:
    page = briefing()
    dropped = page.evaluate_handle("""text => { const held = new DataTransfer();
        held.items.add(new File([text], 'memo.md')); return held; }""", MARKDOWN)
    page.dispatch_event("#briefing-memo", "drop", {"dataTransfer": dropped})
    assert settle(page).startswith("10 links")


def test_nothing_leaves_the_browser(briefing, server: str, tmp_path: Path) -> None:
    page = briefing()
    page.asked.clear()
    (tmp_path / "memo.md").write_text(MARKDOWN, encoding="utf-8")
    page_rows(page, server, tmp_path / "memo.md")
    page_rows(page, server, TEXT)
    page.wait_for_timeout(200)
    assert set(page.asked) == {f"{server}data/permalinks.json"} and page.faults == []
    assert page.url == f"{server}briefing/"


def test_no_links_and_no_list_are_said(briefing, server: str, tmp_path: Path) -> None:
    page = briefing()
    assert page_rows(page, server, "nothing here") == []
    assert page.inner_text("#briefing-summary") == "No links into this site." and page.is_hidden("#briefing-table")
    page.context.route("**/data/permalinks.json", lambda route: route.fulfill(status=404, body=""))
    page_rows(page, server, SITE)
    assert "cannot be read" in page.inner_text("#briefing-summary")
    (tmp_path / "memo.md").write_text("x", encoding="utf-8")
    for name, text in (("none.json", None), ("bad.json", "["), ("other.json", "[]")):
        if text:
            (tmp_path / name).write_text(text, encoding="utf-8")
        done = run(str(tmp_path / "memo.md"), "--permalinks", str(tmp_path / name))
        assert done.returncode == 2 and "make site" in done.stderr and "Traceback" not in done.stderr


def test_results_are_a_table_that_reads_well_and_fits(briefing, server: str) -> None:
    for width in (320, 390, 1440):
        page = briefing(viewport={"width": width, "height": 900})
        page_rows(page, server, TEXT + f" {SITE}{'long' * 60}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.get_by_role("table", name="Links into this site")
        assert table.get_by_role("row").count() == 12 and table.get_by_role("rowheader").count() == 11
        assert page.get_attribute("#briefing-summary", "role") == "status"


def test_without_javascript_a_note_says_what_to_do(open_page) -> None:
    page = open_page("briefing/", java_script_enabled=False)
    assert "scripts/briefing.py" in page.inner_text("noscript") and "one by one" in page.inner_text("noscript")
    assert page.is_hidden("#briefing-form")


def test_the_code_builds_text_only() -> None:
    code = (ROOT / "docs" / "assets" / "briefing.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|https://\w", code)
    page = (ROOT / "docs" / "briefing.md").read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|<script>", page)
