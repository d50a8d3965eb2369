"""Print the brief of a built site to PDF with the tests' browser: `python scripts/print_brief.py [site]`.

The file goes beside the page, brief/is-russia-an-ally-of-iran.pdf, and the page then links it. Run it again
after each build. Exit code 1 with what to do if there is no such site or no browser.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Error, Response

from browser import find
from record import replace_file
from serving import opened, served

NAME = "is-russia-an-ally-of-iran.pdf"
PARTS = ("document", "stylesheet", "script", "image", "font")  # what readers get; without one it is no brief
OFFER = re.compile(
    r'(<p class="get-brief"[^>]*>).*?(</p>)', re.S
)  # where the page says how to get it on paper


class CannotPrint(Exception):
    """Why there is no PDF, and what to do, in one line."""


def pdf_of(address: str, browser_path: str) -> bytes:
    """A page as tagged A4 PDF with its title and language. Raises CannotPrint if a part does not load."""
    failed: list[str] = []

    def note(got: Response) -> None:
        if got.status >= 400 and got.request.resource_type in PARTS:
            failed.append(got.url)

    with opened(browser_path, color_scheme="light") as page:
        page.on("response", note)
        page.goto(address, wait_until="networkidle")
        pdf = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    if failed:
        raise CannotPrint(f"{failed[0]} could not be loaded; build the site anew with `make site`")
    return pdf


def print_brief(site: Path) -> Path:
    """Write the PDF into the site and let its page link it; returns where the PDF is."""
    page = site / "brief" / "index.html"
    if not page.is_file():
        raise CannotPrint(f"{page} does not exist; build the site first with `make site`, or name its folder")
    text = page.read_text(encoding="utf-8")
    if not OFFER.search(text):
        raise CannotPrint(
            f'{page} has no <p class="get-brief"> to hold the link; put it back into docs/brief.md'
        )
    browser_path = find()
    if not browser_path:
        raise CannotPrint("no browser found; run scripts/browser.py, which installs one or says what to do")
    with served(site) as root:
        pdf = pdf_of(root + "brief/", browser_path)
    replace_file(page.with_name(NAME), pdf)
    link = f'<a href="{NAME}">The brief as PDF</a> ({max(1, round(len(pdf) / 1000))} kB), or print this page.'
    replace_file(page, OFFER.sub(rf"\g<1>{link}\g<2>", text).encode())
    return page.with_name(NAME)


if __name__ == "__main__":
    try:
        print(print_brief(Path(sys.argv[1] if len(sys.argv) > 1 else "site")))
    except (CannotPrint, Error, OSError) as problem:
        sys.exit(f"print_brief: {str(problem).splitlines()[0]}")
