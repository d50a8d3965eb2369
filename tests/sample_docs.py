"""A small docs folder without fault (texts/sample), which tests change, and what is then said of it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from explainer.content import read
from explainer.judge import judge

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "tests" / "texts" / "sample"
TREATY = (SAMPLE / "treaty.md").read_text(encoding="utf-8")


def lay_out(folder: Path) -> Path:
    """Write the sample below a folder; returns its docs."""
    docs = shutil.copytree(SAMPLE, folder / "docs")
    shutil.copytree(ROOT / "docs" / "data" / "schemas", docs / "data" / "schemas")
    return docs


def change(docs: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file."""
    text = (docs / name).read_text(encoding="utf-8")
    assert old in text
    (docs / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def said(docs: Path) -> list[str]:
    """Every problem of a docs folder, as the check prints it, without the folder's name."""
    content, unreadable = read(docs)
    return [str(each).removeprefix("docs/") for each in judge(content, unreadable, date(2026, 11, 29))]
