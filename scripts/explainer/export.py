"""What the site holds as data to take away: JSON, CSV, CSL-JSON and BibTeX, drawn from the content.

Which tables there are, and which variables in which order, say the JSON Schemas in
docs/data/schemas/exports. In JSON a record's sources are a list; CSV has one value in a cell, so there they
stand in a table of their own, citations.csv.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

from explainer.content import Block, Content, page_address, readings
from explainer.forecasts import TEXTS, score
from explainer.kinds import GATHERED, LISTED
from explainer.kinds import RECORDS as KINDS
from explainer.words import POSITIONS, author_names, plain

RECORDS = {kind.name: kind.export for kind in KINDS.values() if kind.export}  # kind and table
DIRECTIONS = {"steady": "no change since the reading before", "unclear": "direction unclear"}


def downloads(content: Content, known: dict[str, dict], site: str) -> dict[str, str]:
    """Every download by its name in the folder data/.

    `known` has what the list of addresses says of each (permalinks.contract); a record that it does not have
    is left out. `site` is the address of the site, with a slash at its end.
    """
    if not content.exports:
        return {}
    tables = tables_of(content, site)
    for records in tables.values():
        for record in records:
            entry = known.get(record["address"], {})
            record["url"] = site + record["address"][1:]
            record["since"] = entry.get("since")
            record["changed"] = max((change["date"] for change in entry.get("changes", [])), default=None)
        records[:] = [record for record in records if record["since"]]
    tables["citations"] = citations(tables)
    files = {}
    if unmade := content.exports.keys() - tables.keys():
        where = f"docs/data/schemas/exports/{min(unmade)}.schema.json"
        raise ValueError(
            f"{where} has no table; give a kind in scripts/explainer/kinds.py export={min(unmade)}"
        )
    for name, schema in content.exports.items():
        columns = list(schema["items"]["properties"])
        records = [{column: record[column] for column in columns} for record in tables[name]]
        files[f"{name}.json"] = as_json(records)
        files[f"{name}.csv"] = as_csv(records, [column for column in columns if column != "sources"])
    for name in content.row_lines:
        rows = [dict(row) for row in content.figures[name]]
        files[f"figures/{name}.csv"] = as_csv(rows, [*rows[0]] if rows else [])
    sources = list(content.sources.values())
    files["sources.csl.json"] = as_json([csl(source) for source in sources])
    files["sources.bib"] = "\n".join(bibtex(source) for source in sources)
    return {name: content.dated(text) for name, text in files.items()}


def as_json(records: list[dict] | dict) -> str:
    """A table, or what describes all, as JSON, a field a line."""
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def as_csv(records: list[dict], columns: list[str]) -> str:
    """A table with a byte-order mark, by which spreadsheets know UTF-8; what is not there is empty."""
    stream = io.StringIO()
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    for record in records:
        values = ("" if record[column] is None else record[column] for column in columns)
        writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in values])
    return stream.getvalue()


# Tables ----------------------------------------------------------------------------------------------------


def tables_of(content: Content, site: str) -> dict[str, list[dict]]:
    """The tables by name, in the order of files and of the records in them; each record names its address."""
    tables = {}
    for kind, table in RECORDS.items():
        if schema := content.exports.get(table):
            columns = list(schema["items"]["properties"])
            tables[table] = [record(content, block, columns) for block in content.blocks(kind)]
    indicators = sorted(content.blocks("indicator"), key=lambda block: int(block.argument[1:]))
    tables["readings"] = [row for block in indicators for row in rows_of(block)]
    verdicts = sorted(content.blocks("verdict"), key=lambda block: block.fields["order"])
    tables["verdicts"] = [row for block in verdicts for row in judged(content, block)]
    for listed in LISTED.values():
        if schema := content.exports.get(listed.export):
            shown_by = next((block.name for block in GATHERED.values() if block.shows == listed.name), "")
            if not shown_by:
                raise ValueError(f"{listed.name} has export= but no block of GATHERED in kinds.py shows it")
            page, make = content.page_with(shown_by), MADE.get(listed.name, lambda fields, site: fields)
            empty: dict[str, Any] = dict.fromkeys(schema["items"]["properties"])
            rows = [empty | make(fields, site) for fields in content.listed[listed.name]]
            tables[listed.export] = [row | {"address": page_address(page, row["id"])} for row in rows]
    return tables


def record(content: Content, block: Block, columns: list[str]) -> dict:
    """A record of a page by the columns of its table: what is derived, or its field as readers read it."""
    made = {name: DERIVED[name](content, block) for name in columns if name in DERIVED}
    for name in (name for name in columns if name not in made):
        value = block.fields.get(name)
        made[name] = plain(value) if isinstance(value, str) else value
    return made | {"address": page_address(block.page, block.fields["id"])}


def paragraphs(content: Content, block: Block) -> str:
    """The text of a record, in one line."""
    return " ".join(plain(paragraph) for paragraph in re.split(r"\n\s*\n", block.body))


def section_of(content: Content, block: Block) -> str:
    """The heading above a block, as readers read it."""
    return plain(content.pages[block.page].heading_above(block.line))


def would_change(content: Content, block: Block) -> str:
    """What a crossed threshold would change, and the verdict that it concerns."""
    verdicts = {verdict.fields["id"]: verdict.argument for verdict in content.blocks("verdict")}
    return plain(f"{block.fields['becomes']} ({verdicts[block.fields['changes']]})")


DERIVED: dict[str, Callable[[Content, Block], object]] = {  # variables that are no field of their record
    "code": lambda content, block: block.argument,
    "page": lambda content, block: content.pages[block.page].meta["title"],
    "section": section_of,
    "part": section_of,
    "text": paragraphs,
    "why": paragraphs,
    "position_step": lambda content, block: POSITIONS.index(block.fields["position"]) + 1,
    "direction": lambda content, block: DIRECTIONS.get(way := block.fields["direction"], f"moved {way}"),
    "would_change": would_change,
}


def rows_of(block: Block) -> list[dict]:
    """The readings of an indicator, the newest last."""
    shared = {"indicator": block.argument, "title": block.fields["title"]}
    shared["address"] = page_address(block.page, block.fields["id"])
    rows: list[dict] = []
    newest, *earlier = readings(block)
    for entry in [*earlier, newest]:
        row = {name: entry[name] for name in ("date", "position", "sources")}
        step = POSITIONS.index(entry["position"]) + 1
        row |= {"position_step": step, "reading": plain(entry["reading"]), "is_newest": "log" in entry}
        moved = step - rows[-1]["position_step"] if rows else None
        way = "towards ally" if moved and moved > 0 else "towards hedging" if moved else "steady"
        row["direction"] = entry.get("direction") or (None if moved is None else way)
        rows.append(shared | row)
    return rows


def judged(content: Content, block: Block) -> list[dict]:
    """A verdict as a row for each sentence that it judges."""
    fields, others = block.fields, block.fields.get("also") or []
    newest = max(finding.fields["as_of"] for finding in content.behind(fields["finding"], others))
    shared = {"id": fields["id"], "question": plain(block.argument), "answer": fields["answer"]}
    shared |= {"qualifier": plain(fields.get("qualifier", "")) or None, "why": paragraphs(content, block)}
    shared |= {"dissent": plain(fields["otherwise"]), "code": fields["finding"]}
    shared |= {"also": " ".join(others) or None, "as_of": newest}
    shared |= {"address": page_address(block.page, fields["id"])}
    rows = []
    for part, each in enumerate(fields["judgements"], 1):
        row = {"part": part, "matter": each.get("matter"), "proposition": plain(each["sentence"])}
        row |= {name: each[name] for name in ("likelihood", "confidence")}
        rows.append(shared | row | {"because": plain(each["because"])})
    return rows


def forecast(fields: dict, site: str) -> dict:
    """An entry of the log of forecasts, with its score once it is resolved."""
    made = dict.fromkeys(TEXTS) | fields | {"score": score(fields)}
    return made | {name: plain(made[name]) for name in TEXTS if made[name]}


def event(fields: dict, site: str) -> dict:
    """An event, with the address of what treats it."""
    theme, second = [*fields["themes"], None][:2]
    precision = ("year", "month", "day")[fields["date"].count("-")]
    made = {"theme": theme, "theme_2": second, "precision": precision}
    made["section"] = site + page_address(*fields["section"].split("#")).lstrip("/")
    return fields | made


def source(fields: dict, site: str) -> dict:
    """An entry of the bibliography."""
    made = {"byline": author_names(fields) or None, "link": fields.get("URL")}
    return {"title_described": False, **fields, **made}


MADE = {"forecast": forecast, "event": event, "source": source}  # others are exported as they stand


def citations(tables: dict[str, list[dict]]) -> list[dict]:
    """Pairs of record and source, for each table whose records name sources."""
    pairs = []
    for name in sorted(name for name, records in tables.items() if records and "sources" in records[0]):
        for record in tables[name]:
            key = record.get("code") or record.get("id") or f"{record['indicator']} {record['date']}"
            for place, source in enumerate(record["sources"], 1):
                pairs.append({"table": name, "record": key, "place": place, "source": source})
    return pairs


# Bibliographies --------------------------------------------------------------------------------------------


def csl(source: dict) -> dict:
    """A source as CSL-JSON, which reference managers read."""
    keys = ("id", "type", "title", "author", "publisher", "URL", "language")
    item = {key: source[key] for key in keys if key in source}
    for key in ("issued", "accessed"):
        if key in source:
            item[key] = {"date-parts": [[int(part) for part in source[key].split("-")]]}
    return item


def bibtex(source: dict) -> str:
    """A source as a BibTeX entry; the outlet stands for an author who is not named."""
    people = []
    for name in source.get("author") or [{"literal": source["publisher"]}]:
        whole = f"{{{tex(name['literal'])}}}" if "literal" in name else ""
        people.append(whole or f"{tex(name['family'])}, {tex(name['given'])}")
    issued = source.get("issued", "")
    fields = {
        "title": f"{{{tex(source['title'])}}}",
        "author": " and ".join(people),
        "publisher": f"{{{tex(source['publisher'])}}}",
        "year": issued[:4],
        "date": issued,
        "url": source.get("URL", ""),
        "urldate": source["accessed"],
        "language": source["language"],
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{source['id']},\n{''.join(lines)}}}\n"


def tex(text: str) -> str:
    """Text for a BibTeX field: the signs that TeX would take as commands are escaped."""
    names = {"\\": "textbackslash{}", "~": "textasciitilde{}", "^": "textasciicircum{}"}
    return re.sub(r"[\\{}$&#%_~^]", lambda sign: "\\" + names.get(sign[0], sign[0]), text)
