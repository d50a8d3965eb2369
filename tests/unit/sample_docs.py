"""A small docs folder without fault, which tests change, and what is then said of it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from explainer.content import read
from explainer.judge import judge

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 29)
TREATY = """---
title: "The treaty"
description: "A page that is long enough to be described in one line."
letter: "T"
as_of: "2026-04-27"
published: "2026-11-24"
changed: "2026-11-25"
review_by: "2027-02-24"
---

## No duty { #no-duty data-words="pact" }

Prose with a note.[^kremlin-text] See [T1].

/// finding | T1
    id: no-aid
    status: confirmed
    attribution: "Treaty text"
    as_of: "2026-04-08"
    sources: [kremlin-text]
    caveat: "Read in a mirror."

Russia must not help the attacker.
///

/// verdict | Treaty ally?
    id: treaty-ally
    order: 1
    answer: "no"
    likelihood: "almost certain"
    confidence: "high"
    finding: T1
    otherwise: "One outlet."

It forbids and does not oblige.
///

/// figure | oil
    id: figure-oil
    title: "Oil"
    description: "One bar."
    note: "One count."
    as_of: "2026-04-01"
///
"""
WATCHLIST = """---
title: "Watchlist"
description: "Another page that is long enough to be described in one line."
answer: "Most lie nearer to hedging."
letter: "W"
as_of: "2026-04-27"
published: "2026-11-24"
changed: "2026-11-24"
review_by: "2027-02-24"
---

/// indicator | W1
    id: su-35
    title: "Jets"
    question: "Has Iran got them?"
    observable: "Jets on the ground."
    ally_like: "Twelve."
    hedging: "None."
    flips: "Twelve."
    reading: "None was seen.[^kremlin-text]"
    position: hedging
    direction: steady
    confidence: "Moderate."
    as_of: "2026-02-22"
    review_by: "2027-01-31"
    changes: treaty-ally
    becomes: "Partly."
    sources: [kremlin-text]
    log:
      - {date: "2025-02-22", position: mixed, reading: "Few.", sources: [kremlin-text]}
///

/// doors | watchlist.md
///

/// timeline
///
"""
SOURCES = """# The bibliography
- id: kremlin-text
  type: webpage
  title: "Text"
  publisher: "Kremlin"
  issued: "2025-01-17"
  accessed: "2026-11-23"
  language: ru
  kind: primary
  stance: state-media-russia

- id: outlet-2025
  type: webpage
  title: "Report"
  publisher: "Outlet"
  accessed: "2026-11-23"
  language: en
  kind: press
  stance: independent
"""
GLOSSARY = """- id: snapback
  term: "snapback"
  definition: "A procedure."
  sources: [outlet-2025]
"""
EVENTS = """- id: peace
  date: "1828"
  what: "Peace."
  themes: [treaty]
  status: confirmed
  section: treaty.md#no-duty
  sources: [kremlin-text]

- id: signed
  date: "2025-01-17"
  what: "It is signed."
  themes: [treaty]
  status: confirmed
  section: treaty.md#no-aid
  sources: [kremlin-text]
"""
PERMALINKS = """"/treaty/":
  since: "2026-11-24"
"/treaty/#no-aid":
  since: "2026-11-24"
  changes:
    - {date: "2026-11-25", note: "A word."}
"""
CSVW = {
    "tableSchema": {
        "columns": [
            {"name": name, "dc:description": "It.", "datatype": "string"}
            for name in ("value", "finding", "sources")
        ]
    }
}


def lay_out(folder: Path) -> Path:
    """Write the sample below a folder; returns its docs."""
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs" / "data" / "schemas", docs / "data" / "schemas")
    (docs / "data" / "figures").mkdir()
    texts = {
        "treaty.md": TREATY,
        "watchlist.md": WATCHLIST,
        "data/sources.yml": SOURCES,
        "data/glossary.yml": GLOSSARY,
        "data/events.yml": EVENTS,
        "data/permalinks.yml": PERMALINKS,
        "data/figures/oil.csv": "value,finding,sources\n1,T1,kremlin-text outlet-2025\n",
        "data/figures/oil.csv-metadata.json": json.dumps(CSVW),
    }
    for name, text in texts.items():
        (docs / name).write_text(text, encoding="utf-8")
    return docs


def change(docs: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    text = (docs / name).read_text(encoding="utf-8")
    assert old in text
    (docs / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def said(docs: Path, today: date = TODAY) -> list[str]:
    """Every problem of a docs folder, as the check prints it, without the folder's name."""
    content, unreadable = read(docs)
    return [str(problem).removeprefix("docs/") for problem in judge(content, unreadable, today)]
