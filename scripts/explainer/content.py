"""Read everything an editor writes under docs/ and say what is wrong with it, with file and line.

Python-Markdown hands an extension the text of a page but not its name, and one page at a time. The list of sources, the
home page and every error message need the names and the whole, so this module reads the sources once per state of the
files. Rules for fields live in docs/data/schemas; this module adds what a schema cannot say (references, codes, ids).
"""
from __future__ import annotations

import csv
import difflib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from glob import glob
from pathlib import Path

import click
import yaml
from jsonschema import Draft202012Validator, FormatChecker

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.S)
BLOCK_START = re.compile(r"^///[ \t]*([a-z]+)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*$")
BLOCK_END = re.compile(r"^///[ \t]*$")
HEADING = re.compile(r"^(#{2,6})[ \t]+(.*?)[ \t]*(?:\{[^}]*#([\w-]+)[^}]*\})?[ \t]*$")
REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
CODE_LINK = re.compile(r"\[([A-Z]\d+)\](?![\[(:])")
FENCE = re.compile(r"^(```|~~~)")

RECORDS = ("finding", "verdict", "indicator", "statement", "figure")  # blocks with fields, each with a schema of the same name
# Blocks that gather or explain what stands elsewhere
LISTS = ("strip", "assessment", "verdicts", "doors", "watchlist", "bibliography", "glossary", "changes", "labels", "brief",
         "timeline", "events", "tally", "codebook")
CODED = ("finding", "indicator", "statement")  # records whose argument is a permanent code
WITHOUT_TEXT = ("indicator", "figure")  # records that say all in their fields


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in the content: where it is and, in a sentence each, what is wrong and what to do."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity} {self.rule} {self.message}"


def fault(file: str, line: int, message: str) -> Problem:
    """A fault of the content at a line."""
    return Problem(file, line, 1, "SRC003", message)


class ContentError(click.ClickException):
    """All problems of a read. A ClickException, because both generators print those without a traceback."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        super().__init__("\n".join([f"the content has {count}", *map(str, problems)]))


@dataclass(frozen=True)
class Block:
    """A `/// kind | argument` block with its YAML fields; `line` is its first line in the file, counted from 1."""

    kind: str
    argument: str
    fields: dict
    body: str
    page: str
    line: int
    field_lines: dict[str, int]

    @property
    def address(self) -> str:
        """Link target as editors write it, `treaty.md#no-duty-to-defend`; both generators resolve it."""
        return f"{self.page}#{self.fields.get('id', '')}"


@dataclass(frozen=True)
class Record:
    """A source, a term or an event, and where it stands."""

    fields: dict
    file: str
    line: int


@dataclass(frozen=True)
class Permalink:
    """What the link contract records of an address, `/treaty/#no-duty-to-defend`; `note` says why it was retired."""

    since: str
    changes: tuple[tuple[str, str], ...] = ()  # date and note, oldest first
    retired: str = ""
    note: str = ""
    successor: str = ""
    line: int = field(default=1, compare=False)
    fields: dict = field(default_factory=dict, compare=False)  # the whole record, as it was read


@dataclass
class Page:
    """A Markdown file: front matter, blocks, headings, and who cites which source from which place."""

    name: str
    file: str
    body: str = ""  # what generators hand to Python-Markdown, which is how an extension knows the page
    meta: dict = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, int, str, str]] = field(default_factory=list)  # line, level, text, id
    citations: list[tuple[int, str, str, str]] = field(default_factory=list)  # line, source, place, place's id
    code_links: list[tuple[int, str]] = field(default_factory=list)  # line, code


@dataclass
class Content:
    """Everything under docs/ that the pages are built from."""

    root: Path
    pages: dict[str, Page]
    sources: dict[str, dict]
    terms: list[dict]
    events: list[dict] = field(default_factory=list)  # in order of time
    figures: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # rows behind each figure, by name
    columns: dict[str, list[dict]] = field(default_factory=dict)  # what the columns of each CSV file mean (CSVW)
    shapes: dict[str, dict] = field(default_factory=dict)  # GeoJSON for maps, by name
    exports: dict[str, dict] = field(default_factory=dict)  # JSON Schemas of the downloads, by name
    permalinks: dict[str, Permalink] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)  # sources, terms and events with their places

    def blocks(self, kind: str) -> list[Block]:
        """All blocks of one kind, in order of pages (file name) and lines."""
        return [block for page in self.pages.values() for block in page.blocks if block.kind == kind]

    def codes(self) -> dict[str, Block]:
        """Findings, indicators and the article's statements by permanent code."""
        return {block.argument: block for kind in CODED for block in self.blocks(kind)}

    def cited(self) -> dict[str, list[tuple[str, str, str]]]:
        """For each source the places that cite it, once each: page file, name of the place, its id."""
        places: dict[str, dict[tuple[str, str, str], None]] = {}
        for page in self.pages.values():
            for _, source, place, anchor in page.citations:
                places.setdefault(source, {})[page.name, place, anchor] = None
        for block in self.blocks("figure"):
            for source in dict.fromkeys(source for row in self.figures[block.argument] for source in sources_of(row)):
                places.setdefault(source, {})[block.page, block.fields["title"], block.fields["id"]] = None
        for page in {block.page for block in self.blocks("timeline")}:
            for source in {source for event in self.events for source in event["sources"]}:
                places.setdefault(source, {})[page, str(self.pages[page].meta["title"]), ""] = None
        return {source: list(found) for source, found in places.items()}


def ids_of(page: Page) -> set[str]:
    """Every id that editors gave on a page: of headings and of records."""
    return {anchor for _, _, _, anchor in page.headings} | {str(block.fields.get("id")) for block in page.blocks}


def sources_of(row: dict[str, str]) -> list[str]:
    """Ids of the sources in a row of a figure's data, where a space parts them."""
    return row.get("sources", "").split()


def page_address(page: str, anchor: str = "") -> str:
    """Address of a Markdown file from the site's root: `/treaty/#no-duty` for treaty.md and no-duty."""
    name = page.removesuffix(".md")
    return ("/" if name == "index" else f"/{name}/") + (f"#{anchor}" if anchor else "")


def page_file(address: str) -> tuple[str, str]:
    """The way back: Markdown file and anchor of an address."""
    path, _, anchor = address.partition("#")
    return (path.strip("/") or "index") + ".md", anchor


def source_ids(text: str) -> list[str]:
    """Ids of the sources that a page's text cites, by footnote or in a `sources:` field, in order of appearance."""
    found: dict[str, None] = {}
    for name in re.findall(r"\[\^([^\]\s]+)\]|sources:[ \t]*\[([^\]]*)\]", text):
        for source in [name[0]] if name[0] else re.split(r"[,\s]+", name[1].strip()):
            found[source.strip("\"'")] = None
    found.pop("", None)
    return list(found)


def read_page(path: Path, root: Path) -> tuple[Page, list[Problem]]:
    """Read one Markdown file. Problems: front matter or fields that are not YAML, a block that never ends."""
    page = Page(path.name, path.relative_to(root.parent).as_posix())
    text = path.read_text(encoding="utf-8-sig")
    problems: list[Problem] = []
    body_start = 0
    if match := FRONT_MATTER.match(text):
        body_start = match.group(0).count("\n")
        page.meta, error = load_mapping(match.group(1))
        if error:
            problems.append(fault(page.file, 1 + error[0], f"front matter is not valid YAML: {error[1]}"))
    page.body = text[match.end() if match else 0:].strip()
    lines = text.splitlines()
    place, anchor, fenced = str(page.meta.get("title", page.name)), "", False
    number = body_start
    while number < len(lines):
        line = lines[number]
        if FENCE.match(line):
            fenced = not fenced
        elif fenced:
            pass
        elif match := HEADING.match(line):
            place, anchor = match.group(2), match.group(3) or ""
            page.headings.append((number + 1, len(match.group(1)), place, anchor))
        elif (match := BLOCK_START.match(line)) and match.group(1) in RECORDS + LISTS:
            block, end, problem = read_block(lines, number, match, page)
            problems += problem
            page.blocks.append(block)
            name = block.argument if block.kind in CODED else place
            where = str(block.fields.get("id", anchor)) if block.kind in CODED else anchor
            for offset, inner in enumerate(lines[number:end], number + 1):
                page.citations += [(offset, source, name, where) for source in source_ids(inner)]
                page.code_links += [(offset, code) for code in CODE_LINK.findall(inner)]
            number = end
        else:
            page.citations += [(number + 1, source, place, anchor) for source in REFERENCE.findall(line)]
            page.code_links += [(number + 1, code) for code in CODE_LINK.findall(line)]
        number += 1
    return page, problems


def read_block(lines: list[str], start: int, match: re.Match, page: Page) -> tuple[Block, int, list[Problem]]:
    """Read the block that opens at index `start`; returns it, the index of its last line, and its problems."""
    kind, argument = match.group(1), match.group(2) or ""
    header, cursor, problems = [], start + 1, []
    while cursor < len(lines) and lines[cursor].startswith("    "):
        header.append(lines[cursor])
        cursor += 1
    body_start = cursor
    while cursor < len(lines) and not BLOCK_END.match(lines[cursor]):
        if BLOCK_START.match(lines[cursor]):
            break
        cursor += 1
    if cursor >= len(lines) or not BLOCK_END.match(lines[cursor]):
        message = f"the {kind} block never ends: close it with a line that holds only ///"
        problems.append(fault(page.file, start + 1, message))
        cursor -= 1
    fields, error = load_mapping("\n".join(row[4:] for row in header))
    if error:
        message = f"the fields of this {kind} are not valid YAML: {error[1]}; put text with a colon or a quote in quotes"
        problems.append(fault(page.file, start + 2 + error[0], message))
    field_lines = {row.split(":")[0].strip(): start + 2 + index for index, row in enumerate(header)
                   if re.match(r"    \w+:", row)}
    body = "\n".join(lines[body_start:cursor]).strip()
    return Block(kind, argument, fields, body, page.name, start + 1, field_lines), cursor, problems


def load_mapping(text: str) -> tuple[dict, tuple[int, str] | None]:
    """Parse YAML that must be a mapping. Returns it, or an empty one with (line from 0, what is wrong)."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {}, (mark.line if mark else 0, getattr(error, "problem", None) or "it cannot be parsed")
    if value is None:
        return {}, None
    if not isinstance(value, dict):
        return {}, (0, "expected `name: value` lines")
    if not all(isinstance(key, str) for key in value):
        return {}, (0, "a field name is not text; put yes and no in quotes")
    return value, None


def read_records(path: Path, root: Path) -> tuple[list[tuple[int, dict]], list[Problem]]:
    """Read a YAML list of records (sources, terms); returns each with the line of its `- `."""
    name = path.relative_to(root.parent).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
        records = yaml.load(text, Loader=yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader) or []
    except OSError as error:
        return [], [Problem(name, 1, f"cannot be read: {error.strerror}")]
    except yaml.YAMLError as error:
        line = error.problem_mark.line + 1 if getattr(error, "problem_mark", None) else 1
        return [], [Problem(name, line, f"not valid YAML: {getattr(error, 'problem', error)}")]
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return [], [Problem(name, 1, "must be a list of records, each beginning with `- id:`")]
    return [(item.start_mark.line + 1, record) for item, record in zip(node.value if node else [], records)], []


def read_permalinks(path: Path, root: Path) -> tuple[dict[str, Permalink], list[Problem]]:
    """The link contract; empty if there is none yet. Only what cannot be read is a problem here: the check judges it."""
    if not path.exists():
        return {}, []
    name = path.relative_to(root.parent).as_posix()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    damaged = "the list of addresses is damaged: {}; mend it, or take it from the last commit"
    try:
        text = path.read_text(encoding="utf-8")
        node, records = yaml.compose(text, Loader=loader), yaml.load(text, Loader=loader) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        return {}, [fault(name, mark.line + 1 if mark else 1, damaged.format(getattr(error, "problem", None) or error))]
    if not isinstance(records, dict):
        return {}, [fault(name, 1, damaged.format("it must hold `/page/#id:` entries with fields"))]
    found, problems = {}, []
    for key, _ in node.value if node else []:
        line = key.start_mark.line + 1
        try:
            found[str(key.value)] = permalink(records[key.value], line)
        except (AttributeError, KeyError, TypeError, ValueError):
            problems.append(fault(name, line, damaged.format(f"the record of {key.value} lacks a date or has a wrong one")))
    return found, problems


def permalink(record: dict, line: int) -> Permalink:
    """One record of the contract. Raises what Python raises if fields are missing or dates are none."""
    changes = sorted((day_of(change["date"]), str(change["note"])) for change in record.get("changes") or [])
    retired = day_of(record["retired"]) if record.get("retired") else ""
    note, successor = (str(record.get(name) or "") for name in ("note", "successor"))
    return Permalink(day_of(record["since"]), tuple(changes), retired, note, successor, line, record)


def day_of(value: object) -> str:
    """A date, quoted or not, as `2026-11-24`; raises ValueError for anything else."""
    return date.fromisoformat(str(value)).isoformat()


def schema_problems(schema: dict, value: dict, file: str, line: int, lines: dict[str, int], what: str) -> Iterator[Problem]:
    """Compare a record with its JSON Schema and put each fault into words."""
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for error in sorted(validator.iter_errors(value), key=str):
        path = [str(part) for part in error.absolute_path]
        where = lines.get(path[0], line) if path else line
        name = ".".join(path)
        if error.validator == "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            message = f"{what} has no `{missing}`; add it ({describe(schema, missing)})"
        elif error.validator == "additionalProperties":
            unknown = sorted(set(error.instance) - set(error.schema["properties"]), key=str)
            known = error.schema["properties"]
            message = f"{what} has an unknown field `{unknown[0]}`{did_you_mean(str(unknown[0]), known)}"
            where = lines.get(str(unknown[0]), where)
        elif error.validator == "enum":
            message = (f"{what} has `{name}: {error.instance}`{did_you_mean(str(error.instance), error.validator_value)}; "
                       f"allowed: {', '.join(map(str, error.validator_value))}")
        elif error.validator == "format":
            message = f"{what} has `{name}: {error.instance}`, which is not a date; write it as \"2026-11-24\", in quotes"
        else:
            message = f"{what}, `{name}`: {error.message} ({describe(schema, path[0] if path else '')})"
        yield fault(file, where, message)


def describe(schema: dict, name: str) -> str:
    """What a schema says about a field, for the end of a message."""
    return schema.get("properties", {}).get(name, {}).get("description", "see docs/data/schemas")


def did_you_mean(word: str, known) -> str:
    """`; did you mean "x"?` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, [str(item) for item in known], 1, 0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def load_schemas(root: Path, folder: str = "") -> dict[str, dict]:
    """The JSON Schemas by name of what they describe: page, finding, source, …; in `exports` those of the downloads."""
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((root / "data" / "schemas" / folder).glob("*.schema.json"))}


def event_problems(event: dict, events: list[dict], pages: dict[str, Page], file: str, line: int) -> Iterator[Problem]:
    """What a schema cannot say of an event: days that do not exist, a wrong order, a section that is not there."""
    what = f'event "{event.get("id")}"'
    for key in ("date", "until"):
        parts = [int(part) for part in re.findall(r"\d+", str(event.get(key, "")))]
        try:
            date(*(parts + [1, 1])[:3])
        except (TypeError, ValueError):
            if parts:
                yield fault(file, line, f"{what} has `{key}: {event[key]}`, a day that does not exist")
    if len(events) > 1 and str(event.get("date")) < str(events[-2].get("date")):
        yield fault(file, line, f"{what} stands after a later one; keep the file in order of `date`")
    name, _, anchor = str(event.get("section", "")).partition("#")
    if name not in pages or anchor and anchor not in ids_of(pages[name]):
        known = pages if name not in pages else ids_of(pages[name])
        yield fault(file, line, f"{what} is treated in {event.get('section')}, which is not there"
                                  f"{did_you_mean(anchor if name in pages else name, known)}")


def readings(content: Content) -> list[dict[str, str]]:
    """Every reading of every indicator, the newest first: what the watchlist's figure and its data are made of."""
    rows = []
    for block in content.blocks("indicator"):
        now = {"date": block.fields.get("as_of"), **{key: block.fields.get(key) for key in ("position", "reading", "sources")}}
        for entry in [now, *(block.fields.get("log") or [])]:
            rows.append({"indicator": block.argument, "title": str(block.fields.get("title")), "date": str(entry.get("date")),
                         "position": str(entry.get("position")), "reading": REFERENCE.sub("", str(entry.get("reading"))),
                         "sources": " ".join(entry.get("sources") or [])})
    return rows


def read_figures(root: Path, sources: dict[str, dict]) -> tuple[dict[str, list[dict[str, str]]], dict[str, list[dict]], list[Problem]]:
    """The rows of every CSV file under data/figures and what its columns mean, by its name without the suffix."""
    figures, columns, problems = {}, {}, []
    for path in sorted((root / "data" / "figures").glob("*.csv")):
        file = path.relative_to(root.parent).as_posix()
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(fault(file, 1, f"cannot be read as CSV in UTF-8: {error}"))
            continue
        figures[path.stem] = rows
        try:
            described = json.loads(path.with_suffix(".csv-metadata.json").read_text(encoding="utf-8"))
            columns[path.stem] = described["tableSchema"]["columns"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            problems.append(fault(file, 1, f"{path.stem}.csv-metadata.json, which says what its columns mean, cannot be read: {error}"))
            continue
        names = [column.get("name") for column in columns[path.stem]]
        if rows and names != list(rows[0]):
            odd = next((name for name in [*rows[0], *names] if name not in rows[0] or name not in names), "the order")
            problems.append(fault(file, 1, f"its columns are not those of {path.stem}.csv-metadata.json: {odd} differs"))
        for number, row in enumerate(rows, 2):
            if None in row or None in row.values():
                problems.append(fault(file, number, "this row has more or fewer cells than the head; quote text with commas"))
                continue
            problems += [Problem(file, number, f'unknown source "{source}"{did_you_mean(source, sources)}')
                         for source in sources_of(row) if source not in sources]
    return figures, columns, problems


def problems_of(content: Content, schemas: dict[str, dict], unreadable: set[str]) -> Iterator[Problem]:
    """What a schema cannot say: unknown sources and codes, codes and ids that occur twice, letters of pages.

    Files in `unreadable` are left out: their YAML has to be mended before anything else can be said of them.
    """
    codes, verdicts = content.codes(), {block.fields.get("id") for block in content.blocks("verdict")}
    seen_codes: dict[str, str] = {}
    for page in content.pages.values():
        if page.file in unreadable:
            continue
        key_lines = {key: 1 for key in page.meta}
        yield from schema_problems(schemas["page"], page.meta, page.file, 1, key_lines, "the front matter")
        ids: dict[str, int] = {}
        for line, anchor in sorted([(line, anchor) for line, _, _, anchor in page.headings]
                                   + [(block.line, str(block.fields.get("id"))) for block in page.blocks
                                      if block.kind in RECORDS]):
            if not anchor:
                yield fault(page.file, line, "this heading has no id; end it with { #short-name }, so that links to it last")
            elif anchor in ids:
                yield fault(page.file, line, f'the id "{anchor}" is used on line {ids[anchor]} already; ids are unique on a page')
            ids[anchor] = line
        for line, source, _, _ in page.citations:
            if source not in content.sources:
                yield fault(page.file, line, f'unknown source "{source}"{did_you_mean(source, content.sources)}; '
                                               "correct it or add the source to docs/data/sources.yml")
        for line, code in page.code_links:
            if code not in codes:
                yield fault(page.file, line, f"[{code}] is the code of no finding, indicator or statement{did_you_mean(code, codes)}")
        for block in page.blocks:
            if block.kind not in RECORDS:
                continue
            what = f"{block.kind} {block.argument}"
            yield from schema_problems(schemas[block.kind], block.fields, page.file, block.line, block.field_lines, what)
            if block.kind not in WITHOUT_TEXT and not block.body:
                yield fault(page.file, block.line, f"{what} has no text between its fields and the closing ///")
            if block.kind in CODED:
                letter = str(page.meta.get("letter", ""))
                if not re.fullmatch(re.escape(letter) + r"\d+", block.argument) or not letter:
                    yield fault(page.file, block.line, f'the code "{block.argument}" must be the letter of the page '
                                                         f'("{letter}", from its front matter) and a number')
                if block.argument in seen_codes:
                    yield fault(page.file, block.line, f"the code {block.argument} is given already "
                                                         f"({seen_codes[block.argument]}); codes are given once, for ever")
                seen_codes[block.argument] = f"{page.file}:{block.line}"
            target = block.fields.get("finding")
            if block.kind in ("verdict", "statement") and target not in codes:
                yield fault(page.file, block.field_lines.get("finding", block.line), f"{what} rests on {target}, which no page has")
            if block.kind == "figure" and block.argument not in content.figures:
                yield fault(page.file, block.line, f"there is no docs/data/figures/{block.argument}.csv"
                                                     f"{did_you_mean(block.argument, content.figures)}")
            if block.kind == "indicator" and block.fields.get("changes") not in verdicts:
                yield fault(page.file, block.field_lines.get("changes", block.line),
                              f"{what} would change \"{block.fields.get('changes')}\", which is the id of no verdict"
                              f"{did_you_mean(str(block.fields.get('changes')), verdicts)}")


def read_content(root: Path) -> Content:
    """Read and judge everything under `root` (the docs folder).

    Raises ContentError with every problem found, so that an editor mends all of them in one go.
    """
    schemas = load_schemas(root)
    if not schemas:
        raise ContentError([Problem(str(root), 1, "there are no data/schemas here; start the build in the folder that holds mkdocs.yml")])
    problems: list[Problem] = []
    pages: dict[str, Page] = {}
    for path in sorted(root.glob("*.md")):
        pages[path.name], found = read_page(path, root)
        problems += found
    sources: dict[str, dict] = {}
    terms: list[dict] = []
    events: list[dict] = []
    placed: list[Record] = []
    for name, kind in (("sources.yml", "source"), ("glossary.yml", "term"), ("events.yml", "event")):
        path = root / "data" / name
        if kind == "event" and not path.exists():
            continue
        records, found = read_records(path, root)
        problems += found
        file, seen = path.relative_to(root.parent).as_posix(), set()
        for line, record in records:
            placed.append(Record(record, file, line))
            problems += schema_problems(schemas[kind], record, file, line, {}, f'{kind} "{record.get("id")}"')
            if record.get("id") in seen:
                problems.append(fault(file, line, f'the id "{record["id"]}" stands twice; keep one record'))
            seen.add(record.get("id"))
            if kind == "source":
                sources[str(record.get("id"))] = record
                continue
            (terms if kind == "term" else events).append(record)
            problems += [Problem(file, line, f'{kind} "{record.get("id")}" names the unknown source "{source}"'
                                             f"{did_you_mean(source, sources)}")
                         for source in record.get("sources", []) if source not in sources]
            if kind == "event":
                problems += event_problems(record, events, pages, file, line)
    permalinks, found = read_permalinks(root / "data" / "permalinks.yml", root)
    problems += found
    shapes = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (root / "data" / "figures").glob("*.geojson")}
    figures, columns, found = read_figures(root, sources)
    problems += found
    content = Content(root, pages, sources, terms, events, figures, columns, shapes, load_schemas(root, "exports"), permalinks, placed)
    figures |= {"readings": readings(content), "events": [{**event, "sources": " ".join(event["sources"])} for event in events]}
    problems += problems_of(content, schemas, {problem.file for problem in problems})
    if problems:
        raise ContentError(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.message)))
    return content


_last: tuple[tuple, Content] | None = None


def current_content(root: Path) -> Content:
    """`read_content`, repeated only when a file under docs/ has changed since the last call (live preview)."""
    global _last
    patterns = ("*.md", "data/*.yml", "data/schemas/*.json", "data/figures/*")
    names = [os.path.join(root, name) for pattern in patterns for name in glob(pattern, root_dir=root)]
    state = tuple(sorted((name, (known := os.stat(name)).st_mtime_ns, known.st_size) for name in names))
    if _last is None or _last[0] != state:
        _last = (state, read_content(root))
    return _last[1]
