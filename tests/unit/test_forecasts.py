"""Forecasts: which stands, how those resolved are scored, that none is edited unseen; and their feeds."""

from __future__ import annotations

import json
from pathlib import Path

import record
from explainer.feeds import Site, feeds
from explainer.forecasts import mean_score, replaced, score, standing
from explainer.judged import read_content
from explainer.permalinks import check, contract, places
from sample_docs import change, lay_out

FILE, URL = "data/forecasts.yml", "https://host.example/book/"


def test_the_newest_open_forecast_stands_and_those_resolved_are_scored(tmp_path: Path) -> None:
    content = read_content(lay_out(tmp_path))
    old, new = content.listed["forecast"]
    assert standing(content, "W1") == new and standing(content, "T1") is None and replaced(content) == []
    assert (score(old), score(new), score(old | {"outcome": "yes"})) == (0.04, None, 0.64)
    assert mean_score([old, new, old | {"outcome": "yes"}, old | {"outcome": "void"}]) == ("0.340", 2)
    assert mean_score([new]) == ("", 0)
    content.listed["forecast"].append(newer := new | {"chance": 12, "split": "ten one way, two the other"})
    assert standing(content, "W1") == newer and replaced(content) == [new]


def test_an_edited_or_removed_forecast_is_an_error_and_a_resolved_one_is_recorded(tmp_path: Path) -> None:
    docs = lay_out(tmp_path)
    change(docs, "watchlist.md", "/// timeline", "/// forecasts\n///\n\n/// timeline")
    (tmp_path / "mkdocs.yml").write_text(f"site_name: A book\nsite_url: {URL}\n", encoding="utf-8")
    where = "/watchlist/#forecast-w1-new"
    first = ["--config", str(tmp_path / "mkdocs.yml"), "--date", "2026-11-29", "--note", "The first words."]
    assert record.main(first) == 0
    assert check(read_content(docs)) == []
    kept = (docs / FILE).read_text(encoding="utf-8")
    change(docs, FILE, "chance: 10", "chance: 60")
    assert [(fault.rule, where in fault.message) for fault in check(read_content(docs))] == [("PRM006", True)]
    (docs / FILE).write_text(kept[: kept.index("- id: forecast-w1-new")], encoding="utf-8")
    faults = [(fault.rule, where in fault.message) for fault in check(read_content(docs))]
    assert faults == [("PRM001", True), ("PRM006", False)]  # and the section that held it has changed


def test_feeds_tell_readings_forecasts_and_searches_in_both_forms(tmp_path: Path) -> None:
    docs = lay_out(tmp_path)
    look = (
        '- {date: "2026-11-28", reach: "2025-10-10", languages: [en], scope: "All.", moved: "nothing moved."}'
    )
    (docs / "data" / "looks.yml").write_text(look, encoding="utf-8")
    content = read_content(docs)
    given: dict[str, dict] = {}

    def atom(file: str, feed: dict, **values: object) -> str:
        given[file] = feed
        return str(values["first"])

    files = feeds(content, contract(content, places(content)), Site(URL, "A book"), atom)
    names = ["changes", "feeds/W1", "feeds/watchlist"]
    assert sorted(files) == sorted(f"{name}.{form}" for name in names for form in ("xml", "json"))
    for name in names:
        made = json.loads(files[f"{name}.json"])
        assert made == given[f"{name}.xml"]
        assert len({item["id"] for item in made["items"]}) == len(made["items"])
        days = [item["date_published"] for item in made["items"]]
        assert days == sorted(days, reverse=True)
        assert made["version"].endswith("/1.1") and made["feed_url"] == f"{URL}{name}.json"
    watched = {
        item["id"].removeprefix("tag:host.example,"): item
        for item in json.loads(files["feeds/watchlist.json"])["items"]
    }
    assert watched["2026-11-28:/book/watchlist//search"]["content_text"] == "Nothing moved."
    assert watched["2024-12-22:/book/watchlist/#su-35/reading"]["title"] == "W1, Jets: mixed"
    resolved = watched["2026-11-26:/book/watchlist/#forecast-w1-first/resolved"]
    assert resolved["title"] == "W1, forecast resolved: no" and resolved["url"].endswith("#forecast-w1-first")
