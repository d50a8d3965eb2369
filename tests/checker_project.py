"""Lay out a situation of checker_cases.yml as an MkDocs project on disk."""
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


def json_schema(sketch: dict) -> dict:
    """The front-matter schema that the cases assume, from its sketch in words to a JSON Schema with our extensions."""
    def field(words: str) -> dict:
        kind, _, rest = words.partition(" ")
        if kind == "string":
            low, _, high = rest.partition("..")
            return {"type": "string", **({"minLength": int(low), "maxLength": int(high)} if high else {})}
        if kind == "enum":
            return {"enum": rest.split("|")}
        if kind == "list":
            inner = {"of string": {"type": "string"}, "of page paths": {"type": "string", "format": "page"},
                     "of site paths": {"type": "string", "format": "old-address"}}
            names = rest.removeprefix("of {").rstrip("}").split(",")
            return {"type": "array", "items": inner.get(rest) or {"type": "object", "required": names, "additionalProperties": False, "properties": {
                name: {"type": "string", **({"format": "date", "x-date": "past"} if name == "accessed" else {"format": "uri"} if name == "url" else {})}
                for name in names}}}
        return {"date": {"type": "string", "format": "date", "x-date": "past"}, "path": {"type": "string", "format": "asset"},
                "N": {"type": "string", "format": "interval", "x-due-from": "last_reviewed"}}[kind]

    properties = {name: field(words) for name, words in sketch["types"].items()} | {name: {} for name in sketch["also_allowed"]}
    return {"type": "object", "required": sketch["required"], "additionalProperties": sketch["unknown_keys"] != "error",
            "x-warn-days": sketch["warn_days_before_review"], "properties": properties}


def lay_out(case: dict, root: Path, theme: str = "") -> list[str]:
    """Write the project of a case. Returns the arguments for the check."""
    special, docs = case.get("special") or {}, root / "docs"
    docs.mkdir(parents=True)
    for name, text in (case.get("files") or {}).items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_bytes(text.encode("utf-8"))
    for name, code in special.get("generate", {}).items():
        (docs / name).write_text(eval(code), encoding="utf-8")  # noqa: S307 - expressions of our own data file
    for name, digits in special.get("bytes_hex", {}).items():
        (docs / name).write_bytes(bytes.fromhex(digits))
    for name, target in special.get("symlinks", {}).items():
        (docs / name).symlink_to(target)
    check: dict = {"front_matter": "schema.json"} if case["area"] == "front-matter" else {}
    (root / "schema.json").write_text(json.dumps(json_schema(ASSUME["front_matter_schema"])), encoding="utf-8")
    if "registry" in special:
        check["permalinks"] = "permalinks.yml"
        records = {"/" + address: {"since": "2026-01-01"} for address in special["registry"]}
        for line in special.get("withdrawn", []):
            address, day, note = line.split(maxsplit=2)
            records["/" + address] |= {"retired": day, "note": note}
        (root / "permalinks.yml").write_text(yaml.safe_dump(records), encoding="utf-8")
    extensions = [{name: special.get("mkdocs_ext", {}).get(name) or OPTIONS[name]} if name in {*OPTIONS, *special.get("mkdocs_ext", {})} else name
                  for name in {**dict.fromkeys(ASSUME["markdown_extensions"]), **special.get("mkdocs_ext", {})}]
    config = {"site_name": "Case", "site_url": ASSUME["site_url"], "markdown_extensions": extensions, "extra": {"check": check},
              "theme": {"name": theme} if theme else {"name": None, "custom_dir": "theme"},
              "plugins": [{"redirects": {"redirect_maps": special["redirects"]}}] if "redirects" in special else [], **special.get("mkdocs", {})}
    if not theme:
        (root / "theme").mkdir()
        (root / "theme" / "main.html").write_text(THEME, encoding="utf-8")
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return ["--config", str(root / "mkdocs.yml"), "--format", "json", "--today", str(ASSUME["today"])]
