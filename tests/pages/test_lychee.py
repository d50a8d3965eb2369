"""A second opinion on our own check of links: lychee over the built site, asking nobody."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PREFIX, SITE_URL

pytestmark = pytest.mark.weekly


def lychee(folder: Path) -> subprocess.CompletedProcess:
    """Check all links between the pages of a site that stands below PREFIX, with their anchors."""
    program = shutil.which("lychee", path=Path(sys.executable).parent) or "lychee"
    root = folder.parents[PREFIX.strip("/").count("/")]
    remap = f"{SITE_URL} file://{folder}/"
    options = ["--offline", "--include-fragments", "--no-progress", "--root-dir", str(root), "--remap", remap]
    options += ["--index-files", "index.html", "--config", str(folder.parent / "lychee.toml")]
    (folder.parent / "lychee.toml").touch()  # not the project's own, which asks other hosts
    return subprocess.run([program, *options, "**/*.html"], cwd=folder, capture_output=True, text=True)


def test_lychee_finds_no_broken_link_but_would_find_a_page_and_an_anchor(site: Path, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(site, tmp_path / PREFIX.strip("/")))  # where its own addresses have it
    done = lychee(copied)
    assert done.returncode == 0, done.stdout
    page = copied / "about" / "index.html"
    links = '<a href="../no-such/">x</a><a href="../treaty/#no-such-anchor">x</a></main>'
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", links), encoding="utf-8")
    done = lychee(copied)
    assert done.returncode == 2 and "no-such" in done.stdout and "Cannot find fragment" in done.stdout
