"""The one reader of text and of YAML: what a file holds, where each part stands, and what cannot be read.

Nesting without end costs nothing, and every fault has its line and column.
"""

from __future__ import annotations

import codecs
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from mkdocs.exceptions import BuildError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SCALARS = yaml.constructor.SafeConstructor()
DEPTH = 50  # levels of nesting
UNWANTED = {"&": "an anchor (&)", "!": "a tag (!)"}  # by the sign with which a value begins
CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?:[ \t]|$)|^={7}$", re.M)
CROWD = 1000  # opening brackets of a paragraph; Python-Markdown needs minutes for 20,000 that are nested
CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")  # Python-Markdown has its own use for some
TEXTS = ("*.css", "*.js", "*.svg", "*.yml", "*.html", "assets/*.json")
ADVICE = {  # by words of the parser
    "mapping values": "put text that holds a colon in quotes, and indent all fields alike",
    "cannot start any token": "put text that begins with a sign in quotes, and indent with spaces, no tab",
    "expected ':'": "write `name: value`, with a space after the colon",
    "expected ',' or": "close the bracket that opens here",
    "maximum nesting": "there are too many levels of brackets here",
    "unexpected end of stream": "close the quotation mark that opens here",
    "another document": "remove this second document (---)",
    "<document start>": "indent all fields alike; a record begins with `- id:`",
    "'-' indicator": "indent all fields alike; a record begins with `- id:`",
    "expected key": "put text with a colon or quotation marks in quotes, and indent all fields alike",
}
# Told where the thing begins, not where the text ends
OPENED = ("expected ':'", "expected ',' or", "unexpected end")

Place = tuple[int, int]  # line and column, both from 1


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where it is (the file counts from the project's folder), by which rule, and what to do."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    severity: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return printable(f"{place}: {self.severity} {self.rule} {self.message}")

    @property
    def place(self) -> tuple[str, int, int]:
        return self.file, self.line, self.column

    @property
    def stops(self) -> bool:
        """Whether no build is worth it: an error, but not of links, published addresses or settings."""
        return self.severity == "error" and self.rule[:3] not in ("CFG", "LNK", "PRM")

    def annotation(self) -> str:
        """The form for GitHub, which shows the first ten of a step beside the text; the log shows all."""
        file = re.sub("[%,:]", lambda match: f"%{ord(match[0]):02X}", self.file)
        place = f"file={file},line={self.line},col={self.column},title={self.rule}"
        return f"::{self.severity} {place}::{str(self).replace('%', '%25')}"


def problem_from(message: str, file: str) -> Problem:
    """What a build said, where it names the place, or else of a file."""
    if at := re.search(r"(\S+?):(\d+):(\d+): error (\w+) (.*)", message):
        return Problem(at[1], int(at[2]), int(at[3]), at[4], at[5])
    return Problem(file, 1, 1, "SRC003", message)


def day_of(value: object) -> str:
    """A value that is an existing day in ISO form, `2026-11-24`; empty for anything else."""
    with suppress(TypeError, ValueError):  # Python also reads 20261124 and weeks
        return value if date.fromisoformat(value).isoformat() == value else ""  # type: ignore[arg-type]
    return ""


def printable(text: str) -> str:
    """A text on one line, with control characters made visible, so that no page can write to the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


class ContentError(BuildError):
    """The errors of a read. Both generators print this kind without a traceback, and MkDocs once."""

    SHOWN = 100

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = len(problems)
        head = f"the content has {count} problem{'s' * (count != 1)}"
        more = [f"and {count - self.SHOWN} more"] if count > self.SHOWN else []
        super().__init__("\n".join([head, *map(str, problems[: self.SHOWN]), *more]))


class Unreadable(Exception):
    """YAML that cannot be read, or that holds what has no place here: where, and what to do."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place, self.message = place, message


@dataclass
class Located:
    """What YAML holds that begins at `line` of its file, `indent` columns in, and the places of its parts."""

    text: str
    line: int
    indent: int
    value: Any = None
    places: dict[tuple, Place] = field(default_factory=dict)  # of each name and item, by ("log", 2, "date")
    twice: list[tuple[Place, str]] = field(default_factory=list)  # where a name stands again, with a message

    def place(self, node: Any) -> Place:
        """Line and column in the file."""
        return node.start_mark.line + self.line, node.start_mark.column + 1 + self.indent

    def take(self, node: Any, path: tuple = ()) -> Any:
        """The value of a node. Raises Unreadable for what has no place here."""
        sign = self.text[node.start_mark.index : node.start_mark.index + 1]
        what = f"more than {DEPTH} levels of nesting" if len(path) > DEPTH else UNWANTED.get(sign)
        if what:
            raise Unreadable(self.place(node), f"not allowed here: {what}; write the value out in quotes")
        if isinstance(node, yaml.MappingNode):
            return self.take_mapping(node, path)
        if isinstance(node, yaml.ScalarNode):
            if not node.style and node.value.endswith('"'):
                raise Unreadable(
                    self.place(node), "a quotation mark is missing before this text, or is one too many"
                )
            return scalar(node)
        for number, item in enumerate(node.value):
            self.places[(*path, number)] = self.place(item)
        return [self.take(item, (*path, number)) for number, item in enumerate(node.value)]

    def take_mapping(self, node: yaml.MappingNode, path: tuple) -> dict:
        """A mapping, whose names stay as they are written; of two values under a name the last."""
        made: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or "\xa0" in key.value:
                message = "the name of a field must be a word, without a non-breaking space"
                raise Unreadable(self.place(key), message)
            here = (*path, key.value)
            if key.value in made:
                message = f"`{key.value}` stands on line {self.places[here][0]} already; keep one of the two"
                self.twice.append((self.place(key), message))
            self.places[here] = self.place(key)
            made[key.value] = self.take(value, here)
        return made


def name_of(path: Path, root: Path) -> str:
    """A file as messages name it: from the folder on that holds the docs folder `root`."""
    return Path(os.path.relpath(path, root.parent)).as_posix()


def read_text(path: Path, root: Path, problems: list[Problem]) -> str:
    """A file's text with plain line ends; nothing, and a problem, if it cannot be read or is empty."""
    text, place, fault = "", (1, 1), "the file is empty"
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        text = re.sub(r"\r\n?", "\n", data.decode("utf-8"))
    except OSError as error:
        fault = f"the file cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        place = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
        fault = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
    if odd := CONFLICT.search(text) or CONTROL.search(text):
        place = text.count("\n", 0, odd.start()) + 1, odd.start() - text.rfind("\n", 0, odd.start())
        merged = "a merge left both versions here; keep what holds and remove <<<<<<<, ======= and >>>>>>>"
        fault = merged if len(odd[0]) >= 7 else "remove this unprintable character"
    parts = text.split("\n\n") if path.suffix in (".md", ".yml") and not odd else ()
    crowd = next((part for part in parts if part.count("[") > CROWD), "")
    if crowd:
        place = text.count("\n", 0, text.find(crowd)) + 1, 1
        fault = f"over {CROWD} brackets in one paragraph; part it with empty lines"
    if odd or crowd or not text.strip():
        problems.append(Problem(name_of(path, root), *place, "SRC001", fault))
        return ""
    return text


def unreadable_texts(folders: list[Path], root: Path) -> list[Problem]:
    """What cannot be read of the texts that are published or built from, beside pages and their data."""
    problems: list[Problem] = []
    for path in sorted({path for folder in folders for end in TEXTS for path in folder.rglob(end)}):
        if path.is_symlink() or path.stat().st_size:  # an empty template switches another off
            read_text(path, root, problems)
    return problems


def replace_file(path: Path, data: bytes) -> None:
    """Write a file as a whole: the old one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")  # generators pass over names with a dot, should it be left
    try:
        fresh.write_bytes(data)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def read_yaml(text: str, line: int = 1, indent: int = 0) -> Located:
    """Read YAML that begins on `line` of its file, `indent` columns in. Raises Unreadable."""
    found = Located(text, line, indent)
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        (row, column), message = explain(error, text, line)
        raise Unreadable((row + line, column + 1 + indent), f"not valid YAML: {message}") from None
    found.value = found.take(root) if root else None
    return found


def scalar(node: yaml.ScalarNode) -> Any:
    """The value of a scalar, by the rules of YAML 1.1."""
    make = yaml.SafeLoader.yaml_constructors.get(node.tag)
    try:
        return make(SCALARS, node) if make and not node.tag.endswith(":str") else node.value
    except (ValueError, LookupError, AttributeError, yaml.YAMLError):  # 2026-02-30: for the judge to say
        return node.value


def explain(error: yaml.YAMLError, text: str, line: int) -> tuple[Place, str]:
    """Line and column, from 0, of a fault, and in our words what is most likely wrong."""
    if isinstance(error, yaml.reader.ReaderError):
        odd = yaml.reader.Reader.NON_PRINTABLE.search(text)
        before = text[: odd.start() if odd else 0]
        return (before.count("\n"), len(before) - before.rfind("\n") - 1), "remove this unprintable character"
    problem = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    if mark is None or any(words in problem for words in OPENED):
        mark = getattr(error, "context_mark", None) or mark
    if mark is None:
        return (0, 0), problem
    lines = text.split("\n")
    advice = next((said for words, said in ADVICE.items() if words in problem), problem)
    before = lines[mark.line][: mark.column + 1] if mark.line < len(lines) else ""
    if "\t" in before[: len(before) - len(before.lstrip())]:
        advice = "indent with spaces, no tab"
    elif "expected key" in problem and not before[:-1].strip():
        advice = "indent all fields alike; this line is not where those above begin"
    quoted = line_with_odd_quotes(lines, mark.line)
    if any(re.search(r"(^|:)\s*\xa0", row) for row in lines[max(mark.line - 1, 0) : mark.line + 1]):
        advice = "write a plain space instead of the non-breaking one"
    elif quoted is not None and "unexpected end" not in problem:
        where = "this line" if quoted == mark.line else f"line {quoted + line}"
        advice = f"a quotation mark is missing in {where}"
    return (mark.line, mark.column), advice


def line_with_odd_quotes(lines: list[str], number: int) -> int | None:
    """The line, from 0, with one quotation mark too few: this one, or the last before it that has any."""
    for row in range(min(number, len(lines) - 1), -1, -1):
        marks = len(re.findall(r'(?<!\\)"', lines[row]))
        if marks % 2:
            return row
        if marks and row < number:
            return None
    return None
