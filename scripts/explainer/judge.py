"""What is wrong with the content: what the JSON Schemas say and what a schema cannot say, each fault once.

Here is what concerns structure; house_rules.py has what concerns words and their dates.

Beyond the standard a schema may say of a field
  `format`       date; partial-date, which may lack its day or month
  `x-date`       past: not in the future; due: a warning from 14 days before on
  `x-unique`     true: no two pages or records of a kind have the same value
  `x-refers`     what its text names: source, code, verdict (by its id) or section (`treaty.md#duty`)
and of the whole `x-sorted-by`, the field by which the records of a list are sorted.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from explainer import cells, forecasts, house_rules
from explainer.content import Block, Content, Page, Place, Problem, page_file, sources_of
from explainer.kinds import CODED, GATHERED, LISTED, RECORDS

E, W = "error", "warning"
RULES = {
    "SRC001": (E, "a file cannot be read"),
    "FM001": (E, "a page has no front matter that MkDocs reads"),
    "FM002": (E, "front matter is not valid YAML"),
    "FM003": (E, "a field of the front matter is missing or empty"),
    "FM004": (E, "a field of the front matter is unknown"),
    "FM005": (E, "a value of the front matter has the wrong type or form"),
    "FM006": (E, "a field stands twice"),
    "FM007": (E, "a date is not plausible"),
    "FM008": (W, "a review is overdue or due soon"),
    "FM009": (E, "a value belongs to another page already"),
    "ID001": (E, "an id occurs twice on a page"),
    "ID002": (E, "a heading has no id of its own"),
    "REC001": (E, "a field of a record is missing or empty"),
    "REC002": (E, "a field of a record is unknown"),
    "REC003": (E, "a value of a record has the wrong type or form"),
    "REC004": (E, "a code, section, page or other record does not exist"),
    "REC005": (E, "a code or id is given twice, or is none"),
    "REC006": (E, "a block is not written as one"),
    "REC007": (E, "dates contradict each other; a warning where both can be meant"),
    "REF001": (E, "a source does not exist"),
    "REF002": (W, "a source is cited nowhere"),
    "PRM005": (E, "a record of a published address is damaged"),
    **house_rules.RULES,
    **forecasts.RULES,
    **cells.RULES,
}
WORDS = {
    bool: "yes or no",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
TYPES = {
    "string": "text",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "object": "a mapping",
}
EARLIEST = date(1990, 1, 1)  # an earlier date is a slip of the year
FRONT_MATTER, RECORD = ("FM003", "FM004", "FM005"), ("REC001", "REC002", "REC003")  # missing, unknown, wrong
SOON = timedelta(days=14)
IN_ORDER = (
    ("published", "changed"),
    ("issued", "accessed"),
    ("date", "until"),
    ("reach", "date"),
)  # the later one second
FORMATS = FormatChecker(formats=())
Names = dict[str, Collection[str]]  # what references may name, by sort
FAULTS = {  # by the keyword of the schema
    "format": 'is "{value}", which is not a date; write it as "2026-11-24", in quotes',
    "minLength": "has fewer characters than {wanted} ({meaning})",
    "maxLength": "has more characters than {wanted} ({meaning})",
    "minItems": "is an empty list; fill it in ({meaning})",
    "uniqueItems": "has the same entry twice; keep one",
    "pattern": 'is "{value}", which has not the form that is wanted ({meaning})',
}


@dataclass(frozen=True)
class Item:
    """A front matter or a record, and how messages name it."""

    kind: str
    what: str
    fields: dict
    file: str
    line: int
    places: dict[str, Place]

    def problem(self, rule: str, path: str, message: str) -> Problem:
        """A fault of the field at a path, `log.2.date`, or of the whole if it has none there."""
        place = self.places.get(path) or self.places.get(path.partition(".")[0]) or (self.line, 1)
        return problem(rule, self.file, place, message)


def judge(content: Content, unreadable: Iterable[Problem] = (), today: date | None = None) -> list[Problem]:
    """Every fault of the content, sorted, with what could not be read and nothing that only repeats that."""
    problems, day = list(unreadable), today or date.today()
    if not content.schemas:
        return problems
    for kind in ("page", *RECORDS, *LISTED):
        if kind not in content.schemas:
            file = f"{content.root.name}/data/schemas/{kind}.schema.json"
            problems.append(problem("SRC001", file, (1, 1), "this schema, of a kind in kinds.py, is missing"))
    broken = {fault.file for fault in problems if fault.rule != "FM006"}
    names = known_names(content, broken)
    every = [item for item in items(content) if item.kind in content.schemas]
    validators = {
        kind: Draft202012Validator(schema, format_checker=FORMATS) for kind, schema in content.schemas.items()
    }
    for item in every:
        problems += judge_fields(item, validators[item.kind], names, day)
    problems += unique(every, content)
    problems += out_of_order(every, content)
    changes = newest_changes(content)
    for page in content.pages.values():
        problems += judge_ids(page)
        problems += judge_references(page, names)
        problems += judge_dates(page, content, changes, broken)
        for block in page.blocks:
            judge_block = judge_record if block.kind in RECORDS else judge_gathered
            problems += judge_block(block, page, content, names)
    for name in content.row_lines:
        problems += judge_rows(name, content, names)
    problems += [*cells.judge_cells(content), *forecasts.judge_forecasts(content, names, day)]
    problems += house_rules.judge_words(content, broken)
    if not any(fault.severity == E for fault in problems):  # a fault may hide who cites a source
        problems += uncited(content)
    return sorted(set(problems))


def problem(rule: str, file: str, place: Place, message: str, severity: str = "") -> Problem:
    """A fault with the severity of its rule, unless it has its own."""
    return Problem(file, *place, rule, message, severity or RULES[rule][0])


def known_names(content: Content, broken: set[str]) -> Names:
    """What references may name, by sort; not those sorts that may stand in a file that cannot be read."""
    names: Names = {}
    if not any("/figures/" in file for file in broken):
        names["figure"] = content.figures
    if f"{content.root.name}/data/{LISTED['source'].file}" not in broken:
        names["source"] = content.sources
    if any(page.file in broken for page in content.pages.values()):
        return names
    sections = set(content.pages)
    for page in content.pages.values():
        sections |= {f"{page.name}#{anchor}" for _, _, _, anchor in page.headings if anchor}
        sections |= {block.address for block in page.blocks if block.fields.get("id")}
    verdicts = {str(block.fields.get("id")) for block in content.blocks("verdict")}
    names |= {"code": content.codes(), "verdict": verdicts}
    unnamed = any(not anchor for page in content.pages.values() for _, _, _, anchor in page.headings)
    return names if unnamed else names | {"section": sections}


def items(content: Content) -> Iterator[Item]:
    """Everything that has fields and a schema for them."""
    for page in content.pages.values():
        if page.readable:
            yield Item("page", "the page", page.meta, page.file, 1, page.meta_places)
        for block in page.blocks:
            if block.kind in RECORDS and block.readable:
                what = f"{block.kind} {block.argument}"
                yield Item(block.kind, what, block.fields, page.file, block.line, block.places)
    for record in content.records:
        what = f'{record.kind} "{record.fields["id"]}"' if record.fields.get("id") else f"this {record.kind}"
        yield Item(record.kind, what, record.fields, record.file, record.line, record.places)


@FORMATS.checks("date")
def is_date(value: object) -> bool:
    """Whether a text is an existing day. That other values should be text is said by their type."""
    return not isinstance(value, str) or day_of(value) is not None


@FORMATS.checks("partial-date")
def is_partial_date(value: object) -> bool:
    """Whether a text is an existing day, month or year."""
    return not isinstance(value, str) or day_of(value + "-01-01"[: max(10 - len(value), 0)]) is not None


def day_of(value: object) -> date | None:
    """A date in ISO form, else nothing."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    return None


def judge_fields(item: Item, validator: Any, names: Names, today: date) -> Iterator[Problem]:
    """What the schema of its kind says of a front matter or record. A blank field counts as missing."""
    missing, _, wrong = FRONT_MATTER if item.kind == "page" else RECORD
    properties = validator.schema.get("properties", {})
    filled = {name: value for name, value in item.fields.items() if value is not None and str(value).strip()}
    blank = [name for name in item.fields if name in properties and name not in filled]
    for name in blank:
        about = describe(properties[name])
        yield item.problem(missing, name, f"{item.what} has an empty `{name}`; fill it in ({about})")
    seen: set[tuple] = set()
    for error in validator.iter_errors(filled):
        path, of_names = tuple(error.absolute_path), error.validator in ("required", "additionalProperties")
        once = path, error.validator if of_names else ""
        if once not in seen and of_names:
            yield from judge_names(item, error, path, blank)
        elif once not in seen:
            yield item.problem(wrong, spot(path), f"{item.what}: {called(path)} {fault_of(error, path)}")
        seen.add(once)
    for path, part, value in parts(validator.schema, item.fields):
        if (path, "") not in seen and isinstance(value, str):
            yield from judge_value(item, path, part, value, names, today)
    for first, second in IN_ORDER:
        start, end = (str(item.fields.get(name) or "") for name in (first, second))
        if start and end and end < start[: len(end)]:
            message = f"{item.what} has `{second}: {end}`, which is before `{first}: {start}`"
            yield item.problem("REC007", second, message)


def judge_names(item: Item, error: Any, path: tuple, blank: list[str]) -> Iterator[Problem]:
    """The fields that a mapping lacks or should not have. One that is only misspelt is no missing one."""
    missing, unknown, _ = FRONT_MATTER if item.kind == "page" else RECORD
    within = f" in {called(path)}" if path else ""
    known, given = error.schema.get("properties", {}), error.instance.keys()
    guesses = {name: did_you_mean(name, known.keys() - given) for name in given - known.keys()}
    if error.validator == "additionalProperties":
        for name, guess in guesses.items():
            message = f"{item.what} has an unknown field `{name}`{within}{guess}"
            yield item.problem(unknown, spot((*path, name)), message)
        return
    for name in error.validator_value:
        meant = any(f'"{name}"' in guess for guess in guesses.values())
        if name not in given and not meant and (path or name not in blank):
            message = f"{item.what} has no `{name}`{within}; add it ({describe(known.get(name, {}))})"
            yield item.problem(missing, spot(path), message)


def judge_value(
    item: Item, path: tuple, part: dict, value: str, names: Names, today: date
) -> Iterator[Problem]:
    """What a schema says of a text beyond the standard: plausible and due dates, and what it refers to."""
    day, where = day_of(value), spot(path)
    if part.get("x-date") == "past" and day and not EARLIEST <= day <= today:
        fault = "lies in the future" if day > today else "is too long ago; check the year"
        yield item.problem("FM007", where, f"{item.what}: {called(path)} {value} {fault}")
    if part.get("x-date") == "due" and day and day <= today + SOON:
        days = abs(day - today).days
        count = f"{days} day{'s' * (days != 1)}"
        when = f"was due on {value}, {count} ago" if day < today else f"is due on {value}, in {count}"
        yield item.problem("FM008", where, f"the review of {item.what} {when}; then move `{path[-1]}`")
    sort = part.get("x-refers", "")
    with_notes = sort == "source" and item.kind in RECORDS  # of these judge_references speaks
    if not with_notes and value not in names.get(sort, (value,)):
        rule, guess = "REF001" if sort == "source" else "REC004", did_you_mean(value, names[sort])
        yield item.problem(
            rule, where, f'{item.what}: {called(path)} names the unknown {sort} "{value}"{guess}'
        )


def parts(schema: dict, value: Any, path: tuple = ()) -> Iterator[tuple[tuple, dict, Any]]:
    """Each value within a record, with its path and the part of the schema that describes it."""
    yield path, schema, value
    if isinstance(value, dict):
        for name in value.keys() & schema.get("properties", {}).keys():
            yield from parts(schema["properties"][name], value[name], (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from parts(schema.get("items", {}), inner, (*path, number))


def spot(path: tuple) -> str:
    """A path as places are named, `log.2.date`."""
    return ".".join(map(str, path))


def called(path: tuple) -> str:
    """A path in words: `date` in entry 3 of `log`."""
    words = ""
    for step in path:
        name, link = (f"entry {step + 1}", "of") if isinstance(step, int) else (f"`{step}`", "in")
        words = f"{name} {link} {words}" if words else name
    return words


def describe(part: dict) -> str:
    """What a schema says about a field, for the end of a message."""
    return part.get("description", "see docs/data/schemas")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def fault_of(error: Any, path: tuple) -> str:
    """What is wrong with a value, in our words, and what to do."""
    value, rule, wanted, meaning = (
        error.instance,
        error.validator,
        error.validator_value,
        describe(error.schema),
    )
    kind = WORDS.get(type(value), "a date")
    if isinstance(value, list | dict) and (wanted == "string" or rule == "enum"):
        return f"is {kind}, not text; put text with a colon or brackets in quotes"
    if not isinstance(value, str) and (wanted == "string" or rule == "enum"):
        text = ("yes" if value else "no") if isinstance(value, bool) else value
        return f'is {kind} to YAML, not text; quote it: "{text}"'
    if rule == "type" and wanted == "array" and isinstance(value, str):
        return f"is text, not a list; put {path[-1]} in [ ]: [{value}]"
    if rule == "type":
        return f"is {kind} to YAML, not {TYPES.get(wanted, wanted)} ({meaning})"
    if rule == "enum":
        return f'is "{value}"; allowed: {", ".join(wanted)}{did_you_mean(value, wanted)}'
    return FAULTS.get(rule, "has not the form that is wanted ({meaning})").format_map(locals())


def unique(every: list[Item], content: Content) -> Iterator[Problem]:
    """Values that one page or record only may have, and codes, which are given once on the whole site."""
    owners: dict[tuple[str, str, str], str] = {}
    for item in every:
        for name, part in content.schemas[item.kind].get("properties", {}).items():
            value = item.fields.get(name)
            if part.get("x-unique") and isinstance(value, str | int):
                here = f"{item.file}:{item.places[name][0]}"
                first = owners.setdefault((item.kind, name, str(value)), here)
                if first != here:
                    message = f'{item.what}: `{name}` "{value}" stands in {first} already; it is given once'
                    yield item.problem("FM009" if item.kind == "page" else "REC005", name, message)
    for page in content.pages.values():
        for block in (block for block in page.blocks if block.kind in CODED and block.argument):
            here = f"{page.file}:{block.line}"
            first = owners.setdefault(("", "", block.argument), here)
            if first != here:
                message = (
                    f"the code {block.argument} is given already ({first}); codes are given once, for ever"
                )
                yield problem("REC005", page.file, (block.line, 1), message)


def out_of_order(every: list[Item], content: Content) -> Iterator[Problem]:
    """Records of a list that its schema wants sorted, and that stand after a later one."""
    for before, item in itertools.pairwise(every):
        name = content.schemas[item.kind].get("x-sorted-by", "")
        if name and before.kind == item.kind and str(item.fields.get(name)) < str(before.fields.get(name)):
            message = f"{item.what} stands after a later one; keep the file in order of `{name}`"
            yield item.problem("REC003", name, message)


def judge_ids(page: Page) -> Iterator[Problem]:
    """Every heading has an id, and no id stands twice on a page."""
    ids = [(line, 1, anchor) for line, _, _, anchor in page.headings]
    ids += [(*block.places["id"], str(block.fields["id"])) for block in page.blocks if block.fields.get("id")]
    seen: dict[str, int] = {}
    for line, column, anchor in sorted(ids):
        if not anchor:
            message = "this heading has no id; end it with { #short-name }, so that links to it last"
            yield problem("ID002", page.file, (line, column), message)
        elif seen.setdefault(anchor, line) != line:
            message = f'the id "{anchor}" is used on line {seen[anchor]} already; ids are unique on a page'
            yield problem("ID001", page.file, (line, column), message)


def judge_references(page: Page, names: Names) -> Iterator[Problem]:
    """Sources and codes that a page names and that do not exist."""
    named = [("source", source, source, line) for line, source, _, _ in page.citations]
    named += [("code", code, f"[{code}]", line) for line, code in page.code_links]
    unknown = [each for each in named if each[1] not in names.get(each[0], (each[1],))]
    for number, (sort, name, written, line) in enumerate(unknown):
        guess = did_you_mean(name, names[sort]) if number < 100 else ""  # it takes long
        place = line, page.lines[line - 1].find(written) + 1 or 1
        if sort == "source":
            message = f'unknown source "{name}"{guess or "; correct it, or add it to the list of sources"}'
            yield problem("REF001", page.file, place, message)
        else:
            message = f"[{name}] is the code of no record{guess}"
            yield problem("REC004", page.file, place, message)


def judge_record(block: Block, page: Page, content: Content, names: Names) -> Iterator[Problem]:
    """What stands around the fields of a record: its argument and its text."""
    kind, argument, letter = RECORDS[block.kind], block.argument, str(page.meta.get("letter", ""))
    if kind.coded and page.readable and not letter:
        message = "the page has no `letter`, with which the codes of its records begin"
        yield problem("FM003", page.file, (1, 1), message)
    faults = {}
    if letter and kind.coded and argument and not re.fullmatch(f"{re.escape(letter)}[0-9]+", argument):
        faults["REC005"] = f'the code "{argument}" must be the letter of the page, "{letter}", and a number'
    if kind.text and block.readable and not block.body:
        faults["REC001"] = f"{block.kind} {argument} has no text between its fields and the closing ///"
    if not kind.text and block.body:
        faults["REC006"] = f"{block.kind} {argument} says all in its fields; remove the text below them"
    figures = names.get("figure", {})
    if kind.data and figures and not content.figures.get(argument):
        guess = "; it has no rows" if argument in figures else did_you_mean(argument, figures)
        faults["REC004"] = f"{block.kind} {argument} needs rows in docs/data/figures/{argument}.csv{guess}"
    yield from (problem(rule, page.file, (block.line, 1), message) for rule, message in faults.items())
    if block.readable and block.kind == "finding":
        yield from judge_absence(block, page, content)
    if block.readable and block.kind == "verdict":
        yield from judge_matters(block, page)


def judge_absence(block: Block, page: Page, content: Content) -> Iterator[Problem]:
    """A finding of absence says what was looked for, and only such a one."""
    what, absent = f"finding {block.argument}", block.fields.get("status") == "not-found"
    place = block.places.get("looked_for") or block.places.get("status") or (block.line, 1)
    if absent and not block.fields.get("looked_for"):
        message = f"{what} is not-found and has no `looked_for`; add it (what was looked for, without a date)"
        yield problem("REC001", page.file, place, message)
    elif absent and not content.looks:
        message = f"{what} is not-found, but docs/data/looks.yml records no search; add one"
        yield problem("REC004", page.file, place, message)
    elif not absent and "looked_for" in block.fields:
        message = f"{what} has `looked_for`, which belongs to the status not-found; remove it, or set that"
        yield problem("REC002", page.file, place, message)


def judge_matters(block: Block, page: Page) -> Iterator[Problem]:
    """Two judgements of a verdict say what each is about; one alone does not."""
    listed = block.fields.get("judgements")
    judgements = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    for number, each in enumerate(judgements):
        place, what = block.places[f"judgements.{number}"], f"verdict {block.argument}"
        if len(judgements) > 1 and not each.get("matter"):
            message = (
                f"{what} has two judgements; give this one a `matter`, what it is about in a word or two"
            )
            yield problem("REC001", page.file, place, message)
        elif len(judgements) == 1 and "matter" in each:
            yield problem("REC002", page.file, place, f"{what} has one judgement, which needs no `matter`")


def judge_gathered(block: Block, page: Page, content: Content, names: Names) -> Iterator[Problem]:
    """The argument of a block that gathers what stands elsewhere, and its fields, which few have."""
    kind, place, what = GATHERED[block.kind], (block.line, 1), f"/// {block.kind}"
    if bool(block.argument) != bool(kind.argument):
        fault = "takes nothing after its name" if block.argument else f"needs a {kind.argument} after a bar"
        yield problem("REC006", page.file, place, f"{what} {fault}")
        return
    sections = names.get("section")
    kinds = content.schemas.get("source", {}).get("properties", {}).get("kind", {}).get("enum", [])
    by_sort = {"source-kind": kinds, "download": content.exports.keys() | content.columns.keys()}
    by_sort["figure"] = {figure.argument for figure in content.blocks("figure")}
    known = by_sort.get(kind.argument, sections)
    for word in block.argument.split():
        if known is not None and word not in {*known, *kind.words}:
            guess = did_you_mean(word, {*known, *kind.words})
            yield problem("REC004", page.file, place, f'{what}: there is no {kind.argument} "{word}"{guess}')
        meta = content.pages[word].meta if word in content.pages else {}
        misspelt = meta.keys() - content.schemas.get("page", {}).get("properties", {}).keys()
        for name in kind.needs if meta and not misspelt else ():
            if not meta.get(name):
                message = f"{what} shows the `{name}` of {word}, whose front matter has none"
                yield problem("REC004", page.file, place, message)
    properties = [
        part for schema in content.schemas.values() for part in schema.get("properties", {}).values()
    ]
    words = {str(word) for part in properties for word in part.get("enum", [])} if kind.explains else set()
    for name in block.fields.keys() - words if all(content.schemas.values()) else ():
        message = f"{what} has an unknown field `{name}`{did_you_mean(name, words)}"
        yield problem("REC002", page.file, block.places[name], message)


def newest_changes(content: Content) -> dict[str, tuple[str, str]]:
    """For each page the newest recorded change of it or of what stands on it: date and address."""
    newest: dict[str, tuple[str, str]] = {}
    for address, record in content.permalinks.items():
        if record.changes and not record.retired:
            name = page_file(address)[0]
            newest[name] = max(newest.get(name, ("", "")), (record.changes[-1][0], address))
    return newest


def judge_dates(
    page: Page, content: Content, changes: dict[str, tuple[str, str]], broken: set[str]
) -> Iterator[Problem]:
    """A page is as new as the newest that stands on it, and was changed no earlier than that."""
    as_of, changed = day_of(page.meta.get("as_of")), day_of(page.meta.get("changed"))
    day, what = newest_on(page, content, broken)
    if as_of and day and as_of != day:
        message = f'`as_of` is {as_of}, but {what} is of {day}, the newest here; set it to "{day}"'
        yield problem("REC007", page.file, page.meta_places["as_of"], message)
    day_of_change, address = changes.get(page.name, ("", ""))
    if changed and day_of_change > str(changed):
        recorded = f'a change of {address} is recorded on {day_of_change}; set it to "{day_of_change}"'
        message = f"`changed` is {changed}, but {recorded}"
        yield problem("REC007", page.file, page.meta_places["changed"], message)


def newest_on(page: Page, content: Content, broken: set[str]) -> tuple[date | None, str]:
    """The newest date of what stands on a page, or of the pages that it gathers, and what has it.

    A page without findings of its own, such as that of the questions, rests on those that it names.
    None where nothing has a date, or where one of these cannot be read.
    """
    dated = [
        (day_of(block.fields.get("as_of")), f"{block.kind} {block.argument} on line {block.line}")
        for block in page.blocks
        if block.kind in RECORDS and block.kind != "verdict"
    ]
    gathered = {name for block in page.blocks for name in pages_gathered(block, content)} - {page.name}
    dated += [
        (day_of(content.pages[name].meta.get("as_of")), f"{name}, which it gathers,")
        for name in sorted(gathered)
    ]
    if not page.meta.get("letter"):
        named = {code: content.codes().get(code) for _, code in page.code_links}
        dated += [
            (day_of(block.fields.get("as_of")), f"{code}, which it names,")
            for code, block in named.items()
            if block
        ]
    known = [(day, what) for day, what in dated if day]
    if len(known) < len(dated) or broken & {content.pages[name].file for name in {page.name, *gathered}}:
        return None, ""
    return max(known, default=(None, ""), key=lambda each: each[0])


def pages_gathered(block: Block, content: Content) -> set[str]:
    """The pages whose records a block gathers for an answer."""
    kind = {"verdicts": "verdict", "watchlist": "indicator"}.get(block.kind, "")
    if block.kind == "brief":
        kind = {"verdicts": "verdict", "watchlist": "indicator"}.get(block.argument, "")
    named = set(block.argument.split()) if block.kind in ("doors", "assessment") else set()
    return {other.page for other in content.blocks(kind)} | (named & content.pages.keys())


def judge_rows(name: str, content: Content, names: Names) -> Iterator[Problem]:
    """The rows behind a figure: their columns, and the sources and findings that they name."""
    file, rows = f"{content.root.name}/data/figures/{name}.csv", content.figures[name]
    columns, head = (
        [str(column["name"]) for column in content.columns.get(name, [])],
        [*rows[0]] if rows else [],
    )
    if columns and head and columns != head:
        odd = next(
            (word for word in [*head, *columns] if word not in head or word not in columns), "the order"
        )
        message = f"its columns are not those of {name}.csv-metadata.json: {odd} differs"
        yield problem("REC003", file, (1, 1), message)
    for row, line in zip(rows, content.row_lines[name], strict=True):
        named = [("REF001", "source", word) for word in sources_of(row)]
        named += [("REC004", "code", word) for word in row.get("finding", "").split()]
        for rule, sort, word in named:
            if word not in names.get(sort, (word,)):
                guess = did_you_mean(word, names[sort])
                yield problem(rule, file, (line, 1), f'unknown {sort} "{word}"{guess}')


def uncited(content: Content) -> Iterator[Problem]:
    """Sources that no page, figure, event or term cites."""
    listed = [record.fields.get("sources") for record in content.records]
    used = content.cited().keys() | {str(each) for ids in listed if isinstance(ids, list) for each in ids}
    for record in content.records:
        source = str(record.fields.get("id"))
        if record.kind == "source" and source not in used:
            message = f'source "{source}" is cited nowhere; cite it or remove it'
            yield problem("REF002", record.file, (record.line, 1), message)
