#!/usr/bin/env python3
"""Say of each link into the site that a memo holds whether it lands, has changed, is cut, retired or unknown.

Reads text, Markdown, HTML, .docx, .odt, .rtf, .eml and, where pypdf is installed, .pdf. Exit code: 0 all
links land, and where the words have changed a note says how; 1 a link does not land, is cut or cannot be
read; 2 it cannot run. The page /briefing/ does the same in the browser (docs/assets/briefing.js). Both
follow docs/assets/memo-rules.json, and a test holds both to the same memos.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from memo_text import MOST_BYTES, RULES, compiled, decode, from_bytes, read, swap

DEFAULT = Path(__file__).resolve().parent.parent / "site" / "data" / "permalinks.json"
STATES: dict[str, list[str]] = RULES["states"]


class Link(NamedTuple):
    """Where a link leads."""

    address: str  # within the site; as it stands where that is not known
    cited: str = ""  # the day, and the digest of the words cited
    digest: str = ""
    damaged: bool = False  # something of it is missing
    nearest: str = ""  # what it was if its damage tells
    unread: bool = False  # only another service knows where it leads


def bare(url: str) -> str:
    """Without its scheme, and with its host as the list has it."""
    rest = compiled(RULES["scheme"]).sub("", url)
    host, after = re.findall(r"\A([^/?#]*)([\s\S]*)", rest)[0]
    return compiled(RULES["host"]).sub("", host.lower()) + after


def from_base64(text: str) -> str:
    """What Base64 holds; nothing if it is not that."""
    try:
        text = decode(text)
        return from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return ""


def from_proofpoint(url: str, packed: str) -> str:
    """A link with stars for signs that are kept apart: `*` for one, `**` and a letter for a run of them."""
    signs = iter(from_base64(packed))

    def run(found: re.Match[str]) -> str:
        length = RULES["run"].find(found[1]) + 2 if found[1] else 1
        return "".join(sign for _, sign in zip(range(length), signs, strict=False))

    return re.sub(r"\*(?:\*(.))?", run, url)


UNDO: dict[str, Callable[..., str]] = {
    "plain": str,
    "encoded": decode,
    "base64": from_base64,
    "proofpoint-2": lambda url: decode(url.replace("-", "%").replace("_", "/")),
    "proofpoint-3": from_proofpoint,
}


def history(entry: dict) -> list[tuple[str, str]]:
    """Day and digest of each version of an entry, in order; nothing where the list has none."""
    return [(day, digest) for day, digest in (each.split(" ") for each in entry.get("versions", []))]


def cited_version(link: Link, versions: list[tuple[str, str]]) -> int:
    """The number of the version that a link cites: by its digest, else the last surely from before."""
    same = [number for number, (_, digest) in enumerate(versions) if digest == link.digest]
    # Words that came back count as what they were on that day
    exact = [number for number in same if versions[number][0] <= link.cited] or same
    before = [number for number, (day, _) in enumerate(versions) if day < link.cited or not number]
    until = [number for number, (day, _) in enumerate(versions) if day <= link.cited or not number]
    unsure = any(day == link.cited for day, _ in versions[1:])
    return (exact or ([-1] if link.digest or not link.cited else before if unsure else until) or [-1])[-1]


def names_of(address: str, entry: dict) -> Iterator[str]:
    """What else leads to a place: its code, also after its page, or the page for frames of a figure."""
    page, _, name = address.partition("#")
    if code := entry.get("code"):
        yield from (f"{page}#{code.lower()}", f"{page}#{code}", f"/{code}/")
    if entry.get("kind") == "figure":
        yield f"/figures/{name.removeprefix('figure-')}/"


def since(link: Link, entry: dict) -> dict:
    """What became of a place since it was cited, as `Checker.judge` gives it."""
    versions, now, found = history(entry), entry.get("digest"), {}
    notes, old = [note for note in entry.get("changes", []) if note["date"] >= link.cited], link.digest
    if (seen := cited_version(link, versions)) >= 0:
        (day, old), (following, _) = [*versions, ("", "")][seen : seen + 2]
        notes = [note for note in entry.get("changes", []) if note["date"] > day or note["date"] == following]
        found = {"as_cited": f"/v/{old}/"} if old != now else {}
    if "retired" in entry:
        change = {"date": entry["retired"], "note": entry["note"]}
        places = [place for place in (entry.get("successor"), *entry.get("also", [])) if place]
        says = "succeeded" if places else "alone"
        return {"state": "retired", "says": says, "changes": [change], "successors": places} | found
    if not link.cited:
        return {"state": "lands", "says": "undated"}
    days = [day for day, _ in versions[1:]] if versions else [note["date"] for note in notes[-1:]]
    if notes and link.cited in days and not (link.digest and now):
        return {"state": "changed", "says": "that-day", "changes": notes} | found
    if old == now if old and now else not notes:
        return {"state": "lands", "says": "back" if notes and seen >= 0 else "unchanged"}
    if notes or seen < 0:
        return {"state": "changed", "says": "changed" if notes else "no-word", "changes": notes} | found
    return {"state": "lands", "says": "mended"} | found


class Checker:
    """A list of addresses that is asked about links; `roots` are other addresses of the same site."""

    def __init__(self, contract: dict, *roots: str) -> None:
        addresses: dict[str, dict] = contract["addresses"]
        # Where several addresses had a name, the one that is there
        entries = sorted(addresses.items(), key=lambda item: "retired" not in item[1])
        names = {name: entry for address, entry in entries for name in names_of(address, entry)}
        versions = {f"/v/{digest}/": {"version": ""} for _, entry in entries for _, digest in history(entry)}
        self.known: dict[str, dict] = names | versions | addresses
        self.sites = [bare(url).removesuffix("/") for url in (contract["site"], *roots)]
        hosts = "|".join(site.partition("/")[0].replace(".", "[.]") for site in self.sites)
        either = re.sub("[a-z]", lambda sign: f"[{sign[0]}{sign[0].upper()}]", hosts)
        self.link, self.gap, self.unread = (
            compiled(RULES[name], either) for name in ("link", "gap", "unread")
        )
        self.wrappers = [(UNDO[how], compiled(pattern, either)) for how, pattern in RULES["wrappers"]]

    def named(self, rest: str) -> Link:
        """What the part of a link after the site's root names."""
        before, sharp, fragment = rest.partition("#")
        path, _, query = before.partition("?")
        page, name = re.sub(r"/index\.html\Z", "/", decode(path)), decode(fragment.split(":~:")[0])
        plain = page.endswith("/") or compiled(RULES["file"]).search(page)
        address = page + "/" * (not plain) + "#" * bool(name) + name
        cited = compiled(RULES["cited"]).search(decode(query))
        damaged = bool(not cited and compiled(RULES["damaged"]).search(query) or sharp and not fragment)
        day, digest = cited.groups("") if cited else ("", "")
        return Link(address[:300], day, digest, damaged)

    def whole(self, link: Link | None) -> bool:
        """Whether a link names something and nothing of it is missing."""
        return link is not None and link.address in self.known and not link.damaged

    def place(self, link: str) -> Link | None:
        """What a link into the site names; nothing if it leads elsewhere."""
        rest = bare(link.rstrip(RULES["ends"]))
        for site in self.sites:
            inside = rest[len(site) :]
            if rest.startswith(site) and inside[:1] in ("", "/", "?", "#"):
                found = self.named(inside)
                return found if self.whole(found) else self.mended(found, inside)
            if len(rest) > 5 and site.startswith(rest) and rest.rstrip("/") != site.partition("/")[0]:
                return Link(rest, damaged=True, nearest="/")
        return None

    def mended(self, found: Link, inside: str) -> Link:
        """A link that names nothing, without the words that stand behind it or with its signs decoded."""
        ends = (mark.start() for mark in compiled(RULES["glued"]).finditer(inside[:300]))
        if shorter := next(filter(self.whole, (self.named(inside[:end]) for end in ends)), None):
            return shorter
        meant = self.named(swap(decode(inside), RULES["meant"]))
        return found._replace(damaged=True, nearest=meant.address) if self.whole(meant) else found

    def follow(self, link: str, depth: int = 4) -> Link | None:
        """The same, also where other services have wrapped the link."""
        if found := self.place(link):
            return found
        inside = [undo(*part.groups("")) for undo, rule in self.wrappers for part in rule.finditer(link)]
        ends = [end for each in inside if each and depth and (end := self.follow(each, depth - 1))]
        if not any(inside) and self.unread.search(bare(link)):
            return Link(link.rstrip(RULES["ends"])[:300], unread=True)
        return min(ends, key=lambda end: end.unread, default=None)

    def longer(self, address: str) -> str:
        """The shortest address that goes on where this one stops, if any."""
        stem, known = compiled(RULES["stub"]).sub("", address), self.known.items()
        more = (each for each, entry in known if each.startswith(stem) and "retired" not in entry)
        return min((each for each in more if each != address), key=len, default="")

    def links(self, text: str) -> Iterator[Link]:
        """Where each link of a text leads. What a line breaks is joined if that makes it whole."""
        past = 0
        for match in self.link.finditer(text):
            if match.start() < past:
                continue
            found, stems, at, goes_on = self.follow(match[0]), [match[0]], match.end(), False
            if found and compiled(RULES["shortened"]).search(match[0][-3:] + text[at : at + 1]):
                found = found._replace(damaged=found.damaged or bool(self.longer(found.address)))
            for _ in range(8):
                if not (more := self.gap.match(text, at)):
                    break
                at = more.end()
                goes_on |= bool(compiled(RULES["goes_on"]).search(more[1].rstrip(RULES["ends"])))
                starts = [start for stem in stems for start in (stem, re.sub(r"[-=]\Z", "", stem))]
                stems = list(dict.fromkeys(start + more[1] for start in starts))
                joined = next(filter(self.whole, map(self.follow, stems)), None)
                if joined and (goes_on or not self.whole(found)):
                    found, past = joined, at
            if found:
                yield found

    def judge(self, link: Link) -> dict:
        """The state of a link, the sentence of the rules that explains it, and what is known besides."""
        record = self.known.get(link.address)
        if link.unread:
            return {"state": "unread", "says": "wrapped"}
        if not record or link.damaged:
            return self.lost(link)
        return {"state": "lands", "says": "version"} if "version" in record else since(link, record)

    def lost(self, link: Link) -> dict:
        """The same of a link that names nothing, or not all that it named."""
        page, _, name = link.address.partition("#")
        if not link.damaged and compiled(RULES["file"]).search(link.address):
            return {"state": "unread", "says": "file"}
        whole = link.address if link.address in self.known else self.longer(link.address)
        if near := link.nearest or whole:
            return {"state": "cut", "says": "stops", "nearest": near}
        alike = {address.lower(): address for address in self.known}
        page = page if "retired" not in self.known.get(page, {"retired": ""}) else ""
        near = alike.get(link.address.lower()) or alike.get(f"/{name.lower()}/") or page
        return {"state": "never", "says": "near" if near else "nowhere", "nearest": near}


def check(text: str, contract: dict, *roots: str) -> list[dict]:
    """A row for each address and version cited, in the order of the memo."""
    checker = Checker(contract, *roots)
    rows: dict[Link, dict] = {}
    for link in checker.links(text):
        row = rows.setdefault(link, {"address": link.address, "cited": link.cited, "count": 0})
        row |= {"count": row["count"] + 1} | ({} if row["count"] else checker.judge(link))
    return list(rows.values())


def counted(words: list[str], count: int) -> str:
    """The words for one or for many."""
    return words[count > 1].replace("{}", str(count))


def summary(rows: list[dict]) -> str:
    """`3 links into this site: 2 land, 1 is retired. 1 link cannot be read.`"""
    counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
    unread, words = counts.pop("unread"), RULES["summary"]
    total = sum(counts.values())
    parts = ", ".join(f"{count} {counted(STATES[state], count)}" for state, count in counts.items() if count)
    said = f"{counted(words['links'], total)}: {parts}." if total else f"{words['none']}."
    return f"{said} {counted(words['unread'], unread)}" if unread else said


def report(rows: list[dict], site: str) -> Iterator[str]:
    """Lines for the terminal: the summary, then what is known of each link."""
    yield summary(rows)
    for row in rows:
        yield f"{STATES[row['state']][0]:18}{row['address']}{' cited ' * bool(row['cited'])}{row['cited']}"
        yield f"{'':18}{RULES['says'][row['says']]}"
        yield from (f"{'':18}{change['date']}: {change['note']}" for change in row.get("changes", []))
        yield from (f"{'':18}{key}: {site}{row[key][1:]}" for key in ("nearest", "as_cited") if row.get(key))
        yield from (f"{'':18}successor: {site}{place[1:]}" for place in row.get("successors", []))


def load(where: str) -> dict:
    """The list of addresses, from a file or the web. Raises ValueError, with what to do."""
    try:
        on_the_web = re.match("https?://", where)
        with urllib.request.urlopen(where, timeout=30) if on_the_web else open(where, "rb") as stream:
            contract = json.load(stream)
        return contract | {"site": contract["site"], "addresses": contract["addresses"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{where} is no list of addresses ({error}); run `make site` or name one") from error


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("memo", type=Path)
    parser.add_argument("--permalinks", default=str(DEFAULT), metavar="FILE_OR_URL", help="list of addresses")
    parser.add_argument("--site", action="append", default=[], metavar="URL", help="another root of the site")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    try:
        contract = load(options.permalinks)
        with options.memo.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        rows = check(read(options.memo.name, data), contract, *options.site)
    except (OSError, ValueError) as error:
        print(f"briefing.py cannot run: {error}", file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    for line in [json.dumps(rows)] if options.format == "json" else report(rows, contract["site"]):
        # A terminal would obey the signs that are not printable
        print("".join(sign if sign.isprintable() else "\ufffd" for sign in line))
    return int(any(row["state"] != "lands" and row["says"] not in ("changed", "that-day") for row in rows))


if __name__ == "__main__":
    sys.exit(main())
