"""What is wrong with a link: by itself, and by what it leads to in the built site. No other host is asked."""

from __future__ import annotations

import difflib
import ipaddress
import posixpath
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, get_files

from explainer.scan import Page, slug

TOP = (
    "https://site.invalid/" + "-/" * 20
)  # where the site stands for the check, so that what climbs out is seen
GUESSES = 200_000  # words that are compared to find the one that was meant; more would take seconds
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.I)
MAIL = r"[^@\s,;:/<>]+@[^@\s./<>]+(\.[^@\s./<>]+)+"
TEXT = r"(todo|tb[da]|fixme|xxx+|placeholder|link|url|\.\.\.|…)"
SLIPS = [  # the form of a wrong address, the rule, what to do; the first that fits counts
    (r"[#!]*", "LNK010", "give it one, or remove the link"),
    (rf"(https?://example\.\w+/)?{TEXT}/?", "LNK010", "a placeholder is to be filled in"),
    (r"javascript:.*", "LNK010", "name the page that the script leads to"),
    (r"(file:|[a-z]:[\\/]|\\\\|/(home|users|tmp|mnt)/).*", "LNK009", "put the file below docs/"),
    (rf"mailto:(?!\?|{MAIL}(,\s*{MAIL})*(\?.*)?$).*", "LNK012", "write mailto:name@host.example"),
    (r"tel:(?!\+?[\d(). -]*\d[\d(). -]*(;.*)?$).*", "LNK012", "write digits, +, - and spaces only"),
    (MAIL, "LNK012", "write mailto: before it"),
    (r".*\\.*", "LNK011", "write / instead of the backslash"),
    (r".*[\n\t<>].*", "LNK011", "a closing quote may be missing"),
    (r"(?!https?:)(h\w?t+\w?p\w*|site|mail-?to):(?<!mailto:).*", "LNK011", "there is no such scheme"),
]
FORMS = [(re.compile(form, re.I | re.S), rule, advice) for form, rule, advice in SLIPS]


class Fault(NamedTuple):
    """What is wrong with a link; `near` is what was meant, a file with its fragment or a whole address."""

    rule: str
    message: str
    near: str = ""


def slip(address: str) -> Fault | None:
    """What is wrong with an address wherever it stands."""
    for form, rule, advice in FORMS:
        if form.fullmatch(address):
            return Fault(rule, f'"{address}" is no address: {advice}')
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return Fault("LNK011", f'"{address}" is malformed: {error}')
    if not parts.netloc and parts.scheme not in ("http", "https"):
        return None
    if host in ("", "http", "https") or re.search(r"\s|\.\.|[^\w.:-]", host):
        return Fault("LNK011", f'"{address}" is malformed: it has no proper host')
    try:
        private = not ipaddress.ip_address(host).is_global
    except ValueError:
        private = "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan", ".home"))
    if private:
        return Fault(
            "LNK009", f'"{address}" is this computer or a private network, which readers cannot reach'
        )
    return (
        Fault("LNK008", f'"{address}" uses http; write https:{address[5:]}')
        if parts.scheme == "http"
        else None
    )


class Site:
    """The built site and what it was made from, as mappings in which links are looked up."""

    def __init__(self, config: MkDocsConfig, folder: Path) -> None:
        self.docs = {file.src_uri: file for file in get_files(config)}
        self.made = {file.dest_uri: file for file in self.docs.values()}
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.files = {path.relative_to(folder).as_posix(): path for path in files}
        self.known = {name.lower(): name for name in [*self.docs, *self.files]}
        html = {key: path for key, path in self.files.items() if path.suffix == ".html"}
        pages = [(key, path) for key, path in html.items() if key[:2] != "v/"]  # versions are but targets
        self.pages = {key: Page(path, key, self.made.get(key)) for key, path in pages}
        own = [page for page in self.pages.values() if page.file]  # most of them know where the site stands
        names = Counter(name.removesuffix(page.url) for page in own for name in page.canonical)
        self.address = names.most_common(1)[0][0] if names else config.site_url or ""
        self.host, self.path = urlsplit(self.address).netloc.lower(), urlsplit(self.address).path or "/"
        self.guesses = 0
        for page in self.pages.values():
            page.base = self.resolve(urljoin(TOP, page.url), page.base)

    def resolve(self, base: str, address: str) -> str:
        """The full address that one means, with this site at TOP."""
        if not SCHEME.match(address) and not address.startswith("/"):
            return urljoin(base, address)
        parts = urlsplit(address)
        if parts.netloc.lower() not in ("", self.host) or not f"{parts.path}/".startswith(self.path):
            return address
        return urljoin(TOP, parts.path[len(self.path) :] + f"#{parts.fragment}")

    def locate(self, base: str, address: str) -> tuple[str, str] | None:
        """The file of the site and the fragment that an address means; None if it leaves the site."""
        url = self.resolve(base, address)
        path, _, fragment = url.removeprefix(TOP).partition("#")
        key = unquote(path.partition("?")[0])
        key = f"{key}index.html" if key.endswith("/") or not key else key
        return (key, fragment) if url.startswith(TOP) else None

    def source_of(self, page: Page, written: str) -> File | None:
        """The file of docs that MkDocs takes an address for, and so rewrites, in a link of Markdown."""
        path = unquote(re.split("[?#]", written, maxsplit=1)[0])
        return self.docs.get(posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)))

    def judge(self, page: Page, kind: str, address: str) -> Fault | None:
        """What is wrong with a link of a page, if anything."""
        fault, full = slip(address), bool(SCHEME.match(address))
        if fault and (fault.rule == "LNK011" or not full):
            return fault
        target = self.locate(page.base, address)
        if target is None and full:
            return fault
        if target is None:
            return self.leaving(address)
        key, fragment = target
        tail = f"#{fragment}" if fragment else ""
        if key not in self.files:
            return self.missing(page, kind, address, key, tail)
        wrong = self.anchor(self.pages[key], fragment) if kind == "a" and key in self.pages else None
        if wrong or kind != "a" or not page.file or not (full or address.startswith("/")):
            return wrong
        private = fault if fault and fault.rule == "LNK009" else None
        return private or Fault("LNK007", f'"{address}" leads away from a preview of the site', key + tail)

    def leaving(self, address: str) -> Fault:
        """What is wrong with a link out of the site that names no host."""
        if not address.startswith("/"):
            return Fault(
                "LNK001", f'"{address}" leads out of the site; only what is below docs/ is published'
            )
        meant = self.locate(TOP, address.lstrip("/"))
        near = meant[0] + (f"#{meant[1]}" if meant[1] else "") if meant and meant[0] in self.files else ""
        return Fault("LNK004", f'"{address}" starts at the host, but the site stands at "{self.path}"', near)

    def missing(self, page: Page, kind: str, address: str, key: str, tail: str) -> Fault:
        """What is wrong with a link to a file that is not there."""
        path = unquote(re.split("[?#]", address)[0])
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path.lstrip("/")))
        for file in [file for file in (self.made.get(key), self.docs.get(meant)) if file]:
            if file.dest_uri not in self.files:
                return Fault("LNK005", f'"{address}" leads to {file.src_uri}, which mkdocs.yml excludes')
        for name in (meant, key):
            if (other := self.known.get(name.lower(), name)) != name:
                return Fault("LNK003", f'"{address}": letter case, there is "{other}"', other + tail)
        if f"{key}/index.html" in self.files:
            return Fault("LNK006", f'"{address}" lacks what the host adds', f"{key}/index.html{tail}")
        if re.match(r"www\.|[\w-]+(\.[\w-]+)*\.[a-z]{2,6}/", address):
            near = f"https://{address}"
        else:
            stem, suffix = posixpath.splitext(meant)
            suffix = ".md" if suffix in ("", ".html") else suffix
            names = [name for name in [*self.docs, *self.files] if name.endswith(suffix)]
            near = stem + suffix if stem + suffix in self.docs else self.near(stem + suffix, names)
            page_meant = self.pages.get(self.docs[near].dest_uri) if near in self.docs else None
            near += tail if page_meant and tail[1:] in page_meant.ids else ""
        rule, what = ("LNK001", "page or file") if kind == "a" else ("IMG001", "file")
        return Fault(rule, f'there is no {what} "{path}"', near)

    def near(self, word: str, known: Collection[str]) -> str:
        """The known word that is nearest to a mistyped one, or nothing."""
        self.guesses += len(known)
        found = difflib.get_close_matches(word, known, 1, 0.75) if self.guesses < GUESSES else []
        return found[0] if found and not found[0].startswith(".") else ""

    def anchor(self, page: Page, fragment: str) -> Fault | None:
        """What is wrong with the fragment of a link to a page that exists."""
        name, _, directive = fragment.partition(":~:")
        name = name if name in page.ids else unquote(name)
        if name and name.lower() != "top" and name not in page.ids:
            like = slug(name)
            found = page.like.get(like) or page.like.get(self.near(like, page.like), "")
            elsewhere = [other.key for other in self.pages.values() if name in other.ids]
            near = f"{page.key}#{found}" if found else f"{elsewhere[0]}#{name}" if len(elsewhere) == 1 else ""
            rule = "LNK003" if found.lower() == name.lower() else "LNK002"
            return Fault(rule, f'no anchor "{name}" on {page.name}', near)
        for words in re.findall(r"(?:^|&)text=([^&]*)", directive):
            start = 0
            for part in words.split(","):
                wanted = " ".join(unquote(part.strip("-")).casefold().split())
                match = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)").search(page.text, start)
                if not match:
                    return Fault(
                        "LNK015", f'{page.name} does not say "{wanted}", the words of the text fragment'
                    )
                start = match.end()
        return None
