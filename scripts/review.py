#!/usr/bin/env python3
"""List what an editor has to look at, oldest first, each with the file and line to open: `make review`.

Due is what the check warns of as due, and an address that was gone by lychee's last report. Below stand
sources of which little was read. With REPOSITORY_URL set, as in the weekly workflow, places are links.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from explainer.content import Content, read
from explainer.files import name_of
from explainer.judge import judge

DUE = ("FM008", "FOR002")  # rules of the check by which something is due
DAY = re.compile(r"\d{4}-\d\d-\d\d")
GONE = re.compile(r"^\* \[(\w+)\] <?(https?://[^\s>]+)", re.M)  # lychee's line of an address, in Markdown
BARELY = ("opening", "headline", "listing")  # `read_in` of what could be opened and was not read so far
SHOWN = 20  # such sources
NOTHING = "Nothing is due."


class Task(NamedTuple):
    """Something to look at: since when, and where."""

    day: str
    file: str
    line: int
    what: str

    def told(self, repository: str) -> str:
        """As a line for the shell, or with a link for an issue."""
        place = f"{self.file}:{self.line}"
        if not repository:
            return f"{place}: {self.what}"
        return f"- [{place}]({repository}/blob/HEAD/{self.file}?plain=1#L{self.line}) {self.what}"


def due(content: Content, today: date) -> Iterator[Task]:
    """Reviews and forecasts whose day, the last that the message names, has come or is near."""
    for problem in judge(content, today=today):
        if problem.rule in DUE:
            yield Task(DAY.findall(problem.message)[-1], problem.file, problem.line, problem.message)


def gone(content: Content, report: Path) -> Iterator[Task]:
    """The addresses of other hosts that did not answer when lychee asked last, where they are written."""
    asked = date.fromtimestamp(report.stat().st_mtime).isoformat()
    answers = {address: code for code, address in GONE.findall(report.read_text(encoding="utf-8"))}
    paths = sorted([*content.root.glob("*.md"), *content.root.glob("data/*.yml")]) if answers else []
    texts = {name_of(path, content.root): unquote(path.read_text(encoding="utf-8")) for path in paths}
    for address, code in answers.items():
        places = [(file, text.find(unquote(address).rstrip("/"))) for file, text in texts.items()]
        file, offset = next((place for place in places if place[1] >= 0), ("mkdocs.yml", 0))
        what = f"{address} answered {code} on {asked}; cite where the same text stands now, or its archive"
        yield Task(asked, file, texts.get(file, "").count("\n", 0, offset) + 1, what)


def barely_read(content: Content) -> Iterator[Task]:
    """Sources of which only the beginning, the headline or a listing was read."""
    for record in content.records:
        day, how = str(record.fields.get("accessed")), record.fields.get("read_in")
        if record.kind == "source" and how in BARELY:
            what = f"{record.fields['id']}: {how} only, on {day}"
            yield Task(day, record.file, record.places["read_in"][0], what)


def listed(content: Content, today: date, report: Path, repository: str) -> str:
    """The whole list."""
    known = report.is_file()
    tasks = sorted([*due(content, today), *(gone(content, report) if known else ())])
    sources = sorted(barely_read(content))
    asked = "" if known else f" Links were not asked for; make links OUTPUT={report} does."
    first = "Due, oldest first:" if tasks else NOTHING
    rows = [first + asked, "", *(task.told(repository) for task in tasks)]
    head = f"{len(sources)} sources were read in part only; the oldest:"
    rows += ["", head, "", *(task.told(repository) for task in sources[:SHOWN])] if sources else []
    return "\n".join(rows)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--links", type=Path, default=Path("build/links.md"), help="lychee's report")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="YYYY-MM-DD")
    options = parser.parse_args(arguments)
    content, unreadable = read(options.docs.resolve())
    if unreadable:
        print("\n".join(map(str, unreadable)), file=sys.stderr)
        return 2
    repository = os.environ.get("REPOSITORY_URL", "").rstrip("/")
    print(listed(content, options.today, options.links, repository))
    return 0


if __name__ == "__main__":
    sys.exit(main())
