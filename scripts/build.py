#!/usr/bin/env python3
"""Complete a built site with what needs the whole of it, drawn from the content.

  build.py SITE [--config mkdocs.yml]

It writes data/permalinks.json, the feeds, the downloads and a page for each retired page. Then it leaves
out of pages and styles what no page needs (slim.py) and puts into each page its Content-Security-Policy
(policy.py); mkdocs.yml asks for these two. `mkdocs build` and `mkdocs serve` do it by themselves, through
the hooks at the end of this file; after another generator run the command. Running it twice changes
nothing.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, TemplateError
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.utils import get_relative_url
from mkdocs.utils.yaml import yaml_load

from explainer.content import Content, current_content, page_file
from explainer.feeds import Site, feeds
from explainer.package import all_downloads
from explainer.permalinks import contract, places, with_changes_inside
from explainer.words import long_date
from policy import refused, with_policy
from slim import slim

PAGE = re.compile(r"/(?:[\w-]+/)+")  # the address of a page, which does not lead out of the site
LEAD_ON = "assets/lead-on.js"  # takes who asks for a section of a retired page to where that one went
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
    for name, what in {**files, **retired_pages(content, known, config, site)}.items():
        write(site / name, what)
    # It holds the time of the build; hosts compress the other one
    (site / "sitemap.xml.gz").unlink(missing_ok=True)
    escape_titles(site / "search" / "search_index.json")
    if config.extra.get("slim"):
        slim(site, write)
    if (policy := config.extra.get("content_security_policy")) and not preview:
        write_policies(site, policy if isinstance(policy, list) else [])


def retired_pages(
    content: Content, known: dict[str, dict], config: MkDocsConfig, site: Path
) -> dict[str, str]:
    """A page for each that was given up, by its file. If only its sections were, the check says so."""
    pages = {}
    script = LEAD_ON if (site / LEAD_ON).is_file() else ""
    for address, page in known.items():
        if "retired" not in page or not PAGE.fullmatch(address) or page_file(address)[0] in content.pages:
            continue
        inside = {other: entry for other, entry in known.items() if other.startswith(f"{address}#")}
        parts = {other.partition("#")[2]: entry for other, entry in inside.items() if "retired" in entry}
        values = {"address": address, "page": page, "parts": parts, "known": known, "script": script}
        pages[f"{address[1:]}index.html"] = fill("retired.html", config, **values)
    return pages


def fill(name: str, config: MkDocsConfig, **values: object) -> str:
    """A template of overrides/site with its values, which are escaped. Raises TemplateError."""
    templates = Environment(
        loader=FileSystemLoader(Path(config.theme.custom_dir or "overrides") / "site"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"long_date": long_date, "relative_to": get_relative_url}
    values |= {"name": config.site_name, "url": config.site_url or "/", "styles": config.extra_css}
    return templates.get_template(name).render(values)


def escape_titles(index: Path) -> None:
    """In the words for the search: a page's title is text, but the theme shows its results as HTML."""
    data = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {"docs": []}
    hostile = [entry for entry in data["docs"] if "<" in entry["title"] and "#" not in entry["location"]]
    for entry in hostile:
        entry["title"] = entry["title"].replace("<", "&lt;")
    if hostile:
        write(index, json.dumps(data, separators=(",", ":")))


def write_policies(site: Path, styles: list[str]) -> None:
    """Put the policy into every page. Raises ValueError, after the last, if a page does not go with it."""
    faults = []
    for path in sorted(site.rglob("*.html")):
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
    parser.add_argument("site", type=Path, help="the built folder")
    parser.add_argument("--config", default="mkdocs.yml", help="the project's mkdocs.yml")
    options = parser.parse_args(arguments)
    try:
        config = load_config(options.config)
        with open(options.config, encoding="utf-8-sig") as stream:
            typed = str(yaml_load(stream).get("site_url") or "/")
        if not typed.endswith("/"):  # the pages that another generator made have it as typed
            raise ValueError(f"site_url must end with a slash; build again with SITE_URL={typed}/")
        complete(options.site, config)
    except STOPS as reason:
        print(f"the site cannot be completed: {said(reason)}", file=sys.stderr)
        return 2
    return 0


# Hooks of MkDocs -------------------------------------------------------------------------------------------

preview = False  # whether `mkdocs serve` builds


def on_startup(*, command: str, dirty: bool) -> None:
    """Note what is asked for."""
    global preview
    preview = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Give blocks the address of the site as MkDocs has it, with a slash at the end."""
    if config.site_url:
        config.mdx_configs.setdefault("explainer", {})["site_url"] = config.site_url


def on_post_build(config: MkDocsConfig) -> None:
    """Complete the site. What stands in the way is a warning: a preview goes on, a strict build stops."""
    try:
        complete(Path(config.site_dir), config, preview)
    except OSError:
        raise
    except STOPS as reason:
        logging.getLogger("mkdocs.hooks.build").warning("the site cannot be completed: %s", said(reason))


def on_build_error(error: Exception) -> None:
    """Say what the disk says in a line."""
    if isinstance(error, OSError):
        raise Abort(f"the build stopped: {error.strerror or error}: {error.filename or ''}".rstrip(": "))


if __name__ == "__main__":
    sys.exit(main())
