#!/usr/bin/env python3
"""Say for each link into the site that a memo holds whether it lands, has changed, is retired or unknown.

Reads .md, .txt, .html and .docx. Exit code: 0 all links land, 1 some do not or have changed, 2 it cannot run.
The page /briefing/ takes the same steps in the browser (docs/assets/briefing.js); a test holds both to the
same rows.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

DEFAULT = Path(__file__).resolve().parent.parent / "site" / "data" / "permalinks.json"
# Not in a link: spaces, controls, quotes, brackets, general punctuation; parentheses only in pairs
IN = r"""[^\0- "'<>[\]\\^`{|}\x7f-\xa0\xad«»\u1680\u2000-\u206f\u3000-\u3003\ufeff()]"""
LINK = re.compile(rf"[Hh][Tt][Tt][Pp][Ss]?://(?:{IN}+|\({IN}*\))+")
CITED = re.compile(r"(?:^|&)cited=([12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?:&|$)")
PART = re.compile(r"word/(_rels/)?(document|footnotes|endnotes|comments)\.xml")  # of a Word file
MOST_BYTES = 50_000_000  # unpacked; a longer part of a Word file is no memo
SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
STATES = {
    "lands": ("lands", "land"),
    "changed": ("has changed", "have changed"),
    "retired": ("is retired", "are retired"),
    "never": ("never existed", "never existed"),
}


def plain(text: str) -> str:
    """Replace the character references that HTML, XML and some Markdown use in links."""

    def sign(match: re.Match[str]) -> str:
        code = int(match[1] or match[2] or "0", 10 if match[1] else 16)
        return SIGNS.get(match[3]) or (chr(code) if 0 < code < 0x110000 and code >> 11 != 27 else match[0])

    return re.sub(r"&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));", sign, text)


def word(xml: str, relations: str) -> str:
    """The text of one part of a .docx. Word keeps a link's target in a second file, its fragment apart."""

    def value(tag: str, name: str) -> str:
        return (re.findall(rf"""\s{name}=["']([^"']*)""", tag) or [""])[0]

    def text(tag: str) -> str:
        if target := targets.get(value(tag, "r:id")):
            return f" {target}{'#' * bool(anchor := value(tag, 'w:anchor'))}{anchor} "
        return " " if re.match(r"<(/w:p|w:br|w:tab)[\s/>]", tag) else ""

    tags = re.findall(r"<[^<>]*>", relations)
    targets = {value(tag, "Id"): value(tag, "Target") for tag in tags} | {"": ""}
    said = plain(re.sub(r"<[^<>]*>", lambda tag: text(tag[0]), xml))
    return re.sub(r'HYPERLINK +"([^"]*)" +\\l +"([^"]*)"', r'"\1#\2"', said)


def read(name: str, data: bytes) -> str:
    """The text of a memo in which links are looked for. Raises ValueError for a file that cannot be read."""
    if name.lower().endswith((".md", ".txt", ".htm", ".html")):
        return plain(data.decode("utf-8-sig", "replace"))
    if not name.lower().endswith(".docx"):
        raise ValueError(f"{name} is not a .md, .txt, .html or .docx file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if PART.match(entry.filename)]
            if any(entry.file_size > MOST_BYTES for entry in entries):
                raise ValueError("too large")
            parts = {entry.filename: archive.read(entry).decode("utf-8-sig", "replace") for entry in entries}
        paths = [f"word/{part}.xml" for part in ("document", "footnotes", "endnotes", "comments")]
        paths = [path for path in paths if path in parts or path == paths[0]]
        relations = [parts.get(f"{path.replace('/', '/_rels/')}.rels", "") for path in paths]
        return " ".join(word(parts[path], part) for path, part in zip(paths, relations, strict=True))
    except Exception as error:  # zipfile and zlib have many ways to say it
        fault = "is damaged, too large, protected by a password or not a .docx file"
        raise ValueError(f"{name} {fault}") from error


def bare(url: str) -> str:
    """Without its scheme, and with its host in small letters."""
    return re.sub(r"^[^/?#]*", lambda host: host[0].lower(), url.partition("://")[2])


def decode(text: str) -> str:
    """Percent-decoded, or as it stands where that gives no text."""
    try:
        return text if re.search("%(?![0-9a-fA-F]{2})", text) else urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def place(link: str, sites: list[str]) -> tuple[str, str] | None:
    """The address that a link names and its date of citing; None if it leads to another site."""
    rest = bare(link.rstrip(".,;:!?*_~"))
    after = [rest.removeprefix(site) for site in sites if re.match(re.escape(site) + r"(?:[/?#]|\Z)", rest)]
    if not after:
        return None
    rest, _, fragment = after[0].partition("#")
    path, _, query = rest.partition("?")
    page, name = re.sub(r"/index\.html\Z", "/", decode(path)), decode(fragment.split(":~:")[0])
    address = page + "/" * (not page.endswith("/")) + "#" * bool(name) + name
    return address[:300], "".join(CITED.findall(query)[:1])


def check(text: str, contract: dict, *roots: str) -> list[dict]:
    """A row for each address and date of citing, in the order of the memo."""
    addresses: dict[str, dict] = contract["addresses"]
    rows: dict[tuple[str, str], dict] = {}
    sites = [bare(url).removesuffix("/") for url in (contract["site"], *roots)]

    def judge(address: str, cited: str) -> dict:
        record, page = addresses.get(address), address.partition("#")[0]
        if not record:
            there = "retired" not in addresses.get(page, {"retired": ""})
            return {"state": "never", "nearest": page if there else ""}
        if "retired" in record:
            change = {"date": record["retired"], "note": record["note"]}
            return {"state": "retired", "changes": [change], "successor": record.get("successor", "")}
        changes = [change for change in record.get("changes", []) if cited and change["date"] > cited]
        return {"state": "changed" if changes else "lands", "changes": changes}

    for found in filter(None, (place(link, sites) for link in LINK.findall(text))):
        row = rows.setdefault(found, {"address": found[0], "cited": found[1], "count": 0})
        row |= {"count": row["count"] + 1} | ({} if row["count"] else judge(*found))
    return list(rows.values())


def report(rows: list[dict], site: str) -> Iterator[str]:
    """Lines for the terminal: `3 links into this site: 2 land, 1 is retired.`, then what is known of each."""
    counts = [(sum(row["state"] == state for row in rows), words) for state, words in STATES.items()]
    parts = ", ".join(f"{count} {words[count > 1]}" for count, words in counts if count)
    yield f"{len(rows) or 'No'} link{'s' * (len(rows) != 1)} into this site{': ' * bool(rows)}{parts}."
    for row in rows:
        yield f"{STATES[row['state']][0]:14}{row['address']}{' cited ' * bool(row['cited'])}{row['cited']}"
        yield from (f"{'':14}{change['date']}: {change['note']}" for change in row.get("changes", []))
        yield from (f"{'':14}{key}: {site}{row[key][1:]}" for key in ("successor", "nearest") if row.get(key))


def load(where: str) -> dict:
    """The list of addresses, from a file or the web. Raises ValueError, with what to do."""
    try:
        on_the_web = re.match("https?://", where)
        with urllib.request.urlopen(where, timeout=30) if on_the_web else open(where, "rb") as stream:
            contract = json.load(stream)
        return {"site": contract["site"], "addresses": contract["addresses"]}
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
        rows = check(read(options.memo.name, options.memo.read_bytes()), contract, *options.site)
    except (OSError, ValueError) as error:
        print(f"briefing.py cannot run: {error}", file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    for line in [json.dumps(rows)] if options.format == "json" else report(rows, contract["site"]):
        # A terminal would obey the signs that are not printable
        print("".join(sign if sign.isprintable() else "\ufffd" for sign in line))
    return int(any(row["state"] != "lands" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
