"""Draw docs/assets/share.png from share.svg with the tests' browser: `python scripts/draw_share_picture.py`.

Link previews need a bitmap of 1200 by 630 pixels; the committed one changes only when somebody runs this.
"""
from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import FLAGS, find

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"


def main() -> int:
    path = find()
    if not path:
        print("no browser found; run scripts/browser.py first", file=sys.stderr)
        return 1
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(f"<style>body{{margin:0}}</style>{(ASSETS / 'share.svg').read_text(encoding='utf-8')}")
        page.screenshot(path=ASSETS / "share.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
