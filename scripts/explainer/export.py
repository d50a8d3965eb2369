"""What the site holds as data to take away: JSON, CSV, CSL-JSON and BibTeX, drawn from the content.

Which tables there are, and which variables in which order, say the JSON Schemas in docs/data/schemas/exports. In JSON a
record's sources are a list; CSV has one value in a cell, so there they stand in a table of their own, citations.csv.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

from explainer.content import Block, Content, page_address
from explainer.words import POSITIONS, author_names, plain

DIRECTIONS = {"steady": "no change since the reading before", "unclear": "direction unclear"}
CITING = ("findings", "indicators", "readings", "events", "statements")  # tables whose records name sources


def downloads(content: Content, known: dict[str, dict], site: str) -> dict[str, str]:
    """Every download by its name in the folder data/.

    `known` has what the link contract says of each address (permalinks.contract): a record that it does not have is left
    out. `site` is the address of the site, with a slash at its end.
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
    for name, schema in content.exports.items():
        columns = list(schema["items"]["properties"])
        records = [{column: record[column] for column in columns} for record in tables[name]]
        files[f"{name}.json"] = as_json(records)
        files[f"{name}.csv"] = as_csv(records, [column for column in columns if column != "sources"])
    sources = list(content.sources.values())
    files["sources.csl.json"] = as_json([csl(source) for source in sources])
    files["sources.bib"] = "\n".join(bibtex(source) for source in sources)
    return files


def as_json(records: list[dict]) -> str:
    """A table as JSON, a field a line."""
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


def as_csv(records: list[dict], columns: list[str]) -> str:
    """A table with a byte-order mark, by which spreadsheets know UTF-8, and empty cells for what is not there."""
    stream = io.StringIO()
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    for record in records:
        values = ("" if record[column] is None else record[column] for column in columns)
        writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in values])
    return stream.getvalue()


# Tables -------------------------------------------------------------------------------------------------------------


def tables_of(content: Content, site: str) -> dict[str, list[dict]]:
    """The tables by name, in the order of files and of the records in them; each record names its address."""
    tables: dict[str, list[dict]] = {table: [] for table, _ in RECORDS.values()}
    for kind, (table, fields_of) in RECORDS.items():
        for block in content.blocks(kind):
            shared = {
                "code": block.argument,
                "address": page_address(block.page, block.fields["id"]),
                "as_of": block.fields["as_of"],
                "sources": block.fields["sources"],
            }
            tables[table].append(shared | fields_of(content, block))
    tables["readings"] = [row for block in content.blocks("indicator") for row in readings(block)]
    pages = {block.kind: block.page for page in content.pages.values() for block in page.blocks}
    tables["events"] = [event(record, pages.get("timeline", ""), site) for record in content.events]
    tables["sources"] = [source(record, pages.get("bibliography", "")) for record in content.sources.values()]
    return tables


def paragraphs(markdown: str) -> str:
    """The paragraphs of a record, in one line."""
    return " ".join(plain(paragraph) for paragraph in re.split(r"\n\s*\n", markdown))


def section_of(content: Content, block: Block) -> str:
    """The heading above a block, as readers read it."""
    above = [text for line, _, text, _ in content.pages[block.page].headings if line < block.line]
    return plain(above[-1]) if above else ""


def finding(content: Content, block: Block) -> dict:
    """What a finding has besides code, address, date and sources."""
    fields = block.fields
    return {
        "page": content.pages[block.page].meta["title"],
        "section": section_of(content, block),
        "status": fields["status"],
        "text": paragraphs(block.body),
        "attribution": plain(fields["attribution"]),
        "caveat": plain(fields.get("caveat") or "") or None,
    }


def statement(content: Content, block: Block) -> dict:
    """What a statement of the article has besides code, address, date and sources."""
    fields = block.fields
    return {
        "part": section_of(content, block),
        "says": plain(fields["says"]),
        "verdict": fields["verdict"],
        "why": paragraphs(block.body),
        "finding": fields["finding"],
    }


def indicator(content: Content, block: Block) -> dict:
    """What an indicator has besides code, address, date and sources."""
    fields = block.fields
    row = next(verdict for verdict in content.blocks("verdict") if verdict.fields["id"] == fields["changes"])
    texts = ("question", "reading", "observable", "ally_like", "hedging", "flips", "confidence")
    return {
        "title": fields["title"],
        "position": fields["position"],
        "position_step": POSITIONS.index(fields["position"]) + 1,
        "direction": DIRECTIONS.get(fields["direction"], "moved " + fields["direction"]),
        "review_by": fields["review_by"],
        "would_change": plain(f"{fields['becomes']} ({row.argument})"),
        **{name: plain(fields[name]) for name in texts},
    }


def readings(block: Block) -> list[dict]:
    """The newest reading of an indicator and the earlier ones."""
    entries = [{**block.fields, "date": block.fields["as_of"]}, *block.fields["log"]]
    return [
        {
            "indicator": block.argument,
            "title": block.fields["title"],
            "date": entry["date"],
            "position": entry["position"],
            "position_step": POSITIONS.index(entry["position"]) + 1,
            "reading": plain(entry["reading"]),
            "sources": entry["sources"],
            "address": page_address(block.page, block.fields["id"]),
        }
        for entry in entries
    ]


RECORDS: dict[
    str, tuple[str, Callable[[Content, Block], dict]]
] = {  # by kind of record: its table and its variables
    "finding": ("findings", finding),
    "indicator": ("indicators", indicator),
    "statement": ("statements", statement),
}


def event(record: dict, page: str, site: str) -> dict:
    """An event, with the address of the page that shows all."""
    theme, second = [*record["themes"], None][:2]
    section = site + page_address(*record["section"].split("#")).lstrip("/")
    return {
        **record,
        "address": page_address(page, record["id"]),
        "until": record.get("until"),
        "section": section,
        "precision": ("year", "month", "day")[record["date"].count("-")],
        "theme": theme,
        "theme_2": second,
    }


def source(record: dict, page: str) -> dict:
    """An entry of the bibliography."""
    return {
        **record,
        "address": page_address(page, record["id"]),
        "byline": author_names(record) or None,
        "title_described": record.get("title_described", False),
        "issued": record.get("issued"),
        "link": record.get("URL"),
    }


def citations(tables: dict[str, list[dict]]) -> list[dict]:
    """Pairs of record and source, in the order of the tables."""
    pairs = []
    for name in CITING:
        for record in tables[name]:
            key = (
                f"{record['indicator']} {record['date']}"
                if name == "readings"
                else record.get("code") or record["id"]
            )
            pairs += [
                {"table": name, "record": key, "place": place, "source": source}
                for place, source in enumerate(record["sources"], 1)
            ]
    return pairs


# Bibliographies -----------------------------------------------------------------------------------------------------


def csl(source: dict) -> dict:
    """A source as CSL-JSON, which reference managers read."""
    item = {
        key: source[key]
        for key in ("id", "type", "title", "author", "publisher", "URL", "language")
        if key in source
    }
    for key in ("issued", "accessed"):
        if key in source:
            item[key] = {"date-parts": [[int(part) for part in source[key].split("-")]]}
    return item


def bibtex(source: dict) -> str:
    """A source as a BibTeX entry; the outlet stands for an author who is not named."""
    names = source.get("author") or [{"literal": source["publisher"]}]
    people = [
        f"{{{tex(name['literal'])}}}" if "literal" in name else f"{tex(name['family'])}, {tex(name['given'])}"
        for name in names
    ]
    fields = {
        "title": f"{{{tex(source['title'])}}}",
        "author": " and ".join(people),
        "publisher": f"{{{tex(source['publisher'])}}}",
        "year": source.get("issued", "")[:4],
        "date": source.get("issued", ""),
        "url": source.get("URL", ""),
        "urldate": source["accessed"],
        "language": source["language"],
    }
    return (
        f"@misc{{{source['id']},\n"
        + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        + "}\n"
    )


def tex(text: str) -> str:
    """Text for a BibTeX field: the signs that TeX would take as commands are escaped."""
    names = {"\\": "textbackslash{}", "~": "textasciitilde{}", "^": "textasciicircum{}"}
    return re.sub(r"[\\{}$&#%_~^]", lambda sign: "\\" + names.get(sign[0], sign[0]), text)
