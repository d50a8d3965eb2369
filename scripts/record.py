#!/usr/bin/env python3
"""Bring the list of published addresses up to date after an edit.

  record.py                                    adds new addresses
  record.py --note "why readers should know"   gives changed ones the day and the note; if nothing has
                                               changed, the note announces what is new
  record.py --added "why readers should know"  announces what is new, beside a note for what has changed
  record.py --typo                             takes changed ones as they are: no change of substance
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
from dataclasses import dataclass
from pathlib import Path

import click
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
SHOWN = 20  # addresses in a message
STOPS = ("PRM001", "PRM002", "PRM008")  # rules that must hold before anything is recorded


class NotRecorded(Exception):
    """The list cannot be brought up to date without a decision; the text says which."""


@dataclass(frozen=True)
class Words:
    """What the maintainer says: the day, why texts changed or are given up, why there is something new."""

    day: str
    note: str = ""
    added: str = ""
    typo: bool = False


def update(content: Content, words: Words) -> tuple[dict[str, dict], str]:
    """The records brought up to date with what the site publishes, and what was done in words.

    Raises NotRecorded for vanished addresses, codes that are given twice, and changes without a note.
    """
    found = places(content)
    if stops := [problem for problem in check(content) if problem.rule in STOPS]:
        raise NotRecorded("\n".join(map(str, stops)))
    edited = [place.address for place in changed(content, found)]
    if edited and not words.typo and not words.note:
        raise NotRecorded(without_note(edited))
    records = {address: dict(record.fields) for address, record in content.permalinks.items()}
    new = [address for address in found if address not in records]
    added = words.added or ("" if edited else words.note)
    announced = [address for address in new if found[address].kind not in QUIET] or new
    for address, place in found.items():
        record = records.setdefault(address, {"since": words.day})
        record["digest"] = place.digest
        if place.code:
            record["code"] = place.code
        note = words.note if address in edited and not words.typo else added if address in announced else ""
        if note:
            record["changes"] = [*(record.get("changes") or []), {"date": words.day, "note": note}]
    return records, summary(new, announced if added else [], edited, words)


def without_note(edited: list[str]) -> str:
    """What to do about changes that nobody has explained."""
    more = f"\n  and {len(edited) - SHOWN} more" if len(edited) > SHOWN else ""
    rows = "\n  ".join(edited[:SHOWN])
    what = "1 address has" if len(edited) == 1 else f"{len(edited)} addresses have"
    advice = 'make record NOTE="…", or that nothing of substance changed, make record TYPO=1'
    return f"the text of {what} changed:\n  {rows}{more}\nSay why readers should know, {advice}."


def summary(new: list[str], announced: list[str], edited: list[str], words: Words) -> str:
    """What was recorded, and what of the maintainer's words was not used."""
    told = f" ({len(announced)} announced to readers)" if announced else ""
    said = [f"{len(new)} new{told}, {len(edited)} changed"]
    if words.note and not (edited and not words.typo) and not (announced and not words.added):
        said.append("the note was not used")
    elif words.note and edited and new and not words.added:
        said.append('the note is for what changed; what is new has none (ADDED="…" would have announced it)')
    if words.added and not new:
        said.append("ADDED was not used, because nothing is new")
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


def options_from(arguments: list[str] | None) -> argparse.Namespace:
    """The options of the command."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("--config", default="mkdocs.yml")
    for name in ("--note", "--added", "--retire", "--successor"):
        parser.add_argument(name, type=typed, default="")
    parser.add_argument("--typo", action="store_true")
    today, day = datetime.date.today(), datetime.date.fromisoformat
    parser.add_argument("--date", type=day, default=today, metavar="YYYY-MM-DD", help="today by default")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    options = options_from(arguments)
    words = Words(str(options.date), options.note, options.added, options.typo)
    try:
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
