"""Slimming keeps what pages use and show; browser/test_look.py compares what readers see."""

from pathlib import Path

from slim import slim

BEFORE = """<p>
    One

    <b data-search-exclude="">two</b><p data-unrecorded="" hidden=""><sub>for the search</sub></p>
</p>
{kept}
<script type="application/ld+json">
  {{"a": "b  c"}}
</script>
"""
AFTER = (
    '<p>\nOne\n<b>two</b>\n</p>\n{kept}\n<script type="application/ld+json">\n{{"a": "b  c"}}\n</script>\n'
)
SPACED = "<pre>a\n    b\n\n  c</pre><script>`\n    two`</script><textarea>\n  x\n</textarea>"
SHEET = """/* why */
@media (width > 1px) {
  a > b::before { content: "  ,  /* no comment */"; top: 0 }
}
"""


def test_pages_lose_only_space_that_nobody_sees(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    page, sheet = tmp_path / "index.html", tmp_path / "assets" / "own.css"
    page.write_text(BEFORE.format(kept=SPACED))
    sheet.write_text(SHEET)
    for _ in range(2):  # the second time nothing changes
        slim(tmp_path, Path.write_text)
        assert page.read_text() == AFTER.format(kept=SPACED)
        assert (
            sheet.read_text()
            == '@media (width > 1px){a > b::before{content:"  ,  /* no comment */";top:0}}\n'
        )
