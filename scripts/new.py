#!/usr/bin/env python3
"""Write the skeleton of a new record at its place and say what to fill in:
`make new KIND=finding PAGE=treaty`.

  finding PAGE=treaty        with the next free code, in the section with the page's last finding, or in
                             that of PAGE=treaty#in-force
  reading ID=W3              moves the present reading of the indicator W3 into its log
  forecast ID=W3             for W3, made today
  source ID=tass-2026-12-01  in order of ids, as also term and person; event and look at the end

Which fields there are comes from docs/data/schemas. What is left empty, the check wants filled in.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

from explainer.content import Block, Content, read
from explainer.files import name_of
from explainer.judge import did_you_mean, judge, near
from explainer.kinds import LISTED
from record import replace_file

TODAY = {"source": "accessed", "look": "date", "forecast": "made_on"}  # the field that gets the date of today
READ = ("reading", "position", "direction", "as_of", "review_by", "sources")  # what a new reading has anew
KINDS = ("finding", "reading", *LISTED)


class NotWritten(Exception):
    """Nothing was written; the text says what to do."""


def empty(name: str, schema: dict) -> str:
    """A field that is to be filled in."""
    return f"{name}:{' []' * (schema['properties'][name].get('type') == 'array')}"


def fields(schema: dict, known: dict[str, str]) -> list[str]:
    """The wanted fields of a record, in the order of its schema, with what is known already."""
    names = [name for name in schema["properties"] if name in schema["required"]]
    return [
        f"{name}: {json.dumps(value) if value[:1].isdigit() else value}"
        if (value := known.get(name))
        else empty(name, schema)
        for name in names
    ]


def chosen(wanted: str, known: list[str], what: str) -> str:
    """What was asked for, if it is there. Raises NotWritten."""
    if wanted not in known:
        raise NotWritten(
            f'there is no {what} "{wanted}"{did_you_mean(near(wanted, known))} ({", ".join(known)})'
        )
    return wanted


def next_code(content: Content, letter: str) -> str:
    """The letter and the first number above all that anything ever had."""
    given = {*content.codes(), *(str(each.fields.get("code")) for each in content.permalinks.values())}
    numbers = [int(code[1:]) for code in given if re.fullmatch(f"{letter}[0-9]+", code)]
    return f"{letter}{max(numbers, default=0) + 1}"


def new_finding(content: Content, target: str, name: str) -> tuple[Path, list[str], range]:
    """A finding for a page, or for a section of it: the file, its lines, and which of these are new."""
    stem, _, anchor = target.removesuffix(".md").partition("#")
    lettered = [page for page, each in content.pages.items() if each.meta.get("letter")]
    page = content.pages[f"{chosen(stem, [each.removesuffix('.md') for each in lettered], 'PAGE')}.md"]
    above = max((block.line for block in page.blocks if block.kind == "finding"), default=page.start)
    if anchor:
        sections = {each: line for line, *_, each in page.headings}
        above = sections[chosen(anchor, list(sections), f"section of {page.name}")]
    last = len("\n".join(page.lines).rstrip().split("\n"))
    end = next((line - 1 for line, *_ in page.headings if line > above), last + 1) - 1
    while not page.lines[end - 1].strip():
        end -= 1
    rows = [f"    {row}" for row in fields(content.schemas["finding"], {"id": name})]
    made = ["", f"/// finding | {next_code(content, page.meta['letter'])}", *rows, "", "///"]
    return (
        content.root / page.name,
        page.lines[:end] + made + page.lines[end:],
        range(end + 1, end + len(made)),
    )


def new_reading(content: Content, block: Block) -> tuple[Path, list[str], range]:
    """An indicator whose reading has moved into its log, for a new one."""
    schema, lines = content.schemas["indicator"], [*content.pages[block.page].lines]
    starts = {name: place[0] - 1 for name, place in block.places.items() if "." not in name}
    ends = dict(zip(starts, [*list(starts.values())[1:], block.text_line - 1], strict=True))
    now: dict[str, Any] = {"date": block.fields["as_of"]}
    now |= {name: block.fields[name] for name in ("position", "reading", "sources")}
    said = ", ".join(
        f"{name}: "
        + (f"[{', '.join(value)}]" if name == "sources" else json.dumps(value, ensure_ascii=False))
        for name, value in now.items()
    )
    for name in sorted({*READ, "log"}, key=lambda name: -starts[name]):  # from the end, so that lines stay
        kept = [*lines[starts[name] : ends[name]], f"      - {{{said}}}"]
        lines[starts[name] : ends[name]] = kept if name == "log" else [f"    {empty(name, schema)}"]
    return content.root / block.page, lines, range(block.line - 1, block.end)


def new_entry(content: Content, kind: str, known: dict[str, str]) -> tuple[Path, list[str], range]:
    """A record of a list: in order of ids, or at the end of one that is in order of something else."""
    path, schema = content.root / "data" / LISTED[kind].file, content.schemas[kind]
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    by_id = known.get("id") and schema.get("x-sorted-by", "id") == "id"
    records = [each for each in content.records if each.kind == kind] if by_id else []
    later = (each.line - 1 for each in records if str(each.fields.get("id")) > known["id"])
    at = next(later, len(lines))
    first, *others = fields(schema, known)
    made = [f"- {first}", *(f"  {row}" for row in others)]
    made = [*made, ""] if at < len(lines) else ["", *made]
    return path, [*lines[:at], *made, *lines[at:], ""], range(at, at + len(made))


def new(content: Content, kind: str, page: str, name: str, today: date) -> tuple[Path, list[str], range]:
    """The file with a new record, its lines, and which of these belong to the record. Raises NotWritten."""
    chosen(kind, list(KINDS), "KIND")
    if kind == "finding":
        return new_finding(content, page, name)
    if kind not in ("reading", "forecast"):
        return new_entry(content, kind, {"id": name, TODAY.get(kind, ""): str(today)})
    indicators = {block.argument: block for block in content.blocks("indicator")}
    block = indicators[chosen(name, list(indicators), "ID")]
    if kind == "reading":
        return new_reading(content, block)
    known = {"id": f"forecast-{name.lower()}-{today}", "indicator": name, "made_on": str(today)}
    return new_entry(content, kind, known)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    for option in ("--page", "--id"):
        parser.add_argument(option, default="")
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="YYYY-MM-DD")
    options = parser.parse_args(arguments)
    content, unreadable = read(options.docs.resolve())
    try:
        if unreadable:
            raise NotWritten("\n".join(map(str, unreadable)))
        path, lines, rows = new(content, options.kind, options.page, options.id, options.today)
    except NotWritten as reason:
        print(f"nothing was written: {reason}", file=sys.stderr)
        return 1
    replace_file(path, "\n".join(lines).encode("utf-8"))
    place, schema = name_of(path, content.root), content.schemas.get(options.kind, {})
    print(f"{place}:{rows[0] + 1}: a new {options.kind}")
    own = (each for each in judge(read(content.root)[0]) if each.file == place and each.line - 1 in rows)
    print(*own, sep="\n")
    if more := [name for name in schema.get("properties", ()) if name not in schema["required"]]:
        print(f"it may also have: {', '.join(more)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
