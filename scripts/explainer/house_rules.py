"""What is wrong with words and dates: the house rules of the About page, as far as a machine can see them.

`judge` says what is wrong with the structure and asks here for the rest. Every message names the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from explainer.content import HORIZON, REFERENCE, Block, Content, Page, Place, Problem, Record, day_of
from explainer.kinds import GATHERED, RECORDS
from explainer.pages import FENCE, FRONT_MATTER, HEADING
from explainer.views import outlet
from explainer.words import MONTHS, plain

E, W = "error", "warning"
RULES = {
    "DAT001": (E, "`as_of` is not the date of the newest source"),
    "DAT002": (E, "a text names a later date than its `as_of`"),
    "DAT003": (E, "the date up to which sources were looked for is typed, or {horizon} cannot stand there"),
    "TXT001": (
        E,
        "a text rests on state media alone and does not say so; a warning in prose and of third states",
    ),
    "TXT002": (E, "a quotation stands twice"),
    "TXT003": (E, "the site's own things are counted in words"),
    "TXT004": (E, "likelihood and confidence share a sentence"),
    "TXT005": (W, "a confirmed finding rests on relays or listings alone"),
}
NOT_READ = ("relay", "listing")  # how a source was read that nobody opened
DOCUMENTS = ("primary", "official")  # kinds of sources that are texts of a state rather than its media
AHEAD = ("forecast", "not-found")  # findings of this status may name a later date
MONTH = "|".join(MONTHS)
DATE = re.compile(
    rf"(?<![\d,.$€£])(?:(?P<iso>20\d\d-\d\d-\d\d)"
    rf"|(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{MONTH})\s+(?P<of>20\d\d)"
    rf"|(?P<from>20\d\d)[–/-](?P<to>\d\d)|(?P<year>20\d\d))(?!\d|,\d|[.]\d)"
)
NO_YEAR = re.compile(r"(?i)\b(?:resolutions?|no\.|number|article|about|some|over|nearly)\s+$")
UNIT = re.compile(r"(?i)[ -](?:km|kilomet|tonnes|tons|drones|troops|people|men|missiles|barrels|dollars|per)")
TYPED = re.compile(
    rf"(?i)\b(?:up to|until|by) (?:early |late |mid-)?(?:\d{{1,2}} )?(?:{MONTH}) (?P<year>20\d\d)\b"
)
ABSENCE = re.compile(r"(?i)\b(?:found|seen|shown|known|no|none|not)\b")
TOKEN = re.compile(r"(?i)\{\s*hori[a-z]*\s*\}")
QUOTED = re.compile(r"“([^“”]+)”")
WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|twenty|[1-9]\\d*"
)
OWN = (
    "indicators?|readings?|thresholds?|findings?|verdicts?|forecasts?|definitions|things that can be observed"
)
COUNTED = re.compile(  # eight readings, six of eight readings, six of the readings
    rf"(?i)\b(?:{NUMBERS})(?: of(?: the| these| its)?)?(?: (?:{NUMBERS}))?(?: own)? (?:{OWN})\b"
)
LIKELY = re.compile(r"(?i)\b(?:almost certain(?:ly)?|(?:un)?likely|remote)\b")
SURE = re.compile(r"(?i)\bconfidence\b")
SENTENCE = re.compile(r"(?<=[.!?])[”’)]*\s+")
STATE = re.compile(
    r"(?i)\b(?:state|government|party|Kremlin|judiciary)(?:[- ](?:aligned|owned|run|controlled|funded))?[- ]"
    r"(?:\w+[- ])?(?:media|agenc|television|TV|broadcast|outlet|radio|newspaper|press|channel|network)"
    r"|\bpro-Kremlin\b|\bstate[- ](?:aligned|owned|run)\b|\bnews agency of\b"
)
GENERAL = {  # first words of publishers that name no outlet
    *(
        "the",
        "russian",
        "iranian",
        "iran",
        "tehran",
        "islamic",
        "news",
        "global",
        "international",
        "press",
        "young",
    ),
    *("channel", "city", "al", "new"),
}


@dataclass(frozen=True)
class Text:
    """A piece of the site's text: a paragraph, or a field; `field` is empty for what stands in no field."""

    said: str  # as it was written
    what: str  # how messages name it
    file: str
    place: Place
    field: str = ""
    owner: Page | Block | Record | None = None  # whose it is; a page's for prose and front matter

    def at(self, found: str | int) -> Text:
        """The same at the line where something stands in it, given by its words or its offset."""
        offset = self.said.find(found) if isinstance(found, str) else found
        if self.field or offset < 0:
            return self
        before = self.said[:offset]
        column = offset - before.rfind("\n")
        return replace(self, place=(self.place[0] + before.count("\n"), column))

    def problem(self, rule: str, message: str, severity: str = "") -> Problem:
        """A fault of this text."""
        return Problem(self.file, *self.place, rule, message, severity or RULES[rule][0])


def judge_words(content: Content, broken: Collection[str] = ()) -> Iterator[Problem]:
    """Every fault of words and dates, but for files that could not be read as they were meant."""
    every = [text for text in texts(content) if text.file not in broken]
    for page in (page for page in content.pages.values() if page.file not in broken):
        for block in page.blocks:
            if block.readable and block.kind in RECORDS:
                yield from judge_as_of(block, page, content)
                yield from unread_but_confirmed(block, page, content)
        yield from typed_horizons(page, content)
    yield from later_dates(every, content)
    yield from unnamed_state_media(every, content)
    questions = {block.argument for block in content.blocks("verdict")}
    yield from twice_quoted(every, {bare(question) for question in questions})
    for text in every:
        yield from misplaced_token(text, content)
        yield from counts_in_words(text, content)
        yield from likelihood_with_confidence(text)


# Texts -----------------------------------------------------------------------------------------------------


def texts(content: Content) -> Iterator[Text]:
    """Every text that an editor writes for readers, in pages and in lists; not titles of sources."""
    for page in content.pages.values():
        yield from fields_of(page.meta, "the page", page.file, page.meta_places, page)
        for line, paragraph in prose(page):
            yield Text(paragraph, "this paragraph", page.file, (line, 1), "", page)
        for block in page.blocks:
            what = f"{block.kind} {block.argument}".strip()
            yield from fields_of(block.fields, what, page.file, block.places, block)
            for line, paragraph in paragraphs(page.lines, block.text_line, closing(page, block)):
                yield Text(paragraph, what, page.file, (line, 1), "", block)
    for record in content.records:
        if record.kind != "source":
            what = f"{record.kind} {record.fields.get('id') or record.fields.get('date')}"
            yield from fields_of(record.fields, what, record.file, record.places, record)
    for name, lines in content.row_lines.items():
        file = f"{content.root.name}/data/figures/{name}.csv"
        for row, line in zip(content.figures[name], lines, strict=True):
            for column, cell in row.items():
                yield Text(cell, f"this {column}", file, (line, 1), column)


def fields_of(
    fields: dict, what: str, file: str, places: dict[str, Place], owner: Page | Block | Record
) -> Iterator[Text]:
    """The texts in fields, at any depth; words without a space are ids, codes or labels."""
    open_: list[tuple[str, Any]] = [(str(name), value) for name, value in fields.items()]
    while open_:
        path, value = open_.pop(0)
        if isinstance(value, dict | list):
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            open_ += [(f"{path}.{name}", part) for name, part in inner]
        elif isinstance(value, str) and " " in value.strip():
            yield Text(value, what, file, places.get(path) or (1, 1), path, owner)


def prose(page: Page) -> Iterator[tuple[int, str]]:
    """The paragraphs of a page outside its blocks, each with its line."""
    match = FRONT_MATTER.match("\n".join(page.lines))
    start = match[0].count("\n") + 1 if match else 1
    for block in sorted(page.blocks, key=lambda block: block.line):
        yield from paragraphs(page.lines, start, block.line)
        start = closing(page, block) + 1
    yield from paragraphs(page.lines, start, len(page.lines) + 1)


def closing(page: Page, block: Block) -> int:
    """The line that closes a block."""
    start = max(block.text_line, block.line + 1)
    lines = range(start, len(page.lines) + 1)
    return next((number for number in lines if page.lines[number - 1].rstrip() == "///"), start)


def paragraphs(lines: list[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """The paragraphs, items and rows from one line up to another, which is not in; not code, not headings."""
    held: list[str] = []
    first, fence = start, False
    for number in range(start, end + 1):
        line = lines[number - 1] if number < end else ""
        fenced = bool(FENCE.match(line))
        ends = not line.strip() or fence or fenced or HEADING.match(line)
        if held and (ends or re.match(r"\s*(?:[-*+]|\d+\.) |\||<", line)):
            yield first, "\n".join(held)
            held = []
        fence ^= fenced
        if not ends:
            first = first if held else number
            held.append(line)


# Dates -----------------------------------------------------------------------------------------------------


def day(value: object) -> str:
    """A date in ISO form; empty for anything else, of which the schemas speak."""
    with suppress(ValueError):
        return day_of(value)
    return ""


def newest(sources: object, content: Content) -> str:
    """The date of the newest source of a list; empty if none is dated to the day."""
    listed = sources if isinstance(sources, list) else []
    return max((day(content.sources.get(str(source), {}).get("issued")) for source in listed), default="")


def judge_as_of(block: Block, page: Page, content: Content) -> Iterator[Problem]:
    """DAT001: a record is as old as its newest source."""
    as_of, right = day(block.fields.get("as_of")), newest(block.fields.get("sources"), content)
    if as_of and right and as_of != right:
        source = next(
            source
            for source in block.fields["sources"]
            if content.sources.get(source, {}).get("issued") == right
        )
        message = (
            f"{block.kind} {block.argument} has `as_of` {as_of}, but its newest source, {source}, is of "
            f'{right}; set it to "{right}", or name the source of {as_of}'
        )
        yield Problem(page.file, *block.places.get("as_of", (block.line, 1)), "DAT001", message)
    elif content.looks and as_of > content.horizon:
        message = (
            f"{block.kind} {block.argument} is of {as_of}, but by the log of searches sources reach to "
            f"{content.horizon}; add the search that found this to docs/data/looks.yml"
        )
        yield Problem(page.file, *block.places.get("as_of", (block.line, 1)), "DAT003", message)


def dates_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Each date that a text names: where, as it is written, and by its first day, `2026-10-01`."""
    for match in DATE.finditer(text):
        year = match["of"] or match["from"] or match["year"]
        if match["iso"]:
            first = match["iso"]
        elif match["month"]:
            first = f"{year}-{MONTHS.index(match['month']) + 1:02}-{int(match['day'] or 1):02}"
        elif match["from"] and int(match["to"]) > int(year[2:]):
            first = f"{year[:2]}{match['to']}-01-01"
        else:
            first = f"{year}-01-01"
        alone = match["year"] and (NO_YEAR.search(text[: match.start()]) or UNIT.match(text[match.end() :]))
        if not alone:
            yield match.start(), match[0], first


def bound(text: Text, content: Content) -> tuple[str, str]:
    """The date that a text may not pass, and what it is of; empty where it may name any."""
    block, path = text.owner, text.field
    if not isinstance(block, Block):
        return "", ""
    fields = block.fields
    if block.kind == "verdict" and path.rpartition(".")[2] not in ("otherwise", "because"):
        finding = content.codes().get(str(fields.get("finding")))
        if finding and finding.fields.get("status") not in AHEAD:
            return str(finding.fields.get("as_of") or ""), f"finding {finding.argument}, on which it rests,"
    if block.kind in ("finding", "statement") and not path and fields.get("status") not in AHEAD:
        return str(fields.get("as_of") or ""), "it"
    if block.kind == "indicator" and path == "reading":
        return str(fields.get("as_of") or ""), "it"
    entry = re.fullmatch(r"log\.(\d+)\.reading", path)
    if block.kind == "indicator" and entry:
        return str(fields["log"][int(entry[1])].get("date") or ""), "that reading"
    return "", ""


def later_dates(every: Iterable[Text], content: Content) -> Iterator[Problem]:
    """DAT002: what a text says cannot be newer than what it rests on."""
    for text in every:
        limit, whose = bound(text, content)
        planned = str(text.owner.fields.get("plans_to") or "") if isinstance(text.owner, Block) else ""
        without_notes = REFERENCE.sub(lambda note: " " * len(note[0]), text.said)
        for start, written, first in dates_in(without_notes) if limit else ():
            if first > limit and not (planned and first[: len(planned)] <= planned):
                part = f" in `{text.field}`" if text.field else ""
                message = (
                    f"{text.what} names {written}{part}, but {whose} is of {limit}; cite the newer source, "
                    "take the date out, or for what is only planned set `plans_to`"
                )
                yield text.at(start).problem("DAT002", message)


def typed_horizons(page: Page, content: Content) -> Iterator[Problem]:
    """DAT003: up to when sources were looked for is said by the log of searches alone."""
    first = str(content.looks[0].get("reach"))[:4] if content.looks else "9999"
    for number, line in enumerate(page.lines, 1):
        for match in TYPED.finditer(line) if ABSENCE.search(line) else ():
            if match["year"] >= first:
                message = (
                    f'"{match[0]}" types how far a search reached; write "in sources up to {HORIZON}", or '
                    "leave it out where that cannot stand; of an event say when without up to, until or by"
                )
                yield Problem(page.file, number, match.start() + 1, "DAT003", message)


def misplaced_token(text: Text, content: Content) -> Iterator[Problem]:
    """DAT003: where {horizon} would be printed as it is."""
    for match in TOKEN.finditer(text.said):
        front = isinstance(text.owner, Page) and text.field
        fault = {
            f"is not written {HORIZON}; correct it": match[0] != HORIZON,
            "cannot stand in front matter; say it without a date": front,
            "has no date: there is no record in docs/data/looks.yml; add one": not content.looks,
        }
        for reason in [reason for reason, holds in fault.items() if holds][:1]:
            yield text.at(match.start()).problem("DAT003", f"{match[0]} {reason}")


# Sources ---------------------------------------------------------------------------------------------------


def unread_but_confirmed(block: Block, page: Page, content: Content) -> Iterator[Problem]:
    """TXT005: what nobody opened establishes nothing."""
    sources = known(block.fields.get("sources"), content)
    unread = all(source.get("read_in") in NOT_READ or source.get("kind") == "relay" for source in sources)
    if block.kind == "finding" and block.fields.get("status") == "confirmed" and sources and unread:
        message = (
            f"finding {block.argument} is confirmed, but its sources are relays or were not opened; "
            "call it reported, or cite one that was read"
        )
        place = block.places.get("status", (block.line, 1))
        yield Problem(page.file, *place, "TXT005", message, RULES["TXT005"][0])


def known(sources: object, content: Content) -> list[dict]:
    """The records of the sources of a list; nothing if one of them is not there."""
    listed = [content.sources.get(str(source)) for source in sources] if isinstance(sources, list) else []
    return [source for source in listed if source] if all(listed) else []


def is_named(sources: list[dict], said: str) -> bool:
    """Whether a text names one of these outlets, or says whose voice it is."""
    if STATE.search(said):
        return True
    for source in sources:
        name, first = outlet(source), source["publisher"].split()[0].rstrip(",")
        inner = re.findall(r"\(([A-Z]\w+)", source["publisher"])
        words = [name, *inner] + ([first] if first.lower() not in GENERAL else [])
        if any(re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", said) for word in words):
            return True
    return False


def resting(text: Text, content: Content) -> tuple[list[dict], str]:
    """The sources that a text rests on, and the words that may name them; none where that is not told."""
    owner, path = text.owner, text.field
    if isinstance(owner, Page) and not path:
        return known(REFERENCE.findall(text.said), content), text.said
    fields = owner.fields if isinstance(owner, Block | Record) else {}
    kind = owner.kind if isinstance(owner, Block | Record) else ""
    if (kind, path) in (("finding", ""), ("statement", ""), ("event", "what"), ("indicator", "reading")):
        words = [fields.get(name) for name in ("what", "attribution", "reading")]
        body = owner.body if isinstance(owner, Block) else ""
        return known(fields.get("sources"), content), " ".join([body, *(str(word) for word in words if word)])
    entry = re.fullmatch(r"log\.(\d+)\.reading", path)
    return (known(fields["log"][int(entry[1])].get("sources"), content), text.said) if entry else ([], "")


def unnamed_state_media(every: Iterable[Text], content: Content) -> Iterator[Problem]:
    """TXT001: whoever reads a sentence that rests on state media alone must learn it there."""
    seen: set[int] = set()
    for text in every:
        sources, said = resting(text, content)
        of_state = [
            source
            for source in sources
            if str(source.get("stance")).startswith("state-media-") and source.get("kind") not in DOCUMENTS
        ]
        if not sources or len(of_state) < len(sources) or is_named(sources, plain(said)):
            continue
        if isinstance(text.owner, Block) and not text.field:
            if id(text.owner) in seen:
                continue
            seen.add(id(text.owner))
        outlets = ", ".join(dict.fromkeys(outlet(source) for source in sources))
        message = f"{text.what} rests on state media alone ({outlets}); name one of them, or say state media"
        no_party = all(source["stance"] == "state-media-other" for source in sources)
        yield text.problem("TXT001", message, W if no_party or isinstance(text.owner, Page) else E)


# Words -----------------------------------------------------------------------------------------------------


def bare(quoted: str) -> str:
    """The words of a quotation alone, by which two are the same."""
    return " ".join(WORD.findall(quoted.lower()))


def twice_quoted(every: Iterable[Text], questions: set[str]) -> Iterator[Problem]:
    """TXT002: a quotation of five words or more has one place; others link to it. Not its questions."""
    first: dict[str, Text] = {}
    for text in every:
        if isinstance(text.owner, Block) and text.owner.kind in GATHERED:
            continue
        for quoted in QUOTED.findall(plain(text.said)):
            words = bare(quoted)
            if words.count(" ") < 4 or words in questions:
                continue
            before = first.setdefault(words, text)
            if before is not text:
                message = (
                    f"“{quoted}” stands in {before.file}:{before.place[0]} already; keep one of the two, and "
                    "link to its code"
                )
                yield text.at(quoted.split()[0]).problem("TXT002", message)


def counts_in_words(text: Text, content: Content) -> Iterator[Problem]:
    """TXT003: a number of the site's own things grows wrong unseen."""
    owner, path = text.owner, text.field
    counting = isinstance(owner, Page) and path in ("answer", "description", "likelihood", "confidence")
    if isinstance(owner, Block) and owner.kind == "figure":
        counting = path in ("title", "description", "note", "limits")
    if isinstance(owner, Block) and owner.kind == "finding" and not path:
        counting = any(block.kind == "indicator" for block in content.pages[owner.page].blocks)
    for match in COUNTED.finditer(plain(text.said)) if counting else ():
        message = f'{text.what} counts "{match[0]}"; draw the number from the data, or leave it out'
        yield text.at(match[0]).problem("TXT003", message)


def likelihood_with_confidence(text: Text) -> Iterator[Problem]:
    """TXT004: how probable a thing is and how sturdy its evidence are told apart."""
    name = text.field.rpartition(".")[2]
    for sentence in SENTENCE.split(plain(text.said)):
        likely, sure = LIKELY.search(sentence), SURE.search(sentence)
        if likely and (sure or name in ("confidence", "because")):
            message = f'{text.what} says "{likely[0]}" in a sentence on confidence; make it two sentences'
            yield text.at(likely[0]).problem("TXT004", message)
        elif sure and name == "likelihood":
            yield text.problem("TXT004", f"{text.what} speaks of confidence in `likelihood`; say it apart")
