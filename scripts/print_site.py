"""Add to a built site what needs a browser: `python scripts/print_site.py [site]`.

It prints the brief to brief/is-russia-an-ally-of-iran.pdf, and takes a picture of each figure
(figures/NAME.png) and one of each page for those who share its link (assets/share/NAME.png). Then the pages
lead to these files, as `data-made` in their templates says. Run it again after each build. Exit code 1 with
what to do if there is no such site or no browser.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from playwright.sync_api import Error, Page, Response

from browser import find
from build import fill
from explainer.content import Content
from explainer.figures.take_away import STYLES
from explainer.files import replace_file
from explainer.judged import current_content
from explainer.words import long_date
from serving import opened, served

ROOT = Path(__file__).resolve().parent.parent
BRIEF = "brief/is-russia-an-ally-of-iran.pdf"
PARTS = ("document", "stylesheet", "script", "image", "font")  # what readers get; all must load
CARD = {"width": 1200, "height": 630}
FRAME = {"width": 604, "height": 400}  # of a page for frames; its picture is as high as it
# A link that is not one yet, and a tag whose value another is to replace
LINK = re.compile(r'<span (?=[^>]*\bhidden)[^>]*data-made="([^"]*)"[^>]*>(.*?)</span>', re.S)
TAG = re.compile(r'content="[^"]*" data-made="([^"]*)"')


class CannotPrint(Exception):
    """Why something cannot be made, and what to do, in one line."""


def print_site(site: Path) -> None:
    """Write all files into the site and let its pages lead to them."""
    if not (site / "index.html").is_file():
        raise CannotPrint(f"there is no site in {site}; build it first with `make site`, or name its folder")
    browser_path = find()
    if not browser_path:
        raise CannotPrint("no browser found; run scripts/browser.py, which installs one or says what to do")
    with served(site) as root:
        files = dict(made(root, browser_path))
    for name, data in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        replace_file(site / name, data)
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "data-made" in text:
            replace_file(path, offered(text).encode())


def made(root: str, browser_path: str) -> Iterator[tuple[str, bytes]]:
    """The files, each with its name in the site, which is served at `root`."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    content = current_content(Path(config.docs_dir))
    with opened(browser_path, color_scheme="light", viewport=CARD) as page:
        for name, html in cards(content, config, root).items():
            page.set_content(html, wait_until="load")
            yield name, page.screenshot()
        visit(page, f"{root}brief/")
        yield BRIEF, page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    with opened(browser_path, color_scheme="light", viewport=FRAME, device_scale_factor=2) as page:
        for block in content.blocks("figure"):
            visit(page, f"{root}figures/{block.argument}/")
            page.evaluate("document.querySelector('details').remove()")
            yield f"figures/{block.argument}.png", page.screenshot(full_page=True)


def visit(page: Page, address: str) -> None:
    """Open a page. Raises CannotPrint if a part of it does not load."""
    failed: list[str] = []

    def note(got: Response) -> None:
        if got.status >= 400 and got.request.resource_type in PARTS:
            failed.append(got.url)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    page.remove_listener("response", note)
    if failed:
        raise CannotPrint(f"{failed[0]} could not be loaded; build the site anew with `make site`")


def cards(content: Content, config: MkDocsConfig, root: str) -> dict[str, str]:
    """The picture of each page as HTML, by its file, and one for all; `root` is where the site is served."""
    name, drawn = config.site_name, {}
    words = {"share": (name, str(config.site_description), "")}
    for page in content.pages.values():
        stem, meta = page.name.removesuffix(".md"), page.meta
        title, foot = (name, "") if stem == "index" else (str(meta["title"]), f"{name} ")
        foot += f"Evidence to {long_date(meta['as_of'])}"
        words[f"share/{stem}"] = (title, str(meta.get("answer") or meta["description"]), foot)
    for file, (title, answer, foot) in words.items():
        values = {"title": title, "answer": " ".join(answer.split()), "foot": foot}
        drawn[f"assets/{file}.png"] = fill("card.html", config, **values, root=root, sheet=STYLES)
    return drawn


def offered(text: str) -> str:
    """A page that leads to the files that are there now."""
    return TAG.sub(r'content="\1"', LINK.sub(r'<a href="\1">\2</a>', text))


if __name__ == "__main__":
    try:
        print_site(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))
    except (CannotPrint, Error, OSError) as problem:
        sys.exit(f"print_site: {str(problem).splitlines()[0]}")
