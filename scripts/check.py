#!/usr/bin/env python3
"""Check the links, anchors, ids, front matter and published addresses of an MkDocs site.

What readers get decides (the built HTML); what editors can mend is reported (file, line and column of the source).
Exit code 0 without errors (warnings allowed), 1 with errors, 2 when the check cannot run.

House rules stand in mkdocs.yml under `extra.check`; a group without its key is off:
  front_matter: docs/page.schema.json     JSON Schema of the front matter; checks/front_matter.py names its extensions
  sources: docs/data/sources.yml          list of records with id and URL; one that no page cites is a warning
  explicit_ids: true                      every heading from ## on has an id of its own
  permalinks: docs/data/permalinks.yml    addresses that must last, `/page/#id: {since: date}`; when given up, also
                                          `retired` (date), `note` and, if there is one, `successor` (address)
  ignore: [{rule, file, target, reason}]  what to leave out; rule, file and target are patterns with * and ?
"""
from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from pathlib import Path

from checks.build import build
from checks.front_matter import check_front_matter
from checks.links import Problem, judge, resolve
from checks.permalinks import check_permalinks
from checks.places import Place, hinted, places
from checks.project import CannotRun, Page, Project
from checks.report import RULES, Finding, Report, place_of
from checks.text import check_sources

ANNOTATIONS = 10  # GitHub shows that many errors and as many warnings of a step


def check_links(project: Project, report: Report) -> None:
    """Judge every link of every page."""
    judged = [(page, address, judge(project, page, kind, address))
              for page in project.pages.values() for kind, address in page.links]
    place_problems(project, report, [(page, address, problem) for page, address, problem in judged if problem])


def place_problems(project: Project, report: Report, problems: list[tuple[Page, str, Problem]]) -> None:
    """Report what is wrong with links where they were written.

    A link that no source of its page holds comes from the theme, the configuration or a data file.
    """
    unplaced: dict[tuple[str, object], list[tuple[Page, str, Problem]]] = defaultdict(list)
    included: dict[tuple[str, str, Place], list[tuple[Page, Place, Problem]]] = defaultdict(list)
    for page, address, problem in problems:
        found = places(project, page, address, problem)
        for place in found:
            if place.inside:
                included[problem.rule, address, replace(place, inside=None)].append((page, place, problem))
            else:
                message = problem.text + hinted(project, page, place.markdown, problem.hint)
                report.add(problem.rule, place.file, place.position, message, address, problem.severity)
        target = resolve(project, page.folder, address) if problem.rule.startswith("LNK00") else None
        if not found and target != ("index.html", ""):  # themes link to the home page of a site that has none, too
            unplaced[problem.rule, target or address].append((page, address, problem))
    report_included(project, report, included)
    report_unplaced(project, report, unplaced)


def report_included(project: Project, report: Report, included: dict) -> None:
    """Links in included files: where they stand if they fail on every page, else at the lines that include them."""
    users = project.users() if included else {}
    for (rule, address, where), cases in included.items():
        count = len(users[where.file])
        for page, place, problem in cases:
            message = problem.text + hinted(project, page, place.markdown, problem.hint)
            if len({page.key for page, _, _ in cases}) < count:
                file = project.relative(project.docs / page.source)
                report.add(rule, file, place.inside, f"{message}; it stands in {place.file}", address, problem.severity)
        if len({page.key for page, _, _ in cases}) == count:
            page, place, problem = cases[0]
            message = problem.text + hinted(project, page, place.markdown, problem.hint)
            message += f" (included in {count} page{'s' * (count > 1)})"
            report.add(rule, place.file, place.position, message, address, problem.severity)


def report_unplaced(project: Project, report: Report, unplaced: dict) -> None:
    """Links that no source of their pages holds: once each, in the file that does, or else for the theme."""
    for (rule, _), cases in unplaced.items():
        page, address, problem = cases[0]
        wanted, count = address.lstrip("./"), len(cases)
        texts = project.other_texts() if wanted else ()
        file, text = next(((file, text) for file, text in texts if wanted in text), ("", ""))
        if problem.written and (file != project.settings.get("sources") or rule == "LNK008"):
            continue  # not written by an editor of this site; a source keeps the address under which it was read
        message = problem.text + hinted(project, page, False, problem.hint)
        if file:
            pages = f" (on {count} pages)" if count > 1 else ""
            report.add(rule, file, place_of(text, wanted), message + pages, address, problem.severity)
        else:
            file = project.relative(project.docs / page.source) if page.source and count == 1 else project.name
            message += f"; the theme or a plugin made the link, on {count} page{'s' * (count > 1)}"
            report.add(rule, file, (1, 1), message, address, problem.severity)


def check_cname(project: Project, report: Report) -> None:
    """CFG001: GitHub Pages serves the site at the host that CNAME names, so site_url has to agree."""
    if "CNAME" in project.files:
        host = (project.folder / "CNAME").read_text(encoding="utf-8", errors="replace").strip().lower()
        if host and project.host and host != project.host:
            message = f'site_url is at {project.host}, but CNAME says "{host}"'
            report.add("CFG001", project.name, place_of(project.text, "site_url"), message, host)


def run(config: Path, site: Path | None, today: datetime.date, external: bool = False) -> tuple[list[Finding], str]:
    """Check a project. Returns the sorted findings and a line with what was checked. Raises CannotRun."""
    project = Project(config)
    report = Report(project)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        failures = [] if site else build(config, Path(folder))
        project.read_site(site or Path(folder))
        for file, reason in failures:
            report.add_failure(file, reason)
        check_links(project, report)
        check_sources(project, report, today)
        check_front_matter(project, report, today)
        check_permalinks(project, report)
        check_cname(project, report)
        if external:
            from checks.external import (
                ask_all,  # needs aiohttp, which the rest does not
            )
            place_problems(project, report, ask_all(project))
    report.check_patterns()
    pages, links = len(project.pages), sum(len(page.links) for page in project.pages.values())
    ids = sum(len(page.ids) for page in project.pages.values())
    return sorted(report.findings), f"{pages:,} pages, {links:,} links, {ids:,} ids"


def printable(text: str) -> str:
    """A text on one line, with control characters made visible, so that no page can write to the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def as_text(findings: list[Finding]) -> str:
    """One line a finding: file:line:column: severity rule message."""
    return "\n".join(printable(f"{f.file}:{f.line}:{f.column}: {f.severity} {f.rule} {f.message}") for f in findings)


def as_annotation(finding: Finding) -> str:
    """A workflow command of GitHub Actions, with its special characters escaped."""
    def escape(text: object, more: str = "") -> str:
        return "".join(f"%{ord(c):02X}" if c in "%\r\n" + more else c for c in str(text))

    place = f"file={escape(finding.file, ':,')},line={finding.line},col={finding.column},title={finding.rule}"
    return f"::{finding.severity} {place}::{escape(finding.message)}"


def as_table(findings: list[Finding]) -> str:
    """A Markdown table."""
    def cell(text: str) -> str:
        return printable(text).replace("|", "\\|").replace("<", "&lt;")

    rows = [f"| {cell(f.file)}:{f.line} | {f.rule} | {cell(f.message)} |" for f in findings]
    return "\n".join(["| Where | Rule | What |", "| --- | --- | --- |", *rows, ""])


def as_github(findings: list[Finding]) -> str:
    """As many annotations as GitHub shows, errors first; the others as plain lines; all as the step's summary."""
    shown: list[Finding] = []
    for severity in ("error", "warning"):
        shown += [finding for finding in findings if finding.severity == severity][:ANNOTATIONS]
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a", encoding="utf-8") as stream:
            stream.write(as_table(findings))
    rest = as_text([finding for finding in findings if finding not in shown])
    return "\n".join([*map(as_annotation, shown), *([rest] if rest else [])])


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the project's mkdocs.yml")
    parser.add_argument("--site", type=Path, help="check this built folder; without it the project is built")
    parser.add_argument("--format", choices=("text", "json", "github"), default=usual, help=f"{usual} here by default")
    parser.add_argument("--external", action="store_true", help="also ask other hosts for what the site links")
    today = datetime.date.today()
    parser.add_argument("--today", type=datetime.date.fromisoformat, default=today, metavar="YYYY-MM-DD",
                        help="the day that reviews are counted from")
    parser.add_argument("--list-rules", action="store_true", help="print each rule's code, severity and meaning")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if options.list_rules:
        print("\n".join(f"{code}  {severity:7}  {meaning}" for code, (severity, meaning) in RULES.items()))
        return 0
    try:
        if not options.config.is_file():
            raise CannotRun(f"there is no file {options.config}; name the project's mkdocs.yml with --config")
        if options.site and not options.site.is_dir():
            raise CannotRun(f"there is no folder {options.site}; build the site first, or leave out --site")
        findings, counts = run(options.config, options.site, options.today, options.external)
    except CannotRun as reason:
        print(f"the check cannot run: {printable(str(reason))}", file=sys.stderr)
        return 2
    severities = Counter(finding.severity for finding in findings)
    if options.format == "json":
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        if findings:
            print(as_text(findings) if options.format == "text" else as_github(findings))
        totals = [f"{severities[word]} {word}{'s' * (severities[word] != 1)}" for word in ("error", "warning")]
        print(f"{counts}: {', '.join(totals)}")
    return 1 if severities["error"] else 0


if __name__ == "__main__":
    sys.exit(main())
