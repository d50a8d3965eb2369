"""Rules for what stands in the Markdown sources: files, references, notes, ids, images, passages that expire."""
from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

import yaml

from checks.front_matter import LOADER, as_date
from checks.links import COUNTED, headings, resolve, slug, split
from checks.places import hinted
from checks.project import SCHEME, Page, Project
from checks.report import E, Report, W
from checks.source import CSS_URL, DEFINITION, INLINE, REFERENCE, Source

EXPIRES = re.compile(r"<!--\s*expires:?\s+(\d{4}-\d{2}-\d{2})\s*-->")
# A Markdown destination that is neither a source nor outside the site
BY_HAND = re.compile(r"\][(:][ \t<]*(?!(?:[a-z][a-z0-9+.-]*:|#|[^)\s]*\.md\b))[^\s)]", re.I)
USE = re.compile(r"\[((?:[^\[\]]|\\.)+)\](?!:)")
UNFINISHED = re.compile(r"(?<!\\)\]\(([^\s()]{1,40})")
HEADING = re.compile(r"^[ \t>]*#{1,6}[ \t]*.+$|^\S.*\n(?:=+|-+)[ \t]*$", re.M)
TAG = re.compile(r"""<(?:img|input)\b(?:[^>"']|"[^"]*"|'[^']*'){0,2000}>""", re.I)
IMAGE = re.compile(r"""<img|.*type\s*=\s*["']?image""", re.I | re.S)
HAS_ALT = re.compile(r"""\balt\b|role\s*=\s*["']?(presentation|none)|aria-hidden\s*=\s*["']?true""", re.I)


def check_sources(project: Project, report: Report, today: datetime.date) -> None:
    """All rules of this module, for every page that is published, the stylesheets, and the list of sources."""
    users = project.users()
    for name, key in project.built.items():
        page, path = project.pages.get(key), project.docs / name
        if page is None and not path.is_symlink():
            continue  # excluded, a draft, or in a folder that MkDocs leaves out
        if fault := unreadable(path, project.root):
            report.add("SRC001", project.relative(path), *fault)
        elif page is not None:
            for source, inside in project.parts(page):
                if not inside or users[source.file][0] == page.key:  # an included file: with the first page only
                    check_references(project, report, page, source, own=not inside)
                    check_expiry(report, source, today)
                if not inside:
                    check_accidents(project, report, page, source)
                    check_includes(project, report, source)
            check_ids(project, report, page)
            check_headings(project, report, page)
            check_images(project, report, page)
    check_stylesheets(project, report)
    check_bibliography(project, report)


def unreadable(path: Path, root: Path) -> tuple[tuple[int, int], str] | None:
    """Where and why the text of a file cannot be judged: a link out of the project, no file, not UTF-8."""
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
        return (1, 1), "the file is a symbolic link out of the project; its target would be published"
    try:
        data = path.read_bytes()
        data.decode("utf-8")
    except OSError as error:
        return (1, 1), f"the file cannot be read: {error.strerror or error}"
    except UnicodeDecodeError as error:
        before = data[:error.start].decode("utf-8")
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        kind = "UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "in another encoding"
        return place, f"byte 0x{data[error.start]:02x} is not UTF-8; the file seems to be {kind}: save it as UTF-8"
    return None


def add(report: Report, rule: str, source: Source, at: int, message: str, target: str = "", severity: str = "") -> None:
    """Report a fault at an offset of a source."""
    report.add(rule, source.file, source.position(at), message, target, severity)


def label_of(text: str) -> str:
    """A reference label as Markdown compares it."""
    return " ".join(text.split()).lower()


def check_references(project: Project, report: Report, page: Page, source: Source, own: bool) -> None:
    """REF003 for a source of a page, REF001 where the page shows brackets, REF002 if it is the page's own source."""
    defined: dict[str, re.Match] = {}
    for match in DEFINITION.finditer(source.prose):
        label = match["label"]
        first = defined.setdefault(label_of(label), match)
        if first.group("target", "rest") != match.group("target", "rest"):
            line, _ = source.position(first.start("label"))
            fault = f"[{label}] is defined on line {line} already, differently"
            message = f"{fault}; Markdown dialects disagree which counts"
            add(report, "REF003", source, match.start("label") - 1, message, label)
    if page.brackets:
        parts = [part for part, _ in project.parts(page)]
        known = {label_of(match["label"]) for part in parts for match in DEFINITION.finditer(part.prose)}
        check_brackets(report, page, source, known)
    if own and defined:
        used = {label_of(text) for part, _ in project.parts(page) for text in USE.findall(part.prose)}
        for label, match in defined.items():
            comment = match["target"] in ("#", "<>", "")  # the usual way to write a comment in Markdown
            if label not in used and not label.startswith("^") and not comment:
                message = f"nothing refers to [{match['label']}]; remove its definition"
                add(report, "REF002", source, match.start("label") - 1, message, match["label"])


def check_brackets(report: Report, page: Page, source: Source, known: set[str]) -> None:
    """REF001: references with an unknown label and unfinished links, if readers see their brackets."""
    def seen(brackets: str) -> bool:  # more often than the editor escaped them
        return page.brackets.count(brackets) > source.prose.count("\\" + brackets)

    for match in REFERENCE.finditer(source.prose):
        text, second, note = match.groups()
        label = note or second or text
        if label_of(label) not in known and seen(f"[{note}]" if note else f"][{second}]"):
            what = f"the note [{note}]" if note else f'the reference "{" ".join(label.split())}"'
            add(report, "REF001", source, match.start(), f"{what} is not defined; readers see its brackets", label)
    for match in UNFINISHED.finditer(source.prose) if "](" in page.brackets else ():
        finished = INLINE.match(source.prose, match.start())  # then it stands in raw HTML, where Markdown is only text
        if not finished and seen(f"]({match[1]}"):
            message = "this link is not complete; readers see its brackets"
            add(report, "REF001", source, match.start(), message, match[1])


def check_accidents(project: Project, report: Report, page: Page, source: Source) -> None:
    """LNK006: Markdown links that name the built address of a page; they work on the site, but in no editor."""
    if not BY_HAND.search(source.prose):
        return
    linked = {address for _, address in page.links}
    for offset, address, markdown in source.written():
        path, fragment = split(address)
        relative = path and not path.startswith("/") and not SCHEME.match(address)
        if not markdown or not relative or path.endswith(".md") or address not in linked:
            continue
        key, _ = resolve(project, page.folder, address) or ("", "")
        if key in project.files and key in project.source_of:
            hint = hinted(project, page, True, (project.source_of[key], fragment))
            message = "the link works only on the built site" + hint
            report.add("LNK006", source.file, source.opening(offset), message, address)


def check_expiry(report: Report, source: Source, today: datetime.date) -> None:
    """SRC002: passages whose writer said when they expire."""
    for offset, comment in source.comments:
        if match := EXPIRES.fullmatch(comment):
            day = as_date(match[1])
            if day is None:
                add(report, "SRC002", source, offset, f"{match[1]} is no date; write YYYY-MM-DD", match[1], E)
            elif day <= today:
                add(report, "SRC002", source, offset, f"this passage expired on {day}; bring it up to date", match[1])


def check_includes(project: Project, report: Report, source: Source) -> None:
    """SRC001 and SRC002: included files and parts of files that do not exist; MkDocs leaves them out without a word."""
    for path, name, offset in project.snippets(source):
        included = project.source(path) if path else None
        part = re.search(r"\.\w+:([A-Za-z][\w-]*)$", name)
        if path is None:
            add(report, "SRC001", source, offset, f'the included file "{name}" does not exist', name)
        elif included and part and f"[start:{part[1]}]" not in included.text:
            add(report, "SRC002", source, offset, f'{included.file} has no part "{part[1]}"', name, E)


def heading_place(project: Project, page: Page, title: str) -> tuple[str, tuple[int, int]] | None:
    """File and place where a heading with this text was written, or None for one that a template made."""
    wanted = slug(title)
    for source, _ in project.parts(page):
        for match in HEADING.finditer(source.prose):
            for text in (source.prose, source.text):  # the prose lacks comments, but also code, which readers see
                written = re.sub(r"\{[^}]*\}", "", text[match.start():match.end()])
                if slug(re.sub(r"\]\([^)]*\)|[*_`\[\]]", " ", written)) == wanted:
                    return source.file, source.position(match.start())
    return None


def check_ids(project: Project, report: Report, page: Page) -> None:
    """ID001: ids that occur twice on a page, or that no link can name."""
    own = project.source(project.docs / page.source)
    for name in page.doubles:
        if name and not re.search(r"\s", name):
            found = project.explicit(page, name)
            for place in found[1:] or found:
                report.add("ID001", *place, f'the id "{name}" occurs twice on the page; a link goes to the first', name)
        elif own and (match := re.search(rf"\bid\s*=\s*([\"']){re.escape(name)}\1", own.prose)):
            message = f'the id "{name}" cannot be linked; an id has no spaces and is not empty'
            add(report, "ID001", own, match.start(), message, name)


def check_headings(project: Project, report: Report, page: Page) -> None:
    """ID001: an id that makes the heading with that very text get a counted one; ID002: headings without own id."""
    explicit = project.settings.get("explicit_ids")
    if not explicit and not any("_" in name and COUNTED.fullmatch(name) for name in page.ids):
        return
    titles = headings(project, page)
    for name, title in titles:
        counted = COUNTED.fullmatch(name)
        taken = counted[1] if counted else None
        if taken in page.ids and slug(taken) == slug(title) != slug(dict(titles).get(taken, "")):
            fault = f'this id is what the heading "{title}" above would get, so links to it now land here'
            for place in project.explicit(page, taken)[:1]:
                report.add("ID001", *place, f"{fault}; choose another", taken, W)
    for name, title in titles[1:] if explicit else ():  # the first is the page's title
        if not project.pinned(page, name) and (place := heading_place(project, page, title)):
            message = f'the heading "{title}" has no id of its own; end it with {{#{name}}}'
            report.add("ID002", *place, message, name)


def check_images(project: Project, report: Report, page: Page) -> None:
    """IMG002: images without an alt attribute; an empty one says that the image is decoration."""
    for source, _ in project.parts(page) if page.without_alt else ():
        for match in TAG.finditer(source.prose):
            if IMAGE.match(match[0]) and not HAS_ALT.search(match[0]):
                message = 'the image has no alt attribute; describe it, or write alt="" for decoration'
                add(report, "IMG002", source, match.start(), message)


def check_stylesheets(project: Project, report: Report) -> None:
    """IMG001 for files that the project's own stylesheets name."""
    for name in project.doc_files:
        source = project.source(project.docs / name) if name.endswith(".css") and name in project.files else None
        css = re.sub(r"/\*.*?\*/", lambda comment: " " * len(comment[0]), source.text, flags=re.S) if source else ""
        for match in CSS_URL.finditer(css):
            address, folder = match[1], name[:name.rfind("/") + 1]
            target = None if address.startswith(("data:", "#")) else resolve(project, folder, address)
            if target and target[0] not in project.files:
                add(report, "IMG001", source, match.start(), f'there is no file "{address}"', address)


def check_bibliography(project: Project, report: Report) -> None:
    """REF002 and REF003 for the list that extra.check.sources names: records no page cites, ids that stand twice."""
    file, records = read_list(project, report, "sources", "SRC001", yaml.SequenceNode, "`- id: …`")
    cited = {name.removeprefix("fn:") for page in project.pages.values() for name in page.ids if name.startswith("fn:")}
    if records:  # or by a link to its place in the list
        cited |= {address.partition("#")[2] for page in project.pages.values() for _, address in page.links}
    lines: dict[str, int] = {}
    for record in records:
        if not isinstance(record, yaml.MappingNode):
            report.add("SRC001", file, place_in(record), "this entry of the list of sources has no `id`")
            continue
        for node in [value for key, value in record.value if key.value == "id" and isinstance(value, yaml.ScalarNode)]:
            name, place = node.value, place_in(node)
            if name in lines:
                report.add("REF003", file, place, f'the source "{name}" stands on line {lines[name]} already', name)
            elif name not in cited and not project.failed:
                report.add("REF002", file, place, f'no page cites the source "{name}"; cite it or remove it', name)
            lines[name] = place[0]


def read_list(project: Project, report: Report, name: str, rule: str, kind: type, entry: str) -> tuple[str, list]:
    """The YAML file that a setting names, and its entries as nodes, which know their lines; none after a finding."""
    if not project.settings.get(name):
        return "", []
    path = project.root / str(project.settings[name])
    file = project.relative(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
        entries = root.value if root else []
        if isinstance(root, kind) or not entries:
            return file, entries
        fault = f"it must hold {entry} entries"
    except (OSError, ValueError, yaml.YAMLError) as error:
        fault = " ".join(str(error).split())[:200]
    report.add(rule, file, (1, 1), f"the list of {name} cannot be read: {fault}")
    return file, []


def place_in(node: yaml.Node) -> tuple[int, int]:
    """Line and column of a node in its file."""
    return node.start_mark.line + 1, node.start_mark.column + 1
