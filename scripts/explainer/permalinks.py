"""The link contract: every address that the site publishes, what it says, and whether the list knows it.

Briefings link to addresses for years, so docs/data/permalinks.yml remembers each with a digest of its
content. Content is what editors wrote: text, ids of sources, targets of links, data behind a figure. Labels
and templates are not in it, nor is what a page gathers from elsewhere. A text counts once, for the
innermost address that holds it, so that each change is recorded once; `content_digest` also covers what
stands inside a section or page.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from explainer.content import Block, Content, Page, Permalink, Problem, page_address
from explainer.kinds import GATHERED, LISTED, RECORDS
from explainer.words import plain

LIST = "data/permalinks.yml"
LEVELS = (2, 3)  # of headings that have an address
SAID = ("title", "answer", "likelihood", "confidence", "would_change")  # of a page, in its front matter
# fields that name, sort or log a record and say nothing to readers of a page
NOT_CONTENT = ("id", "order", "accessed", "read_in", "plans_to")
ALSO_DRAWN = {
    "routes": ("places", "borders"),
    "past": ("borders",),
}  # figures that draw more than their own table
NO_PROSE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<(\w+)\b[^>]*\bdata-unrecorded\b.*?</\2>", re.S)
LAYOUT = re.compile(  # of lists and tables: signs that begin or end a line, lines that only rule
    r"^[ \t]*(?:[-*+]|\d+\.)[ \t]+|^[ \t]*\|?[-:| \t]+\|?[ \t]*$|^\|[ \t]*|[ \t]*\|$", re.M
)
REFERENCES = re.compile(  # sources of notes, and targets of links in Markdown and HTML
    r"\[(\^[^\]\s]+)\]|\]\(<?([^)>\s]+)|\bhref=\"([^\"]+)\"|<(https?:[^>\s]+)>"
)


@dataclass
class Place:
    """A published address, `/treaty/#no-duty`: what it is, what holds it, and where its text was written."""

    address: str
    within: str  # the address that holds it; empty for a page
    kind: str  # page, section, or a kind of record
    title: str
    code: str  # permanent code of a finding, an indicator or a statement
    as_of: str  # date of the evidence: its own, or that of its page; empty where none is given
    file: str
    line: int
    own: list[object] = field(default_factory=list)  # its content, but for what stands in it
    digest: str = ""  # of its own content
    content_digest: str = ""  # of its content and that of all that stands in it


# Places ----------------------------------------------------------------------------------------------------


def places(content: Content) -> dict[str, Place]:
    """Every address that the site publishes, in the order of pages and text. Expects judged content."""
    pages = sorted(content.pages.values(), key=lambda page: page_address(page.name))
    found = {place.address: place for page in pages for place in places_of(content, page)}
    inside: dict[str, list[str]] = {}
    for address, place in reversed(found.items()):  # what holds others comes before them
        place.title = content.dated(place.title)
        place.digest = place.content_digest = digest(place.own)
        if held := inside.get(address):
            place.content_digest = digest([place.digest, *reversed(held)])
        inside.setdefault(place.within, []).append(place.content_digest)
    return found


def places_of(content: Content, page: Page) -> Iterator[Place]:
    """The places of a page: itself, then its sections and records in the order of its lines."""
    title, as_of = " ".join(str(page.meta.get("title", page.name)).split()), str(page.meta.get("as_of") or "")
    whole = Place(page_address(page.name), "", "page", title, "", as_of, page.file, 1)
    whole.own = [essence([page.meta.get(name) for name in SAID]), prose_essence(page.prose[0])]
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
            section = Place(address, within, "section", plain(text), "", as_of, page.file, line)
            yield section
            open_here.append((level, section))
        open_here[-1][1].own += [essence(text), prose_essence(prose)]


def places_of_block(content: Content, block: Block, holder: Place) -> Iterator[Place]:
    """The place of a record, or of those that a block gathers; what editors typed in that is its holder's."""
    if kind := RECORDS.get(block.kind):
        address, code = page_address(block.page, str(block.fields.get("id"))), block.argument
        as_of = str(block.fields.get("as_of") or holder.as_of)
        known = (address, holder.address, kind.name, kind.title(block), code if kind.coded else "", as_of)
        own = [code if kind.name == "verdict" else "", record_essence(block.fields)]
        own += [prose_essence(block.body), *(rows_behind(content, block) if kind.data else [])]
        yield Place(*known, holder.file, block.line, own)
        return
    holder.own.append(essence([block.argument, block.fields]))
    if block.body:  # of its page, such as what stands beside a figure
        holder.own.append(prose_essence(block.body))
    shown = [record for record in content.records if record.kind == GATHERED[block.kind].shows]
    for record in (each for each in shown if block.argument in ("", each.fields.get("kind"))):
        address, title = (
            page_address(block.page, record.fields["id"]),
            LISTED[record.kind].title(record.fields),
        )
        known = (address, holder.address, record.kind, title, "", holder.as_of)
        yield Place(*known, record.file, record.line, [record_essence(record.fields)])


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


def record_essence(fields: dict) -> object:
    """The same of a record."""
    return essence({name: value for name, value in fields.items() if name not in NOT_CONTENT})


def prose_essence(text: str) -> object:
    """The same of prose, where the signs of lists and tables do not count either."""
    return essence(LAYOUT.sub("", NO_PROSE.sub("", text)))


def rows_behind(content: Content, figure: Block) -> list[object]:
    """The data that a figure draws. What it draws of records counts for those records."""
    names = [figure.argument, *ALSO_DRAWN.get(figure.argument, ())]
    tables = [content.figures.get(name) for name in names if name in content.columns]
    return [*tables, *(content.shapes[name] for name in names if name in content.shapes)]


# The list --------------------------------------------------------------------------------------------------


def recorded(record: Permalink, name: str) -> str:
    """A field of a record that only this module knows: `digest` or `code`; empty if it has none."""
    return str(record.fields.get(name) or "")


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
            entry["changes"] = [{"date": day, "note": note} for day, note in record.changes]
        if record.retired:
            page, _, anchor = address.partition("#")
            entry |= {"kind": "section" if anchor else "page", "title": address}
            entry |= {"within": page if anchor else "", "retired": record.retired, "note": record.note}
            if path := path_of(content.permalinks, address):
                entry["successor"] = path[-1]
        elif place := found.get(address):
            names = ("kind", "title", "within", "code", "as_of")
            values = {name: getattr(place, name) for name in names}
            entry |= {name: value for name, value in values.items() if value or name == "within"}
        else:
            continue  # it has vanished, as the check says
        known[address] = entry
    return known


def with_changes_inside(known: dict[str, dict]) -> dict[str, dict]:
    """The same, where each address also counts what was changed or given up inside it, each note once.

    So that readers of the list (cite.js and briefing.js in docs/assets, scripts/briefing.py) need not look
    further.
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


# What vanished or changed ----------------------------------------------------------------------------------


def check(content: Content) -> list[Problem]:
    """Where site and list disagree: PRM001 to PRM003 and PRM005 to PRM008, sorted. Expects judged content."""
    if not content.permalinks and (content.root / LIST).exists():
        return []  # it is empty, or the reader has said what is wrong with it
    found = places(content)
    problems = [*vanished(content, found), *faulty(content, found), *unrecorded(content, found)]
    return sorted([*problems, *wrong_codes(content, found)])


def in_list(
    content: Content, record: Permalink | None, rule: str, message: str, severity: str = "error"
) -> Problem:
    """A problem of the list, at a record or of the whole."""
    file = (content.root / LIST).relative_to(content.root.parent).as_posix()
    return Problem(file, record.line if record else 1, 1, rule, message, severity)


def at(place: Place, rule: str, message: str) -> Problem:
    """A problem where the text of a place was written."""
    return Problem(place.file, place.line, 1, rule, message)


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
    with_digests = any(recorded(record, "digest") for record in records.values())
    for address, record in records.items():
        there = address in found
        faults = {
            "must begin with /, which stands for the home page": not address.startswith("/"),
            "has a change without a note; say in a sentence why the text changed": not all(
                note.strip() for _, note in record.changes
            ),
            "is retired without a note; say why": record.retired and not record.note.strip(),
            "has no digest; run `make record`": with_digests and there and not recorded(record, "digest"),
        }
        for fault in (fault for fault, holds in faults.items() if holds):
            yield in_list(content, record, "PRM005", f"{address} {fault}")
        if record.retired and there:
            message = f"{address} is retired but still there; remove `retired`, or take it off the page"
            yield in_list(content, record, "PRM005", message, "warning")
        end = (path_of(records, address) or [record.successor])[-1]
        lands = end in found or end in records and records[end].retired and not records[end].successor
        if record.retired and record.successor and not lands:
            message = f"the successor of {address}, {record.successor}, does not exist; name one that does"
            yield in_list(content, record, "PRM003", message)


def unrecorded(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM006 and PRM007: places whose content is not what was recorded last, and places that are new."""
    records = content.permalinks
    if not records:
        advice = "take it from the last commit, or on a new site run `make record`"
        yield in_list(content, None, "PRM007", f"there is no list of addresses; {advice}")
        return
    advice = 'make record NOTE="why readers should know", or TYPO=1 if nothing of substance changed'
    for place in changed(content, found):
        fault = f"the text of {place.address} has changed and the change is not recorded"
        yield at(place, "PRM006", f"{fault}; {advice} (after a merge, first keep both lists of changes)")
    for address, place in found.items():
        on_new_page = place.within and address.partition("#")[0] not in records  # its anchors need no word
        if address not in records and not on_new_page:
            yield at(place, "PRM007", f"{address} is a new address that is not recorded; run `make record`")


def changed(content: Content, found: dict[str, Place]) -> list[Place]:
    """The places whose content is not what was recorded last."""
    known = {address: recorded(record, "digest") for address, record in content.permalinks.items()}
    return [place for address, place in found.items() if known.get(address) not in (None, "", place.digest)]


def wrong_codes(content: Content, found: dict[str, Place]) -> Iterator[Problem]:
    """PRM008: a code is given once, for ever; who finds it on paper must find what it stood for."""
    records = content.permalinks
    owners: dict[str, str] = {}
    for address, record in records.items():
        code = recorded(record, "code")
        first = owners.setdefault(code, address) if code else address
        if first != address and not {first, address} & {*path_of(records, first), *path_of(records, address)}:
            advice = "take the list from the last commit"
            message = f"the code {code} is given to {first} and to {address}; {advice}"
            yield in_list(content, record, "PRM008", message)
    for address, place in found.items():
        known = recorded(records[address], "code") if address in records else ""
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
