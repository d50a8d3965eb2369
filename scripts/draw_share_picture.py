"""Draw docs/assets/share.png from share.svg with the tests' browser: `python scripts/draw_share_picture.py`.

Link previews need a bitmap of 1200 by 630 pixels; the committed one changes only when somebody runs this.
"""

from __future__ import annotations

import sys
from pathlib import Path

from browser import find
from serving import opened

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"

if __name__ == "__main__":
    path = find() or sys.exit("no browser found; run scripts/browser.py first")
    with opened(path, viewport={"width": 1200, "height": 630}) as page:
        drawing = (ASSETS / "share.svg").read_text(encoding="utf-8")
        page.set_content(f"<style>body{{margin:0}}</style>{drawing}")
        page.screenshot(path=ASSETS / "share.png")
