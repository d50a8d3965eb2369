"""What is wrong with words and dates: the house rules of the About page, as far as a machine can see them.

`judge` says what is wrong with the structure and asks here for the rest. Every message names the remedy.
Which texts rest on which sources and dates, and which must not count, say the schemas (see judge.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from explainer.content import HORIZON, REFERENCE, Block, Content, Page, Problem, plausible
from explainer.files import day_of
from explainer.kinds import GATHERED, RECORDS
from explainer.texts import Item, Text
from explainer.views import outlet
from explainer.words import MONTHS, plain

E, W = "error", "warning"
RULES = {
    "DAT001": (E, "`as_of` is not the date of the newest source"),
    "DAT002": (E, "a text names a later date than its `as_of`"),
    "DAT003": (E, "the date up to which sources were looked for is typed, or {horizon} cannot stand there"),
    "TXT001": (E, "a text rests on state media alone unsaid; a warning in prose and of third states"),
    "TXT002": (E, "a quotation stands twice"),
    "TXT003": (E, "the site's own things are counted in words"),
    "TXT004": (E, "likelihood and confidence share a sentence"),
    "TXT005": (W, "a confirmed finding rests on relays or listings alone"),
}
NOT_READ = ("relay", "listing")  # how a source was read that nobody opened
DOCUMENTS = ("primary", "official")  # kinds of sources that are texts of a state rather than its media
AHEAD = ("forecast", "not-found")  # findings of this status may name a later date
MONTH = "|".join(MONTHS)
DATE = re.compile(
    rf"(?<![\d,.$€£])(?:(?P<iso>20\d\d-\d\d-\d\d)"
    rf"|(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{MONTH})\s+(?P<of>20\d\d)"
    rf"|(?P<from>20\d\d)[–/-](?P<to>\d\d)|(?P<year>20\d\d))(?!\d|,\d|[.]\d)"
)
NO_YEAR = re.compile(r"(?i)\b(?:resolutions?|no\.|number|article|about|some|over|nearly)\s+$")
UNIT = re.compile(r"(?i)[ -](?:km|kilomet|tonnes|tons|drones|troops|people|men|missiles|barrels|dollars|per)")
TYPED = re.compile(
    rf"(?i)\b(?:up to|until|by|later than) (?:early |late |mid-)?(?:\d{{1,2}} )?"
    rf"(?:{MONTH}) (?P<year>20\d\d)\b"
)
ABSENCE = re.compile(r"(?i)\b(?:found|seen|shown|known|no|none|not|nothing)\b")
TOKEN = re.compile(r"(?i)\{\s*hori[a-z]*\s*\}")
QUOTED = re.compile(r"“([^“”]+)”")
WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif)teen|twenty|[1-9]\\d*"
OWN = "(?:indicator|reading|threshold|finding|verdict|forecast)s?|definitions|things that can be observed"
COUNTED = re.compile(  # eight readings, six of eight readings, six of the readings
    rf"(?i)\b(?:{NUMBERS})(?: of(?: the| these| its)?)?(?: (?:{NUMBERS}))?(?: own)? (?:{OWN})\b"
)
LIKELY = re.compile(r"(?i)\b(?:almost certain(?:ly)?|(?:un)?likely|remote)\b")
SURE = re.compile(r"(?i)\bconfidence\b")
SENTENCE = re.compile(r"(?<=[.!?])[”’)]*\s+")
STATE = re.compile(
    r"(?i)\b(?:state|government|party|Kremlin|judiciary)(?:[- ](?:aligned|owned|run|controlled|funded))?[- ]"
    r"(?:\w+[- ])?(?:media|agenc|television|TV|broadcast|outlet|radio|newspaper|press|channel|network)"
    r"|\bpro-Kremlin\b|\bstate[- ](?:aligned|owned|run)\b|\bnews agency of\b"
)
GENERAL = re.compile(  # first words of publishers that name no outlet
    "(?i)the|russian|iranian|iran|tehran|islamic|news|global|international|press|young|channel|city|al|new"
)
Fault = tuple[str | int, str]  # where in the text, by words or offset, and what to do


def judge_words(content: Content, every: list[Item], said: list[Text]) -> Iterator[Problem]:
    """Every fault of words and dates in these items and texts, which could all be read."""
    for item in every:
        if item.kind in RECORDS:
            yield from judge_as_of(item, content)
            yield from unread_but_confirmed(item, content)
    yield from twice_quoted(said, {bare(block.argument) for block in content.blocks("verdict")})
    for text in said:
        yield from unnamed_state_media(text, content)
        for rule, faults in BY_TEXT:
            yield from (text.problem(rule, message, found) for found, message in faults(text, content))


# Dates -----------------------------------------------------------------------------------------------------


def known(sources: object, content: Content) -> list[dict]:
    """The records of the sources of a list; nothing if one is not there, or has wrong dates."""
    listed = [content.sources.get(str(source), {}) for source in sources] if isinstance(sources, list) else []
    return listed if all(listed) and all(map(plausible, listed)) else []


def judge_as_of(item: Item, content: Content) -> Iterator[Problem]:
    """DAT001: a record is as old as its newest source. DAT003: no newer than the newest search."""
    as_of, sources = day_of(item.fields.get("as_of")), known(item.fields.get("sources"), content)
    dated = ((day_of(source.get("issued")), str(source.get("id"))) for source in sources)
    right, source = max(dated, default=("", ""))
    if as_of and right and as_of != right:
        fault = f"{item.what} has `as_of` {as_of}, but its newest source, {source}, is of {right}"
        advice = f'set it to "{right}", or name the source of {as_of}'
        yield item.problem("DAT001", "as_of", f"{fault}; {advice}")
    elif content.listed["look"] and as_of > content.horizon:
        fault = f"{item.what} is of {as_of}, but by the log of searches sources reach to {content.horizon}"
        advice = "add the search that found this to docs/data/looks.yml"
        yield item.problem("DAT003", "as_of", f"{fault}; {advice}")


def dates_in(text: str) -> Iterator[tuple[int, str, str]]:
    """Each date that a text names: where, as it is written, and by its first day, `2026-10-01`."""
    for match in DATE.finditer(text):
        year = match["of"] or match["from"] or match["year"]
        first = match["iso"] or f"{year}-01-01"
        if match["month"]:
            first = f"{year}-{MONTHS.index(match['month']) + 1:02}-{int(match['day'] or 1):02}"
        elif match["from"] and match["to"] > year[2:]:
            first = f"{year[:2]}{match['to']}-01-01"
        alone = match["year"] and (NO_YEAR.search(text[: match.start()]) or UNIT.match(text[match.end() :]))
        if not alone:
            yield match.start(), match[0], first


def bound(text: Text, content: Content) -> tuple[str, str]:
    """The date that a text may not pass, and what it is of; empty where it may name any."""
    until = text.beside.get(text.role.get("x-until"))
    if findings := content.behind(str(until), text.beside.get("also")):
        newest = max(findings, key=lambda finding: day_of(finding.fields.get("as_of")))
        fields, whose = newest.fields, f"finding {newest.argument}, on which it rests,"
        until = fields.get("as_of")
    else:
        fields, whose = text.beside, "it"
    return ("", "") if fields.get("status") in AHEAD else (day_of(until), whose)


def later_dates(text: Text, content: Content) -> Iterator[Fault]:
    """DAT002: what a text says cannot be newer than what it rests on."""
    limit, whose = bound(text, content) if "x-until" in text.role else ("", "")
    planned = str(text.beside.get("plans_to") or "")
    without_notes = REFERENCE.sub(lambda note: " " * len(note[0]), text.said)
    for start, written, first in dates_in(without_notes) if limit else ():
        if first > limit and not (planned and first[: len(planned)] <= planned):
            part = f" in `{text.path}`" if text.path else ""
            fault = f"{text.what} names {written}{part}, but {whose} is of {limit}"
            advice = "cite the newer source, take the date out, or for what is only planned set `plans_to`"
            yield start, f"{fault}; {advice}"


def typed_horizons(text: Text, content: Content) -> Iterator[Fault]:
    """DAT003: up to when sources were looked for is said by the log of searches alone."""
    first = str(content.listed["look"][0].get("reach"))[:4] if content.listed["look"] else "9999"
    of_page = isinstance(text.owner, Page | Block)
    for match in TYPED.finditer(text.said) if of_page and ABSENCE.search(text.said) else ():
        if match["year"] >= first:
            advice = f'write "in sources up to {HORIZON}", or leave it out where that cannot stand'
            event = "of an event say when without up to, until or by"
            yield match.start(), f'"{match[0]}" types how far a search reached; {advice}; {event}'


def misplaced_token(text: Text, content: Content) -> Iterator[Fault]:
    """DAT003: where {horizon} would be printed as it is."""
    for match in TOKEN.finditer(text.said):
        if match[0] != HORIZON:
            yield match.start(), f"{match[0]} is not written {HORIZON}; correct it"
        elif isinstance(text.owner, Page) and text.path:
            yield match.start(), f"{HORIZON} cannot stand in front matter; say it without a date"
        elif not content.listed["look"]:
            yield match.start(), f"{HORIZON} has no date: there is no record in docs/data/looks.yml; add one"


# Sources ---------------------------------------------------------------------------------------------------


def unread_but_confirmed(item: Item, content: Content) -> Iterator[Problem]:
    """TXT005: what nobody opened establishes nothing."""
    sources = known(item.fields.get("sources"), content)
    unread = all(source.get("read_in") in NOT_READ or source.get("kind") == "relay" for source in sources)
    if item.fields.get("status") == "confirmed" and sources and unread:
        fault = f"{item.what} is confirmed, but its sources are relays or were not opened"
        yield item.problem("TXT005", "status", f"{fault}; call it reported, or cite one that was read")


def is_named(sources: list[dict], said: str) -> bool:
    """Whether a text names one of these outlets, or says whose voice it is."""
    if STATE.search(said):
        return True
    for source in sources:
        name, first = outlet(source), source["publisher"].split()[0].rstrip(",")
        inner = re.findall(r"\(([A-Z]\w+)", source["publisher"])
        words = [name, *inner] + ([first] if not GENERAL.fullmatch(first) else [])
        if any(re.search(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", said) for word in words):
            return True
    return False


def unnamed_state_media(text: Text, content: Content) -> Iterator[Problem]:
    """TXT001: whoever reads a sentence that rests on state media alone must learn it there."""
    said, owner = text.said, text.owner
    in_prose = isinstance(owner, Page) and not text.path
    listed = REFERENCE.findall(said) if in_prose else text.beside.get(text.role.get("x-sources"))
    sources = known(listed, content)
    if isinstance(owner, Block) and not text.path:  # as a whole, and told once
        text, said = replace(text, place=(owner.line, 1)), f"{owner.body} {owner.fields.get('attribution')}"
    stances = [str(source.get("stance")) for source in sources if source.get("kind") not in DOCUMENTS]
    of_state = [stance for stance in stances if stance.startswith("state-media-")]
    if sources and len(of_state) == len(sources) and not is_named(sources, plain(said)):
        outlets = ", ".join(dict.fromkeys(outlet(source) for source in sources))
        message = f"{text.what} rests on state media alone ({outlets}); name one of them, or say state media"
        mild = in_prose or {*of_state} == {"state-media-other"}
        yield replace(text.problem("TXT001", message), severity=W if mild else E)


# Words -----------------------------------------------------------------------------------------------------


def bare(quoted: str) -> str:
    """The words of a quotation alone, by which two are the same."""
    return " ".join(WORD.findall(quoted.lower()))


def twice_quoted(said: list[Text], questions: set[str]) -> Iterator[Problem]:
    """TXT002: a quotation of five words or more has one place; others link to it. Not its questions."""
    first: dict[str, Text] = {}
    for text in said:
        if isinstance(text.owner, Block) and text.owner.kind in GATHERED:
            continue
        for quoted in QUOTED.findall(plain(text.said)) if "“" in text.said else ():
            words = bare(quoted)
            if words.count(" ") > 3 and words not in questions:
                before = first.setdefault(words, text)
                if before is not text:
                    fault = f"“{quoted}” stands in {before.file}:{before.place[0]} already"
                    advice = "keep one of the two, and link to its code"
                    yield text.problem("TXT002", f"{fault}; {advice}", quoted.split()[0])


def counts_in_words(text: Text, content: Content) -> Iterator[Fault]:
    """TXT003: a number of the site's own things grows wrong unseen."""
    for match in COUNTED.finditer(plain(text.said)) if text.role.get("x-uncounted") else ():
        yield match[0], f'{text.what} counts "{match[0]}"; draw the number from the data, or leave it out'


def likelihood_with_confidence(text: Text, content: Content) -> Iterator[Fault]:
    """TXT004: how probable a thing is and how sturdy its evidence are told apart."""
    name = text.path.rpartition(".")[2]
    for sentence in SENTENCE.split(plain(text.said)):
        likely, sure = LIKELY.search(sentence), SURE.search(sentence)
        if likely and (sure or name in ("confidence", "because")):
            said = f'{text.what} says "{likely[0]}" in a sentence on confidence'
            yield likely[0], f"{said}; make it two sentences"
        elif sure and name == "likelihood":
            yield 0, f"{text.what} speaks of confidence in `likelihood`; say it apart"


BY_TEXT = (
    ("DAT002", later_dates),
    ("DAT003", typed_horizons),
    ("DAT003", misplaced_token),
    ("TXT003", counts_in_words),
    ("TXT004", likelihood_with_confidence),
)
