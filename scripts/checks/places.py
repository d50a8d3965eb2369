"""Find where in the sources a link of a built page was written, and write what was meant as it would be written there."""
from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote

from checks.links import Problem, resolve, split
from checks.project import Page, Project


@dataclass(frozen=True)
class Place:
    """Where an editor wrote an address; `inside` is the place of the line that includes the file, for an included one."""

    file: str
    position: tuple[int, int]
    markdown: bool
    inside: tuple[int, int] | None = None


def meanings(project: Project, page: Page, address: str, markdown: bool) -> set[object]:
    """What an address that stands in the source of a page can mean in its HTML: the address itself, and files of the site."""
    keys: set[object] = {address.strip()}
    path, fragment = split(address.strip())
    try:
        keys.add(resolve(project, page.folder, address) if path else (page.key, fragment))
    except ValueError:
        return keys
    if markdown and path:
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), unquote(path)))
        for source in (meant, unquote(path).lstrip("/")):
            if source in project.built:
                keys.add((project.built[source], fragment))
    return {(key[0], unquote(key[1])) if isinstance(key, tuple) else key for key in keys - {None}}


def places(project: Project, page: Page, address: str, problem: Problem) -> list[Place]:
    """The places where a link was written, in order; none if a theme, a plugin or a data file made it."""
    if page.key not in project.written:
        index: dict[object, list[Place]] = defaultdict(list)
        for source, inside in project.parts(page):
            for offset, written, markdown in source.written():
                for key in meanings(project, page, written, markdown):
                    index[key].append(Place(source.file, source.opening(offset), markdown, inside))
        project.written[page.key] = index
    index = project.written[page.key]
    if problem.needle:
        return [Place(source.file, source.position(match.start()), True, inside) for source, inside in project.parts(page)
                for match in [problem.needle.search(source.prose)] if match]
    found = index.get(address.strip()) or [place for key in meanings(project, page, address, False) for place in index.get(key, [])]
    return list(dict.fromkeys(found))


def hinted(project: Project, page: Page, markdown: bool, hint: tuple[str, str] | str) -> str:
    """The end of a message: what was meant, as it would be written at that place; nothing if there is no hint."""
    if not hint:
        return ""
    if isinstance(hint, tuple):
        name, fragment = hint
        source = name if name in project.doc_files else project.source_of.get(name, "")
        if markdown and source:
            written = posixpath.relpath(source, posixpath.dirname(page.source) or ".")
            written = "" if source == page.source and fragment else written
        else:
            name = project.built.get(name, name)
            written = posixpath.relpath("/" + name, "/" + page.folder)
            written = written.removesuffix("index.html") if name.endswith("index.html") else written
            written = "" if name == page.key and fragment else written or "./"
        hint = written + ("#" + fragment if fragment else "")
    return f'; did you mean "{hint}"?'
