"""Crude to China and India, and discounts in China: each reading stands under the name of its counter."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.figures.values import amount, bar, digits, ends, period, roughly, scale

NAMES = {"russia": "Russia", "iran": "Iran", "china": "China", "india": "India", "any": "any buyer"}
GRADES = {
    "light": "Iranian Light",
    "heavy": "Iranian Heavy",
    "urals": "Russian Urals",
    "espo": "Russian ESPO",
}
DISCOUNT = "dollars a barrel below ICE Brent, delivered"  # the one measure with readings of both sellers
SHORTEST = 118  # days of a volume that is drawn: about four months; shorter periods stand in the table
LEFT, RIGHT, ROW = 124, WIDTH - 90, 14


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """A panel of volumes and one of discounts. No line joins any two readings."""
    volumes = [row for row in rows if row["measure"] == "volume" and days(row) >= SHORTEST]
    discounts = [row for row in rows if row["unit"] == DISCOUNT and row["buyer"] == "china"]
    y = panel(svg, 0, "Volumes", volumes)
    y = panel(svg, y + 18, "Discounts in China", discounts) + 12
    shape(svg, "circle", "dot", cx=5, cy=y + 4, r=4)
    text(svg, 14, y + 8, "filled: comparable with filled ones under its heading", "quiet")
    shape(svg, "circle", "ring", cx=5, cy=y + 20, r=4)
    text(svg, 14, y + 24, "empty: stands alone", "quiet")
    point(svg, 146, 146, y + 20, "dot", "over")
    text(svg, 158, y + 24, "over, or less than", "quiet")
    bar(svg, "dot", 278, y + 16, 298, 298, 8, "about")
    text(svg, 307, y + 24, "about", "quiet")
    return y + 28


def days(row: dict[str, str]) -> int:
    """Length of a row's period."""
    return (date.fromisoformat(row["period_end"]) - date.fromisoformat(row["period_start"])).days


def panel(svg: Element, y: float, title: str, rows: list[dict[str, str]]) -> float:
    """Readings in one unit on one scale, gathered by series; returns where the panel ends."""
    volume = rows[0]["measure"] == "volume"
    low, high, step = scale([end for row in rows for end in ends(row)])
    steps = [low + index * step for index in range(round((high - low) / step) + 1)]

    def at(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (value - low) / (high - low)

    text(svg, 0, y + 11, title, "strong")
    text(svg, 0, y + 24, rows[0]["unit"], "quiet")
    line(svg, "rule", 0, y + 31, WIDTH, y + 31)
    y += 31
    for value in steps:
        text(svg, at(value), y + 12, digits(f"{value:.1f}".removesuffix(".0")), "quiet", "middle")
    y += 13
    for _, series in groupby(rows, key=lambda row: row["series"]):
        first, *others = series
        route = f"{NAMES[first['seller']]} to {NAMES[first['buyer']]}"
        grade = first["series"].split("-")[1]
        text(svg, 0, y + 14, route if volume else GRADES.get(grade, grade))
        text(svg, WIDTH, y + 14, first["counter"], "quiet", "end")
        y += 18
        for value in steps:
            cls, x = "rule" if round(value, 6) else "zero", at(value)
            line(svg, cls, x, y, x, y + ROW * (1 + len(others)))
        for row in (first, *others):
            begin, end = (at(value) for value in ends(row))
            fill = f"{'dot' if row['comparable'] == 'yes' else 'ring'} {row['seller']}"
            text(svg, LEFT - 8, y + 11, period(row["period"]), "quiet", "end")
            if volume:
                bar(svg, fill, at(0), y + 2.5, begin, end, ROW - 5, roughly(row))
            else:
                point(svg, begin, end, y + ROW / 2, fill, roughly(row))
            text(svg, end + 11, y + 11, amount(row), "halo")
            y += ROW
    return y


def point(svg: Element, begin: float, end: float, y: float, cls: str, words: str = "") -> None:
    """A bar for a range, a dot, or a triangle from a limit (`over 10`) to where the value lies."""
    limit = 1 if words.endswith(("over", "more than")) else -1 if words in ("less than", "up to") else 0
    if begin < end:
        shape(svg, "rect", cls, x=begin, y=y - 3.5, width=end - begin, height=7)
    elif limit:
        shape(svg, "path", cls, d=f"M{end:.1f} {y - 4.5:.1f}v9l{8 * limit} -4.5z")
    else:
        shape(svg, "circle", cls, cx=end, cy=y, r=4)
