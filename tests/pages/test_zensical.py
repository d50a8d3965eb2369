"""The exit: under Zensical the same tree gives the same site, but for the frame and what `plain` lists.

One thing cannot be the same: Zensical's search shows the words of `data-words` in its excerpts, the theme of
MkDocs does not.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import ROOT, SITE_URL, copy_project, made_once, must_succeed, serving, visiting, words

pytestmark = pytest.mark.weekly
# The frame's files and the index of the search
OF_THE_THEME = ("assets/javascripts/", "assets/stylesheets/", "assets/images/", "search")
ABOUT = (
    "title, link[rel=canonical], link[rel~=alternate], script[type='application/ld+json'], "
    "meta:is([name^=twitter], [property]), "
    "meta:is([name=description], [name=author], [name=robots], [name^=citation_], [name^='DC.'])"
)
# What CONTRIBUTING.md says of the search: it brings its styles in a script, and each version other ones
SEARCH_STYLES = "sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k="
FINISH = "scripts/build.py"


@pytest.fixture(scope="session")
def zensical(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as Zensical and the finishing step make it: the commands of CONTRIBUTING.md."""

    def make(folder: Path) -> None:
        project = copy_project(folder / "project")
        settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        assert "content_security_policy: true" in settings
        settings = settings.replace("policy: true", f"policy: [{SEARCH_STYLES}]")
        (project / "mkdocs.yml").write_text(settings, encoding="utf-8")
        environment = {**os.environ, "SITE_URL": SITE_URL, "REPOSITORY_URL": ""}
        options = {"cwd": project, "env": environment, "capture_output": True, "text": True}
        for command in ([FINISH], ["-m", "zensical", "build", "--strict"], [FINISH, "site"]):
            done = subprocess.run([sys.executable, *command], encoding="utf-8", **options)
            assert "Traceback" not in must_succeed(done)

    return made_once(tmp_path_factory, "zensical", make) / "project" / "site"


def files(site: Path) -> dict[str, bytes]:
    """What a site holds besides the theme's own files."""
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(OF_THE_THEME)}


def plain(page: LexborHTMLParser, address: str) -> str:
    """The content of a page, without the four things in which the generators differ."""
    article = page.css_first("article.md-content__inner")
    if not article:  # one that only the finishing step makes
        return str(page.body.html)
    for node in article.css("[href], [src]"):  # links: Zensical writes ../treaty/ where MkDocs writes ./
        name = "href" if "href" in node.attributes else "src"
        node.attrs[name] = urljoin(address, node.attributes[name])
    for node in article.css("[data-search-exclude]"):  # Zensical takes it off once it has read it
        del node.attrs["data-search-exclude"]
    for node in article.css("a#__skip"):  # where its skip link leads
        node.decompose()
    for node in [*article.css("div.highlight"), *article.css(":not(.highlight) > pre")]:  # its coloured code
        node.replace_with(words(node))
    return re.sub(r"\s+", " ", article.html).replace("> <", "><")


def data(node: LexborNode) -> str:
    """The text of an element; of JSON what it means, because one engine escapes what the other writes."""
    return json.dumps(json.loads(node.text())) if node.tag == "script" else words(node)


def about(page: LexborHTMLParser, address: str) -> list[tuple]:
    """What a page says of itself to machines."""
    return sorted(
        (node.tag, urljoin(address, node.attributes.get("href") or ""), str(node.attributes), data(node))
        if "href" not in node.attributes
        else (node.tag, urljoin(address, node.attributes["href"]))
        for node in page.css(ABOUT)
    )


def test_pages_and_downloads_are_the_same(site: Path, zensical: Path) -> None:
    one, other = files(site), files(zensical)
    assert one.keys() == other.keys()
    assert {"data/findings.json", "data/findings.csv", "data/permalinks.json", "changes.xml"} < one.keys()
    differ = [name for name in one if one[name] != other[name] and not name.endswith(".html")]
    assert differ == ["sitemap.xml"]  # Zensical writes / as a reference
    maps = [ElementTree.fromstring(made["sitemap.xml"]).iter() for made in (one, other)]
    first, second = ([(node.tag, (node.text or "").strip()) for node in nodes] for nodes in maps)
    assert first == second


def test_content_and_what_is_said_of_it_are_the_same(site: Path, zensical: Path) -> None:
    """Ids, findings, figures, events, all words of every page in order; titles, dates, works cited."""
    findings = 0
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        texts = ((folder / name).read_text(encoding="utf-8") for folder in (site, zensical))
        one, other = map(LexborHTMLParser, texts)
        address = SITE_URL + name.removesuffix("index.html")
        assert about(one, address) == about(other, address), name
        findings += len(other.css("article.finding[id]"))
        assert plain(one, address) == plain(other, address), name
    assert findings >= 50


def test_it_works_in_a_browser(zensical: Path, chromium) -> None:
    """Our styles and scripts load, the timeline filters, and the search knows the words of headings."""
    with serving(zensical) as start, visiting(chromium, start) as visit:
        assert visit("briefing/").locator("#briefing-form").is_visible()  # shown by its script
        assert visit("watchlist/").locator("figure svg.drawing").first.is_visible()
        page = visit("timeline/")
        events = page.locator(".timeline > li:visible").count()
        page.locator("nav.filter a[href$='#only-nuclear']").click()
        assert 0 < page.locator(".timeline > li:visible").count() < events
        page = visit("treaty/")
        assert page.locator("button", has_text="Cite").count() > 3
        page.keyboard.press("Control+k")
        page.keyboard.type("kamikaze")  # no text says it, a heading's data-words do
        page.locator("a[href$='/transfers/?h=kamikaze#drones']").wait_for(timeout=5000)
