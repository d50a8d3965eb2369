"""All downloads as a Data Package: its description (datapackage.org), and one zip with everything in it.

The description is drawn from the JSON Schemas of the downloads, and from those in the form of the W3C's CSV
on the Web that lie beside the data of figures. Of a download's schema it uses, beyond the standard, `x-key`,
the columns that tell rows apart, and `x-refers`, the `table.column` that a value names.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from explainer.content import Content
from explainer.export import as_json, downloads
from explainer.views import version
from explainer.words import plain

NAME = "is-russia-an-ally-of-iran"
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
FOR_PEOPLE = """{}: the data, version {version}
{homepage}
Licence: {title}, {path}
Name the title, the address and the version when you use them.
datapackage.json says what each file and each column means.
"""
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can date; the time of the build would make each another
Json = dict[str, Any]


def all_downloads(
    content: Content, known: dict[str, dict], site: str, name: str, maker: dict[str, str]
) -> dict[str, str | bytes]:
    """Every download (export.downloads) by its name in data/, with the package that describes them."""
    files = downloads(content, known, site)
    if not files:
        return {}
    page = content.pages.get(content.page_with("codebook"))
    about = plain(page.meta["description"]) if page else name
    package: Json = {"name": NAME, "title": name, "description": about, "homepage": f"{site}data/"}
    package |= {"version": version(content), "licenses": [LICENCE]}
    if maker.get("name"):
        package["contributors"] = [{"title": maker["name"], "role": "publisher"}]
    package["resources"] = [table(name, schema) for name, schema in content.exports.items()]
    package["resources"] += [figure(content, name) for name in content.columns]
    files["datapackage.json"] = as_json(package)
    return {**files, f"{NAME}.zip": archive(content, files, package)}


def resource(name: str, path: str, title: str, about: str, schema: Json) -> Json:
    """A table of the package."""
    form = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    schema |= {"missingValues": [""]}
    return {"name": name, "path": path, "title": title, "description": about} | form | {"schema": schema}


def table(name: str, schema: Json) -> Json:
    """A download as such a table; lists, which CSV does not have, are left out."""
    columns = schema["items"]["properties"].items()
    flat = {column: part for column, part in columns if part.get("type") != "array"}
    made: Json = {"fields": [typed(column, part) for column, part in flat.items()]}
    if "x-key" in schema:
        made["primaryKey"] = schema["x-key"]
    keys = [(column, part["x-refers"].split(".")) for column, part in flat.items() if "x-refers" in part]
    if keys:
        made["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [field]}}
            for column, (other, field) in keys
        ]
    return resource(name, f"{name}.csv", schema["title"], schema["description"], made)


def typed(name: str, part: Json) -> Json:
    """A column by the terms of a Table Schema, from its JSON Schema."""
    words, kinds, form = part.get("enum", []), part.get("type", "string"), part.get("format", "")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    kind = "date" if form == "date" else kinds[0]
    made: Json = {"name": name, "type": kind, "description": part["description"]}
    if form == "uri":
        made["format"] = form
    limits: Json = {} if "null" in kinds or None in words else {"required": True}
    if words:
        limits["enum"] = [word for word in words if word is not None]
    limits |= {limit: part[limit] for limit in ("minimum", "maximum") if limit in part}
    return made | ({"constraints": limits} if limits else {})


def figure(content: Content, name: str) -> Json:
    """The data of a figure as such a table."""
    titles = {block.argument: plain(block.fields["title"]) for block in content.blocks("figure")}
    fields = [
        {"name": column["name"], "type": column["datatype"], "description": column["dc:description"]}
        for column in content.columns[name]
    ]
    title = titles.get(name, name)
    return resource(f"figure-{name}", f"figures/{name}.csv", title, title, {"fields": fields})


def archive(content: Content, files: dict[str, str], package: Json) -> bytes:
    """The zip: the downloads, what describes them, the licence. The same content gives the same bytes."""
    inside = {name: text.encode("utf-8") for name, text in files.items()}
    inside["LICENSE.txt"] = FOR_PEOPLE.format(package["title"], **package | LICENCE).encode("utf-8")
    data = content.root / "data"
    for path in [*(data / "schemas").rglob("*.json"), *(data / "figures").glob("*.*json")]:
        inside[path.relative_to(data).as_posix()] = path.read_bytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name in sorted(inside):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", EARLIEST)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # whatever system builds
            made.writestr(entry, inside[name], zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()
