"""The one registry of what blocks can be: a kind of record adds a line here, its schema, its template and its style."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of record: a block with fields, described by a schema and drawn by a template of the same name."""

    name: str
    coded: bool = False  # its argument is a permanent code
    text: bool = False  # it has text between its fields and the closing ///


KINDS = {
    kind.name: kind
    for kind in (
        Kind("finding", coded=True, text=True),
        Kind("verdict", text=True),
        Kind("indicator", coded=True),
        Kind("statement", coded=True, text=True),
        Kind("figure"),
    )
}
# Blocks that show what stands elsewhere, each drawn by the template of its name
GATHERED = (
    *("strip", "assessment", "verdicts", "doors", "watchlist", "bibliography", "glossary", "changes", "brief"),
    *("timeline", "events", "tally", "codebook"),
)
EXPLAINING = ("labels",)  # blocks whose fields are words of the site, each with its meaning
