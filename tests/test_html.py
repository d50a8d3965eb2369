"""Every page through the Nu HTML checker: no error but the theme's own, each of them listed with its reason."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import PAGES, ROOT
from test_finish import built, lay_out

import nu_checker

EVERY = frozenset({*PAGES, "brief/", "404.html"})
# What the checker says, what it says it of, and on which pages: each once
THEMES_OWN = [
    # The theme hides its menu and its search behind two checkboxes, and keeps browsers from restoring them with an attribute
    # that HTML knows for text fields only. It does what it should, and stands in a template that is not ours to copy.
    ("Attribute “autocomplete” is only allowed when", 'id="__drawer"', EVERY),
    ("Attribute “autocomplete” is only allowed when", 'id="__search"', EVERY),
    # The label that closes the table of contents on phones; its checkbox stands only on pages of the navigation.
    ("The value of the “for” attribute of the “label” element must be", 'for="__toc"', {"brief/"}),
]


def errors(paths: dict[Path, str]) -> Counter:
    """The checker's errors as (page, what it says, what it says it of), from one run over all the files."""
    command = nu_checker.find()
    if not command:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the Nu HTML checker does not start: {nu_checker.REMEDY}")
    options = ["--format", "json", "--errors-only", "--exit-zero-always", "--stdout"]
    done = subprocess.run([*command, *options, *map(str, paths)], capture_output=True, check=True)
    names = {path.as_uri().replace("///", "/"): name for path, name in paths.items()}
    found: Counter = Counter()
    for said in json.loads(done.stdout)["messages"]:
        message, line = said["message"], said.get("extract", "")
        item = next((item[:2] for item in THEMES_OWN if message.startswith(item[0]) and item[1] in line), (message, line))
        found[names[said["url"].replace("///", "/")], *item] += 1
    return found


def test_no_error_but_the_themes_own(site: Path, tmp_path: Path) -> None:
    retired = built(lay_out(tmp_path))
    pages = {path: path.relative_to(site).as_posix().removesuffix("index.html") for path in sorted(site.rglob("*.html"))}
    assert set(pages.values()) == EVERY
    found = errors(pages | {retired / name / "index.html": f"retired: {name}" for name in ("old", "gone/deep")})
    assert found == {(page, said, of): 1 for said, of, where in THEMES_OWN for page in where}


def test_the_checker_sees_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><html lang="en"><title>Page</title><p><div></div></p>', encoding="utf-8")
    assert errors({page: "page"})


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_java_the_set_up_says_so_and_stops_ci_only(tmp_path: Path, ci: str) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "CI": ci}
    script = ROOT / "scripts" / "nu_checker.py"
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (int(bool(ci)), "") and nu_checker.REMEDY in done.stderr


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho other > vnu-jar.tgz\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(nu_checker, "JAR", tmp_path / "build" / "vnu.jar")
    with pytest.raises(ValueError, match="not the file that was pinned"):
        nu_checker.fetch()
    assert list((tmp_path / "build").iterdir()) == []
