"""What is wrong with the content: what the JSON Schemas say and what a schema cannot say, each fault once.

Here is what concerns structure; house_rules.py has what concerns words and their dates.

Beyond the standard a schema may say of a field
  `format`       date; partial-date, which may lack its day or month
  `x-date`       ever: not in the future; past: nor before 1990; due: a warning from 14 days before on
  `x-unique`     true: no two pages or records of a kind have the same value
  `x-refers`     what its text names: source, code, verdict (by its id) or section (`treaty.md#duty`)
  `x-needs`      the kind of records of which there must be one
  `x-sources`    the field beside it with the sources on which its text rests
  `x-until`      the field beside it with the date that its text may not pass, or with the code of a finding
  `x-uncounted`  true: its text does not count the site's own things
and of the whole
  `x-text`       the same of the text below the fields, which is wanted then
  `x-sorted-by`  the field by which the records of a list are sorted, or the entries of a field
  `x-not-before` pairs of fields: the first has no earlier date than the second
"""

from __future__ import annotations

import difflib
import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.validators import extend

from explainer import addresses, cells, forecasts, house_rules, permalinks
from explainer.content import REFERENCE, Block, Content, Page, Problem, page_file, sources_of
from explainer.files import day_of
from explainer.kinds import CODED, GATHERED, LISTED, RECORDS
from explainer.pages import CODE_LINK, SOURCE
from explainer.texts import Item, Text, items, part_at, texts

E, W = "error", "warning"
RULES = {
    "SRC001": (E, "a file cannot be read, or is a symbolic link that cannot be published"),
    "TPL001": (E, "a template cannot be used"),  # told by draw.py, which stops a build
    "FM001": (E, "a page has no front matter that MkDocs reads"),
    "FM002": (E, "front matter is not valid YAML"),
    "FM003": (E, "a field of the front matter is missing or empty"),
    "FM004": (E, "a field of the front matter is unknown"),
    "FM005": (E, "a value of the front matter has the wrong type or form"),
    "FM006": (E, "a field stands twice"),
    "FM007": (E, "a date is not plausible"),
    "FM008": (W, "a review is overdue or due soon"),
    "FM009": (E, "a value belongs to another page already"),
    "ID001": (E, "an id occurs twice on a page, or cannot be linked"),
    "ID002": (E, "a heading has no id of its own"),
    "REC001": (E, "a field of a record is missing or empty"),
    "REC002": (E, "a field of a record is unknown"),
    "REC003": (E, "a value of a record has the wrong type or form"),
    "REC004": (E, "a code, section, page or other record does not exist"),
    "REC005": (E, "a code or id is given twice, or is none"),
    "REC006": (E, "a block is not written as one"),
    "REC007": (E, "dates contradict each other"),
    "REF001": (E, "a source, note or label does not exist, or readers see the brackets of a link"),
    "REF002": (W, "a source is cited nowhere"),
    **permalinks.RULES,
    **addresses.RULES,
    **house_rules.RULES,
    **forecasts.RULES,
    **cells.RULES,
}
MISSING = ("FM003", "REC001")  # of pages, of records
FORMS = {"required": MISSING, "minItems": MISSING, "additionalProperties": ("FM004", "REC002")}
WRONG_FORM = ("FM005", "REC003")
OWN_KEYWORDS = set(re.findall(r"`(x-[a-z-]+)`", __doc__ or ""))
FAULTS = {  # by the keyword of the schema; of our own keywords the fault is said where it is found
    "format": 'is "{value}", which is not a date; write it as "2026-11-24", in quotes',
    "minLength": "has fewer characters than {wanted} ({meaning})",
    "maxLength": "has more characters than {wanted} ({meaning})",
    "minItems": "is an empty list; fill it in ({meaning})",
    "uniqueItems": "has the same entry twice; keep one",
    "pattern": 'is "{value}", which has not the form that is wanted ({meaning})',
    "required": "is missing; add it ({meaning})",
    "additionalProperties": "is an unknown field{error.message}",
    "not": "cannot stand here ({meaning})",
}
TYPES = {
    "string": "text",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "object": "a mapping",
}
WORDS = {
    bool: "yes or no",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
FIRST = {"past": "1990", "ever": ""}  # an earlier date is a slip of the year
SOON = timedelta(days=14)
FORMATS = FormatChecker(formats=())
NO_LINK = re.compile(  # the id of a source, or codes that were written otherwise than [T3]
    r"(?<![\]\w\\`])\[(?:([a-z0-9]+(?:-[a-z0-9]+)+)"
    r"|((?![A-Z]\d+\])[A-Za-z] ?\d{1,2}(?:(?:, ?| ?[;/–-] ?| and )[A-Za-z]? ?\d{1,2})*))\](?![\[(:`])"
)
Names = dict[str, Collection[str]]  # what references may name, by sort


def judge(content: Content, unreadable: Iterable[Problem] = (), today: date | None = None) -> list[Problem]:
    """Every fault of the content, sorted. All else waits until what could not be read is mended."""
    problems = [*unreadable, *judge_schemas(content)]
    if any(fault.rule != "FM006" for fault in problems):
        return sorted(problems)
    names, every = known_names(content), list(items(content))
    said = list(texts(content, every))
    validators = validators_for(content, names, today or date.today())
    for item in every:
        if item.schema:
            problems += judge_fields(item, validators[item.kind])
    problems += given_once(every)
    problems += out_of_order(every)
    problems += judge_references(said, names)
    problems += house_rules.judge_words(content, every, said)
    for page in content.pages.values():
        problems += judge_ids(page)
        for block in page.blocks:
            judge_block = judge_record if block.kind in RECORDS else judge_gathered
            problems += judge_block(block, page, content, names)
    for name in content.row_lines:
        problems += judge_rows(name, content, names)
    problems += [*cells.judge_cells(content), *forecasts.judge_forecasts(content, today or date.today())]
    problems += addresses.judge_addresses(said)
    problems = [replace(each, severity=W) if RULES[each.rule][0] == W else each for each in problems]
    if not any(fault.severity == E for fault in problems):  # a fault may hide who cites a source
        problems += uncited(content)
    return sorted(set(problems))


def judge_schemas(content: Content) -> Iterator[Problem]:
    """Kinds without a schema, and schemas that are none."""
    faults = dict.fromkeys({"page", *RECORDS, *LISTED} - content.schemas.keys() if content.schemas else ())
    for kind, schema in content.schemas.items():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            faults[kind] = f"no JSON Schema: {error.json_path}: {error.message}"
        pairs = re.findall(r'"(x-[^"]*)": "?([^",}]*)', json.dumps(schema))
        lists = [word for keyword, word in pairs if keyword == "x-needs" and word not in LISTED]
        if unknown := {keyword for keyword, _ in pairs} - OWN_KEYWORDS:
            faults[kind] = f"unknown keyword {min(unknown)}{did_you_mean(near(min(unknown), OWN_KEYWORDS))}"
        elif lists:
            faults[kind] = f"x-needs names {lists[0]}, which is no list in kinds.py"
    for kind, fault in faults.items():
        file = f"{content.root.name}/data/schemas/{kind}.schema.json"
        yield Problem(file, 1, 1, "SRC001", fault or "this schema, of a kind in kinds.py, is missing")


def known_names(content: Content) -> Names:
    """What references may name, by sort; no sections while a heading has lost its id."""
    blocks = [block for page in content.pages.values() for block in page.blocks]
    names: Names = {
        "page": content.pages,
        "rows": content.figures.keys(),
        "source": content.sources,
        "source-kind": part_at(content.schemas["source"], ("kind",)).get("enum", []),
        "download": {*content.exports, *content.columns},
        "verdict": {str(block.fields.get("id")) for block in blocks if block.kind == "verdict"},
        "figure": {block.argument for block in blocks if block.kind == "figure"},
        "described": {block.argument for block in blocks if block.kind == "codebook"},
    }
    coded, codes = [block for block in blocks if block.kind in CODED], content.codes()
    new = codes.keys() - content.codes_given()
    if len(codes) == len(coded) and all(re.fullmatch("[A-Z][1-9][0-9]*", code) for code in new):
        names["code"] = codes  # else the fault of one is told alone
    if len(content.sources) < sum(record.kind == "source" for record in content.records):
        del names["source"]
    sections: dict[str, str] = {}
    for page in content.pages.values():
        for (*_, anchor), text in zip(page.headings, page.prose[1:], strict=True):
            sections[f"{page.name}#{anchor}"] = text.strip()
    ids = [str(block.fields.get("id")) for block in blocks if block.kind in RECORDS]
    if not any(address.endswith("#") for address in sections) and all(map(SOURCE.fullmatch, ids)):
        names["section"] = {*content.pages, *sections, *(block.address for block in blocks)}
        names["section with text"] = {address for address, text in sections.items() if text}
    return names


# Fields ----------------------------------------------------------------------------------------------------


@FORMATS.checks("date")
def is_date(value: object) -> bool:
    """Whether a text is an existing day. That other values should be text is said by their type."""
    return not isinstance(value, str) or bool(day_of(value))


@FORMATS.checks("partial-date")
def is_partial_date(value: object) -> bool:
    """Whether a text is an existing day, month or year."""
    return not isinstance(value, str) or bool(day_of(value + "-01-01"[: max(10 - len(value), 0)]))


def misspelt(record: dict, schema: dict) -> dict[str, str]:
    """The unknown fields of a record, each with the known one that may be meant."""
    known = schema.get("properties", {})
    return {name: near(name, known.keys() - record.keys()) for name in record.keys() - known.keys()}


def required(_: Any, names: list[str], record: Any, schema: dict) -> Iterator[ValidationError]:
    """The standard's `required`, with the place of each field; one that is only misspelt is not missing."""
    if isinstance(record, dict):
        for name in set(names) - record.keys() - set(misspelt(record, schema).values()):
            yield ValidationError("", path=[name])


def additional(_: Any, allowed: bool, record: Any, schema: dict) -> Iterator[ValidationError]:
    """The standard's `additionalProperties: false`, likewise."""
    for name, meant in misspelt(record, schema).items() if isinstance(record, dict) else ():
        yield ValidationError(did_you_mean(meant), path=[name])


def min_length(_: Any, wanted: int, text: Any, schema: dict) -> Iterator[ValidationError]:
    """The standard's `minLength`, but space around a text does not count."""
    if isinstance(text, str) and len(text.strip()) < wanted:
        yield ValidationError("")


def not_before(_: Any, pairs: dict[str, str], record: Any, schema: dict) -> Iterator[ValidationError]:
    """Dates that contradict each other."""
    for later, earlier in pairs.items():
        end, start = (str(record.get(name) or "") for name in (later, earlier))
        if start and end and end < start[: len(end)]:
            yield ValidationError(f"REC007 {end} is before `{earlier}` {start}", path=[later])


def sorted_by(_: Any, name: str, entries: Any, schema: dict) -> Iterator[ValidationError]:
    """Entries of a log that stand after a later one; of whole lists `out_of_order` says so."""
    pairs = itertools.pairwise(entries) if isinstance(entries, list) else ()
    for place, (before, entry) in enumerate(pairs, 1):
        if (
            isinstance(before, dict)
            and isinstance(entry, dict)
            and str(entry.get(name)) < str(before.get(name))
        ):
            yield ValidationError(
                "REC003 stands after a later one; keep the oldest first", path=[place, name]
            )


def validators_for(content: Content, names: Names, today: date) -> dict[str, Any]:
    """A validator for each kind, which knows the keywords of this module."""
    moved = {}  # sections that were given up, by their successors
    for address, record in content.permalinks.items():
        if record.retired and record.successor:
            end = (permalinks.path_of(content.permalinks, address) or [record.successor])[-1]
            old, new = ("#".join(filter(None, page_file(each))) for each in (address, end))
            moved[old] = new

    def dated(_: Any, wanted: str, value: Any, schema: dict) -> Iterator[ValidationError]:
        day = day_of(value)
        day = day or str(value) if wanted == "ever" else day  # perhaps a month or a year
        if day and wanted in FIRST and not FIRST[wanted] <= day <= str(today):
            fault = "lies in the future" if day > str(today) else "is too long ago; check the year"
            yield ValidationError(f"FM007 {value} {fault}")
        if day and wanted == "due" and day <= str(today + SOON):
            days = abs((date.fromisoformat(day) - today).days)
            count = f"{days} day{'s' * (days != 1)}"
            when = f"was due {count} ago" if day < str(today) else f"is due in {count}"
            yield ValidationError(f"FM008 {value} {when}; look again, then move it")

    def refers(_: Any, sort: str, value: Any, schema: dict) -> Iterator[ValidationError]:
        if isinstance(value, str) and value not in names.get(sort, (value,)):
            rule, (_, mark, anchor) = "REF001" if sort == "source" else "REC004", value.partition("#")
            same = [name for name in names[sort] if mark and name.endswith(f"#{anchor}")]  # on another page
            meant = moved.get(value) or "".join(same[:1]) or near(value, names[sort])
            yield ValidationError(f'{rule} names the unknown {sort} "{value}"{did_you_mean(meant)}')

    def needs(_: Any, kind: str, value: Any, schema: dict) -> Iterator[ValidationError]:
        if not any(record.kind == kind for record in content.records):
            yield ValidationError(f"REC004 needs a record in docs/data/{LISTED[kind].file}; add one")

    own = {"required": required, "additionalProperties": additional, "minLength": min_length}
    own |= {"x-date": dated, "x-refers": refers, "x-needs": needs, "x-not-before": not_before}
    own["x-sorted-by"] = sorted_by
    made: Any = extend(Draft202012Validator, own)
    return {kind: made(schema, format_checker=FORMATS) for kind, schema in content.schemas.items()}


def judge_fields(item: Item, validator: Any) -> Iterator[Problem]:
    """What the schema of its kind says of a front matter or record: of each field the first fault."""
    seen = set()
    errors = validator.iter_errors(item.fields)
    for error in sorted(errors, key=lambda error: error.validator.startswith("x-")):
        path = tuple(error.absolute_path)
        if path not in seen:
            meaning = part_at(item.schema, path).get("description", "see docs/data/schemas")
            rules, fault = fault_of(error, meaning)
            message = f"{item.what}: {called(path)} {fault}"
            yield item.problem(rules[item.kind != "page"], ".".join(map(str, path)), message)
        seen.add(path)


def fault_of(error: Any, meaning: str) -> tuple[tuple[str, str], str]:
    """What is wrong with a value, in our words, and what to do; before it the rule, for pages and records."""
    value, keyword, wanted = error.instance, error.validator, error.validator_value
    rules, kind = FORMS.get(keyword, WRONG_FORM), WORDS.get(type(value), "a date")
    if keyword.startswith("x-"):
        rule, _, fault = error.message.partition(" ")
        return (rule, rule), fault
    if value is None or not str(value).strip():
        words = f"; allowed: {', '.join(wanted)}" if keyword == "enum" else ""
        return MISSING, f"is empty; fill it in ({meaning}{words})"
    if not isinstance(value, str) and (wanted == "string" or keyword == "enum"):
        text = ("yes" if value else "no") if isinstance(value, bool) else value
        quote = f'is {kind} to YAML, not text; quote it: "{text}"'
        nested = f"is {kind}, not text; put text with a colon or brackets in quotes"
        return rules, nested if isinstance(value, list | dict) else quote
    if keyword == "type" and wanted == "array" and isinstance(value, str):
        return rules, f"is text, not a list; put it in [ ]: [{value}]"
    if keyword == "type":
        return rules, f"is {kind} to YAML, not {TYPES.get(wanted, wanted)} ({meaning})"
    if keyword == "enum":
        return rules, f'is "{value}"; allowed: {", ".join(wanted)}{did_you_mean(near(value, wanted))}'
    form = FAULTS.get(keyword, "has not the form that is wanted ({meaning})")
    return rules, form.format(error=error, value=value, wanted=wanted, meaning=meaning)


def called(path: tuple) -> str:
    """A path in words: `date` in entry 3 of `log`."""
    words = ""
    for step in path:
        name, link = (f"entry {step + 1}", "of") if isinstance(step, int) else (f"`{step}`", "in")
        words = f"{name} {link} {words}" if words else name
    return words


def near(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or nothing."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, 0.6)), "") if len(word) > 3 else ""


def did_you_mean(word: str) -> str:
    """`; did you mean "x"?`, or nothing."""
    return f'; did you mean "{word}"?' if word else ""


# Records among others --------------------------------------------------------------------------------------


def given_once(every: list[Item]) -> Iterator[Problem]:
    """Values that one page or record only may have, and codes, which are given once on the whole site."""
    owners: dict[tuple[str, str, str], str] = {}
    for item in every:
        unique = [name for name, part in item.schema.get("properties", {}).items() if part.get("x-unique")]
        values = [(item.kind, name, str(item.fields.get(name) or "")) for name in unique]
        if item.kind in CODED:
            values.append(("", "code", getattr(item.owner, "argument", "")))
        for key in (key for key in values if key[2]):
            line = item.places.get(key[1], (item.line, 1))[0]
            same = (*key[:2], " ".join(key[2].casefold().split()))
            first = owners.setdefault(same, f"{item.file}:{line}")
            if first != f"{item.file}:{line}":
                message = f'{item.what}: `{key[1]}` "{key[2]}" stands in {first} already; it is given once'
                yield item.problem("FM009" if item.kind == "page" else "REC005", key[1], message)


def out_of_order(every: list[Item]) -> Iterator[Problem]:
    """Records of a list that its schema wants sorted, and that stand after a later one."""
    for before, item in itertools.pairwise(every):
        name = item.schema.get("x-sorted-by", "")
        if name and before.kind == item.kind and str(item.fields.get(name)) < str(before.fields.get(name)):
            message = f"{item.what} stands after a later one; keep the file in order of `{name}`"
            yield item.problem("REC003", name, message)


def judge_ids(page: Page) -> Iterator[Problem]:
    """Every heading has an id, and no id stands twice on a page."""
    ids = [(line, 1, anchor, level) for line, level, _, anchor in page.headings]
    of_blocks = [block for block in page.blocks if block.fields.get("id")]
    ids += [(*block.places["id"], str(block.fields["id"]), 0) for block in of_blocks]
    seen: dict[str, int] = {}
    for line, column, anchor, level in sorted(ids):
        if level == 1:
            message = (
                'the title in the front matter is the heading of first rank; write "##", or \\# for a sign'
            )
            yield Problem(page.file, line, column, "ID002", message)
        elif not anchor:
            message = "this heading has no id; end it with { #short-name }, so that links to it last"
            yield Problem(page.file, line, column, "ID002", message)
        elif seen.setdefault(anchor, line) != line:
            message = f'the id "{anchor}" is used on line {seen[anchor]} already; ids are unique on a page'
            yield Problem(page.file, line, column, "ID001", message)


def judge_references(said: list[Text], names: Names) -> Iterator[Problem]:
    """Sources and codes that texts name and that do not exist."""
    count = 0
    for text in said:
        for match in NO_LINK.finditer(text.said) if "[" in text.said else ():
            known = match[1] in names.get("source", ())
            defined = f"{match[0]}:" in getattr(text.owner, "body", "")  # a link that has its address below
            if not defined and (known or match[2]):
                right = f"write [^{match[1]}]" if known else "write each as [T3], with a space between two"
                yield text.problem("REF001", f"{match[0]} is no link; {right}", match.start())
        for sort, rule, pattern in (("source", "REF001", REFERENCE), ("code", "REC004", CODE_LINK)):
            for match in pattern.finditer(text.said) if "[" in text.said else ():
                if match[1] not in names.get(sort, (match[1],)):
                    count += 1
                    guess = did_you_mean(near(match[1], names[sort])) if count < 100 else ""  # it takes long
                    message = f'unknown {sort} "{match[1]}"{guess or "; correct it, or add it"}'
                    yield text.problem(rule, message, match.start(1))


def judge_record(block: Block, page: Page, content: Content, names: Names) -> Iterator[Problem]:
    """What stands around the fields of a record: its argument and its text."""
    kind, argument, letter = RECORDS[block.kind], block.argument, str(page.meta.get("letter", ""))
    if kind.coded and not letter:
        message = "the page has no `letter`, with which the codes of its records begin"
        yield Problem(page.file, 1, 1, "FM003", message)
    faults, with_text, what = {}, "x-text" in content.schemas[block.kind], f"{block.kind} {argument}"
    given = not content.permalinks or argument in content.codes_given()  # a list that is gone is told alone
    own = re.fullmatch(
        f"{re.escape(letter)}[1-9][0-9]*", argument
    )  # a code that has moved here keeps its letter
    if letter and kind.coded and argument and not (own or given):
        faults["REC005"] = f'the code "{argument}" must be the letter of the page, "{letter}", and a number'
    if with_text and not block.body:
        faults["REC001"] = f"{what} has no text; fill it in before the closing ///"
    if not with_text and block.body:
        faults["REC006"] = f"{what} says all in its fields; remove the text below them"
    if kind.data and not content.figures.get(argument):
        guess = did_you_mean(near(argument, {*names["rows"]} - {argument}))
        faults["REC004"] = f"{what} needs rows in docs/data/figures/{argument}.csv{guess}"
    if kind.data and "as_of" in block.places:
        faults["REC002"] = f"{what} follows its rows in `as_of`; remove that line"
    described = content.page_with("codebook")
    if kind.data and described and argument in content.columns.keys() - names["described"]:
        faults["REC004"] = f"{what} has no codebook; add `/// codebook | {argument}` to docs/{described}"
    for rule, message in faults.items():
        yield Problem(page.file, block.line, 1, rule, message)


def judge_gathered(block: Block, page: Page, content: Content, names: Names) -> Iterator[Problem]:
    """The argument of a block that gathers what stands elsewhere, and its fields, which few have."""
    kind, what = GATHERED[block.kind], f"/// {block.kind}"
    if bool(block.argument) != bool(kind.argument):
        fault = "takes nothing after its name" if block.argument else f"needs a {kind.argument} after a bar"
        yield Problem(page.file, block.line, 1, "REC006", f"{what} {fault}")
        return
    known = {*names[kind.argument], *kind.words} if kind.argument in names else {*block.argument.split()}
    faults = []
    for word in block.argument.split():
        if word not in known:
            faults.append(f'{what}: there is no {kind.argument} "{word}"{did_you_mean(near(word, known))}')
        meta = content.pages[word].meta if word in content.pages else {}
        needs = () if misspelt(meta, content.schemas["page"]) else kind.needs
        shown = [name for name in needs if meta and not meta.get(name)]
        faults += [f"{what} shows the `{name}` of {word}, whose front matter has none" for name in shown]
    yield from (Problem(page.file, block.line, 1, "REC004", message) for message in faults)
    parts = [part for schema in content.schemas.values() for part in schema.get("properties", {}).values()]
    words = {str(word) for part in parts for word in part.get("enum", [])} if kind.explains else set()
    for name in block.fields.keys() - words:
        message = f"{what} has an unknown field `{name}`{did_you_mean(near(name, words))}"
        yield Problem(page.file, *block.places[name], "REC002", message)


# Rows and sources ------------------------------------------------------------------------------------------


def judge_rows(name: str, content: Content, names: Names) -> Iterator[Problem]:
    """The rows behind a figure: their columns, and the sources and findings that they name."""
    file, rows = f"{content.root.name}/data/figures/{name}.csv", content.figures[name]
    columns, head = [column["name"] for column in content.columns.get(name, [])], [*rows[0]] if rows else []
    if columns and head and columns != head:
        odd = next((word for word in [*head, *columns] if (word in head) != (word in columns)), "the order")
        message = f"its columns are not those of {name}.csv-metadata.json: {odd} differs"
        yield Problem(file, 1, 1, "REC003", message)
    for row, line in zip(rows, content.row_lines[name], strict=True):
        named = [("REF001", "source", word) for word in sources_of(row)]
        named += [("REC004", "code", word) for word in row.get("finding", "").split()]
        for rule, sort, word in named:
            if word not in names.get(sort, (word,)):
                guess = did_you_mean(near(word, names[sort]))
                yield Problem(file, line, 1, rule, f'unknown {sort} "{word}"{guess}')


def uncited(content: Content) -> Iterator[Problem]:
    """Sources that no page, figure, event or term cites."""
    named = (record.fields.get("sources", []) for record in content.records)
    used = content.cited().keys() | {*itertools.chain(*named)}
    for record in content.records:
        if record.kind == "source" and record.fields["id"] not in used:
            message = f'source "{record.fields["id"]}" is cited nowhere; cite it or remove it'
            yield Problem(record.file, record.line, 1, "REF002", message, W)
