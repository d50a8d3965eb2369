"""Where the two met before the treaty of 2025, on a map of today: years and a few words at each place."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import LEADING, shape, text
from explainer.figures.maps import STATES, draw_land, draw_mark, words_of

VIEW = [41.3, 26.4, 60.2, 45.0]  # from the Caucasus to the Persian Gulf
# What Iran gave up and today's borders show is set apart
TINTS = {**STATES, "Armenia": "land ceded", "Azerbaijan": "land ceded"}
WORDS = words_of(__file__)


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """Land, with what Iran lost set apart, and the words of each place."""
    frame, at, height = draw_land(svg, content, VIEW, WORDS, TINTS)
    for row in rows:
        draw_place(frame, row, *at(float(row["longitude"]), float(row["latitude"])))
    return height


def draw_place(frame: Element, row: dict[str, str], x: float, y: float) -> None:
    """The years of a place and what happened: beside a town, in the middle of a land, or by an arrow."""
    anchor, name = "middle", ""
    if row["kind"] in ("town", "guide"):
        draw_mark(frame, "port" if row["kind"] == "town" else "town", x, y)
        x, y, anchor, name = x + 6, y + 4, "start", f"{row['place']} "
    elif row["kind"] == "beyond":
        shape(frame, "path", "dot", d=f"M0 {y - 4:.1f}l9 -4v8z")
        x, anchor, name = 12, "start", f"{row['place']} "
    text(frame, x, y, (name + row["when"]).strip(), "strong halo" if row["when"] else "halo", anchor)
    text(frame, x, y + LEADING, row["words"], "halo", anchor)
