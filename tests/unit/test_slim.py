"""Slimming keeps what pages use and show; browser/test_look.py compares what readers see."""

from __future__ import annotations

from pathlib import Path

from slim import slim

BEFORE = """<p>
    One

    <b>two</b>
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
USED = """.used{color:red}
.by-script>a{top:0}
#here:not(.gone){top:0}
p{top:var(--wanted)}
@media print{.used{top:0}}
:root{--wanted:1px}
[dir=ltr] p{left:0}
[data-md-color-primary=red]{top:0}"""
UNUSED = """.gone{top:0}
.used .gone{top:0}
.sought{top:0}
@media print{.gone{top:0}}
:root{--unwanted:1px}
[dir=rtl] p{right:0}
[data-md-color-primary=blue]{top:0}
[data-md-color-switching] *{transition-duration:0s}"""


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


def test_styles_keep_what_pages_use(tmp_path: Path) -> None:
    sheet = tmp_path / "assets" / "stylesheets" / "main.css"
    sheet.parent.mkdir(parents=True)
    (tmp_path / "index.html").write_text(
        '<p class="used" id="here" dir="ltr" data-md-color-primary="red"></p>'
        '<script>add("by-script"); find(".sought")</script>'
    )
    sheet.write_text("".join([*USED.splitlines(), *UNUSED.splitlines()]))
    slim(tmp_path, Path.write_text)
    assert sheet.read_text() == "".join(USED.splitlines())
