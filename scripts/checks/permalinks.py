"""Rules for published addresses: each one in the list of permalinks still lands, or says what took its place; redirects work."""
from __future__ import annotations

import datetime
import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from checks.links import anchor, follow, headings, near, resolve, split
from checks.project import SCHEME, Page, Project, options_of
from checks.report import Report, place_of
from checks.text import heading_place

Place = tuple[int, int]


def check_permalinks(project: Project, report: Report) -> None:
    """PRM001 to PRM005."""
    check_redirects(project, report)
    if not project.settings.get("permalinks"):
        return
    path = project.root / str(project.settings["permalinks"])
    file, gone = project.relative(path), {}
    for address, place, record in read_permalinks(path, file, report):
        target = resolve(project, "", address.lstrip("/"))
        page = project.pages.get(target[0]) if target else None
        if not isinstance(record, dict) or not is_date(record.get("since")):
            report.add("PRM005", file, place, f'the record of {address} needs `since`, the date of its first publication as "2026-11-24"', address)
            continue
        if "retired" in record:
            check_retired(project, report, file, place, address, record)
        elif page is None:
            gone.setdefault(target[0] if target else address, []).append((address, place))
        else:
            end, _ = follow(project, page)
            if end and split(address)[1] and end.key not in project.failed:
                check_anchor(project, report, file, place, address, end, redirected=end is not page)
    for addresses in gone.values():
        names = [split(address)[1] for address, _ in addresses if split(address)[1]]
        page_address = addresses[0][0].partition("#")[0]
        also = f", with its anchors {', '.join('#' + name for name in names)}" if names else ""
        report.add("PRM002", file, addresses[0][1], f"the published page {page_address} is gone{also}; bring it back, redirect it, "
                   "or give the record `retired`, `note` and `successor`", page_address)


def read_permalinks(path: Path, file: str, report: Report) -> list[tuple[str, Place, object]]:
    """The records of the list: address, place, fields. Faults of the file itself are PRM005."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = path.read_text(encoding="utf-8")
        root, values = yaml.compose(text, Loader=loader), yaml.load(text, Loader=loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        report.add("PRM005", file, (1, 1), f"the list of permalinks cannot be read: {' '.join(str(error).split())[:200]}")
        return []
    if values is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        report.add("PRM005", file, (1, 1), "the list of permalinks must hold `/page/#id: {since: …}` entries")
        return []
    records, seen = [], {}
    for key, _ in root.value:
        place, address = (key.start_mark.line + 1, key.start_mark.column + 1), str(key.value)
        if address in seen or not address.startswith("/"):
            report.add("PRM005", file, place, f"{address} stands on line {seen[address]} already" if address in seen else
                       f"{address} must begin with / at the home page", address)
            continue
        seen[address] = place[0]
        records.append((address, place, values.get(key.value)))
    return records


def is_date(value: object) -> bool:
    """Whether a value is a date, in quotes or not."""
    try:
        return bool(datetime.date.fromisoformat(str(value)))
    except ValueError:
        return False


def check_retired(project: Project, report: Report, file: str, place: Place, address: str, record: dict) -> None:
    """PRM003 and PRM005: a retired address says when and why, and its successor lands."""
    if not is_date(record["retired"]) or not str(record.get("note") or "").strip():
        report.add("PRM005", file, place, f"{address} is retired without a date or a note; say when (`retired`) and why (`note`)", address)
    here = resolve(project, "", address.lstrip("/"))
    page = project.pages.get(here[0]) if here else None
    if page and not page.refresh and (not here[1] or here[1] in page.ids):
        report.add("PRM005", file, place, f"{address} is retired but still there; remove `retired`, or take it off the page", address, "warning")
    if successor := record.get("successor"):
        target = resolve(project, "", str(successor).lstrip("/"))
        if target is None or target[0] not in project.files or anchor(project, *target):
            report.add("PRM003", file, place, f"the successor of {address}, {successor}, does not exist", str(successor))


def check_anchor(project: Project, report: Report, file: str, place: Place, address: str, page: Page, redirected: bool) -> None:
    """PRM001 and PRM004: the anchor is there, and would be if its heading were reworded."""
    name = split(address)[1]
    if name in page.ids:
        if page.source and not redirected and not project.pinned(page, name) and (found := dict(headings(project, page)).get(name)) is not None:
            where = heading_place(project, page, found) or (file, place)
            report.add("PRM004", *where, f"{address} is published, but its heading has no id of its own; end it with {{#{name}}}", address)
        return
    message = f'the published anchor "{name}" is gone from {page.source or page.key}'
    loose = {heading: text for heading, text in headings(project, page) if not project.pinned(page, heading)}
    if not redirected and (candidate := near(name, loose)) and (where := heading_place(project, page, loose[candidate])):
        report.add("PRM001", *where, f"{message}; if this is the section, end its heading with {{#{name}}}", address)
        return
    elsewhere = [other.key.removesuffix("index.html") for other in project.pages.values() if name in other.ids]
    hint = f"; it now stands at {elsewhere[0]}#{name}: name that as its successor" if elsewhere else ""
    report.add("PRM001", file, place, message + (hint or "; bring it back, or give the record `retired`, `note` and `successor`"), address)


def check_redirects(project: Project, report: Report) -> None:
    """PRM003: redirects of the plugin's map and of built pages that lead nowhere."""
    mapped = (options_of(project.config.get("plugins"), "redirects") or {}).get("redirect_maps") or {}
    listed = set()
    for old, new in mapped.items() if isinstance(mapped, dict) else ():
        path, fragment = split(str(new))
        listed.add(re.sub(r"(index)?\.md$", "", str(old)).strip("/"))
        if SCHEME.match(str(new)):
            continue
        key = project.built.get(path.lstrip("/"), "")
        fault = f'there is no page "{path}"' if key not in project.files else anchor(project, key, fragment)
        if fault:
            text = fault if isinstance(fault, str) else fault.text
            report.add("PRM003", project.name, place_of(project.text, str(old)), f"the redirect from {old} leads nowhere: {text}", str(new))
    for page in project.pages.values():
        if page.refresh and page.key.removesuffix("index.html").strip("/") not in listed:
            end, why = follow(project, page)
            fragment = urlsplit(page.refresh).fragment
            fault = why if end is None else (anchor(project, end.key, fragment) if fragment and end is not page else None)
            if fault:
                file = project.relative(project.docs / page.source) if page.source else project.name
                report.add("PRM003", file, (1, 1), f"the redirect from {page.key} leads nowhere: {fault if isinstance(fault, str) else fault.text}", page.refresh)
