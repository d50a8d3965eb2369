"""Read an MkDocs project: its configuration, its source files, and the pages that readers get.

The built HTML tells what is true, the sources tell where it was written; the check joins the two.
"""
from __future__ import annotations

import contextlib
import os
import posixpath
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from selectolax.lexbor import LexborHTMLParser

from checks.source import CSS_URL, SNIPPET, Source, srcset

MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
LINKS = (  # kind, attribute, elements; a `link` is for readers to follow, `head` relates the page, `media` is loaded
    ("link", "href", "a[href], area[href]"),
    ("head", "href", "link[href]:is([rel=canonical], [rel=next], [rel=prev])"),
    ("media", "href", "link[href]:is([rel~=stylesheet], [rel~=icon], [rel~=manifest], [rel~=preload],"
                      " [rel~=apple-touch-icon])"),
    ("media", "src", "[src]"),
    ("media", "poster", "[poster]"),
    ("media", "data", "object[data]"),
    ("media", "content", "meta[content]:is([property='og:image'], [property='twitter:image'],"
                         " [name='og:image'], [name='twitter:image'])"),
)
system_walk = os.walk


class CannotRun(Exception):
    """The check cannot start or finish; the text says why, in one line."""


@dataclass(slots=True)
class Page:
    """A built HTML file: its ids, the distinct (kind, address) it links, and what has to be looked up in its source."""

    key: str  # the file of the site
    source: str  # the file of the docs folder; empty for a page that MkDocs or a plugin made
    ids: set[str]
    links: list[tuple[str, str]]
    refresh: str  # the address that it sends readers on to
    doubles: list[str]  # ids that occur twice or cannot be linked
    without_alt: bool  # whether an image has no alt attribute
    brackets: str  # its text, if there are brackets in it that may be an unresolved link

    @property
    def folder(self) -> str:
        """The folder of the site that holds it, with a slash at its end; empty for the top."""
        return self.key[:self.key.rfind("/") + 1]


class Project:
    """An MkDocs project: its configuration, its sources, and the built site as mappings that links are looked up in."""

    def __init__(self, config: Path) -> None:
        try:
            self.text = config.read_text(encoding="utf-8-sig")
            self.config = load_config(config)
        except Exception as error:  # MkDocs has kinds of its own, which take long to import
            raise CannotRun(f"{config} cannot be read: {' '.join(str(error).split())[:200]}") from error
        self.root, self.name = config.resolve().parent, config.name
        self.docs = (self.root / str(self.config.get("docs_dir") or "docs")).resolve()
        if not self.docs.is_dir():
            raise CannotRun(f"there is no folder {self.docs}, which docs_dir names")
        self.settings = (self.config.get("extra") or {}).get("check") or {}
        if not isinstance(self.settings, dict):
            raise CannotRun(f"extra.check in {config} must hold `name: value` lines")
        self.doc_files = dict.fromkeys(walk(self.docs))
        self.built = built_names(self.doc_files, self.config.get("use_directory_urls", True))
        self.source_of = {key: source for source, key in self.built.items()}
        self.by_stem: dict[str, list[str]] = defaultdict(list)  # files by their names without folder and suffix
        for file in self.doc_files:
            self.by_stem[posixpath.splitext(posixpath.basename(file))[0]].append(file)
        self.failed: set[str] = set()  # pages that could not be built; nothing can be said of their ids
        self.sources: dict[Path, Source | None] = {}  # what source() has read
        self.written: dict[str, dict] = {}  # places of links by page, filled when a fault has to be placed
        options = options_of(self.config.get("markdown_extensions"), "pymdownx.snippets")
        self.includes, options = options is not None, options or {}
        folders = options.get("base_path", ".")
        self.snippet_folders = [self.root / str(name) for name in ([folders] if isinstance(folders, str) else folders)]
        self.appended = [str(name) for name in options.get("auto_append", [])]

    def read_site(self, folder: Path) -> None:
        """Read every HTML file of the built site. Raises CannotRun if there is none."""
        self.folder = folder
        self.files = dict.fromkeys(walk(folder))
        address = str(self.config.get("site_url") or "")
        with contextlib.suppress(OSError):  # the built home page knows better, should the address come from elsewhere
            if link := LexborHTMLParser((folder / "index.html").read_bytes()).css_first("link[rel=canonical]"):
                address = link.attributes.get("href") or address
        self.address, parts = f"{address.rstrip('/')}/", urlsplit(address)
        self.host, self.base = parts.netloc.lower(), f"/{parts.path.strip('/')}/".replace("//", "/")
        self.pages = {key: read_page(folder / key, key, self.source_of.get(key, ""))
                      for key in self.files if key.endswith((".html", ".htm"))}
        if not self.pages:
            raise CannotRun(f"there is no HTML file in {folder}; build the site first, or leave out --site")
        if not any(page.source for page in self.pages.values()):
            raise CannotRun(f"no page of {self.docs} is in {folder}; is it the site of another project?")
        self.lower = {name.lower(): name for name in [*self.doc_files, *self.files]}

    def relative(self, path: Path) -> str:
        """A path as reports show it: from the project's folder."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    def source(self, path: Path) -> Source | None:
        """A source file, read once; None when it cannot be read."""
        if path not in self.sources:
            self.sources[path] = None
            with contextlib.suppress(OSError):
                text = path.read_bytes().decode("utf-8", errors="replace")
                self.sources[path] = Source(self.relative(path), text)
        return self.sources[path]

    def parts(self, page: Page) -> list[tuple[Source, tuple[int, int] | None]]:
        """The source of a page and what it includes, each with the place of the including line."""
        own = self.source(self.docs / page.source) if page.source else None
        if own is None:
            return []
        offsets = {path: offset for path, _, offset in self.snippets(own) if path}
        included = [(self.source(path), own.position(offset)) for path, offset in offsets.items()]
        return [(own, None)] + [(part, place) for part, place in included if part]

    def snippets(self, source: Source, depth: int = 0) -> Iterator[tuple[Path | None, str, int]]:
        """What a source includes: file (None if there is none), name as written, and offset in the outermost source."""
        if not self.includes:
            return
        found = [(match[1] or match[2], match.start()) for match in SNIPPET.finditer(source.prose)]
        names = [(line.strip(), offset) for lines, offset in found for line in lines.splitlines()]
        for name, offset in names + [(name.strip(), 0) for name in self.appended if depth == 0]:
            file = re.sub(r"(\.\w+)(:[\w:,-]*)$", r"\1", name)
            if not file or file.startswith(("http:", "https:", ";")):
                continue
            path = next((folder / file for folder in self.snippet_folders if (folder / file).is_file()), None)
            yield path, name, offset
            inner = self.source(path) if path and depth < 10 else None
            for deeper, title, _ in self.snippets(inner, depth + 1) if inner else ():
                yield deeper, title, offset

    def users(self) -> dict[str, list[str]]:
        """For each included file the pages that include it."""
        users: dict[str, list[str]] = defaultdict(list)
        for page in self.pages.values() if self.includes else ():
            for part, inside in self.parts(page):
                if inside:
                    users[part.file].append(page.key)
        return users

    def explicit(self, page: Page, name: str) -> list[tuple[str, tuple[int, int]]]:
        """Where an id was given by hand in the sources of a page: file and place."""
        word = re.escape(name) + r"(?![\w-])"
        given = re.compile(rf"\{{[^}}\n]*#{word}|\b(?:id|name)\s*=\s*[\"']?{word}|^ +id: +[\"']?{word}", re.M)
        return [(source.file, source.position(match.start()))
                for source, _ in self.parts(page) for match in given.finditer(source.prose)]

    def pinned(self, page: Page, name: str) -> bool:
        """Whether an id was given by hand, in a source of the page or in a template."""
        in_template = (f'id="{name}"' in text for file, text in self.other_texts() if file.endswith(".html"))
        return bool(self.explicit(page, name)) or any(in_template)

    def other_texts(self) -> Iterator[tuple[str, str]]:
        """Files besides the pages from which a link can come: configuration, sources, templates. Name and text."""
        yield self.name, self.text
        paths = [self.root / str(self.settings["sources"])] if self.settings.get("sources") else []
        theme = self.config.get("theme")
        if isinstance(theme, dict) and theme.get("custom_dir"):
            paths += sorted((self.root / str(theme["custom_dir"])).rglob("*.html"))
        for path in paths:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                yield self.relative(path), path.read_text(encoding="utf-8")


def load_config(path: Path) -> dict:
    """mkdocs.yml as a mapping, with `!ENV` and INHERIT as in MkDocs; what `!!python` tags name is not imported."""
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load
    loader = get_yaml_loader(yaml.SafeLoader)
    for prefix in ("tag:yaml.org,2002:python/", "!relative"):
        loader.add_multi_constructor(prefix, lambda loader, suffix, node: ".")
    with path.open(encoding="utf-8-sig") as stream:
        config = yaml_load(stream, loader)
    if not isinstance(config, dict):
        raise ValueError("it must hold `name: value` lines")
    return config


def options_of(entries: object, name: str) -> dict | None:
    """Options of a plugin or extension in a list of names and one-key mappings, or in a mapping; None if not listed."""
    if isinstance(entries, dict):
        return (entries[name] or {}) if name in entries else None
    for entry in entries if isinstance(entries, list) else []:
        if entry == name:
            return {}
        if isinstance(entry, dict) and name in entry:
            return entry[name] or {}
    return None


def built_names(doc_files: Iterable[str], directories: bool) -> dict[str, str]:
    """The file of the site that MkDocs makes of each Markdown file; `directories` is its use_directory_urls."""
    built = {}
    for source in doc_files:
        stem, suffix = posixpath.splitext(source)
        folder, name = posixpath.split(stem)
        if suffix.lower() not in MARKDOWN:
            continue
        if name == "index" or name == "README" and posixpath.join(folder, "index.md") not in doc_files:
            built[source] = posixpath.join(folder, "index.html")
        else:
            built[source] = stem + ("/index.html" if directories else ".html")
    return built


def walk(folder: Path) -> Iterator[str]:
    """Files below a folder, sorted, as posix paths; a symbolic link that leads back up is not followed."""
    for path, _, files in loopless_walk(str(folder)):
        prefix = os.path.relpath(path, folder).replace(os.sep, "/") + "/"
        yield from (prefix.removeprefix("./") + name for name in files)


def loopless_walk(top: str, *_: object, **__: object) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk` that follows symbolic links, but none that leads back up, and leaves out pipes and devices."""
    def real(*names: str) -> str:
        return os.path.join(os.path.realpath(os.path.join(*names)), "")

    for path, folders, files in system_walk(top, followlinks=True):
        here = real(path)
        folders[:] = sorted(name for name in folders if not here.startswith(real(path, name)))
        full = {name: os.path.join(path, name) for name in sorted(files)}
        yield path, folders, [name for name in full if os.path.isfile(full[name]) or os.path.islink(full[name])]


def read_page(path: Path, key: str, source: str) -> Page:
    """Read a built file as browsers do; what is in comments, scripts and templates does not count."""
    raw = path.read_bytes()
    tree = LexborHTMLParser(raw)
    counts = Counter(node.attributes["id"] for node in tree.css("[id]:not([data-retired])"))  # see scripts/finish.py
    counts.pop(None, None)
    doubles = [name for name, count in counts.items() if count > 1 or name.split() != [name]]
    names = {sys.intern(name) for name in counts}
    if b"name=" in raw:
        names.update(node.attributes["name"] for node in tree.css("a[name]:not([name=''])"))
    links = links_of(tree)
    meta = tree.css_first("meta[http-equiv=refresh i][content]")
    sent = re.search(r"url\s*=\s*['\"]?([^'\"]+)", meta.attributes["content"] or "", re.I) if meta else None
    images = [node.attributes for node in tree.css("img:not([alt]), input[type=image]:not([alt])")]
    without_alt = any(image.get("role") not in ("presentation", "none") and image.get("aria-hidden") != "true"
                      for image in images)
    brackets = ""
    if (b"][" in raw or b"](" in raw or b"[^" in raw) and tree.body:
        for node in tree.css("pre, code, script, style, textarea, svg, .arithmatex"):
            node.decompose()
        brackets = tree.body.text()
    return Page(key, source, names, links, sent[1].strip() if sent else "", doubles, without_alt, brackets)


def links_of(tree: LexborHTMLParser) -> list[tuple[str, str]]:
    """The distinct links of a page: kind (see LINKS) and address."""
    links: dict[tuple[str, str], None] = {}
    for kind, attribute, selector in LINKS:
        for node in tree.css(selector):
            links[kind, node.attributes[attribute] or ""] = None
    files = [file for node in tree.css("[srcset]") for file in srcset(node.attributes["srcset"] or "")]
    styles = [node.attributes["style"] or "" for node in tree.css("[style]")]
    for style in styles + [node.text() for node in tree.css("style")]:
        files += CSS_URL.findall(style)
    links.update(dict.fromkeys(("media", file) for file in files))
    return list(links)
