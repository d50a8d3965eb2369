"""scripts/briefing.py without the page; browser/test_briefing.py holds both to the same rows."""

import io
import json
import re
import time
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link

import briefing
import memo_text
from memos import CONTRACT, DAMAGED, HOSTILE, MARKDOWN, MEGABYTES, SITE, SUMMARY, corpus, damaged


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """The made-up list of addresses as a file."""
    path = tmp_path / "permalinks.json"
    path.write_text(json.dumps(CONTRACT), encoding="utf-8")
    return path


def run(listed: Path, text: str, *options: str) -> int:
    """The exit code for a memo with this text."""
    memo = listed.with_name("memo.md")
    memo.write_text(text, encoding="utf-8")
    return briefing.main([str(memo), "--permalinks", str(listed), *options])


def test_every_memo_of_the_corpus_gets_its_rows() -> None:
    wrong, count = [], 0
    for tried, name, data, expected in corpus():
        rows = briefing.check(memo_text.read(name, data), CONTRACT)
        kept = [
            " ".join(filter(None, (row["address"], row["cited"], row["state"], row.get("nearest"))))
            for row in rows
        ]
        count += 1
        if kept != expected:
            wrong.append((tried, kept, expected))
    assert wrong == []
    assert count > 130


def test_links_of_a_pdf_file_are_read() -> None:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_annotation(0, Link(rect=(10, 10, 90, 90), url=f"{SITE}treaty/?cited=2026-07-03#duty"))
    writer.write(stream)
    rows = briefing.check(memo_text.read("memo.PDF", stream.getvalue()), CONTRACT)
    assert [(row["address"], row["state"]) for row in rows] == [("/treaty/#duty", "lands")]
    with pytest.raises(ValueError, match="is damaged"):
        memo_text.read("memo.pdf", b"%PDF-1.7")


def test_notes_and_sentences_are_those_of_the_day_and_after_it() -> None:
    links = ("?cited=2026-01-31", "?cited=2026-06-01#duty", "?cited=2026-07-02#duty")
    rows = briefing.check(" ".join(f"{SITE}treaty/{link}" for link in links), CONTRACT)
    notes = [[change["note"][:5] for change in row["changes"]] for row in rows]
    assert notes == [["Early", "A sec", "Late"], ["A sec", "Late"], ["Late"]]
    assert [row["says"] for row in rows] == ["changed", "changed", "that-day"]


@pytest.mark.parametrize(
    ("memo", "code"),
    [
        ("nothing here", 0),
        ("§ and §treaty/?cited=2026-05-01#duty", 0),  # what changed has a note
        ("§treaty/?cited=2026-07-09.cccccccccccc#a_(b)", 1),  # what changed has none
        ("§ and https://bit.ly/3abc", 1),
        ("https://bit.ly/3abc", 1),
        ("§treaty/#no-aid", 1),
        ("§treaty/#no-such", 1),
        ("§crises/#gone", 1),
    ],
)
def test_the_exit_code_is_0_only_if_all_land(listed: Path, memo: str, code: int) -> None:
    assert run(listed, memo.replace("§", SITE)) == code


def test_the_command_counts_and_the_terminal_obeys_nothing(
    listed: Path, capsys: pytest.CaptureFixture
) -> None:
    run(listed, MARKDOWN)
    said = capsys.readouterr().out
    assert said.splitlines()[0] == SUMMARY
    assert f"nearest: {SITE}treaty/#no-aid-to-the-aggressor" in said
    run(listed, HOSTILE, "--site", "https://evil.example/")
    assert not re.search("[\x1b\u202e]", capsys.readouterr().out)


@pytest.mark.parametrize("text", [None, "[", "[]"])
def test_a_list_that_cannot_be_read_is_named_with_the_remedy(
    listed: Path, capsys: pytest.CaptureFixture, text: str | None
) -> None:
    listed.unlink()
    if text:
        listed.write_text(text, encoding="utf-8")
    assert run(listed, "") == 2
    assert "make site" in capsys.readouterr().err


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_cannot_be_read_is_refused_at_once(name: str) -> None:
    data, start = damaged(name), time.process_time()
    with pytest.raises(ValueError, match="is damaged, too large, protected"):
        memo_text.read(name, data)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("case", MEGABYTES)
def test_a_megabyte_takes_seconds(case: str) -> None:
    start = time.process_time()
    rows = briefing.check(memo_text.plain(MEGABYTES[case]), CONTRACT)
    assert len(rows) == {"links": 28_000}.get(case, int(SITE in MEGABYTES[case]))
    assert time.process_time() - start < 10
