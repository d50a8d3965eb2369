#!/usr/bin/env python3
"""Bring the list of published addresses up to date after an edit.

  record.py --note "why readers should know"   new addresses are added, changed ones get today's date and the note
  record.py --typo                             changed ones keep their history: nothing of substance has changed
  record.py --retire /treaty/#old --note "…" [--successor /treaty/#new]   give an address up; it is kept, and says why

The list is the file that `extra.check.permalinks` names in mkdocs.yml. Nothing is ever removed from it. When an address has
vanished without being retired, or a change has no note, nothing is written and the message says what to do (exit code 1).
"""
from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
import tempfile
from pathlib import Path

import yaml

from checks.addresses import Address, published
from checks.build import build
from checks.project import CannotRun, Project

HEAD = """# Every address that this site has published. Written by `make record`; briefings link to these for years, so nothing is
# removed: an address that is given up says when, why and what took its place. Sorted, so that two edits merge by hand.
"""


class NotRecorded(Exception):
    """The list cannot be brought up to date without a decision; the text says which."""


def read_list(path: Path) -> dict[str, dict]:
    """The records by address; none if there is no list yet. Raises CannotRun for a damaged one."""
    if not path.exists():
        return {}
    try:
        records = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CannotRun(f"{path} cannot be read: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(records, dict) or not all(isinstance(record, dict) for record in records.values()):
        raise CannotRun(f"{path} must hold `/page/#id:` entries with fields")
    return records


def update(records: dict[str, dict], found: dict[str, Address], day: str, note: str, typo: bool) -> dict[str, list[str]]:
    """Bring records up to date with what the site publishes. Returns the addresses that are new and that changed.

    Raises NotRecorded, before anything is changed, for vanished addresses and for changes without a note.
    """
    vanished = sorted(address for address, record in records.items() if address not in found and "retired" not in record)
    if vanished:
        raise NotRecorded("\n".join([
            f"{len(vanished)} published address{'es are' if len(vanished) > 1 else ' is'} gone:", *map("  {}".format, vanished),
            'Bring them back, or retire each: make record RETIRE="/page/#id" NOTE="why" SUCCESSOR="/page/#new-id"',
            "(without SUCCESSOR the address stays as a tombstone that says why)."]))
    changed = [address for address, entry in found.items()
               if address in records and records[address].get("digest") not in (None, entry.digest)]
    if changed and not typo and not note:
        raise NotRecorded("\n".join([
            f"the text of {len(changed)} address{'es has' if len(changed) > 1 else ' has'} changed:", *map("  {}".format, changed),
            'Say why readers should know, make record NOTE="…", or that nothing of substance changed, make record TYPO=1.']))
    new = [address for address in found if address not in records]
    for address, entry in found.items():
        record = records.setdefault(address, {"since": day})
        record["digest"] = entry.digest
        if address in changed and not typo:
            record.setdefault("changes", []).append({"date": day, "note": note})
    return {"new": new, "changed": changed}


def retire(records: dict[str, dict], found: dict[str, Address], address: str, day: str, note: str, successor: str) -> None:
    """Give an address up. Raises NotRecorded if it was never published, is still there, or its successor is not."""
    if address not in records:
        raise NotRecorded(f"{address} is not in the list; only published addresses can be retired")
    if address in found:
        raise NotRecorded(f"{address} is still on the site; take it off its page first")
    if successor and successor not in found:
        raise NotRecorded(f"the successor {successor} is no address of the site")
    if not note:
        raise NotRecorded('say why: make record RETIRE="…" NOTE="why"')
    records[address] |= {"retired": day, "note": note} | ({"successor": successor} if successor else {})


def write_list(path: Path, records: dict[str, dict]) -> None:
    """Write the records sorted, a few lines each; the old file stays whole until the new one is."""
    def text(value: object) -> str:  # JSON strings are YAML strings
        return json.dumps(value, ensure_ascii=False)

    lines = [HEAD]
    for address in sorted(records):
        record = dict(records[address])
        changes = record.pop("changes", [])
        lines.append(f"{text(address)}:\n")
        lines += [f"  {name}: {text(str(value))}\n" for name, value in record.items()]
        lines += ["  changes:\n"] if changes else []
        lines += [f"    - {{date: {text(str(change['date']))}, note: {text(change['note'])}}}\n" for change in changes]
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
    """What was typed as UTF-8, also where the locale has another encoding."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"))
    parser.add_argument("--site", type=Path, help="a built folder; without it the project is built")
    parser.add_argument("--note", type=typed, default="", help="one line on why the text changed, or why an address is given up")
    parser.add_argument("--typo", action="store_true", help="nothing of substance changed")
    parser.add_argument("--retire", type=typed, metavar="ADDRESS", default="", help="give up an address that has left the site")
    parser.add_argument("--successor", type=typed, metavar="ADDRESS", default="", help="what took its place")
    today = datetime.date.today()
    parser.add_argument("--date", type=datetime.date.fromisoformat, default=today, metavar="YYYY-MM-DD", help="today by default")
    options = parser.parse_args(arguments)
    note, day = " ".join(options.note.split()), str(options.date)
    try:
        project = Project(options.config)
        if not project.settings.get("permalinks"):
            raise CannotRun(f"{options.config} names no list; add `permalinks: docs/data/permalinks.yml` under extra.check")
        path = project.root / str(project.settings["permalinks"])
        records = read_list(path)
        with tempfile.TemporaryDirectory(prefix="record-") as folder:
            failures = [] if options.site else build(options.config, Path(folder))
            if failures:
                raise CannotRun("the site cannot be built as it is; `make check` says where")
            project.read_site(options.site or Path(folder))
            found = published(project)
        if options.retire:
            retire(records, found, options.retire, day, note, options.successor)
            counts = {"retired": [options.retire]}
        else:
            counts = update(records, found, day, note, options.typo)
        write_list(path, records)
    except (CannotRun, NotRecorded, OSError) as reason:
        print(f"nothing was recorded: {reason}", file=sys.stderr)
        return 1 if isinstance(reason, NotRecorded) else 2
    said = ", ".join(f"{len(addresses)} {what}" for what, addresses in counts.items())
    print(f"{project.relative(path)}: {len(records)} addresses, {said}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped; the list is whole, with this edit or without it")
