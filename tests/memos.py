"""Memos with links into a made-up site, what is to be said of them (memos.yml), and files that hurt."""

import functools
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

HERE = Path(__file__).parent
BROWSER = HERE / "browser"
CONTRACTS = yaml.safe_load((BROWSER / "contracts.yml").read_text(encoding="utf-8"))
CORPUS = yaml.safe_load((HERE / "memos.yml").read_text(encoding="utf-8"))
CONTRACT = CORPUS.pop("contract")
SITE = CONTRACT["site"]
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# A memo with a link in each state that most have
MARKDOWN = f"""\
[One]({SITE}treaty/?cited=2026-07-03#duty), **{SITE}**, <{SITE}treaty/?cited=2026-05-01#duty>
{SITE}crises/?cited=2026-01-02#gone {SITE}treaty/#no-such {SITE}treaty/#no-aid-to https://bit.ly/3abc
"""
SUMMARY = (
    "6 links into this site: 2 land, 1 has changed, 1 is retired, 1 is probably cut, 1 never existed. "
    "1 link cannot be read."
)


def packed(parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def docx(parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A Word file of the XML of its parts; `rels` names targets of links, `main` the main part."""
    parts = dict(parts)
    main, rels = parts.pop("main", "document"), parts.pop("rels", "").split()
    targets = "".join(
        f'<Relationship Id="{name}" Target="{target}"/>'
        for name, target in zip(rels[::2], rels[1::2], strict=True)
    )
    files = {f"word/{name}.xml": f"<w:document><w:body>{xml}</w:body>" for name, xml in parts.items()}
    files["_rels/.rels"] = f'<Relationship Type="{RELATION}/officeDocument" Target="word/{main}.xml"/>'
    files[f"word/_rels/{main}.xml.rels"] = f"<Relationships>{targets}</Relationships>"
    return packed(files, method)


def written(kind: str, memo: str | dict) -> tuple[str, bytes]:
    """Name and bytes of a memo of the corpus."""
    if isinstance(memo, dict):
        return "memo.docx", docx({name: text.replace("§", SITE) for name, text in memo.items()})
    text = memo.replace("§", SITE)
    if kind == "odt":
        return "memo.odt", packed({"content.xml": f"<office:text>{text}</office:text>"})
    return ("memo.txt", text.encode("utf-16-le")) if kind == "utf-16" else (f"memo.{kind}", text.encode())


def corpus() -> Iterator[tuple[str, str, bytes, list[str]]]:
    """What each case tries, its file, and the rows that are to be: address, day, state, nearest address."""
    for kind, cases in CORPUS.items():
        for tried, memo, *rows in cases:
            yield f"{kind}: {tried}", *written(kind, memo), rows


def flag_encrypted(data: bytes) -> bytes:
    """The same archive with every entry marked as encrypted."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(re.escape(signature), data):
            marked[match.start() + offset] |= 1
    return bytes(marked)


def with_false_sizes(data: bytes) -> bytes:
    """The same archive with every entry said to unpack to 1,000 bytes."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        for match in re.finditer(re.escape(signature), data):
            marked[match.start() + offset : match.start() + offset + 4] = (1000).to_bytes(4, "little")
    return bytes(marked)


# A line of each kind that hurts; the section sign stands for the site
HOSTILE = "\n".join(json.loads((HERE / "hostile.json").read_text(encoding="utf-8")))
HOSTILE = HOSTILE.replace("§", SITE)
HOSTILE += f"{SITE}{'a' * 5000}\n{SITE}{chr(0x1F600) * 400}\n{'(' * 3000}\n{'<' * 3000}"

MEGABYTES = {
    "links": "".join(f"{SITE}treaty/#{number} " for number in range(28_000)),
    "lines": f"{SITE}trea\n" * 30_000,
    "one link": SITE + "a" * 1_500_000,
    "schemes": "http://" * 200_000,
    "parentheses": "https://x(" * 150_000,
    "brackets": "<" * 1_500_000,
    "points": SITE + "." * 1_500_000,
    "references": "&#" * 700_000,
    "fields": 'HYPERLINK "a" ' * 100_000,
    "wrappers": "https://x.example/?url=" + "https://x/?url=" * 100_000,
    "same link": f"({SITE})" * 40_000,
}
WHOLE = docx({"document": SITE})
DAMAGED = {  # how each is made
    "cut.docx": lambda: WHOLE[:-30],
    "empty.docx": bytes,
    "text.docx": lambda: b"no archive",
    "flagged.docx": lambda: flag_encrypted(WHOLE),
    "word.docx": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    "no-main-part.docx": lambda: packed({"word/document.xml": SITE}),
    "flipped.docx": lambda: WHOLE[:60] + bytes([WHOLE[60] ^ 255]) + WHOLE[61:],
    "bomb.docx": lambda: docx({"document": " " * 50_000_001}),
    "many.docx": lambda: docx({"document": "", **{f"header{n}": " " * 20_000_000 for n in range(3)}}),
    "false-size.docx": lambda: with_false_sizes(docx({"document": " " * 300_000_000})),
}


@functools.cache
def damaged(name: str) -> bytes:
    """A file of one of the names in DAMAGED."""
    return DAMAGED[name]()
