"""A copy of the project as hostile or forgetful editors would leave it, and old enough to have a history."""

import json
import re
from pathlib import Path

import yaml

from explainer.content import Block, Content
from explainer.judged import read_content
from explainer.versions import FOLDER, PARTS, written

TEXTS = ("title", "description", "answer", "likelihood", "confidence", "would_change")  # of front matter
MARKUP = (
    'Say "yes" & </script> <x-{name} onclick="x()"> '
    "<img src=x onerror=x()> [{page}](javascript:x) {{{{ 7 }}}} *s*"
)
MAKER = {"name": "Review & Co", "editor": "Ada Writer", "reviewer": "", "contact": "desk@host.example"}
NOTE = 'Two outlets "confirm" it & [one] <b>doubts</b>'
OLD = {"since": "2026-11-24", "retired": "2026-11-27"}


def places(content: Content) -> tuple[Block, str, Block]:
    """What the copy has changed, of what is recorded: a finding and a section of a page, and an indicator."""

    def first(kind: str, page: str) -> Block:
        blocks = (block for block in content.blocks(kind) if block.page == f"{page}.md")
        return next(block for block in blocks if f"/{page}/#{block.fields['id']}" in content.permalinks)

    headings = content.pages["treaty.md"].headings
    section = next(name for *_, name in headings if f"/treaty/#{name}" in content.permalinks)
    return first("finding", "treaty"), section, first("indicator", "watchlist")


def tell(docs: Path, notes: dict[str, list[tuple[str, str]]]) -> None:
    """Put notes on changes, day and text by address, into recordings that hold nothing else."""
    days: dict[str, dict[str, str]] = {}
    for address, changes in notes.items():
        for day, note in changes:
            days.setdefault(day, {})[address] = note
    for day, told in days.items():
        name, text = written({**dict.fromkeys(PARTS, {}), "at": f"{day}T12:00:00.000Z", "notes": told})
        (docs / FOLDER).mkdir(exist_ok=True)
        (docs / FOLDER / name).write_text(text, encoding="utf-8")


def edit(project: Path) -> None:
    """Name who publishes; put markup into every text of front matter, and changes and what was given up into
    the list."""
    settings = project / "mkdocs.yml"
    named = re.sub(r"(publisher: &publisher) \{.*?\}", rf"\1 {MAKER}", settings.read_text(encoding="utf-8"))
    assert str(MAKER) in named
    settings.write_text(named, encoding="utf-8")
    finding, section, indicator = places(read_content(project / "docs"))
    for path in (project / "docs").glob("*.md"):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(head)
        meta |= {name: MARKUP.format(name=name, page=path.stem) for name in TEXTS if name in meta}
        path.write_text(f"---\n{yaml.safe_dump(meta)}---\n{body}", encoding="utf-8")
    path = project / "docs" / "data" / "permalinks.yml"
    records = yaml.safe_load(path.read_text(encoding="utf-8"))
    # what the real site has gone through is not the matter here
    records = {address: record for address, record in records.items() if "retired" not in record}
    for old in sorted((project / "docs" / FOLDER).iterdir()):
        name, text = written(json.loads(old.read_text(encoding="utf-8")) | {"notes": {}})
        old.unlink()
        (old.parent / name).write_text(text, encoding="utf-8")
    first, second = ("2026-11-26", "A new reading"), ("2026-11-28", NOTE)
    target = f"/treaty/#{finding.fields['id']}"
    watched = f"/watchlist/#{indicator.fields['id']}"
    told = {target: [first, second], f"/treaty/#{section}": [second], watched: [first], "/crises/": [first]}
    tell(project / "docs", told)
    records["/treaty/#old-claim"] = {**OLD, "note": "The claim was withdrawn", "successor": target}
    records["/old/"] = {**OLD, "note": "Merged", "successor": "/glossary/"}
    records["/old/#part"] = {**OLD, "note": "Merged", "successor": target}
    records["/gone/deep/"] = {**OLD, "note": "Never true"}
    path.write_text(json.dumps(records), encoding="utf-8")  # YAML too, and without aliases
