"""Rules for front matter, as MkDocs really reads it, against a JSON Schema.

Beyond the standard a schema may say of a field
  `format`       date, interval (`6 months`), uri, old-address (`/old/`: no page stands there, no two claim it),
                 page (`treaty.md#duty`) or asset (a file), both from the page's folder or the docs folder
  `x-date`       past: not in the future, not before 1990; due: a warning from 14 days before on, or from as many as
                 `x-warn-days` says at the top of the schema
  `x-due-from`   the field with the date that this interval counts from; the same warning
  `x-unique`     true: no two pages have the same value
"""
from __future__ import annotations

import calendar
import contextlib
import datetime
import json
import posixpath
import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import yaml

from checks.links import anchor, like, near
from checks.places import hinted
from checks.project import CannotRun, Page, Project
from checks.report import Place, Report
from checks.source import Source

if TYPE_CHECKING:
    from jsonschema import ValidationError, protocols

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEPTH = 50  # levels of nesting
ADVICE = {  # by words in the messages of the YAML parser
    "mapping values": "put the value in quotes, it holds a colon",
    "tab": "indent with spaces, not with a tab",
    "cannot start any token": "put the value in quotes, or indent with spaces instead of tabs",
}
IGNORED = "[\ufeff\u200b\u200c\u200d\u2060\u00a0\u00ad \t\n]"
REASONS = {  # how a text without front matter begins, and why MkDocs sees none
    r"---[ \t]*\n(---|\.\.\.)[ \t]*(\n|\Z)": "the front matter is empty, so MkDocs prints its dashes; fill it in",
    r"(?s)---[ \t]*\n.*\n(---|\.\.\.)[ \t]*\Z": "the closing --- must end with a line break",
    r"---[ \t]*\n": "the front matter never ends; close it with a line that holds only ---",
    IGNORED + r"+---": "{first} stands before the opening ---, so MkDocs ignores the front matter",
    IGNORED + r"*(\+\+\+|;;;|\{)": "this is TOML or JSON; MkDocs reads only YAML between two lines ---",
    IGNORED + r"*[-\u2010-\u2015]{2,}.*\n[ \t]*\w+:": "the opening line must be exactly three hyphens, ---",
    r" {0,3}[A-Za-z0-9_-]+:": "without front matter MkDocs takes first lines like “Word: text” for metadata and "
                              "drops them from the page; begin with ---",
    "": "the page has no front matter; begin the file with ---, `name: value` lines, and ---",
}
PICTURE = re.compile(r"(?i)[^:?#]+\.(png|jpe?g|gif|svg|webp|avif)\s*")
PICTURE_FIELDS = {"image", "cover", "thumbnail", "banner", "card", "og_image", "social_image"}  # become og:image
INTERVAL = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
UNITS = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}  # days and months
ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S*")
WORDS = {  # for the formats and types of JSON Schema
    "date": "a date, written as YYYY-MM-DD", "interval": "an interval such as “6 months”", "uri": "a full address",
    "boolean": "yes or no", "number": "a number", "integer": "a whole number", "string": "text",
    "array": "a list", "object": "a mapping", "null": "empty",
}
TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}

Fields = dict[tuple, "Field"]  # by path, the names and numbers that lead to a value; () is the whole
Fault = tuple[str, Place, str, str]  # rule, place, message, and what is wrong


class Field(NamedTuple):
    """A value of the front matter with its place and that of its name, for an item of a list its own."""

    value: object  # plain Python, dates as ISO text
    text: str  # as it was written; nothing for lists and mappings
    place: Place
    name_place: Place


def check_front_matter(project: Project, report: Report, today: datetime.date) -> None:
    """All rules of this module for every published page; without a schema only the pictures that front matter names."""
    validator = load_validator(project)
    schema = validator.schema if validator else {}
    owners: dict[tuple[str, str], tuple[str, int]] = {}
    for name, key in project.built.items():
        source = project.source(project.docs / name) if key in project.files else None
        if source is None or not validator and source.front is None:
            continue
        fields, faults = read_fields(source)
        if not validator and faults:
            continue  # no schema, no rules for how fields are written
        if fields:
            faults += check_targets(project, project.pages[key], schema, fields)
            faults += check_dates(schema, fields, today)
            faults += check_claims(project, source.file, schema, fields, owners)
            faults += check_schema(validator, fields) if validator else ()
        for rule, place, message, target in faults:
            report.add(rule, source.file, place, message, target)


def load_validator(project: Project) -> protocols.Validator | None:
    """The schema that mkdocs.yml names, if it names one, with our formats. Raises CannotRun."""
    name = project.settings.get("front_matter")
    if not name:
        return None
    from jsonschema import FormatChecker, SchemaError, validators  # slow to load, and many projects have no schema
    formats = FormatChecker(formats=())
    for form, fits in {"date": as_date, "interval": INTERVAL.fullmatch, "uri": ADDRESS.fullmatch}.items():
        formats.checks(form)(lambda value, fits=fits: not isinstance(value, str) or fits(value))
    try:
        schema = json.loads((project.root / str(name)).read_text(encoding="utf-8"))
        validators.validator_for(schema).check_schema(schema)
    except (OSError, ValueError, SchemaError) as error:
        reason = " ".join(str(getattr(error, "message", error)).split())[:200]
        raise CannotRun(f"the schema of the front matter, {name}, cannot be read: {reason}") from error
    return validators.validator_for(schema)(schema, format_checker=formats)


def read_fields(source: Source) -> tuple[Fields, list[Fault]]:
    """The fields of a page, none if MkDocs sees none, with FM001, FM002, FM005 and FM006."""
    fields, faults = {}, []
    if source.front is None:
        first = {"\n": "an empty line", " ": "a space", "\t": "a tab"}.get(source.text[:1])
        first = first or unicodedata.name(source.text[:1] or " ", "an invisible character")
        reason = next(reason for start, reason in REASONS.items() if re.match(start, source.text))
        return fields, [("FM001", (1, 1), reason.format(first=first), "")]
    try:
        depth = 0
        for event in yaml.parse(source.front[1], Loader=LOADER):  # before anything is built from it
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            tag = getattr(event, "tag", None) or ""
            unwanted = {"an alias or anchor (& or *)": getattr(event, "anchor", None), "too many levels": depth > DEPTH,
                        "a tag (!)": tag.startswith(("!", "tag:yaml.org,2002:python"))}
            found = [what for what, is_there in unwanted.items() if is_there]
            if found:
                message = f"front matter has {found[0]}, which has no place there"
                return fields, [("FM002", start_of(event), message, "")]
        node = yaml.compose(source.front[1], Loader=LOADER)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), str(getattr(error, "problem", None) or error)
        advice = next((text for words, text in ADVICE.items() if words in problem), f"not valid YAML: {problem}")
        message = f"MkDocs cannot read this front matter and prints it as text: {advice}"
        return fields, [("FM002", (mark.line + 2, mark.column + 1) if mark else (1, 1), message, "")]
    if isinstance(node, yaml.MappingNode):
        read_value(node, (), (1, 1), fields, faults)
    else:
        message = "front matter must hold `name: value` lines; MkDocs prints anything else as text"
        faults.append(("FM001", (2, 1), message, ""))
    return fields, faults


def start_of(part: yaml.Event | yaml.Node) -> Place:
    """Line and column in the file of a part of the front matter, which begins on line 2."""
    return part.start_mark.line + 2, part.start_mark.column + 1


def read_value(node: yaml.Node, path: tuple, name_place: Place, fields: Fields, faults: list[Fault]) -> object:
    """The plain value of a YAML node. Adds it and its parts to the fields, and FM005 and FM006 to the faults."""
    place, text = start_of(node), ""
    if isinstance(node, yaml.SequenceNode):
        value = [read_value(item, (*path, i), start_of(item), fields, faults) for i, item in enumerate(node.value)]
    elif isinstance(node, yaml.MappingNode):
        value = {}
        for key, item in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in value:
                line = fields[*path, name].name_place[0]
                message = f"`{name}` stands on line {line} already; MkDocs takes the last and says nothing"
                faults.append(("FM006", start_of(key), message, name))
            value[name] = read_value(item, (*path, name), start_of(key), fields, faults)
    else:
        text = value = node.value
        try:
            value = yaml.constructor.SafeConstructor().construct_object(node)
        except (yaml.YAMLError, ValueError):
            if node.tag.endswith(":timestamp"):
                message = f"{text} is no date, and MkDocs drops the whole block; write an existing day as YYYY-MM-DD"
                faults.append(("FM005", place, message, text))
        value = text if isinstance(value, datetime.date) else value
    fields[path] = Field(value, text, place, name_place)
    return value


def as_date(text: object) -> datetime.date | None:
    """The calendar day of an ISO date or time, as written there, in its own time zone."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}([Tt ].*)?", text):
        with contextlib.suppress(ValueError):
            return datetime.date.fromisoformat(text[:10])
    return None


def later(start: datetime.date, interval: object) -> datetime.date | None:
    """A date and an interval after it; the last day of a month stays within the month."""
    if match := INTERVAL.fullmatch(str(interval)):
        number, (days, months) = int(match[1]), UNITS[match[2]]
        year, month = divmod(start.year * 12 + start.month - 1 + number * months, 12)
        with contextlib.suppress(ValueError, OverflowError):
            last = calendar.monthrange(year, month + 1)[1]
            return datetime.date(year, month + 1, min(start.day, last)) + datetime.timedelta(number * days)
    return None


def suggestion(guess: str) -> str:
    """The end of a message: what was meant, if there is a guess."""
    return f'; did you mean "{guess}"?' if guess else ""


def check_schema(validator: protocols.Validator, fields: Fields) -> Iterator[Fault]:
    """FM003, FM004 and FM005: the JSON Schema, with messages of our own. A required field that is blank is missing."""
    required = validator.schema.get("required", [])
    filled = {name: value for name, value in fields[()].value.items()
              if name not in required or value is not None and str(value).strip()}
    for error in validator.iter_errors(filled):
        path = tuple(error.absolute_path)
        if error.validator in ("required", "additionalProperties"):
            yield from check_names(error, path, fields)
        else:
            name = ".".join(map(str, path))
            yield "FM005", fields[path].place, in_our_words(error, name, fields[path].text), name


def check_names(error: ValidationError, path: tuple, fields: Fields) -> Iterator[Fault]:
    """FM003 or FM004: the fields that a mapping lacks or should not have. A misspelt name is one fault, FM004."""
    known, names = error.schema.get("properties", {}), fields[path].value.keys()
    unknown = names - known if error.schema.get("additionalProperties") is False else ()
    guesses = {name: near(name, known) for name in unknown}
    if error.validator == "additionalProperties":
        for name, guess in guesses.items():
            yield "FM004", fields[*path, name].name_place, f"`{name}` is no known field{suggestion(guess)}", name
        return
    for name in set(error.validator_value) - error.instance.keys() - set(guesses.values()):
        about = part_of(error.schema, (name,)).get("description")
        message = f"`{name}` is {'empty' if name in names else 'missing'}" + (f" ({about})" if about else "")
        yield "FM003", fields.get((*path, name), fields[path]).name_place, message, name


def in_our_words(error: ValidationError, name: str, text: str) -> str:
    """The message for a value that does not fit the schema, by its name and as it was written."""
    wanted = error.validator_value
    if error.validator == "format":
        return f"`{name}: {text}` is not {WORDS.get(wanted, wanted)}"
    if error.validator == "enum":
        words = [str(word) for word in wanted]
        guess = suggestion(near(str(error.instance), words))
        return f"`{name}: {text}` is not allowed; use one of {', '.join(words)}{guess}"
    if error.validator != "type":
        return f"`{name}`: {error.message[:200]}"
    kinds = [wanted] if isinstance(wanted, str) else wanted
    found = WORDS[TYPES.get(type(error.instance), "null")]
    message = f"`{name}` is {found} to YAML, not {' or '.join(WORDS[kind] for kind in kinds)}"
    advice = {"array": f"; write it as a list: [{text}]", "string": f'; put it in quotes: "{text}"'}
    return message + advice.get(kinds[0], "") if text else message


def part_of(schema: dict, path: tuple) -> dict:
    """The part of a schema that describes the value at a path; nothing where the schema says nothing or just `true`."""
    for step in path:
        part = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        schema = part if isinstance(part, dict) else {}
    return schema


def check_dates(schema: dict, fields: Fields, today: datetime.date) -> Iterator[Fault]:
    """FM007 and FM008: dates that are right or wrong from one day to the next."""
    soon = today + datetime.timedelta(days=int(schema.get("x-warn-days", 14)))
    for path, field in fields.items():
        part, day, place = part_of(schema, path), as_date(field.value), field.place
        if part.get("x-date") == "past" and day and not datetime.date(1990, 1, 1) <= day <= today:
            message = "lies in the future" if day > today else "is too long ago; check the year"
            yield "FM007", place, f"{day} {message}", field.text
        due = day if part.get("x-date") == "due" else None
        start = fields.get((*path[:-1], part.get("x-due-from")))
        if start and as_date(start.value):
            due, place = later(as_date(start.value), field.value), start.place
        if due and due <= soon:
            days = abs(due - today).days
            count = f"{days} day{'s' * (days != 1)}"
            message = f"was due on {due}, {count} ago" if due < today else f"is due on {due}, in {count}"
            yield "FM008", place, f"the review {message}", str(due)


def check_claims(project: Project, file: str, schema: dict, fields: Fields, owners: dict) -> Iterator[Fault]:
    """FM009: values that one page only may have. `owners`, file and line by field and value, grows with every page."""
    for path, (value, _, place, _) in fields.items():
        part = part_of(schema, path)
        is_address = part.get("format") == "old-address"
        if not isinstance(value, str) or not (is_address or part.get("x-unique")):
            continue
        if is_address and posixpath.join(value.strip("/"), "index.html") in project.source_of:
            yield "FM009", place, f"{value} is a page today; a redirect would hide it", value
        name = next(step for step in reversed(path) if isinstance(step, str))
        other, line = owners.setdefault((name, value), (file, place[0]))
        if (other, line) != (file, place[0]):
            yield "FM009", place, f'"{value}" stands in {other} on line {line} already', value


def check_targets(project: Project, page: Page, schema: dict, fields: Fields) -> Iterator[Fault]:
    """LNK001 to LNK003 and IMG001: the pages and files that fields name, from the page's folder or the docs folder."""
    kinds = {"page": (project.built, "LNK001", "page"), "asset": (project.doc_files, "IMG001", "file")}
    for path, (value, text, place, _) in fields.items():
        form = part_of(schema, path).get("format")
        if len(path) == 1 and path[0] in PICTURE_FIELDS and PICTURE.fullmatch(str(value)):
            form = "asset"
        if form not in kinds or not isinstance(value, str) or not value.strip():
            continue
        known, rule, what = kinds[form]
        address, _, fragment = value.partition("#")
        nearby, plain = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), address)), address.lstrip("/")
        target = next((option for option in (nearby, plain) if option in known), None)
        if target is None:
            yield rule, place, f'there is no {what} "{address}"{suggestion(like(project, plain))}', text
        elif form == "page" and fragment and (problem := anchor(project, project.built[target], fragment)):
            yield problem.rule, place, problem.text + hinted(project, page, True, problem.hint), text
