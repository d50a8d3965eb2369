"""What is wrong with content: each rule on a sample that breaks it; judge_cases.yml has most of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sample_docs import change, lay_out, said

from explainer import house_rules
from explainer.content import ContentError, read_content
from explainer.judge import RULES

T, S, W = "treaty.md", "data/sources.yml", "watchlist.md"
CASES = yaml.safe_load((Path(__file__).parent / "judge_cases.yml").read_text(encoding="utf-8"))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return lay_out(tmp_path)


def test_the_sample_and_the_site_are_without_error(docs: Path) -> None:
    assert said(docs) == []
    read_content(Path(__file__).resolve().parents[2] / "docs")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fault"])
def test_a_fault_is_said_once_where_it_is_with_what_to_do(docs: Path, case: dict) -> None:
    change(docs, case["file"], case["old"], case["new"])
    assert said(docs) == case["said"]


def test_a_page_is_as_new_as_the_newest_that_it_gathers(docs: Path) -> None:
    change(docs, W, "/// timeline", "/// verdicts\n///\n\n/// timeline")
    assert said(docs) == []
    change(docs, T, '"2025-01-10"', '"2025-11-22"')
    change(docs, T, 'as_of: "2025-01-17"\npublished', 'as_of: "2025-11-22"\npublished')
    newest = "`as_of` is 2025-01-17, but treaty.md, which it gathers, is of 2025-11-22, the newest here"
    assert said(docs) == [f'watchlist.md:6:1: error REC007 {newest}; set it to "2025-11-22"']


def test_a_source_that_nothing_cites_is_a_warning(docs: Path) -> None:
    change(docs, "data/glossary.yml", "outlet-2025", "kremlin-text")
    assert said(docs) == []  # a figure cites it
    change(docs, "data/figures/oil.csv", " outlet-2025", "")
    assert said(docs) == [
        f'{S}:13:1: warning REF002 source "outlet-2025" is cited nowhere; cite it or remove it'
    ]


def test_what_stands_on_a_page_that_cannot_be_read_is_not_called_missing(docs: Path) -> None:
    (docs / T).write_bytes(b"\xff" + (docs / T).read_bytes())
    assert said(docs) == ["treaty.md:1:1: error SRC001 byte 0xff is not UTF-8; save the file as UTF-8"]


def test_one_broken_quotation_mark_is_one_message(docs: Path) -> None:
    change(docs, S, 'publisher: "Kremlin"', 'publisher: "Kremlin')
    assert said(docs) == [
        f"{S}:6:12: error SRC001 the list cannot be read: "
        "not valid YAML: a quotation mark is missing in line 5"
    ]


def test_a_code_is_given_once_on_the_whole_site(docs: Path) -> None:
    text = (docs / T).read_text(encoding="utf-8")
    second = text[text.index("/// finding") : text.index("/// verdict")].replace("no-aid", "again")
    change(docs, T, "/// verdict", f"{second}/// verdict")
    message = "the code T1 is given already (docs/treaty.md:15); codes are given once, for ever"
    assert said(docs) == [f"treaty.md:26:1: error REC005 {message}"]


def test_a_heading_that_loses_its_id_is_one_fault_whoever_refers_to_it(docs: Path) -> None:
    change(docs, T, ' { #no-duty data-words="pact" }', "")
    assert [line.split()[2] for line in said(docs)] == ["ID002"]


def test_a_build_stops_at_errors_and_not_at_warnings(docs: Path) -> None:
    change(docs, W, '"2027-01-31"', '"2026-11-01"')
    assert read_content(docs).pages[W].meta["letter"] == "W"
    change(docs, T, "status: confirmed", "status: sure")
    change(docs, T, "[^kremlin-text]", "[^gone]")
    with pytest.raises(ContentError) as raised:
        read_content(docs)
    assert [problem.rule for problem in raised.value.problems] == ["REF001", "REC003"]
    assert raised.value.message.startswith(
        "the content has 2 problems\ndocs/treaty.md:13:21: error REF001 unknown"
    )


def test_every_rule_is_tried() -> None:
    tried = {line.split()[2] for case in CASES for line in case["said"]}
    elsewhere = {"FM001", "FM002", "PRM005", "SRC001", "REF002"}  # by test_content and above
    assert tried | elsewhere | house_rules.RULES.keys() == RULES.keys()
