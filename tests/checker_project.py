"""Lay out a situation of checker_cases.yml, or one of a test's own, as an MkDocs project on disk."""
from __future__ import annotations

import json
from pathlib import Path

import yaml

CASES = yaml.safe_load((Path(__file__).parent / "checker_cases.yml").read_text(encoding="utf-8"))
ASSUME = CASES["meta"]["assume"]
OPTIONS = {"pymdownx.snippets": {"base_path": ["includes"]}, "pymdownx.tabbed": {"alternate_style": True}}
THEME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ config.site_name }}</title>
{% if page and page.canonical_url %}<link rel="canonical" href="{{ page.canonical_url }}">{% endif %}</head>
<body>{% for item in nav %}{% if item.url %}<a href="{{ item.url | url }}">{{ item.title }}</a>{% endif %}{% endfor %}
<main>{{ page.content if page else "" }}</main></body></html>"""
PAST = {"type": "string", "format": "date", "x-date": "past"}
FIELDS = {  # by the first word of a type in the sketch of the schema, or by the name of a field of a source
    "string": {"type": "string"},
    "date": PAST,
    "N": {"type": "string", "format": "interval", "x-due-from": "last_reviewed"},
    "path": {"type": "string", "format": "asset"},
    "page": {"type": "string", "format": "page"},
    "site": {"type": "string", "format": "old-address"},
    "url": {"type": "string", "format": "uri"},
    "accessed": PAST,
}


def field_schema(words: str) -> dict:
    """The JSON Schema of a field from its type in words, such as `string 1..120` or `list of page paths`."""
    if words.startswith("{"):
        names = words.strip("{}").split(",")
        properties = {name: FIELDS.get(name, FIELDS["string"]) for name in names}
        return {"type": "object", "required": names, "additionalProperties": False, "properties": properties}
    kind, _, rest = words.partition(" ")
    if kind == "enum":
        return {"enum": rest.split("|")}
    if kind == "list":
        return {"type": "array", "items": field_schema(rest.removeprefix("of "))}
    shortest, _, longest = rest.partition("..")
    return FIELDS[kind] | ({"minLength": int(shortest), "maxLength": int(longest)} if longest else {})


def json_schema(sketch: dict) -> dict:
    """The front-matter schema that the cases assume, from its sketch in words to a JSON Schema with our extensions."""
    properties = {name: field_schema(words) for name, words in sketch["types"].items()}
    properties |= {name: {} for name in sketch["also_allowed"]}
    return {"type": "object", "required": sketch["required"], "additionalProperties": sketch["unknown_keys"] != "error",
            "x-warn-days": sketch["warn_days_before_review"], "properties": properties}


def permalinks(special: dict) -> dict:
    """The list of published addresses of a case, with what it says of those that are withdrawn."""
    records = {"/" + address: {"since": "2026-01-01"} for address in special["registry"]}
    for line in special.get("withdrawn", []):
        address, day, note = line.split(maxsplit=2)
        records["/" + address] |= {"retired": day, "note": note}
    return records


def write_documents(docs: Path, files: dict[str, str], special: dict) -> None:
    """Write the files of a case, and those that YAML text cannot hold."""
    for name, text in files.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_bytes(text.encode("utf-8"))
    for name, code in special.get("generate", {}).items():
        (docs / name).write_text(eval(code), encoding="utf-8")  # noqa: S307 - expressions of our own data files
    for name, digits in special.get("bytes_hex", {}).items():
        (docs / name).write_bytes(bytes.fromhex(digits))
    for name, target in special.get("symlinks", {}).items():
        (docs / name).symlink_to(target)


def lay_out(case: dict, root: Path, theme: str = "") -> list[str]:
    """Write the project of a case; `special` may hold house rules as `check`. Returns the arguments."""
    special = case.get("special") or {}
    (root / "docs").mkdir(parents=True)
    write_documents(root / "docs", case.get("files") or {}, special)
    (root / "schema.json").write_text(json.dumps(json_schema(ASSUME["front_matter_schema"])), encoding="utf-8")
    check = dict(special.get("check", {}))
    if case["area"] == "front-matter":
        check["front_matter"] = "schema.json"
    if "registry" in special:
        check["permalinks"] = "permalinks.yml"
        (root / "permalinks.yml").write_text(yaml.safe_dump(permalinks(special)), encoding="utf-8")
    options = OPTIONS | special.get("mkdocs_ext", {})
    names = dict.fromkeys([*ASSUME["markdown_extensions"], *special.get("mkdocs_ext", {})])
    config = {
        "site_name": "Case",
        "site_url": ASSUME["site_url"],
        "markdown_extensions": [{name: options[name]} if name in options else name for name in names],
        "extra": {"check": check},
        "theme": {"name": theme} if theme else {"name": None, "custom_dir": "theme"},
        "plugins": [{"redirects": {"redirect_maps": special["redirects"]}}] if "redirects" in special else [],
        **special.get("mkdocs", {}),
    }
    if not theme:
        (root / "theme").mkdir()
        (root / "theme" / "main.html").write_text(THEME, encoding="utf-8")
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return ["--config", str(root / "mkdocs.yml"), "--format", "json", "--today", str(ASSUME["today"])]


def project(root: Path, files: dict[str, str], rules: dict | None = None, **config: object) -> list[str]:
    """A small project with these files, house rules and settings of mkdocs.yml; returns the arguments for the check."""
    return lay_out({"area": "links", "files": files, "special": {"mkdocs": config, "check": rules or {}}}, root)
