#!/usr/bin/env python3
"""Complete a built site with what needs the whole of it, drawn from the content.

  build.py SITE [--config mkdocs.yml]

It writes data/permalinks.json, changes.xml, the downloads and a page for each retired page. Then it leaves
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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from posixpath import relpath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import yaml
from jinja2 import Environment, FileSystemLoader, TemplateError
from mkdocs.utils.yaml import get_yaml_loader, yaml_load

from explainer.content import Content, current_content, page_file
from explainer.export import downloads
from explainer.permalinks import contract, places, with_changes_inside
from explainer.words import long_date
from policy import refused, with_policy
from slim import slim

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

PAGE = re.compile(r"/(?:[\w-]+/)+")  # the address of a page, which does not lead out of the site
LEAD_ON = "assets/lead-on.js"  # takes who asks for a section of a retired page to where that one went
STOPS = (
    OSError,
    ValueError,
    yaml.YAMLError,
    click.ClickException,
    TemplateError,
)  # each with a reason for people


# Settings --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """What mkdocs.yml says of the project."""

    docs: Path
    templates: Path
    name: str
    url: str  # address of the site, as it was typed
    styles: list[str]
    extra: dict


def settings(config: Path) -> Settings:
    """Read mkdocs.yml as MkDocs does, with variables such as SITE_URL. Raises one of STOPS."""
    loader = get_yaml_loader(yaml.SafeLoader)
    for prefix in (
        "tag:yaml.org,2002:python/",
        "!relative",
    ):  # names of functions and folders, which are not for us
        loader.add_multi_constructor(prefix, lambda *_: None)
    with config.open(encoding="utf-8-sig") as stream:
        values = yaml_load(stream, loader)
    if not isinstance(values, Mapping):
        raise ValueError(f"{config} must hold `name: value` lines")
    root = config.resolve().parent
    theme = values.get("theme")
    overrides = theme.get("custom_dir") if isinstance(theme, Mapping) else None
    return Settings(
        docs=root / str(values.get("docs_dir") or "docs"),
        templates=root / str(overrides or "overrides") / "site",
        name=str(values.get("site_name") or ""),
        url=str(values.get("site_url") or ""),
        styles=[str(style) for style in values.get("extra_css") or []],
        extra=dict(values.get("extra") or {}),
    )


def with_slash(address: str) -> str:
    """An address with one slash at its end, so that others can be put behind it."""
    return address.rstrip("/") + "/"


# What is written -------------------------------------------------------------------------------------------


def complete(site: Path, project: Settings, preview: bool = False) -> None:
    """Write everything that this module is for. Raises one of STOPS, with a reason in words.

    A preview gets no policy, because what its server adds to each page would be refused.
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"there is no built site in {site}; build it first")
    project = replace(project, url=with_slash(project.url))
    content = current_content(project.docs.resolve())
    own = contract(content, places(content))
    if "/" in own:
        own["/"]["title"] = project.name
    known = with_changes_inside(own)
    files = {f"data/{name}": text for name, text in downloads(content, own, project.url).items()}
    files["data/permalinks.json"] = permalinks(known, project)
    files["changes.xml"] = feed(own, project)
    for name, text in {**files, **retired_pages(content, known, project, site)}.items():
        write(site / name, text)
    (site / "sitemap.xml.gz").unlink(
        missing_ok=True
    )  # it holds the time of the build; hosts compress the other one
    escape_titles(site / "search" / "search_index.json")
    if project.extra.get("slim"):
        slim(site, write)
    if (policy := project.extra.get("content_security_policy")) and not preview:
        write_policies(site, policy if isinstance(policy, list) else [])


def permalinks(known: dict[str, dict], project: Settings) -> str:
    """The list of addresses for programs."""
    data = {"title": project.name, "site": project.url, "addresses": known}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def feed(own: dict[str, dict], project: Settings) -> str:
    """An Atom feed: one entry for each address and date, newest first."""
    news: dict[tuple[str, str], list[str]] = {}
    for address, entry in own.items():
        for change in entry.get("changes", []):
            news.setdefault((change["date"], address), []).append(change["note"])
        if "retired" in entry:
            news.setdefault((entry["retired"], address), []).append(f"Given up: {entry['note']}")
    days = [day for day, _ in news] or [entry["since"] for entry in own.values()] or ["1970-01-01"]
    home, entries = urlsplit(project.url), []
    for day, address in sorted(sorted(news, key=lambda key: key[1]), key=lambda key: key[0], reverse=True):
        title, code = own[address]["title"], own[address].get("code")
        entry = {"day": day, "title": f"{code}: {title}" if code else title, "url": project.url + address[1:]}
        entry["id"] = f"tag:{home.hostname or 'localhost'},{day}:{home.path.rstrip('/')}{address}"
        entries.append(entry | {"notes": news[day, address]})
    return fill("feed.html", project, updated=max(days), entries=entries)


def retired_pages(content: Content, known: dict[str, dict], project: Settings, site: Path) -> dict[str, str]:
    """A page for each that was given up, by its file. If only its sections were, the check says so."""
    pages = {}
    for address, page in known.items():
        if "retired" not in page or not PAGE.fullmatch(address) or page_file(address)[0] in content.pages:
            continue
        inside = {other: entry for other, entry in known.items() if other.startswith(f"{address}#")}
        values = {
            "page": page,
            "parts": {
                other.partition("#")[2]: entry for other, entry in inside.items() if "retired" in entry
            },
            "known": known,
            "script": LEAD_ON if (site / LEAD_ON).is_file() else "",
            "way": partial(way, address),
        }
        pages[f"{address[1:]}index.html"] = fill("retired.html", project, **values)
    return pages


def way(start: str, target: str) -> str:
    """The relative link from one address of the site to another."""
    path, _, anchor = target.lstrip("/").partition("#")
    link = relpath(path or ".", start.strip("/") or ".")
    link += "/" if not path or path.endswith("/") else ""
    return f"{link}#{anchor}" if anchor else link


def fill(name: str, project: Settings, **values: object) -> str:
    """A template of overrides/site with its values, which are escaped. Raises TemplateError."""
    templates = Environment(
        loader=FileSystemLoader(project.templates),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["long_date"] = long_date
    return templates.get_template(name).render(
        name=project.name, url=project.url, styles=project.styles, **values
    )


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


def write(path: Path, text: str) -> None:
    """Write a file. One that would stay the same is left alone."""
    data = text.encode("utf-8")
    if not path.is_file() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", type=Path, help="the built folder")
    parser.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the project's mkdocs.yml")
    options = parser.parse_args(arguments)
    try:
        project = settings(options.config)
        if project.url and not project.url.endswith(
            "/"
        ):  # the pages that another generator made have it as typed
            raise ValueError(f"site_url must end with a slash; build again with SITE_URL={project.url}/")
        complete(options.site, project)
    except STOPS as reason:
        print(f"the site cannot be completed: {said(reason)}", file=sys.stderr)
        return 2
    return 0


def said(reason: Exception) -> str:
    """What an error says, in a line."""
    return " ".join(str(reason).split())


# Hooks of MkDocs -------------------------------------------------------------------------------------------

preview = False  # whether `mkdocs serve` builds


def on_startup(*, command: str, dirty: bool) -> None:
    """Note what is asked for."""
    global preview
    preview = command == "serve"


def on_config(config: MkDocsConfig) -> None:
    """Let every part of the site know its address with a slash at the end, however SITE_URL was typed."""
    if config.site_url:
        config.site_url = with_slash(config.site_url)
        config.mdx_configs.setdefault("explainer", {})["site_url"] = config.site_url


def on_post_build(config: MkDocsConfig) -> None:
    """Complete the site. What stands in the way is a warning: a preview goes on, a strict build stops."""
    try:
        project = replace(settings(Path(config.config_file_path)), url=config.site_url or "")
        complete(Path(config.site_dir), project, preview)
    except STOPS as reason:
        if isinstance(reason, OSError):
            raise
        logging.getLogger("mkdocs.hooks.build").warning("the site cannot be completed: %s", said(reason))


def on_build_error(error: Exception) -> None:
    """Say what the disk says in a line."""
    from mkdocs.exceptions import Abort

    if isinstance(error, OSError):
        raise Abort(f"the build stopped: {error.strerror or error}: {error.filename or ''}".rstrip(": "))


if __name__ == "__main__":
    sys.exit(main())
