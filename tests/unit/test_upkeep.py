"""`make new` and `make review`: what is left to fill in, and what is due, each at its line."""

import os
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

import new
import review
from explainer.content import read
from explainer.judge import judge
from sample_docs import change

NEW_YEAR = date(2030, 1, 2)
EMPTY = re.compile(r"[ -]+([a-z_]+):( \[\])?")
LIST = re.compile(" +- ")


def make(docs: Path, *asked: str) -> int:
    """What the command returns, on a day of its own."""
    return new.main([*asked, "--docs", str(docs), "--today", str(NEW_YEAR)])


@pytest.mark.parametrize(
    ("asked", "file", "holds"),
    [
        ("finding --page treaty", "treaty.md", "/// finding | T"),
        ("finding --page treaty#no-duty --id no-parade", "treaty.md", "id: no-parade"),
        ("reading --id W1", "watchlist.md", "    reading:\n    position:\n    direction:\n"),
        (
            "forecast --id W1",
            "data/forecasts.yml",
            "- id: forecast-w1-2030-01-02\n  indicator: W1\n  says:\n",
        ),
        ("source --id tass-2030", "data/sources.yml", "\n\n- id: tass-2030\n  type:\n"),
        ("event --id parade", "data/events.yml", "- id: parade\n  date:\n"),
        ("term --id pact", "data/glossary.yml", "- id: pact\n  term:\n"),
        ("look", "data/looks.yml", '\n\n- date: "2030-01-02"\n  reach:\n'),
        ("person --id belousov-b", "data/people.yml", "- id: belousov-b\n  name:\n"),
    ],
)
def test_a_skeleton_fails_only_where_it_is_empty(
    docs: Path, capsys: pytest.CaptureFixture[str], asked: str, file: str, holds: str
) -> None:
    path = docs / file
    old = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    assert make(docs, *asked.split()) == 0
    made = path.read_text(encoding="utf-8")
    assert holds in made and made.endswith("\n")
    rows = made.split("\n")
    lost = (Counter(old) - Counter(rows)).total()
    assert lost == (6 if asked.startswith("reading") else 0)  # these are in the log, or to be said anew
    errors = [fault for fault in judge(*read(docs), NEW_YEAR) if fault.severity == "error"]
    told = capsys.readouterr().out
    assert all("fill it in" in fault.message and str(fault) in told for fault in errors)
    empty = {
        number for number, row in enumerate(rows, 1) if EMPTY.fullmatch(row) and not LIST.match(rows[number])
    }
    text = {rows.index(row) + 1 for row in rows if row not in old and row.startswith("/// finding")}
    assert {(fault.file, fault.line) for fault in errors} == {(f"docs/{file}", line) for line in empty | text}


def test_a_code_is_the_next_that_nothing_ever_had(docs: Path) -> None:
    listed = docs / "data" / "permalinks.yml"
    gone = '"/treaty/#old":\n  since: "2026-11-24"\n  code: "T90"\n  retired: "2026-11-25"\n  note: "why"\n'
    listed.write_text(listed.read_text(encoding="utf-8") + gone, encoding="utf-8")
    for page in ("treaty", "treaty.md"):
        assert make(docs, "finding", "--page", page) == 0
    assert {"T91", "T92"} <= read(docs)[0].codes().keys()


def test_an_old_reading_is_the_last_of_the_log(docs: Path) -> None:
    before, _ = read(docs)
    assert make(docs, "reading", "--id", "W1") == 0
    then, now = (each.codes()["W1"].fields for each in (before, read(docs)[0]))
    moved = {name: then[name] for name in ("position", "reading", "sources")} | {"date": then["as_of"]}
    assert now["log"] == [*then["log"], moved]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("tale", "there is no KIND"),
        ("finding --page tretay", "there is no PAGE"),
        ("finding --page treaty#no", "there is no section"),
        ("reading", "there is no ID"),
        ("source", "KIND=source needs a name"),
    ],
)
def test_what_is_missing_is_said_and_nothing_written(
    docs: Path, capsys: pytest.CaptureFixture[str], asked: str, why: str
) -> None:
    assert make(docs, *asked.split()) == 1
    assert capsys.readouterr().err.startswith(f"nothing was written: {why}")


def test_review_lists_what_is_due_oldest_first(docs: Path) -> None:
    url = "https://outlet.example/räte/?a=b"
    change(docs, "data/sources.yml", "read_in: part", f'read_in: opening\n  URL: "{url}"')
    content, report = read(docs)[0], docs / "links.md"
    assert review.listed(content, date(2026, 11, 29), report, "").startswith(review.NOTHING)
    report.write_text(f"* [404] <{quote(url, ':/?&=')}> (at 1:2) | Not Found\n", encoding="utf-8")
    os.utime(report, (0, datetime(2026, 12, 30).timestamp()))
    _, rows, _, sources = review.listed(content, NEW_YEAR, report, "").split("\n\n")
    first, *others = rows.split("\n")
    assert first.startswith("docs/data/sources.yml:22: ") and "404" in first
    pages = {f"docs/{page.name}" for page in content.pages.values()}
    assert {row.partition(":")[0] for row in others} == pages | {"docs/data/forecasts.yml"}
    places = [row.split(":", 2)[:2] for row in others]
    lines = {file: (docs.parent / file).read_text(encoding="utf-8").split("\n") for file, _ in places}
    days = [review.DAY.search(lines[file][int(line) - 1])[0] for file, line in places]
    assert days == sorted(days)
    assert len(days) == len(pages) + 2  # an indicator and the open forecast
    assert sources.startswith("docs/data/sources.yml:21: outlet-2025: opening only")
    linked = review.listed(content, NEW_YEAR, report, "https://github.com/o/r").split("\n")[2]
    place = "https://github.com/o/r/blob/HEAD/docs/data/sources.yml?plain=1#L22"
    assert linked.startswith(f"- [docs/data/sources.yml:22]({place})")
