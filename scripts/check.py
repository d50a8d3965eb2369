#!/usr/bin/env python3
"""Check what editors wrote and what readers get: content, links, anchors, ids, pictures, published addresses.

The content is judged first (explainer/judge.py), then the built site, each page read once, as browsers do.
A fault is told where it is written, or else once. Other hosts are not asked, `make links` does that.
Exit code: 0 without errors (warnings allowed), 1 with errors, 2 when the check cannot run.
"""

from __future__ import annotations

import argparse
import difflib
import io
import json
import logging
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from subprocess import PIPE, STDOUT, TimeoutExpired, run
from urllib.parse import quote, unquote, urljoin

from markdown.extensions.toc import slugify
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, get_files
from mkdocs.utils.yaml import yaml_load
from selectolax.lexbor import LexborHTMLParser

from explainer import addresses, content, judge, permalinks
from explainer.addresses import NAMES, SCHEME, Fault, Source, Written, defined_again, in_style, named_by, slip
from explainer.files import Problem, printable, problem_from, unreadable_texts

E = "error"
RULES = judge.RULES | {
    "HED001": (E, "a page does not name its own address as canonical"),
    "HED002": (E, "the sitemap lacks a page, or lists one that is not there"),
    "IMG001": (E, "a picture, style sheet, script or other file that a page loads is not there"),
    "IMG002": (E, "a picture has no alt attribute"),
    "LNK001": (E, "a link leads to no page or file"),
    "LNK002": (E, "a link leads to an anchor that its page does not have"),
    "LNK003": (E, "a link differs from its target in letter case"),
    "LNK004": (E, "a link starts at the host and leads out of the site"),
    "LNK005": (E, "a link leads to a file that is not published"),
    "LNK015": (E, "the words of a text fragment are not on the page"),
    "SRC003": (E, "the site cannot be built, or not without a warning"),
}
UNJUDGED = "v/"  # versions as they were cited: they can be linked, but what they link to may have gone since
BUILD_SECONDS = 40  # of the processor; what takes longer is given up. This site needs 7
GUESSES = 200_000  # words that are compared to find the one that was meant; more would take seconds
TOP = "https://site.invalid/" + "-/" * 20  # where the site stands here, so that what climbs out of it is seen
BRACKETS = re.compile(
    r"(?<![\w\]])(?:(\[[^\[\]\n]{1,100}\]\[\])|\[[^\[\]]{1,300}(\]\[[^\[\]\n]{1,100}\]|\]\([^\s()]{1,60}))"
    r"|(\[\^[^\]\n]{0,100}\]?|\{:? ?[#.][a-z][\w-]*[^{}\n]{0,100}\})"
)
LINKS = ("a", "area", "use")  # what else has an address loads what it names
NAMING = ("href", "xlink:href", "src", "poster", "data", "content")  # attributes with an address
Target = tuple[str, str, bool]  # a file and a fragment, or "" and an address; whether from the host on


class Page:
    """A built page as browsers read it (its memento may wait to be recorded), or a style sheet like one."""

    def __init__(self, path: Path, key: str, file: File | None) -> None:
        data = path.read_bytes()
        tree = LexborHTMLParser(b"<style>%b</style>" % data if path.suffix == ".css" else data)
        self.key, self.file, url = key, file, file.url if file else quote(key)
        self.name, self.url = file.src_uri if file else key, "" if url == "./" else url
        meta = "meta:is([property='og:image'], [name='twitter:image'])"
        nodes = tree.css(f"[href]:not([rel=canonical], [rel=memento]), [src], [poster], object[data], {meta}")
        found = [(node.attributes.get(name), node.tag not in LINKS) for node in nodes for name in NAMING]
        for candidates in addresses.attributes(tree, "*", "srcset"):
            found += [(each, True) for each in re.findall(r"(?:^|[\s,])([^\s,]\S*)\s+[\d.]+[wx]", candidates)]
        for style in [
            *addresses.attributes(tree, "*", "style"),
            *(node.text() for node in tree.css("style")),
        ]:
            found += [(address, True) for address in in_style(style)]
        self.links = {(address.strip(), loads): None for address, loads in found if address is not None}
        named = tree.css("link:not([rel~=stylesheet], [rel~=icon], [rel~=preload]), meta")
        self.named = {node.attributes.get(name) for node in named for name in ("href", "content")}
        self.ids = Counter(addresses.attributes(tree, ":not([data-retired])", "id"))
        self.anchors = {*self.ids, *addresses.attributes(tree, "a", "name")}
        self.like = {slugify(name, "-"): name for name in sorted(self.anchors)}  # what a slip may mean
        titles = tree.css(":is(h1, h2, h3, h4, h5, h6)[id]")
        self.like |= {slugify(title.text(), "-"): title.attributes["id"] or "" for title in reversed(titles)}
        self.canonical = ", ".join(addresses.attributes(tree, "link[rel=canonical]", "href"))
        bare = "img:not([alt], [role=presentation], [aria-hidden=true]), input[type=image]:not([alt])"
        self.without_alt = set(addresses.attributes(tree, bare, "src"))
        tree.strip_tags(["script", "style", "template", "noscript", "svg"], recursive=True)
        self.text = " ".join(tree.text().split()).casefold()
        tree.strip_tags(["pre", "code", "textarea"], recursive=True)
        self.brackets = Counter(match[match.lastindex or 0] for match in BRACKETS.finditer(tree.text()))


class Check:
    """The judgement of a built site; `unwritten` gathers the faults that no source shows."""

    def __init__(self, config: MkDocsConfig, folder: Path) -> None:
        root, docs = Path(config.config_file_path).parent, Path(config.docs_dir)
        self.docs = {file.src_uri: file for file in get_files(config)}
        self.made = {file.dest_uri: file for file in self.docs.values()}
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        self.files = {path.relative_to(folder).as_posix(): path for path in files}
        own = [key for key in self.files if not key.startswith(UNJUDGED)]
        self.like = {name.lower(): name for name in [*own, *self.docs] if name[0] != "."}
        pages = [key for key in own if key.endswith((".html", ".css"))]
        if not any(key.endswith(".html") for key in pages):
            raise ValueError(f"there is no page in {folder}; build the site first, or leave out --site")
        self.pages = {key: Page(self.files[key], key, self.made.get(key)) for key in pages}
        self.sources = {page: Source(docs / page.name, root) for page in self.pages.values() if page.file}
        homes = [page.canonical.removesuffix(page.url) for page in self.sources if page.canonical]
        self.address = max(homes, key=homes.count, default=config.site_url or TOP)
        self.settings = Source(Path(config.config_file_path), root)
        templates = Path(config.theme.custom_dir).rglob("*.html") if config.theme.custom_dir else ()
        shared = [Source(path, root) for path in sorted([*docs.rglob("*.yml"), *templates])]
        self.shared = self.index([*shared, self.settings], "")
        self.unwritten: dict[tuple[str, ...], list[tuple[Page, str]]] = defaultdict(list)
        self.guesses = 0

    def problems(self) -> Iterator[Problem]:
        """All that is wrong with the site."""
        for page in self.pages.values():
            places = self.index([self.sources[page]] if page.file else [], page.url)
            for address, loads in page.links:
                if fault := self.judge(page, address, loads):
                    yield from self.tell(page, address, fault, places)
        for page, source in self.sources.items():
            yield from self.page_problems(page, source)
        yield from self.heads()
        for (rule, *_), [(page, message), *more] in self.unwritten.items():
            where = f"{page.name} and {len(more)} more" if more else page.name
            source = self.settings if more else self.sources.get(page, self.settings)
            yield source.problem(
                0, rule, f"{message} (on {where}; a template, mkdocs.yml or a record has it)"
            )

    def locate(self, base: str, address: str) -> tuple[str, str] | None:
        """The file of the site and the fragment that an address on a page means; None if it leaves it."""
        url = urljoin(TOP + base, address)
        if SCHEME.match(address) or address.startswith("/"):
            url = urljoin(self.address, address)
            url = TOP + url[len(self.address) :] if f"{url}/".startswith(self.address) else url
        path, _, fragment = url.removeprefix(TOP).partition("#")
        key = unquote(path.partition("?")[0])
        key = f"{key}index.html" if key.endswith("/") or not key else key
        return (key, fragment) if url.startswith(TOP) else None

    def target(self, base: str | None, address: str) -> Target:
        """The same as one value, by which a link is known where it is written; no base: as it stands."""
        target = None if base is None or slip(address) else self.locate(base, address)
        key, fragment = target or ("", address)
        return key, unquote(fragment), bool(SCHEME.match(address)) or address.startswith("/")

    def index(self, sources: list[Source], base: str) -> dict[Target, list[tuple[Source, Written]]]:
        """What is written in these sources, by what it may mean on a page at this address."""
        found = defaultdict(list)
        for source, place in [(each, place) for each in sources for place in each.written]:
            plain = place.address.removeprefix("site:")
            file = self.docs.get(named_by(plain)) if place.by in (*NAMES, "yaml") else None
            meant = {self.target(None, place.address)}
            if file:
                meant.add((file.dest_uri, unquote(plain.partition("#")[2]), False))
            if not file or place.by == "yaml":
                meant.add(self.target(base if plain == place.address else "", plain))
            for target in meant:
                found[target].append((source, place))
        return found

    def tell(self, page: Page, address: str, fault: Fault, places: dict) -> Iterator[Problem]:
        """A fault at each place where an editor wrote the address."""
        (rule, message, near), target = fault, self.target(page.url, address)
        meant = [target, (*target[:2], False), self.target(None, address)]
        found = places.get(target) or next((self.shared[each] for each in meant if each in self.shared), [])
        for source, place in found:
            named = named_by(place.address) in self.docs or place.form[:1] == "#"
            built = place.address.startswith("site:") and near.partition("#")[0] not in self.made
            works = rule == "LNK006" and (named or built or place.by not in NAMES)
            if not works and not (rule == "LNK008" and source.file.startswith("docs/data/")):
                said = message.replace(f'"{address}"', f'"{place.form}"') + self.hint(page, near, place)
                yield source.problem(place.offset, rule, said)
        if not found and rule not in addresses.RULES:
            self.unwritten[rule, target[0], target[1]].append((page, message))

    def hint(self, page: Page, near: str, place: Written) -> str:
        """The end of a message: what was meant, as it would be written there."""
        name, mark, fragment = near.partition("#")
        file = self.docs.get(name) or self.made.get(name)
        if file and page.file:
            name = file.src_uri if place.by in (*NAMES, "yaml") else file.url_relative_to(page.file)
            name = "" if file is page.file and fragment and place.by != "yaml" else name
        elif name in self.files and place.by in NAMES:
            name = f"site:{name.removesuffix('index.html')}"
        meant = f"{name}{mark}{fragment}"
        return f'; did you mean "{meant}"?' if near and meant != place.form else ""

    def judge(self, page: Page, address: str, loads: bool) -> Fault | None:
        """What is wrong with a link of a page, if anything."""
        fault, full = slip(address), bool(SCHEME.match(address))
        target = None if fault and (fault[0] == "LNK011" or not full) else self.locate(page.url, address)
        if target is None and (fault or full):
            if fault or not (loads and address not in page.named and re.match("(https?:)?//", address, re.I)):
                return fault
            return "IMG001", f'"{address}" is loaded from another host; put it below docs/', ""
        if target is None:
            key, fragment = self.locate("", address.lstrip("/")) or ("", "")
            message = f'"{address}" leads out of the site, which stands at {self.address}'
            return "LNK004" if address[0] == "/" else "LNK001", message, key if key in self.files else ""
        key, fragment = target
        near = f"{key}#{fragment}" if fragment else key
        if key not in self.files:
            return self.missing(address, loads, key, fragment)
        wrong = self.anchor(self.pages[key], fragment) if key in self.pages and not loads else None
        if wrong or loads or not page.file or address[0] == "#":
            return wrong
        if full or address[0] == "/":
            return fault or ("LNK007", f'"{address}" leads away from a preview of the site', near)
        return ("LNK006", f'"{address}" works only on the built site', near) if key in self.pages else None

    def missing(self, address: str, loads: bool, key: str, fragment: str) -> Fault:
        """What is wrong with a link to a file that is not there."""
        name = named_by(address.lstrip("/"))
        file = self.made.get(key) or self.docs.get(name)
        if file and file.dest_uri not in self.files:
            return "LNK005", f'"{address}" leads to {file.src_uri}, which mkdocs.yml excludes', ""
        same = self.like.get(name.lower()) or self.like.get(key.lower(), name)
        near = same if same != name else self.nearest(name.lower(), self.like)
        there = self.pages.get(self.docs[near].dest_uri if near in self.docs else near)
        near += f"#{fragment}" if there and fragment in there.anchors else ""
        if same not in (name, key):
            return "LNK003", f'"{address}": letter case, there is "{same}"', near
        if f"{key}/index.html" in self.files:
            return "LNK001", f'"{address}" lacks its last slash', f"{key}/index.html"
        near = f"https://{address}" if re.match(r"www\.|[\w-]+(\.[\w-]+)*\.[a-z]{2,6}/", address) else near
        rule, what = ("IMG001", "file") if loads else ("LNK001", "page or file")
        return rule, f'there is no {what} "{address}"', near

    def nearest(self, word: str, known: dict[str, str]) -> str:
        """What is known by a word, or by the word that is nearest to it, or nothing."""
        self.guesses += len(known)
        near = difflib.get_close_matches(word, known, 1, 0.75) if self.guesses < GUESSES else []
        return known.get(word) or known.get("".join(near), "")

    def anchor(self, page: Page, fragment: str) -> Fault | None:
        """What is wrong with the fragment of a link to a page that exists."""
        name, _, directive = fragment.partition(":~:")
        name = unquote(name)
        if name and name.lower() != "top" and name not in page.anchors:
            found = self.nearest(slugify(name, "-"), page.like)
            elsewhere = [other.key for other in self.pages.values() if name in other.anchors]
            near = f"{page.key}#{found}" if found else f"{elsewhere[0]}#{name}" if len(elsewhere) == 1 else ""
            rule = "LNK003" if found.lower() == name.lower() else "LNK002"
            return rule, f'no anchor "{name}" on {page.name}', near
        for words in re.findall(r"(?:^|&)text=([^&]*)", directive):
            parts = [" ".join(unquote(part.strip("-")).casefold().split()) for part in words.split(",")]
            form = ".*?".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in parts)
            if not re.search(form, page.text):
                return "LNK015", f'{page.name} does not say "{" … ".join(parts)}", as the link has it', ""
        return None

    def page_problems(self, page: Page, source: Source) -> Iterator[Problem]:
        """All that is wrong with a page but its links: ids, pictures, brackets, references."""
        yield from (source.problem(*fault) for fault in defined_again(source.prose))
        for name in [name for name, count in page.ids.items() if count > 1 or name.split() != [name]]:
            form = rf"(?:\{{[^}}\n]*#|\bid\s*[:=]\s*[\"']?+){re.escape(name)}(?![\w-])"
            offset = max([match.start() for match in re.finditer(form, source.prose)], default=0)
            message = f'the id "{name}" occurs twice, holds a space or is empty; links find only the first'
            yield source.problem(offset, "ID001", message)
        for name in page.without_alt:
            form = rf"<(?:img|input)\b(?![^>]*\b(?:alt|role|aria-hidden)\b)[^>]*{re.escape(name)}"
            for offset in [match.start() for match in re.finditer(form, source.prose)] or [0]:
                message = f'the picture "{name}" has no alt; describe it, or write alt="" for decoration'
                yield source.problem(offset, "IMG002", message)
        for shown in [one for one, count in page.brackets.items() if count > source.prose.count(f"\\{one}")]:
            for match in re.finditer(rf"(?<!\\){re.escape(shown)}", source.prose):
                message = f'readers see "{shown}": its label is unknown, or its end or start is missing'
                yield source.problem(match.start(), "REF001", message)

    def heads(self) -> Iterator[Problem]:
        """HED001 and HED002: the addresses that pages and the sitemap give for the pages."""
        sitemap = self.files.get("sitemap.xml")
        listed = re.findall(r"<loc>\s*(.*?)\s*</loc>", sitemap.read_text("utf-8")) if sitemap else []
        for page in [page for page in self.sources if page.name.endswith(".md")]:
            own = self.address + page.url
            if page.canonical != own:
                message = f'the canonical address is "{page.canonical}", not "{own}"'
                self.unwritten["HED001", page.canonical].append((page, message))
            if sitemap and own not in listed:
                yield self.sources[page].problem(0, "HED002", f'the sitemap lacks "{own}"')
        for address in listed:
            if (self.locate("", address) or ("",))[0] not in self.files:
                yield self.settings.problem(0, "HED002", f'the sitemap lists "{address}", which is not there')


def before(config: MkDocsConfig, options: argparse.Namespace) -> Iterator[Problem]:
    """What is wrong with the files, the configuration and the content; all this needs no build."""
    docs, path = Path(config.docs_dir), Path(config.config_file_path)
    address = str(yaml_load(path.read_text("utf-8")).get("site_url") or "")
    yield from addresses.judge_settings(Source(path, path.parent), address)
    yield from unreadable_texts([docs, Path(config.theme.custom_dir or docs)], docs)
    if "explainer" in config.markdown_extensions:
        found, unreadable = content.read(docs)
        told = judge.judge(found, unreadable, options.today)
        yield from told
        if not any(one.stops for one in told):  # what follows expects judged content
            yield from permalinks.check(found)
            if options.published:
                yield from permalinks.against_published(found, json.loads(options.published.read_bytes()))


def build(config: MkDocsConfig, folder: str) -> tuple[bool, list[Problem]]:
    """Build in a process of its own. Returns whether there is a site, and why not or what MkDocs warns of."""
    root, name = os.path.split(config.config_file_path)
    command = [sys.executable, "-m", "mkdocs", "build", "-v", "-f", name, "-d", folder]
    start = limit if os.name == "posix" else None
    try:
        done = run(command, cwd=root, stdout=PIPE, stderr=STDOUT, timeout=9 * BUILD_SECONDS, preexec_fn=start)
        code, said = done.returncode, done.stdout.decode("utf-8", "replace")
    except TimeoutExpired as late:
        code, said = -1, (late.stdout or b"").decode("utf-8", "replace")
    if code == 0:  # what MkDocs says of links is judged from what readers get
        found = re.findall(r"^WARNING -  (?!Doc file|A rel|A reference|An abs)(.+(?:\n +.+)*)", said, re.M)
    elif code < 0:
        page = "".join(re.findall(r"^DEBUG +- +(?:Reading: |Building page )(.+)", said, re.M)[-1:])
        found = [
            f"the build was stopped at page '{page}', as it took over {BUILD_SECONDS} seconds or was ended"
        ]
    else:
        errors = re.findall(r"^(?:ERROR +- +|\w*Error: )(.+(?:\n(?![A-Z]+ +-|Traceback).+)*)", said, re.M)
        found = [f"the site cannot be built: {(errors or [f'MkDocs ended with code {code}'])[-1]}"]
    pages = re.findall(r"(?:reading|building|at) page '(.+?)'", said + found[0]) if code else []
    file = f"{Path(config.docs_dir).name}/{pages[-1]}" if pages else name
    whole = code == 0 and not any(message.startswith("the site cannot be completed") for message in found)
    return whole, [problem_from(" ".join(message.split()), file) for message in found]


def limit() -> None:
    """Before a build: what would need more of the processor is ended."""
    import resource  # systems without it have no such limit

    resource.setrlimit(resource.RLIMIT_CPU, (BUILD_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def check(options: argparse.Namespace) -> tuple[list[Problem], str]:
    """All problems, sorted, and a line with what was checked. Raises ValueError if the check cannot run."""
    config = load_config(str(options.config.resolve()))
    problems, there = set(before(config, options)), bool(options.site)
    counts = "the site is not built with these errors; its links come next"
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        if not there and len(problems) < 1000 and not any(one.stops for one in problems):
            there, said = build(config, folder)
            problems |= set(said)
        if there:
            built = Check(config, options.site or Path(folder))
            told = {one.place for one in problems if one.severity == E and one.rule[:3] == "LNK"}
            found = [one for one in sorted(built.problems(), reverse=True) if one.place not in told]
            problems.update({(one.place, one.rule): one for one in found}.values())
            links = sum(len(page.links) for page in built.pages.values())
            counts = f"{len(built.pages):,} pages and style sheets, {links:,} links"
    return sorted(problems), counts


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    usual = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"))
    parser.add_argument("--site", type=Path, help="check this built folder; without it the site is built")
    parser.add_argument("--format", choices=("text", "json", "github"), default=usual, help=f"{usual} here")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today(), help="a day, for reviews")
    parser.add_argument("--published", type=Path, help="a permalinks.json, nothing of which may be lost")
    parser.add_argument("--list-rules", action="store_true", help="print each rule's code and meaning")
    options = parser.parse_args(arguments)
    if options.list_rules:
        print("\n".join(f"{code}  {RULES[code][0]:7}  {RULES[code][1]}" for code in sorted(RULES)))
        return 0
    said = io.StringIO()  # what MkDocs has against the configuration; it raises without a reason
    logging.getLogger("mkdocs").addHandler(logging.StreamHandler(said))
    try:
        problems, counts = check(options)
    except (Exception, SystemExit) as error:  # MkDocs has kinds of its own; whatever it is, no traceback
        reason = " ".join(f"{said.getvalue()} {error}".split()) or type(error).__name__
        print(f"the check cannot run: {options.config}: {printable(reason)}", file=sys.stderr)
        return 2
    errors = sum(one.severity == "error" for one in problems)
    if options.format == "json":
        print(json.dumps([vars(one) for one in problems], ensure_ascii=False, indent=2))
    else:
        shown = map(Problem.annotation if options.format == "github" else str, problems)
        print("\n".join([*shown, f"{counts}; errors: {errors}, warnings: {len(problems) - errors}"]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
