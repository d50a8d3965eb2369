"""Addresses as editors write them: where they stand in a text, and what is wrong with their form.

The judge asks this of the content, the check also of mkdocs.yml and templates. Where an address leads shows
only on the built site (scripts/check.py). The time grows with the length of a text, whatever stands in it.
"""

from __future__ import annotations

import bisect
import functools
import html
import ipaddress
import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from explainer.files import Problem
from explainer.texts import Text

E, W = "error", "warning"
RULES = {  # no fault in a template, where they have reasons
    "LNK006": (W, "a link works only on the built site, not in an editor"),
    "LNK007": (W, "a page of this site is linked by its full or absolute address"),
    "LNK008": (W, "a link uses http where https is expected"),
    "LNK009": (E, "a link leads to one computer or a private network"),
    "LNK010": (E, "a link is empty, a placeholder or a script"),
    "LNK011": (E, "an address is malformed"),
    "LNK012": (E, "a mail or telephone link is wrong"),
    "CFG001": (E, "site_url is no address with a slash at its end"),
    "REF003": (E, "a reference is defined twice, differently"),
}
Fault = tuple[str, str, str]  # the rule, a message, and what was meant: a file with fragment or an address
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
MAIL = r"[^@\s,;:/<>]+@[^@\s./<>]+(\.[^@\s./<>]+)+"
TEXT = r"(todo|tb[da]|fixme|xxx+|placeholder|link|url|\.\.\.|…)"
SLIPS = {  # the form of a wrong address: the rule, what to do; the first that fits counts
    r"[#!]*": ("LNK010", "give it one, or remove the link"),
    rf"(https?://example\.\w+/)?{TEXT}/?": ("LNK010", "fill the placeholder in"),
    r"((java|vb)script:|data:text/).*": ("LNK010", "name the page that the script leads to"),
    r"(file:|[a-z]:[\\/]|\\\\|/(home|users|tmp|mnt)/).*": ("LNK009", "put the file below docs/"),
    r"(localhost|127\.0\.0\.1)([:/].*)?": ("LNK009", "readers cannot reach this computer"),
    rf"mailto:(?!\?|{MAIL}(,\s*{MAIL})*(\?.*)?$).*|{MAIL}": ("LNK012", "write mailto:name@host.example"),
    r"tel:(?!\+?[\d(). -]*\d[\d(). -]*(;.*)?$).*": ("LNK012", "write digits, +, - and spaces only"),
    r".*\\.*": ("LNK011", "write / instead of the backslash"),
    r".*[\n\t<>].*": ("LNK011", "a closing quotation mark may be missing"),
    r"(?!https?:|mailto:)(h\w?t+\w?p\w*|tt?ps?|site|mail-?to|[\w-]+\.[\w.-]+):.*": (
        "LNK011",
        "there is no such scheme",
    ),
    r"https?:\S*\s.*": ("LNK011", "write %20 for a space that belongs to it"),
}
FORMS = [(re.compile(form, re.I | re.S), *fault) for form, fault in SLIPS.items()]
HIDDEN = {  # what is no text of its file, by the kind of file: code, comments
    ".md": r"^[ \t>]*(`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)|<!--.*?(?:-->|\Z)"
    r"|(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).){0,10000}?(?<!`)\2(?!`)",
    ".yml": r"(?<!\S)#[^\n]*",
    ".css": r"/\*.*?\*/",
}
WRITTEN = re.compile(  # each group is a form in which an address is written
    r"""\]\(\s*(?:<(?P<pointed>[^<>\n]*)>|(?P<inline>(?:[^\s()<>\\]|\\.|\([^\s()]*\)|<[^\s<>]*>)*"""
    r"""(?:(?:[ \t]+[^\s()<>"'\\]+)+(?=[ \t]*["')]))?)(?=[\s)]))"""
    r"""|\]:[ \t]*<?(?P<definition>[^\s<>]+)|<(?P<automatic>[^\s<>]*[:@][^\s<>]*)>"""
    r"""|\b(?i:href|src|poster|data|content)\s*=\s*"""
    r"""(?:"(?P<double>[^"{]*)"|'(?P<single>[^'{]*)'|(?P<bare>[^\s>"'{]+))"""
    r"""|[,"']\s*(?P<sized>[^\s"',]+)\s+[\d.]+[wx]\b"""  # srcset
    r"""|url\(["']?(?P<style>[^"')\n]*)|@import\s+["'](?P<sheet>[^"'\n]*)"""
    r"""|[-:][ \t]+["']?(?!url\()(?P<yaml>[^\s"'<{[(](?:[^\s"'<{[]|:<)*?)["']?[ \t]*(?=,[ \t]|\}|\n)"""
    r"""|["'](?P<template>[^\s"']*)["']\s*\|"""
)
NAMES = ("pointed", "inline", "definition")  # forms in which MkDocs replaces names of files
DEFINITION = re.compile(r"^[ >]{0,3}\[(?P<label>[^\]\n^/][^\]\n]*)\]:[ \t]*(?P<address>\S+)", re.M)
STYLE = re.compile(  # comments and strings are taken whole, so that no url() inside them counts
    r"""/\*.*?\*/|url\(\s*(?:data:[^)"']*\)+|"([^"]*)"|'([^']*)'|([^\s"'()]+))"""
    r"""|@import\s+["']([^"'\n]*)["']|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""",
    re.S | re.I,
)


class Written(NamedTuple):
    """An address where an editor wrote it: its offset, as it stands there, as browsers take it, its form."""

    offset: int
    form: str
    address: str
    by: str


class Source:
    """A file that editors write. `prose` is its text with code and comments blanked."""

    def __init__(self, path: Path, root: Path) -> None:
        self.file = path.relative_to(root).as_posix()
        text = re.sub(r"\r\n?", "\n", path.read_bytes().decode("utf-8-sig", errors="replace")) + "\n"
        self.prose = without_code(text, path.suffix)
        self.written = written(self.prose)
        self.ends = [match.start() for match in re.finditer("\n", self.prose)]

    def problem(self, offset: int, rule: str, message: str) -> Problem:
        """A problem at an offset, told by line and column from 1."""
        line = bisect.bisect_left(self.ends, offset)
        column = offset - (self.ends[line - 1] if line else -1)
        return Problem(self.file, line + 1, column, rule, message, RULES.get(rule, (E,))[0])


def without_code(text: str, suffix: str = ".md") -> str:
    """The text of a kind of file, with what is no text of it blanked, so that all keeps its place."""
    hidden = HIDDEN.get(suffix, r"(?!)")
    return re.sub(hidden, lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.M | re.S)


def written(prose: str) -> list[Written]:
    """Each address in a text without code."""
    found = []
    for match in WRITTEN.finditer(prose):
        by = match.lastgroup or ""
        plain = re.sub(r"\\(\W)", r"\1", match[by]) if by in NAMES else match[by]
        found.append(Written(match.start(by), match[by], html.unescape(plain).strip(), by))
    return found


def attributes(tree: LexborHTMLParser, elements: str, name: str) -> list[str]:
    """An attribute of each of these elements that has it; in SVG its old form counts too."""
    found = [node.attributes for node in tree.css(f":is({elements})[{name}]")]
    return [(each.get(name, each.get(f"xlink:{name}")) or "").strip() for each in found]


def in_style(text: str) -> list[str]:
    """What url() and @import name in a style sheet or attribute."""
    found = [match[match.lastindex] for match in STYLE.finditer(text) if match.lastindex]
    return [address for address in found if not address.startswith(("data:", "#"))]


def named_by(address: str) -> str:
    """The file of docs that an address names, if it names one."""
    return posixpath.normpath(unquote(re.split("[?#]", address, maxsplit=1)[0]))


@functools.cache
def slip(address: str) -> Fault | None:
    """What is wrong with the form of an address, if anything."""
    for form, rule, advice in FORMS:
        if form.fullmatch(address):
            return rule, f'"{address}" is no address: {advice}', ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return "LNK011", f'"{address}" is malformed: {error}', ""
    if not parts.netloc and parts.scheme not in ("http", "https"):
        return None
    if host in ("", "http", "https") or re.search(r"\s|\.\.|[^\w.:-]", host):
        return "LNK011", f'"{address}" is malformed: it has no proper host', ""
    try:
        private = not ipaddress.ip_address(host).is_global
    except ValueError:
        private = "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".home"))
    if private:
        return "LNK009", f'"{address}" is this computer or a private network, which readers cannot reach', ""
    if parts.scheme == "http":
        return "LNK008", f'"{address}" uses http; write https:{address[5:]}', ""
    return None


def defined_again(prose: str) -> Iterator[tuple[int, str, str]]:
    """REF003: each reference that has another address above, by its offset, with rule and message."""
    defined: dict[str, str] = {}
    for match in DEFINITION.finditer(prose):
        label = " ".join(match["label"].lower().split())
        if defined.setdefault(label, match["address"]) != match["address"]:
            message = f"[{match['label']}] stands above already, with another address; rename one"
            yield match.start(), "REF003", message


def judge_settings(settings: Source, site_url: str) -> Iterator[Problem]:
    """CFG001, and addresses in mkdocs.yml that are none by their form."""
    if not re.fullmatch(r"[^?#]+/", site_url):
        message = f'site_url is "{site_url}"; it must end with a slash, or addresses run together'
        yield settings.problem(max(settings.prose.find("site_url:"), 0), "CFG001", message)
    for place in settings.written:
        if place.form != site_url and SCHEME.match(place.form) and (fault := slip(place.form)):
            yield settings.problem(place.offset, *fault[:2])


def judge_addresses(said: Iterable[Text]) -> Iterator[Problem]:
    """Every address in prose that is none by its form; of fields, the check tells the place in the line."""
    for text in said:
        linked = not text.path and ("(" in text.said or "=" in text.said)
        for place in written(without_code(text.said)) if linked else ():
            if place.by != "yaml" and (fault := slip(place.address.removeprefix("site:"))):
                yield text.problem(*fault[:2], place.offset)
