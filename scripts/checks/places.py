"""Find where in the sources a link of a built page was written, and write what was meant as it would stand there."""
from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote

from checks.links import Problem, resolve, split
from checks.project import Page, Project


@dataclass(frozen=True)
class Place:
    """Where an editor wrote an address; for an included file, `inside` is the place of the line that includes it."""

    file: str
    position: tuple[int, int]
    markdown: bool
    inside: tuple[int, int] | None = None


def meanings(project: Project, page: Page, address: str, markdown: bool) -> set[str | tuple[str, str]]:
    """What an address in the source of a page can become in its HTML: itself, or a file of the site with a fragment."""
    address = address.strip()
    path, fragment = split(address.removeprefix("site:"))
    keys = [] if path else [page.key]
    folder = "" if address.startswith("site:") else page.folder  # a template may have it mean the top of the site
    if path and (target := resolve(project, folder, path)):
        keys.append(target[0])
    if path and markdown:
        path = unquote(path)
        from_page = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
        keys += [project.built[source] for source in (from_page, path.lstrip("/")) if source in project.built]
    return {address, *((key, unquote(fragment)) for key in keys)}


def places(project: Project, page: Page, address: str, problem: Problem) -> list[Place]:
    """The places where a link was written, in order; none if a theme, a plugin or a data file made it."""
    if problem.needle:
        found = [(source, problem.needle.search(source.prose), inside) for source, inside in project.parts(page)]
        return [Place(part.file, part.position(match.start()), True, inside) for part, match, inside in found if match]
    if page.key not in project.written:
        index: dict[object, list[Place]] = defaultdict(list)
        for source, inside in project.parts(page):
            for offset, written, markdown in source.written():
                for key in meanings(project, page, written, markdown):
                    index[key].append(Place(source.file, source.opening(offset), markdown, inside))
        project.written[page.key] = index
    index = project.written[page.key]
    exact = index.get(address.strip())
    found = exact or [place for key in meanings(project, page, address, False) for place in index.get(key, [])]
    return list(dict.fromkeys(found))


def hinted(project: Project, page: Page, markdown: bool, hint: tuple[str, str] | str) -> str:
    """The end of a message: what was meant, as it would be written on that page; nothing if there is no hint."""
    if isinstance(hint, tuple):
        hint = address_from(project, page, markdown, *hint)
    return f'; did you mean "{hint}"?' if hint else ""


def address_from(project: Project, page: Page, markdown: bool, name: str, fragment: str) -> str:
    """The address of a file of the docs folder or of the site from a page: of the source in Markdown, else as built."""
    source = name if name in project.doc_files else project.source_of.get(name, "")
    if markdown and source:
        same = source == page.source
        path = posixpath.relpath(source, posixpath.dirname(page.source) or ".")
    else:
        name = project.built.get(name, name)
        same = name == page.key
        path = posixpath.relpath("/" + name, "/" + page.folder).removesuffix("index.html") or "./"
    if not fragment:
        return path
    return f"#{fragment}" if same else f"{path}#{fragment}"
