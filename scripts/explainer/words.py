"""The words that the site shows more than once: labels with shapes, names of languages, dates in full."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import yaml
from markdown import Markdown
from markdown.extensions.smarty import SmartyExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor

# Words that readers see in another form than data has
SPELT = {"not-found": "not found", "none-known": "none known", "no-vote": "no vote"}
POSITIONS = ("hedging", "leaning to hedging", "mixed", "leaning to ally", "ally-like")
TABLES = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
STATUS_MARKS: dict[str, str] = TABLES["status_marks"]
VERDICT_MARKS: dict[str, str] = TABLES["verdict_marks"]
MARKS: dict[str, str] = STATUS_MARKS | TABLES["answer_marks"] | VERDICT_MARKS | TABLES["level_marks"]
MONTHS: list[str] = TABLES["months"]
SOURCE_KINDS: dict[str, str] = TABLES["source_kinds"]
STANCES: dict[str, str] = TABLES["stances"]
LANGUAGES: dict[str, str] = TABLES["languages"]
THEMES: dict[str, str] = TABLES["themes"]


def long_date(iso: str) -> str:
    """An ISO date, as precise as it is: `1907`, `March 2026`, `17 January 2025`."""
    year, *rest = iso.split("-")
    month = [MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([*(str(int(day)) for day in rest[1:]), *month, year])


def begin(words: str) -> str:
    """Words as a sentence begins with them; capitals of names stay."""
    return words[:1].upper() + words[1:]


def listed(names: list[str]) -> str:
    """`A, B and C`, or nothing."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def sentence(note: str) -> str:
    """A note with a full stop, unless it ends a sentence already."""
    note = note.strip()
    return note if note.endswith((".", "?", "!")) else note + "."


def short_reading(reading: str) -> str:
    """The first sentence of a reading without notes and codes, and the second where the first is short."""
    code = r"\[[A-Z]\d+\]"
    bare = re.sub(rf"\[\^[^\]]+\]| \({code}(?:,? (?:and )?{code})*\)", "", reading)
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z])", bare)
    return " ".join(sentences[: 2 if len(sentences[0]) < 24 else 1])


def escape(text: str) -> str:
    """Make text mean itself in Markdown, so that a title with brackets or stars stays as it is."""
    return re.sub(r"([\\`*_{}\[\]#!|])", r"\\\1", html.escape(text, quote=False))


def author_names(source: dict) -> str:
    """`A. Writer, B. Writer and C. Writer`, or nothing."""
    names = [name.get("literal") or f"{name['given']} {name['family']}" for name in source.get("author", [])]
    return listed(names)


def issued(source: dict) -> str:
    """When a source was published, in words."""
    return long_date(source["issued"]) if source.get("issued") else "undated"


def source_line(source: dict) -> str:
    """A source as one line of Markdown: author, linked title, publisher, date, language.

    A title that was not seen is a description in square brackets, as bibliographies have it; an address that
    readers should not be sent to is left out of the record and the line says so.
    """
    title = escape(source["title"])
    title = f"\\[{title}\\]" if source.get("title_described") else f"“{title}”"
    title = f"[{title}](<{source['URL']}>)" if source.get("URL") else title
    language = "" if source["language"] == "en" else f"in {LANGUAGES[source['language']]}"
    parts = [escape(author_names(source)), title, escape(source["publisher"]), issued(source), language]
    line = ", ".join(part for part in parts if part) + "."
    return line if source.get("URL") else line + " No stable public address."


# Plain text of Markdown ------------------------------------------------------------------------------------

MARKUP = re.compile(r"""["'\\`*_\[\]<>&!]""")  # text without these signs reads as it is written
STASHED = re.compile("\x02wzxhzdk:(\\d+)\x03")  # how Python-Markdown remembers tags and entities
TAG = re.compile(r"<[^>]*>")


@cache
def _reader() -> Markdown:
    """Python-Markdown with the curly quotes of mkdocs.yml, as far as it decides what reads in a line."""
    reader = Markdown(extensions=[SmartyExtension(smart_dashes=False, smart_ellipses=False)])
    note, code = (
        r"(\[\^[^\]\s]+\])()",
        r"(\[)([A-Z]\d+)\](?![\[(:])",
    )  # marks, and codes that read as they are
    reader.inlinePatterns.register(SimpleTagInlineProcessor(note, "sup"), "note", 175)
    reader.inlinePatterns.register(SimpleTagInlineProcessor(code, "a"), "code", 174)
    return reader


@lru_cache(maxsize=20_000)
def plain(markdown: str) -> str:
    """What a reader reads in inline Markdown, on one line: no notes, no markup, curly quotes."""
    if not MARKUP.search(markdown):
        return " ".join(markdown.split())
    reader = _reader()
    reader.reset()
    root = Element("div")
    SubElement(root, "p").text = markdown
    for step in ("inline", "smarty", "unescape"):
        done = reader.treeprocessors[step].run(root)
        root = root if done is None else done
    stash = reader.htmlStash.rawHtmlBlocks
    text = "".join(root.itertext())
    text = STASHED.sub(lambda found: html.unescape(TAG.sub("", str(stash[int(found[1])]))), text)
    return " ".join(text.split())
