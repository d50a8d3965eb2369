"""Read an MkDocs project: its configuration, its source files, and the pages that readers get.

The built HTML tells what is true, the sources tell where it was written; the check joins the two.
"""
from __future__ import annotations

import contextlib
import io
import os
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from selectolax.lexbor import LexborHTMLParser

from checks.source import CSS_URL, SNIPPET, Source, srcset

MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


class CannotRun(Exception):
    """The check cannot start or finish; the text says why, in one line."""


@dataclass(slots=True)
class Page:
    """A built HTML file: its ids, the distinct (kind, address) it links, and what has to be looked up in its source."""

    key: str
    source: str
    ids: set[str]
    links: list[tuple[str, str]]
    refresh: str = ""
    doubles: list[str] = field(default_factory=list)
    without_alt: list[str] = field(default_factory=list)
    brackets: str = ""  # its text, if there are brackets in it that may be an unresolved link

    @property
    def folder(self) -> str:
        return self.key.rpartition("/")[0] + "/" if "/" in self.key else ""


class Project:
    """An MkDocs project: its configuration, its source files, and the built site as sets that links are looked up in."""

    def __init__(self, config: Path) -> None:
        try:
            self.text = config.read_text(encoding="utf-8-sig")
            with config.open(encoding="utf-8-sig") as stream:
                self.config = load_config(stream)
        except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
            raise CannotRun(f"{config} cannot be read: {' '.join(str(error).split())[:200]}") from error
        self.root, self.name = config.resolve().parent, config.name
        self.docs = (self.root / str(self.config.get("docs_dir") or "docs")).resolve()
        if not self.docs.is_dir():
            raise CannotRun(f"there is no folder {self.docs}, which docs_dir names")
        self.settings = (self.config.get("extra") or {}).get("check") or {}
        if not isinstance(self.settings, dict):
            raise CannotRun(f"extra.check in {config} must hold `name: value` lines")
        directory = self.config.get("use_directory_urls", True)
        self.doc_files = {file: None for file in walk(self.docs)}
        self.built = {}  # source of a page -> file of the site, as MkDocs names it
        for source in self.doc_files:
            stem, suffix = posixpath.splitext(source)
            folder, name = posixpath.split(stem)
            if suffix.lower() in MARKDOWN:
                index = name == "index" or name == "README" and posixpath.join(folder, "index.md") not in self.doc_files
                self.built[source] = posixpath.join(folder, "index.html") if index else stem + ("/index.html" if directory else ".html")
        self.source_of = {key: source for source, key in self.built.items()}
        self.sources: dict[Path, Source | None] = {}
        self.failed: set[str] = set()  # files of the site whose page could not be built; nothing can be said of their ids
        options = options_of(self.config.get("markdown_extensions"), "pymdownx.snippets")
        self.includes = options is not None
        bases = (options or {}).get("base_path", ["."])
        self.snippet_folders = [self.root / str(base) for base in ([bases] if isinstance(bases, str) else bases)]
        self.appended = [str(name) for name in (options or {}).get("auto_append", [])]

    def read_site(self, folder: Path) -> None:
        """Read every HTML file of the built site. Raises CannotRun if there is none."""
        self.folder = folder
        self.files = {file: None for file in walk(folder)}
        address = str(self.config.get("site_url") or "")
        with contextlib.suppress(OSError):  # the built home page knows better, should the address have come from elsewhere
            tree = LexborHTMLParser((folder / "index.html").read_bytes())
            address = (link.attributes.get("href") or address) if (link := tree.css_first("link[rel=canonical]")) else address
        parts = urlsplit(address)
        self.host, self.base = parts.netloc.lower(), "/" + parts.path.strip("/") + "/" if parts.path.strip("/") else "/"
        self.pages = {}
        for key in self.files:
            if key.endswith((".html", ".htm")):
                self.pages[key] = read_page(folder / key, key, self.source_of.get(key, ""))
        if not self.pages:
            raise CannotRun(f"there is no HTML file in {folder}; build the site first, or leave out --site")
        if not any(page.source for page in self.pages.values()):
            raise CannotRun(f"no page of {self.docs} is in {folder}; is it the site of another project?")
        self.lower = {name.lower(): name for name in [*self.doc_files, *self.files]}
        self.written: dict[str, dict] = {}  # places of links by page, filled when a fault has to be placed

    def relative(self, path: Path) -> str:
        """A path as reports show it: from the project's folder."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    def source(self, path: Path) -> Source | None:
        """A source file, read once; None when it cannot be read."""
        if path not in self.sources:
            try:
                self.sources[path] = Source(self.relative(path), path.read_bytes().decode("utf-8", errors="replace"))
            except OSError:
                self.sources[path] = None
        return self.sources[path]

    def parts(self, page: Page) -> list[tuple[Source, tuple[int, int] | None]]:
        """The source of a page and what it includes, each with the place of the including line."""
        own = self.source(self.docs / page.source) if page.source else None
        if own is None:
            return []
        files = {path: offset for path, _, offset in self.snippets(own) if path}
        return [(own, None)] + [(part, own.position(offset)) for path, offset in files.items() if (part := self.source(path))]

    def explicit(self, page: Page, name: str) -> list[tuple[str, tuple[int, int]]]:
        """Where an id was given by hand in the sources of a page: file and place."""
        word = re.escape(name) + r"(?![\w-])"
        pattern = re.compile(rf"\{{[^}}\n]*#{word}|\b(?:id|name)\s*=\s*[\"']?{word}|^ +id: +[\"']?{word}", re.M)
        return [(source.file, source.position(match.start())) for source, _ in self.parts(page) for match in pattern.finditer(source.prose)]

    def pinned(self, page: Page, name: str) -> bool:
        """Whether an id was given by hand, in a source of the page or in a template."""
        return bool(self.explicit(page, name)) or any(f'id="{name}"' in text for file, text in self.other_texts() if file.endswith(".html"))

    def users(self) -> dict[str, list[str]]:
        """For each included file the pages that include it."""
        users: dict[str, list[str]] = {}
        for page in self.pages.values() if self.includes else ():
            for part, inside in self.parts(page):
                if inside:
                    users.setdefault(part.file, []).append(page.key)
        return users

    def other_texts(self) -> Iterator[tuple[str, str]]:
        """Files besides the pages from which a link can come: configuration, sources, templates. Name and text."""
        yield self.name, self.text
        theme = self.config.get("theme")
        folder = self.root / str(theme["custom_dir"]) if isinstance(theme, dict) and theme.get("custom_dir") else None
        named = [self.root / str(self.settings["sources"])] if self.settings.get("sources") else []
        for path in named + (sorted(folder.rglob("*.html")) if folder and folder.is_dir() else []):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                yield self.relative(path), path.read_text(encoding="utf-8")

    def snippets(self, source: Source, depth: int = 0) -> Iterator[tuple[Path | None, str, int]]:
        """What a source includes: file (None if there is none), name as written, and offset in the outermost source."""
        if not self.includes:
            return
        names = [(line, match.start()) for match in SNIPPET.finditer(source.prose) for line in (match[1] or match[2]).splitlines()]
        for name, offset in names + [(name, 0) for name in self.appended if depth == 0]:
            bare = re.sub(r"(\.\w+)(:[\w:,-]*)$", r"\1", name.strip())
            if not bare or bare.startswith(("http:", "https:", ";")):
                continue
            path = next((folder / bare for folder in self.snippet_folders if (folder / bare).is_file()), None)
            yield path, name.strip(), offset
            if path and depth < 10 and (inner := self.source(path)):
                yield from ((deeper, title, offset) for deeper, title, _ in self.snippets(inner, depth + 1))


def load_config(stream: io.TextIOBase) -> dict:
    """mkdocs.yml as a mapping, with `!ENV` and INHERIT as MkDocs knows them, and without importing what `!!python` tags name."""
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load
    loader = get_yaml_loader(yaml.SafeLoader)
    for prefix in ("tag:yaml.org,2002:python/", "!relative"):
        loader.add_multi_constructor(prefix, lambda loader, suffix, node: ".")
    try:
        config = yaml_load(stream, loader)
    except Exception as error:  # MkDocs' own kinds, kept out of this script's imports
        raise ValueError(error) from error
    if not isinstance(config, dict):
        raise ValueError("it must hold `name: value` lines")
    return config


def options_of(entries: object, name: str) -> dict | None:
    """Options of a plugin or extension in a list of names and one-key mappings; None if it is not listed."""
    for entry in entries if isinstance(entries, list) else [{key: value} for key, value in (entries or {}).items()] if isinstance(entries, dict) else []:
        if entry == name:
            return {}
        if isinstance(entry, dict) and name in entry:
            return entry[name] or {}
    return None


def walk(folder: Path) -> Iterator[str]:
    """Files below a folder, sorted, as posix paths; a symbolic link that leads back up is not followed."""
    for path, folders, files in loopless_walk(str(folder)):
        prefix = os.path.relpath(path, folder).replace(os.sep, "/") + "/"
        yield from (prefix.removeprefix("./") + name for name in files)


system_walk = os.walk


def loopless_walk(top: str, *_: object, **__: object) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk` that follows symbolic links, but none that leads back up, and leaves out pipes and devices."""
    for path, folders, files in system_walk(top, followlinks=True):
        here = os.path.realpath(path) + os.sep
        folders[:] = sorted(name for name in folders if not here.startswith(os.path.realpath(os.path.join(path, name)) + os.sep))
        regular = [name for name in sorted(files) if os.path.isfile(os.path.join(path, name)) or os.path.islink(os.path.join(path, name))]
        yield path, folders, regular


def read_page(path: Path, key: str, source: str) -> Page:
    """Read one built file. HTML is parsed as browsers do; what is in comments, scripts and templates does not count."""
    raw = path.read_bytes()
    tree = LexborHTMLParser(raw)
    ids = [node.attributes["id"] for node in tree.css("[id]") if node.attributes["id"] is not None]
    links: dict[tuple[str, str], None] = {}
    for node in tree.css("[href]"):
        if node.tag == "link" and set((node.attributes.get("rel") or "").split()) & {"stylesheet", "icon", "manifest", "preload", "apple-touch-icon"}:
            links["media", node.attributes["href"] or ""] = None
        elif node.tag in ("a", "area") or node.tag == "link" and node.attributes.get("rel") in ("canonical", "next", "prev"):
            links["link" if node.tag != "link" else "head", node.attributes["href"] or ""] = None
    for name in ("src", "poster", "data", "srcset"):
        if name.encode() in raw:
            for node in tree.css(f"object[{name}]" if name == "data" else f"[{name}]"):
                value = node.attributes[name] or ""
                links.update({("media", address): None for address in (srcset(value) if name == "srcset" else [value])})
    if b"url(" in raw:
        styles = [node.attributes["style"] or "" for node in tree.css("[style]")] + [node.text() for node in tree.css("style")]
        links.update({("media", address): None for style in styles for address in CSS_URL.findall(style)})
    page = Page(key, source, {sys.intern(name) for name in ids}, [], "")
    for node in tree.css("meta[content]"):
        content, name = node.attributes["content"] or "", node.attributes.get("property") or node.attributes.get("name")
        if name in ("og:image", "twitter:image"):
            links["media", content] = None
        elif (node.attributes.get("http-equiv") or "").lower() == "refresh" and (match := re.search(r"url\s*=\s*['\"]?([^'\"]+)", content, re.I)):
            page.refresh = match[1].strip()
    if b"name=" in raw:
        page.ids |= {node.attributes["name"] for node in tree.css("a[name]") if node.attributes["name"]}
    page.links = list(links)
    page.doubles = [name for name, count in Counter(ids).items() if count > 1 or not name or re.search(r"\s", name)] if len(set(ids)) < len(ids) or any(
        not name or " " in name for name in ids) else []
    page.without_alt = [node.attributes.get("src") or "" for node in tree.css("img:not([alt]), input[type=image]:not([alt])")
                        if node.attributes.get("role") not in ("presentation", "none") and node.attributes.get("aria-hidden") != "true"]
    if (b"][" in raw or b"](" in raw or b"[^" in raw) and tree.body:
        for node in tree.css("pre, code, script, style, textarea, svg, .arithmatex"):
            node.decompose()
        page.brackets = tree.body.text()
    return page
