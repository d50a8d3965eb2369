"""What there is to judge: everything that has fields, and every text that an editor writes for readers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from explainer.content import Block, Content, Page, Place, Problem, Record
from explainer.pages import FENCE, HEADING

NEW = re.compile(r"\s*(?:[-*+]|\d+\.) |\||<")  # begins an item, a row or a tag: a text of its own


@dataclass(frozen=True)
class Item:
    """A front matter, a block or a record, how messages name it, and its schema if its kind has one."""

    kind: str
    what: str
    owner: Page | Block | Record
    fields: dict
    file: str
    line: int
    places: dict[str, Place]
    schema: dict

    def problem(self, rule: str, path: str, message: str) -> Problem:
        """A fault of the field at a path, `log.2.date`, or of the nearest place around it."""
        while path and path not in self.places:
            path = path.rpartition(".")[0]
        return Problem(self.file, *self.places.get(path, (self.line, 1)), rule, message)


@dataclass(frozen=True)
class Text:
    """A piece of the site's text: a paragraph, or a field; `path` is empty for what stands in no field."""

    said: str  # as it was written
    what: str  # how messages name it
    file: str
    place: Place
    owner: Page | Block | Record | None = None  # whose it is; a page's for prose and front matter
    path: str = ""
    role: dict = field(default_factory=dict)  # what its schema says of it
    beside: dict = field(default_factory=dict)  # the fields among which it stands

    def problem(self, rule: str, message: str, found: str | int = 0) -> Problem:
        """A fault of this text, where something stands in it, given by its words or its offset."""
        offset = self.said.find(found) if isinstance(found, str) else found
        line, column = self.place
        if not self.path and offset > 0:
            line, column = line + self.said.count("\n", 0, offset), offset - self.said.rfind("\n", 0, offset)
        return Problem(self.file, line, column, rule, message)


def items(content: Content) -> Iterator[Item]:
    """Everything that has fields: pages and their blocks, then the records of lists."""
    for page in content.pages.values():
        schema = content.schemas.get("page", {})
        yield Item("page", "the page", page, page.meta, page.file, 1, page.meta_places, schema)
        for block in page.blocks:
            what, schema = f"{block.kind} {block.argument}".strip(), content.schemas.get(block.kind, {})
            yield Item(block.kind, what, block, block.fields, page.file, block.line, block.places, schema)
    for record in content.records:
        name = record.fields.get("id")
        what = f'{record.kind} "{name}"' if name else f"this {record.kind}"
        known = (record.fields, record.file, record.line, record.places)
        yield Item(record.kind, what, record, *known, content.schemas.get(record.kind, {}))


def texts(content: Content, every: Iterable[Item]) -> Iterator[Text]:
    """Every text for readers in these items and in the rows behind figures; not titles of sources."""
    for item in every:
        if item.kind != "source":
            yield from texts_in(item, item.fields, ())
        owner = item.owner
        if isinstance(owner, Page):
            starts = [owner.start, *(block.end + 1 for block in owner.blocks)]
            ends = [*(block.line for block in owner.blocks), len(owner.lines) + 1]
            prose = Text("", "this paragraph", item.file, (1, 1), owner)
            for start, end in zip(starts, ends, strict=True):
                yield from paragraphs(prose, owner.lines, start, end)
        elif isinstance(owner, Block):
            role = item.schema.get("x-text", {})
            body = Text("", item.what, item.file, (1, 1), owner, "", role, item.fields)
            yield from paragraphs(body, content.pages[owner.page].lines, owner.text_line, owner.end)
    for name, lines in content.row_lines.items():
        file = f"{content.root.name}/data/figures/{name}.csv"
        for row, line in zip(content.figures[name], lines, strict=True):
            for column, cell in row.items():
                yield Text(cell, f"this {column}", file, (line, 1), None, column)


def texts_in(item: Item, value: Any, path: tuple, beside: dict | None = None) -> Iterator[Text]:
    """The texts in fields, at any depth; words without a space are ids, codes or labels."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_in(item, inner, (*path, name), value)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts_in(item, inner, (*path, number), beside)
    elif isinstance(value, str) and (" " in value.strip() or "[" in value):
        spot, role = ".".join(map(str, path)), part_at(item.schema, path)
        place = item.places.get(spot, (item.line, 1))
        yield Text(value, item.what, item.file, place, item.owner, spot, role, beside or {})


def part_at(schema: dict, path: tuple) -> dict:
    """What a schema says of the value at a path."""
    for step in path:
        inner = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        schema = inner or {}
    return schema


def paragraphs(like: Text, lines: list[str], start: int, end: int) -> Iterator[Text]:
    """The paragraphs, items and rows from one line up to another, which is not in; not code, not headings."""
    held: list[str] = []
    first, fence = start, False
    for number in range(start, end + 1):
        line = lines[number - 1] if number < end else ""
        fenced = bool(FENCE.match(line))
        ends = not line.strip() or fence or fenced or HEADING.match(line)
        if held and (ends or NEW.match(line)):
            yield replace(like, said="\n".join(held), place=(first, 1))
            held = []
        fence ^= fenced
        if not ends:
            first = first if held else number
            held.append(line)
