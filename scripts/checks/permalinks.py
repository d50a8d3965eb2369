"""Rules for published addresses: each in the list still lands, or says what took its place; and redirects work."""
from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from checks.addresses import published
from checks.front_matter import as_date
from checks.links import Problem, anchor, follow, headings, near, resolve, split
from checks.project import SCHEME, Page, Project, options_of
from checks.report import Report, W, place_of
from checks.text import heading_place, place_in, read_list

Where = tuple[str, tuple[int, int]]  # file, and line and column in it
GIVE_UP = "give the record `retired`, `note` and `successor`"


def check_permalinks(project: Project, report: Report) -> None:
    """PRM001 to PRM007, for the list that extra.check.permalinks names and for all redirects."""
    check_redirects(project, report)
    gone: dict[str, list[tuple[Where, str]]] = {}  # by page, each of which is reported once
    listed = list(read_permalinks(project, report))
    records = {address: record for _, address, record in listed}
    for where, address, record in listed:
        key, fragment = file_of(project, address)
        page = project.pages.get(key)
        if as_date(record.get("since")) is None:
            needed = 'needs `since`, the date of its first publication as "2026-11-24"'
            report.add("PRM005", *where, f"the record of {address} {needed}", address)
        elif "retired" in record:
            check_retired(project, report, where, address, records)
        elif page is None and key not in project.failed:
            gone.setdefault(key or address, []).append((where, address))
        elif page and fragment:
            check_anchor(project, report, where, address, page)
    for vanished in gone.values():
        where, address = vanished[0]
        anchors = ["#" + split(other)[1] for _, other in vanished if split(other)[1]]
        also = f", with its anchors {', '.join(anchors)}" if anchors else ""
        address = address.partition("#")[0]
        message = f"the published page {address} is gone{also}; bring it back, redirect it, or {GIVE_UP}"
        report.add("PRM002", *where, message, address)
    if has_digests(records):
        check_recorded(project, report, records)


def has_digests(records: dict[str, dict[str, str]]) -> bool:
    """Whether the list remembers texts, as `make record` has it; one that only holds addresses asks for less."""
    return any("digest" in record for record in records.values())


def check_recorded(project: Project, report: Report, records: dict[str, dict[str, str]]) -> None:
    """PRM006 and PRM007: what the site publishes is in the list, and reads as it did when it was recorded."""
    for address, entry in published(project).items():
        page, _, name = address.partition("#")
        record = records.get(address)
        if record is None:
            if not name or page in records:  # of a new page its anchors need no word
                fault = f"{address} is a new address that is not recorded; run `make record`"
                report.add("PRM007", *place_of_address(project, page, name, entry.title), fault, address)
        elif "retired" not in record and record.get("digest") not in (None, entry.digest):
            fault = f"the text of {address} has changed and the change is not recorded"
            message = f'{fault}; make record NOTE="why readers should know", or TYPO=1 if nothing of substance changed'
            report.add("PRM006", *place_of_address(project, page, name, entry.title), message, address)


def place_of_address(project: Project, address: str, name: str, title: str) -> Where:
    """Where an address of the built site was written: at its id, its heading, its source, or else its page."""
    page = project.pages[file_of(project, address)[0]]
    own = project.relative(project.docs / page.source), (1, 1)
    if not name:
        return own
    if found := project.explicit(page, name):
        return found[0]
    for file, text in project.other_texts():
        match = re.search(rf"^- id: *[\"']?{re.escape(name)}[\"'\s]", text, re.M)
        if match and file == project.settings.get("sources"):
            return file, place_of(text, match[0])
    return heading_place(project, page, title) or own


def read_permalinks(project: Project, report: Report) -> Iterator[tuple[Where, str, dict[str, str]]]:
    """The records of the list: place, address, fields as text. Faults of the file itself are PRM005."""
    file, records = read_list(project, report, "permalinks", "PRM005", yaml.MappingNode, "`/page/#id: {since: …}`")
    lines: dict[str, int] = {}
    for key, record in records:
        address, place = str(key.value), place_in(key)
        if address in lines:
            report.add("PRM005", file, place, f"{address} stands on line {lines[address]} already", address)
        elif not address.startswith("/"):
            report.add("PRM005", file, place, f"{address} must begin with /, which stands for the home page", address)
        else:
            lines[address] = place[0]
            yield (file, place), address, fields_of(record)


def fields_of(record: yaml.Node) -> dict[str, str]:
    """The fields of a record as text, empty for null; none if it is no mapping."""
    fields = record.value if isinstance(record, yaml.MappingNode) else []
    return {str(name.value): "" if value.tag.endswith(":null") else str(value.value) for name, value in fields}


def file_of(project: Project, address: str) -> tuple[str, str]:
    """File and fragment of an address that counts from the home page; both empty if it leads out of the site."""
    return resolve(project, "", address.lstrip("/")) or ("", "")


def check_retired(project: Project, report: Report, where: Where, address: str, records: dict[str, dict]) -> None:
    """PRM002, PRM003 and PRM005: a retired address says when and why, and leads on to a successor that lands."""
    record = records[address]
    if as_date(record["retired"]) is None or not record.get("note", "").strip():
        needed = "say when (`retired`) and why (`note`)"
        report.add("PRM005", *where, f"{address} is retired without a date or a note; {needed}", address)
    key, fragment = file_of(project, address)
    page = project.pages.get(key)
    if page is None and not fragment and has_digests(records):
        message = f"the retired page {address} is not there to lead on; finish the site: python scripts/finish.py SITE"
        report.add("PRM002", *where, message, address)
    if page and page.source and not page.refresh and (not fragment or fragment in page.ids):
        advice = "remove `retired`, or take it off the page"
        report.add("PRM005", *where, f"{address} is retired but still there; {advice}", address, W)
    if successor := record.get("successor"):
        key, fragment = file_of(project, successor)
        retired_too = "retired" in records.get(successor, {})  # then it leads on in its turn
        if not retired_too and (key not in project.files or anchor(project, key, fragment)):
            report.add("PRM003", *where, f"the successor of {address}, {successor}, does not exist", successor)


def check_anchor(project: Project, report: Report, where: Where, address: str, start: Page) -> None:
    """PRM001 and PRM004: the anchor is there, at the end of redirects, and would be if its heading were reworded."""
    name = split(address)[1]
    page, _ = follow(project, start)
    if page is None or page.key in project.failed:
        return
    if name in page.ids and (page is not start or project.pinned(page, name)):
        return
    titles = headings(project, page) if page is start else []
    if name in page.ids:
        title = dict(titles).get(name)
        if title is not None and page.source:
            where = heading_place(project, page, title) or where
            fault = f"{address} is published, but its heading has no id of its own"
            report.add("PRM004", *where, f"{fault}; end it with {{#{name}}}", address)
        return
    message = f'the published anchor "{name}" is gone from {page.source or page.key}'
    loose = {heading: title for heading, title in titles if not project.pinned(page, heading)}
    reworded = near(name, loose)
    if reworded and (place := heading_place(project, page, loose[reworded])):
        report.add("PRM001", *place, f"{message}; if this is the section, end its heading with {{#{name}}}", address)
        return
    advice = f"bring it back, or {GIVE_UP}"
    elsewhere = [other.key.removesuffix("index.html") for other in project.pages.values() if name in other.ids]
    if elsewhere:
        advice = f"it now stands at {elsewhere[0]}#{name}: name that as its successor"
    report.add("PRM001", *where, f"{message}; {advice}", address)


def check_redirects(project: Project, report: Report) -> None:
    """PRM003: redirects of the plugin's map and of built pages that lead nowhere."""
    def text_of(problem: Problem | None) -> str:
        return problem.text if problem else ""

    mapped = (options_of(project.config.get("plugins"), "redirects") or {}).get("redirect_maps")
    pairs = [(str(old), str(new)) for old, new in mapped.items()] if isinstance(mapped, dict) else []
    for old, new in pairs:
        path, fragment = split(new)
        key = project.built.get(path.lstrip("/"))
        fault = text_of(anchor(project, key, fragment)) if key in project.files else f'there is no page "{path}"'
        if fault and not SCHEME.match(new):
            place = place_of(project.text, old)
            report.add("PRM003", project.name, place, f"the redirect from {old} leads nowhere: {fault}", new)
    listed = {re.sub(r"(index)?\.md$", "", old).strip("/") for old, _ in pairs}
    for page in project.pages.values():
        if page.refresh and page.key.removesuffix("index.html").strip("/") not in listed:
            end, fault = follow(project, page)
            if end and not end.refresh:  # one that leads on to another site cannot be judged
                fault = text_of(anchor(project, end.key, split(page.refresh)[1]))
            if fault:
                file = project.relative(project.docs / page.source) if page.source else project.name
                report.add("PRM003", file, (1, 1), f"the redirect from {page.key} leads nowhere: {fault}", page.refresh)
