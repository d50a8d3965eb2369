#!/usr/bin/env python3
"""Finish a built site: what needs the whole of it, read from the HTML that readers get and from the list of addresses.

  finish.py site    writes into the folder: data/permalinks.json, changes.xml (an Atom feed of the recorded changes),
                    the downloads (exports.py), a page for each retired page, a mark or a line for each retired id of a
                    page that is there; then leaves out of pages and styles what no page needs (slim.py), and puts into
                    each page its Content-Security-Policy (policy.py). mkdocs.yml asks for the last two

`mkdocs build` and `mkdocs serve` do it by themselves (scripts/mkdocs_hook.py); after another generator run the command.
Running it twice changes nothing. What the list does not know yet is left out; `make check` asks for it.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from posixpath import relpath
from urllib.parse import urlsplit
from xml.etree import ElementTree

from checks.addresses import Address, published
from checks.front_matter import as_date
from checks.links import resolve
from checks.project import CannotRun, Project
from explainer.words import long_date
from exports import export
from policy import refused, with_policy
from record import read_list, replace_file
from slim import slim

ATOM = "http://www.w3.org/2005/Atom"
MARK = 'class="retired" data-unrecorded data-retired'  # the check and the digests pass over what bears it
OURS = re.compile(rf'<(span|p) id="[^"]*" {MARK}>.*?</\1>')
INSIDE = ("dt", "li", "tr", "td", "th")  # elements before which no span may stand
OPENING = '<!doctype html>\n<html lang="en" data-retired>'  # by which a page of an earlier run is known
PAGE = OPENING + """
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title} · {site}</title>
{head}</head>
<body>
<main class="retired-page">
<h1>{title}</h1>
{lines}
<p class="home"><a href="{home}">{site}</a></p>
</main>
</body>
</html>
"""


def finish(site: Path, config: Path = Path("mkdocs.yml"), preview: bool = False) -> None:
    """Write everything that this module is for. Raises CannotRun, with one line, if site or list cannot be read.

    A preview gets no policy, because what its server adds to each page would be refused.
    """
    project = Project(config)
    wanted = project.config.get("extra") or {}
    try:
        if project.settings.get("permalinks"):
            write_lists(project, site)
        if wanted.get("slim"):
            slim(site, write)
    finally:  # last, and also where the list cannot be read
        if (policy := wanted.get("content_security_policy")) and not preview:
            write_policies(site, policy if isinstance(policy, list) else ())


def write_policies(site: Path, styles: Iterable[str] = ()) -> None:
    """Put the policy into every page. Raises ValueError, after the last one, if a page does not go with it."""
    faults = []
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        faults += [f"{path.relative_to(site).as_posix()} has {what}" for what in refused(text)]
        write(path, with_policy(text, styles))
    if faults:
        raise ValueError(f"browsers will refuse this under the content security policy: {'; '.join(faults)}; "
                         "use a class and the files in assets/ instead")


def write_lists(project: Project, site: Path) -> None:
    """Write what comes from the list of addresses. Raises CannotRun, with one line, if site or list cannot be read."""
    project.read_site(site)
    records = read_list(project.root / str(project.settings["permalinks"]))
    records = {address: record for address, record in sorted(records.items())
               if str(address).startswith("/") and as_date(record.get("since"))}  # the check names the others
    own = addresses(records, published(project))
    contract = with_changes_inside(own)
    name = str(project.config.get("site_name") or "")
    data = {"title": name, "site": project.address, "addresses": contract}
    write(site / "data" / "permalinks.json", json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    export(project, site, own, write)
    (site / "sitemap.xml.gz").unlink(missing_ok=True)  # it holds the time of the build; hosts compress the other one
    write(site / "changes.xml", feed(own, name, str(project.config.get("site_author") or name), project.address))
    retired: dict[str, dict[str, dict]] = {}  # by file, what has left it by id; the page itself has none
    for address, entry in contract.items():
        if "retired" in entry and (target := resolve(project, "", address.lstrip("/"))):
            retired.setdefault(target[0], {})[target[1]] = entry
    for key in sorted({*retired, *(key for key in project.pages if b"data-retired" in (site / key).read_bytes())}):
        page, entries = project.pages.get(key), retired.get(key, {})
        if page is None or (site / key).read_text(encoding="utf-8").startswith(OPENING):
            if "" in entries:  # if only its ids are retired, the page has vanished, as the check says
                write(site / key, stub(project, key, entries, contract))
        else:
            old = (site / key).read_text(encoding="utf-8")
            write(site / key, marked(project, key, old, entries, contract))
    escape_titles(site / "search" / "search_index.json")


def escape_titles(index: Path) -> None:
    """In the words for the search: a page's title is front matter, so text, but the theme shows its results as HTML."""
    data = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {"docs": []}
    hostile = [entry for entry in data["docs"] if "<" in entry["title"] and "#" not in entry["location"]]
    for entry in hostile:
        entry["title"] = entry["title"].replace("<", "&lt;")
    if hostile:
        write(index, json.dumps(data, separators=(",", ":")))


def addresses(records: dict[str, dict], found: dict[str, Address]) -> dict[str, dict]:
    """What the world may know of each recorded address: of those that the site has, and of those given up."""
    known: dict[str, dict] = {}
    for address, record in records.items():
        entry: dict = {"since": str(record["since"])}
        if changes := changes_of(record):
            entry["changes"] = changes
        if "retired" in record:
            page, _, anchor = address.partition("#")
            entry |= {"kind": "section" if anchor else "page", "title": address, "within": page if anchor else "",
                      "retired": str(record["retired"]), "note": str(record.get("note") or "")}
            if successor := last_successor(records, address):
                entry["successor"] = successor
        elif address in found:
            here = found[address]
            entry |= {"kind": here.kind, "title": here.title, "within": here.within}
            entry |= {field: value for field in ("code", "as_of") if (value := getattr(here, field))}
        else:
            continue  # it has vanished, as the check says
        known[address] = entry
    return known


def with_changes_inside(contract: dict[str, dict]) -> dict[str, dict]:
    """The same, where each address also counts what was changed or given up inside it, oldest first, each note once.

    So that those who read the list (docs/assets/cite.js and briefing.js, scripts/briefing.py) need not look further.
    """
    known: dict[str, dict[tuple[str, str], None]] = {}
    for address, entry in contract.items():
        news = [(change["date"], change["note"]) for change in entry.get("changes", [])]
        holder = address
        while holder in contract:
            known.setdefault(holder, {}).update(dict.fromkeys(news))
            if holder == address and "retired" in entry:
                news = [*news, (entry["retired"], f"{address} was given up: {entry['note']}")]
            holder = contract[holder]["within"]
    return {address: {key: value for key, value in entry.items() if key != "changes"} | (
        {"changes": [{"date": day, "note": note} for day, note in sorted(known[address])]} if known[address] else {})
        for address, entry in contract.items()}


def changes_of(record: dict) -> list[dict[str, str]]:
    """The changes of a record, oldest first; without those that have no date or no note."""
    changes = record.get("changes")
    changes = [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []
    texts = [{"date": str(change.get("date")), "note": str(change.get("note") or "")} for change in changes]
    return sorted((text for text in texts if as_date(text["date"]) and text["note"]), key=lambda text: text["date"])


def last_successor(records: dict[str, dict], address: str) -> str:
    """What took the place of a retired address, and of that if it was retired as well; empty if nothing did."""
    seen = [address]
    while (following := str(records.get(seen[-1], {}).get("successor") or "")) and following not in seen:
        seen.append(following)
    return seen[-1] if len(seen) > 1 else ""


def feed(contract: dict[str, dict], title: str, author: str, site: str) -> str:
    """An Atom feed: one entry for each address and date, newest first. An entry's id never changes."""
    news: dict[tuple[str, str], list[str]] = {}
    for address, entry in contract.items():
        for change in entry.get("changes", []):
            news.setdefault((change["date"], address), []).append(change["note"])
        if "retired" in entry:
            news.setdefault((entry["retired"], address), []).append(f"Given up: {entry['note']}")
    days = [day for day, _ in news] or [entry["since"] for entry in contract.values()] or ["1970-01-01"]
    parts = urlsplit(site)
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})

    def add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
        element = ElementTree.SubElement(parent, tag, attributes)
        element.text = text or None
        return element

    add(root, "id", site + "changes.xml")
    add(root, "title", f"{title}: changes of substance")
    add(root, "updated", f"{max(days)}T00:00:00Z")
    add(add(root, "author"), "name", author or site)
    add(root, "link", rel="self", type="application/atom+xml", href=site + "changes.xml")
    add(root, "link", rel="alternate", type="text/html", href=site)
    for day, address in sorted(sorted(news, key=lambda key: key[1]), key=lambda key: key[0], reverse=True):
        entry, item = contract[address], add(root, "entry")
        add(item, "id", f"tag:{parts.hostname or 'localhost'},{day}:{parts.path.rstrip('/')}{address}")
        add(item, "title", f"{entry['code']}: {entry['title']}" if "code" in entry else entry["title"])
        add(item, "updated", f"{day}T00:00:00Z")
        add(item, "link", rel="alternate", type="text/html", href=site + address[1:])
        add(item, "summary", " ".join(news[day, address]), type="text")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def link(key: str, address: str) -> str:
    """The way from a file of the site to an address that counts from the site's root, for an attribute."""
    path, _, anchor = address.lstrip("/").partition("#")
    way = relpath(path or ".", os.path.dirname(key) or ".")
    way += "/" if not path or path.endswith("/") else ""
    return escape(way + (f"#{anchor}" if anchor else ""))


def long(day: str) -> str:
    """`2026-11-24` as 24 November 2026, in a time element; as it is if it is no date."""
    date = as_date(day)
    return f'<time datetime="{date}">{long_date(day)}</time>' if date else escape(day)


def epitaph(key: str, what: str, entry: dict, contract: dict[str, dict]) -> str:
    """The sentences that say when and why an address was given up, and what took its place."""
    note = escape(entry["note"].rstrip(".") or "no reason was recorded")
    onward = ""
    if successor := entry.get("successor"):
        title = contract.get(successor, {}).get("title") or successor
        onward = f' In its place: <a href="{link(key, successor)}">{escape(title)}</a>.'
    return f"{what} was given up on {long(entry['retired'])}: {note}.{onward}"


def line(key: str, name: str, entry: dict, contract: dict[str, dict]) -> str:
    """A paragraph at the address of a retired id, with its epitaph."""
    return f'<p id="{escape(name)}" {MARK}>{epitaph(key, f"“{escape(name)}”", entry, contract)}</p>'


def stub(project: Project, key: str, entries: dict[str, dict], contract: dict[str, dict]) -> str:
    """A page in place of a retired one: it leads on to the successor, or says when and why there is none."""
    name, head = str(project.config.get("site_name") or project.address), ""
    if successor := entries[""].get("successor"):
        canonical = escape(project.address + successor[1:].partition("#")[0])
        head = f'<link rel="canonical" href="{canonical}">\n'
        head += f'<meta http-equiv="refresh" content="0; url={link(key, successor)}">\n'
    if "assets/lead-on.js" in project.files:
        head += f'<script src="{link(key, "/assets/lead-on.js")}" defer></script>\n'
    for style in project.config.get("extra_css") or []:
        head += f'<link rel="stylesheet" href="{link(key, f"/{style}")}">\n'
    lines = "\n".join([f"<p>{epitaph(key, 'This page', entries[''], contract)}</p>",
                       *(line(key, id_, entry, contract) for id_, entry in entries.items() if id_)])
    title = "This page has moved" if successor else "This page was given up"
    return PAGE.format(title=title, head=head, lines=lines, home=link(key, "/"), site=escape(name))


class Places(HTMLParser):
    """Where in a page the elements with ids begin, and where its content ends."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.ids: dict[str, tuple[str, int, int]] = {}  # element, begin and end of its tag
        self.foot, self.depths, self.ends = -1, {}, {}
        self.feed(text)
        ends = [self.foot, *(self.ends.get(name, -1) for name in ("content", "main", "body"))]
        self.end = next((end for end in ends if end >= 0), -1)

    def here(self) -> int:
        row, column = self.getpos()
        return self.starts[row - 1] + column

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given, at = dict(attributes), self.here()
        if given.get("id"):
            self.ids.setdefault(given["id"], (tag, at, at + len(self.get_starttag_text() or "")))
        classes = (given.get("class") or "").split()
        if self.foot < 0 and "page-foot" in classes:
            self.foot = at
        name = "content" if "md-content__inner" in classes else tag
        if tag in ("article", "main", "body"):
            self.depths.setdefault(tag, []).append(name)

    def handle_endtag(self, tag: str) -> None:
        if self.depths.get(tag):
            self.ends[self.depths[tag].pop()] = self.here()


def marked(project: Project, key: str, text: str, entries: dict[str, dict], contract: dict[str, dict]) -> str:
    """A page with the ids that it has lost: each before what took its place, or in a line at the page's end."""
    text = OURS.sub("", text)
    places, added = Places(text), []
    for name, entry in entries.items():
        if not name or name in places.ids:
            continue  # still there, as the check says
        there, anchor = resolve(project, "", entry.get("successor", "/").lstrip("/")) or ("", "")
        if there == key and anchor in places.ids:
            tag, begin, end = places.ids[anchor]
            added.append((end if tag in INSIDE else begin, f'<span id="{escape(name)}" {MARK}></span>'))
        elif places.end >= 0:
            added.append((places.end, line(key, name, entry, contract)))
    for at, piece in reversed(sorted(added, key=lambda place: place[0])):
        text = text[:at] + piece + text[at:]
    return text


def write(path: Path, text: str) -> None:
    """Write a file as a whole. One that would stay the same is left alone."""
    data = text.encode("utf-8")
    if not path.is_file() or path.read_bytes() != data:
        replace_file(path, data)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="the built folder")
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the project's mkdocs.yml")
    options = parser.parse_args(arguments)
    try:
        finish(options.site, options.config)
    except (CannotRun, OSError, ValueError) as reason:
        print(f"the site cannot be finished: {' '.join(str(reason).split())}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
