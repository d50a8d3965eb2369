"""Memos with links into a made-up site, in each format, with what the links come to; and files that hurt."""

import functools
import io
import json
import re
import zipfile
from html import escape
from pathlib import Path

import yaml

BROWSER = Path(__file__).parent / "browser"
CONTRACTS = yaml.safe_load((BROWSER / "contracts.yml").read_text(encoding="utf-8"))
CONTRACT = CONTRACTS["memos"]
SITE = CONTRACT["site"]
CHANGE = "A second source <b>was</b> found"
# Ten links, as they stand in a memo, with what they come to: address, date of citing, state
TEN = [
    (SITE, "/", "", "lands"),
    (f"{SITE}treaty/?cited=2026-07-02", "/treaty/", "2026-07-02", "lands"),
    (f"{SITE}treaty?cited=2026-05-01#duty", "/treaty/#duty", "2026-05-01", "changed"),
    (f"{SITE}treaty/index.html?x=1&cited=2026-06-30#t3", "/treaty/#t3", "2026-06-30", "changed"),
    (f"{SITE.replace('https', 'http')}crises/#%C3%A9t%C3%A9", "/crises/#été", "", "lands"),
    (f"{SITE}crises/?cited=2026-01-02#gone", "/crises/#gone", "2026-01-02", "retired"),
    (f"{SITE}past/", "/past/", "", "retired"),
    (f"{SITE}treaty/#no-such", "/treaty/#no-such", "", "never"),
    (f"{SITE.upper().replace('EXPLAINER', 'explainer')}nowhere/", "/nowhere/", "", "never"),
    (f"{SITE}crises/?cited=2026-99-99", "/crises/", "", "lands"),
]
MARKDOWN = "\n".join(
    [
        "# Memo",
        *(f"{number}. See [this]({link}), or not." for number, (link, *_) in enumerate(TEN[:6])),
        f"Also **{TEN[6][0]}**, <{TEN[7][0]}>; (and {TEN[8][0]}).",
        f'[1]: {TEN[9][0]} "Title"',
        f"![](https://elsewhere.example/?to={SITE}) and https://host.example.evil.example/explainer/treaty/",
    ]
)
TEXT = "\n".join(f"({number}) “{link}”, or '{link}'." for number, (link, *_) in enumerate(TEN))
HTML = "<!doctype html><title>Memo</title><body>" + "".join(
    f"<p><a href={quote}{escape(link).replace('/', slash)}{quote}>{number}</a></p>"
    for number, (link, *_) in enumerate(TEN)
    for quote, slash in [("\"'"[number % 2], ("/", "&#x2F;", "&#47;")[number % 3])]
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(links: list[str], method: int = zipfile.ZIP_DEFLATED, extra: str = "") -> bytes:
    """A Word file with links as Word writes them: targets apart, fragments in anchors, fields, split text."""
    body, relations = [], []
    for number, link in enumerate(links):
        target, _, anchor = link.partition("#")
        if number % 3 == 0:
            at_anchor = f' w:anchor="{escape(anchor)}"' if anchor else ""
            body.append(
                f'<w:hyperlink r:id="rId{number}"{at_anchor}><w:r><w:t>link</w:t></w:r></w:hyperlink>'
            )
            relations.append(
                f'<Relationship Id="rId{number}" Target="{escape(target)}" TargetMode="External"/>'
            )
        elif number % 3 == 1:
            half = len(link) // 2
            body.append(
                f"<w:r><w:t>see {escape(link[:half])}</w:t></w:r>"
                f"<w:r><w:rPr><w:b/></w:rPr><w:t>{escape(link[half:])}</w:t></w:r>"
            )
        else:
            field = f' HYPERLINK "{target}" \\l "{anchor}" ' if anchor else f' HYPERLINK "{target}" '
            body.append(f"<w:r><w:instrText>{escape(field)}</w:instrText></w:r>")
    text = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in body)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        document = f'<w:document xmlns:w="w" xmlns:r="{RELATION}"><w:body>{text}{extra}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        archive.writestr(
            "word/_rels/document.xml.rels", f"<Relationships>{''.join(relations)}</Relationships>"
        )
    return stream.getvalue()


def flag_encrypted(data: bytes) -> bytes:
    """The same archive with every entry marked as encrypted."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        for match in re.finditer(re.escape(signature), data):
            marked[match.start() + offset] |= 1
    return bytes(marked)


# A line of each kind that hurts; the section sign stands for the site
HOSTILE = "\n".join(json.loads((Path(__file__).parent / "hostile.json").read_text(encoding="utf-8")))
HOSTILE = HOSTILE.replace("§", SITE)
HOSTILE += f"{SITE}{'a' * 5000}\n{SITE}{chr(0x1F600) * 400}\n{'(' * 3000}\n{'<' * 3000}"

MEMOS = {
    "memo.md": MARKDOWN.encode(),
    "memo.txt": b"\xef\xbb\xbf" + TEXT.encode(),
    "memo.html": HTML.encode(),
    "memo.docx": docx([link for link, *_ in TEN]),
    "stored.docx": docx([link for link, *_ in TEN], zipfile.ZIP_STORED),
}
MEGABYTES = {
    "links": "".join(f"{SITE}treaty/#{number} " for number in range(28_000)),
    "one link": SITE + "a" * 1_500_000,
    "schemes": "http://" * 200_000,
    "parentheses": "https://x(" * 150_000,
    "brackets": "<" * 1_500_000,
    "points": SITE + "." * 1_500_000,
    "references": "&#" * 700_000,
    "fields": 'HYPERLINK "' * 130_000,
    "same link": f"({SITE})" * 40_000,
}
WHOLE, MANY = docx([SITE]), docx([f"{SITE}{number}" for number in range(80)])
DAMAGED = {  # how each is made
    "cut.docx": lambda: WHOLE[:-30],
    "empty.docx": bytes,
    "text.docx": lambda: b"no archive",
    "flagged.docx": lambda: flag_encrypted(WHOLE),
    "word.docx": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    "flagged-stored.docx": lambda: flag_encrypted(docx([SITE], zipfile.ZIP_STORED)),
    "broken.docx": lambda: MANY.replace(b"word/document.xml", b"word/document.txt"),
    "flipped.docx": lambda: MANY[:400] + bytes([MANY[400] ^ 255]) + MANY[401:],
    "bomb.docx": lambda: docx([], extra=" " * 50_000_001),
}


@functools.cache
def damaged(name: str) -> bytes:
    """A file of one of the names in DAMAGED, or what is no memo at all."""
    return DAMAGED.get(name, lambda: b"%PDF-1.7")()
