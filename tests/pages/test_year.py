"""A year of edits on the project of book.py. After each, every link that was copied before must land, say
rightly whether the place still reads as cited, and have the words of that day; at the end in a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from book import DRAWING, Book
from briefing import Checker, Link
from conftest import ROOT, SITE_URL, must_succeed, run_mkdocs, serving, visiting
from explainer.judged import current_content
from explainer.permalinks import Place, check, contract, places, with_changes_inside

HEAD = """---
title: "{title}"
description: "{title}: a page that the test edits for a year."
letter: "{letter}"
published: "2026-11-24"
review_by: "2099-01-01"
---

{title} in a sentence.

"""
FINDING = """/// finding | {code}
    id: {id}
    status: confirmed
    attribution: "The gazette"
    as_of: "2025-01-02"
    sources: [gazette]

{text}
///

"""
TEXTS = {
    "no-duty": ("Y1", "The pact holds no duty."),
    "both": ("Y2", "The pact promises little. It names a council."),
    "years": ("Y3", "The pact runs for twenty years."),
    "sales": ("Y4", "Sales were small."),
    "merged": ("Y5", "The pact asks for talks."),
    "wrong": ("Y6", "A port was leased."),
    "misspelt": ("Y9", "Notice is recieved in writing."),
}
# What readers are told beside a place, by how it stands to what was cited
SAID = {
    "unchanged": "Unchanged since",
    "back": "Unchanged since",
    "mended": "No change of substance since",
    "changed": "Changed since",
    "succeeded": "What this link cites was given up on",
    "alone": "What this link cites was given up on",
}


def finding(name: str, code: str, text: str) -> str:
    return FINDING.format(id=name, code=code, text=text)


def letters(words: dict) -> str:
    """Words without what is typography, such as space and the form of quotation marks."""
    return re.sub(r"\\n|\W", "", json.dumps(words, ensure_ascii=False, sort_keys=True))


def everything_at(found: dict[str, Place]) -> dict[str, str]:
    """All that each place says, itself and what stands in it; nothing here knows a digest."""
    says: dict[str, list] = {address: [place.words] for address, place in found.items()}
    for address, place in reversed(found.items()):  # what holds others comes before them
        if place.within:
            says[place.within].append(says[address])
    return {address: json.dumps(words, sort_keys=True) for address, words in says.items()}


class Year(Book):
    """The project, and every link that a reader copied from it so far with what stood there."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.links: dict[Link, tuple[str, dict]] = {}
        self.told: dict[Link, dict] = {}  # what was said of each when it was opened last

    def on(self, day: str, *options: str) -> None:
        """Record on a day."""
        assert self.record("--date", day, *options) == 0

    def commit(self, what: str) -> None:
        assert self.git("add", "docs") == self.git("commit", "-m", what) == 0

    def publish(self, day: str) -> None:
        """Open every link that was copied before, then copy those to what reads otherwise than before."""
        content = current_content(self.docs)
        assert check(content) == []
        found = places(content)
        now, known = everything_at(found), with_changes_inside(contract(content, found))
        checker = Checker({"site": SITE_URL, "addresses": known})
        self.told = {link: checker.judge(link) for link in self.links}
        for link, row in self.told.items():
            said, words = self.links[link]
            assert letters(content.kept.words_of(link.digest)) == letters(words), link
            if link.address not in now:
                assert row["state"] == "retired" and row["changes"][0]["note"], (link, row)
                assert set(row["successors"]) <= now.keys(), (link, row)
            elif now[link.address] == said:
                assert row["says"] in ("unchanged", "back") and "as_cited" not in row, (link, row)
            else:
                assert row["says"] in ("changed", "mended"), (link, row)
                assert row["as_cited"] == f"/v/{link.digest}/", (link, row)
        copied = {(link.address, link.digest) for link in self.links}
        for address, place in found.items():
            if (address, place.content_digest) not in copied:
                self.links[Link(address, day, place.content_digest)] = now[address], place.words

    def said_of(self, address: str) -> list[str]:
        """What was said of each link to an address when they were opened last, in the order of copying."""
        return [row["says"] for link, row in self.told.items() if link.address == address]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The book with three pages more, published on the third day of 2025."""
    made = Year(tmp_path_factory.mktemp("year"))
    blocks = {name: finding(name, *text) for name, text in TEXTS.items()}
    duty = "".join(blocks[name] for name in ("no-duty", "both", "merged", "wrong", "misspelt"))
    trade = blocks["years"] + blocks["sales"]
    text = f"## A duty {{ #duty }}\n\nThe duty.\n\n{duty}## Trade {{ #trade }}\n\nThe trade.\n\n{trade}"
    for name, letter, body in (
        ("first", "Y", text),
        ("second", "Z", "## Elsewhere { #elsewhere }\n\nMore.\n\n"),
        ("third", "V", "## Part { #part }\n\nA part.\n\n" + finding("part-finding", "V1", "It was said.")),
    ):
        head = HEAD.format(title=f"The {name} page", letter=letter)
        (made.docs / f"{name}.md").write_text(head + body, encoding="utf-8")
    made.on("2025-01-03")
    assert made.git("init", "-b", "main") == 0
    made.commit("Begin")
    made.publish("2025-01-03")
    return made


def edits_of_words(year: Year) -> Iterator[str]:
    """Substance, spelling, there and back, a heading, twice on one day."""
    year.edit("first.md", "holds no duty.", "holds a duty to consult.")
    year.on("2025-01-05", "--note", "Article 3 was read anew")
    yield "2025-01-05"
    year.edit("first.md", "recieved", "received")
    year.on("2025-01-20", "--typo")
    yield "2025-01-20"
    assert year.said_of("/first/#misspelt") == ["mended"]
    for day, old, new in (("2025-02-01", "twenty", "thirty"), ("2025-02-15", "thirty", "twenty")):
        year.edit("first.md", f"{old} years", f"{new} years")
        year.on(day, "--note", f"The text says {new}")
        yield day
    assert year.said_of("/first/#years") == ["back", "changed"]
    year.edit("first.md", "## A duty {", "## What the pact asks {")
    year.on("2025-03-01", "--note", "The heading names the pact")
    yield "2025-03-01"
    for old, new in (("Sales were small", "Sales were middling"), ("middling", "large")):
        year.edit("first.md", old, new)
        year.on("2025-03-10", "--note", f"Read as {new}")
        yield "2025-03-10"
    assert year.said_of("/first/#sales") == ["changed", "changed"]


def edits_of_places(year: Year) -> Iterator[str]:
    """Move, split, merge, retire without successor, a page retired."""

    def give_up(day: str, address: str, *successors: str) -> str:
        options = ("--successor", " ".join(successors)) if successors else ()
        year.on(day, "--retire", address, "--note", f"{address} had its day", *options)
        year.on(day, "--note", "The rest was fitted to that")
        return day

    sales = finding("sales", "Y4", "Sales were large.")
    year.edit("first.md", sales, "")
    year.edit("second.md", "More.\n\n", f"More.\n\n{sales}")
    yield give_up("2025-04-01", "/first/#sales", "/second/#sales")
    halves = finding("little", "Y7", "The pact promises little.") + finding(
        "council", "Y8", "It has a council."
    )
    year.edit("first.md", finding("both", *TEXTS["both"]), halves)
    yield give_up("2025-05-01", "/first/#both", "/first/#little", "/first/#council")
    year.edit("first.md", finding("merged", *TEXTS["merged"]), "")
    year.edit("first.md", "a duty to consult.", "a duty to consult, and asks for talks.")
    yield give_up("2025-06-01", "/first/#merged", "/first/#no-duty")
    year.edit("first.md", finding("wrong", *TEXTS["wrong"]), "")
    yield give_up("2025-06-15", "/first/#wrong")
    (year.docs / "third.md").unlink()
    yield give_up("2025-07-01", "/third/", "/second/")
    assert year.said_of("/third/#part-finding") == ["succeeded"]


def edits_of_data(year: Year) -> Iterator[str]:
    """A number of a figure, the address of a source, a recording that is published late, a merge."""
    year.edit("data/figures/counts.csv", "two,2", "two,77")
    year.on("2025-08-01", "--note", "The count was corrected")
    yield "2025-08-01"
    year.edit("data/sources.yml", "https://gazette.example/1", "https://gazette.example/2")
    year.on("2025-09-01", "--note", "The document has moved")
    yield "2025-09-01"
    # Recorded on the 1st, published on the 20th; the old words were cited in between
    old = next(link for link in reversed(year.links) if link.address == "/first/#no-duty")
    year.edit("first.md", "asks for talks.", "asks for early talks.")
    year.on("2025-10-01", "--note", "The adverb was left out")
    year.links[old._replace(cited="2025-10-15")] = year.links[old]
    yield "2025-10-01"
    year.commit("So far")
    for branch, text in (("one", "for early talks"), ("two", "has a council")):
        assert not year.git("checkout", "-b", branch, "main")
        year.edit("first.md", text, f"{text}, says {branch}")
        year.on("2025-11-01", "--note", f"Said by {branch}")
        year.commit(branch)
    assert not year.git("merge", "-m", "Merge", "one")
    [fault] = year.check()
    assert fault.rule == "PRM006" and "it needs no note" in fault.message
    year.on("2025-11-02")
    yield "2025-11-02"


def test_every_link_of_a_year_lands_and_tells_the_truth(
    year: Year, chromium: Browser, tmp_path: Path
) -> None:
    for edits in (edits_of_words, edits_of_places, edits_of_data):
        for day in edits(year):
            year.publish(day)
    told = year.told
    moved = {link: row for link, row in told.items() if row["says"] != "unchanged"}
    assert {row["says"] for row in moved.values()} == SAID.keys() - {"unchanged"}
    shutil.copytree(ROOT / "docs" / "assets", year.docs / "assets")
    shutil.copytree(ROOT / "overrides", year.root / "overrides")
    (year.root / "overrides" / "records" / "figures" / "counts.html").write_text(DRAWING, encoding="utf-8")
    (year.root / "scripts").symlink_to(ROOT / "scripts")
    own = {"INHERIT": str(ROOT / "mkdocs.yml"), "nav": ["index.md", "topic.md", "first.md", "second.md"]}
    (year.root / "mkdocs.yml").write_text(json.dumps(own), encoding="utf-8")
    must_succeed(run_mkdocs(year.root, tmp_path / "site", SITE_URL, "--quiet"))
    for link in told:
        assert (tmp_path / "site" / "v" / link.digest / "index.html").is_file()
    leads = dict.fromkeys(("Y1", "Y2", "Y3", "Y5", "Y7", "Y8", "Y9"), "first/#")
    leads |= {"Y4": "second/#sales", "Y6": "v/", "V1": "second/"}
    for code, to in leads.items():
        assert f"../{to}" in (tmp_path / "site" / code / "index.html").read_text(encoding="utf-8"), code
    same = {link: row for link, row in told.items() if link.address.startswith(("/first/", "/second/"))}
    with serving(tmp_path / "site") as root, visiting(chromium, root) as visit:
        page = visit("glossary/")
        for link, row in (moved | same).items():
            follow(page, root, link, row)


def follow(page: Page, root: str, link: Link, row: dict) -> None:
    """Open a link in the browser; what it tells is what the list tells, with the words beside it."""
    address, _, anchor = link.address.partition("#")
    page.goto(f"{root}{address[1:]}?cited={link.cited}.{link.digest}{'#' * bool(anchor)}{anchor}")
    note = page.locator(".cited-note")
    note.locator("[role=status]", has_text=SAID[row["says"]]).wait_for()
    for change in row.get("changes", ()):
        assert change["note"] in note.text_content(), link  # also where a fold holds it
    moved = (
        "in the same words" in note.inner_text()
    )  # of what was given up only the list of the shell tells more
    assert bool(note.locator("section").count()) == ("as_cited" in row and not moved), link
