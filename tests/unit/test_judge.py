"""The judge of content: rules on a sample that breaks them, and what they let pass (judge_cases.yml)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from explainer import permalinks
from explainer.files import ContentError
from explainer.house_rules import dates_in
from explainer.judge import RULES, known_names
from explainer.judged import read_content
from sample_docs import change, said

CASES = yaml.safe_load((Path(__file__).parent / "judge_cases.yml").read_text(encoding="utf-8"))
SAID = {name: case["said"] for name, case in CASES.items()}
EXPECTED = {name: [lines] if isinstance(lines, str) else lines for name, lines in SAID.items()}


def test_the_sample_and_the_site_are_without_error(docs: Path) -> None:
    assert said(docs) == []
    content = read_content(Path(__file__).resolve().parents[2] / "docs")
    # else what names them is not judged
    assert known_names(content).keys() >= {"code", "source", "section"}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_said_once_where_it_is_with_what_to_do(docs: Path, name: str) -> None:
    for file, *texts in CASES[name]["edits"]:
        if texts:
            change(docs, file, *texts)
        else:
            (docs / file).unlink()
    assert said(docs) == EXPECTED[name]


def test_every_rule_is_tried() -> None:
    elsewhere = {"FM001", "TPL001", *permalinks.RULES}  # content, drawing, itself; then the check
    elsewhere |= {"LNK006", "LNK007", "REF003", "CFG001"}
    assert {line.split()[2] for lines in EXPECTED.values() for line in lines} | elsewhere == RULES.keys()


def test_a_build_stops_at_errors_and_not_at_warnings(docs: Path) -> None:
    change(docs, "watchlist.md", '"2027-01-31"', '"2026-11-01"')
    assert read_content(docs).pages["watchlist.md"].meta["letter"] == "W"
    change(docs, "treaty.md", "status: confirmed", "status: sure")
    change(docs, "treaty.md", "[^kremlin-text]", "[^gone]")
    with pytest.raises(ContentError) as raised:
        read_content(docs)
    assert [problem.rule for problem in raised.value.problems] == ["REF001", "REC003"]
    head = "the content has 2 problems\ndocs/treaty.md:11:21: error REF001 unknown"
    assert raised.value.message.startswith(head)


def test_dates_are_found_as_they_are_written() -> None:
    text = "On 3 May 2026, in June 2026, from 2024-25, in mid-2027 and on 2026-10-01; 1929, 12,026."
    assert [(written, first) for _, written, first in dates_in(text)] == [
        ("3 May 2026", "2026-05-03"),
        ("June 2026", "2026-06-01"),
        ("2024-25", "2025-01-01"),
        ("2027", "2027-01-01"),
        ("2026-10-01", "2026-10-01"),
    ]
