"""Read a Markdown page: front matter, `/// kind | argument` blocks, headings, and what it cites."""

from __future__ import annotations

import difflib
import functools
import operator
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainer.files import Place, Problem, Unreadable, name_of, read_text, read_yaml
from explainer.kinds import BLOCKS, CODED, RECORDS

FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.S)  # as MkDocs has it
NO_FRONT_MATTER = "MkDocs sees no front matter here; begin the file with fields between two lines of ---"
FENCE = re.compile(r"```|~~~")
HEADING = re.compile(r"(#{1,6})[ \t]*(.*)")  # as Python-Markdown has it, which wants no space
UNDERLINE = re.compile(r"(=+|-+) *")  # makes the line above a heading,
ABOVE = re.compile(r"(^|\n\n)[^\n]*\w[^\n]*\n\Z")  # if that is one of words after an empty one
INNER = re.compile(  # a heading in a quotation, a list or in HTML
    r" {0,3}(?:(?:> ?|(?:[*+-]|\d+\.) +)+(?:#{1,6} *\S|<h[1-6]\b)|<h[1-6]\b)"
)
ANCHOR = re.compile(r"\{[^}]*#([\w-]+)(?:\s[^}]*)?\}")
COMMENT = re.compile(r"(?<!`)<!--(?!.*-->)", re.S)
REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
SOURCE = re.compile(r"[a-z0-9-]+")  # of another text the judge says that it is no id
CODE_LINK = re.compile(r"\[([A-Z]\d+)\](?![\[(:])")
NAMES = ", ".join(sorted(BLOCKS))
OPENING = re.compile(r"([\s>]*)(/+)(\s*)([A-Za-z][\w-]*)\s*(?:(\|)\s*)?(.*)")
CLOSING = re.compile(r"[\s>]*/{2,}\s*")
FIELD = re.compile(r" {4}|\s*[a-z_]+:(\s|$)|\s+-\s")  # also where it is indented wrong
FIELD_WITH_VALUE = re.compile(r" {4}[a-z_]+: +[^|>\s].*(?<!,)$")  # no deeper field can follow it
DEEPER = re.compile(r" {5,}[a-z_]+:(\s|$)")
INDENTED = {"\t": "a tab", "\xa0": "a non-breaking space"}


@dataclass(frozen=True)
class Block:
    """A `/// kind | argument` block with its YAML fields; `line` is its first line in the file, from 1."""

    kind: str
    argument: str
    fields: dict
    body: str
    page: str
    line: int
    places: dict[str, Place]  # of each field and of what is in it, `log.2.date`
    text_line: int = 0  # the first line below its fields
    end: int = 0  # the line that closes it

    @property
    def address(self) -> str:
        """Link target as editors write it, `treaty.md#no-duty-to-defend`; both generators resolve it."""
        return f"{self.page}#{self.fields.get('id', '')}"


@dataclass
class Page:
    """A Markdown file: front matter, blocks, headings, and who cites which source from which place."""

    name: str
    file: str
    body: str = ""  # what generators hand to Python-Markdown, which is how an extension knows the page
    meta: dict = field(default_factory=dict)
    meta_places: dict[str, Place] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    headings: list[tuple[int, int, str, str]] = field(default_factory=list)  # line, level, text, id
    citations: list[tuple[int, str, str, str]] = field(default_factory=list)  # line, source, place, its id
    code_links: list[tuple[int, str]] = field(default_factory=list)  # line, code
    lines: list[str] = field(default_factory=list)  # of the whole file
    start: int = 1  # the first line below the front matter
    prose: list[str] = field(default_factory=list)  # text beside the blocks: opening, below each heading

    def heading_above(self, line: int) -> str:
        """The heading below which a line stands; empty if there is none."""
        return next((text for number, _, text, _ in reversed(self.headings) if number < line), "")

    def cite(self, number: int, line: str, place: str, anchor: str) -> None:
        """Note what a line refers to."""
        self.citations += [(number, source, place, anchor) for source in REFERENCE.findall(line)]
        self.code_links += [(number, code) for code in CODE_LINK.findall(line)]


def read_page(path: Path, root: Path, problems: list[Problem]) -> Page:
    """Read one file. Problems: no front matter, blocks that are written wrong, fields that are no YAML."""
    page = Page(path.name, name_of(path, root))
    text = read_text(path, root, problems)
    page.lines, page.prose = text.split("\n"), [""]
    if not text:
        return page
    number, fence, opened = read_front_matter(page, text, problems), "", 0
    page.start = number + 1
    place, anchor = str(page.meta.get("title", page.name)), ""
    while number < len(page.lines):
        line = page.lines[number]
        if (match := FENCE.match(line)) or fence:
            page.prose[-1] += f"{line}\n"
            if match:
                fence, opened = "" if fence == match[0] else fence or match[0], number + 1
        elif match := HEADING.match(line):
            place, anchor = heading_of(match[2])
            page.headings.append((number + 1, len(match[1]), place, anchor))
            page.prose.append("")
        elif block := opening(line):
            number = read_block(page, number, block, (place, anchor), problems)
        elif CLOSING.fullmatch(line):
            message = "this line closes no block; remove it, or write the line that opens the block"
            problems.append(Problem(page.file, number + 1, 1, "REC006", message))
        else:
            underlined = UNDERLINE.fullmatch(line) and ABOVE.search(page.prose[-1])
            if underlined or INNER.match(line):
                message = (
                    'this makes a heading without address; put "## Words { #short-name }" on its own line'
                )
                problems.append(Problem(page.file, number + 1, 1, "ID002", message))
            page.prose[-1] += f"{line}\n"
            page.cite(number + 1, line, place, anchor)
        number += 1
    if comment := COMMENT.search(text):
        fence, opened = "<!--", text.count("\n", 0, comment.start()) + 1
    if fence:
        problems.append(Problem(page.file, opened, 1, "REC006", f"this {fence} is never closed"))
    return page


def heading_of(text: str) -> tuple[str, str]:
    """Words and id of a heading's text, `No duty { #no-duty }`."""
    start = max(text.rfind("{"), 0)
    match = ANCHOR.fullmatch(text[start:].rstrip())
    return (text[:start].rstrip(), match[1]) if match else (text.rstrip(), "")


def read_front_matter(page: Page, text: str, problems: list[Problem]) -> int:
    """Fill in `meta` and `body`; returns the number of lines that the front matter takes."""
    match = FRONT_MATTER.match(text)
    page.body = text[match.end() if match else 0 :].strip()
    if match is None or not match[1].strip():
        problems.append(Problem(page.file, 1, 1, "FM001", NO_FRONT_MATTER))
        return 0
    try:
        page.meta, page.meta_places = read_fields(match[1], page.file, 2, 0, problems)
    except Unreadable as fault:
        message = f"MkDocs cannot read this front matter and prints it as text: {fault.message}"
        problems.append(Problem(page.file, *fault.place, "FM002", message))
    return match[0].count("\n")


Fields = tuple[dict, dict[str, Place]]  # with the place of each and of what is in it


def read_fields(text: str, file: str, line: int, indent: int, problems: list[Problem]) -> Fields:
    """A mapping in YAML and the places of its parts. Raises Unreadable; a field given twice is a problem."""
    found = read_yaml(text, line, indent)
    if not isinstance(found.value, dict | None):
        raise Unreadable((line, indent + 1), "it must hold `name: value` lines")
    problems += [Problem(file, *place, "FM006", message) for place, message in found.twice]
    return found.value or {}, {".".join(map(str, path)): place for path, place in found.places.items()}


def opening(line: str) -> tuple[str, str, str] | None:
    """Kind and argument of the block that a line opens, and what is wrong with how that is written.

    The kind is empty if no block has that name. Prose and comments that only begin with a slash open none.
    """
    match = OPENING.fullmatch(line.rstrip()) if "/" in line else None
    if match is None:
        return None
    indent, slashes, gap, word, bar, rest = match.groups()
    kind = next(iter(difflib.get_close_matches(word.lower(), BLOCKS, 1, 0.7)), "")
    if len(slashes) < 3 and not (kind and (bar or (word.lower() == kind and not rest))):
        return None
    as_written = not indent and slashes == "///" and gap and word == kind and (bar or not rest)
    if as_written and (rest or kind not in RECORDS) and not re.search(r"[^\S ]", line[: match.start(6)]):
        return kind, rest, ""
    wanted = rest or "name" * (kind in RECORDS)
    right = f'write "/// {kind}{" | " * bool(wanted)}{wanted}"'
    return kind, rest, f'"{line.strip()}" opens no block; {right if kind else f"there are {NAMES}"}'


def read_block(
    page: Page, start: int, opened: tuple[str, str, str], above: tuple[str, str], problems: list[Problem]
) -> int:
    """Read the block that opens at index `start`, below the heading `above`; returns where it ends."""
    kind, argument, slip = opened
    if slip:
        problems.append(Problem(page.file, start + 1, 1, "REC006", slip))
    body, bad = end_of_fields(page.lines, start + 1)
    end = end_of_block(page, start, body, kind, problems)
    if not kind:
        return end
    fields: dict = {}
    places: dict[str, Place] = {}
    try:
        head = "" if bad else "\n".join(row[4:] for row in page.lines[start + 1 : body])
        fields, places = read_fields(head, page.file, start + 2, 4, problems)
    except Unreadable as fault:
        bad = fault.place, f"the fields of this {kind} cannot be read: {fault.message}"
    if bad:
        problems.append(Problem(page.file, *bad[0], "REC006", bad[1]))
    text = "\n".join(page.lines[body:end]).strip()
    lines = body + 1, end + 1
    page.blocks.append(Block(kind, argument, fields, text, page.name, start + 1, places, *lines))
    name, anchor = (argument, str(fields.get("id", above[1]))) if kind in CODED else above
    for path, (line, _) in places.items():
        source = value_at(fields, path) if re.search(r"(^|\.)sources\.\d+$", path) else None
        if isinstance(source, str) and SOURCE.fullmatch(source):
            page.citations.append((line, source, name, anchor))
    for number in range(start, end):
        page.cite(number + 1, page.lines[number], name, anchor)
    return end


def value_at(fields: dict, path: str) -> Any:
    """The value at a path, `log.2.sources.0`."""
    steps = (int(step) if step.isdigit() else step for step in path.split("."))
    return functools.reduce(operator.getitem, steps, fields)


def end_of_fields(lines: list[str], start: int) -> tuple[int, tuple[Place, str] | None]:
    """Index of the line after a block's fields, and that of one that is indented wrong, with what to do."""
    bad, row = None, start
    while row < len(lines) and lines[row].strip() and FIELD.match(lines[row]):
        space = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
        deep = len(space) > 4 and FIELD_WITH_VALUE.match(lines[row - 1]) and DEEPER.match(lines[row])
        if bad is None and (len(space) < 4 or space.strip(" ") or deep):
            odd = INDENTED.get(space.strip(" ")[:1], f"{len(space) or 'no'} space{'s' * (len(space) != 1)}")
            bad = (row + 1, 1), f"indent by four spaces; this line begins with {odd}"
        row += 1
    after = next((number for number in range(row, min(row + 3, len(lines))) if lines[number].strip()), row)
    if bad is None and after > row and re.match(r"\s+[a-z_]+:(\s|$)", lines[after]):
        bad = (row + 1, 1), "remove this empty line; all fields follow the line that opens the block"
    return row, bad


def end_of_block(page: Page, start: int, body: int, kind: str, problems: list[Problem]) -> int:
    """Index of the line that closes a block, or of the last line that can belong to it."""
    end, lines = body, page.lines
    tests = (CLOSING.fullmatch, HEADING.match, opening)
    while end < len(lines) and not any(ends(lines[end]) for ends in tests):
        end += 1
    opened = opening(lines[end]) if end < len(lines) else None
    unlike = opened and opened[2] and opened[0] in ("", kind) and not opened[1]  # "/// end", "/// finding"
    closed = end < len(lines) and (CLOSING.fullmatch(lines[end]) or unlike)
    if closed and lines[end].rstrip() != "///":
        message = f'"{lines[end].strip()}" does not close the {kind}; write "///" at the start of the line'
        problems.append(Problem(page.file, end + 1, 1, "REC006", message))
    if not closed and kind:
        message = f"the {kind} that opens here never ends; close it with a line that holds only ///"
        problems.append(Problem(page.file, start + 1, 1, "REC006", message))
    return end if closed else end - 1
