"""The finishing step on small real sites: the list as JSON, the feed, and the way on from what was retired."""
from __future__ import annotations

import functools
import json
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from checker_project import project
from conftest import PREFIX, ROOT, PagesHandler, run_mkdocs
from selectolax.lexbor import LexborHTMLParser

HOOK = ROOT / "scripts" / "mkdocs_hook.py"
FINISH = ROOT / "scripts" / "finish.py"
ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://host.example/book/"
FILES = {
    "index.md": "# Home\n\n## Aim { #aim }\n\nText.\n",
    "terms.md": '# Terms\n\n<dl class="terms"><dt id="ally">Ally</dt><dd>A word.</dd></dl>\n',
    "assets/lead-on.js": (ROOT / "docs" / "assets" / "lead-on.js").read_text(encoding="utf-8"),
}
LIST = """
"/": {since: "2026-01-02", digest: "000000000000"}
"/#aim":
  since: "2026-01-02"
  digest: "000000000000"
  changes:
    - {date: "2026-03-04", note: "Less <b>bold</b> & \\"shorter\\""}
    - {date: "2026-02-03", note: "First"}
"/#before": {since: "2026-01-02", retired: "2026-03-05", note: "Reworded.", successor: "/#aim"}
"/#earlier": {since: "2026-01-02", retired: "2026-02-05", note: "Reworded", successor: "/#before"}
"/#lost": {since: "2026-01-02", retired: "2026-03-05", note: "It was <wrong>"}
"/#moved": {since: "2026-01-02", retired: "2026-03-05", note: "It is a term", successor: "/terms/#ally"}
"/#vanished": {since: "2026-01-02"}
"/old/": {since: "2026-01-02", retired: "2026-03-06", note: "Merged", successor: "/terms/"}
"/old/#part": {since: "2026-01-02", retired: "2026-03-06", note: "Merged", successor: "/#aim"}
"/gone/deep/": {since: "2026-01-02", retired: "2026-03-06", note: "Never true"}
"/terms/": {since: "2026-01-02"}
"/terms/#ally": {since: "2026-01-02"}
"/terms/#friend": {since: "2026-01-02", retired: "2026-03-06", note: "Same", successor: "/terms/#ally"}
"/../out/": {since: "2026-01-02", retired: "2026-03-06", note: "No page of this site"}
"faulty": {since: "2026-01-02"}
"/nothing": {}
"""


def lay_out(root: Path, permalinks: str = LIST) -> Path:
    """A project with the hook and this list."""
    rules = {"permalinks": "permalinks.yml", "published": "article > h2[id], .terms dt[id], h2[id]"}
    project(root, FILES, rules, site_url=BASE, hooks=[str(HOOK)], site_name="A book")
    (root / "permalinks.yml").write_text(permalinks, encoding="utf-8")
    return root


def built(root: Path, *options: str) -> Path:
    done = run_mkdocs(root, root / "site", BASE, "--quiet", "--strict", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "site"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(lay_out(tmp_path_factory.mktemp("finish")))


def page(site: Path, address: str) -> LexborHTMLParser:
    return LexborHTMLParser((site / address / "index.html").read_text(encoding="utf-8"))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def finish(root: Path, *more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(FINISH), "site", *more]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")


def test_list_is_published(site: Path) -> None:
    data = json.loads((site / "data" / "permalinks.json").read_text(encoding="utf-8"))
    addresses = data["addresses"]
    assert (data["title"], data["site"]) == ("A book", BASE)
    assert {**addresses["/"], "changes": []} == {
        "kind": "page", "title": "Home", "within": "", "since": "2026-01-02", "changes": []}
    assert addresses["/#aim"]["within"] == "/" and addresses["/#aim"]["kind"] == "section"
    assert [change["date"] for change in addresses["/#aim"]["changes"]] == ["2026-02-03", "2026-03-04"]
    assert addresses["/terms/#ally"]["kind"] == "term"
    assert addresses["/#lost"]["note"] == "It was <wrong>" and "successor" not in addresses["/#lost"]
    assert addresses["/#earlier"]["successor"] == "/#aim"
    inside = [(change["date"], change["note"]) for change in addresses["/"]["changes"]]
    assert inside[0] == ("2026-02-03", "First") and inside == sorted(inside)  # a page counts what changed in it
    assert ("2026-03-05", "/#lost was given up: It was <wrong>") in inside
    assert not addresses.keys() & {"/#vanished", "faulty", "/nothing"}


def test_retired_id_is_right_before_what_took_its_place(site: Path) -> None:
    home = page(site, "")
    heading = home.css_first("h2#aim")
    assert {heading.prev.attributes["id"], heading.prev.prev.attributes["id"]} == {"before", "earlier"}
    assert home.css_first("#before").text() == "" and "data-unrecorded" in home.css_first("#before").attributes
    assert page(site, "terms").css_first("dl > dt > span#friend") is not None


def test_retired_id_without_a_place_on_its_page_says_what_happened(site: Path) -> None:
    home = page(site, "")
    lost, moved = home.css_first("main > p#lost"), home.css_first("main > p#moved")
    assert "5 March 2026: It was <wrong>." in lost.text() and lost.css_first("a") is None
    assert moved.css_first("a").attributes["href"] == "terms/#ally"


def test_retired_page_leads_on(site: Path) -> None:
    old = page(site, "old")
    assert old.css_first("meta[http-equiv=refresh]").attributes["content"] == "0; url=../terms/"
    assert old.css_first("link[rel=canonical]").attributes["href"] == BASE + "terms/"
    assert old.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert old.css_first("h1 + p a").attributes["href"] == "../terms/"
    assert old.css_first("p#part a").attributes["href"] == "../#aim"
    assert old.css_first("script").attributes["src"] == "../assets/lead-on.js"


def test_retired_page_without_a_successor_says_when_and_why(site: Path) -> None:
    gone = page(site, "gone/deep")
    assert gone.css_first("meta[http-equiv=refresh]") is None and gone.css_first("h1 + p a") is None
    assert "6 March 2026: Never true." in gone.css_first("h1 + p").text()
    assert gone.css_first(".home a").attributes["href"] == "../../"


def test_nothing_is_written_outside_the_site(site: Path) -> None:
    assert not (site.parent / "out").exists()


def test_finishing_again_changes_nothing_and_two_builds_agree(site: Path, tmp_path: Path) -> None:
    before = content(site)
    assert finish(site.parent).returncode == 0
    assert content(site) == before
    assert content(built(lay_out(tmp_path))) == before


def test_ids_that_are_retired_no_more_are_taken_off(tmp_path: Path) -> None:
    site = built(lay_out(tmp_path))
    (tmp_path / "permalinks.yml").write_text('"/": {since: "2026-01-02"}\n', encoding="utf-8")
    assert finish(tmp_path).returncode == 0
    assert "data-retired" not in (site / "index.html").read_text(encoding="utf-8")


def test_damaged_list_is_one_line_and_stops_a_strict_build_only(tmp_path: Path) -> None:
    lay_out(tmp_path, '"/": [')
    assert run_mkdocs(tmp_path, tmp_path / "site", BASE).returncode == 0
    done = finish(tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "permalinks.yml cannot be read" in done.stderr
    strict = run_mkdocs(tmp_path, tmp_path / "site", BASE, "--strict")
    assert strict.returncode == 1 and "Traceback" not in strict.stderr and "permalinks.yml" in strict.stderr


def test_project_without_a_list_is_left_alone(tmp_path: Path) -> None:
    project(tmp_path, FILES, hooks=[str(HOOK)])
    assert not (built(tmp_path) / "changes.xml").exists()


# The feed --------------------------------------------------------------------------------------------------------------

def feed_of(site: Path) -> ElementTree.Element:
    return ElementTree.fromstring((site / "changes.xml").read_bytes())


def test_feed_has_what_atom_requires(site: Path) -> None:
    feed = feed_of(site)
    assert feed.tag == ATOM + "feed"
    for element in (feed, *feed.findall(ATOM + "entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1 and element.findtext(ATOM + name)
        assert element.findtext(ATOM + "updated").endswith("T00:00:00Z")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A book"
    assert [link.get("href") for link in feed.findall(ATOM + "link") if link.get("rel") == "self"] == [BASE + "changes.xml"]
    ids = [entry.findtext(ATOM + "id") for entry in feed.findall(ATOM + "entry")]
    assert len(ids) == len(set(ids)) and feed.findtext(ATOM + "updated") == "2026-03-06T00:00:00Z"


def test_feed_holds_each_change_newest_first_with_its_link(site: Path) -> None:
    entries = feed_of(site).findall(ATOM + "entry")
    days = [entry.findtext(ATOM + "updated") for entry in entries]
    assert days == sorted(days, reverse=True)
    by_id = {entry.findtext(ATOM + "id"): entry for entry in entries}
    changed = by_id["tag:host.example,2026-03-04:/book/#aim"]
    assert changed.findtext(ATOM + "summary") == 'Less <b>bold</b> & "shorter"'
    assert changed.find(ATOM + "link").get("href") == BASE + "#aim"
    assert "tag:host.example,2026-03-05:/book/#lost" in by_id


def test_feed_without_changes_is_as_old_as_the_newest_address(tmp_path: Path) -> None:
    site = built(lay_out(tmp_path, '"/": {since: "2026-01-02"}\n"/#aim": {since: "2026-01-09"}\n'))
    feed = feed_of(site)
    assert feed.findtext(ATOM + "updated") == "2026-01-09T00:00:00Z" and feed.find(ATOM + "entry") is None


def test_new_change_leaves_the_old_entries_as_they_were(site: Path, tmp_path: Path) -> None:
    later = LIST.replace('    - {date: "2026-03-04"', '    - {date: "2026-05-06", note: "Third"}\n    - {date: "2026-03-04"')
    feeds = feed_of(site), feed_of(built(lay_out(tmp_path, later)))
    entries, after = [{entry.findtext(ATOM + "id"): ElementTree.tostring(entry).strip() for entry in feed.iter(ATOM + "entry")}
                      for feed in feeds]
    assert entries.items() <= after.items() and len(after) == len(entries) + 1


# In a browser ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("script", [True, False])
def test_old_links_land_in_a_browser(site: Path, chromium, script: bool) -> None:
    """With JavaScript an old section leads to its own successor, without it to that of its page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PagesHandler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        context = chromium.new_context(java_script_enabled=script)
        tab = context.new_page()
        tab.goto(start + "old/")
        tab.wait_for_url(start + "terms/")
        tab.goto(start + "old/#part")
        tab.wait_for_url(start + ("#aim" if script else "terms/"))
        tab.goto(start + "gone/deep/")
        tab.wait_for_load_state("networkidle")
        assert tab.url == start + "gone/deep/"
        context.close()
        server.shutdown()
