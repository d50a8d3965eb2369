"""What templates ask of the content: names, groups, lines of Markdown. Elements are the templates' job."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from explainer.content import Block, Content, Permalink, page_address, page_file, readings, sources_of  # noqa: F401
from explainer.forecasts import mean_score, replaced, score, standing  # noqa: F401 (templates use them)
from explainer.kinds import CODED, GATHERED, LISTED
from explainer.words import LANGUAGES, STANCES, issued, plain, source_line


def changes_on(content: Content, page: str) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """What was recorded as changed on a page, the newest first: day, note and the places that this concerns,
    each by name and anchor, with the version that stood there before. What is listed, such as events, is too
    much for its page; the page of changes has it."""
    listed = {record.fields.get("id") for record in content.records}
    told: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for address, record in content.permalinks.items():
        file, anchor = page_file(address)
        if file != page or record.retired or anchor in listed:
            continue
        code, about = parts_of(content, page).get(anchor, ("", ""))
        for day, note, before in record.changes:
            told.setdefault((day, note), []).append((code or about, anchor, before))
    return sorted(((*news, places) for news, places in told.items()), key=lambda each: each[0], reverse=True)


def target(address: str) -> str:
    """What links name: `treaty.md#no-duty` for `/treaty/#no-duty`; both generators resolve it."""
    file, anchor = page_file(address)
    return f"{file}#{anchor}" if anchor else file


def name_of(content: Content, address: str) -> str:
    """What an address is called: code, page and heading; empty if the content does not have it (any more)."""
    file, anchor = page_file(address)
    page = content.pages.get(file)
    if page is None:
        return ""
    title = str(page.meta.get("title", file))
    if not anchor:
        return title
    code, about = parts_of(content, file).get(anchor, ("", ""))
    return f"{code}{', ' if code else ''}{title}: {about}" if about else ""


@lru_cache(maxsize=64)
def parts_of(content: Content, file: str) -> dict[str, tuple[str, str]]:
    """Code, if it has one, and heading or name of what stands on a page, by its anchor."""
    page = content.pages[file]
    found = {name: ("", text) for *_, text, name in page.headings}
    shown = {GATHERED[block.kind].shows for block in page.blocks if block.kind in GATHERED}
    for record in (each for each in content.records if each.kind in shown):
        found[record.fields["id"]] = "", record.fields[LISTED[record.kind].named]
    for block in page.blocks:
        about = block.argument if block.kind == "verdict" else block.fields.get("title")
        code = block.argument if block.kind in CODED else ""
        found[str(block.fields.get("id"))] = code, about or page.heading_above(block.line)
    return found


def short_name(content: Content, section: str) -> str:
    """What a `page.md#id` is called in few words: the title of its page, and the code of a finding."""
    name = section.partition("#")[0]
    codes = [code for code, block in content.codes().items() if block.address == section]
    return " ".join([content.pages[name].meta["title"], *codes])


def outlet(source: dict[str, Any]) -> str:
    """The publisher of a source without what follows its name, such as the agency that it cites."""
    return re.split(r"\s*[,(:]|\s+(?:via|citing|with)\s", source["publisher"])[0]


def source_note(source: dict[str, Any]) -> str:
    """The footnote of a source: its line, and whose voice it is where that is a government's."""
    of_a_state = source["stance"].startswith(("state-media", "government"))
    voice = STANCES[source["stance"]]
    return source_line(source) + (f" {voice[0].upper()}{voice[1:]}." if of_a_state else "")


def note_name(source: dict[str, Any], number: int) -> str:
    """What a link to the note of a source is called: `Source 12: TASS, 2 March 2026`."""
    return f"Source {number}: {outlet(source)}, {issued(source)}"


def languages(look: dict[str, Any]) -> list[str]:
    """The languages of a search by their names."""
    return [LANGUAGES.get(code, code) for code in look["languages"]]


def sources_of_kind(content: Content, kind: str) -> list[dict[str, Any]]:
    """The sources of one kind by publisher, the oldest first."""

    def order(source: dict[str, Any]) -> tuple[str, ...]:
        return source["publisher"].casefold(), source.get("issued") or "", source["id"]

    return sorted((each for each in content.sources.values() if each["kind"] == kind), key=order)


def most_used(rows: list[dict[str, str]]) -> list[str]:
    """The sources of a figure's rows, the most used first."""
    uses = [source for row in rows for source in sources_of(row)]
    return sorted(set(uses), key=lambda source: (-uses.count(source), source))


def events_of(content: Content, page: str) -> list[dict[str, Any]]:
    """The events that a page treats, the oldest first."""
    return [event for event in content.listed["event"] if event["section"].partition("#")[0] == page]


def asked(content: Content) -> list[tuple[str, str, str]]:
    """Question, answer and id of each section of the page of questions; the answer without its evidence."""
    page, found = content.pages[content.page_with("questions")], []
    for (_, level, question, anchor), prose in zip(page.headings, page.prose[1:], strict=True):
        paragraphs = [part for part in prose.strip().split("\n\n") if not part.startswith("Evidence: ")]
        if level == 2:
            found.append((plain(question), content.dated(plain(" ".join(paragraphs))), anchor))
    return found


def by_year(events: list[dict[str, Any]], up_to: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Events under the year that they began in; those up to a year together, under no name."""
    groups = groupby(events, key=lambda event: event["date"][:4] if event["date"][:4] > up_to else "")
    return [(year, list(group)) for year, group in groups]


def version(content: Content) -> str:
    """The day of the newest change of substance, of any published address."""
    days = [""]
    for record in content.permalinks.values():
        days += [record.since, record.retired, *(change.day for change in record.changes)]
    return max(days)


def news(content: Content) -> list[tuple[str, dict[str, list[str]], dict[str, Permalink]]]:
    """For each day, the newest first: the addresses under each note of a change, and what was given up."""
    days: dict[str, tuple[dict[str, list[str]], dict[str, Permalink]]] = {}
    for address, record in content.permalinks.items():
        for day, note, _ in record.changes:
            days.setdefault(day, ({}, {}))[0].setdefault(note, []).append(address)
        if record.retired:
            days.setdefault(record.retired, ({}, {}))[1][address] = record
    return [(day, *days[day]) for day in sorted(days, reverse=True)]


def moves(content: Content) -> list[tuple[str, Block, str, str, str]]:
    """Every change of an indicator's position, the newest first: day, indicator, positions, reading."""
    found = []
    for block in content.blocks("indicator"):
        newest, *earlier = readings(block)
        for before, after in pairwise([*earlier, newest]):
            if before["position"] != after["position"]:
                found.append((after["date"], block, before["position"], after["position"], after["reading"]))
    return sorted(found, key=lambda move: move[0], reverse=True)


def section_text(content: Content, address: str) -> list[str]:
    """The paragraphs of a section, `about.md#licence`."""
    name, _, anchor = address.partition("#")
    page = content.pages[name]
    texts = {here: text for (*_, here), text in zip(page.headings, page.prose[1:], strict=True)}
    return texts[anchor].strip().split("\n\n")


def kind_of(schema: dict[str, Any]) -> str:
    """A JSON Schema's type in words."""
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema['items'])}s"
    kind = schema.get("type", "string")
    kind = " or ".join(part for part in kind if part != "null") if isinstance(kind, list) else kind
    names = {"date": "ISO date", "uri": "address", "string": "text", "integer": "whole number"}
    return names.get(schema.get("format", ""), names.get(kind, kind))
