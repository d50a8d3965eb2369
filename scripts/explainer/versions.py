"""The words of every version: what each place said, from when, and why it was changed.

`make record` writes one file into docs/data/changes for each recording, named by day and content, so that
two branches never write the same one and a merge keeps both. As in git, a version is known by a digest,
and what is inside another is stored once: `words` holds the own content of places by its digest, `trees`
what stands in a section or page, `places` which version an address has from then on, `notes` why.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from explainer.files import Problem, name_of, read_text
from explainer.words import LANGUAGES, SOURCE_KINDS, STANCES, plain

FOLDER = "data/changes"
PARTS = ("notes", "spelling", "places", "trees", "words")  # of a recording, beside the time `at`
LAYOUT = re.compile(  # of lists and tables: signs that begin or end a line, lines that only rule
    r"^[ \t]*(?:[-*+]|\d+\.)[ \t]+|^[ \t]*\|?[-:| \t]+\|?[ \t]*$|^\|[ \t]*|[ \t]*\|$", re.M
)
REFERENCES = re.compile(  # sources of notes, and targets of links in Markdown and HTML
    r"\[(\^[^\]\s]+)\]|\]\(<?([^)>\s]+)|\bhref=\"([^\"]+)\"|<(https?:[^>\s]+)>"
)
# Of fields; others are their names
LABELS = {
    "as_of": "Evidence as of",
    "URL": "Address",
    "otherwise": "Says otherwise",
    "ally_like": "Ally-like",
}
LABELS |= {"title_described": "Title is a description"}
# Of their values; others stand as they were written
VALUES = {"stance": STANCES, "kind": SOURCE_KINDS, "language": LANGUAGES, "title_described": {"True": "yes"}}
VALUES |= {"type": {"article-newspaper": "newspaper article", "webpage": "web page"}}


class Change(NamedTuple):
    """A change of which readers are told: day, note, and the version that stood there before."""

    day: str
    note: str
    before: str = ""


class Version(NamedTuple):
    """What an address said from a moment on, `2026-11-29T02:37:08Z`, by the digest of its whole content."""

    at: str
    digest: str

    @property
    def day(self) -> str:
        return self.at[:10]


@dataclass
class Kept:
    """All recordings, in order of time."""

    words: dict[str, dict] = field(default_factory=dict)  # of each own content, by its digest
    trees: dict[str, list[str]] = field(default_factory=dict)  # own content, then the parts, of what has any
    history: dict[str, list[Version]] = field(default_factory=dict)  # of each address, oldest first
    changes: dict[str, list[Change]] = field(default_factory=dict)  # of each address, oldest first

    def newest(self, address: str) -> str:
        """The version that was recorded last; empty if none was."""
        return self.history[address][-1].digest if address in self.history else ""

    def own(self, version: str) -> str:
        """The digest of a version's own content, without what stands in it."""
        return self.trees.get(version, [version])[0]

    def parts(self, version: str) -> list[str]:
        """The versions that stand in a section or page."""
        return self.trees.get(version, [])[1:]

    def words_of(self, version: str) -> dict:
        """What a version says itself; empty if that was not kept."""
        return self.words.get(self.own(version), {})

    def lacks(self, address: str) -> bool:
        """Whether the words of a version that an address had are not there."""
        return not all(self.words_of(version.digest) for version in self.history.get(address, ()))

    def holder(self, address: str) -> str:
        """The place that held an address last, also when that is given up; else its page."""
        page, last = address.partition("#")[0], self.newest(address)
        near = [known for known in self.history if known.startswith(f"{page}#")]
        stood = [(each.at, known, self.parts(each.digest)) for known in near for each in self.history[known]]
        return max((each[:2] for each in stood if last in each[2]), default=("", page))[1]

    def add(self, recording: dict) -> None:
        """Take in the next recording."""
        self.words = recording["words"] | self.words
        self.trees = recording["trees"] | self.trees
        for address, note in recording["notes"].items():
            before = self.newest(address) if address in recording["places"] else ""
            change = Change(recording["at"][:10], note, before)
            self.changes.setdefault(address, []).append(change)
        for address, version in recording["places"].items():
            self.history.setdefault(address, []).append(Version(recording["at"], version))


def read_kept(root: Path, problems: list[Problem]) -> Kept:
    """All recordings under docs/, in order of time; PRM005 for those that cannot be read."""
    recordings, kept = [], Kept()
    for path in sorted((root / FOLDER).glob("*.json")):
        text = read_text(path, root, problems)
        if not text:
            continue
        try:
            recording = json.loads(text)
            if path.name != name_for(text, recording["at"]):
                raise ValueError
            recordings.append((recording["at"], path.name, recording))
        except (ValueError, LookupError, TypeError, RecursionError):
            message = "this recording was edited or renamed, as the digest in its name tells"
            remedy = "take it from the last commit, nothing else has its words"
            problems.append(Problem(name_of(path, root), 1, 1, "PRM005", f"{message}; {remedy}"))
    for *_, recording in sorted(recordings, key=lambda each: each[:2]):
        kept.add(recording)
    return kept


def written(recording: dict) -> tuple[str, str]:
    """Name and text of a recording's file: an entry a line, so that people can read what changed."""
    parts = [f' "at": {json.dumps(recording["at"])}']
    for name in PARTS:
        items = sorted(recording[name].items())
        pairs = [[json.dumps(each, ensure_ascii=False) for each in item] for item in items]
        entries = ",\n".join(f"  {key}: {value}" for key, value in pairs)
        parts.append(f' "{name}": {{' + (f"\n{entries}\n " if entries else "") + "}")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    return name_for(text, recording["at"]), text


def name_for(text: str, at: str) -> str:
    """The name of a recording's file: its day and the beginning of its digest."""
    return f"{at[:10]}-{hashlib.sha256(text.encode('utf-8')).hexdigest()[:6]}.json"


# For readers -----------------------------------------------------------------------------------------------


@dataclass
class Reading:
    """The words of a version in the order in which they are read, without markup."""

    title: str = ""  # where it was written; others are the first words of the text
    text: list[str] = field(default_factory=list)  # paragraphs, and items of lists
    facts: list[tuple[str, list[str]]] = field(default_factory=list)  # label and lines
    tables: list[dict] = field(default_factory=list)  # columns and rows
    sources: list[str] = field(default_factory=list)  # ids
    links: list[str] = field(default_factory=list)


def read_words(words: dict) -> Reading:
    """What readers get of a version's words; order of sources and links as they stand."""
    reading = Reading(text=[line for text in words.get("text", ()) for line in lines_of(text)])
    fields = {name: value for name, value in words.get("fields", {}).items() if value not in (None, "", [])}
    reading.title = plain(str(fields.pop("title", "")))
    reading.sources = list(map(str, fields.pop("sources", ())))
    for name, value in fields.items():
        if lines := list(lines_in(VALUES.get(name, {}).get(str(value), value))):
            reading.facts.append((label(name), lines))
    for kind, argument, meanings in words.get("gathered", ()):
        drawn = f"{kind}: {argument}" if argument else kind
        reading.facts.append(("Drawn here", [drawn, *lines_in(meanings)]))
    reading.tables = words.get("tables", [])
    for found in (found for text in strings(words) for found in REFERENCES.findall(text)):
        reference = "".join(found)
        (reading.sources if found[0] else reading.links).append(reference.removeprefix("^"))
    reading.sources, reading.links = list(dict.fromkeys(reading.sources)), list(dict.fromkeys(reading.links))
    return reading


def label(name: str) -> str:
    """The name of a field as a label."""
    words = LABELS.get(name, name.replace("_", " "))
    return words[:1].upper() + words[1:]


def lines_of(text: str) -> Iterable[str]:
    """The paragraphs of Markdown without markup; items of a list and rows of a table stand alone."""
    for part in re.split(r"\n\s*\n", text):
        apart = LAYOUT.search(part) or part.lstrip().startswith("#")
        for line in part.splitlines() if apart else [part]:
            if said := plain(LAYOUT.sub("", line).replace(" | ", " · ").lstrip("# ")):
                yield said


def lines_in(value: object) -> Iterable[str]:
    """The lines of a field's value, which may hold lists and fields of its own."""
    if isinstance(value, dict):
        yield "; ".join(f"{label(str(name))}: {', '.join(lines_in(inner))}" for name, inner in value.items())
    elif isinstance(value, list):
        for inner in value:
            yield from lines_in(inner)
    elif value is not None and (said := plain(str(value))):
        yield said


def strings(value: object) -> Iterable[str]:
    """Every text in something that JSON can hold."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
