"""The downloads: valid against their schemas, complete, the same in both forms, and named on their page."""
from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pybtex.database
import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator, FormatChecker

from explainer.content import read_content

TABLES = ("findings", "indicators", "readings", "events", "statements", "sources", "citations")


@pytest.fixture(scope="module")
def content():
    return read_content(ROOT / "docs")


@pytest.fixture(scope="module")
def table(site: Path):
    return lambda name: json.loads((site / "data" / f"{name}.json").read_text(encoding="utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_valid_and_both_forms_agree(site: Path, table, name: str) -> None:
    schema = json.loads((site / "data" / "schemas" / "exports" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    records = table(name)
    assert records and not list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(records))
    written = rows(site / "data" / f"{name}.csv")
    assert list(written[0]) == [column for column in schema["items"]["properties"] if column != "sources"]
    as_text = {None: "", True: "true", False: "false"}
    assert written == [{key: as_text.get(value, str(value)) if not isinstance(value, int) or isinstance(value, bool) else str(value)
                        for key, value in record.items() if key != "sources"} for record in records]
    assert not [cell for row in written for cell in row.values() if cell[:1] in ("=", "+", "@", "\t")]  # no spreadsheet formulas
    described = schema["items"]["properties"].values()
    assert all(value["description"] for value in described)


def test_tables_are_complete(content, table) -> None:
    for name, kind in (("findings", "finding"), ("indicators", "indicator"), ("statements", "statement")):
        assert sorted(record["code"] for record in table(name)) == sorted(block.argument for block in content.blocks(kind))
    assert [record["id"] for record in table("events")] == [event["id"] for event in content.events]
    assert [record["id"] for record in table("sources")] == list(content.sources)
    assert len(table("readings")) == len(content.figures["readings"])


def test_text_is_what_editors_wrote(content, table) -> None:
    finding = next(record for record in table("findings") if record["code"] == "T3")
    block = content.codes()["T3"]
    plain = str.maketrans("’“”‘", "'\"\"'")
    assert finding["text"].translate(plain) == " ".join(block.body.split()).translate(plain)
    assert finding["sources"] == block.fields["sources"] and finding["status"] == block.fields["status"]
    assert finding["caveat"].translate(plain) == block.fields["caveat"].translate(plain)
    for name in ("findings", "indicators", "readings", "statements"):
        for record in table(name):
            for value in record.values():
                assert not isinstance(value, str) or not {"[^", " .", " ,", "¶", "\n"} & {value[i:i + 2] for i in range(len(value))}


def test_every_citation_leads_from_a_record_to_a_source(table) -> None:
    sources = {record["id"] for record in table("sources")}
    pairs = table("citations")
    assert {pair["source"] for pair in pairs} <= sources
    for name, key in (("findings", "code"), ("events", "id"), ("statements", "code"), ("indicators", "code")):
        cited = {(pair["record"], pair["place"]): pair["source"] for pair in pairs if pair["table"] == name}
        assert cited == {(record[key], place): source for record in table(name) for place, source in enumerate(record["sources"], 1)}


def test_addresses_are_those_of_the_contract(site: Path, site_url: str, table) -> None:
    known = json.loads((site / "data" / "permalinks.json").read_text(encoding="utf-8"))["addresses"]
    for name in ("findings", "indicators", "events", "statements", "sources"):
        assert all("/" + record["url"].removeprefix(site_url) in known for record in table(name))


def test_bibliography_is_read_by_reference_managers(site: Path, content) -> None:
    entries = pybtex.database.parse_string((site / "data" / "sources.bib").read_text(encoding="utf-8"), "bibtex").entries
    assert sorted(entries) == sorted(content.sources)
    items = {item["id"]: item for item in json.loads((site / "data" / "sources.csl.json").read_text(encoding="utf-8"))}
    assert list(items) == list(content.sources)
    for source, record in content.sources.items():
        assert entries[source].persons["author"] and entries[source].fields.get("url") == record.get("URL", entries[source].fields.get("url"))
        assert items[source].get("URL") == record.get("URL") and items[source]["title"] == record["title"]
        assert "-".join(f"{part:02}" for part in items[source]["accessed"]["date-parts"][0]) == record["accessed"]
        assert items[source]["type"] in ("article-newspaper", "webpage", "dataset")  # types of CSL 1.0.2


def test_the_page_names_every_download(site: Path, html) -> None:
    links = [link.attributes["href"] for link in html("data/").css("article a") if "href" in link.attributes]
    linked = {link.removeprefix("../data/") for link in links}
    made = {path.relative_to(site / "data").as_posix() for path in (site / "data").rglob("*") if path.suffix in (".csv", ".bib")}
    assert made <= linked
    for name in TABLES:
        assert {f"{name}.json", f"{name}.csv", f"schemas/exports/{name}.schema.json"} <= linked
    for link in linked:
        if "://" not in link and not link.startswith("#"):
            assert (site / "data" / link.partition("#")[0]).exists(), link
