"""The one list of what an editor can write: kinds of records, and blocks that gather what stands elsewhere.

A kind of record has a schema, docs/data/schemas/NAME.schema.json, and a block of a page also a template,
overrides/records/NAME.html; a gathered block has a template of its name. Nothing else in Python lists kinds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of record: a `/// NAME | argument` block with fields, or an entry of the list in `file`."""

    name: str
    coded: bool = False  # its argument is a permanent code: the letter of its page and a number
    text: bool = True  # text stands below its fields
    data: bool = False  # its argument names the rows of docs/data/figures that it shows
    file: str = ""  # the list under docs/data that holds all records of this kind
    optional: bool = False  # a site can do without that file


@dataclass(frozen=True)
class Gathered:
    """A block that gathers or explains what stands elsewhere.

    `argument` says what stands behind its bar, in words that the judge knows: page is a Markdown file, or
    several; section `index.md#how-old`; source-kind a kind of source; download one, or the rows of a figure.
    """

    name: str
    argument: str = ""
    words: tuple[str, ...] = ()  # that it takes besides
    needs: tuple[str, ...] = ()  # fields of the front matter that the named pages must have
    explains: bool = False  # its fields are words that records use, each with its meaning


RECORDS = {
    kind.name: kind
    for kind in (
        Kind("finding", coded=True),
        Kind("verdict"),
        Kind("indicator", coded=True, text=False),
        Kind("statement", coded=True),
        Kind("figure", text=False, data=True),
    )
}
LISTED = {
    kind.name: kind
    for kind in (
        Kind("source", file="sources.yml"),
        Kind("term", file="glossary.yml"),
        Kind("event", file="events.yml", optional=True),
        Kind("look", file="looks.yml", optional=True),
    )
}
GATHERED = {
    kind.name: kind
    for kind in (
        Gathered("strip"),
        Gathered("assessment", "page", needs=("likelihood", "confidence", "would_change")),
        Gathered("verdicts"),
        Gathered("doors", "page", needs=("answer",)),
        Gathered("watchlist"),
        Gathered("bibliography", "source-kind"),
        Gathered("glossary"),
        Gathered("looks"),
        Gathered("changes"),
        Gathered("labels", explains=True),
        Gathered("brief", "section", words=("answer", "verdicts", "watchlist")),
        Gathered("timeline"),
        Gathered("events", "page"),
        Gathered("tally"),
        Gathered("codebook", "download"),
    )
}
BLOCKS = RECORDS.keys() | GATHERED.keys()
CODED = tuple(kind.name for kind in RECORDS.values() if kind.coded)
