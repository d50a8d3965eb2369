"""The years from 2022 in one picture: one lane for each theme, one mark for each event."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.words import THEMES

FIRST, LEFT, RIGHT, LANE = 2022, 4, WIDTH - 4, 30


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """Marks by their main theme; a bar for what lasted, a ring for what is reported or disputed."""
    shown = [row for row in rows if row["date"] >= str(FIRST)]
    last = max(int(row["date"][:4]) for row in shown) + 1
    begin, end = date(FIRST, 1, 1), date(last, 1, 1)

    def at(day: str) -> float:  # what has no month stands in the middle of its year, and so on
        parts = [int(part) for part in day.split("-")]
        year, month, of_month = [*parts, *((7, 1) if len(parts) == 1 else (15,))][:3]
        return LEFT + (RIGHT - LEFT) * (date(year, month, of_month) - begin).days / (end - begin).days

    height = 20 + LANE * len(THEMES)
    for year in range(FIRST, last):
        x = at(f"{year}-01-01")
        line(svg, "tick", x, 16, x, height)
        text(svg, x + 3, 11, str(year), "quiet")
    for index, (theme, name) in enumerate(THEMES.items()):
        y = 20 + index * LANE
        line(svg, "rule", LEFT, y + LANE, RIGHT, y + LANE)
        text(svg, LEFT + 3, y + 12, name, "quiet halo")
        for row in shown:
            if row["themes"][0] != theme:
                continue
            cls = "dot" if row["status"] == "confirmed" else "ring"
            if row.get("until"):
                x, stop = at(row["date"]), at(row["until"])
                shape(svg, "rect", cls, x=x, y=y + 19, width=max(3.0, stop - x), height=5)
            else:
                shape(svg, "circle", cls, cx=at(row["date"]), cy=y + 21.5, r=3)
    shape(svg, "circle", "dot", cx=7, cy=height + 14, r=3)
    text(svg, 14, height + 18, "confirmed", "quiet")
    shape(svg, "circle", "ring", cx=82, cy=height + 14, r=3)
    text(svg, 89, height + 18, "reported or disputed", "quiet")
    shape(svg, "rect", "dot", x=206, y=height + 11.5, width=12, height=5)
    text(svg, 223, height + 18, "lasted", "quiet")
    return height + 24
