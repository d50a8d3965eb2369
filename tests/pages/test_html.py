"""Every page through the Nu HTML checker: no error but the theme's own, each listed with its reason."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

import nu_checker
from conftest import EVERY

pytestmark = pytest.mark.weekly
OURS = frozenset({*EVERY, "404.html"})
RETIRED = {"old/", "gone/deep/"}
# What the checker says, what it says it of, and on which pages: each once
THEMES_OWN = [
    # The theme hides its menu and its search behind two checkboxes, and keeps browsers from restoring them
    # by an attribute that HTML knows for text fields only. It works, in a template that is not ours to copy.
    ("Attribute “autocomplete” is only allowed when", 'id="__drawer"', OURS),
    ("Attribute “autocomplete” is only allowed when", 'id="__search"', OURS),
    # The label that closes the contents on phones; its checkbox is in a menu that ours replaces.
    ("The value of the “for” attribute of the “label” element must be", 'for="__toc"', set(EVERY)),
]


def errors(paths: dict[Path, str]) -> Counter:
    """The checker's errors as (page, what it says, what it says it of), from one run over all the files."""
    command = nu_checker.find()
    if not command:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"the Nu HTML checker does not start: {nu_checker.REMEDY}")
    options = ["--format", "json", "--errors-only", "--exit-zero-always", "--stdout"]
    done = subprocess.run([*command, *options, *map(str, paths)], capture_output=True, check=True)
    names = {path.as_uri().replace("///", "/"): name for path, name in paths.items()}
    found: Counter = Counter()
    for said in json.loads(done.stdout)["messages"]:
        message, line = said["message"], said.get("extract", "")
        known = (item[:2] for item in THEMES_OWN if message.startswith(item[0]) and item[1] in line)
        found[names[said["url"].replace("///", "/")], *next(known, (message, line))] += 1
    return found


def test_no_error_but_the_themes_own(site: Path, edited_site: Path) -> None:
    pages = {path: path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    pages = {path: name.removesuffix("index.html") for path, name in pages.items()}
    assert set(pages.values()) > OURS  # beside them versions, codes, and figures for frames
    pages |= {edited_site / name / "index.html": name for name in RETIRED}
    assert errors(pages) == {(page, said, of): 1 for said, of, where in THEMES_OWN for page in where}


def test_the_checker_sees_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><html lang="en"><title>Page</title><p><div></div></p>', encoding="utf-8")
    assert errors({page: "page"})
