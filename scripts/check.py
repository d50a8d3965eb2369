#!/usr/bin/env python3
"""Check what editors wrote and what readers get: content, links, anchors, ids, pictures, published addresses.

The content is judged first (explainer/judge.py). Then the site is built, or the folder of --site is taken,
and each HTML file is read once, as browsers read it. A fault is laid to a line only where its address is
written; all others are told once. Other hosts are not asked, `make links` does that.
Exit code: 0 without errors (warnings allowed), 1 with errors, 2 when the check cannot run.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import posixpath
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url
from mkdocs.utils.yaml import yaml_load

from explainer import content, judge, permalinks
from explainer.content import Problem
from explainer.links import SCHEME, TOP, Fault, Site, slip
from explainer.scan import DEFINITION, Page, Source, css_addresses

E, W = "error", "warning"
RULES = {
    "CFG001": (E, "site_url is no address with a slash at its end"),
    "HED001": (E, "a page does not name its own address as canonical"),
    "HED002": (E, "the sitemap lacks a page, or lists one that is not there"),
    "ID001": (E, "an id occurs twice or cannot be linked"),
    "IMG001": (E, "a picture, style sheet, script or other file that a page loads is not there"),
    "IMG002": (E, "a picture has no alt attribute"),
    "LNK001": (E, "a link leads to no page or file"),
    "LNK002": (E, "a link leads to an anchor that its page does not have"),
    "LNK003": (E, "a link differs from its target in letter case"),
    "LNK004": (E, "a link starts at the host and leads out of the site"),
    "LNK005": (E, "a link leads to a file that is not published"),
    "LNK006": (W, "a link works only on the built site, not in an editor"),
    "LNK007": (W, "a page of this site is linked by its full or absolute address"),
    "LNK008": (W, "a link uses http where https is expected"),
    "LNK009": (E, "a link leads to one computer or a private network"),
    "LNK010": (E, "a link is empty, a placeholder or a script"),
    "LNK011": (E, "an address is malformed"),
    "LNK012": (E, "a mail or telephone link is wrong"),
    "LNK015": (E, "the words of a text fragment are not on the page"),
    "PRM001": (E, "a published anchor is gone"),
    "PRM002": (E, "a published page is gone"),
    "PRM003": (E, "what took the place of a published address is not there"),
    "PRM005": (E, "a record of a published address is faulty"),
    "PRM006": (E, "a published text has changed, and the change is not recorded"),
    "PRM007": (E, "a new address is not recorded"),
    "PRM008": (E, "a code is given twice, or to something else"),
    "PRM010": (E, "what was published is missing today (--published)"),
    "REF001": (E, "a source, note or label does not exist, or readers see the brackets of a link"),
    "REF003": (E, "a reference is defined twice, differently"),
    "SRC001": (
        E,
        "a file cannot be read, or is a symbolic link to a folder, out of the project or to nothing",
    ),
    "SRC003": (E, "the site cannot be built, or not without a warning"),
}
WRITTEN = {f"LNK{number:03}" for number in range(6, 13)}  # themes have reasons for these
BUILD_SECONDS = 45  # what takes longer is given up; a page of 20,000 headings needs 8
ANNOTATIONS = 10  # so many errors and as many warnings GitHub shows of a step


def problem(source: Source, offset: int, rule: str, message: str) -> Problem:
    """A problem at an offset of a source."""
    return Problem(source.file, *source.position(offset), rule, message, RULES[rule][0])


class Check:
    """The judgement of a built site; `unwritten` gathers the faults that no source shows."""

    def __init__(self, config: MkDocsConfig, folder: Path) -> None:
        root, docs = Path(config.config_file_path).parent, Path(config.docs_dir)
        self.site = Site(config, folder)
        own = [page for page in self.site.pages.values() if page.file]
        self.sources = {page.key: Source(docs / page.name, root) for page in own}
        self.sources |= {key: Source(docs / key, root) for key in self.site.docs if key.endswith(".css")}
        templates = Path(config.theme.custom_dir).rglob("*.html") if config.theme.custom_dir else ()
        self.settings = Source(Path(config.config_file_path), root)
        self.others = [Source(path, root) for path in [*sorted(docs.rglob("*.yml")), *sorted(templates)]]
        self.others.append(self.settings)
        self.unwritten: dict[tuple[str, ...], list[tuple[Page, str]]] = defaultdict(list)

    def problems(self) -> Iterator[Problem]:
        """All that is wrong with the site."""
        for page in self.site.pages.values():
            for kind, address in page.links:
                if fault := self.site.judge(page, kind, address):
                    yield from self.tell(page, address, fault)
                elif kind == "a" and page.file:
                    yield from self.by_hand(page, address)
            if page.file:
                yield from self.page_problems(page, self.sources[page.key])
        for key in [key for key in self.site.files if key.endswith(".css")]:
            source = self.sources.get(key, self.settings)
            for address in css_addresses(self.site.files[key].read_text("utf-8", "replace")):
                target = self.site.locate(urljoin(TOP, quote(key)), address)
                if target and target[0] not in self.site.files:
                    place = max(source.text.find(address), 0)
                    yield problem(source, place, "IMG001", f'there is no file "{address}", which {key} names')
        yield from self.sitemap_problems()
        for (rule, *_), cases in self.unwritten.items():
            page, message = cases[0]
            source = self.sources[page.key] if len(cases) == 1 and page.file else self.settings
            where = f"{page.name} and {len(cases) - 1} more" if len(cases) > 1 else page.name
            yield problem(
                source, 0, rule, f"{message} (on {where}; a template, mkdocs.yml or a record has it)"
            )

    def by_hand(self, page: Page, address: str) -> Iterator[Problem]:
        """LNK006: a Markdown link that names the built address; it works on the site, but in no editor."""
        key, fragment = self.site.locate(page.base, address) or ("", "")
        source, file = self.sources[page.key], self.site.made.get(key)
        if file and file.is_documentation_page() and address[:1] != "#" and not SCHEME.match(address):
            near = f"{key}#{fragment}" if fragment else key
            for offset, by in source.find(address):
                if by == "markdown":
                    message = f'"{address}" works only on the built site' + self.hint(page, near, True)
                    yield problem(source, offset, "LNK006", message)

    def tell(self, page: Page, address: str, fault: Fault) -> Iterator[Problem]:
        """A fault at each place where an editor wrote the address."""
        for shared in (False, True):
            sources = self.others if shared else [self.sources[page.key]] if page.file else []
            written, named = self.spellings(page, address, shared)
            places = [
                (form, source, offset, by)
                for form in sorted(written | named)
                for source in sources
                for offset, by in source.find(form)
                # MkDocs rewrites what names a source, so that it is another address on the page
                if form in (named if by == "markdown" and self.site.source_of(page, form) else written)
                or by == "yaml"
            ]
            for form, source, offset, by in places:
                if fault.rule != "LNK008" or not source.file.startswith("docs/data/"):  # cited as it was read
                    message = fault.message.replace(f'"{address}"', f'"{form}"')
                    yield problem(source, offset, fault.rule, message + self.hint(page, fault.near, bool(by)))
            if places:
                return
        if fault.rule not in WRITTEN:
            target = self.site.locate(page.base, address) or ("", address)
            self.unwritten[(fault.rule, *target)].append((page, fault.message))

    def spellings(self, page: Page, address: str, shared: bool) -> tuple[set[str], set[str]]:
        """How an address may be written: as it is or from the top of the site, and by a name of a source."""
        forms = {address, unquote(address), escape(address), re.sub(r"([()])", r"\\\1", address)}
        path, names = re.split("[?#]", address, maxsplit=1)[0], set[str]()
        if not path or SCHEME.match(path) or not (target := self.site.locate(page.base, address)):
            return forms, names
        if page.file and path[0] != "/" and (file := self.site.made.get(target[0])):
            name = posixpath.relpath(file.src_uri, posixpath.dirname(page.name) or ".")
            names = {form + address[len(path) :] for form in (name, f"./{name}", quote(name), f"{name}/")}
        if top := re.sub(r"^(\.{1,2}/)+", "", address.removeprefix(self.site.path)):
            forms |= {f"site:{top}", *([top] if shared else [])}
        return forms, names

    def hint(self, page: Page, near: str, rewritten: bool) -> str:
        """The end of a message: what was meant, as it would be written there."""
        name, mark, fragment = near.partition("#")
        file = self.site.docs.get(name) or self.site.made.get(name)
        if file and file is page.file and fragment:
            name = ""
        elif file and rewritten:
            name = posixpath.relpath(file.src_uri, posixpath.dirname(page.name) or ".")
        elif near and not SCHEME.match(near):
            name = get_relative_url(file.url if file else name, page.url)
        return f'; did you mean "{name}{mark}{fragment}"?' if near else ""

    # What is wrong with a page

    def page_problems(self, page: Page, source: Source) -> Iterator[Problem]:
        """All that is wrong with a page but its links: ids, pictures, brackets, its own address."""
        for name in [name for name, count in page.counts.items() if count > 1 or name.split() != [name]]:
            form = rf"(?:\{{[^}}\n]*#|\bid\s*[:=]\s*[\"']?){re.escape(name)}(?![\w-])"
            places = [match.start() for match in re.finditer(form, source.text)]
            for offset in places[len(places) > 1 :] or [0]:
                message = f'the id "{name}" occurs twice or holds a space; links find only the first'
                yield problem(source, offset, "ID001", message)
        for name in page.without_alt:
            form = rf"<(?:img|input)\b(?![^>]*\b(?:alt|role|aria-hidden)\b)[^>]*{re.escape(name)}"
            for offset in [match.start() for match in re.finditer(form, source.prose)] or [0]:
                message = f'the picture "{name}" has no alt; describe it, or write alt="" for decoration'
                yield problem(source, offset, "IMG002", message)
        for shown, count in page.brackets.items():
            if count > source.prose.count(f"\\{shown}"):  # what is escaped is meant to be seen
                for match in re.finditer(rf"(?<!\\){re.escape(shown)}", source.prose):
                    message = f'readers see "{shown}": its label is unknown, or its end is missing'
                    yield problem(source, match.start(), "REF001", message)
        defined: dict[str, str] = {}
        for match in DEFINITION.finditer(source.prose):
            label = " ".join(match["label"].lower().split())
            if defined.setdefault(label, match["address"]) != match["address"]:
                message = f"[{match['label']}] stands above already, with another address; rename one"
                yield problem(source, match.start(), "REF003", message)
        if page.file and page.file.is_documentation_page() and self.site.address:
            own, said = self.site.address + page.url, ", ".join(page.canonical)
            if not page.canonical:
                self.unwritten["HED001", ""].append((page, "there is no canonical address"))
            elif page.canonical != [own]:
                yield problem(source, 0, "HED001", f'the canonical address is "{said}"; it must be "{own}"')

    def sitemap_problems(self) -> Iterator[Problem]:
        """HED002: pages that the sitemap lacks, and addresses in it that are none."""
        if not self.site.address or "sitemap.xml" not in self.site.files:
            return
        listed = re.findall(r"<loc>\s*(.*?)\s*</loc>", self.site.files["sitemap.xml"].read_text("utf-8"))
        for page in [
            each for each in self.site.pages.values() if each.file and each.file.is_documentation_page()
        ]:
            if self.site.address + page.url not in listed:
                message = f'the sitemap lacks "{self.site.address}{page.url}"'
                yield problem(self.sources[page.key], 0, "HED002", message)
        for address in listed:
            if (self.site.locate(TOP, address) or ("",))[0] not in self.site.files:
                yield problem(
                    self.settings, 0, "HED002", f'the sitemap lists "{address}", which is not there'
                )


def before(config: MkDocsConfig, today: date) -> Iterator[Problem]:
    """What is wrong with the files, the configuration and the content; all this needs no build."""
    docs, root = Path(config.docs_dir), Path(config.config_file_path).resolve().parent
    settings = Source(Path(config.config_file_path), root)
    for path in [path for path in sorted(docs.rglob("*")) if path.is_symlink()]:
        target = Path(os.path.realpath(path))
        if not target.is_file() or root not in target.parents:
            message = f"a symbolic link to {target}, which cannot be published; put the file itself here"
            yield Problem(path.relative_to(root).as_posix(), 1, 1, "SRC001", message)
    address = str(yaml_load(settings.text).get("site_url") or "")
    if address and not re.fullmatch(r"[^?#]+/", address):
        message = f'site_url is "{address}"; it must end with a slash, or addresses run together'
        yield problem(settings, max(settings.text.find("site_url:"), 0), "CFG001", message)
    for match in re.finditer(r"\b(https?|mailto|tel|javascript|file):[^\s\"'>,\]}]*", settings.prose):
        line = settings.prose[settings.prose.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not line.startswith("site_url") and (fault := slip(match[0])):
            yield problem(settings, match.start(), fault.rule, fault.message)
    if "explainer" in config.markdown_extensions:
        found, unreadable = content.read(docs)
        yield from (faults := judge.judge(found, unreadable, today))
        waits = unreadable or any(fault.rule == "REC001" for fault in faults)  # what is half written
        yield from () if waits else permalinks.check(found)


def build(config: MkDocsConfig, folder: Path) -> tuple[bool, list[Problem]]:
    """Build in a process of its own, so that neither a crash nor a page without end stops the check.

    Returns whether there is a site, and why not or what MkDocs warns of.
    """
    root, name = os.path.split(config.config_file_path)
    command = [sys.executable, "-m", "mkdocs", "build", "-v", "-f", name, "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        try:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=root, env=environment)
            code = process.wait(BUILD_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            process.kill()
        log.seek(0)
        said = log.read()
    last = re.findall(r"^DEBUG +- +(?:Reading: |Building page )(.+)$", said, re.M)[-1:]
    pages = re.findall(r"Error (?:reading|building) page '(.+?)'", said) or (last if code is None else [])
    if code is None:
        messages = [f"the build did not end within {BUILD_SECONDS} seconds; it was stopped"]
    elif code:
        errors = re.findall(r"^(?:ERROR +- +|Error: )(.+(?:\n(?![A-Z]+ +-|Traceback).+)*)", said, re.M)
        reason = (errors or said.strip().splitlines() or [f"exit code {code}"])[-1]
        messages = [f"the site cannot be built: {reason}"]
    else:  # what MkDocs says of links is judged from what readers get
        messages = re.findall(r"^WARNING -  (?!Doc file|A rel|A reference|An abs)(.+(?:\n +.+)*)", said, re.M)
    file = Path(config.docs_dir) / pages[-1] if pages else Path(config.config_file_path)
    if code and pages:  # MkDocs stops at an address that cannot be taken apart
        source = Source(file, Path(root))
        spots = [(match.start(), slip(match[0])) for match in re.finditer(r"\w+://[^\s)\"'>]*", source.prose)]
        malformed = [
            problem(source, at, *fault[:2]) for at, fault in spots if fault and fault.rule == "LNK011"
        ]
        if malformed:
            return False, malformed
    name = file.relative_to(root).as_posix()
    return code == 0, [Problem(name, 1, 1, "SRC003", " ".join(message.split())) for message in messages]


def check(options: argparse.Namespace) -> tuple[list[Problem], str]:
    """All problems, sorted, and a line with what was checked. Raises ValueError if the check cannot run."""
    config = load_config(str(options.config.resolve()))
    problems = set(before(config, options.today))
    stops = any(one.severity == "error" and one.rule[:3] not in ("CFG", "LNK", "PRM") for one in problems)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        site, there = options.site or Path(folder), bool(options.site)
        if not options.site and not stops:
            there, said = build(config, site)
            problems |= set(said)
        if not there:
            return sorted(problems), "the site is not built with these errors; its links come next"
        if not any(site.rglob("*.html")):
            raise ValueError(f"there is no page in {site}; build the site first, or leave out --site")
        built = Check(config, site)
        problems |= set(built.problems())
    lost: list[Problem] = []
    if options.published:
        published = json.loads(options.published.read_text(encoding="utf-8"))
        lost = list(permalinks.against_published(content.read(Path(config.docs_dir))[0], published))
    links = sum(len(page.links) for page in built.site.pages.values())
    once = {(one.file, one.line, one.column, one.rule): one for one in sorted(problems, reverse=True)}
    return sorted([*once.values(), *lost]), f"{len(built.site.pages):,} pages, {links:,} links"


def printable(text: object) -> str:
    """A text on one line, with control characters made visible, so that no page can write to the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))


def annotated(problems: list[Problem]) -> str:
    """For GitHub: as many annotations as it shows, the others as plain lines, all in the step's summary."""
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a", encoding="utf-8") as stream:
            stream.write("\n".join(["```", *map(printable, problems), "```", ""]))
    lines, shown = [], Counter[str]()
    for one in problems:
        shown[one.severity] += 1
        file = re.sub("[%,:]", lambda match: f"%{ord(match[0]):02X}", one.file)
        words = printable(one.message).replace("%", "%25")
        place = f"file={file},line={one.line},col={one.column},title={one.rule}"
        annotation = f"::{one.severity} {place}::{words}"
        lines.append(annotation if shown[one.severity] <= ANNOTATIONS else printable(one))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    usual = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"))
    parser.add_argument("--site", type=Path, help="check this built folder; without it the site is built")
    parser.add_argument("--format", choices=("text", "json", "github"), default=usual, help=f"{usual} here")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=date.today(), help="YYYY-MM-DD, for reviews"
    )
    parser.add_argument(
        "--published", type=Path, help="a published permalinks.json, all of which must be there"
    )
    parser.add_argument("--list-rules", action="store_true", help="print each rule's code and meaning")
    options = parser.parse_args(arguments)
    if options.list_rules:
        every = {**judge.RULES, **RULES}
        print("\n".join(f"{code}  {every[code][0]:7}  {every[code][1]}" for code in sorted(every)))
        return 0
    said = io.StringIO()  # what MkDocs has against the configuration; it raises without a reason
    logging.getLogger("mkdocs").addHandler(handler := logging.StreamHandler(said))
    handler.setLevel(logging.ERROR)
    try:
        problems, counts = check(options)
    except (Exception, SystemExit) as error:  # MkDocs has kinds of its own; whatever it is, no traceback
        reason = " ".join(f"{said.getvalue()} {error}".split()) or type(error).__name__
        print(f"the check cannot run: {options.config}: {printable(reason)}", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps([vars(one) for one in problems], ensure_ascii=False, indent=2))
    elif problems:
        print(annotated(problems) if options.format == "github" else "\n".join(map(printable, problems)))
    errors = sum(one.severity == "error" for one in problems)
    if options.format != "json":
        counted = {"error": errors, "warning": len(problems) - errors}
        totals = ", ".join(f"{number} {word}{'s' * (number != 1)}" for word, number in counted.items())
        print(f"{counts}: {totals}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
