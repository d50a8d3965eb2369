"""How the rows of a figure put their periods and values into words."""

from __future__ import annotations

import re

from explainer.words import MONTHS

ROUGHLY = "about|around|nearly|almost|just over|over|more than|less than|up to"


def period(words: str) -> str:
    """`Jan–Sep 2024` for `2024-01 to 2024-09`, `to Sep 2025` for `to 2025-09`."""
    words = re.sub(r"(\d{4})-(\d\d)", lambda match: f"{MONTHS[int(match[2]) - 1][:3]} {match[1]}", words)
    return re.sub(r"^(\w{3}) (\d{4}) to (\w{3}) \2$", r"\1–\3 \2", words)


def ends(row: dict[str, str]) -> tuple[float, float]:
    """Lower and upper end of a value; both are the same unless it is a range."""
    return float(row["value"]), float(row["value_high"] or row["value"])


def amount(row: dict[str, str]) -> str:
    """The value as it was stated: `8–10`, or `up to 2,700` where the row's note holds these words."""
    if row["value_high"]:
        return f"{digits(row['value'])}–{digits(row['value_high'])}"
    return f"{roughly(row)} {digits(row['value'])}".strip()


def roughly(row: dict[str, str]) -> str:
    """The words that a note puts before the value, such as `over`."""
    stated = re.search(rf"\b({ROUGHLY}) {re.escape(digits(row['value']))}\b", row["note"], re.I)
    return stated[1].lower() if stated else ""


def digits(value: str) -> str:
    """`2,738` for `2738`, decimals as they are."""
    whole, dot, decimals = value.partition(".")
    return f"{int(whole):,}{dot}{decimals}"
