"""The log of forecasts: what is wrong with one, which stand, and how well those resolved have done."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from explainer.content import Content, Problem, Record

RULES = {
    "FOR001": ("error", "a forecast contradicts itself or its indicator"),
    "FOR002": ("warning", "a forecast is due"),
}
RESOLUTION = ("resolved_on", "outcome", "why")
TEXTS = ("says", "split", "starts_from", "because", "why")
CODE = re.compile(r"\[([A-Z]\d+)\]")
NOTICE = timedelta(days=14)  # as with reviews


def standing(content: Content, code: str) -> dict | None:
    """The newest forecast of an indicator that is not resolved; of one day the last by its id."""
    made = [each for each in reversed(content.listed["forecast"]) if each["indicator"] == code]
    return next((each for each in made if "outcome" not in each), None)


def replaced(content: Content) -> list[dict]:
    """The open forecasts that a newer one has replaced; they are scored when their day comes."""
    stand = [standing(content, each["indicator"]) for each in content.listed["forecast"]]
    return [each for each in content.listed["forecast"] if "outcome" not in each and each not in stand]


def score(forecast: dict) -> float | None:
    """The Brier score of a forecast (Brier 1950, for one event): 0 is perfect, 0.25 is what 50 per cent gets.

    None while it is open, and for one that is void.
    """
    came = {"yes": 1, "no": 0}.get(forecast.get("outcome", ""))
    return None if came is None else round((forecast["chance"] / 100 - came) ** 2, 4)


def mean_score(forecasts: list[dict]) -> tuple[str, int]:
    """The mean of all scores with three decimals, and how many there are; no text if there are none."""
    known = [each for each in map(score, forecasts) if each is not None]
    return (f"{sum(known) / len(known):.3f}" if known else ""), len(known)


def judge_forecasts(content: Content, today: date) -> Iterator[Problem]:
    """What the schema cannot say of a forecast: order of dates, its indicator, its reasons, when it is due.

    That an old one was edited is said by the link contract, as of every published place.
    """
    indicators = {block.argument: block.fields for block in content.blocks("indicator")}
    for record in (each for each in content.records if each.kind == "forecast"):
        fields, what = record.fields, f'forecast "{record.fields.get("id")}"'
        for field, fault in faults(fields, indicators, content.codes()):
            yield problem(record, field, "FOR001", f"{what} {fault}")
        by = str(fields.get("by"))
        if "outcome" not in fields and by <= (today + NOTICE).isoformat():
            message = f"{what} is due on {by}; after that day add {', '.join(RESOLUTION)}, and make a new one"
            yield problem(record, "by", "FOR002", message)


def faults(fields: dict, indicators: dict[str, dict], codes: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each field that does not go with the others, and what is wrong with it."""
    made, by, end = (str(fields.get(name) or "") for name in ("made_on", "by", "resolved_on"))
    indicator = indicators.get(str(fields.get("indicator")))
    if fields.get("indicator") in codes and indicator is None:
        yield "indicator", f"is about {fields['indicator']}, which is no indicator; name one"
    if indicator and "outcome" not in fields and made < str(indicator.get("set_on")):
        change = f"the threshold of {fields['indicator']} was set anew on {indicator['set_on']}"
        yield "made_on", f"is older than its threshold: {change}; resolve it as void"
    if by and by <= made:
        yield "by", f"ends on {by}, but was made on {made}; set a later day"
    if 0 < sum(name in fields for name in RESOLUTION) < len(RESOLUTION):
        yield "outcome", f"is half resolved; {', '.join(RESOLUTION)} stand together"
    if end and end < made:
        yield "resolved_on", f"is resolved on {end}, before it was made on {made}"
    if fields.get("outcome") == "no" and end <= by:
        yield "resolved_on", f"is resolved as no on {end}, but its last day is {by}; wait until after it"
    for name in TEXTS:
        said = str(fields.get(name) or "")
        if said and name in ("starts_from", "because") and not CODE.search(said):
            yield name, f"rests on nothing in `{name}`; name the findings by their codes, as [T3]"
        if re.search(r"(?i)\bconfiden", said):
            yield name, f"speaks of confidence in `{name}`; it stands apart from a chance"


def problem(record: Record, field: str, rule: str, message: str) -> Problem:
    """A fault of a field of a record, or of the whole if it has no such field."""
    place = record.places.get(field) or (record.line, 1)
    return Problem(record.file, *place, rule, message, RULES[rule][0])
