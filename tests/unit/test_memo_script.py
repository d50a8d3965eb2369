"""scripts/briefing.py without the page; browser/test_briefing.py holds both to the same rows."""

import json
import re
from pathlib import Path

import pytest

import briefing
from conftest import ROOT
from memos import CHANGE, CONTRACT, HOSTILE, MARKDOWN, SITE


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """The made-up list of addresses as a file."""
    path = tmp_path / "permalinks.json"
    path.write_text(json.dumps(CONTRACT), encoding="utf-8")
    return path


def test_notes_are_those_after_the_date_of_what_lies_inside_each_once() -> None:
    links = ("?cited=2026-01-31", "?cited=2026-02-01#duty", "?cited=2026-07-01#duty")
    rows = briefing.check(" ".join(f"{SITE}treaty/{link}" for link in links), CONTRACT)
    notes = [[change["note"] for change in row["changes"]] for row in rows]
    assert notes == [["Early", CHANGE, "Late"], [CHANGE, "Late"], ["Late"]]


def test_the_command_counts_lists_and_gives_its_exit_code(
    tmp_path: Path, listed: Path, capsys: pytest.CaptureFixture
) -> None:
    memo = tmp_path / "memo.md"
    memo.write_text(MARKDOWN, encoding="utf-8")
    assert briefing.main([str(memo), "--permalinks", str(listed)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "10 links into this site: 4 land, 2 have changed, 2 are retired, 2 never existed."
    memo.write_text(SITE, encoding="utf-8")
    assert briefing.main([str(memo), "--permalinks", str(listed)]) == 0


def test_the_terminal_obeys_nothing(tmp_path: Path, listed: Path, capsys: pytest.CaptureFixture) -> None:
    memo = tmp_path / "memo.md"
    memo.write_bytes(HOSTILE.encode() + b"\xff\xfe\x80")
    briefing.main([str(memo), "--permalinks", str(listed)])
    assert not re.search("[\x1b\u202e]", capsys.readouterr().out)


@pytest.mark.parametrize("text", [None, "[", "[]"])
def test_a_list_that_cannot_be_read_is_named_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture, text: str | None
) -> None:
    listed, memo = tmp_path / "list.json", tmp_path / "memo.md"
    memo.touch()
    if text:
        listed.write_text(text, encoding="utf-8")
    assert briefing.main([str(memo), "--permalinks", str(listed)]) == 2
    assert "make site" in capsys.readouterr().err


def test_the_page_builds_text_only() -> None:
    code = (ROOT / "docs" / "assets" / "briefing.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|https://\w", code)
    page = (ROOT / "docs" / "briefing.md").read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|<script>", page)
