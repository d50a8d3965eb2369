"""A small project with one of everything that has an address, and what editors do with it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import yaml

import record
from conftest import ROOT
from explainer.content import Content, Problem, read_content
from explainer.permalinks import Place, check, places

DATES = 'as_of: "2025-01-10"\npublished: "2025-01-01"\nchanged: "2025-02-01"\nreview_by: "2099-01-01"\n'
FINDING = """
/// finding | T{number}
    id: {id}
    status: confirmed
    attribution: "The gazette"
    as_of: "2025-01-10"
    sources: [gazette]
    caveat: "Read in a copy."

{text}
///
"""
TOPIC = f"""
Opening of the topic.

/// verdict | Bound by treaty?
    id: bound
    order: 1
    answer: "no"
    likelihood: "likely"
    confidence: "high"
    finding: T1
    otherwise: "The herald says so."

The treaty holds no duty.
///

## A duty {{ #duty data-words="obligation" }}

What the treaty says, by its [text](sources.md#gazette).[^gazette] Nobody's "duty" is *in* it.

- One item
- Another item

{FINDING.format(number=1, id="no-duty", text="It holds no duty. The text was read.")}
### In detail {{ #detail }}

{FINDING.format(number=2, id="no-help", text="It promises no help.")}
/// figure | counts
    id: figure-counts
    title: "Counts rise"
    description: "Two counts."
    note: "They come from one source."
    as_of: "2025-01-10"
///

/// indicator | T3
    id: jets
    title: "Jets"
    question: "Did jets come?"
    observable: "Pictures."
    ally_like: "Jets."
    hedging: "Words."
    flips: "Twelve jets."
    reading: "None.[^gazette]"
    position: "mixed"
    direction: "towards ally"
    confidence: "Low."
    as_of: "2025-01-10"
    review_by: "2099-01-01"
    changes: bound
    becomes: "It would be yes"
    sources: [gazette]
    log:
      - {{date: "2024-12-01", position: "hedging", reading: "No word: none.", sources: [herald]}}
///

/// statement | T4
    id: said
    says: "They are allies."
    verdict: wrong
    finding: T1
    as_of: "2025-01-10"
    sources: [herald]

They are not.
///
"""
PAGES = {
    "index.md": ("Home", 'answer: "No."\n', "\nWelcome.\n\n## Aim { #aim }\n\nWhat it is for.\n"),
    "topic.md": ("Topic", 'letter: "T"\nanswer: "No."\n', TOPIC),
    "sources.md": ("Sources", "", "\n## Press { #press }\n\n/// bibliography | press\n///\n"),
    "timeline.md": ("Timeline", "", "\n## Events { #events }\n\n/// timeline\n///\n"),
    "glossary.md": ("Glossary", "", "\n## Terms { #terms }\n\n/// glossary\n///\n"),
}
SOURCE = (
    '- id: {0}\n  type: article-newspaper\n  title: "{1}"\n  publisher: "{1}"\n'
    '  issued: "2025-01-02"\n  accessed: "2025-01-10"\n  URL: "https://{0}.example/1"\n  language: en\n'
    "  kind: press\n  stance: independent\n"
)
DATA = {
    "sources.yml": SOURCE.format("gazette", "Gazette") + "\n" + SOURCE.format("herald", "Herald"),
    "glossary.yml": '- id: ally\n  term: "ally"\n  definition: "One who helps."\n  sources: [gazette]\n',
    "events.yml": '- id: signed\n  date: "2025-01"\n  what: "A treaty is signed."\n  themes: [treaty]\n'
    "  status: confirmed\n  section: topic.md#duty\n  sources: [gazette]\n",
    "figures/counts.csv": "item,value,sources\none,1,gazette\ntwo,2,herald\n",
}
DAY, URL = "2025-02-01", "https://host.example/book/"


class Book:
    """The project in a folder, recorded on 2 January 2025."""

    def __init__(self, root: Path) -> None:
        self.root, self.docs = root, root / "docs"
        shutil.copytree(ROOT / "docs" / "data" / "schemas", self.docs / "data" / "schemas")
        for name, (title, more, body) in PAGES.items():
            about = (
                f'title: "{title}"\ndescription: "{title}: a page of the small book that the tests record."\n'
            )
            (self.docs / name).write_text(f"---\n{about}{more}{DATES}---\n{body}", encoding="utf-8")
        (self.docs / "data" / "figures").mkdir()
        for name, text in DATA.items():
            (self.docs / "data" / name).write_text(text, encoding="utf-8")
        columns = [
            {"name": name, "datatype": "string", "dc:description": f"the {name}", "titles": name}
            for name in ("item", "value", "sources")
        ]
        described = self.docs / "data" / "figures" / "counts.csv-metadata.json"
        described.write_text(json.dumps({"tableSchema": {"columns": columns}}), encoding="utf-8")
        theme = f'{{name: material, custom_dir: "{ROOT / "overrides"}"}}'
        config = f"site_name: A book\nsite_url: {URL}\ntheme: {theme}\n"
        (root / "mkdocs.yml").write_text(config, encoding="utf-8")
        self.list = self.docs / "data" / "permalinks.yml"
        assert self.record("--date", "2025-01-02") == 0

    def record(self, *options: str) -> int:
        """`make record` on DAY, unless the options say otherwise; returns the exit code."""
        return record.main(["--config", str(self.root / "mkdocs.yml"), "--date", DAY, *options])

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file below docs/; by a pattern if it is not there as it is."""
        path = self.docs / name
        text = path.read_text(encoding="utf-8")
        edited = text.replace(old, new) if old in text else re.sub(old, new, text, flags=re.S)
        assert edited != text
        path.write_text(edited, encoding="utf-8")

    def content(self) -> Content:
        return read_content(self.docs)

    def places(self) -> dict[str, Place]:
        return places(self.content())

    def check(self) -> list[Problem]:
        return check(self.content())

    def found(self) -> list[str]:
        """The problems in short: rule, file and line."""
        return [
            f"{problem.rule} {problem.file.removeprefix('docs/')}:{problem.line}" for problem in self.check()
        ]

    def records(self) -> dict[str, dict]:
        return yaml.safe_load(self.list.read_text(encoding="utf-8"))

    def line(self, name: str, text: str) -> int:
        """The line of a file below docs/ that begins with a text."""
        lines = (self.docs / name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if line.startswith(text))
