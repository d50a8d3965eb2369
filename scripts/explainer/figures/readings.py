"""The watchlist at a glance: each indicator from hedging to ally-like, and where it stood before."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.figures.values import period
from explainer.words import POSITIONS

LEFT, RIGHT = 12, WIDTH - 12


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """One line for each indicator: a square for its newest reading, a ring at each other earlier position."""
    step = (RIGHT - LEFT) / (len(POSITIONS) - 1)
    for index, anchor in enumerate(("start", "middle", "end")):
        text(svg, index * WIDTH / 2, 12, POSITIONS[2 * index].capitalize(), "quiet", anchor)
    y = 24.0
    for indicator, group in groupby(rows, key=lambda row: row["indicator"]):
        newest, *earlier = group
        text(svg, 0, y + 14, f"{indicator}  {newest['title']}", "strong")
        text(svg, WIDTH, y + 14, period(newest["date"][:7]), "quiet", "end")
        y += 27
        line(svg, "rule", LEFT, y, RIGHT, y)
        for index, position in enumerate(POSITIONS):
            x = LEFT + index * step
            line(svg, "rule", x, y - 3, x, y + 3)
            if position == newest["position"]:
                shape(svg, "rect", "dot", x=x - 6, y=y - 6, width=12, height=12)
            elif any(row["position"] == position for row in earlier):
                shape(svg, "circle", "ring", cx=x, cy=y, r=4.5)
        y += 15
    return y
