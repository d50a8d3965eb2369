#!/usr/bin/env python3
"""Bring the list of published addresses up to date after an edit.

  record.py                                    adds new addresses
  record.py --note "why readers should know"   gives changed ones the day and the note; if nothing has
                                               changed, the note announces what is new
  record.py --typo                             takes changed ones as they are: no change of substance
  record.py --notes notes.yml                  gives each address that the file names its own note, changed
                                               or new: `"/treaty/#duty": "why"` or TYPO;
                                               goes together with --note or --typo for the others
  record.py --retire /treaty/#old --note "…" [--successor /treaty/#new]   gives an address up

The list is docs/data/permalinks.yml. Nothing is ever removed from it. When an address has vanished without
being retired, a change has no note, or a code is given twice, nothing is written and the message says what
to do.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import yaml
from mkdocs.config import load_config

from explainer.content import Content, current_content
from explainer.permalinks import LIST, changed, check, places

HEAD = (
    "# Every address that this site has published. Written by `make record`; briefings link to these for "
    "years, so nothing is\n# removed: an address that is given up says when, why and what took its place. "
    "Sorted, so that two edits merge by hand.\n"
)
ORDER = ("since", "code", "digest")  # fields that stand first in a record
QUIET = ("source", "term")  # kinds that are not announced beside what rests on them
TYPO = "TYPO"  # instead of a note: nothing of substance changed
SHOWN = 20  # addresses in a message
STOPS = ("PRM001", "PRM002", "PRM008")  # rules that must hold before anything is recorded


class NotRecorded(Exception):
    """The list cannot be brought up to date without a decision; the text says which."""


@dataclass(frozen=True)
class Words:
    """What the maintainer says: the day, why texts changed, are new or given up, and that for single ones."""

    day: str
    note: str = ""
    typo: bool = False
    own: Mapping[str, str] = field(default_factory=dict)  # note or TYPO by address


def update(content: Content, words: Words) -> tuple[dict[str, dict], str]:
    """The records brought up to date with what the site publishes, and what was done in words.

    Raises NotRecorded for vanished addresses, codes that are given twice, and changes without a note.
    """
    found = places(content)
    if stops := [problem for problem in check(content) if problem.rule in STOPS]:
        raise NotRecorded("\n".join(map(str, stops)))
    edited = [place.address for place in changed(content, found)]
    if not words.typo and not words.note and (silent := [each for each in edited if each not in words.own]):
        raise NotRecorded(without_note(silent))
    records = {address: dict(record.fields) for address, record in content.permalinks.items()}
    new = [address for address in found if address not in records]
    announced = [] if edited or words.own else [each for each in new if found[each].kind not in QUIET] or new
    notes = {} if words.typo else dict.fromkeys([*edited, *announced], words.note)
    notes |= {address: words.own[address] for address in [*edited, *new] if address in words.own}
    notes = {address: note for address, note in notes.items() if note not in ("", TYPO)}
    for address, place in found.items():
        record = records.setdefault(address, {"since": words.day})
        record["digest"] = place.digest
        if place.code:
            record["code"] = place.code
        if address in notes:
            change = {"date": words.day, "note": notes[address]}
            record["changes"] = [*(record.get("changes") or []), change]
    return records, summary(new, edited, notes, words)


def without_note(edited: list[str]) -> str:
    """What to do about changes that nobody has explained."""
    more = f"\n  and {len(edited) - SHOWN} more" if len(edited) > SHOWN else ""
    rows = "\n  ".join(edited[:SHOWN])
    what = "1 address has" if len(edited) == 1 else f"{len(edited)} addresses have"
    ways = 'make record NOTE="…", or with a note for each in a file, make record NOTES=notes.yml'
    last = f"Say why, {ways}, or that nothing of substance changed, make record TYPO=1."
    return f"the text of {what} changed:\n  {rows}{more}\n{last}"


def summary(new: list[str], edited: list[str], notes: dict[str, str], words: Words) -> str:
    """What was recorded, and what of the maintainer's words was not used."""
    announced = [address for address in new if address in notes]
    told = f" ({len(announced)} announced to readers)" if announced else ""
    said = [f"{len(new)} new{told}, {len(edited)} changed"]
    if words.note and words.note not in notes.values():
        said.append("the note was not used")
    elif words.note and edited and len(announced) < len(new):
        said.append("the note is for what changed; NOTES=notes.yml announces what is new")
    if unused := [address for address in words.own if address not in {*new, *edited}]:
        said.append(f"neither new nor changed: {', '.join(unused[:SHOWN])}")
    return "; ".join(said)


def retire(content: Content, words: Words, address: str, successor: str) -> dict[str, dict]:
    """The records with one address given up. Raises NotRecorded if it cannot be."""
    records = {known: dict(record.fields) for known, record in content.permalinks.items()}
    found = places(content)
    if address not in records:
        raise NotRecorded(f"{address} is not in the list; only published addresses can be retired")
    if address in found:
        raise NotRecorded(f"{address} is still on the site; take it off its page first")
    if successor and successor not in found:
        raise NotRecorded(f"the successor {successor} is no address of the site")
    if not words.note:
        raise NotRecorded('say why: make record RETIRE="…" NOTE="why"')
    records[address] |= {"retired": words.day, "note": words.note}
    records[address] |= {"successor": successor} if successor else {}
    return records


def write_list(path: Path, records: dict[str, dict]) -> None:
    """Write the records sorted, a few lines each; the old file stays whole until the new one is."""

    def text(value: object) -> str:  # JSON strings are YAML strings
        return json.dumps(str(value), ensure_ascii=False)

    lines = [HEAD]
    for address, record in sorted(records.items()):
        changes = record.get("changes") or []
        fields = {name: record[name] for name in ORDER if record.get(name)}
        fields |= {name: value for name, value in record.items() if name != "changes" and name not in fields}
        lines.append(f"{text(address)}:\n")
        lines += [f"  {name}: {text(value)}\n" for name, value in fields.items()]
        lines += ["  changes:\n"] if changes else []
        for change in changes:
            lines.append(f"    - {{date: {text(change['date'])}, note: {text(change['note'])}}}\n")
    replace_file(path, "".join(lines).encode("utf-8"))


def replace_file(path: Path, data: bytes) -> None:
    """Write a file as a whole: the old one stays until the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")  # generators pass over names with a dot, should it be left
    try:
        fresh.write_bytes(data)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


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
    today, day = datetime.date.today(), datetime.date.fromisoformat
    parser.add_argument("--date", type=day, default=today, metavar="YYYY-MM-DD", help="today by default")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    options = options_from(arguments)
    try:
        own = notes_of(options.notes) if options.notes else {}
        words = Words(str(options.date), options.note, options.typo, own)
        content = current_content(Path(load_config(options.config).docs_dir).resolve())
        if options.retire:
            records = retire(content, words, options.retire, options.successor)
            done = f"1 retired: {options.retire}"
        else:
            records, done = update(content, words)
        write_list(content.root / LIST, records)
    except NotRecorded as reason:
        print(f"nothing was recorded: {reason}", file=sys.stderr)
        return 1
    except (OSError, click.ClickException) as reason:
        print(f"nothing was recorded: {reason}", file=sys.stderr)
        return 2
    print(f"docs/{LIST}: {len(records)} addresses, {done}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; the list is whole, with this edit or without it")
