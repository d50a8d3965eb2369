"""Find addresses where they stand: in a source as an editor wrote them, in a built page as browsers read it.

Nothing is judged here. The time that it takes grows with the length of a text, whatever stands in it.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from mkdocs.structure.files import File
from selectolax.lexbor import LexborHTMLParser

NO_PROSE = re.compile(
    r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)"  # front matter
    r"|^[ \t>]*(`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)"  # fenced code
    r"|<!--.*?(?:-->|\Z)"
    r"|(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n).){0,10000}?(?<!`)\2(?!`)",  # code in a line
    re.M | re.S,
)
COMMENT = re.compile(r"(?<!\S)#.*")  # in YAML; in a template this is no matter
AROUND = re.compile(  # what stands around an address, \0
    r"""(?P<markdown>\]\(\s*<?|\]:\s*<?)\0[)>\s]"""
    r"""|\b(?:href|src|srcset|poster|data|content)\s*=\s*(?:["']\0["'\s]|\0[\s>])"""
    r"""|(?<!\()<\0>|url\(["']?\0["')]"""  # <address>, a style
    r"""|[,"']\s*\0\s+[\d.]+[wx]"""  # srcset
    r"""|(?P<yaml>[-:][ \t]+["']?)\0["']?[ \t]*[,}\n]"""
    r"""|["']\0["']\s*\|"""  # a template
)
TOKEN = re.compile(r"""[^\s()<>"'|,]+""")
DEFINITION = re.compile(r"^[ >]{0,3}\[(?P<label>[^\]\n^/][^\]\n]*)\]:[ \t]*(?P<address>\S+)", re.M)
BRACKETS = re.compile(
    r"(?<![\w\]])\[[^\[\]]{1,300}(\]\[[^\[\]\n]{0,100}\]|\]\([^\s()]{1,60})|(\[\^[^\]\s]{1,100}\])"
)
COUNTED = re.compile(r"(_\d+)?")  # what a heading gets of whose words no id can be made
CSS = re.compile(  # comments and strings are taken whole, so that no url() inside them counts
    r"""/\*.*?\*/|url\(\s*(?:data:[^)"']*\)+|"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'()]+))"""
    r"""|@import\s+["'](?P<sheet>[^"'\n]*)["']|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""",
    re.S | re.I,
)
LOADED = {  # elements, and the attribute that names what they load or relate to
    "image[href], link:is([rel~=stylesheet], [rel~=icon], [rel~=manifest], [rel=next], [rel=prev])": "href",
    "[src]": "src",
    "[poster]": "poster",
    "object[data]": "data",
    "meta:is([property='og:image'], [name='twitter:image'])": "content",
}


class Source:
    """A file that editors write. `prose` is its text with code, comments and front matter blanked."""

    def __init__(self, path: Path, root: Path) -> None:
        self.file = path.relative_to(root).as_posix()
        self.text = re.sub(r"\r\n?", "\n", path.read_bytes().decode("utf-8-sig", errors="replace")) + "\n"
        self.ends = [match.start() for match in re.finditer("\n", self.text)]
        hidden = NO_PROSE if path.suffix == ".md" else COMMENT
        self.prose = hidden.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect.bisect_left(self.ends, offset)
        return line + 1, offset - (self.ends[line - 1] if line else -1)

    @cached_property
    def tokens(self) -> dict[str, list[int]]:
        """Each run of characters that may be an address, and where it stands."""
        found = defaultdict(list)
        for match in TOKEN.finditer(self.prose):
            found[match[0]].append(match.start())
            name, _, value = match[0].partition("=")  # src=map.svg
            found[value].append(match.end() - len(value)) if name in (
                "href",
                "src",
                "data",
                "poster",
            ) else None
        return found

    def find(self, address: str) -> Iterator[tuple[int, str]]:
        """Each offset at which an address is written, and in what: markdown, yaml or nothing (HTML)."""
        if TOKEN.fullmatch(address):
            offsets = self.tokens.get(address, [])
        else:
            offsets = [match.start() for match in re.finditer(re.escape(address), self.prose)]
        for offset in offsets:
            end = offset + len(address)
            around = f"{self.prose[max(0, offset - 20) : offset]}\0{self.prose[end : end + 8]}"
            match = AROUND.search(around)
            if match and (address or match.lastgroup != "yaml"):
                yield offset, match.lastgroup or ""


class Page:
    """A built HTML file as browsers read it; what is in comments, scripts and templates does not count."""

    def __init__(self, path: Path, key: str, file: File | None) -> None:
        tree = LexborHTMLParser(path.read_bytes())
        self.key, self.file = key, file  # its file in the site, and what it was made from, if it was
        self.name, url = (file.src_uri, file.url) if file else (key, quote(key))
        self.url = "" if url == "./" else url
        self.links = [
            ("a", address) for address in attributes(tree, "a[href], area[href], use[href]", "href")
        ]
        self.links += [("load", address) for address in loaded(tree)]
        self.links = list(dict.fromkeys(self.links))
        self.base = "".join(attributes(tree, "base[href]", "href")[:1])  # what relative addresses count from
        self.counts = Counter(attributes(tree, "[id]:not([data-retired])", "id"))
        self.ids = {*self.counts, *attributes(tree, "a[name]", "name")}
        titles = tree.css(":is(h1, h2, h3, h4, h5, h6)[id]")
        self.like = {
            slug(name): name for name in sorted(self.ids) if name
        }  # ids by what a slip may make of them
        self.like |= {slug(node.text()): node.attributes["id"] or "" for node in reversed(titles)}
        self.canonical = attributes(tree, "link[rel=canonical]", "href")
        bare = "img:not([alt], [role=presentation], [aria-hidden=true]), input[type=image]:not([alt])"
        self.without_alt = list(dict.fromkeys(attributes(tree, bare, "src")))
        self.text = " ".join(text_without(tree, "script, style, template, noscript, svg").split()).casefold()
        prose = text_without(tree, "pre, code, textarea")
        self.brackets = Counter(match[1] or match[2] for match in BRACKETS.finditer(prose))


def attributes(tree: LexborHTMLParser, elements: str, name: str) -> list[str]:
    """An attribute of each of these elements; in SVG its old form counts too."""
    found = [node.attributes for node in tree.css(elements)]
    return [(each.get(name, each.get(f"xlink:{name}")) or "").strip() for each in found]


def text_without(tree: LexborHTMLParser, elements: str) -> str:
    """The text of a page once these elements are taken out of it."""
    for node in tree.css(elements):
        node.decompose()
    return tree.body.text() if tree.body else ""


def loaded(tree: LexborHTMLParser) -> Iterator[str]:
    """The address of each file that a page loads."""
    for elements, name in LOADED.items():
        yield from attributes(tree, elements, name)
    for candidates in attributes(tree, "[srcset]", "srcset"):
        yield from (part.split()[0] for part in re.split(r",\s+|(?<=[wx]),", candidates) if part.strip())
    for style in [*attributes(tree, "[style]", "style"), *(node.text() for node in tree.css("style"))]:
        yield from css_addresses(style)


def css_addresses(text: str) -> list[str]:
    """What url() and @import name in a style sheet, a style element or a style attribute."""
    found = [match[match.lastgroup] for match in CSS.finditer(text) if match.lastgroup]
    return [address for address in found if not address.startswith(("data:", "#"))]


def slug(text: str) -> str:
    """The words of a heading or an id, without what the ways to make ids of headings treat differently."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")
