"""Discounts in China over time: a strip for each grade, all by one counter and on one scale."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from xml.etree.ElementTree import Element

from explainer.content import Content
from explainer.figures.draw import WIDTH, line, shape, text
from explainer.figures.values import amount, ends, roughly

# The one measure and counter with readings of both sellers that can be compared
DISCOUNT = "dollars a barrel below ICE Brent, delivered"
COUNTER = "traders, via Reuters"
GRADES = {"light": "Iranian Light", "urals": "Russian Urals", "espo": "Russian ESPO"}
LEFT, RIGHT, HEIGHT = 22, WIDTH - 26, 104  # of the strips, and of each with its name
FOOT, UNIT = 92, 5.8  # where nought lies in a strip, and how far one dollar reaches
STEPS = (0, 5, 10)
LIMITS = {"over": -1, "more than": -1, "less than": 1, "up to": 1}  # where the value lies, down the page


def draw(svg: Element, rows: list[dict[str, str]], content: Content) -> float:
    """The strips, one below the other, and the quarters of years below them."""
    shown = {grade: readings_of(rows, grade) for grade in GRADES}
    days = [middle(row) for readings in shown.values() for row in readings]
    first, last = quarter(min(days)), quarter(max(days)) + 1

    def at(row: dict[str, str]) -> float:
        day = middle(row)
        into = (day.month - 1) % 3 / 3 + (day.day - 1) / 92
        return LEFT + (RIGHT - LEFT) * (quarter(day) + into - first) / (last - first)

    y = 0.0
    for grade, readings in shown.items():
        text(svg, 0, y + 11, GRADES[grade], "strong")
        for step in STEPS:
            line(svg, "rule", LEFT, y + FOOT - step * UNIT, RIGHT, y + FOOT - step * UNIT)
            text(svg, LEFT - 6, y + FOOT - step * UNIT + 4, str(step), "quiet", "end")
        draw_readings(svg, readings, [at(row) for row in readings], y + FOOT)
        y += HEIGHT
    for number in range(first, last):
        x = LEFT + (RIGHT - LEFT) * (number - first) / (last - first)
        line(svg, "rule", x, y - 10, x, y - 5)
        name = str(number // 4) if number % 4 == 0 else ("", "Apr", "Jul", "Oct")[number % 4]
        text(svg, x, y + 7, name, "quiet", "start" if number == first else "middle")
    return y + 12


def readings_of(rows: list[dict[str, str]], grade: str) -> list[dict[str, str]]:
    """The readings of a grade that can be compared, the oldest first."""
    wanted = {"unit": DISCOUNT, "counter": COUNTER, "buyer": "china", "comparable": "yes"}
    found = [row for row in rows if wanted.items() <= row.items() and grade in row["series"].split("-")]
    return sorted(found, key=middle)


def middle(row: dict[str, str]) -> date:
    """The middle of a reading's period."""
    start, end = (date.fromisoformat(row[f"period_{end}"]) for end in ("start", "end"))
    return start + (end - start) / 2


def quarter(day: date) -> int:
    """The number of a quarter of a year, counted on from one year to the next."""
    return day.year * 4 + (day.month - 1) // 3


def draw_readings(svg: Element, readings: list[dict[str, str]], xs: list[float], foot: float) -> None:
    """A line through the readings; on it a dot for each, a bar for a range or a triangle for a limit."""
    spans = [[foot - UNIT * end for end in ends(row)] for row in readings]
    seller = readings[0]["seller"]
    for (x, (low, high)), (next_x, (next_low, next_high)) in pairwise(zip(xs, spans, strict=True)):
        line(svg, f"reach thin {seller}", x, (low + high) / 2, next_x, (next_low + next_high) / 2)
    for number, (row, x, (low, high)) in enumerate(zip(readings, xs, spans, strict=True)):
        cls, toward = f"dot {seller}", LIMITS.get(roughly(row), 0)
        if low > high:
            shape(svg, "rect", cls, x=x - 3.5, y=high, width=7, height=max(3.0, low - high))
        elif toward:
            shape(svg, "path", cls, d=f"M{x - 4.5:.1f} {low:.1f}h9l-4.5 {8 * toward}z")
        else:
            shape(svg, "circle", cls, cx=x, cy=low, r=4)
        below = number % 2  # in turn, so that words do not meet
        end = ("start", "middle")[number > 0]
        text(svg, x - (0 if number else 5), low + 18 if below else high - 10, amount(row), "halo", end)
