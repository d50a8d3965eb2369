"""The check on this very site: it passes, and what is broken in a copy is told at its file and line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, SITE_URL, copy_project

ADDED = {  # rule and line that is added to a file
    "docs/treaty.md": """
LNK001 See [a](transfer.md).
LNK001 See [a](site:data/findngs.json).
LNK002 See [a](transfers.md#arms-to-irna).
LNK003 See [a](Transfers.md).
LNK004 See [a](/transfers/).
LNK006 See [a](../transfers/).
LNK007 See [a](https://host.example/explainer/transfers/).
LNK008 See [a](http://www.example.net/).
LNK009 See [a](http://localhost:8000/).
LNK010 See [a]().
LNK011 See [a](https:/example.net/).
LNK012 See [a](mailto:me@nowhere).
LNK015 See [a](transfers.md#:~:text=words%20nobody%20wrote).
IMG001 <img src="../assets/gone.png" alt="x">
IMG002 <img src="../assets/share.png">
REF001 See [a][nothing].
ID001 <p id="start">An id of the frame.</p>
""",
    "docs/assets/explainer.css": "IMG001 .x { background: url(gone.png) }",
    "overrides/partials/site-foot.html": "LNK001 <a href=\"{{ 'nowhere/' | url }}\">x</a>",
}
REPLACED = {  # file: rule, what is replaced, by what
    "mkdocs.yml": [
        ("LNK001", "      - Method: about.md", "      - Gone: gone.md"),
        ("LNK009", "  generator: false", "  social: [{icon: x, link: 'http://localhost/x'}]"),
    ],
    "docs/data/sources.yml": [
        ("LNK009", re.compile(r'  URL: "https://[^"]+"'), '  URL: "http://192.168.0.1/x"')
    ],
}


def found(config: Path, *options: str) -> list[tuple[str, str, int]]:
    """What the check judges in a built site: rule, file and line."""
    command = [sys.executable, str(ROOT / "scripts" / "check.py"), "--format", "json"]
    command += ["--config", str(config), *options]
    environment = {**os.environ, "SITE_URL": SITE_URL, "REPOSITORY_URL": ""}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.stderr == ""
    told = json.loads(done.stdout)
    areas = ("LNK", "IMG", "REF", "HED", "CFG", "SRC", "ID001")
    return [(one["rule"], one["file"], one["line"]) for one in told if one["rule"].startswith(areas)]


def test_this_site_passes(site: Path) -> None:
    assert found(ROOT / "mkdocs.yml", "--site", str(site)) == []


@pytest.mark.weekly  # tests/unit/test_check.py has the same rules on small projects
def test_what_is_broken_in_the_sources_is_told_where_it_is_written(tmp_path: Path) -> None:
    copy_project(tmp_path)
    expected = []
    for name, lines in ADDED.items():
        text = (tmp_path / name).read_text(encoding="utf-8").rstrip("\n") + "\n"
        for rule, line in [line.split(" ", 1) for line in lines.strip().splitlines()]:
            text += f"\n{line}\n"
            expected.append((rule, name, text.count("\n")))
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, changes in REPLACED.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        for rule, old, new in changes:
            match = re.search(re.escape(old) if isinstance(old, str) else old, text)
            assert match, old
            expected.append((rule, name, text.count("\n", 0, match.start()) + 1))
            text = text[: match.start()] + new + text[match.end() :]
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = found(tmp_path / "mkdocs.yml")
    assert set(expected) <= set(told), set(expected) - set(told)
    others = set(told) - set(expected)
    assert all(rule == "SRC003" for rule, _, _ in others), others  # the navigation that lost a page


def test_what_is_broken_in_the_built_site_is_told(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken)

    def change(name: str, old: str, new: str) -> None:
        text = (broken / name).read_text(encoding="utf-8")
        assert old in text, old
        (broken / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    change("treaty/index.html", f'<link rel="canonical" href="{SITE_URL}treaty/">', "")
    elsewhere = 'rel="canonical" href="https://other.example/'
    change("crises/index.html", f'rel="canonical" href="{SITE_URL}', elsewhere)
    change("sitemap.xml", f"<loc>{SITE_URL}about/</loc>", f"<loc>{SITE_URL}abut/</loc>")
    change("rivalry/index.html", "</article>", '</article><p id="start"></p><p id="start"></p>')
    for page in broken.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("/mark.svg", "/Mark.svg"), encoding="utf-8")
    assert set(found(ROOT / "mkdocs.yml", "--site", str(broken))) == {
        ("HED001", "docs/treaty.md", 1),
        ("HED001", "docs/crises.md", 1),
        ("HED002", "docs/about.md", 1),
        ("HED002", "mkdocs.yml", 1),
        ("ID001", "docs/rivalry.md", 1),
        ("LNK003", "mkdocs.yml", 1),
    }
