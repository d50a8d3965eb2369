"""What Russia did in each crisis: crises by kinds of response, with marks for how sure and full each was."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, number, shape, text
from explainer.words import when

LEVELS = {
    "yes": "yes, on record",
    "partly": "partly: not taken up, split, or in general terms",
    "reported": "reported, not confirmed, at times denied",
    "none-known": "none known",
}
R = 6  # half the size of a mark


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """The name of each crisis, its six marks below, each under the head of its kind; then the key."""
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    step = WIDTH / len(kinds)
    at = {kind: (index + 0.5) * step for index, kind in enumerate(kinds)}
    for kind, x in at.items():
        text(svg, x, 11, kind.capitalize(), "quiet", "middle")
    y = 18.0
    for start, crisis in sorted(
        {(row["start"], row["crisis"]): None for row in rows}, key=lambda each: each[0]
    ):
        line(svg, "rule", 0, y, WIDTH, y)
        text(svg, 0, y + 15, crisis, "strong")
        text(svg, WIDTH, y + 15, f"from {when(start)}", "quiet", "end")
        for row in rows:
            if row["crisis"] == crisis:
                mark(svg, row["level"], at[row["kind"]], y + 31)
        y += 45
    line(svg, "rule", 0, y, WIDTH, y)
    for level, words in LEVELS.items():
        y += 16
        mark(svg, level, R + 1, y)
        text(svg, 2 * R + 8, y + 4, words, "quiet")
    return y + 10


def mark(svg: Element, level: str, x: float, y: float) -> None:
    """A disc, a half disc in a ring, a ring or a stroke."""
    if level == "none-known":
        shape(svg, "rect", "bar", x=x - R, y=y - 0.8, width=2 * R, height=1.6)
        return
    shape(svg, "circle", "dot russia" if level == "yes" else "ring russia", cx=x, cy=y, r=R)
    if level == "partly":
        half = f"M{number(x)} {number(y - R)}A{R} {R} 0 0 0 {number(x)} {number(y + R)}Z"
        shape(svg, "path", "dot russia", d=half)
