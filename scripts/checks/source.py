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
DEFINITION = re.compile(r"^[ \t>]{0,3}\[(?P<label>[^\]\n]+)\]:[ \t]*\n?[ \t]*(?P<target><[^>\n]*>|[^\s]*)(?P<rest>[^\n]*)", re.M)
RAW = re.compile(r"""\b(?:href|src|poster|data|srcset|cite|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.I)
AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]+:[^<>\s]+)>")
CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
SNIPPET = re.compile(r"^[ \t>]*--8<--[ \t]+[\"']([^\"'\n]+)[\"']|^[ \t>]*--8<--[ \t]*\n(.*?)^[ \t>]*--8<--[ \t]*$", re.M | re.S)
REFERENCE = re.compile(r"(?<![\\\w\]])\[((?:[^\[\]\\\n]|\\.|\n(?!\n)){1,300})\]\[([^\[\]\n]{0,100})\]|(?<!\\)\[(\^[^\]\s]{1,100})\](?!:)")


class Source:
    """A Markdown file: text without BOM and with \\n line ends, and the same text with everything blanked that is not prose."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.front = FRONT_MATTER.match(text)
        self.comments: list[tuple[int, str]] = []
        spans, position = [(0, self.front.end())] if self.front else [], self.front.end() if self.front else 0
        blanks = "`" in text or "~~~" in text or "<!--" in text
        while blanks and (token := TOKEN.search(text, position)):
            position, kind, mark = token.end(), token.lastgroup, token[token.lastgroup]
            if kind == "comment":
                found = text.find("-->", position)
                self.comments.append((token.start(), text[token.start():found + 3 if found >= 0 else None]))
                end = found + 3 if found >= 0 else len(text)
            elif kind == "fence":
                close = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.M).search(text, position)
                end = close.end() if close else len(text)
            else:  # code in a line ends at the same number of back-ticks, in the same paragraph
                limit = text.find("\n\n", position, position + 10_000)
                close = re.compile(rf"(?<!`){mark}(?!`)").search(text, position, limit if limit >= 0 else position + 10_000)
                if not close:
                    continue
                end = close.end()
            spans.append((token.start(), end))
            position = end
        pieces, last = [], 0
        for start, end in spans:
            pieces += [text[last:start], re.sub(r"[^\n]", " ", text[start:end])]
            last = end
        self.prose = "".join(pieces) + text[last:]
        self.starts: list[int] = []

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        if not self.starts:
            self.starts = [0] + [match.end() for match in re.finditer("\n", self.text)]
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def opening(self, offset: int) -> tuple[int, int]:
        """Line and column of the bracket that opens the link whose text ends at an offset; of the offset if there is none."""
        depth = 0
        for start in range(offset, max(offset - 1000, -1), -1):
            depth += {"]": 1, "[": -1}.get(self.prose[start], 0) * (self.prose[start - 1:start] != "\\")
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
            value = html.unescape(next(group for group in match.groups() if group is not None))
            for address in srcset(value) if match[0][:6].lower() == "srcset" else [value]:
                yield match.start(), address, False
        for match in CSS_URL.finditer(self.prose):
            yield match.start(), match[1], False


def plain(address: str) -> str:
    """A Markdown destination without its angle brackets, escapes and entities."""
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", address.strip().removeprefix("<").removesuffix(">"))).strip()


def srcset(value: str) -> list[str]:
    """The addresses of a `srcset`: candidates are parted by a comma and white space, each followed by its width or density."""
    return [candidate.split()[0] for candidate in re.split(r",\s+|(?<=[wx]),", value) if candidate.strip()]
