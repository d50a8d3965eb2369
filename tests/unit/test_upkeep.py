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
from conftest import copy_project
from explainer.content import read
from explainer.judge import judge

NEW_YEAR = date(2030, 1, 2)
EMPTY = re.compile(r"[ -]+([a-z_]+):( \[\])?")
LIST = re.compile(" +- ")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def make(project: Path, *asked: str) -> int:
    """What the command returns, on a day of its own."""
    return new.main([*asked, "--docs", str(project / "docs"), "--today", str(NEW_YEAR)])


@pytest.mark.parametrize(
    ("asked", "file", "holds"),
    [
        ("finding --page treaty", "treaty.md", "/// finding | T"),
        ("finding --page crises#mediation --id no-parade", "crises.md", "id: no-parade"),
        ("reading --id W3", "watchlist.md", "    reading:\n    position:\n    direction:\n"),
        (
            "forecast --id W3",
            "data/forecasts.yml",
            "- id: forecast-w3-2030-01-02\n  indicator: W3\n  says:\n",
        ),
        ("source --id tass-2030", "data/sources.yml", "\n\n- id: tass-2030\n  type:\n"),
        ("event --id parade", "data/events.yml", "\n\n- id: parade\n  date:\n"),
        ("look", "data/looks.yml", '\n\n- date: "2030-01-02"\n  reach:\n'),
        ("person --id belousov-b", "data/people.yml", "\n\n- id: belousov-b\n  name:\n"),
    ],
)
def test_a_skeleton_fails_only_where_it_is_empty(
    project: Path, capsys: pytest.CaptureFixture[str], asked: str, file: str, holds: str
) -> None:
    old = (project / "docs" / file).read_text(encoding="utf-8").split("\n")
    assert make(project, *asked.split()) == 0
    made = (project / "docs" / file).read_text(encoding="utf-8")
    assert holds in made and made.endswith("\n")
    rows = made.split("\n")
    lost = (Counter(old) - Counter(rows)).total()
    assert lost == (6 if asked.startswith("reading") else 0)  # these are in the log, or to be said anew
    errors = [fault for fault in judge(*read(project / "docs"), NEW_YEAR) if fault.severity == "error"]
    told = capsys.readouterr().out
    assert all("fill it in" in fault.message and str(fault) in told for fault in errors)
    empty = {
        number for number, row in enumerate(rows, 1) if EMPTY.fullmatch(row) and not LIST.match(rows[number])
    }
    text = {rows.index(row) + 1 for row in rows if row not in old and row.startswith("/// finding")}
    assert {(fault.file, fault.line) for fault in errors} == {(f"docs/{file}", line) for line in empty | text}


def test_a_code_is_the_next_that_nothing_ever_had(project: Path) -> None:
    listed = project / "docs" / "data" / "permalinks.yml"
    gone = '"/treaty/#old":\n  since: "2026-11-24"\n  code: "T90"\n  retired: "2026-11-25"\n  note: "why"\n'
    listed.write_text(listed.read_text(encoding="utf-8") + gone, encoding="utf-8")
    for page in ("treaty", "treaty.md"):
        assert make(project, "finding", "--page", page) == 0
    assert {"T91", "T92"} <= read(project / "docs")[0].codes().keys()


def test_an_old_reading_is_the_last_of_the_log(project: Path) -> None:
    before, _ = read(project / "docs")
    assert make(project, "reading", "--id", "W3") == 0
    then, now = (each.codes()["W3"].fields for each in (before, read(project / "docs")[0]))
    moved = {name: then[name] for name in ("position", "reading", "sources")} | {"date": then["as_of"]}
    assert now["log"] == [*then["log"], moved]


@pytest.mark.parametrize("asked", ["tale", "finding --page tretay", "finding --page treaty#no", "reading"])
def test_what_is_not_there_is_said_and_nothing_written(
    project: Path, capsys: pytest.CaptureFixture[str], asked: str
) -> None:
    assert make(project, *asked.split()) == 1
    assert "nothing was written: there is no " in capsys.readouterr().err


def test_review_lists_what_is_due_oldest_first(project: Path) -> None:
    content, report = read(project / "docs")[0], project / "links.md"
    assert review.listed(content, date(2026, 11, 29), report, "").startswith(review.NOTHING)
    source = next(each for each in content.records if each.line > 99 and "URL" in each.fields)
    report.write_text(
        f"* [404] <{quote(source.fields['URL'], ':/?&=')}> (at 1:2) | Not Found\n", encoding="utf-8"
    )
    os.utime(report, (0, datetime(2026, 12, 30).timestamp()))
    _, rows, _, sources = review.listed(content, NEW_YEAR, report, "").split("\n\n")
    first, *others = rows.split("\n")
    assert first.startswith(f"{source.file}:{source.places['URL'][0]}: ") and "404" in first
    pages = {f"docs/{page.name}" for page in content.pages.values()}
    assert {row.partition(":")[0] for row in others} == pages | {"docs/data/forecasts.yml"}
    places = [row.split(":", 2)[:2] for row in others]
    lines = {file: (project / file).read_text(encoding="utf-8").split("\n") for file, _ in places}
    days = [review.DAY.search(lines[file][int(line) - 1])[0] for file, line in places]
    assert days == sorted(days)
    assert len(days) == len(pages) + len(content.blocks("indicator")) + len(content.forecasts)
    assert len(sources.split("\n")) == review.SHOWN
    linked = review.listed(content, NEW_YEAR, report, "https://github.com/o/r").split("\n")[2]
    assert linked.startswith(
        f"- [{first.partition(': ')[0]}](https://github.com/o/r/blob/HEAD/{source.file}?plain=1#L"
    )
