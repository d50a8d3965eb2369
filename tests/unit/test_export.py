"""The downloads: valid against their schemas, complete, the same in both forms, from the content alone."""

from __future__ import annotations

import csv
import io
import json

import pybtex.database
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from conftest import ROOT
from explainer.content import Content, read_content
from explainer.export import RECORDS, bibtex, csl, downloads
from explainer.permalinks import contract, places
from explainer.words import plain

SITE = "https://host.example/explainer/"
TABLES = sorted(path.name.split(".")[0] for path in (ROOT / "docs/data/schemas/exports").glob("*.json"))
FORMULA = ("=", "+", "@", "\t")  # how a cell begins that spreadsheets would work out


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(ROOT / "docs")


@pytest.fixture(scope="module")
def files(content: Content) -> dict[str, str]:
    return downloads(content, contract(content, places(content)), SITE)


@pytest.fixture(scope="module")
def tables(files: dict[str, str]) -> dict[str, list[dict]]:
    return {name: json.loads(files[f"{name}.json"]) for name in TABLES}


def as_text(value: object) -> str:
    """A value as a cell of a CSV file holds it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_valid_and_both_forms_agree(
    content: Content, files: dict[str, str], tables: dict[str, list[dict]], name: str
) -> None:
    schema = content.exports[name]
    Draft202012Validator.check_schema(schema)
    assert all(value["description"] for value in schema["items"]["properties"].values())
    assert tables[name]
    assert not list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(tables[name]))
    text = files[f"{name}.csv"]
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))
    assert list(rows[0]) == [column for column in schema["items"]["properties"] if column != "sources"]
    cells = [{key: as_text(record[key]) for key in record if key != "sources"} for record in tables[name]]
    assert rows == cells
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)]


def test_tables_are_complete(content: Content, tables: dict[str, list[dict]]) -> None:
    for kind, name in RECORDS.items():
        assert [record["code"] for record in tables[name]] == [
            block.argument for block in content.blocks(kind)
        ]
    assert [record["id"] for record in tables["events"]] == [event["id"] for event in content.events]
    assert [record["id"] for record in tables["sources"]] == list(content.sources)
    assert len(tables["readings"]) == sum(len(b.fields["log"]) + 1 for b in content.blocks("indicator"))


def test_text_is_what_editors_wrote(content: Content, tables: dict[str, list[dict]]) -> None:
    for record in tables["findings"]:
        block = content.codes()[record["code"]]
        assert record["text"] == plain(block.body) and record["sources"] == block.fields["sources"]
        assert record["caveat"] == (plain(block.fields["caveat"]) if "caveat" in block.fields else None)
    for name in ("findings", "indicators", "readings", "statements"):
        values = [value for record in tables[name] for value in record.values() if isinstance(value, str)]
        assert not [value for value in values for odd in ("[^", " .", " ,", "](", "\n", "**") if odd in value]


def test_every_citation_leads_from_a_record_to_a_source(tables: dict[str, list[dict]]) -> None:
    assert {pair["source"] for pair in tables["citations"]} <= {record["id"] for record in tables["sources"]}
    for name, key in (("findings", "code"), ("events", "id"), ("statements", "code"), ("indicators", "code")):
        pairs = [pair for pair in tables["citations"] if pair["table"] == name]
        cited = {(pair["record"], pair["place"]): pair["source"] for pair in pairs}
        named = [(record[key], record["sources"]) for record in tables[name]]
        assert cited == {(code, n): source for code, sources in named for n, source in enumerate(sources, 1)}


def test_addresses_and_dates_are_those_of_the_list(content: Content, tables: dict[str, list[dict]]) -> None:
    for name in ("findings", "indicators", "events", "statements", "sources"):
        for record in tables[name]:
            known = content.permalinks["/" + record["url"].removeprefix(SITE)]
            changed = max((change.day for change in known.changes), default=None)
            assert (record["since"], record["changed"]) == (known.since, changed)


def test_what_is_not_recorded_is_left_out(content: Content) -> None:
    known = contract(content, places(content))
    finding = content.blocks("finding")[0]
    address = next(address for address, entry in known.items() if entry.get("code") == finding.argument)
    del known[address]
    files = downloads(content, known, SITE)
    codes = [record["code"] for record in json.loads(files["findings.json"])]
    assert finding.argument not in codes and len(codes) == len(content.blocks("finding")) - 1
    pairs = json.loads(files["citations.json"])
    assert not [pair for pair in pairs if (pair["table"], pair["record"]) == ("findings", finding.argument)]


def test_bibliography_is_read_by_reference_managers(content: Content, files: dict[str, str]) -> None:
    entries = pybtex.database.parse_string(files["sources.bib"], "bibtex").entries
    assert sorted(entries) == sorted(content.sources)
    items = {item["id"]: item for item in json.loads(files["sources.csl.json"])}
    assert list(items) == list(content.sources)
    for name, source in content.sources.items():
        assert entries[name].persons["author"]
        assert entries[name].fields.get("url") == source.get("URL", entries[name].fields.get("url"))
        assert items[name].get("URL") == source.get("URL") and items[name]["title"] == source["title"]
        parts = items[name]["accessed"]["date-parts"][0]
        assert "-".join(f"{part:02}" for part in parts) == source["accessed"]
        assert items[name]["type"] in ("article-newspaper", "webpage", "dataset")  # types of CSL 1.0.2


def test_signs_that_tex_would_take_as_commands_are_escaped() -> None:
    source = {
        "id": "a",
        "title": "50 % of {A} & _b_ \\ ~",
        "publisher": "P",
        "accessed": "2025-01-01",
        "language": "en",
    }
    entry = pybtex.database.parse_string(bibtex(source), "bibtex").entries["a"]
    assert "50 \\% of \\{A\\} \\& \\_b\\_ \\textbackslash{}" in entry.fields["title"]
    assert csl({**source, "issued": "2025-03"})["issued"] == {"date-parts": [[2025, 3]]}
