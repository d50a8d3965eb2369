#!/usr/bin/env python3
"""Complete a built site with what needs the whole of it, drawn from the content.

  build.py SITE [--config mkdocs.yml]    after a build; without SITE before it, to date the pages

It writes data/permalinks.json, the feeds, the downloads, and a page for each retired page, each code, /T3/,
and each version of the words, /v/<digest>/ (with time maps as Memento has them, RFC 7089). Then it leaves
out of pages and styles what no page needs (slim.py) and puts into each page its Content-Security-Policy
(policy.py); mkdocs.yml asks for these two. `mkdocs build` and `mkdocs serve` do all this by themselves,
through the hooks at the end of this file; with another generator run both commands. Running one twice
changes nothing.
"""

from __future__ import annotations

import argparse
import functools
import json
import logging
import os
import re
import sys
import time
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from jinja2 import Environment, FileSystemLoader, TemplateError
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError
from mkdocs.utils import get_relative_url
from mkdocs.utils.yaml import yaml_load

from explainer.content import Content, page_address, page_file
from explainer.feeds import Site, feeds
from explainer.figures.take_away import figure_files
from explainer.files import ContentError, replace_file
from explainer.judged import current_content
from explainer.package import all_downloads
from explainer.permalinks import contract, places, with_changes_inside
from explainer.versions import Version, read_words
from explainer.words import long_date
from policy import refused, with_policy
from search_index import ready_index
from slim import slim

VERSIONS = "v"  # folder of the versions; they change no more, so what judges or rewrites pages passes over it
PAGE = re.compile(r"/(?:[\w-]+/)+")  # the address of a page, which does not lead out of the site
LEAD_ON = "assets/lead-on.js"  # takes who asks for a code, or a part of a retired page, to where that is
STOPS = (OSError, ValueError, click.ClickException, TemplateError)  # each with a reason for people


# What is written -------------------------------------------------------------------------------------------


def complete(site: Path, config: MkDocsConfig, preview: bool = False) -> None:
    """Write everything that this module is for. Raises one of STOPS, with a reason in words.

    A preview gets no policy, because what its server adds to each page would be refused.
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"there is no built site in {site}; build it first")
    url = config.site_url or "/"
    content = current_content(Path(config.docs_dir).resolve())
    own = contract(content, places(content))
    if "/" in own:
        own["/"]["title"] = config.site_name
    known = with_changes_inside(own)
    listed = {"title": config.site_name, "site": url, "addresses": known}
    maker = config.extra.get("publisher") or {}
    data = all_downloads(content, own, url, config.site_name, maker)
    files: dict[str, str | bytes] = {f"data/{name}": what for name, what in data.items()}
    files["data/permalinks.json"] = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    told = Site(url, config.site_name, maker)
    files |= feeds(content, own, told, lambda **values: fill("feed.html", config, **values))
    files |= figures_of(content, config)
    files |= retired_pages(content, known, config) | code_pages(known, config)
    for name, what in files.items():
        write(site / name, what)
    name_versions(site, known)
    # It holds the time of the build; hosts compress the other one
    (site / "sitemap.xml.gz").unlink(missing_ok=True)
    for name, what in ready_index(site, content, known).items():
        write(site / name, what)
    if config.extra.get("slim"):
        slim(site, write)
    secure = bool(config.extra.get("content_security_policy")) and not preview
    for name, text in version_pages(content, known, config).items():
        write(site / name, with_policy(text) if secure and name.endswith(".html") else text)
    if secure:
        policy = config.extra["content_security_policy"]
        write_policies(site, policy if isinstance(policy, list) else [])


def write_dates(content: Content, config: MkDocsConfig) -> None:
    """Write the template by which the frame asks how old a page is. Templates read no content, and what
    they do read, the front matter, does not hold what can be worked out."""
    if not config.theme.custom_dir:
        return
    lines = ["{#- Written before each build by scripts/build.py, from what stands on the pages. -#}"]
    for name in ("as_of", "changed"):
        days = {quote(page_address(page.name)[1:]): page.meta[name] for page in content.pages.values()}
        cases = [f'{{% if url == "{url}" %}}{day}{{% endif %}}' for url, day in sorted(days.items())]
        lines.append(f"{{% macro {name}(url) -%}}{''.join(cases)}{{%- endmacro %}}")
    path, text = Path(config.theme.custom_dir) / "partials" / "page-dates.html", "\n".join(lines) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:  # or a preview would build for ever
        replace_file(path, text.encode("utf-8"))


def retired_pages(content: Content, known: dict[str, dict], config: MkDocsConfig) -> dict[str, str]:
    """A page for each that was given up, by its file. If only its sections were, the check says so."""
    pages = {}
    for address, page in known.items():
        if "retired" not in page or not PAGE.fullmatch(address) or page_file(address)[0] in content.pages:
            continue
        inside = {other: entry for other, entry in known.items() if other.startswith(f"{address}#")}
        parts = {other.partition("#")[2]: entry for other, entry in inside.items() if "retired" in entry}
        values = {"address": address, "page": page, "parts": parts, "known": known}
        pages[f"{address[1:]}index.html"] = fill("retired.html", config, **values)
    return pages


def figures_of(content: Content, config: MkDocsConfig) -> dict[str, str]:
    """What readers can take away of each figure, by file; nothing on a site without a look of its own."""
    templates = Path(config.theme.custom_dir or "overrides") / "records"
    sheets = [(Path(config.docs_dir) / name).read_text(encoding="utf-8") for name in config.extra_css]
    filled = functools.partial(fill, config=config)
    return figure_files(content, templates, "".join(sheets), filled) if sheets else {}


def code_pages(known: dict[str, dict], config: MkDocsConfig) -> dict[str, str]:
    """A page for each code ever given, by its file. Where several addresses had it, the one that is there."""
    owners: dict[str, str] = {}
    for address, entry in sorted(known.items(), key=lambda each: "retired" not in each[1]):
        if "code" in entry:
            owners[entry["code"]] = address
    pages = {}
    for code, place in owners.items():
        values = {"address": f"/{code}/", "code": code, "place": place, "entry": known[place], "known": known}
        if re.fullmatch(r"\w+", code):
            pages[f"{code}/index.html"] = fill("code.html", config, **values)
    return pages


def version_pages(content: Content, known: dict[str, dict], config: MkDocsConfig) -> dict[str, str]:
    """A page for each version of the words, by its file, and for each page of the site a time map."""
    kept, stood = content.kept, dict[str, list[dict]]()
    bibliography = content.page_with("bibliography")
    shelf = {source: page_address(bibliography, source) for source in content.sources}
    for address, entry in known.items():
        versions, gone = kept.history.get(address, []), entry.get("retired", "")
        for number, version in enumerate(versions):
            before, after = versions[:number][-1:], versions[number + 1 :][:1]
            time = {"address": address, "timemap": timemap_of(address), "since": version.day, "gone": gone}
            time |= {"until": after[0].day if after else gone}
            time |= {"before": before and before[0].digest, "after": after and after[0].digest}
            stood.setdefault(version.digest, []).append(time)
    inside = [part for digest in stood for part in kept.parts(digest)]
    files = {}
    for digest in dict.fromkeys([*stood, *inside]):
        words, address = kept.words_of(digest), f"/{VERSIONS}/{digest}/"
        values = {"address": address, "words": words, "reading": read_words(words), "shelf": shelf}
        values["parts"] = [kept.words_of(part) | {"version": part} for part in kept.parts(digest)]
        values["stood"] = stood.get(digest, [])
        files[f"{address[1:]}index.html"] = fill("version.html", config, **values)
    for address in (address for address in known if "#" not in address and address in kept.history):
        files[timemap_of(address)[1:]] = timemap(config.site_url or "/", address, kept.history[address])
    return files


def timemap_of(address: str) -> str:
    """Where the time map of a page is, and that of what stands on it."""
    return f"/{VERSIONS}/timemap/{page_file(address)[0].removesuffix('.md')}.link"


def timemap(url: str, address: str, versions: list[Version]) -> str:
    """The versions of a page in link format (RFC 6690), as Memento has them."""

    def moment(version: Version) -> str:
        return format_datetime(datetime.fromisoformat(version.at), usegmt=True)

    own, kind = f"{url}{timemap_of(address)[1:]}", 'type="application/link-format"'
    span = f'from="{moment(versions[0])}"; until="{moment(versions[-1])}"'
    links = [f'<{url}{address[1:]}>; rel="original"', f'<{own}>; rel="self"; {kind}; {span}']
    for number, version in enumerate(versions):
        first = "first " if number == 0 else ""
        last = "last " if number == len(versions) - 1 else ""
        memento = f'<{url}{VERSIONS}/{version.digest}/>; rel="{first}{last}memento"'
        links.append(f'{memento}; datetime="{moment(version)}"')
    return ",\n".join(links) + "\n"


def name_versions(site: Path, known: dict[str, dict]) -> None:
    """Write for each page which version it shows of every place on it, so that a link that is copied from it
    says what was seen. The list lies beside the page's own version: who has kept a page open since before
    it changed gets none. The heads name the page's version and its time map."""
    for address, entry in known.items():
        path = site / address[1:] / "index.html"
        if "#" in address or "digest" not in entry or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        own = {place.partition("#")[2]: place for place in known if place.startswith(f"{address}#")}
        # A row that is drawn from elsewhere names the address that it shows
        places = own | {place: place for place in re.findall(r' data-cites="([^"]+)"', text)}
        shown = {name: known.get(place, {}).get("digest") for name, place in places.items()}
        now, times = f"/{VERSIONS}/{entry['digest']}/", timemap_of(address)
        write(site / now[1:] / "places.json", json.dumps(shown, sort_keys=True))
        links = (
            f'<link rel="timemap" type="application/link-format" href="{get_relative_url(times, address)}">\n'
        )
        links += f'<link rel="memento" href="{get_relative_url(now, address)}">\n'
        text = re.sub(r'(<link rel="(?:timemap|memento)"[^>]*>\n)*</head>', links + "</head>", text, count=1)
        write(path, text)


@cache
def templates_in(folder: Path) -> Environment:
    """The templates of overrides/site, each read anew when it has changed."""
    form = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    templates = Environment(loader=FileSystemLoader(folder), autoescape=True, **form)  # type: ignore[arg-type]
    templates.filters |= {"long_date": long_date, "relative_to": get_relative_url}
    return templates


def fill(name: str, config: MkDocsConfig, **values: Any) -> str:
    """A template of overrides/site with its values, which are escaped. Raises TemplateError."""
    values |= {"name": config.site_name, "url": config.site_url or "/", "styles": config.extra_css}
    values["icon"] = config.theme.get("favicon")
    values["script"] = LEAD_ON if (Path(config.docs_dir) / LEAD_ON).is_file() else ""
    templates = templates_in(Path(config.theme.custom_dir or "overrides") / "site")
    return templates.get_template(name).render(values)


def write_policies(site: Path, styles: list[str]) -> None:
    """Put the policy into every page. Raises ValueError, after the last, if a page does not go with it."""
    faults = []
    for path in [path for path in sorted(site.rglob("*.html")) if site / VERSIONS not in path.parents]:
        text = path.read_text(encoding="utf-8")
        faults += [f"{path.relative_to(site).as_posix()} has {what}" for what in refused(text)]
        write(path, with_policy(text, styles))
    if faults:
        reason = "browsers will refuse this under the content security policy"
        raise ValueError(f"{reason}: {'; '.join(faults)}; use a class and the files in assets/ instead")


def write(path: Path, what: str | bytes) -> None:
    """Write a file. One that would stay the same is left alone."""
    data = what.encode("utf-8") if isinstance(what, str) else what
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def said(reason: Exception) -> str:
    """What an error says, in a line."""
    return " ".join(str(reason).split())


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=layout)
    parser.add_argument("site", type=Path, nargs="?", help="the built folder; none before a build")
    parser.add_argument("--config", default="mkdocs.yml", help="the project's mkdocs.yml")
    options = parser.parse_args(arguments)
    try:
        config = load_config(options.config)
        with open(options.config, encoding="utf-8-sig") as stream:
            typed = str(yaml_load(stream).get("site_url") or "/")
        if not typed.endswith("/"):  # the pages that another generator made have it as typed
            raise ValueError(f"site_url must end with a slash; build again with SITE_URL={typed}/")
        if options.site:
            complete(options.site, config)
        else:
            write_dates(current_content(Path(config.docs_dir).resolve()), config)
    except STOPS as reason:
        print(f"the site cannot be completed: {said(reason)}", file=sys.stderr)
        return 2
    return 0


# Hooks of MkDocs -------------------------------------------------------------------------------------------

LOG = logging.getLogger("mkdocs.hooks.build")
LOCAL = re.compile(r"https?://(?:127\.|localhost\b|\[::1\])")
preview = False  # whether `mkdocs serve` builds


def on_startup(*, command: str, dirty: bool) -> None:
    """Note what is asked for."""
    global preview
    preview = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Give blocks the address of the site, with a slash. Raises ConfigurationError if it is none."""
    if os.environ.get("SITE_URL") == "":
        raise ConfigurationError("SITE_URL is empty; give the address of the site, or leave it unset")
    contact = config.extra.get("publisher", {}).get("contact", "")
    if contact and not re.match(r"https?://|[^/:]+@", contact):
        raise ConfigurationError(f'extra.publisher.contact is "{contact}"; give https://… or a mail address')
    config.extra["repository"] = (config.extra.get("repository") or "").rstrip("/")
    if config.site_url:
        config.mdx_configs.setdefault("explainer", {})["site_url"] = config.site_url


def on_pre_build(config: MkDocsConfig) -> None:
    """Judge the content before any page, or its faults were told as those of the first. A preview waits for
    the mend, where MkDocs would end."""
    told = ""
    while True:
        try:
            write_dates(current_content(Path(config.docs_dir).resolve()), config)
            return
        except ContentError as faults:
            if not preview:
                raise
            if str(faults) != told:
                LOG.error("%s\nThe preview goes on when this is mended", faults)
            told = str(faults)
            time.sleep(0.5)


def on_post_build(config: MkDocsConfig) -> None:
    """Complete the site. What stands in the way is a warning: a preview goes on, a strict build stops."""
    try:
        complete(Path(config.site_dir), config, preview)
    except OSError:
        raise
    except STOPS as reason:
        LOG.warning("the site cannot be completed: %s", said(reason))
    if not preview and LOCAL.match(config.site_url or ""):  # not a warning, which would stop a strict build
        advice = "for other readers build with SITE_URL=https://host/name/"
        LOG.info("Citations and feeds name %s, which is this computer; %s", config.site_url, advice)


def on_build_error(error: Exception) -> None:
    """Say what the disk says in a line."""
    if isinstance(error, OSError):
        raise Abort(f"the build stopped: {error.strerror or error}: {error.filename or ''}".rstrip(": "))


if __name__ == "__main__":
    sys.exit(main())
