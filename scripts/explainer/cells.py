"""What is wrong with a cell of a CSV file behind a figure, by what its description says of the column.

That is the W3C's CSV on the Web: a type, for text perhaps with a `format` (the words that it may be, parted
by bars), a `separator` of several values, and in `dc:references` the column of another file that a value
names. A cell may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from explainer.content import Content, Problem
from explainer.files import day_of

RULES = {"CEL001": ("error", "a cell of a figure's data is not what its column holds")}
TYPES: dict[str, tuple[Callable[[str], object], str]] = {  # what fits, and how messages name it
    "string": (lambda cell: cell == cell.strip(), "text without spaces around it"),
    "number": (lambda cell: re.fullmatch(r"-?\d+(\.\d+)?", cell), "a number, as 1.5"),
    "integer": (lambda cell: re.fullmatch(r"-?\d+", cell), "a whole number"),
    "date": (day_of, "a date, as 2026-11-29"),
}


def judge_cells(content: Content) -> Iterator[Problem]:
    """Every cell that its column cannot hold, and every type that this check does not know."""
    for name, lines in content.row_lines.items():
        file = f"{content.root.name}/data/figures/{name}.csv"
        for column in content.columns.get(name, []):
            if column["datatype"] not in TYPES:
                known = f"the type {column['datatype']} of `{column['name']}` is none of {', '.join(TYPES)}"
                yield Problem(f"{file}-metadata.json", 1, 1, "CEL001", known)
                continue
            if wrong := astray(column["dc:references"], content):
                yield Problem(
                    f"{file}-metadata.json", 1, 1, "CEL001", f"`{column['name']}` refers to {wrong}"
                )
                continue
            for number, (row, line) in enumerate(zip(content.figures[name], lines, strict=True), 1):
                for fault in faults(row.get(column["name"], ""), column, content):
                    yield Problem(
                        file, line, 1, "CEL001", f"row {number}, column `{column['name']}`: {fault}"
                    )


def astray(reference: str, content: Content) -> str:
    """What is wrong with `other.csv#column`, if anything."""
    other, _, key = reference.partition(".csv#")
    there = not reference or any(key in row for row in content.figures.get(other, ())[:1])
    return "" if there else f"{reference}, which is not there"


def faults(cell: str, column: dict, content: Content) -> Iterator[str]:
    """What is wrong with a cell of a column."""
    fits, wanted = TYPES[column["datatype"]]
    words = column["format"].split("|") if column["format"] and column["datatype"] == "string" else []
    other, _, key = column["dc:references"].partition(".csv#")
    known = {row.get(key) for row in content.figures.get(other, ())}
    for value in cell.split(column["separator"]) if column["separator"] and cell else filter(None, [cell]):
        if not fits(value):
            yield f'"{value}" is not {wanted}'
        elif words and value not in words:
            yield f'"{value}" is none of {", ".join(words)}'
        elif other and value not in known:
            yield f'"{value}" is no `{key}` in {other}.csv; add it there, or correct it'
