"""The text of a memo in which briefing.py looks for links, from each format that it reads.

docs/assets/memo-rules.json says what formats and typesetting put into links; docs/assets/briefing.js reads
memos in the same way.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"
RULES = json.loads((ASSETS / "memo-rules.json").read_text(encoding="utf-8"))
MOST_BYTES = RULES["most_bytes"]  # of a memo, packed or unpacked


@functools.cache
def compiled(pattern: str, hosts: str = "") -> re.Pattern[str]:
    """A pattern of the rules with what its capital words stand for."""
    for word, meaning in (("LINK_SIGN", RULES["sign"]), ("HOST", hosts), ("END", r"(?![\s\S])")):
        pattern = pattern.replace(word, meaning)
    return re.compile(pattern, re.ASCII)


def swap(text: str, steps: list[list[str]]) -> str:
    """The text after each replacement of a list in the rules."""
    for pattern, new in steps:
        text = compiled(pattern).sub(re.sub(r"\$(\d)", r"\\g<\1>", new), text)
    return text


def decode(text: str, sign: str = "%", otherwise: str = "") -> str:
    """Percent-decoded, or with another sign; runs that give no text are put otherwise or stay."""

    def run(found: re.Match[str]) -> str:
        try:
            return bytes.fromhex(found[0].replace(sign, "")).decode()
        except UnicodeDecodeError:
            return otherwise or found[0]

    return re.sub(f"(?:{sign}[0-9A-Fa-f]{{2}})+", run, text)


def from_bytes(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, with its mark of order or without."""
    for mark, zeros, name in ((b"\xff\xfe", (1, 3), "utf-16-le"), (b"\xfe\xff", (0, 2), "utf-16-be")):
        if data.startswith(mark) or len(data) > 3 and not any(data[at] for at in zeros):
            return data.removeprefix(mark).decode(name, "replace")
    return data.decode("utf-8-sig", "replace")


def quoted_printable(text: str) -> str:
    """The text without the equals signs of quoted-printable."""
    text = re.sub("cited=(?=[12][0-9]{3}-)", "cited=3D", text)  # of a part that is not coded
    return decode(re.sub("=[ \t]*\r?\n", "", text), "=", "\ufffd")


def plain(text: str) -> str:
    """The text without what formats and typesetting put into links."""

    def sign(found: re.Match[str]) -> str:
        if found[3]:
            return RULES["names"].get(found[3], found[0])
        code = int(found[1] or found[2], 10 if found[1] else 16)
        return chr(code) if 0 < code < 0x110000 and code >> 11 != 27 else found[0]

    if re.search(RULES["quoted_printable"], text):  # pasted as it was sent
        text = quoted_printable(text)
    text = swap(text, RULES["before"])
    for _ in range(2):  # HTML in XML has references of references
        text = re.sub(RULES["reference"], sign, text)
    return swap(text, RULES["after"])


def from_xml(xml: str, relations: str = "") -> str:
    """The text of a part of an office file. Word keeps targets in a second part, fragments apart."""

    def value(tag: str, name: str) -> str:
        return (re.findall(rf"""[ \t\r\n]{name}=["']([^"']*)""", tag) or [""])[0]

    def target(found: re.Match[str]) -> str:
        leads, anchor = targets.get(value(found[0], "(?!w:)[A-Za-z0-9]+:id")), value(found[0], "w:anchor")
        return f" {leads}{'#' * bool(anchor)}{anchor} " if leads else ""

    tags = re.findall("<[^<>]*>", relations)
    targets = {value(tag, "Id"): value(tag, "Target") for tag in tags} | {"": ""}
    return re.sub("<[^<>]*>", target, swap(xml, RULES["xml"]))


def from_office(data: bytes) -> str:
    """The text of all parts of a Word or OpenDocument file, the main one first. Raises many errors."""
    left, archive = MOST_BYTES, zipfile.ZipFile(io.BytesIO(data))

    def part(name: str) -> str:
        nonlocal left
        if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("packed in a way that browsers cannot undo")
        with archive.open(name) as stream:
            held = stream.read(left + 1)  # because sizes in an archive can be false
        left -= len(held)
        if left < 0:
            raise ValueError("too large")
        return from_bytes(held)

    names = set(archive.namelist())
    main, read = "content.xml", {"styles.xml"} & names
    if main not in names:
        tag = re.findall(r"<[^<>]*/officeDocument[\"'][^<>]*>", part("_rels/.rels"))[0]
        main = re.findall(r"[ \t\r\n]Target=[\"']/?([^\"']*)", tag)[0]
        folder = re.sub(r"[^/]*\Z", "", main)
        read = {name for name in names if name.startswith(folder) and name.endswith(".xml")}
    texts = []
    for name in [main, *sorted(read - {main})]:
        beside = re.sub(r"([^/]*)\Z", r"_rels/\1.rels", name, count=1)
        texts.append(from_xml(part(name), part(beside) if beside in names else ""))
    return "\n".join(texts)


def from_mail(text: str) -> str:
    """The texts of a mail, without attachments; read as the page does, which forgives more than `email`."""
    bounds = "|".join(re.escape(found) for found in re.findall(r'(?i)boundary="?([^"\r\n;]+)', text))
    between = rf"(?:^|\r?\n)--(?:{bounds})(?:--)?[ \t]*(?:\r?\n|(?![\s\S]))"
    return "\n\n".join(map(from_part, re.split(between, text) if bounds else [text]))


def from_part(part: str) -> str:
    """The text of a part of a mail; nothing if it is not text."""

    def field(name: str) -> str:
        found = re.search(rf"(?:^|\n)content-{name}:[ \t\r\n]*([\w/-]+)", head, re.A | re.I)
        return found[1].lower() if found else ""

    if not (gap := re.search(r"(?:^|\n)\r?\n", part)):
        return ""
    head, body = part[: gap.start()], part[gap.end() :]
    kind, coded = field("type") or "text/", field("transfer-encoding")
    if kind.startswith("message/"):
        return from_mail(body)
    if not kind.startswith("text/"):
        return ""
    if coded == "base64":
        signs = re.sub("[^A-Za-z0-9+/]", "", body)
        return from_bytes(base64.b64decode(signs + "=" * (-len(signs) % 4)))
    return quoted_printable(body) if coded == "quoted-printable" else body


def from_pdf(data: bytes) -> str:
    """The text and the links of a PDF file. Raises ImportError without pypdf, and many kinds of errors."""
    from pypdf import PdfReader

    said: list[str] = []
    for page in PdfReader(io.BytesIO(data)).pages:
        for note in page.get("/Annots", ()):
            action = note.get_object().get("/A", {}).get_object()
            said.append(str(action.get("/URI", "")))
        said.append(page.extract_text())
        if sum(map(len, said)) > MOST_BYTES:
            raise ValueError("too large")
    return "\n\n".join(said)


READERS: dict[str, Callable[[bytes], str]] = {
    "text": from_bytes,
    "office": from_office,
    "mail": lambda data: from_mail(from_bytes(data)),
    "rtf": lambda data: swap(from_bytes(data), RULES["rtf"]),
    "pdf": from_pdf,
}


def read(name: str, data: bytes) -> str:
    """The text of a memo. Raises ValueError, with what to do, for a file that cannot be read."""
    kind = next((kind for kind, ends in RULES["kinds"].items() if compiled(ends).search(name.lower())), "")
    if not kind:
        raise ValueError(f"{name} {RULES['faults']['unknown']}")
    try:
        if len(data) > MOST_BYTES:
            raise ValueError("too large")
        return plain(READERS[kind](data))
    except ImportError as error:
        raise ValueError(f"{name} is a PDF file; to read it, run `python -m pip install pypdf`") from error
    except Exception as error:  # zipfile, zlib, email and pypdf have many ways to say it
        raise ValueError(f"{name} {RULES['faults']['damaged']}") from error
