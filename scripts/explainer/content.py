"""Read everything that an editor writes under docs/, each file once, and keep where every part of it stands.

Python-Markdown hands an extension the text of one page, without its name. Lists of sources, the home page,
downloads and messages need the names and the whole. What is wrong with what was read is for `judge` to say;
here only what cannot be read is told.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explainer.files import (
    Located,
    Place,
    Problem,
    Unreadable,
    day_of,
    name_of,
    read_text,
    read_yaml,
)
from explainer.kinds import CODED, LISTED, RECORDS, Kind
from explainer.pages import REFERENCE, Block, Page, read_page
from explainer.versions import Change, Kept, read_kept
from explainer.words import long_date

HORIZON = "{horizon}"  # in texts it stands for the date up to which sources were looked for
DESCRIBED = ("name", "dc:description", "datatype")  # what CSVW says of each column,
MORE = {"format": "", "separator": "", "dc:references": ""}  # and of some: form, parts, `other.csv#column`


@dataclass(frozen=True)
class Record:
    """An entry of a YAML list: a source, a term, a person, an event or a look."""

    kind: str
    fields: dict
    file: str
    line: int
    places: dict[str, Place]


@dataclass(frozen=True)
class Permalink:
    """What is recorded of a published address, `/treaty/#no-duty`; `note` says why it was retired."""

    since: str
    changes: tuple[Change, ...] = ()  # oldest first
    retired: str = ""
    note: str = ""
    successor: str = ""
    also: tuple[str, ...] = ()  # further successors, where it was split
    line: int = field(default=1, compare=False)
    fields: dict = field(default_factory=dict, compare=False)  # the whole record, as it was read


@dataclass(eq=False)
class Content:
    """Everything under docs/ that the pages are built from; known by identity, so that what is worked out of
    it can be kept."""

    root: Path
    pages: dict[str, Page] = field(default_factory=dict)
    sources: dict[str, dict] = field(default_factory=dict)
    # The records of each list by their kind, as readers get them
    listed: dict[str, list[dict]] = field(default_factory=lambda: {name: [] for name in LISTED})
    figures: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # rows behind each figure, by name
    columns: dict[str, list[dict]] = field(default_factory=dict)  # what those of each CSV file mean (CSVW)
    shapes: dict[str, dict] = field(default_factory=dict)  # GeoJSON for maps, by name
    exports: dict[str, dict] = field(default_factory=dict)  # JSON Schemas of the downloads, by name
    permalinks: dict[str, Permalink] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)  # the words of every version that was recorded
    records: list[Record] = field(default_factory=list)  # what YAML lists hold, with its places
    schemas: dict[str, dict] = field(default_factory=dict)  # of pages and of each kind of record
    row_lines: dict[str, list[int]] = field(default_factory=dict)  # of the rows of each CSV file

    def blocks(self, kind: str) -> list[Block]:
        """All blocks of one kind, in order of pages (file name) and lines."""
        return [block for page in self.pages.values() for block in page.blocks if block.kind == kind]

    def codes(self) -> dict[str, Block]:
        """Records that have a permanent code, such as findings, by that code."""
        return {block.argument: block for kind in CODED for block in self.blocks(kind)}

    def codes_given(self) -> set[str]:
        """Every code that a published address was given; none is given again."""
        return {
            str(record.fields["code"]) for record in self.permalinks.values() if record.fields.get("code")
        }

    def behind(self, finding: str, also: list[str] | None = None) -> list[Block]:
        """The findings that a verdict names in its `finding` and `also`, in that order."""
        codes = self.codes()
        return [codes[code] for code in [finding, *(also or [])] if code in codes]

    def page_with(self, kind: str, argument: str = "") -> str:
        """The first page with a block of a kind, with this argument if one is given; empty if none has."""
        return next((block.page for block in self.blocks(kind) if argument in ("", block.argument)), "")

    @property
    def horizon(self) -> str:
        """The date up to which sources were looked for last; empty if no search is recorded."""
        return str(self.listed["look"][-1].get("reach")) if self.listed["look"] else ""

    def dated(self, text: str) -> str:
        """A text with the date for which `{horizon}` stands in it. Digests are made of the text without."""
        return (
            text.replace(HORIZON, long_date(self.horizon))
            if HORIZON in text and self.listed["look"]
            else text
        )

    def cited(self) -> dict[str, list[tuple[str, str, str]]]:
        """For each source the places that cite it, once each: page file, name of the place, its id."""
        found: dict[str, dict[tuple[str, str, str], None]] = {}
        for page in self.pages.values():
            for _, source, place, anchor in page.citations:
                found.setdefault(source, {})[page.name, place, anchor] = None
        shown = []  # the rows that a page shows
        for block in (block for kind in RECORDS.values() if kind.data for block in self.blocks(kind.name)):
            where = block.page, str(block.fields.get("title")), str(block.fields.get("id"))
            shown.append((where, self.figures.get(block.argument, [])))
        if name := self.page_with("timeline"):
            whole = name, str(self.pages[name].meta.get("title")), ""
            shown.append((whole, self.figures.get("events", [])))
        for where, rows in shown:
            for source in (source for row in rows for source in sources_of(row)):
                found.setdefault(source, {})[where] = None
        return {source: list(places) for source, places in found.items()}


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
    """Ids of the sources that a text cites, by note or in a `sources:` field, in order of appearance."""
    cited = re.findall(r"\[\^([^\]\s]+)\]|sources:[ \t]*\[([^\]]*)\]", text)
    ids = (source.strip("\"'") for note, listed in cited for source in [note, *re.split(r"[,\s]+", listed)])
    return list(dict.fromkeys(filter(None, ids)))


def read_list(path: Path, wanted: type, root: Path, problems: list[Problem]) -> Located:
    """What a YAML file holds: a list, or a mapping, of records; nothing, and a problem, if it does not."""
    file, empty = name_of(path, root), Located("", 1, 1, wanted())
    if not (text := read_text(path, root, problems)):
        return empty
    try:
        found = read_yaml(text)
        records: Any = found.value if isinstance(found.value, wanted) else [None]
        for key, record in records.items() if isinstance(records, dict) else enumerate(records):
            if not isinstance(record, dict):
                form = "records that begin with `- id:`" if wanted is list else "`/page/#id:` with fields"
                raise Unreadable(found.places.get((key,), (1, 1)), f"it must hold {form}")
    except Unreadable as fault:
        problems.append(Problem(file, *fault.place, "SRC001", f"the list cannot be read: {fault.message}"))
        return empty
    problems += [Problem(file, *place, "FM006", message) for place, message in found.twice]
    return found


def read_records(kind: Kind, root: Path, problems: list[Problem]) -> list[Record]:
    """The records of a kind that stands in a list, such as the sources."""
    path = root / "data" / kind.file
    if kind.optional and not path.exists():
        return []
    found = read_list(path, list, root, problems)
    places: list[dict[str, Place]] = [{} for _ in found.value]
    for (number, *steps), place in found.places.items():
        places[number][".".join(map(str, steps))] = place
    file, pairs = name_of(path, root), zip(found.value, places, strict=True)
    return [Record(kind.name, item, file, spots[""][0], spots) for item, spots in pairs if item]


def unreal(record: dict, name: str) -> bool:
    """Whether a field with a day has none; what is given up later may do without."""
    return not day_of(record.get(name)) and not (name == "retired" and not record.get(name))


def read_permalinks(root: Path, kept: Kept, problems: list[Problem]) -> dict[str, Permalink]:
    """The list of published addresses, with the changes that were kept; empty if there is none yet."""
    path, records = root / "data" / "permalinks.yml", {}
    found = read_list(path, dict, root, problems) if path.exists() else Located("", 1, 1, {})
    for address, record in found.value.items():
        place, also = found.places[(address,)], record.get("also") or []
        names = ("since", "retired", "note", "successor")
        since, retired, note, successor = (str(record.get(name) or "") for name in names)
        wrong = [f"`{name}` is unknown" for name in sorted(record.keys() - {*names, "code", "also"})]
        wrong += [
            f'`{day}` is no date as "2026-11-24"' for day in ("since", "retired") if unreal(record, day)
        ]
        wrong += [] if isinstance(also, list) else ["`also` is no list"]
        if wrong:
            fault = f"the record of {address} is damaged: {', '.join(wrong)}"
            message = f"{fault}; mend it, or take it from the last commit"
            problems.append(Problem(name_of(path, root), *place, "PRM005", message))
            continue
        changes, others = tuple(kept.changes.get(address, ())), tuple(map(str, also))
        records[address] = Permalink(since, changes, retired, note, successor, others, place[0], record)
    return records


def read_json(path: Path, root: Path, problems: list[Problem]) -> Any:
    """What a JSON file holds; an empty mapping, and a problem, if it cannot be read."""
    text = read_text(path, root, problems)
    try:
        return json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        place, fault = (error.lineno, error.colno), error.msg
    except RecursionError:
        place, fault = (1, 1), "too many levels of nesting"
    problems.append(Problem(name_of(path, root), *place, "SRC001", f"not valid JSON: {fault}"))
    return {}


def load_schemas(root: Path, folder: str = "", problems: list[Problem] | None = None) -> dict[str, dict]:
    """The JSON Schemas by what they describe, page, finding, …; in `exports` those of the downloads."""
    problems = [] if problems is None else problems
    paths = sorted((root / "data" / "schemas" / folder).glob("*.schema.json"))
    return {path.name.removesuffix(".schema.json"): read_json(path, root, problems) for path in paths}


def read_rows(path: Path, content: Content, problems: list[Problem]) -> None:
    """The rows of a CSV file, each with its line, and what its columns mean."""
    file, rows, lines = name_of(path, content.root), [], []
    reader = csv.DictReader(io.StringIO(read_text(path, content.root, problems), newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                message = "this row has more or fewer cells than the head; quote text with commas"
                problems.append(Problem(file, reader.line_num, 1, "SRC001", message))
                continue
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        advice = f"not valid CSV: {error}; close each quotation mark, and write one inside a cell twice"
        problems.append(Problem(file, reader.line_num + 1, 1, "SRC001", advice))
    content.figures[path.stem], content.row_lines[path.stem] = rows, lines
    described = path.with_suffix(".csv-metadata.json")
    if csvw := read_json(described, content.root, problems):
        try:
            names, columns = (*DESCRIBED, *MORE), [MORE | column for column in csvw["tableSchema"]["columns"]]
            for column in columns:
                if isinstance(kind := column["datatype"], dict):
                    column |= {"datatype": kind["base"], "format": kind.get("format", "")}
                if not all(isinstance(column[name], str) for name in names):
                    raise TypeError
            content.columns[path.stem] = [{name: column[name] for name in names} for column in columns]
        except (LookupError, TypeError):
            wanted = f"tableSchema, columns, each with {', '.join(DESCRIBED)}"
            message = f"it must say what the columns mean: {wanted}"
            problems.append(Problem(name_of(described, content.root), 1, 1, "SRC001", message))


def readings(block: Block) -> list[dict]:
    """The readings of an indicator: the newest, as if it stood in the log, then the earlier, oldest first."""
    log = block.fields.get("log")
    earlier = [entry for entry in log if isinstance(entry, dict)] if isinstance(log, list) else []
    return [block.fields | {"date": block.fields.get("as_of")}, *earlier]


def words_in(value: object) -> str:
    """A list of ids as a row holds it, with spaces between."""
    return " ".join(map(str, value)) if isinstance(value, list) else ""


def rows_of_readings(content: Content) -> Iterator[dict[str, str]]:
    """The rows of the watchlist's figure."""
    for block in content.blocks("indicator"):
        for entry in readings(block):
            row = {"indicator": block.argument, "title": str(block.fields.get("title"))}
            row |= {name: str(entry.get(name)) for name in ("date", "position")}
            row["reading"] = REFERENCE.sub("", str(entry.get("reading")))
            yield row | {"sources": words_in(entry.get("sources"))}


def astray(root: Path) -> Iterator[Problem]:
    """Symbolic links that cannot be published: to a folder, out of the project, or to nothing."""
    for path in sorted(path for path in root.rglob("*") if path.is_symlink()):
        target = Path(os.path.realpath(path))
        if not target.is_file() or root.resolve().parent not in target.parents:
            message = f"a symbolic link to {target}, which cannot be published; put the file itself here"
            yield Problem(name_of(path, root), 1, 1, "SRC001", message)


def read(root: Path) -> tuple[Content, list[Problem]]:
    """Read everything under `root`, the docs folder. The problems are only of what cannot be read."""
    problems: list[Problem] = []
    content = Content(root, schemas=load_schemas(root, "", problems))
    content.exports = load_schemas(root, "exports", problems)
    if not content.schemas:
        message = "there are no data/schemas here; start the build in the folder that holds mkdocs.yml"
        return content, [Problem(root.name, 1, 1, "SRC001", message)]
    problems += [*astray(root), *in_folders(root)]
    lost = {problem.file for problem in problems}
    paths = [path for path in sorted(root.glob("*.md")) if name_of(path, root) not in lost]
    content.pages = {path.name: read_page(path, root, problems) for path in paths}
    for kind in LISTED.values():
        content.records += read_records(kind, root, problems)
    content.listed = {name: in_order(content.records, kind) for name, kind in LISTED.items()}
    content.sources = {str(source.get("id")): source for source in content.listed["source"]}
    content.kept = read_kept(root, problems)
    content.permalinks = read_permalinks(root, content.kept, problems)
    figures = root / "data" / "figures"
    content.shapes = {path.stem: read_json(path, root, problems) for path in figures.glob("*.geojson")}
    for path in sorted(figures.glob("*.csv")):
        read_rows(path, content, problems)
    content.figures["readings"] = list(rows_of_readings(content))
    content.figures["events"] = [
        each | {"sources": words_in(each.get("sources"))} for each in content.listed["event"]
    ]
    date_figures(content)
    return content, problems


def date_figures(content: Content) -> None:
    """Give each block that shows rows its `as_of`: the date of their newest source, or of the last search."""
    for block in (block for kind in RECORDS.values() if kind.data for block in content.blocks(kind.name)):
        named = {source for row in content.figures.get(block.argument, ()) for source in sources_of(row)}
        known = [content.sources[source] for source in named & content.sources.keys()]
        newest = max((day_of(each.get("issued")) for each in known if plausible(each)), default="")
        fallback = content.horizon or str(content.pages[block.page].meta.get("published"))
        block.fields["as_of"] = newest or fallback


def plausible(source: dict) -> bool:
    """Whether a source was there when it was opened."""
    return str(source.get("issued", "")) <= str(source.get("accessed", ""))


def in_folders(root: Path) -> Iterator[Problem]:
    """Pages that stand in a folder, where nothing reads them."""
    for path in sorted(root.glob("*/**/*.md")):
        message = "a page stands in docs/ itself, not in a folder; move it"
        yield Problem(name_of(path, root), 1, 1, "SRC001", message)


def in_order(records: list[Record], kind: Kind) -> list[dict]:
    """The records of a kind as readers get them; the fields that say so may lack or be no text yet."""
    found = [record.fields for record in records if record.kind == kind.name]
    return sorted(found, key=lambda each: [rank(each.get(name)) for name in kind.order])


def rank(value: object) -> tuple[int, str]:
    """By which values of a field are in order: none, numbers, then text whatever its capitals."""
    return (value, "") if isinstance(value, int) else (0, str(value or "").casefold())
