"""Judge one link of a built page: does it land for a reader, and is it written so that it will go on landing?"""
from __future__ import annotations

import contextlib
import difflib
import functools
import ipaddress
import posixpath
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from checks.project import SCHEME, Page, Project

MAIL = re.compile(r"[^@\s,;:/]+@[^@\s./]+(\.[^@\s./]+)+")
PLACEHOLDER = re.compile(r"#!?|(https?://)?(example\.(com|org)/)?(todo|tbd|tba|fixme|xxx+|placeholder|link|url|\.\.\.|…)[/.]*", re.I)
COUNTED = re.compile(r"(.*)_\d+")
OTHER_SCHEMES = {"ftp", "ftps", "sftp", "data", "blob", "about", "sms", "urn", "doi", "geo", "news", "irc", "ircs", "git", "ssh"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a link, before it is known where it was written.

    `hint` is what was meant: a file of the docs folder or the site with a fragment, to be written as seen from the place, or
    a text. `written`: to be reported only where an editor wrote it, not where a theme did. `needle` finds the place where the
    link itself cannot.
    """

    rule: str
    text: str
    hint: tuple[str, str] | str = ""
    severity: str = ""
    written: bool = False
    needle: re.Pattern | None = None


def near(word: str, known) -> str:
    """The known word nearest to a mistyped one, or nothing."""
    return next(iter(difflib.get_close_matches(word, known, 1, 0.6)), "")


def split(address: str) -> tuple[str, str]:
    """Path and fragment of an address; a query plays no part in finding either."""
    path, _, fragment = address.partition("#")
    return path.partition("?")[0], fragment


def resolve(project: Project, folder: str, address: str) -> tuple[str, str] | None:
    """The file of the site and the fragment that an address means on a page in `folder`; None if it leaves the site.

    As browsers and GitHub Pages do it: relative to the page, `/` for its index.html, percent signs decoded.
    """
    path, fragment = split(address.strip())
    if SCHEME.match(path) or path.startswith("/"):
        if SCHEME.match(path):
            parts = urlsplit(path)
            if parts.netloc.lower() != project.host or not project.host:
                return None
            path = parts.path or "/"
        if not (path + "/").startswith(project.base):
            return None
        path, folder = path[len(project.base):], ""
    while path.startswith("../") or path == "..":
        if not folder and project.base != "/":
            return None
        folder, path = folder[:folder.rfind("/", 0, -1) + 1], path[3:]
    path = folder + (unquote(path) if "%" in path else path)
    if "./" in path or "//" in path or path.endswith("/.") or path == ".":
        path = posixpath.normpath(path).removeprefix(".") + ("/" if path.endswith(("/", "/.")) else "")
    return (path + "index.html" if path.endswith("/") or not path else path), fragment


def lands(project: Project, page: Page, address: str) -> bool:
    """Whether a link is the usual relative one and plainly right: a short way past all other questions."""
    path, _, fragment = address.partition("#")
    folder = page.folder
    while folder and path.startswith("../"):
        folder, path = folder[:folder.rfind("/", 0, -1) + 1], path[3:]
    key = folder + path + "index.html" if path.endswith("/") else folder + path if path else page.key
    if key not in project.files or not path and not fragment:
        return False
    target = project.pages.get(key)
    return target is None or not target.refresh and (not fragment or fragment in target.ids and not COUNTED.fullmatch(fragment))


def judge(project: Project, page: Page, kind: str, address: str) -> Problem | None:
    """What is wrong with a link of a built page, if anything."""
    if lands(project, page, address):
        return None
    bare = address.strip()
    if (not bare or PLACEHOLDER.fullmatch(bare)) and kind != "head":
        return Problem("LNK010", f'the link "{address}" is a placeholder; give it an address or remove it' if bare else
                       "the link has no address; give it one or remove it", written=True)
    if re.match(r"[a-zA-Z]:\\|\\\\", bare):
        return outside(bare)
    if re.search(r"[\n\t<>\\]", bare):
        return Problem("LNK011", "the address is malformed; a closing quote may be missing" if "\\" not in bare else
                       "the address has a backslash; write /", written=True)
    try:
        target = resolve(project, page.folder if split(bare)[0] else page.key, bare)
    except ValueError:
        target = None
    if target is None:
        if SCHEME.match(bare):
            return outside(bare)
        if re.match(r"/(home|Users|tmp|mnt|media|var)/", bare):
            return Problem("LNK009", "the link leads to a file of one computer", written=True)
        if bare.startswith("/"):
            meant = resolve(project, "", bare.lstrip("/"))
            found = meant and meant[0] in project.files
            return Problem("LNK004", f'the link starts at the host, but the site stands below "{project.base}"', meant if found else "")
        return Problem("LNK001", "the link leads out of the site; only files below the docs folder are published")
    key, fragment = target if split(bare)[0] else (page.key, target[1])
    if problem := missing(project, page, kind, bare, key, fragment):
        return problem
    if problem := kind == "link" and anchor(project, key, fragment):
        return problem
    if kind != "link":
        return None
    if SCHEME.match(bare):
        return Problem("LNK007", "the page is linked by its full address, so previews leave the preview", (key, fragment), written=True)
    if bare.startswith("/"):
        return Problem("LNK004", "the link repeats the address that the site has today; write it from the page", (key, fragment), "warning", True)
    return None


def missing(project: Project, page: Page, kind: str, address: str, key: str, fragment: str) -> Problem | None:
    """What is wrong with the file that a link means: LNK001, 3, 5, 6, IMG001."""
    if key in project.files:
        return None
    path = split(address)[0]
    for accident in (key + "/index.html", key + ".html"):
        if accident in project.files and kind == "link":
            return Problem("LNK006", "the link works only because the host adds what is missing", (accident, fragment))
    source = project.source_of.get(key) or (key if key in project.doc_files else "")
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), unquote(path).lstrip("/")))
    if source or meant in project.built and project.built[meant] not in project.files:
        return Problem("LNK005", f"{source or meant} is not published: mkdocs.yml excludes it or marks it as a draft")
    rule, what = ("IMG001", "file") if kind == "media" else ("LNK001", "page or file")
    for name in (meant, key, key.removesuffix("/index.html")):
        if (other := project.lower.get(name.lower())) and other not in (key, meant):
            return Problem("LNK003", f'letter case: there is "{other}", not "{name}"', (other, fragment))
    if MAIL.fullmatch(path):
        return Problem("LNK012", "a mail address needs mailto:", f"mailto:{path}")
    hint: tuple[str, str] | str = f"https://{address}" if path.startswith("www.") else ""
    for name in (meant, meant + ".md", posixpath.join(meant, "index.md"), unquote(path).lstrip("/"), key):
        if not hint and (name in project.doc_files or name in project.files):
            hint = (name, fragment)
    if not hint:
        found = like(project, meant, page.source)
        hint = (found, fragment) if found else ""
    return Problem(rule, f'there is no {what} "{path}"' + ("" if page.source else f" ({key})"), hint)


def like(project: Project, name: str, but: str = "") -> str:
    """The docs file with the most similar name, or nothing: the same name in another folder before a similar one in this; never `but`."""
    stem = posixpath.splitext(posixpath.basename(name))[0]
    if not hasattr(project, "by_stem"):
        project.by_stem = defaultdict(list)
        for file in project.doc_files:
            project.by_stem[posixpath.splitext(posixpath.basename(file))[0]].append(file)
    files = project.by_stem.get(stem) or project.by_stem.get(near(stem, project.by_stem) if len(project.by_stem) < 5000 else "") or [""]
    files = [file for file in files if file != but]
    return near(name, files) or next(iter(files), "")


def anchor(project: Project, key: str, fragment: str) -> Problem | None:
    """What is wrong with the fragment of a link to a file that exists: LNK002, 3, 13, 14, and REF002 for an unused note."""
    page = project.pages.get(key)
    if page is None or key in project.failed:
        return None
    if page.refresh:
        end, _ = follow(project, page)
        return Problem("LNK013", "the link leads through a redirect", (end.key, fragment) if end else "", written=True)
    name = fragment.split(":~:", 1)[0]
    name = name if name in page.ids else unquote(name)
    if not name or name.lower() == "top":
        return None
    if name in page.ids:
        counted = COUNTED.fullmatch(name)
        if counted and (counted[1] in page.ids or not counted[1]) and not project.pinned(page, name):
            return Problem("LNK014", f'the id "{name}" is counted and changes when a heading is added above; give the heading its own, {{#name}}',
                           written=True)
        return None
    if name.startswith("__codelineno") and re.sub(r":\d+(-\d+)?$", "", name) in page.ids:
        return None  # a range of lines, which the theme's script resolves
    shown = page.source or key
    if name.startswith("fnref") and re.sub(r"^fnref\d*", "fn", name) in page.ids:
        label = name.partition(":")[2]
        return Problem("REF002", f"the note [^{label}] is used nowhere", needle=re.compile(rf"^[ \t>]*\[\^{re.escape(label)}\]:", re.M))
    for other in page.ids:
        if other.lower() == name.lower():
            return Problem("LNK003", f'letter case: {shown} has "{other}", not "{name}"', (key, other))
    text = f'no anchor "{name}" on {shown}'
    wanted, slugs = slug(name), {}
    for heading in headings(project, page):
        slugs.setdefault(slug(heading[1]), heading[0])
    if wanted in slugs and (not COUNTED.fullmatch(slugs[wanted]) or COUNTED.fullmatch(slugs[wanted])[1]):
        return Problem("LNK002", text, (key, slugs[wanted]))
    if wanted in slugs:
        return Problem("LNK002", f"{text}; its heading needs an id of its own, {{#name}}")
    if found := near(name, page.ids):
        return Problem("LNK002", text, (key, found))
    elsewhere = [other.key for other in project.pages.values() if name in other.ids]
    return Problem("LNK002", text, (elsewhere[0], name) if len(elsewhere) == 1 else "")


def headings(project: Project, page: Page) -> list[tuple[str, str]]:
    """Id and text of the headings of a built page, in order; `¶` and the like, which only link to them, left out."""
    tree = LexborHTMLParser((project.folder / page.key).read_bytes())
    for link in tree.css("a.headerlink"):
        link.decompose()
    return [(node.attributes["id"] or "", " ".join(node.text().split())) for node in tree.css("h2[id],h3[id],h4[id],h5[id],h6[id],h1[id]")]


def slug(text: str) -> str:
    """A text as any of the usual slugs would have it, made comparable: letters and digits only, accents folded."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[\W_]+", "-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")


def follow(project: Project, page: Page) -> tuple[Page | None, str]:
    """Where a redirect ends: the page, or None and why not."""
    seen = []
    while page.refresh:
        if page.key in seen:
            return None, "it leads in a circle"
        seen.append(page.key)
        target = resolve(project, page.folder, page.refresh)
        if target is None:
            return page, ""  # to another site
        if target[0] not in project.pages:
            return None, f'there is no page "{target[0]}"'
        page = project.pages[target[0]]
    return page, ""


@functools.cache
def outside(address: str) -> Problem | None:
    """What is wrong with an address outside the site, without asking its server: LNK008 to LNK012."""
    def problem(rule: str, text: str, hint: str = "") -> Problem:
        return Problem(rule, text, hint, written=True)

    scheme, _, rest = ("https", "", address) if address.startswith("//") else address.partition(":")
    scheme = scheme.lower()
    if address.startswith("\\\\") or scheme == "file" or len(scheme) == 1:
        return problem("LNK009", "the link leads to a file of one computer")
    if scheme == "javascript":
        return problem("LNK010", "the link runs a script instead of leading anywhere")
    if scheme == "mailto":
        names = [name.strip() for name in unquote(rest.partition("?")[0]).split(",")]
        good = all(map(MAIL.fullmatch, names)) or names == [""] and "?" in rest
        return None if good else problem("LNK012", f'"{address}" is no mail address; write mailto:name@host.example')
    if scheme == "tel":
        good = re.fullmatch(r"\+?[\d().-]*\d[\d().-]*(;.*)?", unquote(rest))
        return None if good else problem("LNK012", f'"{address}" is no telephone number; write digits, + and - only')
    if scheme not in ("http", "https"):
        meant = "" if scheme in OTHER_SCHEMES else near(scheme, ["http", "https", "mailto"])
        return problem("LNK011", f'"{scheme}:" is no way to reach anything', f"{meant}:{rest}") if meant else None
    try:
        host, _ = urlsplit(address).hostname or "", urlsplit(address).port
    except ValueError as error:
        return problem("LNK011", f"the address is malformed: {error}")
    if not host or re.search(r"\s|\.\.|[\"<>{}|\\^`]", host) or host in ("http", "https") or re.search(r"\s", address):
        return problem("LNK011", "the address is malformed: it has no proper host" if not re.search(r"\s", address) else
                       "the address is malformed: it holds white space")
    with contextlib.suppress(ValueError):
        if not ipaddress.ip_address(host).is_global:
            return problem("LNK009", f"{host} is this computer or a private network; readers cannot reach it")
        return problem("LNK008", "the link uses http", "https:" + rest) if scheme == "http" else None
    if "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".home", ".corp")):
        return problem("LNK009", f"{host} is this computer or a private network; readers cannot reach it")
    return problem("LNK008", "the link uses http; if the host has no https, say so in extra.check.ignore", "https:" + rest) if scheme == "http" else None
