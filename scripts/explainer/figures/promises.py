"""What treaties oblige their parties to do when one of them is attacked: a ladder with four rungs."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import LEADING, WIDTH, line, shape, text

RUNGS = {
    "none": ("No", "duty"),
    "consult": ("Consult", ""),
    "no-aid-to-aggressor": ("No aid to", "the attacker"),
    "aid": ("Aid to", "the attacked"),
}
LEFT, RIGHT = 14, WIDTH - 34  # of the ladder


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """One line for each treaty, with its mark on the rung of its highest duty; Iran's are set apart."""
    step = (RIGHT - LEFT) / (len(RUNGS) - 1)
    at = {level: LEFT + index * step for index, level in enumerate(RUNGS)}
    for level, words in RUNGS.items():
        x, anchor = (at[level], "middle") if level != "none" else (0, "start")
        for index, word in enumerate(words):
            text(svg, x, 11 + index * LEADING, word, "quiet", anchor)
    y = 32.0
    for row in sorted(rows, key=lambda row: (list(RUNGS).index(row["level"]), row["signed"]), reverse=True):
        iran = "Iran" in row["parties"]
        text(svg, 0, y + 15, row["treaty"], "strong" if iran else "")
        text(svg, WIDTH, y + 15, row["clause"].split("(number")[0].strip(), "quiet", "end")
        y += 26
        line(svg, "rule", LEFT, y, RIGHT, y)
        for level in RUNGS:
            shape(svg, "circle", "rung", cx=at[level], cy=y, r=2.5)
        line(svg, "reach iran" if iran else "reach", LEFT, y, at[row["level"]], y)
        shape(svg, "circle", "dot iran" if iran else "dot", cx=at[row["level"]], cy=y, r=6)
        y += 14
    return y
