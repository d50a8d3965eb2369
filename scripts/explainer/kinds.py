"""The one list of what an editor can write: kinds of records, and blocks that gather what stands elsewhere.

A kind of record has a schema, docs/data/schemas/NAME.schema.json, and a block of a page also a template,
overrides/records/NAME.html; a gathered block has a template of its name. Nothing else in Python lists kinds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explainer.words import long_date, plain, source_line


@dataclass(frozen=True)
class Kind:
    """A kind of record: a `/// NAME | argument` block with fields, or an entry of the list in `file`."""

    name: str
    # What its address is called: from the block, or the fields of the entry; for those that have an address
    title: Callable[[Any], str] = str
    coded: bool = False  # its argument is a permanent code: the letter of its page and a number
    export: str = ""  # the table that offers it as a download
    order: tuple[str, ...] = ()  # the fields by which readers get the records of a list, not as it stands
    data: bool = False  # its argument names the rows of docs/data/figures that it shows
    file: str = ""  # the list under docs/data that holds all records of this kind
    named: str = ""  # the field by which such an entry is called where it is linked
    optional: bool = False  # a site can do without that file


@dataclass(frozen=True)
class Gathered:
    """A block that gathers or explains what stands elsewhere.

    `argument` says what stands behind its bar, in words that the judge knows: page is a Markdown file, or
    several; section with text `about.md#licence`; source-kind a kind of source; download one, or the rows
    of a figure; figure one that stands on another page.
    """

    name: str
    argument: str = ""
    words: tuple[str, ...] = ()  # that it takes besides
    needs: tuple[str, ...] = ()  # fields of the front matter that the named pages must have
    explains: bool = False  # its fields are words that records use, each with its meaning
    text: bool = False  # text of its page stands in it
    gathers: str = ""  # the kind of records whose answers it gathers
    shows: str = ""  # the kind of records from a list that have their address where it stands


def first_sentence(text: str) -> str:
    """The first sentence of a text in Markdown, as readers read it."""
    return re.split(r"(?<=[a-z)”][.?!]) (?=[A-Z“])", plain(text.split("\n\n")[0]))[0]


def saying(block: Any) -> str:
    """What somebody said, and how it is judged, or it would read as if this site said it."""
    return f"{first_sentence(block.fields['says'])} Judged: {block.fields['verdict']}."


def term_name(term: dict) -> str:
    """A term with its short form."""
    return plain(f"{term['term']} ({term['short']})" if term.get("short") else term["term"])


def chance_of(forecast: dict) -> str:
    """A forecast with its number and its day."""
    return f"{plain(forecast['says'])}: {forecast['chance']} per cent by {long_date(forecast['by'])}"


RECORDS = {
    kind.name: kind
    for kind in (
        Kind("finding", lambda block: first_sentence(block.body), coded=True, export="findings"),
        Kind("verdict", lambda block: plain(block.argument)),
        Kind(
            "indicator",
            lambda block: first_sentence(block.fields["question"]),
            coded=True,
            export="indicators",
        ),
        Kind("statement", saying, coded=True, export="statements"),
        Kind("figure", lambda block: plain(block.fields["title"]), data=True),
    )
}
LISTED = {
    kind.name: kind
    for kind in (
        Kind(
            "source",
            lambda source: plain(source_line(source)),
            file="sources.yml",
            named="title",
            export="sources",
        ),
        Kind("term", term_name, file="glossary.yml", named="term", order=("term",)),
        Kind("person", lambda person: plain(person["name"]), file="people.yml", named="name", optional=True),
        Kind(
            "event",
            lambda event: plain(event["what"]),
            file="events.yml",
            named="what",
            optional=True,
            export="events",
            order=("date", "order", "id"),
        ),
        Kind("look", file="looks.yml", optional=True, order=("date", "reach")),
        Kind(
            "forecast",
            chance_of,
            file="forecasts.yml",
            named="says",
            optional=True,
            export="forecasts",
            order=("made_on", "id"),
        ),
    )
}
GATHERED = {
    kind.name: kind
    for kind in (
        Gathered("assessment", "page", needs=("likelihood", "confidence", "would_change")),
        Gathered("verdicts", gathers="verdict"),
        Gathered("beside", "figure", text=True),
        Gathered("questions"),
        Gathered("doors", "page", needs=("answer",)),
        Gathered("watchlist", gathers="indicator"),
        Gathered("bibliography", "source-kind", shows="source"),
        Gathered("glossary", shows="term"),
        Gathered("people", shows="person"),
        Gathered("looks"),
        Gathered("moved"),
        Gathered("forecasts", shows="forecast"),
        Gathered("changes"),
        Gathered("labels", explains=True),
        Gathered("brief", "section with text", words=("answer", "lead", "verdicts", "moved", "watchlist")),
        Gathered("timeline", shows="event"),
        Gathered("events", "page"),
        Gathered("tally"),
        Gathered("downloads"),
        Gathered("codebook", "download"),
    )
}
BLOCKS = RECORDS.keys() | GATHERED.keys()
CODED = tuple(kind.name for kind in RECORDS.values() if kind.coded)
