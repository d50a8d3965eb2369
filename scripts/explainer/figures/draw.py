"""Strokes and words for figures: plain SVG, whose colours, sizes and fonts are those of the style sheet.

One unit is about one pixel on a phone. Figures are WIDTH units wide and as high as they need; on wider
screens and on paper they grow as a whole, so that their text stays legible everywhere.
"""

from __future__ import annotations

import textwrap
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

WIDTH = 360
LEADING = 13.5  # from one line of text to the next
TEXT_WIDTH = 5.6  # of a character of 11 units, on average: for breaking lines


def shape(parent: Element, tag: str, cls: str, **attributes: object) -> Element:
    """Append an SVG element; numbers are rounded, underscores in names become hyphens."""
    values = {name.rstrip("_").replace("_", "-"): number(value) for name, value in attributes.items()}
    return SubElement(parent, tag, {"class": cls, **values})


def number(value: object) -> str:
    """A number with at most one decimal; anything else as text."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def line(parent: Element, cls: str, x1: float, y1: float, x2: float, y2: float) -> Element:
    """A straight line."""
    ends = [number(float(value)) for value in (x1, y1, x2, y2)]
    return shape(parent, "path", cls, d="M{} {}L{} {}".format(*ends))


def text(
    parent: Element, x: float, y: float, words: str, cls: str = "", anchor: str = "start", width: float = 0
) -> float:
    """Write words at a baseline, on several lines if `width` asks for it; returns the next baseline."""
    end = {"text-anchor": anchor} if anchor != "start" else {}
    for row in (textwrap.wrap(words, max(4, int(width / TEXT_WIDTH))) if width else [words]) or [""]:
        shape(parent, "text", cls, x=float(x), y=float(y), **end).text = AtomicString(row)
        y += LEADING
    return y
