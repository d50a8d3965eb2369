"""Judge one link of a built page: does it land for a reader, and is it written so that it will go on landing?"""
from __future__ import annotations

import difflib
import functools
import ipaddress
import posixpath
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from checks.project import SCHEME, Page, Project

MAIL = re.compile(r"[^@\s,;:/]+@[^@\s./]+(\.[^@\s./]+)+")
TELEPHONE = re.compile(r"\+?[\d(). -]*\d[\d(). -]*(;.*)?")
PLACEHOLDER = re.compile(r"#!?|(https?://)?(example\.(com|org)/)?"
                         r"(todo|tbd|tba|fixme|xxx+|placeholder|link|url|\.\.\.|…)[/.]*", re.I)
WINDOWS_FILE = re.compile(r"[a-z]:|\\\\|file:", re.I)
UNIX_FILE = re.compile(r"/(home|Users|tmp|mnt|media|var)/")
COUNTED = re.compile(r"(.*)_\d+")
PRIVATE_HOSTS = (".localhost", ".local", ".internal", ".lan", ".home", ".corp")
OTHER_SCHEMES = set("ftp ftps sftp data blob about sms urn doi geo news irc ircs git ssh".split())


@dataclass(frozen=True)
class Problem:
    """What is wrong with a link, before it is known where it was written.

    `hint` is what was meant: a file of the docs folder or the site with a fragment, to be written as seen from the
    place, or a text. `written`: to be reported only where an editor wrote it, not where a theme did. `needle` finds
    the place where the link itself cannot.
    """

    rule: str
    text: str
    hint: tuple[str, str] | str = ""
    severity: str = ""
    written: bool = False
    needle: re.Pattern | None = None


written = functools.partial(Problem, written=True)


def near(word: str, known: Iterable[str]) -> str:
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
    if SCHEME.match(path):
        try:
            parts = urlsplit(path)
        except ValueError:  # malformed, as `outside` will say
            return None
        if not project.host or parts.netloc.lower() != project.host:
            return None
        path = parts.path or "/"
    if path.startswith("/"):
        if not (path + "/").startswith(project.base):
            return None
        path, folder = path[len(project.base):], ""
    path = unquote(path)
    if "./" in path or "//" in path or path.endswith("."):
        slash = "/" if ("/" + path).endswith(("/", "/.", "/..")) else ""
        path = (posixpath.normpath(path) + slash).removeprefix("./")
    while path.startswith("../"):
        if not folder and project.base != "/":
            return None
        folder, path = folder[:folder.rfind("/", 0, -1) + 1], path[3:]
    path = folder + path
    return (path + "index.html" if path.endswith("/") or not path else path), fragment


def lands(project: Project, page: Page, address: str) -> bool:
    """Whether a link is the usual relative one and plainly right: a short way past all other questions."""
    path, _, fragment = address.partition("#")
    target = page
    if path:
        folder = page.folder
        while folder and path.startswith("../"):
            folder, path = folder[:folder.rfind("/", 0, -1) + 1], path[3:]
        key = folder + path if path and path[-1] != "/" else folder + path + "index.html"
        if key not in project.files:
            return False
        target = project.pages.get(key)
    elif not fragment:
        return False
    if target is None:
        return True
    return not target.refresh and (not fragment or fragment in target.ids and not COUNTED.fullmatch(fragment))


def judge(project: Project, page: Page, kind: str, address: str) -> Problem | None:
    """What is wrong with a link of a built page, if anything; `kind` as in project.LINKS."""
    if lands(project, page, address):
        return None
    bare = address.strip()
    if problem := malformed(bare, kind):
        return problem
    target = resolve(project, page.folder if split(bare)[0] else page.key, bare)
    if target is None:
        return leaving(project, bare)
    problem = missing(project, page, kind, bare, *target)
    if problem or kind != "link":
        return problem
    if problem := anchor(project, *target):
        return problem
    if SCHEME.match(bare):
        return written("LNK007", "the page is linked by its full address, so previews leave the preview", target)
    if bare.startswith("/") and page.source:  # the page for lost readers, which has none, has to count from the host
        text = "the link repeats the address that the site has today; write it from the page"
        return written("LNK004", text, target, "warning")
    return None


def malformed(address: str, kind: str) -> Problem | None:
    """What is wrong with an address wherever it stands: LNK009 to LNK011."""
    if kind != "head" and not address:
        return written("LNK010", "the link has no address; give it one or remove it")
    if kind != "head" and PLACEHOLDER.fullmatch(address):
        return written("LNK010", f'the link "{address}" is a placeholder; give it an address or remove it')
    if WINDOWS_FILE.match(address):
        return written("LNK009", "the link leads to a file of one computer")
    if "\\" in address:
        return written("LNK011", "the address has a backslash; write /")
    if re.search(r"[\n\t<>]", address):
        return written("LNK011", "the address is malformed; a closing quote may be missing")
    return None


def leaving(project: Project, address: str) -> Problem | None:
    """What is wrong with an address that leads out of the site: LNK001, 4, 9, and those of another host."""
    if SCHEME.match(address):
        return outside(address)
    if UNIX_FILE.match(address):
        return written("LNK009", "the link leads to a file of one computer")
    if address.startswith("/"):
        meant = resolve(project, "", address.lstrip("/"))
        hint = meant if meant and meant[0] in project.files else ""
        return Problem("LNK004", f'the link starts at the host, but the site stands below "{project.base}"', hint)
    return Problem("LNK001", "the link leads out of the site; only files below the docs folder are published")


def missing(project: Project, page: Page, kind: str, address: str, key: str, fragment: str) -> Problem | None:
    """What is wrong with the file that a link means: LNK001, 3, 5, 6, 12, IMG001."""
    if key in project.files:
        return None
    for accident in (key + "/index.html", key + ".html") if kind == "link" else ():
        if accident in project.files:
            return Problem("LNK006", "the link works only because the host adds what is missing", (accident, fragment))
    path = split(address)[0]
    from_docs = unquote(path).lstrip("/")
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), from_docs))
    source = project.source_of.get(key) or (key if key in project.doc_files else "")
    if source or meant in project.built and project.built[meant] not in project.files:
        return Problem("LNK005", f"{source or meant} is not published: mkdocs.yml excludes it or marks it as a draft")
    for name in (meant, key, key.removesuffix("/index.html")):
        other = project.lower.get(name.lower(), key)
        if other not in (key, meant):
            return Problem("LNK003", f'letter case: there is "{other}", not "{name}"', (other, fragment))
    if MAIL.fullmatch(path):
        return Problem("LNK012", "a mail address needs mailto:", f"mailto:{path}")
    rule, what = ("IMG001", "file") if kind == "media" else ("LNK001", "page or file")
    text = f'there is no {what} "{path}"' + ("" if page.source else f" ({key})")
    if path.startswith("www."):
        return Problem(rule, text, f"https://{address}")
    names = (meant, meant + ".md", posixpath.join(meant, "index.md"), from_docs, key)
    found = next((name for name in names if name in project.doc_files or name in project.files), "")
    found = found or like(project, meant, page.source)
    return Problem(rule, text, (found, fragment) if found else "")


def like(project: Project, name: str, but: str = "") -> str:
    """The docs file most like a name, or nothing; never `but`. The same name in another folder comes first."""
    stem = posixpath.splitext(posixpath.basename(name))[0]
    if stem not in project.by_stem and len(project.by_stem) < 5000:  # more would take too long to compare
        stem = near(stem, project.by_stem)
    files = [file for file in project.by_stem.get(stem, ()) if file != but]
    return near(name, files) or next(iter(files), "")


def anchor(project: Project, key: str, fragment: str) -> Problem | None:
    """What is wrong with the fragment of a link to a file that exists: LNK002, 3, 13, 14; REF002 for an unused note."""
    page = project.pages.get(key)
    if page is None or key in project.failed:
        return None
    if page.refresh:
        end, _ = follow(project, page)
        return written("LNK013", "the link leads through a redirect", (end.key, fragment) if end else "")
    name = fragment.split(":~:", 1)[0]
    name = name if name in page.ids else unquote(name)
    if name in page.ids:
        counted = COUNTED.fullmatch(name)
        if not counted or (counted[1] and counted[1] not in page.ids) or project.pinned(page, name):
            return None
        advice = "changes when a heading is added above; give the heading its own, {#name}"
        return written("LNK014", f'the id "{name}" is counted and {advice}')
    code_lines = name.startswith("__codelineno") and re.sub(r":\d+(-\d+)?$", "", name) in page.ids
    if not name or name.lower() == "top" or code_lines:  # a range of code lines is found by the theme's script
        return None
    if name.startswith("fnref") and re.sub(r"^fnref\d*", "fn", name) in page.ids:
        label = name.partition(":")[2]
        definition = re.compile(rf"^[ \t>]*\[\^{re.escape(label)}\]:", re.M)
        return Problem("REF002", f"the note [^{label}] is used nowhere", needle=definition)
    shown = page.source or key
    for other in page.ids:
        if other.lower() == name.lower():
            return Problem("LNK003", f'letter case: {shown} has "{other}", not "{name}"', (key, other))
    return no_anchor(project, page, name, f'no anchor "{name}" on {shown}')


def no_anchor(project: Project, page: Page, name: str, text: str) -> Problem:
    """LNK002, with what was meant: the heading that reads so, an id like it, or the only page that has the id."""
    by_slug = {slug(title): own for own, title in reversed(headings(project, page))}  # of several, the first
    found = by_slug.get(slug(name), "")
    if re.fullmatch(r"_\d+", found):
        return Problem("LNK002", f"{text}; its heading needs an id of its own, {{#name}}")
    if found := found or near(name, page.ids):
        return Problem("LNK002", text, (page.key, found))
    elsewhere = [other.key for other in project.pages.values() if name in other.ids]
    return Problem("LNK002", text, (elsewhere[0], name) if len(elsewhere) == 1 else "")


def headings(project: Project, page: Page) -> list[tuple[str, str]]:
    """Id and text of the headings of a built page, in order; `¶` and the like, which only link to them, left out."""
    tree = LexborHTMLParser((project.folder / page.key).read_bytes())
    for link in tree.css("a.headerlink"):
        link.decompose()
    found = tree.css("h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]")
    return [(node.attributes["id"] or "", " ".join(node.text().split())) for node in found]


def slug(text: str) -> str:
    """A text as any of the usual slugs would have it, made comparable: letters and digits only, accents folded."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[\W_]+", "-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")


def follow(project: Project, page: Page) -> tuple[Page | None, str]:
    """Where a redirect ends: the page, which may lead on to another site, or None and why it ends nowhere."""
    seen = []
    while page.refresh:
        if page.key in seen:
            return None, "it leads in a circle"
        seen.append(page.key)
        target = resolve(project, page.folder, page.refresh)
        if target is None:
            return page, ""
        if target[0] not in project.pages:
            return None, f'there is no page "{target[0]}"'
        page = project.pages[target[0]]
    return page, ""


@functools.cache
def outside(address: str) -> Problem | None:
    """What is wrong with an address outside the site, without asking its server: LNK008 to LNK012."""
    scheme, _, rest = ("https", "", address) if address.startswith("//") else address.partition(":")
    scheme = scheme.lower()
    if scheme == "javascript":
        return written("LNK010", "the link runs a script instead of leading anywhere")
    if scheme == "mailto":
        names = [name.strip() for name in unquote(rest.partition("?")[0]).split(",")]
        good = all(map(MAIL.fullmatch, names)) or names == [""] and "?" in rest
        return None if good else written("LNK012", f'"{address}" is no mail address; write mailto:name@host.example')
    if scheme == "tel":
        good = TELEPHONE.fullmatch(unquote(rest))
        return None if good else written("LNK012", f'"{address}" is no telephone number; write digits, +, - and spaces only')
    if scheme not in ("http", "https"):
        meant = "" if scheme in OTHER_SCHEMES else near(scheme, ["http", "https", "mailto"])
        return written("LNK011", f'"{scheme}:" is no way to reach anything', f"{meant}:{rest}") if meant else None
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return written("LNK011", f"the address is malformed: {error}")
    if re.search(r"\s", address):
        return written("LNK011", "the address is malformed: it holds white space")
    if host in ("", "http", "https") or re.search(r"\.\.|[\"<>{}|\\^`]", host):
        return written("LNK011", "the address is malformed: it has no proper host")
    try:
        private, advice = not ipaddress.ip_address(host).is_global, ""
    except ValueError:
        private = "." not in host or host.endswith(PRIVATE_HOSTS)
        advice = "; if the host has no https, say so in extra.check.ignore"
    if private:
        return written("LNK009", f"{host} is this computer or a private network; readers cannot reach it")
    return written("LNK008", f"the link uses http{advice}", "https:" + rest) if scheme == "http" else None
