"""Draw what the variables of a download mean, from the file that describes it, so that it is written once."""
from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from explainer.content import Content
from explainer.html import add
from explainer.words import escape


def codebook(parent: Element, content: Content, name: str) -> None:
    """A table of variables: from the JSON Schema of an export, or from the CSVW description of a figure's CSV file."""
    if name in content.exports:
        add(parent, "p", escape(content.exports[name]["description"]))
    table = add(parent, "table", cls="stacked codebook")
    row = add(add(table, "thead"), "tr")
    for title in ("Variable", "Meaning", "Kind and unit"):
        add(row, "th", title, scope="col")
    body = add(table, "tbody")
    for variable, meaning, kind in variables(content, name):
        row = add(body, "tr")
        add(add(row, "th", scope="row"), "code", AtomicString(variable))
        add(row, "td", escape(meaning), data_label="Meaning: ")
        add(row, "td", escape(kind), data_label="Kind and unit: ")


def variables(content: Content, name: str) -> list[tuple[str, str, str]]:
    """Name, meaning, and kind with unit of each variable."""
    if name in content.columns:
        return [(column["name"], column["dc:description"], "number" if column["datatype"] == "number" else "text")
                for column in content.columns[name]]
    properties = content.exports[name]["items"]["properties"]
    return [(key, value.get("description", ""), kind_of(value)) for key, value in properties.items()]


def kind_of(schema: dict) -> str:
    """A JSON Schema's type in words."""
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema['items'])}s"
    kind = schema.get("type", "string")
    kind = " or ".join(part for part in kind if part != "null") if isinstance(kind, list) else kind
    names = {"date": "ISO date", "uri": "address", "string": "text", "integer": "whole number"}
    return names.get(schema.get("format", ""), names.get(kind, kind))
