"""The exit: under Zensical the same tree gives the same site. Only the theme's frame differs, and what `plain` lists.

One thing cannot be the same: Zensical's search shows the words of `data-words` in its excerpts, the theme of MkDocs does not.
"""
from __future__ import annotations

import fcntl
import functools
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from conftest import PREFIX, ROOT, PagesHandler
from selectolax.lexbor import LexborHTMLParser

OF_THE_THEME = ("assets/javascripts/", "assets/stylesheets/", "assets/images/", "search")  # the frame's files and the index
ABOUT = ("title", "link[rel=canonical]", "meta[name=description]", "meta[name=author]", "meta[name=robots]", "meta[property]",
         "meta[name^=citation_]", "meta[name^='DC.']", "meta[name^=twitter]", "script[type='application/ld+json']",
         "link[rel~=alternate]")

# What CONTRIBUTING.md says of the search: it brings its styles in a script, and each version other ones
SEARCH_STYLES = "sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k="


@pytest.fixture(scope="session")
def zensical(tmp_path_factory: pytest.TempPathFactory, site_url: str) -> Path:
    """The site as Zensical and the finishing step make it: the commands of CONTRIBUTING.md, once for all test processes."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    project = shared / "zensical"
    with (shared / "zensical.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if project.exists():  # made by another process, or a failure that it reports
            return project / "site"
        for name in ("docs", "overrides", "scripts"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        assert "content_security_policy: true" in settings
        (project / "mkdocs.yml").write_text(settings.replace("policy: true", f"policy: [{SEARCH_STYLES}]"), encoding="utf-8")
        environment = {**os.environ, "SITE_URL": site_url, "REPOSITORY_URL": ""}
        for command in (["-m", "zensical", "build", "--strict"], ["scripts/finish.py", "site"]):
            done = subprocess.run([sys.executable, *command], cwd=project, env=environment, capture_output=True, text=True,
                                  encoding="utf-8")
            assert done.returncode == 0 and "Traceback" not in done.stderr, done.stdout + done.stderr
    return project / "site"


def files(site: Path) -> dict[str, bytes]:
    """What a site holds besides the theme's own files."""
    found = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if not name.startswith(OF_THE_THEME)}


def plain(page: LexborHTMLParser, address: str) -> str:
    """The content of a page, without the four things in which the generators differ."""
    article = page.css_first("article.md-content__inner")
    for node in article.css("[href], [src]"):  # links: Zensical writes ../treaty/ where MkDocs writes ./
        name = "href" if "href" in node.attributes else "src"
        node.attrs[name] = urljoin(address, node.attributes[name])
    for node in article.css("[data-search-exclude]"):  # Zensical takes it off once it has read it
        del node.attrs["data-search-exclude"]
    for node in article.css("a#__skip"):  # where its skip link leads
        node.decompose()
    for node in article.css("div.highlight"):  # its box around a block of code
        node.css_first("span").decompose()
        node.unwrap()
    return re.sub(r"\s+", " ", article.html).replace("> <", "><")


def about(page: LexborHTMLParser, address: str) -> list:
    """What a page says of itself to machines."""
    return [(urljoin(address, node.attributes["href"]) if "href" in node.attributes else node.attributes, " ".join(node.text().split()))
            for kind in ABOUT for node in page.css(kind)]


def test_pages_and_downloads_are_the_same(site: Path, zensical: Path) -> None:
    one, other = files(site), files(zensical)
    assert one.keys() == other.keys()
    assert {"data/findings.json", "data/findings.csv", "data/permalinks.json", "changes.xml", "assets/explainer.css"} < one.keys()
    differ = [name for name in one if one[name] != other[name] and not name.endswith(".html")]
    assert differ == ["sitemap.xml"]  # Zensical writes / as a reference
    maps = [ElementTree.fromstring(made["sitemap.xml"]).iter() for made in (one, other)]
    assert [(node.tag, (node.text or "").strip()) for node in maps[0]] == [(node.tag, (node.text or "").strip()) for node in maps[1]]


def test_content_and_what_is_said_of_it_are_the_same(site: Path, zensical: Path, site_url: str) -> None:
    """Ids, findings, figures, events and all other words of every page, in the same order; titles, dates and works cited."""
    findings = 0
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        one, other = (LexborHTMLParser((folder / name).read_text(encoding="utf-8")) for folder in (site, zensical))
        address = site_url + name.removesuffix("index.html")
        assert about(one, address) == about(other, address), name
        findings += len(other.css("article.finding[id]"))
        assert plain(one, address) == plain(other, address), name
    assert findings >= 50


def test_it_works_in_a_browser(zensical: Path, chromium) -> None:
    """Our stylesheet and scripts load, nobody else is asked, the timeline filters, and the search knows the words of headings."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PagesHandler, directory=str(zensical))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start, faults = f"http://127.0.0.1:{server.server_port}{PREFIX}", []
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.on("console", lambda message: message.type in ("error", "warning") and faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: request.url.startswith((start, "data:", "blob:")) or faults.append(request.url))
        page.goto(start + "briefing/", wait_until="networkidle")
        assert page.locator("#briefing-form").is_visible()  # shown by its script
        page.goto(start + "timeline/", wait_until="networkidle")
        assert page.locator("figure svg.drawing").first.is_visible()
        events = page.locator(".timeline > li:visible").count()
        page.locator("nav.filter a[href$='#only-nuclear']").click()
        assert 0 < page.locator(".timeline > li:visible").count() < events
        page.goto(start + "treaty/", wait_until="networkidle")
        assert page.locator("button", has_text="Cite").count() > 3
        page.keyboard.press("Control+k")
        page.keyboard.type("kamikaze")  # no text says it, a heading's data-words do
        page.locator("a[href$='/transfers/?h=kamikaze#drones']").wait_for(timeout=5000)
        assert faults == []
        page.close()
        server.shutdown()
