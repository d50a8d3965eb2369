"""The watchlist at a glance: each indicator from hedging to ally-like, with its earlier readings."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.words import POSITIONS

LEFT, RIGHT = 12, WIDTH - 12


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """One line for each indicator: a filled square for the newest reading, rings for earlier ones, dated."""
    step = (RIGHT - LEFT) / (len(POSITIONS) - 1)
    for index, anchor in enumerate(("start", "middle", "end")):
        text(svg, index * WIDTH / 2, 12, POSITIONS[2 * index].capitalize(), "quiet", anchor)
    y = 24.0
    for indicator, group in groupby(rows, key=lambda row: row["indicator"]):
        newest, *earlier = group
        text(svg, 0, y + 14, f"{indicator}  {newest['title']}", "strong")
        text(svg, WIDTH, y + 14, f"{newest['date'][:7]}", "quiet", "end")
        y += 27
        line(svg, "rule", LEFT, y, RIGHT, y)
        for index in range(len(POSITIONS)):
            line(svg, "tick", LEFT + index * step, y - 3, LEFT + index * step, y + 3)
        beside: dict[str, int] = {}  # readings at one position stand side by side, the newest at its place
        for row in (newest, *earlier):
            shift = beside.get(row["position"], 0)
            beside[row["position"]] = shift + 1
            x = LEFT + POSITIONS.index(row["position"]) * step
            x += shift * 14 * (-1 if row["position"] == POSITIONS[-1] else 1)
            if row is newest:
                shape(svg, "rect", "dot", x=x - 6, y=y - 6, width=12, height=12)
            else:
                shape(svg, "circle", "ring", cx=x, cy=y, r=4.5)
        y += 15
    shape(svg, "rect", "dot", x=0, y=y + 3, width=10, height=10)
    text(svg, 15, y + 12, "newest reading", "quiet")
    shape(svg, "circle", "ring", cx=125, cy=y + 8, r=4.5)
    text(svg, 134, y + 12, "earlier readings", "quiet")
    return y + 20
