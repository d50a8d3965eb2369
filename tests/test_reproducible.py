"""Two builds of one commit are the same to the byte; what robots are told; the 404 page works at any depth."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from conftest import PAGES, PREFIX, ROOT


def test_a_stranger_builds_the_same_bytes(site: Path, site_url: str, tmp_path: Path) -> None:
    """The command of README.md in a fresh copy: other folder, file dates, clock, time zone, locale and order of hashes."""
    project = tmp_path / "Überblick, zweite Fassung"
    for name in ("docs", "overrides", "scripts"):
        shutil.copytree(ROOT / name, project / name, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "mkdocs.yml", project / "mkdocs.yml")
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "7",
                 "SOURCE_DATE_EPOCH": "86400", "PYTHONPATH": str(project / "scripts"), "SITE_URL": site_url, "REPOSITORY_URL": ""}
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=project, env=os.environ | elsewhere,
                          capture_output=True, text=True, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout + done.stderr
    one, other = ({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
                  for folder in (site, project / "site"))
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_robots_may_list_every_page_but_those_that_hold_nothing(site: Path, html) -> None:
    """That retired pages are not to be listed is tested in test_finish.py, on pages that are."""
    for path in site.rglob("*.html"):
        page = html(path.relative_to(site).as_posix())
        said = [tag.attributes["content"] for tag in page.css("meta[name=robots]")]
        empty = path.name == "404.html" or "data-retired" in page.css_first("html").attributes
        assert said == (["noindex"] if empty else []), path
        assert bool(page.css("link[rel=canonical]")) != (path.name == "404.html"), path


def test_404_page_links_from_the_top_of_the_site(html) -> None:
    """So that it works wherever it is shown."""
    addresses = [node.attributes.get("href") or node.attributes.get("src") for node in html("404.html").css("[href], [src]")]
    assert addresses and not [address for address in addresses if not address.startswith((PREFIX, "#", "https://host.example/"))]
    listed = {urljoin(PREFIX, link.attributes["href"]): link.text() for link in html("404.html").css("article li a")}
    assert listed.keys() == {PREFIX + address for address in PAGES} and all(listed.values())


def test_404_page_is_styled_and_can_search_at_any_depth(open_page, server: str) -> None:
    page = open_page("no/such/deep/page/")
    assert [fault for fault in page.faults if "404" not in fault] == [] and len(page.faults) == 1  # the page itself
    loaded = page.evaluate("[...document.styleSheets].filter(sheet => sheet.cssRules.length).length")
    assert loaded == page.locator("link[rel=stylesheet]").count() > 1
    page.keyboard.press("f")
    page.keyboard.type("treaty")
    page.wait_for_selector(".md-search-result__link")
    found = page.locator(".md-search-result__link").first.get_attribute("href")
    assert urlsplit(urljoin(page.url, found)).path.startswith(urlsplit(server).path)
