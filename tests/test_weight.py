"""What a reader fetches with a page, compressed as the host does: all of it but the words of the search, which wait."""
from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from conftest import PAGES
from slim import slim

KILOBYTES = 90
# Pages over the budget, which their own text and notes fill: they may not grow without somebody's looking
LARGER = {"article/": 92, "treaty/": 93, "crises/": 105, "rivalry/": 117, "transfers/": 122, "sources/": 135}


@pytest.mark.parametrize("address", [*PAGES, "brief/"])
def test_first_view_stays_within_its_budget(site: Path, html, address: str) -> None:
    page = html(address)
    names = [node.attributes["src"] for node in page.css("script[src], img[src]")]
    names += [node.attributes["href"] for node in page.css("link[rel=stylesheet], link[rel=icon]")]
    folder = site / address
    paths = {(folder / name.partition("?")[0]).resolve() for name in names if not name.startswith("data:")}
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in {folder / "index.html", *paths})
    assert size <= 1000 * LARGER.get(address, KILOBYTES), f"{size:,} bytes"


def test_pages_lose_only_space_that_nobody_sees(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    kept = "<pre>a\n    b\n\n  c</pre><script>`\n    two`</script><textarea>\n  x\n</textarea>"
    page, sheet = tmp_path / "index.html", tmp_path / "assets" / "own.css"
    page.write_text(f'<p>\n    One\n\n    <b>two</b>\n</p>\n{kept}\n<script type="application/ld+json">\n  {{"a": "b  c"}}\n</script>\n')
    sheet.write_text('/* why */\n@media (width > 1px) {\n  a > b::before { content: "  ,  /* no comment */"; top: 0 }\n}\n')
    for _ in range(2):  # the second time nothing changes
        slim(tmp_path, Path.write_text)
        assert page.read_text() == f'<p>\nOne\n<b>two</b>\n</p>\n{kept}\n<script type="application/ld+json">\n{{"a": "b  c"}}\n</script>\n'
        assert sheet.read_text() == '@media (width > 1px){a > b::before{content:"  ,  /* no comment */";top:0}}\n'


def test_styles_keep_what_pages_use(tmp_path: Path) -> None:
    sheets = tmp_path / "assets" / "stylesheets"
    sheets.mkdir(parents=True)
    (tmp_path / "index.html").write_text('<p class="used" id="here" dir="ltr" data-md-color-primary="red"></p>'
                                         '<script>add("by-script"); find(".sought")</script>')
    kept = (".used{color:red}", ".by-script>a{top:0}", "#here:not(.gone){top:0}", "p{top:var(--wanted)}",
            "@media print{.used{top:0}}", ":root{--wanted:1px}", "[dir=ltr] p{left:0}", "[data-md-color-primary=red]{top:0}")
    lost = (".gone{top:0}", ".used .gone{top:0}", ".sought{top:0}", "@media print{.gone{top:0}}", ":root{--unwanted:1px}",
            "[dir=rtl] p{right:0}", "[data-md-color-primary=blue]{top:0}",
            "[data-md-color-switching] *{transition-duration:0s}")
    (sheets / "main.css").write_text("".join(kept + lost))
    slim(tmp_path, Path.write_text)
    assert (sheets / "main.css").read_text() == "".join(kept)
