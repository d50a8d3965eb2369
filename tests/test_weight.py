"""What a reader fetches with a page, compressed as the host does: all of it but the words of the search, which wait."""
from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from conftest import PAGES

KILOBYTES = 90
# Pages over the budget, which their own text and notes fill: they may not grow without somebody's looking
LARGER = {"glossary/": 95, "timeline/": 97, "treaty/": 102, "watchlist/": 100, "article/": 101, "crises/": 114, "rivalry/": 126,
          "transfers/": 131, "sources/": 145}


@pytest.mark.parametrize("address", [*PAGES, "brief/"])
def test_first_view_stays_within_its_budget(site: Path, html, address: str) -> None:
    page = html(address)
    names = [node.attributes["src"] for node in page.css("script[src], img[src]")]
    names += [node.attributes["href"] for node in page.css("link[rel=stylesheet], link[rel=icon]")]
    folder = site / address
    paths = {(folder / name.partition("?")[0]).resolve() for name in names if not name.startswith("data:")}
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in {folder / "index.html", *paths})
    assert size <= 1000 * LARGER.get(address, KILOBYTES), f"{size:,} bytes"
