"""Shahed-type drones made in Russia: what is claimed, by whom, and what each claim counts."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.figures.values import amount, bar, ends, period, roughly

# Panels in this order. Imports, plans and claims without a number are left to the table.
MEASURES = {
    "production": "Made",
    "running-total": "Delivered since the start",
    "capacity": "Capacity: could be made",
    "stages-in-russia": "Stages of production in Russia",
    "russian-parts": "Parts made in Russia",
    "western-parts": "Parts made in the West",
}
KINDS = ("estimate", "party to the war", "leaked document")
LEFT = 14  # of words and bars, right of the mark
WORDS = WIDTH - LEFT - 36  # long lines run wider on the smallest screens


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """A panel for each measure. A bar only where there is a whole, or one counter counts a thing twice."""
    y = 0.0
    for measure, title in MEASURES.items():
        shown = [row for row in rows if row["measure"] == measure and row["value"]]
        if not shown:
            continue
        text(svg, 0, y + 11, title)
        line(svg, "rule", 0, y + 17, WIDTH, y + 17)
        y += 19
        for _, claims in groupby(shown, key=lambda row: (row["claimed_by"], row["counts"], row["unit"])):
            y = panel(svg, y, list(claims), "" if measure == "western-parts" else " russia") + 4
        y += 8
    for kind, x in zip(KINDS, (0, 72, 186), strict=True):
        mark(svg, x + 5, y + 5, kind, "")
        text(svg, x + LEFT, y + 9, kind, "quiet")
    bar(svg, "dot", 304, y + 1, 316, 316, 8, "about")
    text(svg, 325, y + 9, "about", "quiet")
    return y + 14


def panel(svg: Element, y: float, claims: list[dict[str, str]], accent: str) -> float:
    """Claims by one counter on one thing, then who claims it and what is counted; returns where they end."""
    whole = total(claims[0]["unit"])
    longest = whole or (max(ends(row)[1] for row in claims) if len(claims) > 1 else 0)
    full = WIDTH - LEFT - 1
    for row in claims:
        mark(svg, 5, y + 9, row["kind"], accent)
        text(svg, LEFT, y + 13, f"{amount(row)} {row['unit'].removesuffix(' in period')}", "strong")
        text(svg, WIDTH, y + 13, period(row["period"]), "quiet", "end")
        y += 18
        if longest:
            if whole:
                shape(svg, "rect", "rung", x=LEFT, y=y, width=full, height=8)
            low, high = (LEFT + full * end / longest for end in ends(row))
            bar(svg, f"dot{accent}", LEFT, y, low, high, 8, roughly(row))
            y += 12
    y = text(svg, LEFT, y + 9, "{claimed_by} ({kind})".format_map(claims[0]), "quiet", width=WORDS)
    return text(svg, LEFT, y, claims[0]["counts"], "quiet", width=WORDS) - 10


def total(unit: str) -> float:
    """The whole that a unit is a share of, if it is one."""
    parts = re.search(r"out of (?:about )?(\d+)", unit)
    return float(parts[1]) if parts else 100.0 if unit == "per cent" else 0.0


def mark(svg: Element, x: float, y: float, kind: str, accent: str) -> None:
    """A square for the word of a party to the war, a ring for documents, a dot for estimates."""
    if kind == "party to the war":
        shape(svg, "rect", f"dot{accent}", x=x - 4.5, y=y - 4.5, width=9, height=9)
    else:
        shape(svg, "circle", f"{'dot' if kind == 'estimate' else 'ring'}{accent}", cx=x, cy=y, r=4)
