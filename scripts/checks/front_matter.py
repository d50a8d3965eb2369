"""Rules for front matter, as MkDocs really reads it, against a JSON Schema.

Beyond the standard a schema may say of a field
  `format`       date, page (`treaty.md#duty`, from the page or the docs folder), asset (a file of the docs folder), old-address
                 (`/old/`: no page stands there, no two claim it), interval (`6 months`), uri
  `x-date`       past: not in the future, not before 1990; due: from `x-warn-days` days (14; at the schema's top) before it, a warning
  `x-due-from`   the field with the date that this interval counts from; the same warning
  `x-unique`     true: no two pages have the same value
"""
from __future__ import annotations

import calendar
import datetime
import json
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from checks.links import anchor, like, near
from checks.project import CannotRun, Project
from checks.report import Report
from checks.source import Source

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PICTURE = re.compile(r"(?i)[^:?#]+\.(png|jpe?g|gif|svg|webp|avif)")
PICTURE_FIELDS = {"image", "cover", "thumbnail", "banner", "card", "og_image", "social_image"}  # end up in og:image, seen by nobody
INTERVAL = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
IGNORED_BEFORE = "\ufeff\u200b\u200c\u200d\u2060\u00a0\u00ad \t\n"
DEPTH = 50  # levels of nesting


@dataclass(frozen=True)
class Value:
    """A value of the front matter with its place: plain Python, dates as ISO text; `text` as it was written."""

    value: object
    line: int
    column: int
    text: str = ""
    items: tuple = ()  # of a list: Values; of a mapping: (name, line and column of the name, Value)


def check_front_matter(project: Project, report: Report, today: datetime.date) -> None:
    """FM001 to FM009 for every published page, and the pictures that front matter names."""
    schema = None
    if name := project.settings.get("front_matter"):
        try:
            schema = json.loads((project.root / str(name)).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CannotRun(f"the schema of the front matter, {name}, cannot be read: {error}") from error
    owners: dict[tuple[str, str], tuple[str, int]] = {}
    for name, key in project.built.items():
        source = project.source(project.docs / name) if key in project.files else None
        if source is None or (schema is None and source.front is None):
            continue
        root = read_fields(source, report if schema else None)
        if root is not None:
            check_pictures(project, report, name, source, root)
            if schema is not None:
                check_fields(report, source.file, schema, root)
                check_annotations(project, report, name, source.file, schema, root, owners, today)


def read_fields(source: Source, report: Report | None) -> Value | None:
    """The fields of a page, or None after FM001, FM002, FM005 or FM006 (which stay silent without a report)."""
    def fault(rule: str, line: int, column: int, message: str, target: str = "") -> None:
        if report:
            report.add(rule, source.file, (line, column), message, target)

    if source.front is None:
        return fault("FM001", 1, 1, without_front_matter(source.text))
    try:
        depth = 0
        for event in yaml.parse(source.front[1], Loader=LOADER):  # before anything is built from it
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            what = "an alias or anchor (& or *)" if getattr(event, "anchor", None) else "a tag (!)" if (getattr(event, "tag", None) or "").startswith(
                ("!", "tag:yaml.org,2002:python")) else "too many levels" if depth > DEPTH else ""
            if what:
                return fault("FM002", event.start_mark.line + 2, event.start_mark.column + 1, f"front matter has {what}, which has no place there")
        node = yaml.compose(source.front[1], Loader=LOADER)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), str(getattr(error, "problem", None) or error)
        line = mark.line + 2 if mark else 1
        advice = {"mapping values": "put the value in quotes, it holds a colon", "tab": "indent with spaces, not with a tab",
                  "cannot start any token": "put the value in quotes, or indent with spaces instead of tabs"}
        known = next((text for words, text in advice.items() if words in problem), f"not valid YAML: {problem}")
        return fault("FM002", line, mark.column + 1 if mark else 1, f"MkDocs cannot read this front matter and prints it as text: {known}")
    if not isinstance(node, yaml.MappingNode):
        return fault("FM001", 2, 1, "front matter must hold `name: value` lines; MkDocs prints anything else as text")
    faults: list[tuple] = []
    root = value_of(node, faults)
    for rule, mark, message, target in faults:
        fault(rule, mark.line + 2, mark.column + 1, message, target)
    return None if any(rule == "FM005" for rule, *_ in faults) and not report else root


def without_front_matter(text: str) -> str:
    """Why MkDocs sees no front matter in a text, in one sentence."""
    first = text.lstrip(IGNORED_BEFORE)
    before = text[:len(text) - len(first)]
    if re.match(r"---[ \t]*\n(---|\.\.\.)[ \t]*(\n|\Z)", text):
        return "the front matter is empty, so MkDocs prints its dashes; fill it in"
    if re.match(r"---[ \t]*\n", text):
        return ("the closing --- must end with a line break" if re.search(r"\n(---|\.\.\.)[ \t]*\Z", text) else
                "the front matter never ends; close it with a line that holds only ---")
    if before and first.startswith("---"):
        names = {"\n": "an empty line", " ": "a space", "\t": "a tab"}
        return f"{names.get(before[0], unicodedata.name(before[0], 'an invisible character'))} stands before the opening ---, so MkDocs ignores the front matter"
    if first.startswith(("+++", ";;;", "{")):
        return "this is TOML or JSON; MkDocs reads only YAML between two lines ---"
    if re.match(r"[-\u2010-\u2015]{2,}.*\n[ \t]*\w+:", first):
        return "the opening line must be exactly three hyphens, ---"
    if re.match(r"[ ]{0,3}[A-Za-z0-9_-]+:", text):
        return "without front matter MkDocs takes first lines like “Word: text” for metadata and drops them from the page; begin with ---"
    return "the page has no front matter; begin the file with ---, `name: value` lines, and ---"


def value_of(node: yaml.Node, faults: list[tuple]) -> Value:
    """A YAML node as a Value. Collects FM006 for names that stand twice and FM005 for dates that do not exist."""
    line, column = node.start_mark.line + 2, node.start_mark.column + 1
    if isinstance(node, yaml.SequenceNode):
        items = tuple(value_of(item, faults) for item in node.value)
        return Value([item.value for item in items], line, column, "", items)
    if isinstance(node, yaml.MappingNode):
        entries, seen = [], {}
        for key, item in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in seen:
                faults.append(("FM006", key.start_mark, f"`{name}` stands on line {seen[name]} already; MkDocs takes the last and says nothing", name))
            seen[name] = key.start_mark.line + 2
            entries.append((name, key.start_mark.line + 2, key.start_mark.column + 1, value_of(item, faults)))
        return Value({name: item.value for name, _, _, item in entries}, line, column, "", tuple(entries))
    kind = node.tag.rpartition(":")[2]
    if kind == "timestamp":
        if as_date(node.value) is None:
            faults.append(("FM005", node.start_mark, f"{node.value} is no date, and MkDocs drops the whole block; write an existing day as YYYY-MM-DD", node.value))
        return Value(node.value, line, column, node.value)
    try:
        value = node.value if kind == "str" else yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        value = node.value
    return Value(value, line, column, node.value)


def as_date(text: object) -> datetime.date | None:
    """The calendar day of an ISO date or time, as written there, in its own time zone."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}([Tt ].*)?", text):
        return None
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return None


def blank(value: object) -> bool:
    """Whether a field is there but says nothing."""
    return value is None or isinstance(value, str) and not value.strip()


def check_fields(report: Report, file: str, schema: dict, root: Value) -> None:
    """FM003, FM004 and FM005: the JSON Schema, with messages of our own."""
    from jsonschema import FormatChecker
    from jsonschema.validators import validator_for

    formats = FormatChecker(formats=())
    formats.checks("date")(lambda value: not isinstance(value, str) or as_date(value) is not None)
    formats.checks("interval")(lambda value: not isinstance(value, str) or bool(INTERVAL.fullmatch(value)))
    formats.checks("uri")(lambda value: not isinstance(value, str) or bool(urlsplit(value).scheme and not re.search(r"\s", value)))
    forms = {"date": "a date, written as YYYY-MM-DD", "interval": "an interval such as “6 months”", "uri": "a full address"}
    required, properties = set(schema.get("required", [])), schema.get("properties", {})
    fields = {name: (line, column, value) for name, line, column, value in root.items}
    empty = {name for name, (_, _, value) in fields.items() if name in required and blank(value.value)}
    unknown = [name for name in fields if name not in properties and schema.get("additionalProperties") is False]
    meant = {name: near(name, properties) for name in unknown}
    for name in sorted(required - (set(fields) - empty) - set(meant.values())):
        line, column, _ = fields.get(name, (1, 1, None))
        about = properties.get(name, {}).get("description", "")
        report.add("FM003", file, (line, column), f"`{name}` is {'empty' if name in empty else 'missing'}" + (f" ({about})" if about else ""), name)
    instance = {name: value.value for name, (_, _, value) in fields.items() if name not in empty}
    for error in validator_for(schema)(schema, format_checker=formats).iter_errors(instance):
        place, name = find(root, list(error.absolute_path)), ".".join(str(part) for part in error.absolute_path)
        where = (place.line, place.column)
        if error.validator == "required":
            if error.absolute_path:
                report.add("FM003", file, where, f"`{name}`: {error.message}", name)
        elif error.validator == "additionalProperties":
            for extra in sorted(set(error.instance) - set(error.schema.get("properties", {}))):
                line, column = next((line, column) for key, line, column, _ in place.items if key == extra)
                guess = near(extra, error.schema.get("properties", {}))
                report.add("FM004", file, (line, column), f"`{extra}` is no known field" + (f'; did you mean "{guess}"?' if guess else ""), extra)
        elif error.validator == "format":
            report.add("FM005", file, where, f"`{name}: {place.text}` is not {forms.get(error.validator_value, error.validator_value)}", name)
        elif error.validator == "enum":
            guess = near(str(error.instance), [str(value) for value in error.validator_value])
            report.add("FM005", file, where, f"`{name}: {place.text}` is not allowed; use one of {', '.join(map(str, error.validator_value))}" +
                       (f'; did you mean "{guess}"?' if guess else ""), name)
        elif error.validator == "type":
            advice = {"string": f'; put it in quotes: "{place.text}"' if not blank(place.text) else "; it is empty", "array": f"; write it as a list: [{place.text}]"}
            wanted = error.validator_value if isinstance(error.validator_value, str) else ""
            kind = {bool: "yes or no", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}.get(type(error.instance), "nothing")
            report.add("FM005", file, where, f"`{name}` is {kind} to YAML, not {error.validator_value}{advice.get(wanted, '')}", name)
        else:
            report.add("FM005", file, where, f"`{name}`: {error.message[:200]}", name)


def find(root: Value, path: list) -> Value:
    """The value at a path of names and numbers."""
    for part in path:
        root = root.items[part] if isinstance(part, int) else next(value for name, _, _, value in reversed(root.items) if name == part)
    return root


def annotated(schema: dict, value: Value, fields: Value, name: str = "") -> Iterator[tuple[str, dict, Value, Value]]:
    """Every value with its field, the part of the schema that describes it, and the mapping it stands in."""
    if isinstance(value.value, dict):
        for field, _, _, item in value.items:
            yield from annotated(schema.get("properties", {}).get(field, {}), item, value, field)
    elif isinstance(value.value, list):
        for item in value.items:
            yield from annotated(schema.get("items", {}) if isinstance(schema.get("items"), dict) else {}, item, fields, name)
    else:
        yield name, schema, value, fields


def check_annotations(project: Project, report: Report, name: str, file: str, schema: dict, root: Value,
                      owners: dict[tuple[str, str], tuple[str, int]], today: datetime.date) -> None:
    """FM007 to FM009, and links in front matter: what a schema cannot judge from one page alone on any day."""
    warn = datetime.timedelta(days=int(schema.get("x-warn-days", 14)))
    for field, part, value, fields in annotated(schema, root, root):
        where, day, form = (value.line, value.column), as_date(value.value), part.get("format")
        due = day if part.get("x-date") == "due" else None
        if part.get("x-date") == "past" and day and (day > today or day.year < 1990):
            report.add("FM007", file, where, f"{day} lies in the future" if day > today else f"{day} is too long ago; check the year", value.text)
        if start := next((item for key, _, _, item in fields.items if key == part.get("x-due-from")), None):
            if as_date(start.value) and (due := later(as_date(start.value), value.value)):
                where = start.line, start.column
        if due and due <= today + warn:
            days = (due - today).days
            text = f"the review was due on {due}, {-days} days ago" if days < 0 else f"the review is due on {due}, in {days} days"
            report.add("FM008", file, where, text, str(due))
        if isinstance(value.value, str) and (part.get("x-unique") or form == "old-address"):
            if form == "old-address" and project.source_of.get(value.value.strip("/") + "/index.html" if value.value.strip("/") else "index.html"):
                report.add("FM009", file, where, f"{value.value} is a page today; a redirect would hide it", value.value)
            other = owners.setdefault((field, value.value), (file, value.line))
            if other != (file, value.line):
                report.add("FM009", file, where, f'"{value.value}" stands in {other[0]} on line {other[1]} already', value.value)
        if isinstance(value.value, str) and form in ("page", "asset") and not blank(value.value):
            check_target(project, report, name, file, value, form)


def later(start: datetime.date, interval: object) -> datetime.date | None:
    """A date and an interval after it; the last day of a month stays within the month."""
    match = INTERVAL.fullmatch(str(interval))
    if not match:
        return None
    number, unit = int(match[1]), match[2]
    try:
        if unit in ("day", "week"):
            return start + datetime.timedelta(days=number * (7 if unit == "week" else 1))
        year, month = divmod(start.year * 12 + start.month - 1 + number * (12 if unit == "year" else 1), 12)
        return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return None


def check_target(project: Project, report: Report, name: str, file: str, value: Value, form: str) -> None:
    """LNK001 to LNK003 and IMG001 for pages and files that a field names, from the page's folder or the docs folder."""
    path, _, fragment = str(value.value).partition("#")
    nearby = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    known = project.built if form == "page" else project.doc_files
    target = next((option for option in (nearby, path.lstrip("/")) if option in known), None)
    where = (value.line, value.column)
    if target is None:
        meant = like(project, path.lstrip("/"))
        rule, what = ("LNK001", "page") if form == "page" else ("IMG001", "file")
        report.add(rule, file, where, f'there is no {what} "{path}"' + (f'; did you mean "{meant}"?' if meant else ""), value.text)
    elif form == "page" and fragment and (problem := anchor(project, project.built[target], fragment)):
        hint = f'; did you mean "#{problem.hint[1]}"?' if isinstance(problem.hint, tuple) else ""
        report.add(problem.rule, file, where, problem.text + hint, value.text)


def check_pictures(project: Project, report: Report, name: str, source: Source, root: Value) -> None:
    """IMG001 for pictures that front matter names: they end up in og:image, which nobody sees until the page is shared."""
    for field, _, _, value in root.items:
        if field in PICTURE_FIELDS and isinstance(value.value, str) and PICTURE.fullmatch(value.value.strip()):
            check_target(project, report, name, source.file, value, "asset")
