"""The link contract: every address that the site publishes, what it says, and whether the list knows it.

Briefings link to addresses for years, so docs/data/permalinks.yml remembers each with a digest of its content. Content is
what editors wrote: text, ids of sources, targets of links, data behind a figure. Labels and templates are not in it, nor
is what a page gathers from elsewhere. A text counts once, for the innermost address that holds it, so that each change is
recorded once; `content_digest` also covers what stands inside a section or page.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from explainer.content import CODED, Block, Content, Page, Permalink, Problem, page_address
from explainer.words import LANGUAGES, author_names, escape, long_date, plain

LIST = "data/permalinks.yml"
LEVELS = (2, 3)  # of headings that have an address
NOT_CONTENT = ("id", "order", "accessed")  # fields that name, sort or log a record and say nothing to readers
ALSO_DRAWN = {"routes": ("places", "borders")}  # figures that draw more than their own table
BLOCKS = re.compile(r"^///[ \t]*[a-z].*?^///[ \t]*$", re.M | re.S)
HEADINGS = re.compile(r"^(#{2,6})[ \t]+(.*)$", re.M)
NO_PROSE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<(\w+)\b[^>]*\bdata-unrecorded\b.*?</\2>", re.S)
LAYOUT = re.compile(  # of lists and tables: signs that begin or end a line, lines that only rule
    r"^[ \t]*(?:[-*+]|\d+\.)[ \t]+|^[ \t]*\|?[-:| \t]+\|?[ \t]*$|^\|[ \t]*|[ \t]*\|$", re.M
)
REFERENCES = re.compile(  # sources of notes, and targets of links in Markdown and HTML
    r"\[(\^[^\]\s]+)\]|\]\(<?([^)>\s]+)|\bhref=\"([^\"]+)\"|<(https?:[^>\s]+)>"
)


@dataclass(frozen=True)
class Place:
    """A published address, `/treaty/#no-duty`: what it is, what holds it, and where its text was written."""

    address: str
    within: str  # the address that holds it; empty for a page
    kind: str  # page, section, finding, indicator, statement, verdict, figure, event, source, term
    title: str
    code: str  # permanent code of a finding, an indicator or a statement
    as_of: str  # date of the evidence: its own, or that of its page; empty where none is given
    digest: str  # of its own content
    file: str
    line: int
    content_digest: str = ""  # of its content and that of all that stands in it


@dataclass
class Draft:
    """A place while its page is read; `own` gathers what its digest is made of."""

    address: str
    within: str
    kind: str
    title: str
    own: list[object]
    file: str
    line: int
    code: str = ""
    as_of: str = ""


Lines = dict[tuple[str, str], tuple[str, int]]  # where the records of data files stand, by file and id


# Places -------------------------------------------------------------------------------------------------------------


def places(content: Content) -> dict[str, Place]:
    """Every address that the site publishes, in the order of pages and text. Expects content that was judged."""
    lines: Lines = {
        (Path(record.file).stem, str(record.fields.get("id"))): (record.file, record.line)
        for record in content.records
    }
    found: dict[str, Place] = {}
    for name in sorted(content.pages, key=page_address):
        page = content.pages[name]
        for draft in drafts_of(content, page, lines):
            as_of = draft.as_of or str(page.meta.get("as_of") or "")
            known = (draft.address, draft.within, draft.kind, draft.title, draft.code, as_of)
            found[draft.address] = Place(*known, digest(draft.own), draft.file, draft.line)
    return with_contents(found)


def drafts_of(content: Content, page: Page, lines: Lines) -> list[Draft]:
    """The places of a page: itself, then its sections and records in the order of its lines."""
    opening, *below = prose_of(page)
    said = [page.meta.get(name) for name in ("title", "answer", "likelihood", "confidence", "would_change")]
    title = " ".join(str(page.meta.get("title", page.name)).split())
    drafts = [
        Draft(
            page_address(page.name), "", "page", title, [essence(said), prose_essence(opening)], page.file, 1
        )
    ]
    sections = [(1, drafts[0])]  # the page and what is open of it, with the level of its heading
    parts: list[tuple[int, Block | tuple[int, str, str, str]]] = [
        (block.line, block) for block in page.blocks
    ]
    parts += [
        (line, (level, text, anchor, prose))
        for (line, level, text, anchor), prose in zip(page.headings, below)
    ]
    for line, part in sorted(parts, key=lambda part: part[0]):
        if isinstance(part, Block):
            drafts += drafts_of_block(content, part, sections[-1][1], page.file, lines)
            continue
        level, text, anchor, prose = part
        if anchor and level in LEVELS:
            sections = [(above, draft) for above, draft in sections if above < level]
            address = page_address(page.name, anchor)
            drafts.append(
                Draft(address, sections[-1][1].address, "section", plain(text), [], page.file, line)
            )
            sections.append((level, drafts[-1]))
        sections[-1][1].own += [essence(text), prose_essence(prose)]
    return drafts


def drafts_of_block(
    content: Content, block: Block, holder: Draft, file: str, lines: Lines
) -> Iterator[Draft]:
    """The place of a record, or those of the records that a block gathers; what else stands in it is its holder's."""
    if title := TITLES.get(block.kind):
        fields = {name: value for name, value in block.fields.items() if name not in NOT_CONTENT}
        own = [block.argument if block.kind == "verdict" else "", essence(fields), prose_essence(block.body)]
        code, address = (
            block.argument if block.kind in CODED else "",
            page_address(block.page, str(block.fields.get("id"))),
        )
        own += rows_behind(content, block.argument) if block.kind == "figure" else []
        as_of = str(block.fields.get("as_of") or "")
        yield Draft(address, holder.address, block.kind, title(block), own, file, block.line, code, as_of)
        return
    holder.own.append(essence([block.argument, block.fields]))
    if gathered := GATHERED.get(block.kind):
        kind, stem, records, title_of = gathered
        for record in records(content, block.argument):
            fields = {name: value for name, value in record.items() if name not in NOT_CONTENT}
            where = lines.get((stem, record["id"]), (file, block.line))
            yield Draft(
                page_address(block.page, record["id"]),
                holder.address,
                kind,
                title_of(record),
                [essence(fields)],
                *where,
            )


def with_contents(found: dict[str, Place]) -> dict[str, Place]:
    """The same places, each with the digest of all that stands in it: what holds others comes before them."""
    inside: dict[str, list[str]] = {}
    whole: dict[str, str] = {}
    for address, place in reversed(found.items()):
        held = inside.get(address, [])
        whole[address] = digest([place.digest, *reversed(held)]) if held else place.digest
        inside.setdefault(place.within, []).append(whole[address])
    return {address: replace(place, content_digest=whole[address]) for address, place in found.items()}


# Titles -------------------------------------------------------------------------------------------------------------


def first_sentence(text: str) -> str:
    """The first sentence of a text in Markdown, as readers read it."""
    return re.split(r"(?<=[a-z)”][.?!]) (?=[A-Z“])", plain(text))[0]


def source_title(source: dict) -> str:
    """A source in a line: author, title, publisher, date, language."""
    described = source.get("title_described")
    title = plain(escape(source["title"]) if described else f"“{escape(source['title'])}”")
    issued = long_date(source["issued"]) if source.get("issued") else "undated"
    language = "" if source["language"] == "en" else f"in {LANGUAGES[source['language']]}"
    publisher = plain(escape(source["publisher"]))
    parts = [
        plain(escape(author_names(source))),
        f"[{title}]" if described else title,
        publisher,
        issued,
        language,
    ]
    return ", ".join(part for part in parts if part) + (
        "." if source.get("URL") else ". No stable public address."
    )


def term_title(term: dict) -> str:
    """A term with its short form."""
    return plain(f"{term['term']} ({term['short']})" if term.get("short") else term["term"])


TITLES: dict[str, Callable[[Block], str]] = {  # of records on pages
    "finding": lambda block: first_sentence(block.body.split("\n\n")[0]),
    "indicator": lambda block: first_sentence(str(block.fields.get("question"))),
    # or it would read as if this site said it
    "statement": lambda block: (
        f"{first_sentence(str(block.fields.get('says')))} Judged: {block.fields.get('verdict')}."
    ),
    "verdict": lambda block: plain(block.argument),
    "figure": lambda block: plain(str(block.fields.get("title"))),
}
GATHERED: dict[str, tuple[str, str, Callable[[Content, str], Iterable[dict]], Callable[[dict], str]]] = {
    # by kind of block: the kind of record that has its address there, its file, which of them, and what they are called
    "timeline": ("event", "events", lambda content, _: content.events, lambda event: plain(event["what"])),
    "glossary": ("term", "glossary", lambda content, _: content.terms, term_title),
    "bibliography": (
        "source",
        "sources",
        lambda content, kind: [source for source in content.sources.values() if source.get("kind") == kind],
        source_title,
    ),
}


# Digests ------------------------------------------------------------------------------------------------------------


def digest(content: object) -> str:
    """Twelve hexadecimal digits of something that JSON can hold."""
    return hashlib.sha256(
        json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")
    ).hexdigest()[:12]


def essence(value: object) -> object:
    """What counts of a value: of text its words without white space and typography, its sources and targets."""
    if isinstance(value, dict):
        return {str(name): essence(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [essence(inner) for inner in value]
    text = "" if value is None else str(value)
    words = text if text.startswith(("https://", "http://")) else re.sub(r"\s+", "", plain(text))
    references = ["".join(found) for found in REFERENCES.findall(text)] if "[" in text or "<" in text else []
    return [words, references] if references else words


def prose_essence(text: str) -> object:
    """The same of prose, where the signs of lists and tables do not count either."""
    return essence(LAYOUT.sub("", NO_PROSE.sub("", text)))


def prose_of(page: Page) -> list[str]:
    """The text of a page outside its blocks: before the first heading, and below each."""
    body, parts, start, wanted = BLOCKS.sub("", page.body), [], 0, iter([*page.headings, None])
    heading = next(wanted)
    for match in HEADINGS.finditer(body):
        if (
            heading and len(match[1]) == heading[1] and match[2].startswith(heading[2])
        ):  # others stand in code
            parts.append(body[start : match.start()])
            start, heading = match.end(), next(wanted)
    parts.append(body[start:])
    return parts + [""] * (len(page.headings) + 1 - len(parts))


def rows_behind(content: Content, name: str) -> list[object]:
    """The data that a figure draws. What it draws of records counts for those records."""
    names = [name, *ALSO_DRAWN.get(name, ())]
    return [
        content.figures[one] if one in content.figures else content.shapes.get(one)
        for one in names
        if one in content.columns or one in content.shapes
    ]


# The list -----------------------------------------------------------------------------------------------------------


def path_of(records: dict[str, Permalink], address: str) -> list[str]:
    """The successors of a retired address, one after the other."""
    path = [address]
    while (
        (record := records.get(path[-1]))
        and record.retired
        and record.successor
        and record.successor not in path
    ):
        path.append(record.successor)
    return path[1:]


def contract(content: Content, found: dict[str, Place]) -> dict[str, dict]:
    """What the world may know of each recorded address, sorted: of those that the site has, and of those given up."""
    known: dict[str, dict] = {}
    for address, record in sorted(content.permalinks.items()):
        entry: dict = {"since": record.since}
        if record.changes:
            entry["changes"] = [{"date": day, "note": note} for day, note in record.changes]
        if record.retired:
            page, _, anchor = address.partition("#")
            entry |= {
                "kind": "section" if anchor else "page",
                "title": address,
                "within": page if anchor else "",
                "retired": record.retired,
                "note": record.note,
            }
            if path := path_of(content.permalinks, address):
                entry["successor"] = path[-1]
        elif place := found.get(address):
            entry |= {"kind": place.kind, "title": place.title, "within": place.within}
            entry |= {name: value for name in ("code", "as_of") if (value := getattr(place, name))}
        else:
            continue  # it has vanished, as the check says
        known[address] = entry
    return known


def with_changes_inside(known: dict[str, dict]) -> dict[str, dict]:
    """The same, where each address also counts what was changed or given up inside it, oldest first, each note once.

    So that those who read the list (docs/assets/cite.js and briefing.js, scripts/briefing.py) need not look further.
    """
    inside: dict[str, dict[tuple[str, str], None]] = {address: {} for address in known}
    for address, entry in known.items():
        news = [(change["date"], change["note"]) for change in entry.get("changes", [])]
        holder = address
        while holder in known:
            inside[holder].update(dict.fromkeys(news))
            if holder == address and "retired" in entry:
                news = [*news, (entry["retired"], f"{address} was given up: {entry['note']}")]
            holder = known[holder]["within"]
    full = {}
    for address, entry in known.items():
        full[address] = {key: value for key, value in entry.items() if key != "changes"}
        if inside[address]:
            full[address]["changes"] = [{"date": day, "note": note} for day, note in sorted(inside[address])]
    return full


# What vanished or changed -------------------------------------------------------------------------------------------


def check(content: Content) -> list[Problem]:
    """Where site and list disagree: PRM001 to PRM003 and PRM005 to PRM008, sorted. Expects content that was judged."""
    if not content.permalinks:
        if (content.root / LIST).exists():  # it is empty, or the reader has said what is wrong with it
            return []
        missing = "there is no list of published addresses; take it from the last commit, or on a new site run `make record`"
        return [Problem(list_file(content), 1, 1, "PRM007", missing)]
    found = places(content)
    new = [place for address, place in found.items() if address not in content.permalinks]
    reworded = dict(renamed(content, found, new))
    problems = [*vanished(content, found, reworded), *faulty(content, found), *unrecorded(content, found)]
    problems += [
        at(place, "PRM007", f"{place.address} is a new address that is not recorded; run `make record`")
        for place in new
        if place not in reworded.values()
        and (not place.within or page_of(place.address) in content.permalinks)
    ]  # of a new page its anchors need no word
    return sorted([*problems, *wrong_codes(content, found)])


def list_file(content: Content) -> str:
    """The list, from the folder of the project."""
    return (content.root / LIST).relative_to(content.root.parent).as_posix()


def page_of(address: str) -> str:
    """The address of the page on which an address stands."""
    return address.partition("#")[0]


def at(place: Place, rule: str, message: str) -> Problem:
    """A problem where the text of a place was written."""
    return Problem(place.file, place.line, 1, rule, message)


def renamed(content: Content, found: dict[str, Place], new: list[Place]) -> Iterator[tuple[str, Place]]:
    """Vanished anchors, each with the new one of its page that is most like it, if one is."""
    for address, record in content.permalinks.items():
        if record.retired or address in found or "#" not in address:
            continue
        near = {place.address: place for place in new if page_of(place.address) == page_of(address)}
        for other in difflib.get_close_matches(address, near, 1, 0.8):
            yield address, near[other]


def vanished(content: Content, found: dict[str, Place], reworded: dict[str, Place]) -> Iterator[Problem]:
    """PRM001 and PRM002: published addresses that are gone; one message for a page with all its anchors."""
    give_up = 'or give it up: make record RETIRE="{}" NOTE="why" SUCCESSOR="/page/#what-took-its-place"'
    pages: dict[str, list[str]] = {}
    for address, record in content.permalinks.items():
        page, _, anchor = address.partition("#")
        if record.retired or address in found or not address.startswith("/"):
            continue
        if page not in found:
            pages.setdefault(page, []).append(address)
            continue
        message = f"the published anchor #{anchor} is gone from {found[page].file}"
        if place := reworded.get(address):
            new = place.address.partition("#")[2]
            yield at(
                place,
                "PRM001",
                f"{message}; if it is #{new} now, give it its old id back, {give_up.format(address)}",
            )
            continue
        moved = [other for other in found if other.endswith(f"#{anchor}")]
        advice = f"it now stands at {moved[0]}: name that as its successor" if moved else "bring it back"
        yield Problem(
            list_file(content), record.line, 1, "PRM001", f"{message}; {advice}, {give_up.format(address)}"
        )
    for page, addresses in pages.items():
        anchors = ", ".join(f"#{address.partition('#')[2]}" for address in addresses if "#" in address)
        also = f", with its anchors {anchors}" if anchors else ""
        line = content.permalinks[addresses[0]].line
        message = f"the published page {page} is gone{also}; bring it back, {give_up.format(page)}, and so for each anchor"
        yield Problem(list_file(content), line, 1, "PRM002", message)


def faulty(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM003 and PRM005: records of the list that say too little, or contradict themselves or the site."""
    with_digests = any(record.digest for record in content.permalinks.values())
    for address, record in content.permalinks.items():

        def problem(rule: str, message: str, severity: str = "error", line: int = record.line) -> Problem:
            return Problem(list_file(content), line, 1, rule, message, severity)

        if not address.startswith("/"):
            yield problem("PRM005", f"{address} must begin with /, which stands for the home page")
        if any(not note.strip() for _, note in record.changes):
            yield problem(
                "PRM005", f"a change of {address} has no note; say in a sentence why the text changed"
            )
        if with_digests and not record.digest and address in found and not record.retired:
            yield problem("PRM005", f"the record of {address} has no digest; run `make record`")
        if record.retired and not record.note.strip():
            yield problem("PRM005", f"{address} is retired without a note; say why")
        if record.retired and address in found:
            message = f"{address} is retired but still there; remove `retired`, or take it off the page"
            yield problem("PRM005", message, "warning")
        if record.retired and record.successor and not lands(content, found, address):
            yield problem(
                "PRM003",
                f"the successor of {address}, {record.successor}, does not exist; name one that does",
            )


def lands(content: Content, found: dict[str, Place], address: str) -> bool:
    """Whether who follows a retired address arrives: at a place, or at one that says why it was given up."""
    end = (path_of(content.permalinks, address) or [address])[-1]
    record = content.permalinks.get(end)
    return end in found or bool(record and record.retired and not record.successor)


def unrecorded(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM006: places whose content is not what was recorded last."""
    advice = 'make record NOTE="why readers should know", or TYPO=1 if nothing of substance changed'
    for place in changed(content, found):
        fault = f"the text of {place.address} has changed and the change is not recorded"
        yield at(
            place,
            "PRM006",
            f"{fault}; {advice} (after a merge, first keep the changes of both sides in the list)",
        )


def changed(content: Content, found: dict[str, Place]) -> list[Place]:
    """The places whose content is not what was recorded last."""
    records = content.permalinks
    return [
        place
        for address, place in found.items()
        if address in records
        and not records[address].retired
        and records[address].digest not in ("", place.digest)
    ]


def wrong_codes(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM008: a code is given once, for ever; who finds it on paper must find what it stood for."""
    records = content.permalinks
    owners: dict[str, str] = {}
    for address, record in records.items():
        first = owners.setdefault(record.code, address) if record.code else address
        if (
            first != address
            and address not in path_of(records, first)
            and first not in path_of(records, address)
        ):
            twice = f"the code {record.code} is given to {first} and to {address}; take the list from the last commit"
            yield Problem(list_file(content), record.line, 1, "PRM008", twice)
    for address, place in found.items():
        known = records[address].code if address in records else ""
        if not place.code or place.code == known:
            continue
        if known:
            yield at(
                place,
                "PRM008",
                f"{address} was published with the code {known}, not {place.code}; give it {known} back",
            )
        elif (owner := owners.get(place.code, address)) != address and address not in path_of(records, owner):
            reason = f"the code {place.code} was published for {owner}; codes are given once, for ever"
            advice = f"use {next_code(place.code, [*owners, *(other.code for other in found.values())])}"
            moved = f'or, if it has moved here: make record RETIRE="{owner}" SUCCESSOR="{address}" NOTE="why"'
            yield at(place, "PRM008", f"{reason}; {advice}, {moved}")


def next_code(code: str, given: Iterable[str]) -> str:
    """The next code that nothing has had, with the letter of this one."""
    numbers = [int(other[1:]) for other in given if other[:1] == code[:1] and other[1:].isdigit()]
    return f"{code[:1]}{max(numbers, default=0) + 1:0{len(code) - 1}}"
