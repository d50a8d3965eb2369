"""The downloads: valid against their schemas, complete, the same in both forms, from the content alone."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import csvw
import frictionless
import pybtex.database
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from conftest import ROOT
from explainer.content import Content
from explainer.export import RECORDS, bibtex, csl, downloads
from explainer.judged import read_content
from explainer.package import NAME, all_downloads, version
from explainer.permalinks import contract, places
from explainer.words import POSITIONS, plain

SITE = "https://host.example/explainer/"
TABLES = sorted(path.name.split(".")[0] for path in (ROOT / "docs/data/schemas/exports").glob("*.json"))
FORMULA = ("=", "+", "@", "\t")  # how a cell begins that spreadsheets would work out


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(ROOT / "docs")


@pytest.fixture(scope="module")
def known(content: Content) -> dict[str, dict]:
    """The list of addresses, as if what is new in the text had been recorded."""
    found = places(content)
    return {address: {"since": version(content)} for address in found} | contract(content, found)


@pytest.fixture(scope="module")
def package(content: Content, known: dict[str, dict], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked."""
    folder = tmp_path_factory.mktemp("package")
    made = all_downloads(content, known, SITE, "A book", {})
    assert made == all_downloads(content, known, SITE, "A book", {})  # the zip has the same bytes again
    zipfile.ZipFile(io.BytesIO(made[f"{NAME}.zip"])).extractall(folder)
    inside = {name: (folder / NAME / name).read_bytes() for name in made if not name.endswith(".zip")}
    assert inside == {name: text.encode() for name, text in made.items() if not name.endswith(".zip")}
    return folder / NAME


@pytest.fixture(scope="module")
def tables(package: Path) -> dict[str, list[dict]]:
    return {name: json.loads((package / f"{name}.json").read_bytes()) for name in TABLES}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, read strictly; it begins with a byte-order mark."""
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def as_text(value: object) -> str:
    """A value as a cell of a CSV file holds it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_valid_and_both_forms_agree(
    content: Content, package: Path, tables: dict[str, list[dict]], name: str
) -> None:
    schema = content.exports[name]
    Draft202012Validator.check_schema(schema)
    assert all(value["description"] for value in schema["items"]["properties"].values())
    assert tables[name]
    assert not list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(tables[name]))
    rows = rows_of(package / f"{name}.csv")
    assert list(rows[0]) == [column for column in schema["items"]["properties"] if column != "sources"]
    cells = [{key: as_text(record[key]) for key in record if key != "sources"} for record in tables[name]]
    assert rows == cells
    assert not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)]


def test_the_package_is_valid_and_a_wrong_cell_or_reference_is_not(package: Path, tmp_path: Path) -> None:
    described = json.loads((package / "datapackage.json").read_bytes())
    paths = {resource["path"] for resource in described["resources"]}
    assert paths == {path.relative_to(package).as_posix() for path in package.rglob("*.csv")}
    assert described["licenses"][0]["name"] == "CC-BY-4.0" and described["version"] > "2026-11-23"
    assert described["version"] in (package / "LICENSE.txt").read_text(encoding="utf-8")
    report = frictionless.validate(str(package / "datapackage.json"))
    assert report.valid, report.to_summary()
    for resource in described["resources"]:
        text = (package / resource["path"]).read_text(encoding="utf-8")
        (tmp_path / resource["path"]).parent.mkdir(exist_ok=True)
        text = text.replace(",W1,", ",W99,") if resource["name"] == "forecasts" else text
        (tmp_path / resource["path"]).write_text(text.replace("2022-12-31", "2022-12-32"), encoding="utf-8")
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {error[2] for error in report.flatten(["name", "rowNumber", "type"])} == {
        "type-error",
        "foreign-key",
    }


def test_the_data_of_figures_is_as_its_description_says(package: Path) -> None:
    described = sorted((package / "figures").glob("*.csv-metadata.json"))
    assert described
    for path in described:
        table = csvw.CSVW(str(path))
        assert table.is_valid, path.name
        assert rows_of(path.with_name(path.name.removesuffix("-metadata.json")))


def test_the_examples_of_the_data_page_do_what_they_say(
    package: Path, content: Content, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's is run. What the others name is there; R and spreadsheets are not."""
    monkeypatch.chdir(package)
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    exec(compile(page.split("```python\n")[1].split("```")[0], "data.md", "exec"), {})
    told = [line.split("; ") for line in capsys.readouterr().out.splitlines()]
    signs = {block.fields["title"]: block.fields for block in content.blocks("indicator")}
    assert {title: (position, day) for title, position, day, _ in told} == {
        title: (fields["position"], fields["as_of"]) for title, fields in signs.items()
    }
    assert all(" per cent by 20" in chance for *_, chance in told)
    assert all(row["likelihood"] and row["confidence"] for row in rows_of(package / "verdicts.csv"))
    oil = rows_of(package / "figures" / "oil.csv")
    assert [row for row in oil if row["measure"] == "discount" and not row["bound"]]
    cited = [row["source"] for row in rows_of(package / "citations.csv") if row["record"] == "T3"]
    assert cited == content.codes()["T3"].fields["sources"]


def test_tables_are_complete(content: Content, tables: dict[str, list[dict]]) -> None:
    for kind, name in RECORDS.items():
        codes = [block.argument for block in content.blocks(kind)]
        assert [record["code"] for record in tables[name]] == codes
    for name, records in (("events", content.listed["event"]), ("forecasts", content.listed["forecast"])):
        assert [record["id"] for record in tables[name]] == [record["id"] for record in records]
    assert [record["id"] for record in tables["sources"]] == list(content.sources)
    said = {(row["question"], row["proposition"]) for row in tables["verdicts"]}
    verdicts = content.blocks("verdict")
    sentences = [(block, each) for block in verdicts for each in block.fields["judgements"]]
    assert said == {(plain(block.argument), plain(each["sentence"])) for block, each in sentences}


def test_the_last_reading_of_each_is_the_newest(content: Content, tables: dict[str, list[dict]]) -> None:
    last: dict[str, dict] = {}
    for row in tables["readings"]:
        before = last.get(row["indicator"])
        assert before is None or (before["date"] < row["date"] and not before["is_newest"])
        assert (row["direction"] is None) == (before is None)
        assert row["position"] == POSITIONS[row["position_step"] - 1]
        last[row["indicator"]] = row
    assert list(last) == sorted(last, key=lambda code: int(code[1:]))
    for block in content.blocks("indicator"):
        row = last[block.argument]
        assert row["is_newest"] and row["direction"] == block.fields["direction"]
    assert len(tables["readings"]) == sum(len(b.fields["log"]) + 1 for b in content.blocks("indicator"))


def test_text_is_what_editors_wrote(content: Content, tables: dict[str, list[dict]]) -> None:
    for record in tables["findings"]:
        block = content.codes()[record["code"]]
        assert record["text"] == plain(block.body) and record["sources"] == block.fields["sources"]
        assert record["caveat"] == (plain(block.fields["caveat"]) if "caveat" in block.fields else None)
    for name in set(TABLES) - {"sources", "events", "citations"}:
        values = [value for record in tables[name] for value in record.values() if isinstance(value, str)]
        assert not [value for value in values for odd in ("[^", " .", " ,", "](", "\n", "**") if odd in value]


def test_every_citation_leads_from_a_record_to_a_source(tables: dict[str, list[dict]]) -> None:
    for name, key in (("findings", "code"), ("events", "id"), ("statements", "code"), ("indicators", "code")):
        pairs = [pair for pair in tables["citations"] if pair["table"] == name]
        cited = {(pair["record"], pair["place"]): pair["source"] for pair in pairs}
        named = [(record[key], record["sources"]) for record in tables[name]]
        assert cited == {(code, n): source for code, sources in named for n, source in enumerate(sources, 1)}


def test_what_is_not_recorded_is_left_out_and_what_is_has_its_dates(content: Content) -> None:
    known = contract(content, places(content))
    finding = content.blocks("finding")[0]
    address = next(address for address, entry in known.items() if entry.get("code") == finding.argument)
    del known[address]
    files = downloads(content, known, SITE)
    records = json.loads(files["findings.json"])
    assert len(records) == len(content.blocks("finding")) - 1
    for record in records:
        listed = content.permalinks["/" + record["url"].removeprefix(SITE)]
        changed = max((change.day for change in listed.changes), default=None)
        assert (record["since"], record["changed"]) == (listed.since, changed)
    pairs = json.loads(files["citations.json"])
    assert not [pair for pair in pairs if (pair["table"], pair["record"]) == ("findings", finding.argument)]


def test_bibliography_is_read_by_reference_managers(content: Content, package: Path) -> None:
    entries = pybtex.database.parse_file(str(package / "sources.bib"), "bibtex").entries
    items = {item["id"]: item for item in json.loads((package / "sources.csl.json").read_bytes())}
    assert sorted(entries) == sorted(content.sources) and list(items) == list(content.sources)
    for name, source in content.sources.items():
        assert entries[name].persons["author"]
        assert entries[name].fields.get("url") == source.get("URL", entries[name].fields.get("url"))
        assert items[name].get("URL") == source.get("URL") and items[name]["title"] == source["title"]
        parts = items[name]["accessed"]["date-parts"][0]
        assert "-".join(f"{part:02}" for part in parts) == source["accessed"]
        assert items[name]["type"] in ("article-newspaper", "webpage", "dataset")  # types of CSL 1.0.2


def test_signs_that_tex_would_take_as_commands_are_escaped() -> None:
    source = {"id": "a", "title": "50 % of {A} & _b_ \\ ~", "publisher": "P", "language": "en"}
    source["accessed"] = "2025-01-01"
    entry = pybtex.database.parse_string(bibtex(source), "bibtex").entries["a"]
    assert "50 \\% of \\{A\\} \\& \\_b\\_ \\textbackslash{}" in entry.fields["title"]
    assert csl({**source, "issued": "2025-03"})["issued"] == {"date-parts": [[2025, 3]]}
