"""How the rows of a figure put their periods and values into words."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from explainer.figures.draw import shape
from explainer.words import MONTHS

ROUGHLY = "about|around|nearly|almost|just over|over|more than|less than|up to"


def period(words: str) -> str:
    """`Jan–Sep 2024` for `2024-01 to 2024-09`, `Jan–Jun 2025` for `2025-H1`."""
    for half, months in (("H1", ("01", "06")), ("H2", ("07", "12"))):
        words = re.sub(rf"(\d{{4}})-{half}", rf"\1-{months[0]} to \1-{months[1]}", words)
    words = re.sub(r"(\d{4})-(\d\d)", lambda match: f"{MONTHS[int(match[2]) - 1][:3]} {match[1]}", words)
    return re.sub(r"^(\w{3}) (\d{4})–(\w{3}) \2$", r"\1–\3 \2", words.replace(" to ", "–"))


def ends(row: dict[str, str]) -> tuple[float, float]:
    """Lower and upper end of a value; both are the same unless it is a range."""
    return float(row["value"]), float(row["value_high"] or row["value"])


def amount(row: dict[str, str]) -> str:
    """The value as it was stated: `8–10`, or `up to 2,700` where the row's note holds these words."""
    low = digits(row["value"])
    if row["value_high"]:
        return f"{low}{' to ' if low.startswith('−') else '–'}{digits(row['value_high'])}"
    return f"{roughly(row)} {low}".strip()


def roughly(row: dict[str, str]) -> str:
    """The words that a note puts before the value, such as `over`."""
    stated = re.search(rf"\b({ROUGHLY}) {re.escape(digits(row['value']))}\b", row["note"], re.I)
    return stated[1].lower() if stated else "about" if row["note"].startswith("Rounded") else ""


def digits(value: str) -> str:
    """`2,738` for `2738`, a true minus for a hyphen, decimals as they are."""
    whole, dot, decimals = value.partition(".")
    return f"{int(whole):,}".replace("-", "−") + dot + decimals


def scale(values: list[float]) -> tuple[float, float, float]:
    """Lower end, upper end and step of a scale with nought and all values in at most six round steps."""
    low, high = min(0.0, *values), max(0.0, *values)
    steps = (base * 10.0**power for power in range(-3, 9) for base in (1, 2, 5))
    step = next(step for step in steps if high - low <= 6 * step)
    return step * (low // step), step * -(-high // step), step


def bar(
    svg: Element, cls: str, x: float, y: float, low: float, high: float, height: float, rough: str = ""
) -> None:
    """A bar from x; its end is slanted from low to high, and a little if `about` or so stands before."""
    slant = min(height / 2, low - x) if rough and low == high else 0
    shape(
        svg, "path", cls, d=f"M{x:.1f} {y:.1f}H{high + slant:.1f}L{low - slant:.1f} {y + height:.1f}H{x:.1f}z"
    )
