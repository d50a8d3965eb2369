"""Make an MkDocs project with a built site for the benchmark of the check: `python make_site.py PAGES FOLDER`.

Each page has ten sections and fifty links to sections of other pages; of every hundredth page one link is broken, in
turn a missing page, a missing anchor, and a wrong letter case. The HTML is written directly, in the form that MkDocs
gives it, because a build of ten thousand pages takes longer than all checks together.
"""
from __future__ import annotations

import json
import random
import sys
from pathlib import Path

SECTIONS, LINKS = 10, 5  # on each page, in each section
FAULTS = (  # a broken link in Markdown and in HTML
    ("gone-{0}.md", "gone-{0}.md"),
    ("page-{0}.md#nowhere", "../page-{0}/#nowhere"),
    ("Page-{0}.md", "Page-{0}.md"),
)
SITE = "https://example.org/bench/"
PROSE = "Some words of prose around a {} that goes on for a while, as prose does, number {}."


def document(title: str, body: str, head: str = "") -> str:
    """A whole HTML document."""
    head = f'<head><meta charset="utf-8"><title>{title}</title>{head}</head>'
    return f'<!doctype html><html lang="en">{head}<body>{body}</body></html>'


def make_page(number: int, pages: int, rng: random.Random, fault: tuple[str, str] | None) -> tuple[str, str]:
    """Markdown and HTML of one page, whose first link is the fault, if there is one."""
    markdown, html = [f"# Page {number}\n"], [f'<h1 id="page-{number}">Page {number}</h1>']
    for section in range(SECTIONS):
        markdown.append(f"## Section {section} {{#s{section}}}\n")
        permalink = f'<a class="headerlink" href="#s{section}" title="Permanent link">#</a>'
        html.append(f'<h2 id="s{section}">Section {section}{permalink}</h2>')
        for link in range(section * LINKS, (section + 1) * LINKS):
            target, anchor = rng.randrange(pages), rng.randrange(SECTIONS)
            source, built = f"page-{target}.md#s{anchor}", f"../page-{target}/#s{anchor}"
            if fault and link == 0:
                source, built = (text.format(number) for text in fault)
            text = f"link to page {target}"
            markdown.append(PROSE.format(f"[{text}]({source})", link) + "\n")
            html.append("<p>" + PROSE.format(f'<a href="{built}">{text}</a>', link) + "</p>")
    body = f'<nav><a href="..">Home</a></nav><main>{"".join(html)}</main>'
    return "\n".join(markdown), document(f"Page {number}", body)


def make_site(pages: int, folder: Path) -> int:
    """Write docs/, site/ and mkdocs.yml into `folder`. Returns how many faults were planted."""
    docs, site = folder / "docs", folder / "site"
    docs.mkdir(parents=True)
    config = {"site_name": "Bench", "site_url": SITE, "extra": {"check": {}}}
    (folder / "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    rng, planted = random.Random(pages), 0
    for number in range(pages):
        fault = FAULTS[planted % len(FAULTS)] if number % 100 == 50 else None
        planted += fault is not None
        markdown, html = make_page(number, pages, rng, fault)
        (docs / f"page-{number}.md").write_text(markdown, encoding="utf-8")
        (site / f"page-{number}").mkdir(parents=True)
        (site / f"page-{number}" / "index.html").write_text(html, encoding="utf-8")
    first = range(min(pages, 100))
    items = "".join(f"- [Page {number}](page-{number}.md)\n" for number in first)
    (docs / "index.md").write_text("# Home\n\n" + items, encoding="utf-8")
    items = "".join(f'<li><a href="page-{number}/">Page {number}</a></li>' for number in first)
    home = document("Home", f"<h1>Home</h1><ul>{items}</ul>", f'<link rel="canonical" href="{SITE}">')
    (site / "index.html").write_text(home, encoding="utf-8")
    return planted


if __name__ == "__main__":
    print(make_site(int(sys.argv[1]), Path(sys.argv[2])), "faults planted")
