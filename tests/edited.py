"""A copy of the project as hostile or forgetful editors would leave it, and old enough to have a history."""

import json
from pathlib import Path

import yaml

from explainer.content import Block, Content, read_content

TEXTS = ("title", "description", "answer", "likelihood", "confidence", "would_change")  # of front matter
MARKUP = (
    'Say "yes" & </script> <x-{name} onclick="x()"> '
    "<img src=x onerror=x()> [{page}](javascript:x) {{{{ 7 }}}} *s*"
)
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


def edit(project: Path) -> None:
    """Put markup into every text of every front matter, and changes and retired addresses into the list."""
    finding, section, indicator = places(read_content(project / "docs"))
    for path in (project / "docs").glob("*.md"):
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        meta = yaml.safe_load(head)
        meta |= {name: MARKUP.format(name=name, page=path.stem) for name in TEXTS if name in meta}
        meta["changed"] = max("2026-11-28", meta["changed"])
        path.write_text(f"---\n{yaml.safe_dump(meta)}---\n{body}", encoding="utf-8")
    path = project / "docs" / "data" / "permalinks.yml"
    records = yaml.safe_load(path.read_text(encoding="utf-8"))
    # what the real site has gone through is not the matter here
    records = {address: record for address, record in records.items() if "retired" not in record}
    for record in records.values():
        record.pop("changes", None)
    first, second = {"date": "2026-11-26", "note": "A new reading"}, {"date": "2026-11-28", "note": NOTE}
    target = f"/treaty/#{finding.fields['id']}"
    records[target]["changes"] = [first, second]
    records[f"/treaty/#{section}"]["changes"] = [second]
    records[f"/watchlist/#{indicator.fields['id']}"]["changes"] = [first]
    records["/crises/"]["changes"] = [first]
    records["/treaty/#old-claim"] = {**OLD, "note": "The claim was withdrawn", "successor": target}
    records["/old/"] = {**OLD, "note": "Merged", "successor": "/glossary/"}
    records["/old/#part"] = {**OLD, "note": "Merged", "successor": target}
    records["/gone/deep/"] = {**OLD, "note": "Never true"}
    path.write_text(json.dumps(records), encoding="utf-8")  # YAML too, and without aliases
