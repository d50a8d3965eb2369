#!/usr/bin/env python3
"""Write the skeleton of a new record at its place and say what to fill in:
`make new KIND=finding PAGE=treaty`.

  finding PAGE=treaty        with the next free code, in the section with the page's last finding, or in
                             that of PAGE=treaty#in-force
  reading ID=W3              moves the present reading of the indicator W3 into its log
  forecast ID=W3             for W3, made today
  source ID=tass-2026-12-01  in order of ids, as also event, term and person
  look                       a search, at the end

Which fields there are comes from docs/data/schemas. What is left empty, the check wants filled in.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
from collections.abc import Collection
from datetime import date
from pathlib import Path

from explainer.content import Block, Content, read
from explainer.files import name_of, replace_file
from explainer.judge import did_you_mean, judge, near
from explainer.kinds import LISTED

TODAY = {"source": "accessed", "look": "date", "forecast": "made_on"}  # the field that gets the date of today
MOVED = ("position", "reading", "sources")  # what goes into the log, with the date
READ = (*MOVED, "direction", "as_of", "review_by")  # what a new reading has anew
KINDS = ("finding", "reading", *LISTED)
Written = tuple[Path, list[str], range]  # a file, its lines with the record, and the numbers of these


class NotWritten(Exception):
    """Nothing was written; the text says what to do."""


def fields(schema: dict, known: dict[str, str]) -> list[str]:
    """The wanted fields of a record, in the order of its schema, with what is known already."""
    rows = []
    for name, part in schema["properties"].items():
        value = known.get(name) or "[]" * (part.get("type") == "array")
        if name in schema["required"]:
            rows.append(f"{name}: {json.dumps(value) if value[:1].isdigit() else value}".rstrip())
    return rows


def chosen(wanted: str, known: Collection[str], what: str) -> str:
    """What was asked for, if it is there. Raises NotWritten."""
    if wanted not in known:
        guess = did_you_mean(near(wanted, known))
        raise NotWritten(f'there is no {what} "{wanted}"{guess} ({", ".join(known)})')
    return wanted


def next_code(content: Content, letter: str) -> str:
    """The letter and the first number above all that anything ever had."""
    given = content.codes().keys() | content.codes_given()
    numbers = [int(code[1:]) for code in given if re.fullmatch(f"{letter}[0-9]+", code)]
    return f"{letter}{max(numbers, default=0) + 1}"


def new_finding(content: Content, target: str, own_id: str) -> Written:
    """A finding for a page, or for a section of it."""
    stem, _, anchor = target.removesuffix(".md").partition("#")
    lettered = {
        each.removesuffix(".md"): page for each, page in content.pages.items() if "letter" in page.meta
    }
    page = lettered[chosen(stem, lettered, "PAGE")]
    above = max((block.line for block in page.blocks if block.kind == "finding"), default=page.start)
    if anchor:
        sections = {each: line for line, *_, each in page.headings}
        above = sections[chosen(anchor, sections, f"section of {page.name}")]
    end = next((line - 1 for line, *_ in page.headings if line > above), len(page.lines))
    while not page.lines[end - 1].strip():
        end -= 1
    rows = [f"    {row}" for row in fields(content.schemas["finding"], {"id": own_id})]
    made = ["", f"/// finding | {next_code(content, page.meta['letter'])}", *rows, "", "///"]
    return (
        content.root / page.name,
        page.lines[:end] + made + page.lines[end:],
        range(end + 2, end + len(made) + 1),
    )


def new_reading(content: Content, block: Block) -> Written:
    """An indicator whose reading has moved into its log, for a new one."""
    lines, rows = [*content.pages[block.page].lines], fields(content.schemas["indicator"], {})
    empty = {row.partition(":")[0]: f"    {row}" for row in rows}
    starts = {name: place[0] - 1 for name, place in block.places.items() if "." not in name}
    ends = dict(zip(starts, [*list(starts.values())[1:], block.text_line - 1], strict=True))
    now = {"date": block.fields["as_of"]} | {name: block.fields[name] for name in MOVED}
    now["sources"] = f"[{', '.join(now['sources'])}]"
    quoted = {name: json.dumps(now[name], ensure_ascii=False) for name in ("date", "reading")}
    said = ", ".join(f"{name}: {value}" for name, value in (now | quoted).items())
    for name in sorted({*READ, "log"}, key=lambda name: -starts[name]):  # from the end, so that lines stay
        kept = [*lines[starts[name] : ends[name]], f"      - {{{said}}}"]
        lines[starts[name] : ends[name]] = kept if name == "log" else [empty[name]]
    end = block.text_line + len(lines) - len(content.pages[block.page].lines)
    return content.root / block.page, lines, range(block.line, end)


def new_entry(content: Content, kind: str, known: dict[str, str]) -> Written:
    """A record of a list: in order of ids, or at the end of one that is in order of its days."""
    path, schema = content.root / "data" / LISTED[kind].file, content.schemas[kind]
    text = path.read_text(encoding="utf-8").rstrip("\n") if path.exists() else ""
    lines = text.split("\n") if text else []
    by_id = schema.get("x-sorted-by") == "id"
    if by_id and not known["id"]:
        raise NotWritten(f"KIND={kind} needs a name that lasts, such as ID=joint-drill-2026")
    records = [each for each in content.records if each.kind == kind] if by_id else []
    later = (each.line - 1 for each in records if str(each.fields.get("id")) > known["id"])
    at = next(later, len(lines))
    first, *others = fields(schema, known)
    made = [f"- {first}", *(f"  {row}" for row in others)]
    made = [*made, ""] if at < len(lines) else [*[""] * bool(lines), *made]
    return path, [*lines[:at], *made, *lines[at:], ""], range(at + 1, at + len(made) + 1)


def new(content: Content, kind: str, page: str, name: str, today: date) -> Written:
    """The file with a new record. Raises NotWritten."""
    chosen(kind, KINDS, "KIND")
    if kind == "finding":
        return new_finding(content, page, name)
    if kind not in ("reading", "forecast"):
        return new_entry(content, kind, {"id": name, TODAY.get(kind, ""): str(today)})
    indicators = {block.argument: block for block in content.blocks("indicator")}
    block = indicators[chosen(name, indicators, "ID")]
    if kind == "reading":
        return new_reading(content, block)
    own, taken = (
        f"forecast-{name.lower()}-{today}",
        {str(each.get("id")) for each in content.listed["forecast"]},
    )
    number = next(number for number in itertools.count(1) if own + f"-{number}" * (number > 1) not in taken)
    known = {"id": own + f"-{number}" * (number > 1), "indicator": name, "made_on": str(today)}
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
        path, lines, own = new(content, options.kind, options.page, options.id, options.today)
    except NotWritten as reason:
        print(f"nothing was written: {reason}", file=sys.stderr)
        return 1
    replace_file(path, "\n".join(lines).encode("utf-8"))
    place, schema = name_of(path, content.root), content.schemas.get(options.kind, {})
    print(f"{place}:{own[0]}: a new {options.kind}")
    found = judge(read(content.root)[0])
    print(*(each for each in found if each.file == place and each.line in own), sep="\n")
    if more := [name for name in schema.get("properties", ()) if name not in schema["required"]]:
        print(f"it may also have: {', '.join(more)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
