"""A small project with one of everything that has an address (texts/book), and what editors do with it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import yaml

import record
from explainer.content import Content, Problem
from explainer.judged import read_content
from explainer.permalinks import Place, check, places

ROOT = Path(__file__).resolve().parent.parent
DAY, URL = "2025-02-01", "https://host.example/book/"
FRAME = """<!doctype html><html lang="en"><head><title>{{ page.title }}</title>
<link rel="canonical" href="{{ page.canonical_url }}"></head><body>{{ page.content }}</body></html>"""
DRAWING = "<ul>{% for row in rows %}<li>{{ row.item }}: {{ row.value }}</li>{% endfor %}</ul>"


class Book:
    """The project in a folder, recorded on 2 January 2025."""

    def __init__(self, root: Path) -> None:
        self.root, self.docs = root, root / "docs"
        shutil.copytree(Path(__file__).parent / "texts" / "book", self.docs)
        shutil.copytree(ROOT / "docs" / "data" / "schemas", self.docs / "data" / "schemas")
        theme = f'{{name: material, custom_dir: "{ROOT / "overrides"}"}}'
        config = f"site_name: A book\nsite_url: {URL}\ntheme: {theme}\n"
        (root / "mkdocs.yml").write_text(config, encoding="utf-8")
        self.list = self.docs / "data" / "permalinks.yml"
        assert self.record("--date", "2025-01-02") == 0

    def furnish(self, **settings: object) -> None:
        """Give it what a build needs: our templates, a drawing of its figure, and the barest frame."""
        own = self.root / "overrides"
        for part in ("records", "site"):
            shutil.copytree(ROOT / "overrides" / part, own / part)
        (own / "records" / "figures" / "counts.html").write_text(DRAWING, encoding="utf-8")
        (own / "main.html").write_text(FRAME, encoding="utf-8")
        whole: dict[str, object] = {"site_name": "A book", "site_url": URL, "plugins": []}
        whole |= {"theme": {"name": None, "custom_dir": "overrides"}}
        whole |= {"markdown_extensions": ["attr_list", "explainer"]} | settings
        (self.root / "mkdocs.yml").write_text(json.dumps(whole), encoding="utf-8")

    def record(self, *options: str) -> int:
        """`make record` on DAY, unless the options say otherwise; returns the exit code."""
        return record.main(["--config", str(self.root / "mkdocs.yml"), "--date", DAY, *options])

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file below docs/; by a pattern if it is not there as it is."""
        path = self.docs / name
        text = path.read_text(encoding="utf-8")
        edited = text.replace(old, new) if old in text else re.sub(old, new, text, flags=re.S)
        assert edited != text
        path.write_text(edited, encoding="utf-8")

    def git(self, *arguments: str) -> int:
        """Git in the project; returns its exit code."""
        who = ["-c", "user.name=Name", "-c", "user.email=name@host.example", "-c", "commit.gpgsign=false"]
        return subprocess.run(["git", "-C", str(self.root), *who, *arguments], capture_output=True).returncode

    def content(self) -> Content:
        return read_content(self.docs)

    def places(self) -> dict[str, Place]:
        return places(self.content())

    def check(self) -> list[Problem]:
        return check(self.content())

    def found(self) -> list[str]:
        """The problems in short: rule, file and line."""
        return [f"{each.rule} {each.file.removeprefix('docs/')}:{each.line}" for each in self.check()]

    def records(self) -> dict[str, dict]:
        return yaml.safe_load(self.list.read_text(encoding="utf-8"))

    def line(self, name: str, text: str) -> int:
        """The line of a file below docs/ that begins with a text."""
        lines = (self.docs / name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if line.startswith(text))
