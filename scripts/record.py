#!/usr/bin/env python3
"""Bring the list of published addresses up to date after an edit, and keep the words of each version.

  record.py                                    adds new addresses
  record.py --note "why readers should know"   gives changed ones the day and the note; if nothing has
                                               changed, the note announces what is new
  record.py --typo                             takes changed ones as they are: no change of substance.
                                               Refused where a number, a date, a name, a status, a source or
                                               a "not" differs, unless --note says why that is no substance
  record.py --notes notes.yml                  gives each address that the file names its own note, changed
                                               or new: `"/treaty/#duty": "why"`, TYPO, or "TYPO: why";
                                               goes together with --note or --typo for the others
  record.py --retire /treaty/#old --note "…" [--successor "/treaty/#new /treaty/#second"]
                                               gives an address up, or a page with all its addresses

The list is docs/data/permalinks.yml, the words are in docs/data/changes. Nothing is ever removed from them.
When an address has vanished without being retired, a change has no note, or a code is given twice, nothing is
written and the message says what to do.
"""

from __future__ import annotations

import argparse
import datetime
import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import yaml
from mkdocs.config import load_config

from explainer.content import Content
from explainer.files import replace_file
from explainer.judge import did_you_mean
from explainer.judged import current_content
from explainer.permalinks import LIST, Place, changed, check, lost, places
from explainer.versions import FOLDER, Reading, read_words, strings, written
from explainer.words import MONTHS, plain

HEAD = (
    "# Every address that this site has published. Written by `make record`; briefings link to these for "
    "years, so nothing is\n# removed: an address that is given up says when, why and what took its place. "
    "What each said when is in changes/.\n"
)
ORDER = ("since", "code")  # fields that stand first in a record
QUIET = ("source", "term")  # kinds that are not announced beside what rests on them
TYPO = "TYPO"  # instead of a note: nothing of substance changed; with a reason behind a colon
SHOWN = 20  # addresses in a message
STOPS = ("PRM001", "PRM002", "PRM008")  # rules that must hold before anything is recorded
NOT = "not|no|never|none|nor|neither|nobody|nothing|without|cannot|unless|hardly|except|only"
NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|half|hundred|thousand|million"
COUNTS = re.compile(rf"[%$€£]|\d[\d.,:]*\d|\d|\b(?:{NOT}|{NUMBERS}|{'|'.join(MONTHS)})\b|n[’']t\b", re.I)
WORD = re.compile(r"\w[\w’'-]*")
BEGINS = re.compile(r"(?:^|[.?!:]\s+)\W*$")  # what stands before the first word of a sentence


class NotRecorded(Exception):
    """The list cannot be brought up to date without a decision; the text says which."""


@dataclass(frozen=True)
class Words:
    """What the maintainer says: when, and why texts changed, are new or given up."""

    at: str
    note: str = ""
    typo: bool = False
    own: Mapping[str, str] = field(default_factory=dict)  # note, TYPO or `TYPO: why` by address

    def on(self, address: str) -> tuple[str, str | None]:
        """Its note; else why nothing of substance changed, empty where no why is given."""
        said = self.own.get(address)
        if said is None:
            return ("", self.note) if self.typo else (self.note, None)
        kind, _, why = said.partition(":")
        return ("", why.strip()) if kind == TYPO else (said, None)


@dataclass
class Update:
    """What is to be written: the records of the list, and the recording, and what was done in words."""

    records: dict[str, dict]
    recording: dict
    done: str


def update(content: Content, words: Words) -> Update:
    """Everything brought up to date with what the site publishes.

    Raises NotRecorded for vanished addresses, codes that are given twice, changes without a note, and changes
    of substance that are called none.
    """
    found = places(content)
    refuse_losses(content, found)
    if stops := [problem for problem in check(content) if problem.rule in STOPS]:
        raise NotRecorded("\n".join(map(str, stops)))
    records = {address: dict(record.fields) for address, record in content.permalinks.items()}
    edited = changed(content, found)
    new = [place for address, place in found.items() if address not in records]
    known = {place.address for place in [*new, *edited]}
    if unknown := [address for address in words.own if address not in known]:
        raise NotRecorded("\n".join(astray(address, known) for address in unknown))
    ways = {place.address: words.on(place.address) for place in edited}
    if silent := [place for place in edited if ways[place.address] == ("", None)]:
        raise NotRecorded(without_note(content, silent, new))
    refuse_slips(content, found, [place for place in edited if ways[place.address] == ("", "")])
    notes = {address: note for address, (note, _) in ways.items() if note}
    if words.note and not (edited or words.own or words.typo):
        announced = [place for place in new if place.kind not in QUIET] or new
        notes |= {place.address: words.note for place in announced}
    for place in new:
        records[place.address] = {"since": words.at[:10]} | ({"code": place.code} if place.code else {})
        if place.address in words.own and (note := words.on(place.address)[0]):
            notes[place.address] = note
    spelling = {address: why for address, (_, why) in ways.items() if why}
    recording = recording_of(content, found.values(), words.at, notes, spelling)
    told = [summary(new, edited, {**notes, **spelling}, words)]
    told += [difference(content, place) for place in edited[:SHOWN]]
    return Update(records, recording, "\n".join(told))


def recording_of(
    content: Content, now: Iterable[Place], at: str, notes: dict[str, str], spelling: dict[str, str]
) -> dict:
    """The versions that differ from those recorded last, with those words that are not kept yet."""
    kept = content.kept
    fresh = [place for place in now if kept.newest(place.address) != place.content_digest]
    trees = {place.content_digest: [place.digest, *place.parts] for place in fresh if place.parts}
    words = {place.digest: place.words for place in fresh}
    return {
        "at": at,
        "notes": notes,
        "spelling": spelling,
        "places": {place.address: place.content_digest for place in fresh},
        "trees": {version: tree for version, tree in trees.items() if version not in kept.trees},
        "words": {version: said for version, said in words.items() if version not in kept.words},
    }


def lines(words: dict) -> list[str]:
    """The words of a version, a line each."""
    reading = read_words(words)
    facts = [reading.title] if reading.title else []
    facts += [f"{name}: {line}" for name, said in reading.facts for line in said]
    ends = [f"Sources: {', '.join(reading.sources)}"] if reading.sources else []
    return [*facts, *reading.text, *rows_in(reading), *ends, *reading.links]


def rows_in(reading: Reading) -> list[str]:
    """The rows of its tables, a line each."""
    return [" · ".join(map(str, row)) for table in reading.tables for row in table["rows"]]


def difference(content: Content, place: Place) -> str:
    """What a place said when it was recorded last and what it says now, in the lines that differ."""
    before = lines(content.kept.words_of(content.kept.newest(place.address)))
    differ = [line for line in difflib.ndiff(before, lines(place.words)) if line[:1] in "-+"]
    return "\n".join([f"  {place.address}", *(f"    {line}" for line in differ)])


def refuse_losses(content: Content, found: dict[str, Place]) -> None:
    """Raises NotRecorded where list or recordings lack something; recorded anew it would be lost for good."""
    if gone := [*lost(content, found)]:
        raise NotRecorded("\n".join(map(str, gone)))


def astray(address: str, known: set[str]) -> str:
    """What to do about a note for what is neither new nor changed."""
    meant = difflib.get_close_matches(address, known, 1, 0.8)
    return f"{address} has a note, but is neither new nor changed{did_you_mean(''.join(meant))}"


def without_note(content: Content, edited: list[Place], new: list[Place]) -> str:
    """What to do about changes that nobody has explained."""
    more = f"\n  and {len(edited) - SHOWN} more" if len(edited) > SHOWN else ""
    rows = "\n".join(difference(content, place) for place in edited[:SHOWN])
    what = "1 address" if len(edited) == 1 else f"{len(edited)} addresses"
    ways = 'make record NOTE="…", or with a note for each in a file, make record NOTES=notes.yml'
    last = f"Say why, {ways}, or that nothing of substance changed, make record TYPO=1."
    last += f"\nNew: {', '.join(place.address for place in new[:SHOWN])}" if new else ""
    return f"the text of {what} has changed:\n{rows}{more}\n{last}"


def refuse_slips(content: Content, found: dict[str, Place], typos: list[Place]) -> None:
    """Raises NotRecorded where what is called a slip of spelling has changed what counts."""
    names = {word for place in found.values() for word in names_in(place.words)} if typos else set[str]()
    told = []
    for place in typos:
        before = content.kept.words_of(content.kept.newest(place.address))
        old, new = (what_counts(each, names) for each in (before, place.words))
        if differ := [*(old - new), *(new - old)]:
            told.append(f"{difference(content, place)}\n    of substance: {', '.join(differ)}")
    if told:
        ways = 'write a note; or if it is spelling after all, say why: TYPO=1 NOTE="…", in a file "TYPO: …"'
        raise NotRecorded("\n".join(["this is more than spelling:", *told, ways]))


def what_counts(words: dict, names: set[str]) -> Counter[str]:
    """What cannot change without a change of substance: numbers, dates, names, negations, and short fields
    such as a status; sources, targets of links and tables as a whole."""
    reading = read_words(words)
    text = [reading.title, *reading.text, *(line for _, said in reading.facts for line in said)]
    counted = Counter(found.lower() for line in text for found in COUNTS.findall(line))
    counted.update(word for line in text for word in WORD.findall(line) if word in names)
    facts = [(name, line) for name, said in reading.facts for line in said]
    counted.update(f"{name}: {line}" for name, line in facts if len(line.split()) < 4)
    counted.update([*reading.sources, *reading.links, *rows_in(reading)])
    return counted


def names_in(words: dict) -> Iterable[str]:
    """Words with a capital that stand within a sentence."""
    for line in map(plain, strings([words.get("text"), words.get("fields")])):
        for match in WORD.finditer(line):
            if match[0][0].isupper() and not BEGINS.search(line[: match.start()]):
                yield match[0]


def summary(new: list[Place], edited: list[Place], notes: dict[str, str], words: Words) -> str:
    """What was recorded, and what of the maintainer's words was not used."""
    announced = [place for place in new if place.address in notes]
    told = f" ({len(announced)} announced to readers)" if announced else ""
    said = [f"{len(new)} new{told}, {len(edited)} changed"]
    if words.note and words.note not in notes.values():
        said.append("the note was not used")
    elif words.note and edited and len(announced) < len(new):
        said.append("the note is for what changed; NOTES=notes.yml announces what is new")
    silent = [place.address for place in new if place.address not in notes and place.kind not in QUIET]
    if words.own and silent:
        said.append(f"new, and not announced for want of a note: {', '.join(silent[:SHOWN])}")
    return "; ".join(said)


def retire(content: Content, words: Words, address: str, successors: list[str]) -> Update:
    """The records with an address given up, and for a page with those on it that are not yet.

    Where a page had several, each leads to the same name on the page that takes its place, if there is one.
    Raises NotRecorded if it cannot be.
    """
    records = {known: dict(record.fields) for known, record in content.permalinks.items()}
    found = places(content)
    refuse_losses(content, found)
    if address not in records:
        raise NotRecorded(f"{address} is not in the list; only published addresses can be retired")
    if address in found:
        raise NotRecorded(f"{address} is still on the site; take it off its page first")
    for successor in successors:
        if successor not in found:
            raise NotRecorded(f"the successor {successor} is no address of the site")
    if not words.note:
        raise NotRecorded('say why: make record RETIRE="…" NOTE="why"')
    inside = [known for known in records if known.startswith(f"{address}#")]  # of a section none
    given_up = [address, *(known for known in inside if not records[known].get("retired"))]
    for known in given_up:
        same = [f"{page}#{known.partition('#')[2]}" for page in successors if "#" in known]
        first, *others = [each for each in same if each in found][:1] or successors or [""]
        records[known] |= {"retired": words.at[:10], "note": words.note}
        records[known] |= ({"successor": first} if first else {}) | ({"also": others} if others else {})
    edited = {place.address for place in changed(content, found)}
    others_now = [place for known, place in found.items() if known in records and known not in edited]
    recording = recording_of(content, others_now, words.at, {}, {})
    return Update(records, recording, f"{len(given_up)} retired: {', '.join(given_up)}")


def write(content: Content, result: Update) -> None:
    """Write the recording, if there is anything in it, then the list: in this order an interruption loses
    nothing."""
    if any(value for name, value in result.recording.items() if name != "at"):
        name, text = written(result.recording)
        replace_file(content.root / FOLDER / name, text.encode("utf-8"))
    write_list(content.root / LIST, result.records)


def write_list(path: Path, records: dict[str, dict]) -> None:
    """Write the records sorted, each on a line of its own, so that branches merge; the old file stays whole
    until the new one is."""

    def text(value: object) -> str:  # JSON is YAML
        return json.dumps(value if isinstance(value, list) else str(value), ensure_ascii=False)

    rows = [HEAD]
    for address, record in sorted(records.items()):
        fields = {name: record[name] for name in ORDER if record.get(name)} | record
        told = ", ".join(f"{name}: {text(value)}" for name, value in fields.items())
        rows.append(f"{text(address)}: {{{told}}}\n")
    replace_file(path, "".join(rows).encode("utf-8"))


def typed(argument: str) -> str:
    """What was typed on one line and as UTF-8, also where the locale has another encoding."""
    return " ".join(argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def notes_of(path: str) -> dict[str, str]:
    """The notes of a file by address. Raises NotRecorded if it holds anything else."""
    try:
        notes = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise NotRecorded(f"{path} cannot be read: {typed(str(error))}") from None
    if not isinstance(notes, dict) or not all(isinstance(note, str) and note for note in notes.values()):
        raise NotRecorded(f'{path} must hold lines such as `"/treaty/#duty": "why"`')
    return {str(address): typed(note) for address, note in notes.items()}


def options_from(arguments: list[str] | None) -> argparse.Namespace:
    """The options of the command."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("--config", default="mkdocs.yml")
    for name in ("--note", "--notes", "--retire", "--successor"):
        parser.add_argument(name, type=typed, default="")
    parser.add_argument("--typo", action="store_true")
    day = datetime.date.fromisoformat
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="today by default")
    return parser.parse_args(arguments)


def moment(content: Content, day: datetime.date | None) -> str:
    """The time of a recording, UTC. Raises NotRecorded if another was made after it."""
    now = datetime.datetime.now(datetime.UTC)
    at = f"{day or now.date()}T{now.time().isoformat('milliseconds')}Z"
    if at <= (last := max((versions[-1].at for versions in content.kept.history.values()), default="")):
        fault = f"the last recording was made at {last}, after {at}"
        raise NotRecorded(f"{fault}; correct the clock, or use --date")
    return at


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    options = options_from(arguments)
    try:
        own = notes_of(options.notes) if options.notes else {}
        root = Path(load_config(options.config).docs_dir).resolve()
        content = current_content(root)
        words = Words(moment(content, options.date), options.note, options.typo, own)
        if options.retire:
            result = retire(content, words, options.retire, re.findall(r"[^,\s]+", options.successor))
        else:
            result = update(content, words)
        write(content, result)
    except (NotRecorded, OSError, click.ClickException) as reason:
        print(f"nothing was recorded: {reason}", file=sys.stderr)
        return 1 if isinstance(reason, NotRecorded) else 2
    print(f"docs/{LIST}: {len(result.records)} addresses, {result.done}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; the list is whole, with this edit or without it")
