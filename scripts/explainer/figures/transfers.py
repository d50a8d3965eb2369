"""Who gives what: one block for each direction, one line for each item, under the state of its transfer."""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import LEADING, WIDTH, line, shape, text
from explainer.words import when

# In falling order of certainty, each with what the dates beside its items mean. A denial makes a report
# neither weaker nor stronger, so both kinds of reports are one step: they share a heading and the order of
# dates, and differ in their marks.
STATES = {
    "delivered": ("Delivered", "first known"),
    "ordered": ("Ordered or agreed, no delivery seen", "announced"),
    "reported": ("Reported, not confirmed", "first report"),
    "denied": ("Reported and denied", "first report"),
    "none-known": ("None known", "newest evidence"),
}
STEPS = [("delivered",), ("ordered",), ("reported", "denied"), ("none-known",)]
LEFT, DATES, R = 15, 90, 4  # where words begin, the room for dates, half the size of a mark


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """A rule in the colour of the giver opens each block; under each heading the newest item stands first."""
    y = 0.0
    for giver, receiver in dict.fromkeys((row["giver"], row["receiver"]) for row in rows):
        line(svg, f"reach {giver}", 0, y + 2, WIDTH, y + 2)
        y = text(svg, 0, y + 19, f"{giver.capitalize()} to {receiver.capitalize()}", "strong block") - 6.5
        block = [row for row in rows if (row["giver"], row["receiver"]) == (giver, receiver)]
        newest_first = sorted(block, key=first_date, reverse=True)
        for step, group in groupby(sorted(newest_first, key=step_of), key=step_of):
            items = list(group)
            line(svg, "rule", 0, y + 1, WIDTH, y + 1)
            y += LEADING
            text(svg, WIDTH, y, STATES[items[0]["state"]][1], "quiet", "end")
            for state in STEPS[step]:
                if any(row["state"] == state for row in items):
                    if len(STEPS[step]) > 1:
                        mark(svg, state, y, giver)
                    y = text(svg, LEFT if len(STEPS[step]) > 1 else 0, y, STATES[state][0], "strong") + 1
            y += 2
            for row in items:
                mark(svg, row["state"], y, giver)
                text(svg, WIDTH, y, when(first_date(row)[:7]), "quiet", "end")
                y = text(svg, LEFT, y, row["item"], width=WIDTH - LEFT - DATES) + 2
            y -= LEADING - 4
        y += 16
    return y - 10


def step_of(row: dict[str, str]) -> int:
    """The number of the heading under which an item stands."""
    return next(index for index, states in enumerate(STEPS) if row["state"] in states)


def first_date(row: dict[str, str]) -> str:
    """When a transfer or the talk of it began; where there is neither, the day to which nothing is known."""
    return row["since"] or row["as_of"]


def mark(svg: Element, state: str, y: float, giver: str) -> None:
    """A disc, a square, a ring, a ring cut in two or a stroke before the words on the baseline `y`."""
    x, y = R + 1, y - 4
    if state == "none-known":
        shape(svg, "rect", "bar", x=x - R, y=y - 0.8, width=2 * R, height=1.6)
    elif state == "ordered":
        side = 2 * R - 0.6
        shape(svg, "rect", f"ring {giver}", x=x - R + 0.3, y=y - R + 0.3, width=side, height=side)
    else:
        shape(svg, "circle", f"{'dot' if state == 'delivered' else 'ring'} {giver}", cx=x, cy=y, r=R)
    if state == "denied":
        line(svg, f"reach thin {giver}", x, y - R, x, y + R)
