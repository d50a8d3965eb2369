"""Make an MkDocs project with a built site for the benchmark of the check: `python make_site.py PAGES FOLDER`.

Each page has ten sections and fifty links to sections of other pages; of every hundredth page one link is broken, in turn a
missing page, a missing anchor, and a wrong letter case. The HTML is written directly, in the form that MkDocs gives it,
because a build of ten thousand pages takes longer than all checks together.
"""
from __future__ import annotations

import json
import random
import sys
from pathlib import Path

SECTIONS, LINKS = 10, 50
FAULTS = (("gone-{0}.md", "gone-{0}.md"), ("page-{0}.md#nowhere", "../page-{0}/#nowhere"), ("Page-{0}.md", "Page-{0}.md"))


def make_site(pages: int, folder: Path) -> int:
    """Write docs/, site/ and mkdocs.yml into `folder`. Returns how many faults were planted."""
    rng, planted = random.Random(pages), 0
    (folder / "docs").mkdir(parents=True)
    config = {"site_name": "Bench", "site_url": "https://example.org/bench/", "extra": {"check": {}}}
    (folder / "mkdocs.yml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    for number in range(pages):
        markdown, html = [f"# Page {number}\n"], [f"<h1 id=\"page-{number}\">Page {number}</h1>"]
        for section in range(SECTIONS):
            markdown.append(f"## Section {section} {{#s{section}}}\n")
            html.append(f'<h2 id="s{section}">Section {section}<a class="headerlink" href="#s{section}" title="Permanent link">#</a></h2>')
            for link in range(LINKS // SECTIONS):
                target, anchor = rng.randrange(pages), rng.randrange(SECTIONS)
                source, built = f"page-{target}.md#s{anchor}", f"../page-{target}/#s{anchor}"
                if number % 100 == 50 and section == link == 0:
                    source, built = (text.format(number) for text in FAULTS[planted % len(FAULTS)])
                    planted += 1
                words = f"Some words of prose around a {{}} that goes on for a while, as prose does, number {section * 5 + link}."
                markdown.append(words.format(f"[link to page {target}]({source})") + "\n")
                html.append(f"<p>{words.format(f'<a href={chr(34)}{built}{chr(34)}>link to page {target}</a>')}</p>")
        (folder / "docs" / f"page-{number}.md").write_text("\n".join(markdown), encoding="utf-8")
        (folder / "site" / f"page-{number}").mkdir(parents=True)
        head = f'<head><meta charset="utf-8"><title>Page {number}</title></head>'
        (folder / "site" / f"page-{number}" / "index.html").write_text(
            f'<!doctype html><html lang="en">{head}<body><nav><a href="..">Home</a></nav><main>{"".join(html)}</main></body></html>', encoding="utf-8")
    links = "".join(f'<li><a href="page-{number}/">Page {number}</a></li>' for number in range(min(pages, 100)))
    (folder / "docs" / "index.md").write_text("# Home\n\n" + "".join(f"- [Page {n}](page-{n}.md)\n" for n in range(min(pages, 100))), encoding="utf-8")
    (folder / "site" / "index.html").write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Home</title><link rel="canonical" href="https://example.org/bench/"></head>'
        f"<body><h1>Home</h1><ul>{links}</ul></body></html>", encoding="utf-8")
    return planted


if __name__ == "__main__":
    print(make_site(int(sys.argv[1]), Path(sys.argv[2])), "faults planted")
