"""The link contract: every address that the site publishes, what it says, and whether the list knows it.

Briefings link to addresses for years, so docs/data/permalinks.yml remembers each, and docs/data/changes what
each said (versions.py). Content is what editors wrote: text, ids of sources, targets of links, data behind a
figure. Labels and templates are not in it, nor is what a page gathers from elsewhere. A text counts once, for
the innermost address that holds it, so that each change is recorded once; `content_digest`, by which a
version is known, also covers what stands inside a section or page.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from explainer.content import Block, Content, Page, Permalink, Problem, page_address
from explainer.kinds import GATHERED, LISTED, RECORDS
from explainer.versions import FOLDER, LAYOUT, REFERENCES
from explainer.words import plain

RULES = {
    "PRM001": ("error", "a published anchor is gone"),
    "PRM002": ("error", "a published page is gone"),
    "PRM003": ("error", "what took the place of a published address is not there"),
    "PRM005": ("error", "a record of a published address is faulty"),
    "PRM006": ("error", "a published text has changed, and the change is not recorded"),
    "PRM007": ("error", "a new address is not recorded"),
    "PRM008": ("error", "a code is given twice, or to something else"),
    "PRM010": ("error", "what was published is missing today (--published)"),
}
LIST = "data/permalinks.yml"
LEVELS = (2, 3)  # of headings that have an address
SAID = ("title", "answer", "likelihood", "confidence", "would_change")  # of a page, in its front matter
# fields that name, sort or log a record and say nothing to readers of a page
NOT_CONTENT = ("id", "order", "accessed", "read_in", "plans_to")
# What figures draw besides their own table
ALSO_DRAWN = {"routes": ("places", "borders"), "past": ("borders",)}
GIVEN_UP = re.compile(
    r"^.* was given up: (?=.)", re.S
)  # what such a note says before its reason, now or once
NO_PROSE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<(\w+)\b[^>]*\bdata-unrecorded\b.*?</\2>", re.S)


@dataclass
class Place:
    """A published address, `/treaty/#no-duty`: what it is, what holds it, and where its text was written."""

    address: str
    within: str  # the address that holds it; empty for a page
    kind: str  # page, section, or a kind of record
    title: str
    file: str
    line: int
    as_of: str  # date of the evidence: its own, or that of its page; empty where none is given
    code: str = ""  # permanent code of a finding, an indicator or a statement
    words: dict = field(default_factory=dict)  # its own content, but for what stands in it, as it is kept
    digest: str = ""  # of its own content
    parts: list[str] = field(default_factory=list)  # digests of the content of what stands in it
    content_digest: str = ""  # of both: its version


# Places ----------------------------------------------------------------------------------------------------


def places(content: Content) -> dict[str, Place]:
    """Every address that the site publishes, in the order of pages and text. Expects judged content."""
    pages = sorted(content.pages.values(), key=lambda page: page_address(page.name))
    found = {place.address: place for page in pages for place in places_of(content, page)}
    for place in reversed(found.values()):  # what holds others comes before them
        place.title = content.dated(place.title)
        place.digest = place.content_digest = digest(content_of(place.words))
        if place.parts:
            place.content_digest = digest([place.digest, *place.parts])
        if place.within:
            found[place.within].parts.insert(0, place.content_digest)
        named = {"kind": place.kind, "title": place.title, "code": place.code}
        place.words = dated(content, named | place.words)
    return found


def dated(content: Content, value: object) -> Any:
    """Words as readers read them on this day; without what is empty."""
    if isinstance(value, dict):
        return {name: dated(content, inner) for name, inner in value.items() if inner not in ("", [], None)}
    if isinstance(value, list):
        return [dated(content, inner) for inner in value]
    return content.dated(value) if isinstance(value, str) else value


def places_of(content: Content, page: Page) -> Iterator[Place]:
    """The places of a page: itself, then its sections and records in the order of its lines."""
    title, as_of = " ".join(str(page.meta.get("title", page.name)).split()), str(page.meta.get("as_of") or "")
    whole = Place(page_address(page.name), "", "page", title, page.file, 1, as_of)
    whole.words = {"fields": fields_of(page.meta, SAID), "text": prose_of(page.prose[0])}
    yield whole
    open_here = [(1, whole)]  # the page and what is open of it, with the level of its heading
    parts: list[tuple[int, Block | tuple[int, str, str, str]]] = [(each.line, each) for each in page.blocks]
    for (line, level, text, anchor), prose in zip(page.headings, page.prose[1:], strict=True):
        parts.append((line, (level, text, anchor, prose)))
    for line, part in sorted(parts, key=lambda part: part[0]):
        if isinstance(part, Block):
            yield from places_of_block(content, part, open_here[-1][1])
            continue
        level, text, anchor, prose = part
        if anchor and level in LEVELS:
            open_here = [each for each in open_here if each[0] < level]
            address, within = page_address(page.name, anchor), open_here[-1][1].address
            section = Place(address, within, "section", plain(text), page.file, line, as_of)
            section.words = {"fields": {"title": text}, "text": prose_of(prose)}
            yield section
            open_here.append((level, section))
        else:
            open_here[-1][1].words["text"] += [text, *prose_of(prose)]


def places_of_block(content: Content, block: Block, holder: Place) -> Iterator[Place]:
    """The place of a record, or of those that a block gathers; what editors typed in that is its holder's."""
    if kind := RECORDS.get(block.kind):
        address, title = page_address(block.page, str(block.fields.get("id"))), kind.title(block)
        place = Place(address, holder.address, kind.name, title, holder.file, block.line, holder.as_of)
        place.as_of = str(block.fields.get("as_of") or holder.as_of)
        place.code = block.argument * kind.coded
        place.words = {"fields": fields_of(block.fields), "text": prose_of(block.body)}
        if kind.name == "verdict":
            place.words["fields"]["proposition"] = block.argument
        if kind.data:
            place.words |= data_behind(content, block)
        yield place
        return
    holder.words.setdefault("gathered", []).append([block.kind, block.argument, block.fields])
    holder.words["text"] += prose_of(block.body)  # of its page, such as what stands beside a figure
    shown = [record for record in content.records if record.kind == GATHERED[block.kind].shows]
    for record in (each for each in shown if block.argument in ("", each.fields.get("kind"))):
        address = page_address(block.page, record.fields["id"])
        title = LISTED[record.kind].title(record.fields)
        known = (address, holder.address, record.kind, title, record.file, record.line, holder.as_of)
        yield Place(*known, words={"fields": fields_of(record.fields)})


def fields_of(fields: dict, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Those of the names given, or all that say something to readers."""
    return {name: fields.get(name) for name in names or fields if name not in NOT_CONTENT}


def prose_of(text: str) -> list[str]:
    """Prose without what is no text, if anything is left."""
    said = NO_PROSE.sub("", text).strip()
    return [said] if said else []


def data_behind(content: Content, figure: Block) -> dict:
    """The data that a figure draws. What it draws of records counts for those records."""
    names = [figure.argument, *ALSO_DRAWN.get(figure.argument, ())]
    tables = [content.figures[name] for name in names if name in content.columns]
    drawn = [{"columns": [*rows[0]], "rows": [[*row.values()] for row in rows]} for rows in tables if rows]
    # Of shapes for maps the digest alone: their lines are no words
    shapes = {name: digest(content.shapes[name]) for name in names if name in content.shapes}
    return {"tables": drawn, "shapes": shapes} if shapes else {"tables": drawn}


# Digests ---------------------------------------------------------------------------------------------------


def digest(content: object) -> str:
    """Twelve hexadecimal digits of something that JSON can hold."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def essence(value: object) -> object:
    """What counts of a value: of text its words without space and typography, its sources and targets."""
    if isinstance(value, dict):
        return {str(name): essence(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [essence(inner) for inner in value]
    text = "" if value is None else str(value)
    words = text if text.startswith(("https://", "http://")) else re.sub(r"\s+", "", plain(text))
    references = ["".join(found) for found in REFERENCES.findall(text)] if "[" in text or "<" in text else []
    return [words, references] if references else words


def content_of(words: dict) -> object:
    """What counts of a place's words. Signs of lists and tables do not."""
    prose = [essence(LAYOUT.sub("", text)) for text in words.get("text", ())]
    return essence({**words, "text": ""}) | {"text": prose}  # type: ignore[operator]


# The list --------------------------------------------------------------------------------------------------


def code_of(record: Permalink) -> str:
    """The code that an address was published with; empty if it has none."""
    return str(record.fields.get("code") or "")


def path_of(records: dict[str, Permalink], address: str) -> list[str]:
    """The successors of a retired address, one after the other."""
    path = [address]
    while record := records.get(path[-1]):
        if not record.retired or not record.successor or record.successor in path:
            break
        path.append(record.successor)
    return path[1:]


def contract(content: Content, found: dict[str, Place]) -> dict[str, dict]:
    """What the world may know of each recorded address that the site has or that was given up, sorted."""
    known: dict[str, dict] = {}
    for address, record in sorted(content.permalinks.items()):
        entry: dict = {"since": record.since}
        if record.changes:
            entry["changes"] = [{"date": change.day, "note": change.note} for change in record.changes]
        if place := found.get(address) if not record.retired else None:
            names = ("kind", "title", "within", "code", "as_of")
            values = {name: getattr(place, name) for name in names} | {"digest": place.content_digest}
            entry |= {name: value for name, value in values.items() if value or name == "within"}
        elif record.retired:
            entry |= given_up(content, address, record)
        else:
            continue  # it has vanished, as the check says
        if versions := content.kept.history.get(address):
            entry["versions"] = [f"{version.day} {version.digest}" for version in versions]
        known[address] = entry
    return known


def given_up(content: Content, address: str, record: Permalink) -> dict:
    """What is told of a retired address: what it was, why it went, and what took its place."""
    kept, anchor = content.kept, address.partition("#")[2]
    words = kept.words_of(kept.newest(address))
    entry = {"kind": words.get("kind", "section" if anchor else "page"), "title": words.get("title", address)}
    entry |= {"within": kept.holder(address) * bool(anchor), "retired": record.retired, "note": record.note}
    successors = path_of(content.permalinks, address)[-1:]
    more = {"code": code_of(record), "successor": "".join(successors), "also": list(record.also)}
    return entry | {name: value for name, value in more.items() if value}


def with_changes_inside(known: dict[str, dict]) -> dict[str, dict]:
    """The same, where each address also counts what was changed or given up inside it, each note once.

    So that readers of the list (cite.js and briefing.js in docs/assets, scripts/briefing.py) need not look
    further.
    """
    inside: dict[str, set[tuple[str, str]]] = {address: set() for address in known}
    for address, entry in known.items():
        news = {(change["date"], change["note"]) for change in entry.get("changes", [])}
        inside[address] |= news
        if "retired" in entry:
            news.add((entry["retired"], f"“{entry['title'].rstrip('.')}” was given up: {entry['note']}"))
        holder = entry["within"]
        while holder in known:
            inside[holder] |= news
            holder = known[holder]["within"]
    full = {}
    for address, entry in known.items():
        told = [{"date": day, "note": note} for day, note in sorted(inside[address])]
        full[address] = entry | ({"changes": told} if told else {})
    return full


# What vanished or changed ----------------------------------------------------------------------------------


def check(content: Content) -> list[Problem]:
    """Where site and list disagree: PRM001 to PRM003 and PRM005 to PRM008, sorted. Expects judged content."""
    if not content.permalinks and (content.root / LIST).exists():
        return []  # it is empty, or the reader has said what is wrong with it
    found = places(content)
    problems = [
        *lost(content, found)
    ]  # else what is lost seems to be new or edited, and would be recorded so
    if not problems:
        problems = [*vanished(content, found), *faulty(content, found), *unrecorded(content, found)]
        problems += wrong_codes(content, found)
    return sorted(problems)


def in_list(content: Content, record: Permalink | None, *said: str) -> Problem:
    """A problem of the list, at a record or of the whole: its rule, what it says, and how severe it is."""
    return Problem(f"{content.root.name}/{LIST}", record.line if record else 1, 1, *said)


def at(place: Place, rule: str, message: str) -> Problem:
    """A problem where the text of a place was written."""
    return Problem(place.file, place.line, 1, rule, message)


def lost(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM005: what the list or the recordings have and the others have lost.

    What only the newest recording has is not lost: `make record` was ended before it wrote the list.
    """
    records, history = content.permalinks, content.kept.history
    newest = max((versions[-1].at for versions in history.values()), default="")
    unlisted = sorted(each for each in history.keys() - records.keys() if history[each][0].at < newest)
    unkept = [address for address in records if content.kept.lacks(address)]
    unkept += [address for address in records if history and address in found and address not in history]
    for addresses, fault, where in (
        (unlisted, "recorded, but not in this list", LIST),
        (unkept, "in this list, but their words are kept no more", FOLDER),
    ):
        if addresses and records:
            some = f"{', '.join(addresses[:3])}{' and others' * (len(addresses) > 3)}"
            message = f"{some}: {fault}; take docs/{where} from the last commit"
            yield in_list(content, records.get(addresses[0]), "PRM005", message)


def vanished(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
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
        advice = f"{whereto(content, found, address)}, {give_up.format(address)}"
        yield in_list(content, record, "PRM001", f"{message}; {advice}")
    for page, addresses in pages.items():
        anchors = ", ".join(f"#{address.partition('#')[2]}" for address in addresses if "#" in address)
        also = f", with its anchors {anchors}" if anchors else ""
        advice = f"bring it back, {give_up.format(page)}, and so each anchor"
        message = f"the published page {page} is gone{also}; {advice}"
        yield in_list(content, content.permalinks[addresses[0]], "PRM002", message)


def whereto(content: Content, found: dict[str, Place], address: str) -> str:
    """What became of an anchor that has vanished, as far as its name tells."""
    new = [known for known, place in found.items() if known not in content.permalinks and place.within]
    by_anchor = {known.partition("#")[2]: known for known in new}  # pages would make all of one page alike
    for anchor in difflib.get_close_matches(address.partition("#")[2], by_anchor, 1, 0.8):
        likely = by_anchor[anchor]
        where = f"{found[likely].file}:{found[likely].line}"
        return f"if it is now {likely} ({where}), give that its old id back or name it as the successor"
    return "bring it back"


def faulty(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM003 and PRM005: records of the list that say too little, or contradict themselves or the site."""
    records = content.permalinks
    for address, record in records.items():
        if not address.startswith("/"):
            fault = f"{address} must begin with /, which stands for the home page"
            yield in_list(content, record, "PRM005", fault)
        if record.retired and not record.note.strip():
            yield in_list(content, record, "PRM005", f"{address} is retired without a note; say why")
        if record.retired and address in found:
            message = f"{address} is retired but still there; remove `retired`, or take it off the page"
            yield in_list(content, record, "PRM005", message, "warning")
        end = (path_of(records, address) or [record.successor])[-1]
        lands = end in found or end in records and records[end].retired and not records[end].successor
        if record.retired and record.successor and not lands:
            fault = "leads round in a circle" if end in records else "does not exist"
            message = f"the successor of {address}, {record.successor}, {fault}; name one that is there"
            yield in_list(content, record, "PRM003", message)


def unrecorded(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM006 and PRM007: places whose content is not what was recorded last, and places that are new."""
    records = content.permalinks
    if not records:
        advice = "take it from the last commit, or on a new site run `make record`"
        yield in_list(content, None, "PRM007", f"there is no list of addresses; {advice}")
        return
    advice = 'make record NOTE="why readers should know", or TYPO=1 if nothing of substance changed'
    edited = changed(content, found)
    for place in edited:
        fault = f"the text of {place.address} has changed and the change is not recorded"
        yield at(place, "PRM006", f"{fault}; {advice}")
    new = [place for address, place in found.items() if address not in records]
    for place in new:
        if not place.within or place.address.partition("#")[0] in records:  # on a new page one word is enough
            message = f"{place.address} is a new address that is not recorded; run `make record`"
            yield at(place, "PRM007", message)
    if not edited and not new and (others := rearranged(content, found)):
        fault = f"what stands in {', '.join(place.address for place in others[:3])} is not kept as it is now"
        yield at(others[0], "PRM006", f"{fault}, as after a merge; run `make record`, it needs no note")


def changed(content: Content, found: dict[str, Place]) -> list[Place]:
    """The places whose own content is not what was recorded last."""
    kept, known = content.kept, content.permalinks
    there = [place for address, place in found.items() if address in known]
    return [place for place in there if kept.own(kept.newest(place.address)) != place.digest]


def rearranged(content: Content, found: dict[str, Place]) -> list[Place]:
    """The places whose version is not the one that was recorded last: themselves, or what stands in them."""
    return [place for place in found.values() if content.kept.newest(place.address) != place.content_digest]


def against_published(content: Content, published: dict) -> Iterator[Problem]:
    """PRM010: what a published data/permalinks.json has and today's list has lost. The list only grows.

    An address, its code, a version of its words, or a note may be added, but never taken away or changed.
    """
    known = contract(content, places(content))
    full = with_changes_inside(known)
    told = {(change["date"], change["note"]) for each in full.values() for change in each.get("changes", ())}
    told |= {(each["retired"], each["note"]) for each in known.values() if "retired" in each}
    for address, then in published.get("addresses", {}).items():
        record, now = content.permalinks.get(address), known.get(address, {})
        lost = {"has vanished from the list; retire it there instead": record is None}
        if record:
            code, versions = then.get("code"), now.get("versions", ())
            gone = [version for version in then.get("versions", ()) if version not in versions]
            lost[f"was published with the code {code}"] = code not in (None, now.get("code"))
            lost["was given up, and that is told no more"] = "retired" in then and "retired" not in now
            lost |= {f"has lost the words of {version}": True for version in gone}
            notes = [(change["date"], GIVEN_UP.sub("", change["note"])) for change in then.get("changes", ())]
            notes = [note for note in notes if note not in told]
            lost |= {f"has lost the note of {day}, “{note}”": True for day, note in notes}
        remedy = f"take docs/{LIST} and docs/{FOLDER} from what was published, then record again"
        for fault in [fault for fault, holds in lost.items() if holds]:
            yield in_list(content, record, "PRM010", f"{address} {fault}; {remedy}")


def wrong_codes(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM008: a code is given once, for ever; who finds it on paper must find what it stood for."""
    records = content.permalinks
    owners: dict[str, str] = {}
    for address, record in records.items():
        code = code_of(record)
        first = owners.setdefault(code, address) if code else address
        if first != address and not {first, address} & {*path_of(records, first), *path_of(records, address)}:
            fault = f"the code {code} is given to {first} and to {address}"
            advice = "after a merge renumber one, also in its line here, which nobody has read yet"
            yield in_list(content, record, "PRM008", f"{fault}; {advice}; else take it from the last commit")
    for address, place in found.items():
        known = code_of(records[address]) if address in records else ""
        owner = owners.get(place.code, address)
        if not place.code or place.code == known:
            continue
        if known:
            fault = f"{address} was published with the code {known}, not {place.code}"
            yield at(place, "PRM008", f"{fault}; give it {known} back")
        elif owner != address and address not in path_of(records, owner):
            reason = f"the code {place.code} was published for {owner}; codes are given once, for ever"
            moved = f'or, if it has moved here: make record RETIRE="{owner}" SUCCESSOR="{address}" NOTE="why"'
            yield at(place, "PRM008", f"{reason}; use one that nothing has had, {moved}")
