"""House rules of words and dates: each on a sample that breaks it, beside what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_docs import change, lay_out, said

from explainer.house_rules import RULES, dates_in

T, S, W, EVENTS = "treaty.md", "data/sources.yml", "watchlist.md", "data/events.yml"
LOOKS = """- date: "2026-11-24"
  reach: "2026-10-10"
  languages: [en, ru]
  scope: "Feeds."
  moved: "Nothing."
"""
TEXT, PROSE, READING = "Russia must not help the attacker.", "Prose with a note.", "None was seen."
MEDIA = [(S, "kind: primary", "kind: agency")]  # what the sample rests on becomes state media
REMEDY = "take the date out, or for what is only planned set `plans_to`"
STATE = "rests on state media alone (Kremlin); name one of them, or say state media"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    docs = lay_out(tmp_path)
    (docs / "data" / "looks.yml").write_text(LOOKS, encoding="utf-8")
    return docs


def later(place: str, what: str, named: str, part: str = "") -> str:
    """The message on a date that is too late."""
    return (
        f"{place}: error DAT002 {what} names {named}{part}, but it is of 2025-01-17; cite "
        f"the newer source, {REMEDY}"
    )


FAULTS = {
    "older than its newest source": (
        [
            (W, 'as_of: "2025-01-17"\n    review', 'as_of: "2025-01-16"\n    review'),
            (W, "2025-01-17", "2025-01-16"),
        ],
        [
            "watchlist.md:25:5: error DAT001 indicator W1 has `as_of` 2025-01-16, but its "
            "newest source, kremlin-text, "
            'is of 2025-01-17; set it to "2025-01-17", or name the source of 2025-01-16'
        ],
    ),
    "newer than the newest search": (
        [
            (S, "2025-01-17", "2026-10-11"),
            (T, 'as_of: "2025-01-17"', 'as_of: "2026-10-11"'),
            (T, '    as_of: "2025-01-17"', '    as_of: "2026-10-11"'),
            (W, "2025-01-17", "2026-10-11"),
            (W, "2025-01-17", "2026-10-11"),
        ],
        [
            f"{place}:5: error DAT003 {what} is of 2026-10-11, but by the log of searches "
            "sources reach to 2026-10-10; "
            "add the search that found this to docs/data/looks.yml"
            for place, what in (("treaty.md:19", "finding T1"), ("watchlist.md:25", "indicator W1"))
        ],
    ),
    "a later month": (
        [(T, TEXT, "Nothing came.\nNot in May 2025.")],
        [later("treaty.md:24:8", "finding T1", "May 2025")],
    ),
    "a later day": (
        [(T, TEXT, "It came on 18 January 2025.")],
        [later("treaty.md:23:12", "finding T1", "18 January 2025")],
    ),
    "a later year": ([(T, TEXT, "It comes in 2026.")], [later("treaty.md:23:13", "finding T1", "2026")]),
    "the end of a range": (
        [(T, TEXT, "It came in 2025–26.")],
        [later("treaty.md:23:12", "finding T1", "2025–26")],
    ),
    "in a reading": (
        [(W, READING, "None in 2026.")],
        [later("watchlist.md:21:5", "indicator W1", "2026", " in `reading`")],
    ),
    "after the last plan": (
        [(T, TEXT, "It comes in 2028."), (T, "sources: [", 'plans_to: "2027"\n    sources: [')],
        [later("treaty.md:24:13", "finding T1", "2028")],
    ),
    "in a verdict": (
        [(T, "It forbids and does not oblige.", "In 2026 it did not oblige.")],
        [
            "treaty.md:35:4: error DAT002 verdict Treaty ally? names 2026, but finding T1, "
            "on which it rests, is of "
            f"2025-01-17; cite the newer source, {REMEDY}"
        ],
    ),
    "a typed horizon": (
        [(T, PROSE, "None was found up to early July 2026.")],
        [
            'treaty.md:13:16: error DAT003 "up to early July 2026" types how far a search '
            'reached; write "in sources up to '
            '{horizon}", or leave it out where that cannot stand; of an event say when '
            "without up to, until or by"
        ],
    ),
    "a horizon in front matter": (
        [(W, "Most lie nearer", "Up to {horizon} most lie nearer")],
        ["watchlist.md:4:1: error DAT003 {horizon} cannot stand in front matter; say it without a date"],
    ),
    "a misspelt horizon": (
        [(T, PROSE, "None up to {horison}.")],
        ["treaty.md:13:12: error DAT003 {horison} is not written {horizon}; correct it"],
    ),
    "state media not named": (
        [*MEDIA, (W, "Few.", "Few were seen.")],
        [
            f"data/events.yml:11:3: error TXT001 event signed {STATE}",
            f"treaty.md:13:1: warning TXT001 this paragraph {STATE}",
            f"treaty.md:23:1: error TXT001 finding T1 {STATE}",
            f"watchlist.md:21:5: error TXT001 indicator W1 {STATE}",
            f"watchlist.md:31:47: error TXT001 indicator W1 {STATE}",
        ],
    ),
    "state media of a third state not named": (
        [
            *MEDIA,
            (S, "state-media-russia", "state-media-other"),
            (EVENTS, "[kremlin", "[outlet-2025, kremlin"),
        ],
        [
            f"data/events.yml:11:3: warning TXT001 event signed {STATE}",
            f"treaty.md:13:1: warning TXT001 this paragraph {STATE}",
            f"treaty.md:23:1: warning TXT001 finding T1 {STATE}",
            f"watchlist.md:21:5: warning TXT001 indicator W1 {STATE}",
        ],
    ),
    "a quotation twice": (
        [
            (T, PROSE, "He said “we will always be with you”."),
            (EVENTS, "Peace.", "“We will, always, be with you.”"),
        ],
        [
            "data/events.yml:3:3: error TXT002 “We will, always, be with you.” stands in "
            "docs/treaty.md:13 already; keep one "
            "of the two, and link to its code"
        ],
    ),
    "counts in an answer and in a figure": (
        [
            (W, "Most lie", "Six of eight readings lie"),
            (T, 'title: "Oil"', 'title: "Three thresholds were met"'),
        ],
        [
            'treaty.md:40:5: error TXT003 figure oil counts "Three thresholds"; draw the '
            "number from the data, or leave it out",
            'watchlist.md:4:1: error TXT003 the page counts "Six of eight readings"; draw '
            "the number from the data, or leave "
            "it out",
        ],
    ),
    "likelihood and confidence": (
        [(T, PROSE, "It is very likely, and our confidence is high."), (T, "it was read", "it is likely")],
        [
            'treaty.md:13:12: error TXT004 this paragraph says "likely" in a sentence on '
            "confidence; make it two sentences",
            'treaty.md:31:84: error TXT004 verdict Treaty ally? says "likely" in a sentence '
            "on confidence; make it two "
            "sentences",
        ],
    ),
    "confirmed unread": (
        [(S, "read_in: whole", "read_in: listing")],
        [
            "treaty.md:17:5: warning TXT005 finding T1 is confirmed, but its sources are "
            "relays or were not opened; call it "
            "reported, or cite one that was read"
        ],
    ),
}
FINE = {
    "an undated source": [(T, "[kremlin-text]\n    caveat", "[kremlin-text, outlet-2025]\n    caveat")],
    "the same year, month and day": [(T, TEXT, "In 2025, in January 2025, on 17 January 2025.")],
    "numbers that are no dates": [
        (T, TEXT, "Resolution 2231, 2,026 drones, 2026 tonnes, $2030, resolution 2075.")
    ],
    "a caveat": [(T, "Read in a mirror.", "Read in 2026.")],
    "a forecast": [(T, "status: confirmed", "status: forecast"), (T, TEXT, "It comes in 2030.")],
    "an absence": [
        (T, "status: confirmed", 'status: not-found\n    looked_for: "Help"'),
        (T, TEXT, "None came in 2026."),
    ],
    "a plan": [(T, TEXT, "It comes in May 2027."), (T, "sources: [", 'plans_to: "2027"\n    sources: [')],
    "the token": [(T, PROSE, "None was found up to {horizon}.")],
    "an event by its date": [(T, PROSE, "They were not there in July 2026.")],
    "state media named": [
        *MEDIA,
        (EVENTS, "Peace.", "State media say: peace."),
        (EVENTS, "It is signed.", "The Kremlin says so."),
        (T, PROSE, "So the Kremlin."),
        (T, '"Treaty text"', '"A state news agency"'),
        (W, READING, "None, by state television."),
        (W, "Few.", "Few, the Kremlin says."),
    ],
    "one source of another voice": [
        *MEDIA,
        (EVENTS, "[kremlin-text]", "[outlet-2025, kremlin-text]"),
        (EVENTS, "[kremlin-text]", "[outlet-2025, kremlin-text]"),
        (T, "[^kremlin-text]", "[^kremlin-text][^outlet-2025]"),
        (T, "[kremlin-text]\n    caveat", "[kremlin-text, outlet-2025]\n    caveat"),
        (W, "sources: [kremlin-text]\n    log", "sources: [kremlin-text, outlet-2025]\n    log"),
        (W, "sources: [kremlin-text]}", "sources: [kremlin-text, outlet-2025]}"),
    ],
    "a short quotation twice": [(T, PROSE, "“No bloc” and “no bloc”.")],
    "other counts": [
        (T, 'title: "Oil"', 'title: "Three of five treaties"'),
        (W, "Most lie", "No threshold and one lie"),
    ],
    "two sentences": [(T, PROSE, "It is very likely. Our confidence is high.")],
}


@pytest.mark.parametrize("edits, expected", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_is_said_at_its_place_with_the_remedy(docs: Path, edits: list, expected: list[str]) -> None:
    for edit in edits:
        change(docs, *edit)
    assert said(docs) == expected


@pytest.mark.parametrize("edits", FINE.values(), ids=list(FINE))
def test_what_is_right_passes(docs: Path, edits: list) -> None:
    for edit in edits:
        change(docs, *edit)
    assert said(docs) == []


def test_without_a_search_there_is_no_date_for_the_token(docs: Path) -> None:
    (docs / "data" / "looks.yml").unlink()
    change(docs, T, PROSE, "None up to {horizon}, none until July 2026.")
    reason = "has no date: there is no record in docs/data/looks.yml; add one"
    assert said(docs) == [f"treaty.md:13:12: error DAT003 {{horizon}} {reason}"]


def test_every_rule_is_tried() -> None:
    assert {line.split()[2] for _, lines in FAULTS.values() for line in lines} == RULES.keys()


def test_dates_are_found_as_they_are_written() -> None:
    text = "On 3 May 2026, in June 2026, from 2024-25, in mid-2027 and on 2026-10-01; 1929, 12,026."
    assert [(written, first) for _, written, first in dates_in(text)] == [
        ("3 May 2026", "2026-05-03"),
        ("June 2026", "2026-06-01"),
        ("2024-25", "2025-01-01"),
        ("2027", "2027-01-01"),
        ("2026-10-01", "2026-10-01"),
    ]
