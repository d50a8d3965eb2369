"""What a host gets: the same bytes from every build, a policy in every page, pages within a budget."""

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from conftest import EVERY, SITE_URL, copy_project
from policy import digest_of, refused, with_policy

KILOBYTES = 90
# Lighter than Starlight with the same text; and two that text and addresses of their own fill, of rivalry
# 43 kB and of sources 60: these may not grow without somebody's looking
OTHER = {"": 52, "treaty/": 74, "transfers/": 101, "rivalry/": 93, "sources/": 126}
# Our own scripts on a page before a click, and all of them but for the briefing check; as they are written
SCRIPTS = {"early": 12700, "all": 34500}
# What a page may do. 'sha256-…' stands for the digests of its own inline scripts.
ALLOWED = {
    "default-src": ["'none'"],
    "script-src": ["'self'", "'sha256-…'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "worker-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}
POLICY = 'meta[http-equiv="Content-Security-Policy"]'


def policy_of(page: LexborHTMLParser) -> dict[str, list[str]]:
    """The directives of a page's one policy."""
    [tag] = page.css(POLICY)
    return {name: values for name, *values in (part.split() for part in tag.attributes["content"].split(";"))}


def test_a_stranger_builds_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """As README.md says, in a fresh copy: other folder, dates, clock, zone, locale and order of hashes.

    The address of the site lacks its last slash, which is completed everywhere.
    """
    project = copy_project(tmp_path / "Überblick, zweite Fassung")
    elsewhere = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "86400",
        "PYTHONPATH": str(project / "scripts"),
        "SITE_URL": SITE_URL.rstrip("/"),
        "REPOSITORY_URL": "",
    }
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(command, cwd=project, env=os.environ | elsewhere, capture_output=True)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    one, other = (
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (site, project / "site")
    )
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.parametrize("address", EVERY)
def test_first_view_stays_within_its_budget(site: Path, html, address: str) -> None:
    """Compressed as the host does; the theme's script and the search wait until somebody searches."""
    page, folder = html(address), site / address
    names = [node.attributes["src"] for node in page.css("script[src], img[src]")]
    names += [node.attributes["href"] for node in page.css("link[rel=stylesheet], link[rel=icon]")]
    paths = {(folder / name.partition("?")[0]).resolve() for name in names if not name.startswith("data:")}
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in {folder / "index.html", *paths})
    assert size <= 1000 * OTHER.get(address, KILOBYTES), f"{size:,} bytes"


def test_own_scripts_stay_small(site: Path, html) -> None:
    sizes = {path.name: path.stat().st_size for path in (site / "assets").glob("*.js")}
    loaded = html("treaty/").css("script[src*='assets/'][defer]")
    early = {Path(node.attributes["src"]).name for node in loaded}
    assert sum(sizes[name] for name in early) <= SCRIPTS["early"]
    late = [name for name in sizes if not name.startswith(("briefing", "memo-"))]
    assert sum(sizes[name] for name in late) <= SCRIPTS["all"]


@pytest.mark.parametrize("address", [*EVERY, "404.html"])
def test_a_page_allows_its_own_inline_scripts_and_no_more(html, address: str) -> None:
    page, policy = html(address), policy_of(html(address))
    digests = [value.strip("'") for value in policy["script-src"] if "sha256" in value]
    scripts = [
        script.text()
        for script in page.css("script:not([src])")
        if "json" not in (script.attributes.get("type") or "")
    ]
    assert digests == list(dict.fromkeys(map(digest_of, scripts))) != []
    policy["script-src"] = [re.sub("sha256-[^']+", "sha256-…", value) for value in policy["script-src"]]
    assert {name: list(dict.fromkeys(values)) for name, values in policy.items()} == ALLOWED
    assert refused(page.html) == []


def test_only_the_charset_stands_before_the_policy_of_every_page(edited_site: Path) -> None:
    """Also in pages of retired addresses, which have no inline script."""
    for path in edited_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        before = text[text.index("<head>") + 6 : text.index('<meta http-equiv="Content-Security-Policy"')]
        assert re.fullmatch(r'\s*<meta charset="utf-8">\s*', before), path
        assert with_policy(text) == text, path
    retired = LexborHTMLParser((edited_site / "old" / "index.html").read_text(encoding="utf-8"))
    assert policy_of(retired) == ALLOWED | {"script-src": ["'self'"]}
