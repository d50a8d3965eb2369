"""Rules for what stands in the Markdown sources: files, references, notes, ids, images, passages that expire."""
from __future__ import annotations

import datetime
import os
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from checks.links import COUNTED, headings, resolve, slug, split
from checks.places import hinted, meanings
from checks.project import SCHEME, Page, Project
from checks.report import E, Report, W
from checks.source import CSS_URL, DEFINITION, REFERENCE, Source

EXPIRES = re.compile(r"<!--\s*expires:?\s+(\d{4}-\d{2}-\d{2})\s*-->")
BY_HAND = re.compile(r"\][(:][ \t<]*(?!(?:[a-z][a-z0-9+.-]*:|#|[^)\s]*\.md\b))[^\s)]", re.I)  # a destination that is neither a source nor outside
UNFINISHED = re.compile(r"(?<!\\)\]\(([^\s()]{1,40})")
IMAGE_TAG = re.compile(r"""<(?:img|input)\b(?:[^>"']|"[^"]*"|'[^']*'){0,2000}>""", re.I)


def check_sources(project: Project, report: Report, today: datetime.date) -> None:
    """All rules of this module, for every page that is published, and the list of sources."""
    users = project.users()
    for name in project.built:
        page = project.pages.get(project.built[name])
        path = project.docs / name
        if page is None and not os.path.islink(path):
            continue  # excluded, a draft, or in a folder that MkDocs leaves out
        if check_file(project, report, path) and page is not None:
            for source, inside in project.parts(page):
                if not inside or users[source.file][0] == page.key:
                    check_references(project, report, page, source)
                    check_expiry(report, source, today)
            check_includes(project, report, page)
            check_ids(project, report, page)
            check_images(project, report, page)
    check_stylesheets(project, report)
    if project.settings.get("sources"):
        check_bibliography(project, report, project.root / str(project.settings["sources"]))


def check_file(project: Project, report: Report, path: Path) -> bool:
    """SRC001: a file that cannot be read, is not UTF-8, or is a link out of the project. Whether its text can be judged."""
    name = project.relative(path)
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(project.root):
        report.add("SRC001", name, (1, 1), "the file is a symbolic link out of the project; its target would be published")
        return False
    try:
        data = path.read_bytes()
        data.decode("utf-8")
    except OSError as error:
        report.add("SRC001", name, (1, 1), f"the file cannot be read: {error.strerror or error}")
        return False
    except UnicodeDecodeError as error:
        before = data[:error.start]
        line, column = before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1:].decode("utf-8", "replace")) + 1
        kind = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "in another encoding"
        report.add("SRC001", name, (line, column), f"byte 0x{data[error.start]:02x} is not UTF-8; the file seems to be {kind}: save it as UTF-8")
        return False
    return True


def label_of(text: str) -> str:
    """A reference label as Markdown compares it."""
    return " ".join(text.split()).lower()


def check_references(project: Project, report: Report, page: Page, source: Source) -> None:
    """REF001 to REF003, and LNK006 for links that are written as the built address."""
    defined: dict[str, re.Match] = {}
    for match in DEFINITION.finditer(source.prose):
        label = label_of(match["label"])
        first = defined.setdefault(label, match)
        if first is not match and (first["target"], first["rest"]) != (match["target"], match["rest"]):
            line = source.position(first.start("label"))[0]
            report.add("REF003", source.file, source.position(match.start("label") - 1),
                       f"[{match['label']}] is defined on line {line} already, differently; Markdown dialects disagree which counts", match["label"])
    known = set() if not page.brackets else set(defined) | {label_of(match["label"]) for part, _ in project.parts(page) for match in DEFINITION.finditer(part.prose)}
    for match in REFERENCE.finditer(source.prose) if page.brackets else ():
        label = match[3] or match[2] or match[1]
        shown = f"[{label}]" if match[3] else f"][{match[2]}]"
        if label_of(label) not in known and visible(page, source, shown):
            kind = f"the note [{label}]" if match[3] else f'the reference "{" ".join(label.split())}"'
            report.add("REF001", source.file, source.position(match.start()), f"{kind} is not defined; readers see its brackets", label)
    for match in UNFINISHED.finditer(source.prose) if "](" in page.brackets else ():
        if visible(page, source, f"]({match[1]}"):
            report.add("REF001", source.file, source.position(match.start()), "this link is not complete; readers see its brackets", match[1])
    if source.file == project.relative(project.docs / page.source):
        used = {label_of(text) for part, _ in project.parts(page) for text in re.findall(r"\[((?:[^\[\]]|\\.)+)\](?!:)", part.prose)} if defined else set()
        for label, match in defined.items():
            comment = match["target"] in ("#", "<>", "")  # the usual way to write a comment in Markdown
            if not label.startswith("^") and label not in used and not comment:
                report.add("REF002", source.file, source.position(match.start("label") - 1), f"nothing refers to [{match['label']}]; remove its definition", match["label"])
        check_accidents(project, report, page, source)


def visible(page: Page, source: Source, brackets: str) -> bool:
    """Whether readers see these brackets more often than the editor escaped them."""
    return page.brackets.count(brackets) > source.prose.count("\\" + brackets)


def check_accidents(project: Project, report: Report, page: Page, source: Source) -> None:
    """LNK006: Markdown links to pages that name the built address; they work on the site, but in no editor or repository."""
    if not BY_HAND.search(source.prose):
        return
    linked = {address for _, address in page.links}
    for offset, address, markdown in source.written():
        path, fragment = split(address)
        if not markdown or not path or path.endswith(".md") or path.startswith("/") or address not in linked or SCHEME.match(address):
            continue
        for key in meanings(project, page, address, False):
            origin = project.source_of.get(key[0], "") if isinstance(key, tuple) else ""
            if origin and key[0] in project.files:
                report.add("LNK006", source.file, source.opening(offset), "the link works only on the built site" +
                           hinted(project, page, True, (origin, fragment)), address)


def check_expiry(report: Report, source: Source, today: datetime.date) -> None:
    """SRC002: passages whose writer said when they expire."""
    for offset, comment in source.comments:
        if match := EXPIRES.fullmatch(comment):
            try:
                late = datetime.date.fromisoformat(match[1]) <= today
            except ValueError:
                report.add("SRC002", source.file, source.position(offset), f"{match[1]} is no date; write YYYY-MM-DD", match[1], E)
                continue
            if late:
                report.add("SRC002", source.file, source.position(offset), f"this passage expired on {match[1]}; bring it up to date", match[1])


def check_includes(project: Project, report: Report, page: Page) -> None:
    """SRC001 and SRC002: included files and parts of files that do not exist; MkDocs leaves them out without a word."""
    own = project.source(project.docs / page.source)
    for path, name, offset in project.snippets(own) if own else ():
        part = re.search(r"\.\w+:([A-Za-z][\w-]*)$", name)
        if path is None:
            report.add("SRC001", own.file, own.position(offset), f'the included file "{name}" does not exist', name)
        elif part and (text := project.source(path)) and f"[start:{part[1]}]" not in text.text:
            report.add("SRC002", own.file, own.position(offset), f'{text.file} has no part "{part[1]}"', name, E)


def heading_lines(source: Source) -> Iterator[tuple[int, str]]:
    """Offset and text of the headings in a source, `#` and underlined ones."""
    for match in re.finditer(r"^[ \t>]*#{1,6}[ \t]*(.+?)[ \t#]*$|^(\S.*)\n(?:=+|-+)[ \t]*$", source.prose, re.M):
        yield match.start(), re.sub(r"\{[^}]*\}", "", match[1] or match[2])


def heading_place(project: Project, page: Page, text: str) -> tuple[str, tuple[int, int]] | None:
    """Where a heading with this text was written, or None for one that a template made."""
    for source, _ in project.parts(page):
        for offset, written in heading_lines(source):
            if slug(re.sub(r"\]\([^)]*\)|[*_`\[\]]", " ", written)) == slug(text):
                return source.file, source.position(offset)
    return None


def check_ids(project: Project, report: Report, page: Page) -> None:
    """ID001 and ID002, and LNK014's cause: ids that occur twice, cannot be linked, take another's place, or are not explicit."""
    for name in page.doubles:
        found = project.explicit(page, name)
        if not name or re.search(r"\s", name):
            source = project.source(project.docs / page.source)
            offset = re.search(rf"\bid\s*=\s*([\"']){re.escape(name)}\1", source.prose) if source else None
            if offset:
                report.add("ID001", source.file, source.position(offset.start()), f'the id "{name}" cannot be linked; an id has no spaces and is not empty', name)
            continue
        for file, position in found[1:] or found:
            report.add("ID001", file, position, f'the id "{name}" occurs twice on the page; a link goes to the first', name)
    wanted = project.settings.get("explicit_ids")
    if not wanted and not any("_" in name and COUNTED.fullmatch(name) for name in page.ids):
        return
    titles = headings(project, page)
    for name, text in titles:
        counted = COUNTED.fullmatch(name)
        holder = counted and counted[1] in page.ids and slug(counted[1]) == slug(text) and slug(dict(titles).get(counted[1], "")) != slug(text)
        if holder and (found := project.explicit(page, counted[1])):
            report.add("ID001", *found[0], f'this id is what the heading "{text}" above would get, so links to it now land here; choose another', counted[1], W)
    for name, text in titles if wanted else ():
        if not project.pinned(page, name) and (place := heading_place(project, page, text)) and titles.index((name, text)):
            report.add("ID002", *place, f'the heading "{text}" has no id of its own; end it with {{#{name}}}', name)


def check_images(project: Project, report: Report, page: Page) -> None:
    """IMG002: images without an alt attribute; an empty one says that the image is decoration."""
    for source, _ in project.parts(page) if page.without_alt else ():
        for match in IMAGE_TAG.finditer(source.prose):
            hidden = re.search(r"""\balt\b|role\s*=\s*["']?(presentation|none)|aria-hidden\s*=\s*["']?true""", match[0], re.I)
            if not hidden and (match[0][1:4].lower() == "img" or re.search(r"type\s*=\s*[\"']?image", match[0], re.I)):
                report.add("IMG002", source.file, source.position(match.start()), 'the image has no alt attribute; describe it, or write alt="" for decoration')


def check_stylesheets(project: Project, report: Report) -> None:
    """IMG001 for files that the project's own stylesheets name."""
    for name in project.doc_files:
        if name.endswith(".css") and name in project.files:
            text = (project.docs / name).read_text(encoding="utf-8", errors="replace")
            for match in CSS_URL.finditer(re.sub(r"/\*.*?\*/", lambda comment: " " * len(comment[0]), text, flags=re.S)):
                target = None if match[1].startswith(("data:", "#")) else resolve(project, posixpath.dirname(name) + "/" if "/" in name else "", match[1])
                if target and target[0] not in project.files:
                    place = text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start())
                    report.add("IMG001", project.relative(project.docs / name), place, f'there is no file "{match[1]}"', match[1])


def check_bibliography(project: Project, report: Report, path: Path) -> None:
    """REF002 and REF003 for the list of sources: records that no page cites, ids that stand twice."""
    file = project.relative(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        records = [(value.value, value.start_mark) for record in root.value for key, value in record.value if key.value == "id"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        report.add("SRC001", file, (1, 1), f"the list of sources cannot be read: {' '.join(str(error).split())[:200]}")
        return
    cited = {name.removeprefix("fn:") for page in project.pages.values() for name in page.ids if name.startswith("fn:")}
    seen: dict[str, int] = {}
    for name, mark in records:
        place = mark.line + 1, mark.column + 1
        if name in seen:
            report.add("REF003", file, place, f'the source "{name}" stands on line {seen[name]} already', name)
        elif name not in cited and not project.failed:
            report.add("REF002", file, place, f'no page cites the source "{name}"; cite it or remove it', name)
        seen[name] = place[0]
