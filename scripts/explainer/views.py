"""What templates ask of the content: names, groups, lines of Markdown. Elements are the templates' job."""

from __future__ import annotations

import json
import re
from itertools import groupby, pairwise
from typing import Any

from explainer.content import Block, Content, Permalink, page_address, page_file, readings, sources_of
from explainer.forecasts import mean_score, replaced, score, standing  # noqa: F401 (templates use them)
from explainer.kinds import CODED, GATHERED, LISTED
from explainer.versions import Change
from explainer.words import LANGUAGES, STANCES, issued, plain, source_line


def changes_at(content: Content, page: str, anchor: str = "") -> list[Change]:
    """What was recorded as changed at a place, newest first."""
    record = content.permalinks.get(page_address(page, anchor))
    return list(reversed(record.changes)) if record else []


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
    names = {name: text for *_, text, name in page.headings}
    for block in page.blocks:
        if block.fields.get("id") == anchor:
            about = block.argument if block.kind == "verdict" else block.fields.get("title")
            code = f"{block.argument}, " if block.kind in CODED else ""
            return f"{code}{title}: {about or page.heading_above(block.line)}"
    shown = {GATHERED[block.kind].shows for block in page.blocks if block.kind in GATHERED}
    for record in content.records:
        if record.kind in shown:
            names[record.fields["id"]] = record.fields[LISTED[record.kind].named]
    return f"{title}: {names[anchor]}" if anchor in names else ""


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


def cited_works(site: str, page: str, content: Content, cited: list[str]) -> str:
    """The works that a page cites, as JSON-LD that adds to what the page's head says of the same `@id`.

    Each is named by its address on the page of sources, which tells the rest: titles weigh much.
    """
    shelf = site + page_address(content.page_with("bibliography")).lstrip("/")
    known = sorted({*cited} & content.sources.keys())
    works = [{"@type": "CreativeWork", "url": f"{shelf}#{source}"} for source in known]
    here = site + page_address(page).lstrip("/")
    about = {"@context": "https://schema.org", "@id": here, "citation": works}
    return json_ld(about)


def json_ld(about: dict[str, Any]) -> str:
    """What a page says to machines, as the element that holds it; no text in it can end that."""
    data = json.dumps(about, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/ld+json">{data}</script>'


def events_of(content: Content, page: str) -> list[dict[str, Any]]:
    """The events that a page treats, the oldest first."""
    return [event for event in content.events if event["section"].partition("#")[0] == page]


def asked(content: Content) -> list[tuple[str, str, str]]:
    """Question, answer and id of each section of the page of questions; the answer without its evidence."""
    page, found = content.pages[content.page_with("questions")], []
    for (_, level, question, anchor), prose in zip(page.headings, page.prose[1:], strict=True):
        paragraphs = [part for part in prose.strip().split("\n\n") if not part.startswith("Evidence: ")]
        if level == 2:
            found.append((plain(question), content.dated(plain(" ".join(paragraphs))), anchor))
    return found


def asked_and_answered(site: str, content: Content) -> str:
    """The questions with their answers as JSON-LD, for search engines."""
    here = site + page_address(content.page_with("questions")).lstrip("/")
    entries = [
        {
            "@type": "Question",
            "@id": f"{here}#{anchor}",
            "name": question,
            "acceptedAnswer": {"@type": "Answer", "text": answer, "url": f"{here}#{anchor}"},
        }
        for question, answer, anchor in asked(content)
    ]
    return json_ld({"@context": "https://schema.org", "@type": "FAQPage", "url": here, "mainEntity": entries})


def claims_reviewed(site: str, maker: str, content: Content) -> str:
    """The statements of the source article with their verdicts, as reviews of claims.

    Their scale is in words and has no numbers. Who wrote the article is not known, so nothing names an author
    of the claims; the reviewer is whoever stands for the site.
    """
    reviewer = {"@type": "Organization", "@id": f"{site}#maker", "name": maker, "url": site}
    reviews: list[dict[str, Any]] = []
    for block in content.blocks("statement"):
        address, says = page_address(block.page, block.fields["id"]), plain(block.fields["says"])
        review = {
            "@type": "ClaimReview",
            "url": site + address[1:],
            "claimReviewed": says,
            "author": {"@id": reviewer["@id"]},
            "itemReviewed": {"@type": "Claim", "text": says},
            "reviewRating": {"@type": "Rating", "alternateName": block.fields["verdict"]},
        }
        if address in content.permalinks:
            review["datePublished"] = content.permalinks[address].since
        reviews.append(review)
    return json_ld({"@context": "https://schema.org", "@graph": [reviewer, *reviews]})


def by_year(events: list[dict[str, Any]], up_to: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Events under the year that they began in; those up to a year together, under no name."""
    groups = groupby(events, key=lambda event: event["date"][:4] if event["date"][:4] > up_to else "")
    return [(year, list(group)) for year, group in groups]


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
    texts = (text for (*_, here), text in zip(page.headings, page.prose[1:], strict=True) if here == anchor)
    return next(texts).strip().split("\n\n")


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
