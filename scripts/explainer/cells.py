"""What is wrong with a cell of a CSV file behind a figure, by the type that its description gives the column.

The types are those of the W3C's CSV on the Web; a cell may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from explainer.content import Content, Problem
from explainer.files import day_of

RULES = {"CEL001": ("error", "a cell of a figure's data is not of the type of its column")}


TYPES: dict[str, tuple[Callable[[str], object], str]] = {  # what fits, and how messages name it
    "string": (lambda cell: cell == cell.strip(), "text without spaces around it"),
    "number": (lambda cell: re.fullmatch(r"-?\d+(\.\d+)?", cell), "a number, as 1.5"),
    "integer": (lambda cell: re.fullmatch(r"-?\d+", cell), "a whole number"),
    "date": (day_of, "a date, as 2026-11-29"),
}


def judge_cells(content: Content) -> Iterator[Problem]:
    """Every cell that is not of its type, and every type that this check does not know."""
    for name, lines in content.row_lines.items():
        file = f"{content.root.name}/data/figures/{name}.csv"
        for column in content.columns.get(name, []):
            fits, wanted = TYPES.get(str(column["datatype"]), (None, ""))
            if fits is None:
                known = f"the type {column['datatype']} of `{column['name']}` is none of {', '.join(TYPES)}"
                yield Problem(f"{file}-metadata.json", 1, 1, "CEL001", known)
                continue
            for number, (row, line) in enumerate(zip(content.figures[name], lines, strict=True), 1):
                cell = row.get(column["name"], "")
                if cell and not fits(cell):
                    message = f'row {number}, column `{column["name"]}`: "{cell}" is not {wanted}'
                    yield Problem(file, line, 1, "CEL001", message)
