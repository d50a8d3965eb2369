"""Read a Markdown file as text with positions: what is prose in it, and which addresses an editor wrote there."""
from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterator

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*\n", re.S)  # as MkDocs reads it
TOKEN = re.compile(r"^[ \t>]*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})|(?P<comment><!--)|(?<!\\)(?P<ticks>`+)", re.M)
INLINE = re.compile(r"(?<!\\)\]\([ \t]*(<[^<>\n]*>|(?:[^()\\\n]|\\.|\((?:[^()\\\n]|\\.){0,500}\)){0,2000}?)"
                    r"(?:[ \t\n]+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*\)")
DEFINITION = re.compile(r"^[ \t>]{0,3}\[(?P<label>[^\]\n]+)\]:[ \t]*\n?[ \t]*"
                        r"(?P<target><[^>\n]*>|[^\s]*)(?P<rest>[^\n]*)", re.M)
RAW = re.compile(r"\b(?:href|src|poster|data|srcset|cite|content)\s*=\s*"
                 r"""(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.I)
AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]+:[^<>\s]+)>")
CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
SNIPPET = re.compile(r"^[ \t>]*--8<--[ \t]+[\"']([^\"'\n]+)[\"']|"
                     r"^[ \t>]*--8<--[ \t]*\n(.*?)^[ \t>]*--8<--[ \t]*$", re.M | re.S)
REFERENCE = re.compile(r"(?<![\\\w\]])\[((?:[^\[\]\\\n]|\\.|\n(?!\n)){1,300})\]\[([^\[\]\n]{0,100})\]|"
                       r"(?<!\\)\[(\^[^\]\s]{1,100})\](?!:)")


class Source:
    """A Markdown file: text without BOM and with \\n line ends, and the same with all blanked that is not prose."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.front = FRONT_MATTER.match(self.text)
        self.comments: list[tuple[int, str]] = []
        self.starts: list[int] = []
        pieces, last = [], 0
        for start, end in self.spans():
            pieces += [self.text[last:start], re.sub(r"[^\n]", " ", self.text[start:end])]
            last = end
        self.prose = "".join(pieces) + self.text[last:]

    def spans(self) -> Iterator[tuple[int, int]]:
        """Start and end of what is not prose, in order: front matter, comments (which are kept) and code."""
        text, position = self.text, 0
        if self.front:
            position = self.front.end()
            yield 0, position
        if "`" not in text and "~~~" not in text and "<!--" not in text:
            return
        while token := TOKEN.search(text, position):
            end = end_of(token)
            if token["comment"]:
                self.comments.append((token.start(), text[token.start():end]))
            if end:
                yield token.start(), end
            position = end or token.end()

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        if not self.starts:
            self.starts = [0] + [match.end() for match in re.finditer("\n", self.text)]
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def opening(self, offset: int) -> tuple[int, int]:
        """Line and column of the bracket that opens the link whose text ends at an offset; else of the offset."""
        depth = 0
        for start in range(offset, max(offset - 1000, -1), -1):
            if self.prose[start - 1:start] != "\\":
                depth += {"]": 1, "[": -1}.get(self.prose[start], 0)
            if depth <= 0:
                return self.position(start)
        return self.position(offset)

    def written(self) -> Iterator[tuple[int, str, bool]]:
        """Every address that an editor wrote: offset, address, and whether Markdown (not HTML) makes the link."""
        for match in INLINE.finditer(self.prose):
            yield match.start(), plain(match[1]), True
        for match in DEFINITION.finditer(self.prose):
            if not match["label"].startswith("^"):
                yield match.start("label") - 1, plain(match["target"]), True
        for match in AUTOLINK.finditer(self.prose):
            yield match.start(), html.unescape(match[1]), True
        for match in RAW.finditer(self.prose):
            value = html.unescape(match[match.lastindex])
            for address in srcset(value) if match[0].lower().startswith("srcset") else [value]:
                yield match.start(), address, False
        for match in CSS_URL.finditer(self.prose):
            yield match.start(), match[1], False


def end_of(token: re.Match) -> int | None:
    """Where the comment or the code ends that a TOKEN begins; None if it begins none, as a lone back-tick."""
    text, start, mark = token.string, token.end(), token[token.lastgroup]
    if token["comment"]:
        end = text.find("-->", start)
        return end + 3 if end >= 0 else len(text)
    if token["fence"]:
        close = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.M).search(text, start)
        return close.end() if close else len(text)
    # code in a line ends at the same number of back-ticks, in the same paragraph
    limit = start + 10_000
    paragraph_end = text.find("\n\n", start, limit)
    close = re.compile(rf"(?<!`){mark}(?!`)").search(text, start, paragraph_end if paragraph_end >= 0 else limit)
    return close.end() if close else None


def plain(address: str) -> str:
    """A Markdown destination without its angle brackets, escapes and entities."""
    bare = address.strip().removeprefix("<").removesuffix(">")
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare)).strip()


def srcset(value: str) -> list[str]:
    """The addresses of a `srcset`: parted by a comma and white space, each followed by its width or density."""
    return [candidate.split()[0] for candidate in re.split(r",\s+|(?<=[wx]),", value) if candidate.strip()]
