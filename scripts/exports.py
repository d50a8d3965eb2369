"""Write what the site holds as data to take away: JSON, CSV, CSL-JSON and BibTeX, from the built pages and the data files.

Which tables there are, and which variables in which order, say the JSON Schemas in docs/data/schemas/exports. In JSON a
record's sources are a list; CSV has one value in a cell, so there they stand in a table of their own, citations.csv.
`finish.py` calls it; it writes data/NAME.json and data/NAME.csv, data/sources.csl.json and data/sources.bib.
"""
from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from checks.project import Project
from explainer.content import load_schemas
from explainer.words import POSITIONS, author_names

NOT_TEXT = "sup, svg, script, .headerlink, [data-unrecorded]"  # notes, marks and controls


def export(project: Project, site: Path, contract: dict[str, dict], write: Callable[[Path, str], None]) -> None:
    """Write every table that has a schema. `contract` gives the dates of addresses; `write` replaces a file as a whole."""
    schemas = load_schemas(project.docs, "exports")
    if not schemas:
        return
    tables = {**from_pages(project, site), "events": events(project), "sources": sources(project)}
    for records in tables.values():
        for record in records:
            address = record.pop("address", "")
            dates = contract.get(address, {})
            record["url"] = project.address + address[1:]
            record["since"] = dates.get("since")
            record["changed"] = max((change["date"] for change in dates.get("changes", [])), default=None)
    tables["citations"] = citations(tables)
    for name, schema in schemas.items():
        columns = list(schema["items"]["properties"])
        records = [{column: record[column] for column in columns} for record in tables[name] if record.get("since", "")]
        write(site / "data" / f"{name}.json", json.dumps(records, ensure_ascii=False, indent=1) + "\n")
        write(site / "data" / f"{name}.csv", as_csv(records, [column for column in columns if column != "sources"]))
    bibliography = read_yaml(project, "sources.yml")
    items = [csl(source) for source in bibliography]
    write(site / "data" / "sources.csl.json", json.dumps(items, ensure_ascii=False, indent=1) + "\n")
    write(site / "data" / "sources.bib", "\n".join(bibtex(source) for source in bibliography))


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


def read_yaml(project: Project, name: str) -> list[dict]:
    """The records of a data file; none if the project does not have it."""
    path = project.docs / "data" / name
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if path.is_file() else []


# From the pages -------------------------------------------------------------------------------------------------------

def from_pages(project: Project, site: Path) -> dict[str, list[dict]]:
    """Findings, indicators with their readings, and statements, in the order of the navigation's files and of their codes."""
    tables: dict[str, list[dict]] = {"findings": [], "indicators": [], "readings": [], "statements": []}
    for key, page in sorted(project.pages.items()):
        if not page.source:
            continue
        tree = LexborHTMLParser((site / key).read_bytes())
        title, section = words(tree.css_first("h1")), ""
        home = "/" + key.removesuffix("index.html")
        for node in tree.css("article.md-content__inner > :is(h2, h3)[id], article[data-code]"):
            if node.tag != "article":
                section = words(node)
                continue
            shared = {"code": node.attributes["data-code"], "address": f"{home}#{node.attributes['id']}",
                      "as_of": node.attributes["data-as-of"], "sources": (node.attributes["data-sources"] or "").split()}
            said = {words(row.css_first("dt")): row.css_first("dd") for row in node.css("dl.facts > div")}
            if "data-article" in node.attributes:
                tables["statements"].append(shared | statement(node, said, section))
            elif "data-position" in node.attributes:
                tables["indicators"].append(shared | indicator(node, said))
                tables["readings"] += readings(tables["indicators"][-1], said)
            else:
                tables["findings"].append(shared | {
                    "page": title, "section": section, "status": node.attributes["data-status"], "text": body(node),
                    "attribution": words(said["Says who"]), "caveat": words(said.get("Caveat")) or None})
    return tables


def words(node: LexborNode | None) -> str:
    """What a reader reads in an element, on one line, without notes, marks and controls."""
    if node is None:
        return ""
    copy = LexborHTMLParser(f"<body>{node.html}</body>")
    for part in copy.css(NOT_TEXT):
        part.decompose()
    return re.sub(r"\s+([.,;:])", r"\1", " ".join(copy.body.text().split()))


def body(node: LexborNode) -> str:
    """The paragraphs of a record between its head and its facts."""
    return " ".join(words(child) for child in node.iter() if child.tag == "p"
                    and not {"finding-head", "says", "history"} & set((child.attributes.get("class") or "").split()))


def statement(node: LexborNode, said: dict[str, LexborNode], part: str) -> dict:
    """What a statement of the article has besides code, address, date and sources."""
    return {"part": part, "says": words(node.css_first("p.says")), "verdict": node.attributes["data-verdict"], "why": body(node),
            "finding": words(said["Treated in"])}


def indicator(node: LexborNode, said: dict[str, LexborNode]) -> dict:
    """What an indicator has besides code, address, date and sources."""
    names = {"observable": "What is observed", "ally_like": "Ally-like would be", "hedging": "Hedging would be",
             "flips": "What flips it", "confidence": "Confidence", "would_change": "What would change"}
    position = node.attributes["data-position"]
    reading = words(node.css_first(".reading-text"))
    return {"title": (node.attributes["aria-label"] or "").partition(": ")[2], "question": words(node.css_first(".indicator-question")),
            "position": position, "position_step": POSITIONS.index(position) + 1, "direction": words(node.css_first(".direction")),
            "reading": reading.partition(". ")[2],  # after its date
            "review_by": node.attributes["data-review-by"], **{name: words(said[title]) for name, title in names.items()}}


def readings(newest: dict, said: dict[str, LexborNode]) -> list[dict]:
    """The newest reading of an indicator and the earlier ones."""
    rows = [{"date": newest["as_of"], **{key: newest[key] for key in ("position", "position_step", "reading", "sources")}}]
    for item in said["Earlier readings"].css("li"):
        position, _, reading = words(item).partition(", ")[2].partition(": ")
        rows.append({"date": item.css_first("time").attributes["datetime"], "position": position, "reading": reading,
                     "position_step": POSITIONS.index(position) + 1, "sources": (item.attributes["data-sources"] or "").split()})
    return [{"indicator": newest["code"], "title": newest["title"], "address": newest["address"], **row} for row in rows]


# From the data files --------------------------------------------------------------------------------------------------

def events(project: Project) -> list[dict]:
    """The events, in order of time."""
    table = []
    for event in read_yaml(project, "events.yml"):
        page, _, anchor = event["section"].partition("#")
        section = project.built.get(page, "").removesuffix("index.html") + (f"#{anchor}" if anchor else "")
        theme, second = [*event["themes"], None][:2]
        table.append({**event, "address": f"/timeline/#{event['id']}", "precision": ("year", "month", "day")[event["date"].count("-")],
                      "until": event.get("until"), "theme": theme, "theme_2": second, "section": project.address + section})
    return table


def sources(project: Project) -> list[dict]:
    """The bibliography."""
    return [{**source, "address": f"/sources/#{source['id']}", "title_described": source.get("title_described", False),
             "byline": author_names(source) or None, "issued": source.get("issued"), "link": source.get("URL")}
            for source in read_yaml(project, "sources.yml")]


def citations(tables: dict[str, list[dict]]) -> list[dict]:
    """Pairs of record and source, in the order of the tables."""
    pairs = []
    for name in ("findings", "indicators", "readings", "events", "statements"):
        for record in tables[name]:
            key = f"{record['indicator']} {record['date']}" if name == "readings" else record.get("code") or record["id"]
            pairs += [{"table": name, "record": key, "place": place, "source": source, "since": record["since"]}
                      for place, source in enumerate(record["sources"], 1)]
    return pairs


def csl(source: dict) -> dict:
    """A source as CSL-JSON, which reference managers read."""
    item = {key: source[key] for key in ("id", "type", "title", "author", "publisher", "URL", "language") if key in source}
    item |= {key: {"date-parts": [[int(part) for part in source[key].split("-")]]} for key in ("issued", "accessed") if key in source}
    return item


def bibtex(source: dict) -> str:
    """A source as a BibTeX entry; the outlet stands for an author who is not named."""
    names = [{"literal": source["publisher"]}] if not source.get("author") else source["author"]
    people = [f"{{{tex(name['literal'])}}}" if "literal" in name else f"{tex(name['family'])}, {tex(name['given'])}" for name in names]
    fields = {"title": f"{{{tex(source['title'])}}}", "author": " and ".join(people), "publisher": f"{{{tex(source['publisher'])}}}",
              "year": source.get("issued", "")[:4], "date": source.get("issued", ""), "url": source.get("URL", ""),
              "urldate": source["accessed"], "language": source["language"]}
    return f"@misc{{{source['id']},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value) + "}\n"


def tex(text: str) -> str:
    """Text for a BibTeX field: the signs that TeX would take as commands are escaped."""
    names = {"\\": "textbackslash{}", "~": "textasciitilde{}", "^": "textasciicircum{}"}
    return re.sub(r"[\\{}$&#%_~^]", lambda sign: "\\" + names.get(sign[0], sign[0]), text)
